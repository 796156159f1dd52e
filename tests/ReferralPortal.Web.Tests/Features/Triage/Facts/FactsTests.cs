using ReferralPortal.Domain.Organisations;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Components.Display;
using ReferralPortal.Web.Features.Referrals.Duplicates;
using ReferralPortal.Web.Features.Referrals.View;
using ReferralPortal.Web.Features.Triage.Facts;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Tests.Features.Referrals;
using ReferralPortal.Web.Tests.Features.Referrals.Duplicates;
using Xunit;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Triaging.Facts;

/// <summary>What triage is told beside the form: who pays, and what was before.</summary>
public sealed class FactsTests(PortalTestDatabase database) : IClassFixture<PortalTestDatabase>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    static readonly DateOnly Today = new(2026, 11, 26);

    static Authority Gives(int? sessions = null, decimal? pounds = null, DateOnly? until = null, string? reference = "RB-1", DateTimeOffset? withdrawn = null) =>
        new(Guid.NewGuid(), "Ribble Insurance", sessions, pounds, until, reference, DateTimeOffset.UnixEpoch, withdrawn);

    static BookedAppointment Seen(string state) => new(Guid.NewGuid(), "treatment", "Leeds", null, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, state, null);

    static string[] Check(IReadOnlyList<Authority> authorities, string? payer = "Ribble Insurance", params string[] appointments) =>
        [.. FundingCheck.Of(new ReferralView(null!, Sight.All, [], []) { Funding = new FundingDetail(true, null, payer), Authorities = authorities, Appointments = [.. appointments.Select(Seen)] }, Today)
            .Select(finding => $"{finding.Tone}: {finding.Words}")];

    [Fact]
    public void A_missing_authority_is_said_first_and_by_whom()
    {
        Assert.Equal(["Error: No authority: Ribble Insurance is named as the payer and has authorised nothing yet"], Check([]));
        Assert.Equal(["Error: No authority, and nobody is named as the payer"], Check([], payer: null));
    }

    [Fact]
    public void Sessions_and_pounds_are_counted_down_with_what_is_booked() => Assert.Equal(
        ["Success: 5 sessions left of 8, 1 booked, authorised by Ribble Insurance", "Success: £640.00 authorised by Ribble Insurance", "Success: The authority ends on 31 Jan 2027"],
        Check([Gives(8, 640, new(2027, 1, 31))], appointments: ["attended", "attended", "booked", "cancelled", "did_not_attend"]));

    [Fact]
    public void No_session_left_an_end_that_is_near_and_no_reference_are_warned_of()
    {
        Assert.Equal(["Error: No session is left of the 1 that Ribble Insurance authorised"], Check([Gives(1)], appointments: ["attended"]));
        Assert.Equal(["Warning: The authority ends on 3 Dec 2026, in 7 days", "Warning: No reference to quote to the payer is given", "Success: 8 sessions left of 8, authorised by Ribble Insurance"], Check([Gives(8, until: new(2026, 12, 3), reference: null)]));
        Assert.Contains("Warning: The authority ends today", Check([Gives(8, until: Today)]));
        Assert.Contains("Warning: The authority ends on 27 Nov 2026, in 1 day", Check([Gives(8, until: Today.AddDays(1))]));
    }

    [Fact]
    public void What_ended_or_was_withdrawn_pays_for_nothing_and_takes_its_sessions_with_it()
    {
        Assert.Equal(["Error: No authority stands: nothing that is done now would be paid for", "Warning: The authority of Ribble Insurance ended on 25 Nov 2026"], Check([Gives(8, until: Today.AddDays(-1))]));
        Assert.Equal(["Warning: Ribble Insurance withdrew its authority on 1 Nov 2026", "Success: 4 sessions left of 4, authorised by Ribble Insurance"], Check([Gives(8, withdrawn: new(2026, 11, 1, 9, 0, 0, TimeSpan.Zero)), Gives(4)]));
    }

    [Fact]
    public async Task Earlier_referrals_of_the_same_patient_stand_beside_it_for_the_clinic_alone_by_each_wall()
    {
        var patient = DuplicateWorld.Somebody();
        var (mine, other) = (await database.Refer(patient), await database.Refer(patient, Stranger, ReferralState.Declined));
        var triage = await database.Actor(Triage);
        await new DecideDuplicate(database.Database).Handle(triage, new(mine.Id, other.Id, DuplicateDecision.Merge, "Spoke to the patient."), Ct);

        var earlier = Assert.Single(await Read(database.Database, triage));
        Assert.Equal((other.Reference, ReferralState.Declined, true, "Harbour Legal"), (earlier.Reference, earlier.State.Value, earlier.SamePerson, earlier.ReferringOrganisation));
        Assert.Equal(1, await database.Ask<int>("select count(*)::int from audit_entry where action = 'view_history' and referral_id = @Id", new { mine.Id }));

        foreach (var person in (string[])[Solicitor, Stranger, Funder, Auditor])
            Assert.Empty(await Read(database.WithoutRowLevelSecurity(), await database.Actor(person)));
        Assert.Empty(await Read(database.Database, (await database.Actor(Stranger)).DisguisedAs(triage)));
        Assert.Empty(await Read(database.WithoutRowLevelSecurity(), triage with { OrganisationId = (await database.Actor(Employer)).OrganisationId }));

        Task<IReadOnlyList<EarlierReferral>> Read(PortalDatabase through, Actor actor) => new ReadHistory(through).Handle(actor, mine.Id, Ct);
    }
}
