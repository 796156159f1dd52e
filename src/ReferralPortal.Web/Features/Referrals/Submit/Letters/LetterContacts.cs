using System.Text.RegularExpressions;
using ReferralPortal.Domain.Patients;

namespace ReferralPortal.Web.Features.Referrals.Submit.Letters;

/// <summary>Finds how to reach the patient: never the writer's own telephone number, mail address or office.</summary>
static class LetterContacts
{
    const string PostcodeForm = @"[A-Z]{1,2}[0-9][A-Z0-9]?[\s,]{0,2}[0-9][A-Z]{2}";

    static readonly Regex PostcodeWritten = Pattern.Exact($@"\b{PostcodeForm}\b");
    static readonly Regex PostcodeAtEnd = Pattern.Exact($@"\b{PostcodeForm}[.,;\s]*$");
    static readonly Regex Telephone = Pattern.Exact(@"(?:\+[0-9]{1,3}[\s\-.]?(?:\(0\)[\s\-.]?)?|\(?0)[0-9(][0-9\s()\-.]{6,15}[0-9]");
    static readonly Regex Mail = Pattern.Any(@"\b[a-z0-9][a-z0-9._%+'\-]*@[a-z0-9\-]+(?:\.[a-z0-9\-]+)+\b");
    static readonly Regex SendersOwn = Pattern.Any(@"\b(?:call|ring|contact|reach|telephone|phone|email|e-mail|write to) (?:me|us)\b|\bmy (?:direct|mobile|number|line|office)|\bour (?:office|offices|number|telephone|direct|team)\b|\bdirect (?:dial|line)\b|\bddi\b|\bfax\b|\breception\b|\bswitchboard\b|\bundersigned\b|\bthe writer\b|\b(?:insurers?|handler|solicitors?)\b");
    static readonly Regex Guardians = Pattern.Any(@"\b(?:mother|father|mum|dad|parent|parents|guardian|litigation friend|grandmother|grandfather|grandparent|foster carer|step-?mother|step-?father|aunt|uncle)\b");
    static readonly Regex OtherPeople = Pattern.Any(@"\b(?:wife|husband|partner|daughter|son|sister|brother|next of kin|emergency contact|carer|neighbour|employer|manager|driver|surgery|practice|witness|police)\b");

    internal static bool EndsInPostcode(string text) => PostcodeAtEnd.IsMatch(text);

    internal static bool HasTelephone(string text) => Telephone.IsMatch(text);

    internal static IEnumerable<Found> Find(LetterText letter, DateOnly today)
    {
        var address = FindAddress(letter);
        if (address is var (street, code, source, certainty))
        {
            if (street.Length > 0) yield return new(LetterField.Address, street, street, source.Text, certainty);
            if (code is not null) yield return new(LetterField.Postcode, code, code, source.Text, certainty);
        }
        if (address?.Code is null && letter.Entries(Label.Postcode).FirstOrDefault(IsPatients) is { } entry && Postcode.TryParse(entry.Value, out var postcode))
            yield return new(LetterField.Postcode, postcode.ToString(), postcode.ToString(), entry.Text, Certainty.Stated);

        foreach (var found in Phones(letter)) yield return found;
        foreach (var found in Mails(letter)) yield return found;
    }

    static bool IsPatients(Passage passage) => passage.Owner is Owner.Unknown or Owner.Patient && passage.Zone != Zone.SignOff;

    // Telephones

    static IEnumerable<Found> Phones(LetterText letter)
    {
        List<Found> phones = [];
        foreach (var passage in letter.Passages.TakeWhile(_ => phones.Count < 12))
            foreach (Match match in Telephone.Matches(passage.Value))
            {
                if (match.Index > 0 && (char.IsLetterOrDigit(passage.Value[match.Index - 1]) || passage.Value[match.Index - 1] is '/' or '-' or '.')) continue;
                if (!PhoneNumber.TryParse(match.Value, out var number)) continue;
                if (WhoseNumber(letter, passage, match) is not { } field || phones.Any(other => other.Value == number.ToString())) continue;
                phones.Add(new(field, number.ToString(), number.ToString(), passage.Text, passage.Label == Label.Phone && passage.Owner is Owner.Patient or Owner.Guardian ? Certainty.Stated : passage.Owner == Owner.Patient || passage.IsProse ? Certainty.Likely : Certainty.Unsure));
            }
        // The clinic rings or texts: a mobile comes first. One guardian's number is asked for.
        return phones.Where(found => found.Field == LetterField.Phone).OrderByDescending(found => found.Value.StartsWith("07", StringComparison.Ordinal)).Take(3)
            .Concat(phones.Where(found => found.Field == LetterField.GuardianPhone).Take(1));
    }

    static LetterField? WhoseNumber(LetterText letter, Passage passage, Match match)
    {
        if (passage.Label is not (null or Label.Phone or Label.Person or Label.Address or Label.Guardian or Label.DateOfBirth or Label.NhsNumber or Label.Email or Label.Postcode) || passage.AboutAnother) return null;
        var before = passage.Value[Math.Max(0, match.Index - 70)..match.Index];
        var after = passage.Value[(match.Index + match.Length)..Math.Min(passage.Value.Length, match.Index + match.Length + 25)];
        if (passage.Owner is Owner.Sender or Owner.OtherSide or Owner.Gp || SendersOwn.IsMatch(passage.IsProse ? before : $"{passage.Words} {before}")) return null;
        if (passage.Label is null && letter.SpeaksOfAnother(passage.Value[..match.Index]) && !Guardians.IsMatch(passage.Text)) return null;
        if (passage.Owner == Owner.Guardian || Guardians.IsMatch($"{passage.Words} {before} {after}")) return LetterField.GuardianPhone;
        if (OtherPeople.IsMatch($"{passage.Words} {before} {(after.TrimStart().StartsWith('(') ? after : "")}") && passage.Owner != Owner.Patient) return null;
        if (passage.Owner == Owner.Patient) return passage.Zone == Zone.SignOff ? null : LetterField.Phone;
        return passage.Zone == Zone.Body ? LetterField.Phone : null;
    }

    // Mail addresses

    static IEnumerable<Found> Mails(LetterText letter)
    {
        var senders = letter.Passages.Where(passage => passage.Zone != Zone.Body && passage.Owner != Owner.Patient || passage.Owner is Owner.Sender or Owner.OtherSide or Owner.Gp)
            .SelectMany(passage => Mail.Matches(passage.Text)).Select(match => Domain(match.Value)).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var passage in letter.Passages)
            foreach (Match match in Mail.Matches(passage.Value))
            {
                if (passage.Zone == Zone.SignOff && passage.Owner != Owner.Patient || passage.Owner is Owner.Sender or Owner.OtherSide or Owner.Gp or Owner.Guardian || passage.AboutAnother) continue;
                if (passage.Zone == Zone.Head && passage.Owner != Owner.Patient || passage.Label is not (null or Label.Email or Label.Person or Label.Phone or Label.Address)) continue;
                if (senders.Contains(Domain(match.Value)) || !EmailAddress.TryParse(match.Value, out _)) continue;
                var before = passage.Value[Math.Max(0, match.Index - 70)..match.Index];
                if (SendersOwn.IsMatch(before) || Guardians.IsMatch(before) || OtherPeople.IsMatch(before) && passage.Owner != Owner.Patient) continue;
                yield return new(LetterField.Email, match.Value, match.Value, passage.Text, passage.Label == Label.Email ? Certainty.Stated : Certainty.Likely);
                yield break;
            }
    }

    static string Domain(string mail) => mail[(mail.IndexOf('@') + 1)..];

    // Address and postcode

    static readonly Regex LivesAt = Pattern.Any(@"(?:\b(?:lives?|living|resides?|residing|resident|staying) (?:with [^.;]{1,60}?,? )?(?:at|in)\b|\baddress (?:is|being)\b|\bhome address\b|\bcurrently (?:at|of)\b|\b(?:now )?of\b)[:,]? ");
    static readonly Regex HouseNumber = Pattern.Any(@"^(?:(?:flat|apartment|apt|unit|room|no\.?|the)\s|[0-9]{1,4}[a-z]?\b|[\p{L}'’]+(?:\s[\p{L}'’]+){0,3},\s)");
    static readonly Regex NoAddress = Pattern.Any(@"\b(?:d\.?o\.?b|date of birth|nhs|tel|telephone|mobile|ref|accident|incident|payroll|email|born|occupation)\b");

    static (string Street, string? Code, Passage Source, Certainty Certainty)? FindAddress(LetterText letter)
    {
        foreach (var entry in letter.Entries(Label.Address))
        {
            if (!IsPatients(entry) || entry.Value.Length is 0 or > 400) continue;
            var last = PostcodeWritten.Matches(entry.Value).LastOrDefault();
            var street = Tidy(last is null ? entry.Value : entry.Value[..last.Index]);
            var code = last is not null && Postcode.TryParse(last.Value.Replace(",", ""), out var read) ? read.ToString() : null;
            return (street, code, entry, Certainty.Stated);
        }
        foreach (var passage in letter.Passages)
        {
            if (passage.Zone == Zone.SignOff || passage.Owner is Owner.Sender or Owner.OtherSide or Owner.Gp or Owner.Guardian || passage.AboutAnother) continue;
            if (passage.Zone == Zone.Head && passage.Owner != Owner.Patient || passage.Label is not (null or Label.Person or Label.DateOfBirth or Label.NhsNumber)) continue;
            foreach (Match match in PostcodeWritten.Matches(passage.Value))
            {
                if (!Postcode.TryParse(match.Value.Replace(",", ""), out var code)) continue;
                var before = passage.Value[..match.Index];
                if (passage.IsProse && LivesAt.Matches(before).LastOrDefault(lead => before.Length - lead.Index - lead.Length is > 3 and < 160 && HouseNumber.IsMatch(before[(lead.Index + lead.Length)..])) is { } lead)
                    return (Tidy(before[(lead.Index + lead.Length)..]), code.ToString(), passage, Certainty.Likely);
                if (passage.Owner == Owner.Patient)
                    return (Tidy(BlockAddress(letter, passage, before)), code.ToString(), passage, passage.IsProse ? Certainty.Likely : Certainty.Stated);
            }
        }
        return null;
    }

    /// <summary>In the patient's block: what stands before the postcode, on its line or on the lines above, back to what is no address.</summary>
    static string BlockAddress(LetterText letter, Passage passage, string before)
    {
        List<string> parts = [];
        if (Take(before)) return string.Join(", ", parts);
        foreach (var above in letter.Passages.TakeWhile(other => !ReferenceEquals(other, passage)).Reverse().TakeWhile(other => other.Block == passage.Block))
            if (above.Label is not null && above.Label != Label.Person || above.Label == Label.Person && Take(AfterName(above.Value)) || above.Label is null && Take(above.Text) || above.Label == Label.Person) break;
        return string.Join(", ", parts);

        // True when the beginning of the address is reached.
        bool Take(string text)
        {
            foreach (var piece in text.Split([',', ';'], StringSplitOptions.TrimEntries).Reverse())
            {
                if (piece.Length == 0) continue;
                if (NoAddress.IsMatch(piece) || LetterDates.In(piece).Count > 0 || Telephone.IsMatch(piece) || LetterNames.Read(piece) is var (name, _) && name.Title is not null) return true;
                parts.Insert(0, piece);
                if (parts.Count > 5) return true;
            }
            return false;
        }
    }

    static string AfterName(string value) => LetterNames.Read(value) is var (_, length) ? value[length..] : "";

    static string Tidy(string street) => string.Join(", ", street.Split([',', ';'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(part => Pattern.Flat(part).TrimEnd('.'))).Trim(' ', ',', '-', '–');
}
