using System.Text.RegularExpressions;
using ReferralPortal.Domain;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Referrals.View;

namespace ReferralPortal.Web.Features.Referrals.Submit.Letters;

/// <summary>Finds the references, the other side and the organisations of the portal that a letter names.</summary>
static class LetterClaim
{
    const string ReferenceForm = @"(?<ref>[\p{Lu}\p{Nd}][\p{L}\p{Nd}./\\\-_]{1,30}(?:\s[\p{Lu}\p{Nd}./\-]{0,10}[\p{Nd}][\p{Nd}./\-]*){0,3})";

    static readonly Regex OurInline = Pattern.Any($@"\b(?:our|my) (?:ref(?:erence)?|file(?: ref(?:erence)?)?|matter(?: (?:no|number))?)\b(?: is| no| number)?[.:]?\s*{ReferenceForm}");
    static readonly Regex SubjectInline = Pattern.Any($@"\b(?:file )?ref(?:erence)?[.:]?\s*{ReferenceForm}");
    static readonly Regex ClaimInline = Pattern.Any($@"\b(?:claims? portal|oic|moj|portal|cnf|claim)(?: (?:claim|portal))?(?: (?:ref(?:erence)?|number|no))?(?: (?:is|under|with|as|on|given|of|reference|ref|number|no|and|the))*[.:]?\s*{ReferenceForm}");
    static readonly Regex PortalUnder = Pattern.Any($@"\bportal\b.{{0,60}}?\b(?:ref(?:erence)?|number|no)\b\.?(?: is)?:?\s*{ReferenceForm}");
    static readonly Regex TheirInline = Pattern.Any($@"\b(?:whose|their|its|insurers?[’']?s?|claims?|quoting|under|with)? ?(?:ref(?:erence)?|claim (?:number|no|ref(?:erence)?))\b(?: number| no)?(?: is| being)?[.:]?\s*{ReferenceForm}");
    static readonly Regex Looks = Pattern.Exact(@"[\p{Nd}]");

    internal static IEnumerable<Found> References(LetterText letter)
    {
        if (OwnReference(letter) is { } own) yield return own;
        if (ClaimReference(letter) is { } claim) yield return claim;
    }

    static Found? OwnReference(LetterText letter)
    {
        foreach (var entry in letter.Entries(Label.OurReference))
            if (entry.Owner is not (Owner.OtherSide or Owner.Gp or Owner.Guardian) && Whole(entry.Value) is { } reference) return Of(LetterField.OurReference, reference, entry.Text, Certainty.Stated);
        foreach (var passage in letter.Passages)
            if (passage.Label is null && OurInline.Match(passage.Text) is { Success: true } match && Whole(match.Groups["ref"].Value) is { } inline) return Of(LetterField.OurReference, inline, passage.Text, Certainty.Likely);
        foreach (var passage in letter.Passages)
            if (passage.Text.StartsWith("Subject", StringComparison.OrdinalIgnoreCase) && SubjectInline.Match(passage.Text) is { Success: true } match && Whole(match.Groups["ref"].Value) is { } subject) return Of(LetterField.OurReference, subject, passage.Text, Certainty.Likely);
        // "Swiftpath reference": a firm that calls its reference by its own name, which its letterhead says.
        var head = string.Join(' ', letter.Passages.TakeWhile(passage => passage.Label is null or Label.Ignored).Select(passage => passage.Text));
        foreach (var entry in letter.Entries(Label.SomeReference))
            if (head.Contains(entry.Words.Split(' ')[0], StringComparison.OrdinalIgnoreCase) && Whole(entry.Value) is { } named) return Of(LetterField.OurReference, named, entry.Text, Certainty.Likely);
        return null;
    }

    static Found? ClaimReference(LetterText letter)
    {
        foreach (var entry in letter.Entries(Label.ClaimReference))
            if (entry.Owner is Owner.Unknown or Owner.Patient or Owner.Sender && Whole(entry.Value) is { } reference) return Of(LetterField.ClaimReference, reference, entry.Text, Certainty.Stated);
        foreach (var passage in letter.Passages.Where(passage => passage.Label is null && !SpeaksOfInsurer(passage.Text)))
            foreach (var form in new[] { ClaimInline, PortalUnder })
                if (form.Match(passage.Text) is { Success: true } match && Whole(match.Groups["ref"].Value) is { } inline) return Of(LetterField.ClaimReference, inline, passage.Text, Certainty.Likely);
        foreach (var passage in letter.Passages.Where(passage => passage.Label is null))
            if (PortalUnder.Match(passage.Text) is { Success: true } match && Whole(match.Groups["ref"].Value) is { } inline) return Of(LetterField.ClaimReference, inline, passage.Text, Certainty.Likely);
        return null;
    }

    static readonly Regex InsurerWord = Pattern.Any(@"\b(?:insurers?|insured|insurance|assurance|compensator|underwriters?)\b");

    static bool SpeaksOfInsurer(string text) => InsurerWord.IsMatch(text);

    /// <summary>The reference in a value, without what follows it; null when the value is none ("TBC", "N/A").</summary>
    static string? Whole(string value)
    {
        var cut = value.Split([',', ';', '(', '|'])[0];
        foreach (var stop in new[] { " Your ref", " Your Ref", " YOUR REF", " Date", " dated", " DX" })
            if (cut.IndexOf(stop, StringComparison.Ordinal) is var at and > 0) cut = cut[..at];
        var reference = Pattern.Flat(cut).Trim(' ', '.', ':', '-', '[', ']');
        return reference.Length is >= 3 and <= 40 && Looks.IsMatch(reference) && LetterDates.In(reference) is not [{ Start: 0 }] && reference.Split(' ').Length <= 5 && !LetterContacts.HasTelephone(reference) ? reference : null;
    }

    // The other side

    const string NameWord = @"(?:[\p{Lu}\p{Nd}][\p{L}\p{Nd}'’.&\-]*|&|and|of|the|plc|for)";
    static readonly Regex InsurerNamed = Pattern.Exact($@"(?i:(?:third part(?:y|ies)['’]?s?|defendants?['’]?s?|other side['’]?s?|other drivers?['’]?s?|their|his|her|council['’]?s|compensating|tp|liability|responsible|opponents?['’]?s?)\s(?:liability |motor )?insurers?,?\s(?:is\s|are\s|being\s|namely\s|was\s|were\s)?)(?<name>[\p{{Lu}}][\p{{L}}\p{{Nd}}'’.&\-]*(?:\s{NameWord})*)");
    static readonly Regex InsuredBy = Pattern.Exact($@"(?i:\b(?:insured (?:by|with|through)|insurers? (?:is|are)|driver is with|covered by|claim is (?:against|being handled by|handled by|dealt with by)|compensator is)\s)(?<name>[\p{{Lu}}][\p{{L}}\p{{Nd}}'’.&\-]*(?:\s{NameWord})*)");
    static readonly Regex BareInsurer = Pattern.Exact($@"\b(?<name>[\p{{Lu}}][\p{{L}}'’&\-]*(?:\s(?:[\p{{Lu}}][\p{{L}}'’&\-]*|&|and|of))*\s(?:Insurance|Assurance|Mutual|Underwriting|Insurers)(?:\s(?:plc|PLC|Ltd|Limited|Company|Group|Services))*)");
    static readonly Regex NameEnds = Pattern.Any(@"\s(?:and|of|the|for)$");

    internal static IEnumerable<Found> OtherSide(LetterText letter)
    {
        (string Name, Passage Source, Certainty Certainty)? insurer = null;
        foreach (var entry in letter.Entries(Label.OtherInsurer))
            if (insurer is null && entry.Owner is not (Owner.Sender or Owner.Gp or Owner.Guardian) && entry.Value.Split(['(', ';', ',']) is [var name, ..] && IsName(name.Trim())) insurer = (Pattern.Flat(name).TrimEnd('.'), entry, Certainty.Stated);
        foreach (var passage in letter.Passages.Where(passage => insurer is null && passage.Label is null && passage.Zone == Zone.Body))
        {
            if (InsurerNamed.Match(passage.Text) is { Success: true } match || InsuredBy.Match(passage.Text) is { Success: true } other && (match = other).Success) insurer = (Trimmed(match.Groups["name"].Value), passage, Certainty.Likely);
            else if (IsLiability(passage.Text) && BareInsurer.Match(passage.Text) is { Success: true } bare && !Pays.IsMatch(passage.Text)) insurer = (Trimmed(bare.Groups["name"].Value), passage, Certainty.Likely);
        }
        if (insurer is { } found && found.Name.Length > 2) yield return Of(LetterField.OtherInsurer, found.Name, found.Source.Text, found.Certainty);

        foreach (var entry in letter.Entries(Label.OtherInsurerReference))
            if (Whole(entry.Value) is { } reference)
            {
                yield return Of(LetterField.OtherInsurerReference, reference, entry.Text, Certainty.Stated);
                goto liability;
            }
        if (insurer is { } known)
            foreach (var passage in letter.Passages.SkipWhile(passage => !ReferenceEquals(passage, known.Source)).Take(2))
            {
                var from = ReferenceEquals(passage, known.Source) ? Math.Max(0, passage.Text.IndexOf(known.Name, StringComparison.Ordinal)) : 0;
                if (passage.Label is not (null or Label.OtherInsurer) || from == 0 && !ReferenceEquals(passage, known.Source) && !SpeaksOfInsurer(passage.Text) && !Theirs.IsMatch(passage.Text)) continue;
                if (TheirInline.Match(passage.Text[from..]) is not { Success: true } match || Whole(match.Groups["ref"].Value) is not { } inline) continue;
                yield return Of(LetterField.OtherInsurerReference, inline, passage.Text, Certainty.Likely);
                break;
            }
        liability:
        if (Liability(letter) is { } position) yield return position;
    }

    static readonly Regex Theirs = Pattern.Any(@"\b(?:their|its) (?:ref|reference|claim)");

    static bool IsName(string text) => text.Length is > 2 and <= 100 && char.IsUpper(text[0]) && !NotSaid.IsMatch(text);

    static readonly Regex NotSaid = Pattern.Any(@"^(?:n/?a|tbc|unknown|not known|none|to be confirmed|awaited|not applicable)\b");

    static string Trimmed(string name)
    {
        name = Pattern.Flat(name).TrimEnd('.', ',');
        while (NameEnds.Match(name) is { Success: true } end) name = name[..end.Index];
        return name;
    }

    // Liability

    static readonly Regex LiabilityWord = Pattern.Any(@"\bliability\b|\b(?:admitted|accepted|denied) (?:fault|responsibility)\b|\b(?:fault|responsibility|breach of duty|negligence) (?:has been|is|was) (?:admitted|accepted|denied)\b");
    static readonly (LiabilityPosition Position, Regex Words)[] Positions =
    [
        (LiabilityPosition.Part, Pattern.Any(@"\b(?:in part|partly|partially|part(?:ial)? admi|split|contributory|50[/:]50|primary liability (?:has been |is |was )?admitted)")),
        (LiabilityPosition.NotKnown, Pattern.Any(@"\b(?:not yet|not known|unknown|tbc|to be confirmed|await|awaited|awaiting|no (?:response|decision|admission|reply)|being investigated|under investigation|investigations?|pending|yet to|not been (?:confirmed|decided|determined)|undecided|remains? open|outstanding)\b")),
        (LiabilityPosition.Admitted, Pattern.Any(@"\b(?:not (?:in dispute|disputed|in issue|contested)|undisputed)\b")),
        (LiabilityPosition.Denied, Pattern.Any(@"\b(?:den(?:y|ies|ied)|denying|repudiated?|in dispute|disputed|disputes?|contested|not (?:been )?(?:admitted|accepted))\b")),
        (LiabilityPosition.Admitted, Pattern.Any(@"\b(?:admi(?:t|ts|tted|ssion)|accept(?:s|ed)?|conceded|agreed)\b")),
    ];

    static bool IsLiability(string text) => LiabilityWord.IsMatch(text);

    static Found? Liability(LetterText letter)
    {
        foreach (var passage in letter.Entries(Label.Liability).Concat(letter.Passages.Where(passage => passage.Label is null && passage.Zone == Zone.Body && IsLiability(passage.Text))))
            foreach (var clause in passage.Label is null ? passage.Text.Split(';') : [passage.Value])
                if (passage.Label is not null || IsLiability(clause))
                    foreach (var (position, words) in Positions)
                        if (words.IsMatch(clause)) return new(LetterField.Liability, EnumText.Of(position), PlainText.Of(position), passage.Text, passage.Label is null ? Certainty.Likely : Certainty.Stated);
        return null;
    }

    // Organisations of the portal

    static readonly Regex Pays = Pattern.Any(@"\b(?:fund(?:s|ed|ing|er)?|pay(?:s|ing|er)?|paid|authoris(?:e|es|ed|ing)|authority|invoices?|meet(?:ing)? the costs?|cover(?:s|ing)? the costs?|indemnity|agreed to (?:six|eight|[0-9]+))\b");

    internal static IEnumerable<Found> Organisations(LetterText letter, IReadOnlyList<NamedOrganisation> organisations)
    {
        foreach (var funder in new[] { false, true })
        {
            var (found, best) = ((Found?)null, -1);
            foreach (var organisation in organisations.Where(organisation => organisation.IsFunder == funder && organisation.Name.Length > 3 && letter.Whole.Contains(organisation.Name, StringComparison.OrdinalIgnoreCase)))
                foreach (var passage in letter.Passages)
                {
                    if (passage.Label == Label.Ignored || !Names(passage.Text, organisation.Name)) continue;
                    var labelled = passage.Label == (funder ? Label.Payer : Label.CaseManager);
                    // An insurer who is only the other side has promised nothing.
                    if (funder && !labelled && (passage.Label is not null || !Pays.IsMatch(passage.Text))) continue;
                    var rank = (labelled ? 1000 : 0) + organisation.Name.Length;
                    if (rank > best) (found, best) = (new(funder ? LetterField.Payer : LetterField.CaseManager, organisation.Id.ToString(), organisation.Name, passage.Text, labelled ? Certainty.Stated : Certainty.Likely), rank);
                }
            if (found is not null) yield return found;
        }
    }

    static bool Names(string text, string name)
    {
        for (var at = text.IndexOf(name, StringComparison.OrdinalIgnoreCase); at >= 0; at = text.IndexOf(name, at + 1, StringComparison.OrdinalIgnoreCase))
            if ((at == 0 || !char.IsLetterOrDigit(text[at - 1])) && (at + name.Length >= text.Length || !char.IsLetterOrDigit(text[at + name.Length]))) return true;
        return false;
    }

    static Found Of(LetterField field, string value, string source, Certainty certainty) => new(field, value, value, source, certainty);
}
