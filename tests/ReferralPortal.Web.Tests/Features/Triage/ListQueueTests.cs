using Dapper;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Triage;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Tests.Features.Referrals;
using Xunit;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Triaging;

public sealed class ListQueueTests(PortalTestDatabase database) : IClassFixture<PortalTestDatabase>, IAsyncLifetime
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;
    static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;

    ListQueue List => new(database.Database);

    // Each test counts from nothing.
    public async ValueTask InitializeAsync() => await database.Run("""
        update referral set state = 'closed', due_at = null where state <> 'closed';
        """);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    Task<TestReferral> Add(ReferralState state, RedFlagTier? flag = null, double dueInHours = 24, Priority priority = Priority.Routine, string referrer = Solicitor, DateTimeOffset? paused = null) =>
        database.AddReferral(referrer, state, priority, Now.AddHours(-30 + dueInHours / 100), redFlag: flag, dueAt: Now.AddHours(dueInHours), pausedAt: paused);

    async Task<ListQueue.Page> Queue(QueueFilter filter, string person = Triage) => (await List.Handle(await database.Actor(person), filter, Ct)).Value!;

    async Task<string[]> References(QueueFilter filter) => [.. (await Queue(filter)).Rows.Select(row => row.Reference)];

    [Fact]
    public async Task Every_tab_holds_its_own_and_counts_it()
    {
        var fresh = await Add(ReferralState.Submitted, dueInHours: 10);
        await database.Run("update referral set triage_owner_id = null where id = @Id", fresh);
        var urgent = await Add(ReferralState.Submitted, RedFlagTier.Urgent, dueInHours: 1, Priority.Urgent);
        await database.Run("update referral set triage_owner_id = null where id = @Id", urgent);
        var emergency = await Add(ReferralState.Submitted, RedFlagTier.Emergency, dueInHours: 0.5, Priority.Urgent);
        var mine = await Add(ReferralState.InTriage, dueInHours: 20);
        var late = await Add(ReferralState.InTriage, dueInHours: -3);
        await database.Run("update referral set triage_owner_id = (select id from portal_user where user_name = @SecondTriage) where id = @Id", new { late.Id, TriageWorld.SecondTriage });
        var waiting = await Add(ReferralState.InformationRequested, dueInHours: -5, paused: Now.AddHours(-6));
        var toBook = await Add(ReferralState.Accepted, dueInHours: 40);
        var toRebook = await Add(ReferralState.AppointmentBooked, dueInHours: 30);
        var booked = await Add(ReferralState.AppointmentBooked);
        await database.Run("update referral set due_at = null where id = @Id", booked);
        await Add(ReferralState.Declined);

        var expected = new Dictionary<QueueTab, string[]>
        {
            [QueueTab.Alerts] = [emergency.Reference, urgent.Reference],
            [QueueTab.New] = [urgent.Reference, fresh.Reference],
            [QueueTab.InTriage] = [late.Reference, mine.Reference],
            [QueueTab.Mine] = [waiting.Reference, mine.Reference, toBook.Reference],
            [QueueTab.Waiting] = [waiting.Reference],
            [QueueTab.ToBook] = [toBook.Reference],
            [QueueTab.ToRebook] = [toRebook.Reference],
            [QueueTab.Overdue] = [late.Reference],
            [QueueTab.AllOpen] = [waiting.Reference, late.Reference, emergency.Reference, urgent.Reference, fresh.Reference, mine.Reference, toBook.Reference],
        };
        var triage = await database.Actor(Triage);
        foreach (var tab in Enum.GetValues<QueueTab>())
        {
            var page = await Queue(new QueueFilter { Tab = tab });
            Assert.Equal((tab, string.Join(' ', expected[tab])), (tab, string.Join(' ', page.Rows.Select(row => row.Reference))));
            Assert.Equal((tab, expected[tab].Length), (tab, page.Counts[tab]));
        }

        // A row that is read again after a notice is judged by the same rules as the statements.
        var everything = (await List.Again(triage, await Ids(), Ct)).Value!.Rows;
        foreach (var tab in Enum.GetValues<QueueTab>())
            Assert.Equal(expected[tab].Order(), everything.Where(row => row.BelongsTo(tab, triage.UserId, DateTimeOffset.UtcNow)).Select(row => row.Reference).Order());
    }

    async Task<Guid[]> Ids()
    {
        await using var owner = await database.Owner();
        return [.. await owner.QueryAsync<Guid>("select id from referral")];
    }

    [Fact]
    public async Task An_emergency_is_in_no_tab_of_routine_work_until_it_is_cleared()
    {
        var emergency = await Add(ReferralState.Submitted, RedFlagTier.Emergency);
        Assert.Empty(await References(new QueueFilter { Tab = QueueTab.New }));
        Assert.Equal([emergency.Reference], await References(new QueueFilter { Tab = QueueTab.Alerts }));

        await new ClearRedFlag(database.Database, database.Catalogue()).Handle(await database.Actor(Clinician), new(emergency.Id, emergency.Version, "Seen at A&E."), Ct);
        Assert.Equal([emergency.Reference], await References(new QueueFilter { Tab = QueueTab.New }));
        Assert.Empty(await References(new QueueFilter { Tab = QueueTab.Alerts }));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Pages_follow_each_other_without_a_gap_or_a_repeat(bool byReceived)
    {
        for (var place = 0; place < 60; place++) await Add(ReferralState.Submitted, dueInHours: place / 3);
        var undated = await Add(ReferralState.Submitted);
        await database.Run("update referral set due_at = null where id = @Id", undated);

        var (filter, seen, pages) = (new QueueFilter { ByReceived = byReceived }, new List<string>(), 0);
        for (QueuePlace? next = null; ; pages++)
        {
            // By way of the address, as a reader goes.
            var page = await Queue(QueueFilter.From(null, null, null, null, byReceived ? "received" : null, next?.ToString()));
            seen.AddRange(page.Rows.Select(row => row.Reference));
            next = page.Next;
            if (next is null) break;
        }

        Assert.Equal(2, pages);
        Assert.Equal(61, seen.Count);
        Assert.Equal(61, seen.Distinct().Count());
        if (!byReceived) Assert.Equal(undated.Reference, seen[^1]);
    }

    [Fact]
    public async Task Filters_narrow_the_queue_and_leave_the_counts()
    {
        var (urgent, theirs) = (await Add(ReferralState.Submitted, priority: Priority.Urgent), await Add(ReferralState.Submitted, referrer: Stranger));
        var harbour = await database.Actor(Stranger);

        Assert.Equal([urgent.Reference], await References(new QueueFilter { Priority = Priority.Urgent }));
        Assert.Equal([theirs.Reference], await References(new QueueFilter { Organisation = harbour.OrganisationId }));
        Assert.Equal([theirs.Reference], await References(new QueueFilter { Search = theirs.Reference.ToLowerInvariant() }));
        Assert.Empty(await References(new QueueFilter { Search = "nobody of that name" }));
        Assert.True((await Queue(new QueueFilter { Search = "x" })).TooShort);
        Assert.Equal(2, (await Queue(new QueueFilter { Priority = Priority.Urgent })).Counts[QueueTab.New]);
    }

    [Fact]
    public async Task Next_is_an_alert_first_and_never_what_somebody_else_has_claimed()
    {
        var triage = await database.Actor(Triage);
        Assert.Null(await List.Next(triage, Guid.Empty, Ct));

        var theirs = await Add(ReferralState.InTriage, dueInHours: 1);
        await database.Run("update referral set triage_owner_id = (select id from portal_user where user_name = @SecondTriage) where id = @Id", new { theirs.Id, TriageWorld.SecondTriage });
        var (soon, alert) = (await Add(ReferralState.Submitted, dueInHours: 2), await Add(ReferralState.Submitted, RedFlagTier.Urgent, dueInHours: 5));

        Assert.Equal(alert.Reference, await List.Next(triage, Guid.Empty, Ct));
        Assert.Equal(soon.Reference, await List.Next(triage, alert.Id, Ct));
    }

    [Theory]
    [InlineData(Solicitor), InlineData(Partner), InlineData(Funder), InlineData(Auditor), InlineData(Employer)]
    public async Task The_queue_is_for_the_clinic_s_own_people(string person)
    {
        await Add(ReferralState.Submitted);
        var actor = await database.Actor(person);
        Assert.IsType<Failure.Refused>((await List.Handle(actor, new QueueFilter(), Ct)).Failure);
        Assert.IsType<Failure.Refused>((await List.Again(actor, await Ids(), Ct)).Failure);
        Assert.Null(await List.Next(actor, Guid.Empty, Ct));
    }

    [Fact]
    public async Task Reading_the_queue_is_audited()
    {
        await Add(ReferralState.Submitted);
        var before = await database.Ask<int>("select count(*)::int from audit_entry where action = 'list_referrals' and detail ->> 'list' = 'triage'");
        await Queue(new QueueFilter());
        Assert.Equal(before + 1, await database.Ask<int>("select count(*)::int from audit_entry where action = 'list_referrals' and detail ->> 'list' = 'triage'"));
    }

    [Fact]
    public void The_address_says_the_whole_question_and_is_read_back()
    {
        var filter = new QueueFilter
        {
            Tab = QueueTab.ToBook, Organisation = Guid.NewGuid(), Priority = Priority.Urgent, Search = "O’Connor & Co", ByReceived = true,
            After = new QueuePlace(new DateTimeOffset(2026, 11, 23, 9, 30, 0, TimeSpan.Zero).AddTicks(1230), Guid.NewGuid()),
        };
        var query = Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(new Uri("http://portal" + filter.Address).Query);
        string? Of(string name) => query.TryGetValue(name, out var value) ? value.ToString() : null;

        Assert.Equal(filter, QueueFilter.From(Of("tab"), Guid.Parse(Of("organisation")!), Of("priority"), Of("q"), Of("sort"), Of("after")));
        Assert.Equal("/triage", new QueueFilter().Address);
        Assert.Equal(new QueueFilter(), QueueFilter.From("nonsense", null, "none", "  ", "sideways", "12-34"));
    }
}
