using CsCheck;
using Microsoft.Extensions.Time.Testing;
using ReferralPortal.Domain;
using ReferralPortal.Domain.Organisations;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Dashboard;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Tests.Features.Referrals;
using ReferralPortal.Web.Tests.Features.Triaging;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Dashboard;

/// <summary>The figures against a small world whose answers are known beforehand. It is a Thursday noon.</summary>
public sealed class DashboardTests(DashboardTests.World world) : IClassFixture<DashboardTests.World>
{
    static CancellationToken Ct => Xunit.TestContext.Current.CancellationToken;

    /// <summary>The small world.</summary>
    public sealed class World : IAsyncLifetime
    {
        internal PortalTestDatabase Database { get; } = new();
        internal FakeTimeProvider Clock { get; } = TestClock.At("2026-11-26 12:00");
        internal Guid Northgate { get; private set; }
        internal Guid Harbour { get; private set; }
        internal Guid Manchester { get; private set; }
        internal TestReferral Declined { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            await Database.InitializeAsync();
            (Northgate, Harbour, Manchester) = ((await Database.Actor(Solicitor)).OrganisationId, (await Database.Actor(Stranger)).OrganisationId, await Database.Clinic());
            await Database.Sent("2026-11-02 09:00").Then(Database, "start_triage", "2026-11-02 11:00", ReferralState.InTriage).Then(Database, "accept", "2026-11-03 09:00", ReferralState.Accepted)
                .At(Database, Manchester).Tried(Database, "2026-11-03 10:00", "no_answer").Tried(Database, "2026-11-04 09:00", "spoke").Tried(Database, "2026-11-05 09:00", "spoke").Assessment(Database, "2026-11-09 09:00");
            // Accepted by mistake and undone at once; declined the day after.
            Declined = await Database.Sent("2026-11-09 10:00").Then(Database, "accept", "2026-11-09 14:00", ReferralState.Accepted, undone: true).Then(Database, "undo", "2026-11-09 14:00", ReferralState.InTriage, undone: true)
                .Then(Database, "decline", "2026-11-10 10:00", ReferralState.Declined, "outside_area");
            await Database.Sent("2026-11-10 08:00", Stranger).Then(Database, "decline", "2026-11-11 08:00", ReferralState.Declined, "outside_scope");
            await Database.Sent("2026-11-23 09:00").Runs(Database, "triage", "2026-11-24 20:00");
            await Database.Sent("2026-11-20 09:00").Runs(Database, "triage", "2026-11-23 20:00", paused: "2026-11-21 09:00");
            // Came before the four weeks; what happened within them counts.
            await Database.Sent("2026-10-30 09:00").Then(Database, "accept", "2026-11-02 09:00", ReferralState.Accepted).Promised(Database, "triage", "2026-11-02 08:00", "2026-11-02 09:00")
                .Then(Database, "withdraw", "2026-11-16 09:00", ReferralState.Withdrawn, "patient_declined");
            // A booking that fell through ends no wait.
            await Database.Sent("2026-11-16 09:00", Stranger).Then(Database, "start_triage", "2026-11-16 18:00", ReferralState.InTriage)
                .Assessment(Database, "2026-11-18 09:00", "cancelled").Assessment(Database, "2026-11-20 09:00").Promised(Database, "first_appointment", "2026-11-24 20:00", "2026-11-20 09:00");
        }

        public ValueTask DisposeAsync() => Database.DisposeAsync();
    }

    PortalDatabase Units => world.Database.On(world.Clock);

    async Task<Figures> Figures(DashboardFilter? filter = null) => new((await new ReadDashboard(Units).Handle(await world.Database.Actor(Lead), filter ?? new(), Ct)).Value!.Rows);

    [Fact]
    public async Task The_figures_of_four_weeks_are_those_of_the_small_world()
    {
        var all = await Figures();
        var (north, harbour, city) = (world.Northgate.ToString(), world.Harbour.ToString(), world.Manchester.ToString());
        (Measure Measure, Slice Slice, string Key, int Count, double? Median, double? Ninetieth)[] known =
        [
            (Measure.Received, Slice.Total, "none", 6, null, null),
            (Measure.Accepted, Slice.Total, "none", 2, null, null),
            (Measure.Declined, Slice.Total, "none", 2, null, null),
            (Measure.Withdrawn, Slice.Total, "none", 1, null, null),
            (Measure.Missed, Slice.Total, "none", 2, null, null),
            // 2, 4, 9, 24 and 72 hours.
            (Measure.Triaged, Slice.Total, "none", 5, 9, 52.8),
            (Measure.Contacted, Slice.Total, "none", 1, 48, 48),
            (Measure.Seen, Slice.Total, "none", 2, 132, 160.8),
            (Measure.Declined, Slice.Code, "outside_area", 1, null, null),
            (Measure.Declined, Slice.Code, "outside_scope", 1, null, null),
            (Measure.Withdrawn, Slice.Code, "patient_declined", 1, null, null),
            (Measure.Missed, Slice.Code, "triage", 2, null, null),
            (Measure.Missed, Slice.Code, "first_appointment", 0, null, null),
            (Measure.Received, Slice.Organisation, north, 4, null, null),
            (Measure.Received, Slice.Organisation, harbour, 2, null, null),
            (Measure.Triaged, Slice.Organisation, harbour, 2, 16.5, 22.5),
            (Measure.Received, Slice.Clinic, city, 1, null, null),
            (Measure.Received, Slice.Clinic, "none", 5, null, null),
            (Measure.Received, Slice.Week, "2026-11-02", 1, null, null),
            (Measure.Received, Slice.Week, "2026-11-09", 2, null, null),
            (Measure.Received, Slice.Week, "2026-11-16", 2, null, null),
            (Measure.Received, Slice.Week, "2026-11-23", 1, null, null),
            (Measure.Accepted, Slice.Week, "2026-11-09", 0, null, null),
            (Measure.Missed, Slice.Week, "2026-11-23", 1, null, null),
        ];
        Assert.All(known, one =>
        {
            var figure = all.Of(one.Measure, one.Slice, one.Key);
            Assert.Equal((one.Measure, one.Slice, one.Key, one.Count, one.Median, one.Ninetieth), (one.Measure, one.Slice, one.Key, figure.Count, Rounded(figure.Median), Rounded(figure.Ninetieth)));
        });

        static double? Rounded(double? hours) => hours is { } some ? Math.Round(some, 6) : null;
    }

    [Fact]
    public async Task A_filter_narrows_every_figure_to_an_organisation_a_clinic_or_other_days()
    {
        Assert.Equal((4, 2, 1), Counts(await Figures(new() { Organisation = world.Northgate })));
        Assert.Equal((1, 1, 0), Counts(await Figures(new() { Clinic = world.Manchester })));
        Assert.Equal((5, 1, 2), Counts(await Figures(new() { NoClinic = true })));
        Assert.Equal((2, 0, 2), Counts(await Figures(new DashboardFilter().Between(new(2026, 11, 9), new(2026, 11, 11))!)));
        Assert.Equal((1, 0, 0), Counts(await Figures(new DashboardFilter().Between(new(2026, 10, 30), new(2026, 10, 30))!)));
        Assert.Equal((7, 2, 2), Counts(await Figures(new() { Period = DashboardPeriod.ThirteenWeeks })));

        static (int, int, int) Counts(Figures figures) => (figures.Of(Measure.Received).Count, figures.Of(Measure.Accepted).Count, figures.Of(Measure.Declined).Count);
    }

    [Fact]
    public async Task What_is_overdue_now_is_what_the_queue_calls_overdue()
    {
        var lead = await world.Database.Actor(Lead);
        var queue = await new ReferralPortal.Web.Features.Triage.Queue.ListQueue(Units).Handle(lead, new() { Tab = ReferralPortal.Web.Features.Triage.Queue.QueueTab.Overdue }, Ct);
        var view = (await new ReadDashboard(Units).Handle(lead, new(), Ct)).Value!;
        Assert.Equal((1, 1), (view.Overdue, queue.Value!.Rows.Count));
    }

    [Fact]
    public async Task Behind_a_figure_stand_exactly_the_referrals_that_it_counts()
    {
        var lead = await world.Database.Actor(Lead);
        var all = await Figures();
        foreach (var measure in Enum.GetValues<Measure>())
        {
            var page = (await new ListBehindFigure(Units).Handle(lead, new(new(), measure), Ct)).Value!;
            Assert.Equal((measure, all.Of(measure).Count), (measure, page.Rows.Count));
        }

        var declined = (await new ListBehindFigure(Units).Handle(lead, new(new() { Organisation = world.Northgate }, Measure.Declined) { Code = "outside_area", Week = new DateOnly(2026, 11, 9) }, Ct)).Value!;
        Assert.Equal((world.Declined.Reference, "Northgate Law", null), (Assert.Single(declined.Rows).Reference, declined.Rows[0].Organisation, declined.Rows[0].Clinic));
        Assert.Empty((await new ListBehindFigure(Units).Handle(lead, new(new(), Measure.Declined) { Code = "outside_area", Week = new DateOnly(2026, 11, 16) }, Ct)).Value!.Rows);
        Assert.Equal("Northgate Law", declined.Organisation);
    }

    [Fact]
    public async Task A_place_in_the_list_goes_on_behind_its_row_with_nothing_twice()
    {
        var lead = await world.Database.Actor(Lead);
        var figure = new FigureFilter(new(), Measure.Triaged);
        var all = (await new ListBehindFigure(Units).Handle(lead, figure, Ct)).Value!.Rows;
        var first = all[1];
        var rest = (await new ListBehindFigure(Units).Handle(lead, FigureFilter.Parse(new Uri("http://x" + (figure with { After = new(first.At, first.Id, first.Code ?? "") }).Address).Query)!, Ct)).Value!.Rows;
        Assert.Equal(all.Skip(2).Select(row => row.Id), rest.Select(row => row.Id));
        Assert.Equal(all.Select(row => row.At).OrderDescending(), all.Select(row => row.At));
    }

    [Fact]
    public async Task The_list_behind_a_figure_is_audited_and_the_figures_open_no_record()
    {
        var before = await Audited();
        await Figures();
        Assert.Equal(before, await Audited());
        await new ListBehindFigure(Units).Handle(await world.Database.Actor(Lead), new(new(), Measure.Missed), Ct);
        Assert.Equal(before + 1, await Audited());

        async Task<long> Audited() => await world.Database.Ask<long>("select count(*) from audit_entry");
    }

    [Fact]
    public async Task Nobody_but_the_clinic_manager_is_told_any_figure()
    {
        foreach (var person in Everybody.Where(person => person != Lead))
        {
            var actor = await world.Database.Actor(person);
            Assert.IsType<Failure.Missing>((await new ReadDashboard(Units).Handle(actor, new(), Ct)).Failure);
            Assert.IsType<Failure.Missing>((await new ListBehindFigure(Units).Handle(actor, new(new(), Measure.Received), Ct)).Failure);
            Assert.IsType<Failure.Missing>((await new ReadMonthlyReport(Units).Handle(actor, new(world.Northgate, new(2026, 11, 1)), AuditAction.ViewMonthlyReport, Ct)).Failure);
            Assert.Empty(await new ReadMonthlyReport(Units).Organisations(actor, Ct));
        }
    }

    [Fact]
    public async Task Each_wall_alone_keeps_another_firm_from_the_figures()
    {
        var (stranger, lead) = (await world.Database.Actor(Stranger), await world.Database.Actor(Lead));
        var open = world.Database.WithoutRowLevelSecurity(world.Clock);
        var manager = stranger with { Roles = new HashSet<Role> { Role.ClinicManager } }; // of its own firm, which is no clinic

        // Without row-level security the use case refuses.
        Assert.Equal((null, null, null), await Told(open, manager));
        // With the use case taken in, row-level security counts nothing of another firm's.
        Assert.Equal((0, 0, 0), await Told(Units, stranger.DisguisedAs(lead)));
        // With both down it would all be told.
        Assert.Equal((4, 4, 4), await Told(open, stranger.DisguisedAs(lead)));

        async Task<(int?, int?, int?)> Told(PortalDatabase units, Actor actor)
        {
            var filter = new DashboardFilter { Organisation = world.Northgate };
            var view = (await new ReadDashboard(units).Handle(actor, filter, Ct)).Value;
            var list = (await new ListBehindFigure(units).Handle(actor, new(filter, Measure.Received), Ct)).Value;
            var report = (await new ReadMonthlyReport(units).Handle(actor, new(world.Northgate, new(2026, 11, 1)), AuditAction.ViewMonthlyReport, Ct)).Value;
            // Contacts, appointments and promises have policies of their own.
            if (view is not null && list!.Rows.Count == 0) Assert.Empty(view.Rows);
            return (view is null ? null : new Figures(view.Rows).Of(Measure.Received).Count, list?.Rows.Count, report is null ? null : new Figures(report.Rows).Of(Measure.Received).Count);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("?period=year")]
    [InlineData("?period=thirteen_weeks&clinic=none")]
    [InlineData("?from=2026-03-29&to=2026-10-25&organisation=01900000-0000-7000-8000-000000000001&clinic=01900000-0000-7000-8000-000000000002")]
    public void A_question_comes_back_from_its_address(string query) => Assert.Equal(query, DashboardFilter.Parse(query).Query);

    [Theory]
    [InlineData("?from=2026-10-25&to=2026-10-24")]
    [InlineData("?from=2020-01-01&to=2026-01-01")]
    [InlineData("?from=0001-01-01&to=0001-01-02")]
    [InlineData("?period=chosen")]
    [InlineData("?period=ever&organisation=me&clinic=there")]
    public void An_address_that_says_nothing_shows_four_weeks(string query) => Assert.Equal(new DashboardFilter(), DashboardFilter.Parse(query));

    [Fact]
    public void A_figure_comes_back_from_its_address()
    {
        var figure = new FigureFilter(new DashboardFilter { Period = DashboardPeriod.Year, NoClinic = true }, Measure.Missed) { Week = new(2026, 11, 2), Code = "triage", After = new(TestClock.Moment("2026-11-02 09:00"), Guid.NewGuid(), "triage") };
        Assert.Equal(figure, FigureFilter.Parse(new Uri("http://x" + figure.Address).Query));
        Assert.Null(FigureFilter.Parse("?measure=everything"));
    }
}

/// <summary>Weeks, organisations and clinics, whatever is asked, add up to the whole; and the whole is what a count by hand gives.</summary>
public sealed class DashboardSumsTests(PortalTestDatabase database) : IClassFixture<PortalTestDatabase>
{
    [Fact]
    public async Task The_sums_over_weeks_organisations_and_clinics_are_the_total()
    {
        // Over both changes of the clocks of 2026, with the hours about midnight as likely as the rest.
        var clock = TestClock.At("2026-12-01 12:00");
        var random = new Random(4);
        var (first, days) = (new DateOnly(2026, 2, 20), 270);
        List<DateTimeOffset> sent = [];
        string[] senders = [Solicitor, Stranger, Health];
        for (var number = 0; number < 90; number++)
        {
            var at = new DateTimeOffset(first.AddDays(random.Next(days)).ToDateTime(new TimeOnly(random.Next(2) == 0 ? 23 : random.Next(24), 30)), TimeSpan.Zero);
            sent.Add(at);
            await database.AddReferral(senders[number % 3], ReferralState.InTreatment, submittedAt: at, redFlag: null);
        }
        foreach (var border in new[] { "2026-03-29T23:30:00Z", "2026-03-31T23:30:00Z", "2026-10-25T23:30:00Z", "2026-09-30T23:30:00Z" })
        {
            sent.Add(DateTimeOffset.Parse(border, System.Globalization.CultureInfo.InvariantCulture));
            await database.AddReferral(Solicitor, ReferralState.InTreatment, submittedAt: sent[^1], redFlag: null);
        }
        var (lead, reader) = (await database.Actor(Lead), new ReadDashboard(database.On(clock)));

        await Gen.Select(Gen.Int[0, days], Gen.Int[0, 200]).SampleAsync(async (start, length) =>
        {
            var filter = new DashboardFilter().Between(first.AddDays(start), first.AddDays(start + length))!;
            var rows = (await reader.Handle(lead, filter, Xunit.TestContext.Current.CancellationToken)).Value!.Rows;
            var figures = new Figures(rows);
            Assert.All(Enum.GetValues<Measure>(), measure =>
            {
                var total = figures.Of(measure).Count;
                Assert.Equal(total, filter.Weeks(default).Sum(week => figures.In(week, measure).Count));
                Assert.Equal(total, figures.Keys(Slice.Organisation).Sum(key => figures.Of(measure, Slice.Organisation, key).Count));
                Assert.Equal(total, figures.Keys(Slice.Clinic).Sum(key => figures.Of(measure, Slice.Clinic, key).Count));
            });
            Assert.Equal(sent.Count(at => LondonTime.DateOf(at) >= filter.From && LondonTime.DateOf(at) <= filter.To), figures.Of(Measure.Received).Count);
            Assert.All(filter.Weeks(default), week => Assert.Equal(
                sent.Count(at => LondonTime.DateOf(at) is var day && day >= filter.From && day <= filter.To && DashboardFilter.Monday(day) == week), figures.In(week, Measure.Received).Count));
        }, iter: 60, threads: 1);
    }
}
