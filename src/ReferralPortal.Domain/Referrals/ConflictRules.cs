using System.Text;
using ReferralPortal.Domain.Patients;

namespace ReferralPortal.Domain.Referrals;

/// <summary>What is known of a claim when looking for the other side of the same accident.</summary>
/// <param name="Patient">Whose it is.</param>
/// <param name="Mechanism">The incident's mechanism by its code, or null.</param>
/// <param name="Sender">The organisation that referred.</param>
/// <param name="ClaimReference">The claim's own reference, or null.</param>
/// <param name="OurReference">The sender's own, or null.</param>
/// <param name="OtherInsurer">The other side's insurer, or null.</param>
/// <param name="OtherInsurerReference">That insurer's reference, or null.</param>
/// <param name="Payers">Who pays: the payer's name and the funders that are parties.</param>
public sealed record ClaimFacts(
    PatientFacts Patient, string? Mechanism, Guid Sender, string? ClaimReference, string? OurReference, string? OtherInsurer, string? OtherInsurerReference, IReadOnlyCollection<string> Payers);

/// <summary>
/// Whether another referral is the other side of the same accident. A clinic that treats both must say why it can judge each of them
/// independently, or decline one. It compares what was typed, so it is asked of people and never decided by the portal.
/// </summary>
public static class ConflictRules
{
    /// <summary>
    /// Why the two are opposite sides of one accident, in words; empty when nothing says so. They are when the day is the same, the patients are two, and either
    /// the claims name each other or one's insurer stands against the other in an accident of the same kind or place.
    /// </summary>
    public static IReadOnlyList<string> Between(ClaimFacts ours, ClaimFacts theirs)
    {
        if (ours.Patient.IncidentDate is null || ours.Patient.IncidentDate != theirs.Patient.IncidentDate) return [];
        var crossed = Crossed(ours, theirs);
        // Two people who were hurt on the same side claim against the same insurer, which may well pay for both.
        if (crossed.Count == 0 && (SameSide(ours, theirs) || SameAccident(ours, theirs).Count == 0)) return [];

        List<string> against = [];
        if (PaysFor(ours.OtherInsurer, theirs)) against.Add("The other side’s insurer here pays for that referral");
        if (PaysFor(theirs.OtherInsurer, ours)) against.Add("The other side’s insurer there pays for this referral");
        return crossed.Count + against.Count == 0 ? [] : ["Same date of the incident", .. crossed, .. against, .. SameAccident(ours, theirs)];
    }

    static bool SameSide(ClaimFacts ours, ClaimFacts theirs) =>
        ours.Sender == theirs.Sender || (ours.OtherInsurer is not null && Firm(ours.OtherInsurer) == Firm(theirs.OtherInsurer))
        || (Key(ours.OtherInsurerReference) is { } reference && reference == Key(theirs.OtherInsurerReference));

    static List<string> Crossed(ClaimFacts ours, ClaimFacts theirs)
    {
        var words = new List<string>();
        if (Key(ours.OtherInsurerReference) is { } mine && (mine == Key(theirs.ClaimReference) || mine == Key(theirs.OurReference))) words.Add("The other side’s reference here is that referral’s own");
        if (Key(theirs.OtherInsurerReference) is { } other && (other == Key(ours.ClaimReference) || other == Key(ours.OurReference))) words.Add("The other side’s reference there is this referral’s own");
        return words;
    }

    static bool PaysFor(string? insurer, ClaimFacts claim) => Firm(insurer) is { } firm && claim.Payers.Any(payer => Firm(payer) == firm);

    static List<string> SameAccident(ClaimFacts ours, ClaimFacts theirs)
    {
        var words = new List<string>();
        if (ours.Mechanism is not null && ours.Mechanism == theirs.Mechanism) words.Add("Same kind of incident");
        if (Outward(ours) is { } place && place == Outward(theirs)) words.Add($"Both patients live in {place}");
        return words;
    }

    static string? Outward(ClaimFacts claim) => Postcode.TryParse(claim.Patient.Postcode, out var postcode) ? postcode.Outward : null;

    // A reference of two or three characters is shared by chance.
    static string? Key(string? reference) => Plain(reference) is { Length: > 3 } key ? key : null;

    static string Plain(string? text) => string.Concat((text ?? "").Where(char.IsLetterOrDigit)).ToLowerInvariant();

    static readonly HashSet<string> Common = ["insurance", "insurances", "insurer", "insurers", "assurance", "ltd", "limited", "plc", "llp", "group", "uk", "the", "company", "co", "services"];

    /// <summary>A firm's name without what half of the firms are called as well.</summary>
    static string? Firm(string? name)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        foreach (var letter in (name ?? "").ToLowerInvariant() + " ")
        {
            if (char.IsLetterOrDigit(letter)) word.Append(letter);
            else if (letter is not ('.' or '\'' or '’') && word.Length > 0)
            {
                words.Add(word.ToString());
                word.Clear();
            }
        }
        var own = words.Where(part => !Common.Contains(part)).ToList();
        return words.Count == 0 ? null : string.Join(' ', own.Count > 0 ? own : words);
    }
}
