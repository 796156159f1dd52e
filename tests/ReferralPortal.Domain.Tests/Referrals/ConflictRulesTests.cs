using ReferralPortal.Domain.Referrals;
using Xunit;

namespace ReferralPortal.Domain.Tests.Referrals;

public class ConflictRulesTests
{
    static readonly Guid Northgate = new("01900000-0000-7000-8000-0000000000a1"), Harbour = new("01900000-0000-7000-8000-0000000000a2");

    static readonly ClaimFacts Ours = new(
        new("Maud", "Ollerenshaw", new(1985, 3, 12), null, "M1 1AA", new(2026, 1, 5)), "road_traffic", Northgate, "NL-55120", "NG/2026/7", "Ribble Insurance", "RB-778812", ["Northgate Law"]);

    // The driver of the other car: Ribble insures and pays for them.
    static readonly ClaimFacts Theirs = new(
        new("Bert", "Cropper", new(1961, 11, 30), null, "M1 4BT", new(2026, 1, 5)), "road_traffic", Harbour, "HL-9001", "HL/77", "Calder Mutual", null, ["Ribble Insurance Ltd"]);

    public static TheoryData<string, ClaimFacts, bool> Cases => new()
    {
        { "the insurer that stands against us pays there", Theirs, true },
        { "the other day", Theirs with { Patient = Theirs.Patient with { IncidentDate = new(2026, 1, 6) } }, false },
        { "no day", Theirs with { Patient = Theirs.Patient with { IncidentDate = null } }, false },
        { "another insurer pays there", Theirs with { Payers = ["Aire Insurance"] }, false },
        { "written in another way", Theirs with { Payers = ["RIBBLE insurance plc"] }, true },
        { "another kind of incident, near", Theirs with { Mechanism = "workplace" }, true },
        { "another kind of incident, far", Theirs with { Mechanism = "workplace", Patient = Theirs.Patient with { Postcode = "OL1 3LA" } }, false },
        { "the same kind, far", Theirs with { Patient = Theirs.Patient with { Postcode = "OL1 3LA" } }, true },
        { "a passenger of ours: the same insurer stands against both and pays", Theirs with { OtherInsurer = "Ribble Insurance" }, false },
        { "sent by the same firm", Theirs with { Sender = Northgate }, false },
        { "our insurer pays ours, and stands against them", Theirs with { Payers = ["Harbour Legal"], OtherInsurer = "Northgate Law" }, true },
        { "their claim is the one that ours names", Theirs with { Payers = [], ClaimReference = "rb 778812", Mechanism = null, Patient = Theirs.Patient with { Postcode = null } }, true },
        { "their sender's reference is the one that ours names", Theirs with { Payers = [], OurReference = "RB778812" }, true },
        { "they name our claim", Theirs with { Payers = [], OtherInsurerReference = "nl55120" }, true },
        { "they name our claim, and the same firm sent both", Theirs with { Payers = [], OtherInsurerReference = "NL-55120", Sender = Northgate }, true },
        { "both name one reference of one insurer: one side", Theirs with { Payers = ["Ribble Insurance"], OtherInsurerReference = "RB-778812" }, false },
    };

    [Theory, MemberData(nameof(Cases))]
    public void The_other_side_of_the_same_accident_is_found(string what, ClaimFacts theirs, bool conflict)
    {
        Assert.Equal((what, conflict), (what, ConflictRules.Between(Ours, theirs).Count > 0));
        Assert.Equal((what, conflict), (what, ConflictRules.Between(theirs, Ours).Count > 0));
    }

    [Fact]
    public void The_reasons_are_said_in_words() =>
        Assert.Equal(["Same date of the incident", "The other side’s insurer here pays for that referral", "Same kind of incident", "Both patients live in M1"], ConflictRules.Between(Ours, Theirs));

    [Fact]
    public void A_reference_of_three_characters_is_shared_by_chance() =>
        Assert.Empty(ConflictRules.Between(Ours with { OtherInsurerReference = "123" }, Theirs with { Payers = [], ClaimReference = "123" }));

    [Fact]
    public void Two_insurers_that_are_called_nothing_but_insurance_are_told_apart() =>
        Assert.Empty(ConflictRules.Between(Ours with { OtherInsurer = "UK Insurance" }, Theirs with { Payers = ["The Insurance Company"] }));
}
