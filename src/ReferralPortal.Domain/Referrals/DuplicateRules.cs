using ReferralPortal.Domain.Patients;

namespace ReferralPortal.Domain.Referrals;

/// <summary>What the clinic decided about two referrals that looked like one patient's.</summary>
public enum DuplicateDecision
{
    /// <summary>They belong together, and both go on; the clinic is shown the one beside the other.</summary>
    Link,
    /// <summary>One patient: from now on the clinic treats both as one person's.</summary>
    Merge,
    /// <summary>Two people: not asked again.</summary>
    KeepApart,
}

/// <summary>What is known of a patient when looking for the same one elsewhere. A form that is being typed knows little of it yet.</summary>
/// <param name="GivenName">As typed or stored.</param>
/// <param name="FamilyName">As typed or stored.</param>
/// <param name="DateOfBirth">Null while it is not known.</param>
/// <param name="NhsNumber">Ten digits, or null.</param>
/// <param name="Postcode">As stored, or null.</param>
/// <param name="IncidentDate">When the injury happened, or null.</param>
public sealed record PatientFacts(string GivenName, string FamilyName, DateOnly? DateOfBirth, string? NhsNumber, string? Postcode, DateOnly? IncidentDate);

/// <summary>Why two referrals may be one patient's.</summary>
/// <param name="Score">Higher is surer, to put the surest first; no probability.</param>
/// <param name="Reasons">In words, the strongest first.</param>
/// <param name="Caution">What speaks against it, in words; null when nothing does.</param>
public sealed record DuplicateMatch(int Score, IReadOnlyList<string> Reasons, string? Caution);

/// <summary>When two referrals look like one patient's. It says so and says why; what it means is for people to decide.</summary>
public static class DuplicateRules
{
    /// <summary>Compares two patients; null when nothing speaks for one. The answer is the same both ways.</summary>
    public static DuplicateMatch? Compare(PatientFacts one, PatientFacts other)
    {
        var name = Names.Compare(one.GivenName, one.FamilyName, other.GivenName, other.FamilyName);
        var birth = one.DateOfBirth is { } day && other.DateOfBirth is { } otherDay ? BirthDates.Compare(day, otherDay) : DateLikeness.Different;
        var nhs = one.NhsNumber is not null && other.NhsNumber is not null ? one.NhsNumber == other.NhsNumber : (bool?)null;

        var (score, reasons) = (0, new List<string>());
        if (nhs == true) Add(100, "Same NHS number");
        if (name != NameLikeness.Different && birth != DateLikeness.Different && one.Postcode is not null && one.Postcode == other.Postcode)
            Add(40 + (name == NameLikeness.Same ? 20 : 0) + (birth == DateLikeness.Same ? 20 : 0), $"{Words(name)}, {Words(birth)} and same postcode");
        if (name != NameLikeness.Different && one.IncidentDate is not null && one.IncidentDate == other.IncidentDate)
            Add(30 + (name == NameLikeness.Same ? 15 : 0), $"{Words(name)} and same date of the incident");
        if (reasons.Count == 0) return null;

        var caution = nhs == false ? "The NHS numbers differ"
            : nhs == true && name == NameLikeness.Different ? "The names differ"
            : birth == DateLikeness.Different && one.DateOfBirth is not null && other.DateOfBirth is not null ? "The dates of birth differ"
            : null;
        return new DuplicateMatch(caution is null ? score : score / 2, reasons, caution);

        void Add(int weight, string words)
        {
            score += weight;
            reasons.Add(words);
        }
    }

    static string Words(NameLikeness name) => name == NameLikeness.Same ? "Same name" : "Name that differs by one letter";

    static string Words(DateLikeness birth) => birth switch
    {
        DateLikeness.Same => "same date of birth",
        DateLikeness.DayAndMonthSwapped => "date of birth with day and month swapped",
        _ => "date of birth that differs by one digit",
    };
}
