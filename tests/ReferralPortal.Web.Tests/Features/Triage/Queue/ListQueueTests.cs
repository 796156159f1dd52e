using Dapper;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Triage;
using ReferralPortal.Web.Features.Triage.Queue;
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
            [QueueTab.Booked] = [booked.Reference],
            [QueueTab.Overdue] = [late.Reference],
            [QueueTab.AllOpen] = [waiting.Reference, late.Reference, emergency.Reference, urgent.Reference, fresh.Reference, mine.Reference, toRebook.Reference, toBook.Reference, booked.Reference],
        };
        var triage = await database.Actor(Triage);
        foreach (var tab in Enum.GetValues<QueueTab>())
        {
            var page = await Queue(new QueueFilter { Tab = tab });
            Assert.Equal((tab, string.Join(' ', expected[tab])), (tab, string.Join(' ', page.Rows.Select(row => row.Reference))));
            Assert.Equal((tab, expected[tab].Length), (tab, page.Counts.Tabs[tab]));
        }

        // A row that is read again after a notice says whether it belongs, by the same rules.
        foreach (var tab in Enum.GetValues<QueueTab>())
            Assert.Equal(expected[tab].Order(), (await List.Again(triage, new QueueFilter { Tab = tab }, await Ids(), Ct)).Value!.Rows.Where(row => row.Belongs).Select(row => row.Reference).Order());
    }

    async Task<Guid[]> Ids()
    {
        await using var owner = await database.Owner();
        return [.. await owner.QueryAsync<Guid>("select id from referral where state <> 'closed'")];
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

    [Theory, InlineData(QueueSort.Due), InlineData(QueueSort.Received), InlineData(QueueSort.Priority), InlineData(QueueSort.Organisation)]
    public async Task Pages_follow_each_other_in_every_order_without_a_gap_or_a_repeat(QueueSort sort)
    {
        for (var place = 0; place < 60; place++) await Add(ReferralState.Submitted, dueInHours: place / 3, priority: place % 7 == 0 ? Priority.Urgent : Priority.Routine, referrer: place % 2 == 0 ? Solicitor : Stranger);
        var undated = await Add(ReferralState.Submitted);
        await database.Run("update referral set due_at = null where id = @Id", undated);

        var (seen, pages) = (new List<QueuedReferral>(), 0);
        for (var filter = new QueueFilter { Sort = sort }; ; pages++)
        {
            // By way of the address, as a reader goes.
            var page = await Queue(QueueFilter.Parse(new Uri("http://portal" + filter.Address).Query));
            seen.AddRange(page.Rows);
            if (page.Next is not { } next) break;
            filter = filter with { After = next };
        }

        Assert.Equal(2, pages);
        Assert.Equal(61, seen.Select(row => row.Id).Distinct().Count());
        Assert.Equal(61, seen.Count);
        var due = (QueuedReferral row) => row.DueAt ?? DateTimeOffset.MaxValue;
        var expected = sort switch
        {
            QueueSort.Received => seen.OrderBy(row => row.SubmittedAt),
            QueueSort.Priority => seen.OrderBy(row => row.Priority.Value != Priority.Urgent).ThenBy(due),
            QueueSort.Organisation => seen.OrderBy(row => row.ReferringOrganisation, StringComparer.Ordinal).ThenBy(due),
            _ => seen.OrderBy(due),
        };
        Assert.Equal(expected.Select(due), seen.Select(due));
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
        Assert.Equal(2, (await Queue(new QueueFilter { Priority = Priority.Urgent })).Counts.Tabs[QueueTab.New]);
    }

    [Fact]
    public async Task Safety_answers_clinics_and_the_day_of_the_target_narrow_it_too()
    {
        var clinic = await database.Clinic();
        var (flagged, today) = (await Add(ReferralState.Submitted, RedFlagTier.Urgent, dueInHours: 24 * 20), await Add(ReferralState.Submitted, dueInHours: -1));
        var (paused, placed) = (await Add(ReferralState.InformationRequested, dueInHours: -1, paused: Now), await Add(ReferralState.Accepted, dueInHours: 24 * 5));
        await database.Run("update referral set clinic_id = @clinic where id = @Id", new { placed.Id, clinic });
        QueueFilter All(Func<QueueFilter, QueueFilter> narrow) => narrow(new QueueFilter { Tab = QueueTab.AllOpen });

        Assert.Equal([flagged.Reference], await References(All(filter => filter with { RedFlag = true })));
        Assert.Equal([placed.Reference], await References(All(filter => filter with { Clinic = clinic })));
        Assert.Equal([today.Reference], await References(All(filter => filter with { Due = QueueDue.Today })));
        Assert.Equal([today.Reference, placed.Reference], await References(All(filter => filter with { Due = QueueDue.Week })));
        Assert.DoesNotContain(paused.Reference, await References(All(filter => filter with { Due = QueueDue.Week })));
    }

    [Fact]
    public async Task Search_finds_by_every_word_and_by_the_sender_s_name_and_only_what_is_in_the_queue()
    {
        var (open, theirs) = (await Add(ReferralState.InTriage), await Add(ReferralState.Submitted, referrer: Stranger));
        var booked = await Add(ReferralState.AppointmentBooked);
        async Task<string[]> Found(string text) => [.. (await References(new QueueFilter { Tab = QueueTab.AllOpen, Search = text })).Order()];

        string[] all = [.. new[] { open.Reference, theirs.Reference, booked.Reference }.Order()];
        foreach (var text in (string[])["maud", "Ollerenshaw", "12/03/1985", "12 Mar 1985", "9434765919", "claim-4711"]) Assert.Equal(all, await Found(text));
        Assert.Equal([theirs.Reference], await Found("harbour"));
        Assert.Equal([theirs.Reference], await Found("ollerenshaw harbour"));
        Assert.Empty(await Found("harb%ur"));

        // Its name changes, and it goes: the words follow both.
        await database.Run("update organisation set name = 'Quayside Legal' where name = 'Harbour Legal'");
        Assert.Equal([theirs.Reference], await Found("quayside"));
        await database.Run("update organisation set name = 'Harbour Legal' where name = 'Quayside Legal'");
        await database.Run("update referral set state = 'declined' where id = @Id", theirs);
        Assert.Empty(await Found("harbour"));
        await database.Run("update referral set state = 'in_triage' where id = @Id", theirs);
        Assert.Equal([theirs.Reference], await Found("harbour"));
    }

    [Theory, InlineData(Solicitor), InlineData(Stranger), InlineData(Funder), InlineData(Auditor)]
    public async Task The_queue_s_search_function_answers_nobody_but_the_clinic(string person)
    {
        await Add(ReferralState.Submitted);
        async Task<int> Asked(string who) => await database.Database.Read(await database.Actor(who), unit => unit.One<int>("select count(*)::int from portal.search_queue(array['maud'], 10)"), Ct);
        Assert.Equal(0, await Asked(person));
        Assert.NotEqual(0, await Asked(Triage));
    }

    [Fact]
    public async Task Views_are_counted_together_with_the_tabs()
    {
        await Add(ReferralState.Submitted, priority: Priority.Urgent);
        await Add(ReferralState.Submitted, referrer: Stranger);
        QueueFilter[] views = [new() { Priority = Priority.Urgent }, new() { Tab = QueueTab.Booked }, new() { Tab = QueueTab.AllOpen, Search = "harbour" }, new() { Search = "x" }];

        Assert.Equal([1, 0, 1, 0], (await List.Handle(await database.Actor(Triage), new QueueFilter(), Ct, views)).Value!.Counts.Views);
        Assert.Equal([1, 0, 1, 0], (await List.Again(await database.Actor(Triage), new QueueFilter(), [], Ct, views)).Value!.Counts.Views);
    }

    [Fact]
    public async Task A_file_has_the_rows_of_the_list_in_its_order_or_those_that_were_ticked()
    {
        var (late, soon) = (await Add(ReferralState.Submitted, dueInHours: 9), await Add(ReferralState.Submitted, dueInHours: 2));
        async Task<string[]> Export(QueueFilter filter, string person = Triage, params Guid[] ids)
        {
            List<string> rows = [];
            await foreach (var row in new ExportQueue(List).Handle(await database.Actor(person), filter, ids, Ct).Rows) rows.Add(row[0]);
            return [.. rows];
        }

        Assert.Equal(["Reference", soon.Reference, late.Reference], await Export(new QueueFilter()));
        Assert.Equal(["Reference", late.Reference], await Export(new QueueFilter(), Triage, late.Id));
        Assert.Equal(["Reference"], await Export(new QueueFilter(), Solicitor));
        Assert.Equal(["Reference"], await Export(new QueueFilter(), Solicitor, late.Id));
        Assert.Equal("/triage/export.csv?tab=booked", ExportQueue.Address(new QueueFilter { Tab = QueueTab.Booked, After = new(null, late.Id) }, Web.Platform.Spreadsheets.SpreadsheetFormat.Csv));
        Assert.True(await database.Ask<int>("select count(*)::int from audit_entry where action = 'export_referrals' and detail ->> 'list' = 'triage'") >= 2);
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
        Assert.IsType<Failure.Refused>((await List.Again(actor, new QueueFilter(), await Ids(), Ct)).Failure);
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
            Tab = QueueTab.ToBook, Organisation = Guid.NewGuid(), Clinic = Guid.NewGuid(), Priority = Priority.Urgent, RedFlag = true, Due = QueueDue.Tomorrow, Search = "O’Connor & Co", Sort = QueueSort.Organisation,
            After = new QueuePlace(new DateTimeOffset(2026, 11, 23, 9, 30, 0, TimeSpan.Zero).AddTicks(1230), Guid.NewGuid(), Guid.NewGuid().ToString("N")),
        };

        Assert.Equal(filter, QueueFilter.Parse(new Uri("http://portal" + filter.Address).Query));
        Assert.Equal(6, filter.Narrowings);
        Assert.Equal("/triage", new QueueFilter().Address);
        Assert.Equal(new QueueFilter(), QueueFilter.Parse("?tab=nonsense&organisation=1&priority=none&q=%20&sort=sideways&after=12-34&due=&flag=1"));
    }
}
