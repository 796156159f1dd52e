using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Triage.Queue;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Tests.Features.Referrals;
using Xunit;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Triaging;

public sealed class SavedViewTests(PortalTestDatabase database) : IClassFixture<PortalTestDatabase>, IAsyncLifetime
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;
    static readonly QueueFilter Urgent = new() { Tab = QueueTab.AllOpen, Priority = Priority.Urgent };

    SavedViews Views => new(database.Database);

    public async ValueTask InitializeAsync() => await database.Run("delete from saved_view");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    async Task<string[]> Names(string person) => [.. (await Views.List(await database.Actor(person), Ct)).Select(view => view.Name)];

    [Fact]
    public async Task A_view_keeps_no_name_that_was_searched_for()
    {
        var triage = await database.Actor(Triage);
        Assert.True((await Views.Add(triage, "All", Urgent with { Search = new string('ó', 100) }, shared: true, Ct)).IsDone);
        Assert.Equal(Urgent, Assert.Single(await Views.List(triage, Ct)).Filter);
    }

    [Fact]
    public async Task A_view_is_its_owner_s_until_it_is_shared_and_only_its_owner_changes_it()
    {
        var (triage, second) = (await database.Actor(Triage), await database.Actor(TriageWorld.SecondTriage));
        Assert.True((await Views.Add(triage, " Urgent ones ", Urgent with { After = new(null, Guid.NewGuid()) }, shared: false, Ct)).IsDone);
        var mine = Assert.Single(await Views.List(triage, Ct));
        Assert.Equal(("Urgent ones", true, Urgent), (mine.Name, mine.IsMine, mine.Filter));
        Assert.Empty(await Names(TriageWorld.SecondTriage));

        Assert.True((await Views.Change(triage, mine, "Urgent", shared: true, Ct)).IsDone);
        var theirs = Assert.Single(await Views.List(second, Ct));
        Assert.Equal(("Urgent", false, "Dana Whitfield"), (theirs.Name, theirs.IsMine, theirs.Owner));
        Assert.IsType<Failure.Missing>((await Views.Change(second, theirs, "Taken over", shared: false, Ct)).Failure);
        Assert.IsType<Failure.Missing>((await Views.Delete(second, theirs.Id, Ct)).Failure);
        Assert.IsType<Failure.Missing>((await Views.Change(triage, mine, "With an old version", shared: false, Ct)).Failure);

        Assert.True((await Views.Delete(triage, mine.Id, Ct)).IsDone);
        Assert.Empty(await Names(TriageWorld.SecondTriage));
        Assert.Equal(["delete_view", "save_view", "save_view"], await database.AuditOf(mine.Id));
    }

    [Fact]
    public async Task A_name_is_needed_and_is_a_person_s_only_once()
    {
        var triage = await database.Actor(Triage);
        await Views.Add(triage, "Urgent", Urgent, false, Ct);
        foreach (var name in (string[])["", "  ", new('x', 61), "URGENT"]) Assert.IsType<Failure.Invalid>((await Views.Add(triage, name, Urgent, false, Ct)).Failure);
        Assert.True((await Views.Add(await database.Actor(TriageWorld.SecondTriage), "Urgent", Urgent, false, Ct)).IsDone);
    }

    [Theory, InlineData(Solicitor), InlineData(Stranger), InlineData(Funder), InlineData(Auditor)]
    public async Task Nobody_else_has_views_or_sees_the_clinic_s_and_either_wall_is_enough(string person)
    {
        var (triage, stranger) = (await database.Actor(Triage), await database.Actor(person));
        await Views.Add(triage, "Shared", Urgent, shared: true, Ct);

        Assert.Empty(await Views.List(stranger, Ct));
        Assert.IsType<Failure.Refused>((await Views.Add(stranger, "Mine", Urgent, true, Ct)).Failure);
        Assert.Empty(await new SavedViews(database.WithoutRowLevelSecurity()).List(stranger, Ct));
        Assert.Empty(await Views.List(stranger.DisguisedAs(triage), Ct));
        Assert.Single(await new SavedViews(database.WithoutRowLevelSecurity()).List(stranger.DisguisedAs(triage), Ct));
        await Assert.ThrowsAsync<Npgsql.PostgresException>(() => Views.Add(stranger.DisguisedAs(triage), "Smuggled in", Urgent, true, Ct));
    }

    [Fact]
    public async Task What_a_page_looks_like_is_kept_for_the_person_and_for_nobody_else()
    {
        var (triage, second, settings) = (await database.Actor(Triage), await database.Actor(TriageWorld.SecondTriage), new PersonSettings(database.Database));
        await settings.Save(triage, QueueLook.Key, new QueueLook { Compact = true }, Ct);
        await settings.Save(triage, QueueLook.Key, new QueueLook { Compact = true, Columns = [QueueColumn.Clinic] }, Ct);

        var kept = (await settings.Get<QueueLook>(triage, QueueLook.Key, Ct))!;
        Assert.Equal((true, true, QueueColumn.Clinic), (kept.Compact, kept.Preview, Assert.Single(kept.Columns)));
        Assert.Null(await settings.Get<QueueLook>(second, QueueLook.Key, Ct));
        // The database looks at who asks, whatever the statement says.
        Assert.Equal(0, await database.Database.Read(second, unit => unit.One<int>("select count(*)::int from person_setting"), Ct));
    }
}
