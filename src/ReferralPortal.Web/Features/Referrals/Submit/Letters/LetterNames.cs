using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace ReferralPortal.Web.Features.Referrals.Submit.Letters;

/// <summary>A person's name as a letter writes it. <paramref name="Given"/> is empty where only a last name is said.</summary>
sealed record WrittenName(string Given, string Family, string? Title)
{
    internal string Full => $"{Given} {Family}".Trim();
}

/// <summary>Finds the patient's name, and tells other people from the patient.</summary>
static class LetterNames
{
    const string Titles = "mr|mrs|miss|ms|mx|dr|master|sir|lady|prof|professor|rev|mstr";

    static readonly Regex Title = Pattern.Any($@"^(?:{Titles})\.?$");
    static readonly Regex Token = Pattern.Exact(@"^[\p{Lu}\p{Lt}\p{Lo}][\p{L}\p{M}'’‘ʻ.\-]*$");
    static readonly HashSet<string> Particles = new(StringComparer.OrdinalIgnoreCase)
        { "ap", "ab", "ferch", "verch", "ní", "nic", "ó", "o'", "uí", "ui", "mac", "mhic", "de", "da", "dos", "das", "do", "del", "della", "van", "von", "der", "den", "ter", "ten", "bin", "ibn", "bint", "al", "el", "la", "le", "di", "du", "st", "st.", "ben", "abu" };
    static readonly HashSet<string> NotNames = new(StringComparer.OrdinalIgnoreCase)
    {
        "dob", "d.o.b", "d.o.b.", "date", "of", "our", "your", "ref", "reference", "nhs", "address", "tel", "born", "v", "vs", "accident", "incident", "physiotherapy", "physio", "referral", "claim", "injury", "new",
        "instruction", "instructions", "rehabilitation", "road", "request", "letter", "urgent", "re", "fw", "fwd", "client", "patient", "claimant", "employee", "details", "the", "please", "treatment", "assessment", "age", "aged",
        "no", "number", "not", "none", "tbc", "n/a", "na", "and", "initial", "a", "an", "this", "private", "confidential", "occupational", "health", "who", "was", "is", "has", "limited", "ltd", "llp", "plc", "insurance", "solicitors", "i", "we", "he", "she", "they", "it", "in", "on", "at", "to", "for", "with", "as", "by", "from",
    };

    /// <summary>Reads a name at the beginning of a text; <c>Length</c> is how much of it the name takes up. Null when there is none.</summary>
    internal static (WrittenName Name, int Length)? Read(string text)
    {
        List<string> words = [];
        string? title = null;
        var (at, end) = (0, 0);
        var turned = 0;
        while (at < text.Length && words.Count < 7)
        {
            while (at < text.Length && text[at] == ' ') at++;
            var start = at;
            while (at < text.Length && text[at] is not (' ' or ',' or ';' or ':' or '(' or ')' or '/' or '\t')) at++;
            var word = text[start..at];
            if (word.Length == 0) break;
            if (words.Count == 0 && title is null && Title.IsMatch(word))
            {
                title = word.TrimEnd('.');
                end = at;
                continue;
            }
            var bare = word.Length > 2 ? word.TrimEnd('.') : word;
            var particle = Particles.Contains(bare);
            if (!particle && (!Token.IsMatch(bare) || NotNames.Contains(bare) && !(bare.Length == 1 && char.IsUpper(bare[0]) && bare != "V"))) break;
            if (particle && char.IsLower(bare[0]) && words.Count == 0 && title is null) break;
            words.Add(bare);
            end = at;
            if (word.Length > 2 && word[^1] == '.' && bare.Length > 3) break; // the sentence ends with the name
            if (at < text.Length && text[at] == ',' && title is null && turned == 0 && bare.Length > 1 && (words.Count == 1 || words.All(one => !one.Any(char.IsLower))) && ReadsAsForename(text[(at + 1)..])) (turned, at) = (words.Count, at + 1); // "OKONKWO, Chidi"
            else if (at < text.Length && text[at] != ' ') break;
        }
        while (words.Count > 0 && Particles.Contains(words[^1]) && char.IsLower(words[^1][0])) words.RemoveAt(words.Count - 1);
        if (words.Count == 0) return null;
        if (turned > 0 && words.Count > turned) return (new(string.Join(' ', words[turned..]), string.Join(' ', words[..turned]), title), end);

        // A name in a script without spaces begins with the family's.
        if (words.Count == 1 && words[0].Length is >= 2 and <= 4 && words[0].All(letter => letter is >= '\u3400' and <= '\u9FFF' or >= '\uAC00' and <= '\uD7A3'))
            return (new(words[0][1..], words[0][..1], title), end);
        var family = words.Count - 1;
        for (var place = 1; place < words.Count - 1; place++)
            if (Particles.Contains(words[place]))
            {
                family = place;
                break;
            }
        return (new(string.Join(' ', words[..family]), string.Join(' ', words[family..]), title), end);
    }

    static bool ReadsAsForename(string rest)
    {
        var words = rest.TrimStart().Split([' ', ',', ';', '('], 2);
        return words[0].Length > 0 && Token.IsMatch(words[0]) && !NotNames.Contains(words[0]) && !rest.TrimStart()[words[0].Length..].TrimStart().StartsWith(',');
    }

    static readonly Regex Birth = Pattern.Any(@"\W{0,3}\b(?:date\s+of\s+birth|d\.?\s?o\.?\s?b\b|born)");
    static readonly Regex ActFor = Pattern.Any(@"\b(?:act|acting|acts|instructed|instructions)(?: (?:on behalf of|for|by|from|in respect of))+ (?:our (?:mutual )?client,? |the above[- ]named |your employee,? )?");
    static readonly Regex Client = Pattern.Any(@"\b(?:(?:our|your|my) (?:mutual )?(?:client|patient|employee|colleague|driver|operative)|the claimant|the patient|above[- ]named(?: client| patient| child| employee)?),? (?:is |was |named |called |namely |name is )?");
    static readonly Regex SeeThis = Pattern.Any(@"\b(?:refer|referring|referral (?:of|for)|introduce|seeing|see|regarding|concerning|assess|assessing|assessment of|treat|on behalf of|appointment for|physio(?:therapy)? for|help for|book in|take on) (?:this (?:[\p{L}\p{Nd}\-]+ ){0,4}|(?:our|my|your) (?:[\p{L}\-]+ ){1,3})?,? ?");

    /// <summary>The patient's name, where it stands, and how surely it is the patient's; null when there is none.</summary>
    internal static (WrittenName Name, Passage Source, Certainty Certainty)? Find(IReadOnlyList<Passage> passages)
    {
        (WrittenName Name, Passage Source, int Rank)? best = null;
        void Offer(WrittenName name, Passage source, int rank)
        {
            if (name.Given.Length == 0) rank -= 45;
            if (best is null || rank > best.Value.Rank) best = (name, source, rank);
        }

        Passage? Entry(Label label) => passages.FirstOrDefault(passage => passage.Label == label && passage.Owner is Owner.Unknown or Owner.Patient && passage.Label == label && passage.Value.Length > 0);
        if (Entry(Label.FamilyName) is { } family && Entry(Label.GivenName) is { } given && Whole(family.Value) is { } last && Whole(given.Value) is { } first)
            Offer(new(first, last, null), given with { Text = $"{given.Text}; {family.Text}" }, 100);

        for (var at = 0; at < passages.Count; at++)
        {
            var passage = passages[at];
            if (passage.Label == Label.Person && passage.Owner == Owner.Patient && Read(passage.Value) is var (named, length) && !GoesOnAsFirm.IsMatch(passage.Value[length..])) Offer(named, passage, 90);
            if (passage.Label is null or Label.Person && passage.Zone != Zone.SignOff && Birth.Match(passage.Value) is { Success: true, Index: > 2 } birth && BeforeBirth(passage.Value[..birth.Index]) is { } born) Offer(born, passage, 85);
            if (passage.Label == Label.DateOfBirth && passage.Zone != Zone.SignOff && Above(at) is { Label: null } above && above.Block == passage.Block && BeforeBirth(above.Text) is { } own) Offer(own, above, 85);
            if (passage.IsProse)
            {
                After(passage, ActFor, 80, titleNeeded: false);
                After(passage, Client, 70, titleNeeded: false);
                After(passage, SeeThis, 60, titleNeeded: true);
            }
            else if (passage.Words.StartsWith("Subject", StringComparison.OrdinalIgnoreCase) || passage.Label is null && passage.Text.StartsWith("Subject", StringComparison.OrdinalIgnoreCase))
                foreach (var piece in passage.Value.Split([" - ", " – ", ":", ";", ",", "/", " (", ")"], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
                    if (Read(piece) is var (subject, whole) && subject.Given.Length > 0 && whole == piece.Length) Offer(subject, passage, 55);
        }
        if (best is not { } found) return null;
        return (found.Name, found.Source, found.Rank >= 85 ? Certainty.Stated : found.Rank >= 55 ? Certainty.Likely : Certainty.Unsure);

        // A dash between two columns is no piece of its own.
        Passage? Above(int at) => at > 1 && passages[at - 1].Text is "-" or "–" ? passages[at - 2] : at > 0 ? passages[at - 1] : null;

        void After(Passage passage, Regex lead, int rank, bool titleNeeded)
        {
            foreach (Match match in lead.Matches(passage.Text))
                if (Read(passage.Text[(match.Index + match.Length)..]) is var (name, length) && (name.Title is not null || !titleNeeded && name.Given.Length > 0) && !GoesOnAsFirm.IsMatch(passage.Text[(match.Index + match.Length + length)..])
                    && !EndsAsFirm.IsMatch(name.Full)) Offer(name, passage, rank);
        }
    }

    static readonly Regex GoesOnAsFirm = Pattern.Any(@"^\W{0,2}(?:&|(?:ltd|limited|llp|plc|solicitors?|insurance|insurers?|assurance|and co)\b)");
    static readonly Regex EndsAsFirm = Pattern.Any(@"\b(?:insurance|solicitors|ltd|limited|llp|assurance|council|law|legal)$");

    static readonly Regex Bracketed = Pattern.Any(@"\([^()]*\)?");

    static WrittenName? BeforeBirth(string before)
    {
        var from = before.LastIndexOfAny([':', ';', '.']) is var stop && stop > 3 && before[stop] != '.' ? stop + 1 : 0;
        var piece = Bracketed.Replace(before[from..], "").Trim().TrimEnd(',', '(', '-', '–', ' ');
        return Read(piece) is var (name, length) && name.Given.Length > 0 && length == piece.Length ? name : null;
    }

    static string? Whole(string value)
    {
        var text = Pattern.Flat(value.Split(['(', ';'])[0]).TrimEnd(',', '.');
        return text.Length is > 0 and <= 100 && text.Any(char.IsLetter) && !text.Any(char.IsDigit) ? text : null;
    }

    static readonly Regex Titled = Pattern.Exact(@"\b(?:Mr|Mrs|Miss|Ms|Mx|Dr|Master|MR|MRS|MISS|MS|DR)\.? (?:[\p{Lu}][\p{L}\p{M}'’\-.]* ){0,3}[\p{L}][\p{L}\p{M}'’\-]+");

    /// <summary>Whether a text names the patient.</summary>
    internal static bool Mentions(string text, (WrittenName Name, Passage Source, Certainty Certainty)? patient) =>
        patient is var (name, _, _) && (name.Given.Length > 2 && text.Contains(name.Given.Split(' ')[0], StringComparison.OrdinalIgnoreCase) && name.Given.Split(' ')[0].Length > 2
            || name.Family.Length > 2 && text.Contains(name.Family, StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether a sentence begins with a titled person who is not the patient, or speaks of one and of nobody else.</summary>
    internal static bool OtherPersonLeads(string text, (WrittenName Name, Passage Source, Certainty Certainty)? patient)
    {
        var lead = text.Length > 60 ? text[..60] : text;
        return Titled.Match(lead) is { Success: true, Index: < 25 } match && !(patient is var (name, _, _) && match.Value.Contains(name.Family, StringComparison.OrdinalIgnoreCase))
            && IsLatin(patient);
    }

    /// <summary>Whether the person whom a text names last, by title, is not the patient.</summary>
    internal static bool LastNamedIsAnother(string before, (WrittenName Name, Passage Source, Certainty Certainty)? patient) =>
        IsLatin(patient) && Titled.Matches(before).LastOrDefault() is { } last && patient is var (name, _, _)
        && !last.Value.Contains(name.Family, StringComparison.OrdinalIgnoreCase) && before.LastIndexOf(name.Family, StringComparison.OrdinalIgnoreCase) < last.Index;

    // A name in another script may stand in the letter in Latin letters too: nobody can be told apart by it.
    static bool IsLatin((WrittenName Name, Passage Source, Certainty Certainty)? patient) => patient is var (name, _, _) && name.Family.Any(letter => letter < '\u0250' && char.IsLetter(letter));

    /// <summary>A shouted name in the case in which the letter writes it elsewhere, or else with capitals at the beginnings of its words.</summary>
    internal static string Spoken(string name, string letter)
    {
        if (name.Any(char.IsLower) || name.Count(char.IsLetter) < 2) return name;
        for (var at = letter.IndexOf(name, StringComparison.OrdinalIgnoreCase); at >= 0; at = letter.IndexOf(name, at + name.Length, StringComparison.OrdinalIgnoreCase))
            if (letter.Substring(at, Math.Min(name.Length, letter.Length - at)) is var written && written.Any(char.IsLower) && written.Length == name.Length && char.IsUpper(written[0])) return written;

        var text = new StringBuilder(name.Length);
        for (var at = 0; at < name.Length; at++)
        {
            var begins = at == 0 || !char.IsLetter(name[at - 1]) || at >= 2 && name[at - 2] is 'M' && name[at - 1] is 'C' && (at == 2 || !char.IsLetter(name[at - 3]));
            text.Append(begins ? name[at] : char.ToLower(name[at], CultureInfo.InvariantCulture));
        }
        return text.ToString();
    }
}
