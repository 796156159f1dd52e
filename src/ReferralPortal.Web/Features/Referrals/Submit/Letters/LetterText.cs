using System.Text;
using System.Text.RegularExpressions;

namespace ReferralPortal.Web.Features.Referrals.Submit.Letters;

/// <summary>Which part of a letter a piece stands in.</summary>
enum Zone { Head, Body, SignOff }

/// <summary>One piece of a letter that is read by itself: a labelled value, a line of a head, or a sentence.</summary>
/// <param name="Text">What a person is shown as the source.</param>
/// <param name="Zone">Where it stands.</param>
/// <param name="Owner">Whose particulars the block holds, as far as that is said.</param>
/// <param name="Block">Pieces with one number stand together.</param>
/// <param name="Label">What the label asks for; null for lines and sentences.</param>
/// <param name="Value">The labelled value; the text itself for lines and sentences.</param>
sealed record Passage(string Text, Zone Zone, Owner Owner, int Block, Label? Label, string Value)
{
    /// <summary>The words of the label, for those that say whose value it is.</summary>
    internal string Words { get; init; } = "";

    /// <summary>A sentence of running text about somebody who is not the patient.</summary>
    internal bool AboutAnother { get; init; }

    internal bool IsProse => Label is null && Zone == Zone.Body;
}

/// <summary>A letter taken apart: head, body and signature; labelled values, lines and sentences. Broken lines of running text are put together again.</summary>
sealed class LetterText
{
    /// <summary>Characters that are read; what comes after is left.</summary>
    internal const int Longest = 1_000_000;

    const int LongestLine = 1_500;

    sealed record Line(string Text, int Indent, string[] Cells, Zone Zone, int Block, Owner Owner);

    static readonly Regex Salutation = Pattern.Any(@"^(?:dear|hi|hello|hiya|good (?:morning|afternoon|evening)|to whom it may concern|morning|afternoon)\b");
    static readonly Regex Farewell = Pattern.Any(@"^(?:yours (?:faithfully|sincerely|truly|ever)|(?:(?:with )?(?:very )?(?:kind|best|warm|kindest|many) )?(?:regards|wishes)|many thanks(?: (?:and|in advance).{0,30})?|thanks(?: (?:and|again|in advance).{0,30})?|thank you(?: (?:and|in advance).{0,30})?|with thanks|sincerely|cheers|kr|rgds)[,.! ]*$|^(?:signed|signature)\b.{0,80}$");
    static readonly Regex MailHeader = Pattern.Any(@"^(?:from|to|cc|bcc|sent|subject|date|reply-to)\s?:");
    static readonly Regex BirthLabel = Pattern.Any(@"\b(?:date\s+of\s+birth|d\.?\s?o\.?\s?b\b)");
    static readonly Regex Quoted = Pattern.Any(@"^(?:>\s?)+");
    static readonly Regex Columns = Pattern.Any(@"(?:\s{2,}|\s*\|\s*)");
    static readonly Regex Labelled = Pattern.Exact(@"^(?<label>[\p{L}][\p{L}\p{M}\p{Nd}'’.,/() &\-]{0,58}?)\s*(?::-|:|=|\s[–-]\s)\s*(?<value>.*)$");

    LetterText(IReadOnlyList<Passage> passages, string whole) => (Passages, Whole, Patient) = (passages, whole, LetterNames.Find(passages));

    /// <summary>Everything, in the letter's order.</summary>
    internal IReadOnlyList<Passage> Passages { get; }

    /// <summary>The text as it is read, for asking whether something is said anywhere.</summary>
    internal string Whole { get; }

    /// <summary>The patient's name, where it stands, and how surely it is the patient's.</summary>
    internal (WrittenName Name, Passage Source, Certainty Certainty)? Patient { get; }

    /// <summary>Whether the person named last before a place in a piece is somebody else than the patient.</summary>
    internal bool SpeaksOfAnother(string before) => LetterNames.LastNamedIsAnother(before, Patient);

    internal IEnumerable<Passage> Entries(Label label) => Passages.Where(passage => passage.Label == label);

    internal static LetterText Of(string text)
    {
        var whole = Clean(text.Length > Longest ? text[..Longest] : text);
        var lines = Lines(whole);
        return new LetterText(Sense(Passed(lines)), whole);
    }

    static string Clean(string text)
    {
        try
        {
            text = text.Normalize(NormalizationForm.FormC);
        }
        catch (ArgumentException) { } // half a surrogate pair; the rest is read all the same

        var clean = new StringBuilder(text.Length);
        foreach (var letter in text)
            switch (letter)
            {
                case '\r' or '\u00AD' or '\uFEFF' or '\u200B' or '\u200C' or '\u200D' or '\u200E' or '\u200F' or '\0': break;
                case '\t': clean.Append("    "); break;
                case '\f' or '\v' or '\u2028' or '\u2029' or '\u0085': clean.Append('\n'); break;
                case '\u2010' or '\u2011': clean.Append('-'); break;
                case '\n': clean.Append('\n'); break;
                default: clean.Append(char.IsWhiteSpace(letter) ? ' ' : letter); break;
            }
        return clean.ToString();
    }

    static List<Line> Lines(string whole)
    {
        var raw = whole.Split('\n').SelectMany(Chopped).Select(line => Quoted.Replace(line.TrimEnd(), "")).ToList();
        var salutation = raw.FindIndex(line => line.Length < 80 && Salutation.IsMatch(line.TrimStart()));
        var farewell = raw.FindIndex(salutation + 1, line => Farewell.IsMatch(line.Trim()));
        // A form, or a note without a greeting, begins where the patient does.
        var start = salutation >= 0 ? salutation : raw.FindIndex(line => LetterLabels.Heading(line.Trim()) is not null || BirthLabel.IsMatch(line) || line.Length >= 70 && !MailHeader.IsMatch(line)
            || Columns.Split(line.Trim()).Any(cell => LabelOf(cell) is { Label: Label.Person or Label.GivenName or Label.FamilyName }));

        List<Line> lines = [];
        var block = 0;
        Owner? heading = null;
        for (var at = 0; at < raw.Count; at++)
        {
            var text = raw[at].Trim();
            if (text.Length == 0)
            {
                block++;
                continue;
            }
            var zone = farewell >= 0 && at >= farewell && heading is null ? Zone.SignOff : at < start || at == salutation ? Zone.Head : Zone.Body;
            if (at == salutation)
            {
                block++;
                heading = null;
            }
            if (LetterLabels.Heading(text) is { } owner)
            {
                heading = owner;
                block++;
            }
            else if (text.Length < 200 && LabelOf(Columns.Split(text)[0]) is { Label: Label.Person }) block++;
            lines.Add(new(text, raw[at].Length - raw[at].TrimStart().Length, [.. Columns.Split(text).Where(cell => cell.Length > 0)], zone, block, heading ?? Owner.Unknown));
            if (at == salutation) block++;
        }
        return lines;
    }

    static IEnumerable<string> Chopped(string line)
    {
        for (var at = 0; at < line.Length || at == 0;)
        {
            if (line.Length - at <= LongestLine)
            {
                yield return line[at..];
                yield break;
            }
            var end = line.LastIndexOf(' ', at + LongestLine, LongestLine / 2);
            if (end <= at) end = at + LongestLine;
            yield return line[at..end];
            at = end;
        }
    }

    sealed record LabelledCell(Label Label, Owner Owner, string Words, string Value);

    static LabelledCell? LabelOf(string cell)
    {
        if (Labelled.Match(cell) is { Success: true } match && LetterLabels.Read(match.Groups["label"].Value) is var (label, owner))
            return new(label, owner, match.Groups["label"].Value, match.Groups["value"].Value.Trim());
        // "Re Mr A B", "Re. Mr A B": the one label that often goes without its colon.
        return cell.Length > 4 && cell[..2].Equals("re", StringComparison.OrdinalIgnoreCase) && cell[2] is ' ' or '.' && char.IsUpper(cell.TrimStart('R', 'E', 'r', 'e', '.', ' ').FirstOrDefault())
            ? new(Label.Person, Owner.Patient, "Re", cell[3..].Trim()) : null;
    }

    static List<Passage> Passed(List<Line> lines)
    {
        // A block that holds a date of birth or names the client is about the patient.
        var patients = lines.Where(line => line.Zone != Zone.SignOff && (BirthLabel.IsMatch(line.Text) || line.Cells.Any(cell => LabelOf(cell) is { Label: Label.Person, Value.Length: > 0 })))
            .Select(line => line.Block).ToHashSet();
        Owner OwnerOf(Line line) => line.Owner != Owner.Unknown ? line.Owner : patients.Contains(line.Block) ? Owner.Patient : Owner.Unknown;

        List<Passage> passages = [];
        for (var at = 0; at < lines.Count;)
        {
            var line = lines[at];
            if (line.Zone == Zone.Head && MailHeader.IsMatch(line.Text) && !BirthLabel.IsMatch(line.Text))
            {
                passages.Add(new(line.Text, Zone.Head, Owner.Sender, line.Block, line.Text.StartsWith("Subject", StringComparison.OrdinalIgnoreCase) ? null : Label.Ignored, line.Text[(line.Text.IndexOf(':') + 1)..].Trim()) { Words = line.Text[..line.Text.IndexOf(':')] });
                at++;
            }
            else if (Entries(lines, at, OwnerOf) is var (entries, next) && entries.Count > 0)
            {
                passages.AddRange(entries);
                at = next;
            }
            else if (line.Zone == Zone.Body)
            {
                var end = at + 1;
                while (end < lines.Count && lines[end].Block == line.Block && lines[end].Zone == Zone.Body && Entries(lines, end, OwnerOf).Entries.Count == 0) end++;
                foreach (var sentence in Sentences(lines[at..end])) passages.Add(new(sentence, Zone.Body, OwnerOf(line), line.Block, null, sentence));
                at = end;
            }
            else
            {
                foreach (var cell in line.Cells) passages.Add(new(cell, line.Zone, OwnerOf(line), line.Block, null, cell));
                at++;
            }
        }
        return passages;
    }

    static (List<Passage> Entries, int Next) Entries(List<Line> lines, int at, Func<Line, Owner> ownerOf)
    {
        var line = lines[at];
        List<(LabelledCell Cell, List<string> Values)> found = [];
        for (var place = 0; place < line.Cells.Length; place++)
        {
            var cell = line.Cells[place];
            if (LabelOf(cell) is { } labelled) found.Add((labelled, labelled.Value.Length > 0 ? [labelled.Value] : []));
            else if (LetterLabels.Read(cell) is var (label, owner) && (place + 1 < line.Cells.Length || line.Cells.Length == 1 && IsAlone(lines, at)) && (found.Count == 0 || found[^1].Values.Count > 0))
                found.Add((new(label, owner, cell, ""), []));
            else if (found.Count > 0) found[^1].Values.Add(cell);
        }
        if (found.Count == 0 || line.Cells.Length > 0 && LabelOf(line.Cells[0]) is null && LetterLabels.Read(line.Cells[0]) is null && found[0].Cell.Label is not (Label.DateOfBirth or Label.NhsNumber or Label.Phone or Label.OurReference or Label.Ignored)) return ([], at);

        var next = at + 1;
        var (last, values) = found[^1];
        var separator = last.Label == Label.Address ? ", " : " ";
        List<string> more = [];
        while (next < lines.Count && more.Count < 12 && GoesOn(lines, at, next, last, values.Count + more.Count)) more.Add(Pattern.Flat(lines[next++].Text));
        var owned = ownerOf(line);
        List<Passage> entries = [];
        var before = line.Cells.TakeWhile(cell => LabelOf(cell) is null && LetterLabels.Read(cell) is null).ToList();
        foreach (var cell in before) entries.Add(new(cell, line.Zone, owned, line.Block, null, cell));
        foreach (var (cell, said) in found)
        {
            var value = string.Join(separator, said.Concat(ReferenceEquals(cell, last) ? more : []).Select(part => part.TrimEnd(','))).Trim();
            if (value.Length > 3000) value = value[..3000];
            entries.Add(new($"{cell.Words.TrimEnd(':', ' ')}: {value}", line.Zone, cell.Owner != Owner.Unknown ? cell.Owner : owned, line.Block, cell.Label, value) { Words = cell.Words });
        }
        return (entries, next);
    }

    // A label alone on its line: what follows at once is its value.
    static bool IsAlone(List<Line> lines, int at) =>
        at + 1 < lines.Count && lines[at + 1].Block == lines[at].Block && LabelOf(lines[at + 1].Cells[0]) is null && LetterLabels.Read(lines[at + 1].Cells[0]) is null && !lines[at].Text.EndsWith('.');

    static bool GoesOn(List<Line> lines, int at, int next, LabelledCell label, int so)
    {
        var (line, more) = (lines[at], lines[next]);
        if (more.Block != line.Block || more.Zone != line.Zone || more.Cells.Any(cell => LabelOf(cell) is not null) || LetterLabels.Heading(more.Text) is not null) return false;
        if (more.Cells.Length > 1 && LetterLabels.Read(more.Cells[0]) is not null) return false;
        if (LetterLabels.Read(more.Text) is not null) return false;
        if (so == 0) return true;
        if (more.Indent >= line.Indent + 4) return true;
        return label.Label switch
        {
            Label.Address => next - at <= 6 && !more.Text.Contains('@') && !BirthLabel.IsMatch(more.Text) && more.Text.Length < 60 && !lines[next - 1].Cells.Any(cell => LetterContacts.EndsInPostcode(cell)),
            Label.DateOfBirth or Label.IncidentDate => next == at + 1 && LetterDates.In(string.Join(' ', line.Cells)).Count == 0 && LetterDates.In($"{string.Join(' ', line.Cells)} {more.Text}").Count > 0,
            Label.Account or Label.Symptoms or Label.Injuries or Label.Services => lines[next - 1].Text.Length >= 40 || char.IsLower(more.Text[0]),
            _ => false,
        };
    }

    static readonly Regex SentenceEnd = Pattern.Exact(@"[.!?]['’”"")]?\s+");
    static readonly Regex Abbreviation = Pattern.Any(@"(?:^|[\s(])(?:mr|mrs|ms|mx|dr|prof|rev|st|ltd|no|nos|ref|tel|mob|approx|e\.g|i\.e|etc|d\.o\.b|dob|ext|vs?|cf|inc|\p{L}|[ap]\.m)\.$");

    static IEnumerable<string> Sentences(IReadOnlyList<Line> lines)
    {
        var widest = lines.Max(line => line.Text.Length);
        var paragraph = new StringBuilder();
        for (var at = 0; at < lines.Count; at++)
        {
            paragraph.Append(Pattern.Flat(lines[at].Text));
            var joins = at + 1 < lines.Count && (char.IsLower(lines[at + 1].Text[0])
                || lines[at].Text.Length >= 40 && lines[at].Text.Length >= widest * 0.66 && lines[at].Text[^1] is not ':');
            if (joins)
            {
                // A word that was broken at the line's end, unless its hyphen belongs to it.
                paragraph.Append(' ');
                continue;
            }
            foreach (var sentence in Split(paragraph.ToString())) yield return sentence;
            paragraph.Clear();
        }
    }

    static IEnumerable<string> Split(string paragraph)
    {
        var start = 0;
        foreach (Match end in SentenceEnd.Matches(paragraph))
        {
            var next = end.Index + end.Length;
            if (next >= paragraph.Length || !char.IsUpper(paragraph[next]) && !char.IsDigit(paragraph[next]) && paragraph[next] is not ('“' or '"' or '‘' or '(')) continue;
            var from = Math.Max(start, end.Index - 12);
            if (paragraph[end.Index] == '.' && Abbreviation.IsMatch(paragraph[from..(end.Index + 1)])) continue;
            if (next - start > 1)
                foreach (var piece in Chopped(paragraph[start..next].Trim())) yield return piece;
            start = next;
        }
        if (start < paragraph.Length)
            foreach (var piece in Chopped(paragraph[start..].Trim())) yield return piece;
    }

    static readonly Regex PatientMeant = Pattern.Any(@"\b(?:our|your|my) (?:client|patient|employee|colleague)|\b(?:the|this) (?:client|patient|claimant|employee|child|lady|gentleman|man|woman)\b|\babove[- ]named\b");
    static readonly Regex OthersMeant = Pattern.Any(@"^(?:\W{0,3})(?:the |another |a |his |her |their )?(?:other |third |front[- ]seat |rear[- ]seat )?(?:drivers?|party|third party|defendants?|passengers?|wife|husband|partner|friend|colleague|daughter|son|brother|sister)\b");
    static readonly Regex Pronoun = Pattern.Any(@"^(?:he|she|his|her|hers|they|their|mr|mrs|ms|miss)\b");

    /// <summary>Marks the sentences that speak of somebody else, and those that go on about that person.</summary>
    static List<Passage> Sense(List<Passage> passages)
    {
        var patient = LetterNames.Find(passages);
        var another = false;
        var block = -1;
        for (var at = 0; at < passages.Count; at++)
        {
            var passage = passages[at];
            if (!passage.IsProse || passage.Owner == Owner.Patient) continue;
            if (passage.Block != block) (another, block) = (false, passage.Block);
            var about = PatientMeant.IsMatch(passage.Text) || LetterNames.Mentions(passage.Text, patient);
            var other = OthersMeant.IsMatch(passage.Text) || LetterNames.OtherPersonLeads(passage.Text, patient);
            another = other && !(about && !OthersMeant.IsMatch(passage.Text) && !LetterNames.OtherPersonLeads(passage.Text, patient)) || another && !about && Pronoun.IsMatch(passage.Text);
            if (another) passages[at] = passage with { AboutAnother = true };
        }
        return passages;
    }
}
