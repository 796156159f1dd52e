using CsCheck;
using ReferralPortal.Domain.Referrals;
using Xunit;

namespace ReferralPortal.Domain.Tests.Referrals;

public class DuplicateRulesTests
{
    static readonly PatientFacts Maud = new("Maud", "Ollerenshaw", new(1985, 3, 12), "9434765919", "M1 1AA", new(2026, 1, 5));

    // Another patient in everything; each case makes some of it the same.
    static readonly PatientFacts Nobody = new("Bert", "Cropper", new(1961, 11, 30), null, "OL1 3LA", new(2024, 7, 8));

    public static TheoryData<PatientFacts, string?, string?> Cases => new()
    {
        { Maud, "Same NHS number; Same name, same date of birth and same postcode; Same name and same date of the incident", null },
        { Nobody, null, null },
        { Nobody with { NhsNumber = Maud.NhsNumber }, "Same NHS number", "The names differ" },
        { Maud with { NhsNumber = null, IncidentDate = null }, "Same name, same date of birth and same postcode", null },
        { Maud with { NhsNumber = "6541003238", IncidentDate = null }, "Same name, same date of birth and same postcode", "The NHS numbers differ" },
        { Maud with { NhsNumber = null, IncidentDate = null, FamilyName = "OLERENSHAW" }, "Name that differs by one letter, same date of birth and same postcode", null },
        { Maud with { NhsNumber = null, IncidentDate = null, DateOfBirth = new(1985, 12, 3) }, "Same name, date of birth with day and month swapped and same postcode", null },
        { Maud with { NhsNumber = null, IncidentDate = null, DateOfBirth = new(1986, 3, 12) }, "Same name, date of birth that differs by one digit and same postcode", null },
        { Maud with { NhsNumber = null, IncidentDate = null, Postcode = "M1 1AB" }, null, null },
        { Maud with { NhsNumber = null, IncidentDate = null, DateOfBirth = new(1971, 8, 1) }, null, null },
        { Maud with { NhsNumber = null, Postcode = "SK1 3XE", DateOfBirth = null }, "Same name and same date of the incident", null },
        { Maud with { NhsNumber = null, Postcode = "SK1 3XE", DateOfBirth = new(1950, 8, 7) }, "Same name and same date of the incident", "The dates of birth differ" },
        { Maud with { NhsNumber = null, Postcode = null, GivenName = "", FamilyName = "" }, null, null },
    };

    [Theory, MemberData(nameof(Cases))]
    public void Two_referrals_look_like_one_patient_s_for_reasons_in_words(PatientFacts other, string? reasons, string? caution)
    {
        var match = DuplicateRules.Compare(Maud, other);
        Assert.Equal((reasons, caution), (match is null ? null : string.Join("; ", match.Reasons), match?.Caution));
    }

    [Fact]
    public void Nothing_known_is_like_nothing() => Assert.Null(DuplicateRules.Compare(new("", "", null, null, null, null), new("", "", null, null, null, null)));

    [Fact]
    public void The_surer_match_stands_first()
    {
        int Score(PatientFacts other) => DuplicateRules.Compare(Maud, other)!.Score;
        var bare = Maud with { NhsNumber = null, IncidentDate = null };
        Assert.True(Score(Maud) > Score(bare));
        Assert.True(Score(bare) > Score(bare with { FamilyName = "Olerenshaw" }));
        Assert.True(Score(bare) > Score(bare with { DateOfBirth = new(1985, 12, 3) }));
        Assert.True(Score(bare) > Score(bare with { NhsNumber = "6541003238" }));
    }

    [Fact]
    public void Who_is_compared_with_whom_does_not_matter()
    {
        var facts = Gen.Select(
            Of("Maud", "Maude", "Bert", ""), Of("Ollerenshaw", "Olerenshaw", "Cropper"), Of(default(DateOnly?), new DateOnly(1985, 3, 12), new DateOnly(1985, 12, 3)),
            Of<string?>(null, "9434765919", "6541003238"), Of<string?>(null, "M1 1AA", "OL1 3LA"), Of(default(DateOnly?), new DateOnly(2026, 1, 5)))
            .Select((given, family, birth, nhs, postcode, incident) => new PatientFacts(given, family, birth, nhs, postcode, incident));
        Gen.Select(facts, facts).Sample((one, other) => Text(DuplicateRules.Compare(one, other)) == Text(DuplicateRules.Compare(other, one)));

        static Gen<T> Of<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(place => values[place]);
        static string Text(DuplicateMatch? match) => match is null ? "" : $"{match.Score} {string.Join(';', match.Reasons)} {match.Caution}";
    }
}
