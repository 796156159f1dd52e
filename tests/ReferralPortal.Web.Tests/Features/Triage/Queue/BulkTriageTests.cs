using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Triage;
using ReferralPortal.Web.Features.Triage.Queue;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Tests.Features.Referrals;
using Xunit;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Triaging;

/// <summary>The same for several referrals at once, each on its own.</summary>
public sealed class BulkTriageTests(PortalTestDatabase database) : IClassFixture<PortalTestDatabase>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    AssignReferral Assign => new(database.Database);
    BulkTriage Bulk => new(Assign, new AcceptToPool(new StartTriage(database.Database), new AcceptReferral(database.Database, database.Catalogue())));

    async Task<TestReferral> Add(ReferralState state = ReferralState.Submitted, bool claimed = false, RedFlagTier? flag = null)
    {
        var referral = await database.AddReferral(state: state, redFlag: flag, dueAt: DateTimeOffset.UtcNow.AddDays(1));
        if (!claimed) await database.Run("update referral set triage_owner_id = null where id = @Id", referral);
        return referral;
    }

    async Task<IReadOnlyList<QueuedReferral>> Rows(params TestReferral[] referrals)
    {
        var rows = (await new ListQueue(database.Database).Again(await database.Actor(Triage), new QueueFilter(), [.. referrals.Select(one => one.Id)], Ct)).Value!.Rows;
        return [.. referrals.Select(one => rows.Single(row => row.Id == one.Id))];
    }

    [Fact]
    public async Task Several_are_assigned_each_on_its_own_and_given_back_by_undo()
    {
        var (triage, second) = (await database.Actor(Triage), await database.Actor(TriageWorld.SecondTriage));
        var (free, mine, moved) = (await Add(), await Add(ReferralState.InTriage, claimed: true), await Add());
        var rows = await Rows(free, mine, moved);
        await new StartTriage(database.Database).Handle(second, new(moved.Id, moved.Version), Ct);

        var results = await Bulk.Assign(triage, rows, new Triager(second.UserId, second.DisplayName), Ct);

        Assert.Equal([(true, $"Assigned to {second.DisplayName}"), (true, $"Assigned to {second.DisplayName}"), (false, $"{second.DisplayName} started triage meanwhile.")], results.Select(one => (one.Done, one.Words)));
        var stored = await database.StoredAs(free.Id);
        Assert.Equal((second.UserId, "submitted", "assign", "clinic", "assign_referral"), (stored.TriageOwnerId, stored.State, stored.LastAction, stored.LastAudience, stored.LastAudit));
        Assert.Null(stored.LastMessage);

        Assert.All(await Bulk.Undo(triage, results, Ct), one => Assert.True(one.Done));
        Assert.Null((await database.StoredAs(free.Id)).TriageOwnerId);
        Assert.Equal(triage.UserId, (await database.StoredAs(mine.Id)).TriageOwnerId);
        Assert.Equal(second.UserId, (await database.StoredAs(moved.Id)).TriageOwnerId);
        // Taken back once; what changed since is left alone.
        Assert.All(await Bulk.Undo(triage, results, Ct), one => Assert.False(one.Done));
    }

    [Fact]
    public async Task Several_are_accepted_to_a_pool_and_what_stands_in_the_way_of_one_is_told()
    {
        var (triage, second, clinic) = (await database.Actor(Triage), await database.Actor(TriageWorld.SecondTriage), await database.Clinic());
        var (fresh, begun, waiting, theirs) = (await Add(), await Add(ReferralState.InTriage, claimed: true), await Add(ReferralState.InformationRequested, claimed: true), await Add(ReferralState.InTriage));
        await Assign.Handle(second, new(theirs.Id, theirs.Version, second.UserId), Ct);

        var results = await Bulk.Accept(triage, await Rows(fresh, begun, waiting, theirs), clinic, Ct);

        Assert.Equal([true, true, false, false], results.Select(one => one.Done));
        Assert.Contains("cannot be done now", results[2].Words, StringComparison.Ordinal);
        Assert.Equal($"{second.DisplayName} has it in hand.", results[3].Words);
        var stored = await database.StoredAs(fresh.Id);
        Assert.Equal(("accepted", clinic, null, triage.UserId, fresh.Version + 2), (stored.State, stored.ClinicId, stored.ClinicianId, stored.TriageOwnerId, stored.Version));
        Assert.Equal("in_triage", (await database.StoredAs(theirs.Id)).State);
        Assert.IsType<Failure.Invalid>((await new AcceptToPool(new StartTriage(database.Database), new AcceptReferral(database.Database, database.Catalogue())).Handle(triage, new(begun.Id, 1, ReferralState.InTriage, null, Priority.Routine), Ct)).Failure);
    }

    [Fact]
    public async Task A_referral_is_given_only_to_an_administrator_of_the_clinic_and_only_while_it_is_in_the_queue()
    {
        var (triage, referral, closed) = (await database.Actor(Triage), await Add(), await Add(ReferralState.Closed));
        foreach (var person in (string[])[Clinician, Solicitor])
            Assert.IsType<Failure.Invalid>((await Assign.Handle(triage, new(referral.Id, referral.Version, (await database.Actor(person)).UserId), Ct)).Failure);
        Assert.IsType<Failure.Refused>((await Assign.Handle(triage, new(closed.Id, closed.Version, triage.UserId), Ct)).Failure);
        Assert.IsType<Failure.Refused>((await Assign.Handle(await database.Actor(Clinician), new(referral.Id, referral.Version, triage.UserId), Ct)).Failure);
        Assert.Equal([.. (await Assign.People(triage, Ct)).Select(one => one.Name).Order()], (await Assign.People(triage, Ct)).Select(one => one.Name));
        Assert.Empty(await Assign.People(await database.Actor(Solicitor), Ct));
    }
}
