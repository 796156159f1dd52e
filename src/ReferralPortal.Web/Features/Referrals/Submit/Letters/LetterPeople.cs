using ReferralPortal.Web.Components.Display;
using System.Text.RegularExpressions;
using ReferralPortal.Domain.Patients;

namespace ReferralPortal.Web.Features.Referrals.Submit.Letters;

/// <summary>Finds who the patient is: name, date of birth, NHS number, guardian, GP practice, work.</summary>
static class LetterPeople
{
    static readonly Regex BirthLabel = Pattern.Any(@"\b(?:date\s+of\s+birth|d\.?\s?o\.?\s?b\b\.?|birth\s?date|born)(?:\s+(?:on|is|was))?[\s:.,\-–(]*");
    static readonly Regex ChildCue = Pattern.Any(@"\b(?:litigation friend|a child|a minor|schoolboy|schoolgirl|pupil|nursery|primary school|his mother|her mother|his father|her father|year[- ]old (?:boy|girl|child|son|daughter))\b");

    internal static IEnumerable<Found> Name(LetterText letter)
    {
        if (letter.Patient is not var (name, source, certainty)) yield break;
        var (given, family) = (LetterNames.Spoken(name.Given, letter.Whole), LetterNames.Spoken(name.Family, letter.Whole));
        if (given.Length > 0) yield return new(LetterField.GivenName, given, given, source.Text, certainty);
        yield return new(LetterField.FamilyName, family, family, source.Text, certainty);
    }

    internal static Found? BirthDate(LetterText letter, DateOnly today)
    {
        var child = ChildCue.IsMatch(letter.Whole);
        Found? first = null;
        foreach (var passage in letter.Passages)
        {
            if (passage.Owner is Owner.Sender or Owner.OtherSide or Owner.Gp or Owner.Guardian || passage.AboutAnother || passage.Label == Label.Ignored) continue;
            if (passage.Label == Label.DateOfBirth && LetterDates.In(passage.Value) is [var labelled, ..] && labelled.Start < 12 && labelled.AsBirth(today, child) is var (day, sure))
                return Of(day, passage, sure ? Certainty.Stated : Certainty.Unsure);
            foreach (Match label in BirthLabel.Matches(passage.Value))
                if (LetterDates.In(passage.Value) is var dates && dates.FirstOrDefault(date => date.Start >= label.Index + label.Length && date.Start <= label.Index + label.Length + 2) is { End: > 0 } written && written.AsBirth(today, child) is var (birth, certain))
                {
                    if (passage.Label is null && letter.SpeaksOfAnother(passage.Value[..label.Index])) continue;
                    var found = Of(birth, passage, certain ? Certainty.Stated : Certainty.Unsure);
                    if (passage.Owner == Owner.Patient) return found;
                    first ??= found;
                }
        }
        return first;
    }

    static Found Of(DateOnly day, Passage passage, Certainty certainty) => new(LetterField.DateOfBirth, $"{day:yyyy-MM-dd}", Formats.Date(day), passage.Text, certainty);

    // NHS number, National Insurance number

    static readonly Regex NhsWritten = Pattern.Any(@"\bnhs(?:\s?(?:number|no|num))?\b[\s.:#\-–]*(?<n>[0-9][0-9\s\-]{8,14})");
    static readonly Regex Digits = Pattern.Exact(@"^[0-9][0-9\s\-]{8,14}");

    internal static (Found? Number, bool Wrong) Nhs(LetterText letter)
    {
        var wrong = false;
        foreach (var passage in letter.Passages)
        {
            if (passage.Owner is Owner.Sender or Owner.OtherSide || passage.AboutAnother) continue;
            var written = passage.Label == Label.NhsNumber ? Digits.Match(passage.Value).Value : NhsWritten.Match(passage.Text).Groups["n"].Value;
            if (written.Length == 0) continue;
            if (NhsNumber.TryParse(written, out var number)) return (new(LetterField.NhsNumber, number.Digits, number.ToString(), passage.Text, Certainty.Stated), false);
            wrong = true;
        }
        return (null, wrong);
    }

    static readonly Regex NationalInsurance = Pattern.Any(@"\b[a-z]{2}\s?[0-9]{2}\s?[0-9]{2}\s?[0-9]{2}\s?[a-d]\b");

    internal static bool HasNationalInsuranceNumber(LetterText letter) => NationalInsurance.IsMatch(letter.Whole);

    // Guardian

    const string Kin = "mother|father|grandmother|grandfather|step-?mother|step-?father|foster carer|foster mother|foster father|aunt|uncle|sister|brother|guardian|carer|mum|dad|parent";
    static readonly Regex Friend = Pattern.Any($@"\b(?:litigation friend|next friend|legal guardian|(?:his|her|their|the child['’]s|whose) (?:{Kin}))(?: (?:and|who is (?:also )?(?:his|her|their)) (?:litigation friend|(?:his |her |their )?(?:{Kin})))?,?\s*(?:is\s|called\s|named\s)?\(?");
    static readonly Regex KinWord = Pattern.Any($@"\b(?:{Kin})\b");
    static readonly Regex NameThenKin = Pattern.Any($@"^[\s,(]*(?:who is )?(?:his |her |their |the )?(?<kin>{Kin})\b");

    internal static IEnumerable<Found> Guardian(LetterText letter)
    {
        var child = ChildCue.IsMatch(letter.Whole);
        foreach (var entry in letter.Entries(Label.Guardian).Concat(letter.Passages.Where(passage => passage.Zone != Zone.SignOff && (passage.Label is null or Label.Person || passage.Label == Label.Guardian))))
        {
            var text = entry.Label == Label.Guardian ? entry.Value : entry.Text;
            var at = 0;
            if (entry.Label != Label.Guardian)
            {
                if (!child || Friend.Match(text) is not { Success: true } lead) continue;
                at = lead.Index + lead.Length;
            }
            if (LetterNames.Read(text[at..]) is not var (name, length) || name.Title is null && name.Given.Length == 0) continue;
            var spoken = LetterNames.Spoken(name.Full, letter.Whole);
            yield return new(LetterField.GuardianName, spoken, spoken, entry.Text, entry.Label == Label.Guardian ? Certainty.Stated : Certainty.Likely);
            var around = text[Math.Max(0, at - 60)..at];
            var kin = NameThenKin.Match(text[(at + length)..]) is { Success: true } after ? after.Groups["kin"].Value
                : KinWord.Matches(around).LastOrDefault()?.Value ?? KinWord.Match(entry.Label == Label.Guardian ? entry.Words : "").Value;
            kin = kin.ToLowerInvariant();
            if (kin is "mum") kin = "mother";
            if (kin is "dad") kin = "father";
            if (kin.Length > 0 && !(entry.Words.Contains("parent", StringComparison.OrdinalIgnoreCase) && kin is "parent" or "guardian")) yield return new(LetterField.GuardianRelationship, kin, kin, entry.Text, Certainty.Likely);
            yield break;
        }
    }

    // GP practice

    const string PracticeName = @"(?<name>(?:[\p{Lu}][\p{L}'’.\-]*\s|of\s|the\s|on\s|&\s|and\s){1,6}(?:Surgery|Medical Centre|Medical Practice|Health Centre|Group Practice|Family Practice|Practice|Clinic|Medical Group))";
    static readonly Regex Practice = Pattern.Exact($@"\b{PracticeName}\b");
    static readonly Regex NamesPractice = Pattern.Exact($@"(?i:\b(?:gp|g\.p\.|general practitioner|doctor|registered|practice|surgery)\b)[^.;]{{0,60}}?\s{PracticeName}\b");
    static readonly Regex Registered = Pattern.Any(@"\b(?:gp|g\.p|registered|general practitioner|family doctor)\b");
    static readonly Regex LeadingWords = Pattern.Any(@"^(?:(?:of|on|and|&|at|with|is|gp|her|his|their|dr|doctor) )+");
    static readonly Regex Ods = Pattern.Exact(@"\b[A-HJ-NP-Y][0-9]{5}\b");

    internal static IEnumerable<Found> GpPractice(LetterText letter)
    {
        if (PracticeOf(letter) is { } practice) yield return practice;
        foreach (var passage in letter.Passages)
            if ((passage.Label == Label.GpCode || passage.Text.Contains("ODS", StringComparison.Ordinal)) && Ods.Match(passage.Value) is { Success: true } code && ProfessionalNumbers.GpPractice(code.Value) is { } read)
            {
                yield return new(LetterField.GpPracticeCode, read, read, passage.Text, Certainty.Stated);
                yield break;
            }
    }

    static Found? PracticeOf(LetterText letter)
    {
        foreach (var entry in letter.Entries(Label.GpPractice))
        {
            if (Practice.Match(entry.Value) is { Success: true } named) return Of(named, entry, Certainty.Stated);
        }
        foreach (var passage in letter.Passages.Where(passage => passage.Label is null && passage.Zone == Zone.Body && !passage.AboutAnother && Registered.IsMatch(passage.Text)))
            if (Practice.Match(passage.Text) is { Success: true } named) return Of(named, passage, Certainty.Likely);
        foreach (var line in letter.Passages.TakeWhile(passage => passage.Zone == Zone.Head).Where(passage => passage.Label is null).Take(3))
            if (Practice.Match(line.Text) is { Success: true } own && own.Length >= line.Text.Length - 4) return Of(own, line, Certainty.Likely);
        return null;
    }

    static Found Of(Match match, Passage passage, Certainty certainty)
    {
        var name = LeadingWords.Replace(match.Groups["name"].Value, "");
        if (name.StartsWith("the ", StringComparison.Ordinal)) name = name[4..];
        return new(LetterField.GpPracticeName, name, name, passage.Text, certainty);
    }

    // Work

    const string Trades = "driver|operative|worker|labourer|nurse|teacher|assistant|manager|engineer|plumber|plasterer|electrician|joiner|carpenter|bricklayer|roofer|decorator|painter|mechanic|fitter|welder|machinist|picker|packer|cleaner|cook|chef|waiter|waitress|barista|carer|clerk|administrator|secretary|receptionist|accountant|solicitor|lawyer|cashier|hairdresser|gardener|farmer|builder|scaffolder|porter|guard|officer|student|pupil|technician|supervisor|salesman|saleswoman|sales assistant|shopkeeper|librarian|lecturer|paramedic|firefighter|postman|postwoman|courier|loader|handler|operator|designer|developer|programmer|consultant|surveyor|architect|physiotherapist|dentist|doctor|pharmacist|midwife|nanny|childminder|butcher|baker|fishmonger|seamstress|tailor|musician|violinist|cellist|pianist|artist|photographer|journalist|writer|translator|planner|buyer|analyst|executive|director|foreman|warehouseman|housewife|caretaker|janitor|steward|stewardess|pilot|seaman|fisherman|trainer|instructor|coach|referee|footballer|groom|stablehand|vet|optician|inspector|installer|tiler|glazier|stonemason|blacksmith|joinery|apprentice|weaver|printer|bookbinder|scientist|researcher|dispatcher|conductor|signaller|groundsman|ranger|miner|driller|crofter|shepherd";
    static readonly Regex Works = Pattern.Any($@"\b(?:works?|working|employed|worked|job|trade|profession)(?: (?:full[- ]time|part[- ]time|for us|here|with us|nights|at present|currently|on nights))* (?:is |was )?(?:as|is) (?:an? |our |the )?(?<job>(?:[\p{{L}}\-]+ ){{0,4}}?(?:{Trades}))\b");
    static readonly Regex IsA = Pattern.Any($@"\b(?:(?:he|she|they|who|client|patient|claimant|employee|and) (?:is|are)|is|this|our) (?:an? |our )?(?<job>(?:self[- ]employed |retired |former |full[- ]time |part[- ]time |agency |senior |trainee |apprentice |qualified |freelance )*(?:[\p{{L}}\-]+ ){{0,2}}?(?:{Trades}))\b");
    static readonly Regex Apposed = Pattern.Any($@"\w, (?:who is )?an? (?<job>(?:self[- ]employed |retired |former |full[- ]time |part[- ]time )*(?:[\p{{L}}\-]+ ){{0,2}}?(?:{Trades})),");
    static readonly Regex Other = Pattern.Any(@"\b(?:other|third party|of the|insured|van|lorry|taxi) (?:driver|vehicle)\b|^driver$|\b(?:not|the|dear) ");
    static readonly Regex Occupied = Pattern.Any(@"^(?:an?|the) ");

    internal static Found? Occupation(LetterText letter)
    {
        foreach (var entry in letter.Entries(Label.Occupation))
            if (entry.Owner is Owner.Unknown or Owner.Patient or Owner.Sender && entry.Value.Length is > 2 and <= 120 && entry.Value.Any(char.IsLetter) && !NotSaid.IsMatch(entry.Value))
                return new(LetterField.Occupation, entry.Value, entry.Value, entry.Text, Certainty.Stated);
        foreach (var form in new[] { Works, Apposed, IsA })
            foreach (var passage in letter.Passages.Where(passage => passage.Zone == Zone.Body && passage.Label is null && !passage.AboutAnother))
                foreach (Match match in form.Matches(passage.Text))
                    if (Occupied.Replace(match.Groups["job"].Value, "") is { Length: > 0 and <= 100 } job && !Other.IsMatch(job) && !NotJob.IsMatch(job))
                        return new(LetterField.Occupation, job, job, passage.Text, Certainty.Likely);
        return null;
    }

    static readonly Regex NotSaid = Pattern.Any(@"^(?:n/?a|tbc|unknown|not known|none)\b");
    static readonly Regex NotJob = Pattern.Any(@"^(?:(?:case|line|treating|instructing|litigation|our|your|their|his|her|claims?) )(?:manager|handler|solicitor|doctor|consultant|carer)$|^(?:solicitor|doctor|consultant|manager|handler|driver|physiotherapist)$");
}
