using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Referrals.Answer;
using ReferralPortal.Web.Features.Referrals.List;
using ReferralPortal.Web.Features.Referrals.View;
using ReferralPortal.Web.Features.Referrals.Withdraw;
using ReferralPortal.Web.Platform;
using Xunit;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Referrals;

/// <summary>Who reaches a referral, by which of the two walls, and that each of them holds alone.</summary>
public sealed class ReferralAccessTests(PortalTestDatabase database) : IClassFixture<PortalTestDatabase>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Every way to a referral, and whether it led there. Withdrawing is tried with a version that is long past, so that nothing changes.</summary>
    public static readonly TheoryData<string> Ways = ["list", "list by state", "search", "again", "view", "withdraw", "answer"];

    async Task<bool> Reaches(string way, PortalDatabase through, Actor actor, TestReferral referral)
    {
        var catalogue = database.Catalogue();
        var list = new ListReferrals(through);
        return way switch
        {
            "list" => Holds(await list.Handle(actor, new ReferralFilter(), Ct)),
            "list by state" => Holds(await list.Handle(actor, new ReferralFilter { States = [ReferralState.InformationRequested] }, Ct)),
            "search" => Holds(await list.Handle(actor, new ReferralFilter { Search = referral.Reference }, Ct)),
            "again" => (await list.Again(actor, [referral.Id], Ct)).Count > 0,
            "view" => (await new ViewReferral(through).Handle(actor, referral.Reference, Ct)).IsDone,
            "withdraw" => (await new WithdrawReferral(through, catalogue).Handle(actor, new(referral.Id, 0, WithdrawReason.ReferredInError, ""), Ct)).Failure is not Failure.Missing,
            "answer" => (await new AnswerRequest(through, catalogue).Handle(actor, new(referral.Id, 0, "The left"), Ct)).Failure is not Failure.Missing,
            _ => throw new ArgumentOutOfRangeException(nameof(way)),
        };

        bool Holds(ListReferrals.Page page) => page.Rows.Any(row => row.Id == referral.Id) || page.Counts.Values.Sum() > 0;
    }

    Task<TestReferral> Northgates() => database.AddReferral(state: ReferralState.InformationRequested, others: [(CaseManager, PartyRole.CaseManager), (Funder, PartyRole.Funder)]);

    [Theory, MemberData(nameof(Ways))]
    public async Task Exactly_the_parties_people_reach_it(string way)
    {
        var referral = await Northgates();
        string[] parties = [Solicitor, Partner, CaseManager, Funder, Triage, Clinician, Lead];

        foreach (var person in Everybody)
            Assert.Equal((person, parties.Contains(person)), (person, await Reaches(way, database.Database, await database.Actor(person), referral)));
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task The_use_case_holds_alone_without_row_level_security(string way)
    {
        var referral = await Northgates();
        foreach (var person in (string[])[Stranger, Intermediary, Employer, Auditor])
            Assert.Equal((person, false), (person, await Reaches(way, database.WithoutRowLevelSecurity(), await database.Actor(person), referral)));
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task Row_level_security_holds_alone_when_the_use_case_is_taken_in(string way)
    {
        var referral = await Northgates();
        var solicitor = await database.Actor(Solicitor);
        foreach (var person in (string[])[Stranger, Intermediary, Employer, Auditor])
            Assert.Equal((person, false), (person, await Reaches(way, database.Database, (await database.Actor(person)).DisguisedAs(solicitor), referral)));
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task With_both_walls_down_a_stranger_would_reach_it(string way)
    {
        // Search has no way round: its function asks the database who is there. Everything else must leak here, or the two tests above prove nothing.
        var referral = await Northgates();
        var disguised = (await database.Actor(Stranger)).DisguisedAs(await database.Actor(Solicitor));
        Assert.True(await Reaches(way, database.WithoutRowLevelSecurity(), disguised, referral));
    }

    [Fact]
    public async Task The_search_function_asks_the_database_who_is_searching()
    {
        var referral = await Northgates();
        var disguised = (await database.Actor(Stranger)).DisguisedAs(await database.Actor(Solicitor));
        var found = await new ListReferrals(database.WithoutRowLevelSecurity()).Handle(disguised, new ReferralFilter { Search = referral.Reference }, Ct);
        Assert.Empty(found.Rows);
    }
}
