using Dapper;
using ReferralPortal.Database.Seeds;
using ReferralPortal.Domain;
using ReferralPortal.Domain.Progress;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Progress.Reports;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Features.Referrals.List;
using ReferralPortal.Web.Features.Referrals.Submit.Drafts;
using ReferralPortal.Web.Features.Referrals.View;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Tests.Database.Seeds;

/// <summary>The example referrals, loaded on a Wednesday morning: what people see of them is what the portal itself would have made of such a history.</summary>
public sealed class DemoReferralsTests(DemoReferralsTests.World world) : IClassFixture<DemoReferralsTests.World>
{
    static readonly DateTimeOffset Now = TestClock.Moment("2026-11-25 09:30");

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    public sealed class World : IAsyncLifetime
    {
        public PortalTestDatabase Database { get; } = new();
        public int Loaded { get; private set; }

        public async ValueTask InitializeAsync()
        {
            await Database.InitializeAsync();
            Loaded = await DemoReferrals.Load(Database.OwnerConnection, SeedLoader.DefaultFolder, Now, Ct);
        }

        public ValueTask DisposeAsync() => Database.DisposeAsync();
    }

    [Fact]
    public async Task They_cover_every_state_and_every_kind_of_organisation()
    {
        await using var owner = await world.Database.Owner();
        var states = (await owner.QueryAsync<string>("select distinct state from referral")).Select(EnumText.Parse<ReferralState>).Append(ReferralState.Draft).Order();
        Assert.Equal(Enum.GetValues<ReferralState>().Order(), states);
        Assert.Equal(["case_manager", "employer", "health_organisation", "intermediary", "solicitor"],
            await owner.QueryAsync<string>("select distinct o.kind from referral r join organisation o on o.id = r.referring_organisation_id order by 1"));
        Assert.InRange(world.Loaded, 40, 60);
        Assert.NotEqual(0, await owner.ExecuteScalarAsync<int>("select count(*)::int from referral_draft"));
    }

    [Fact]
    public async Task Loading_them_again_changes_nothing()
    {
        async Task<string?> Everything()
        {
            await using var owner = await world.Database.Owner();
            return await owner.ExecuteScalarAsync<string>("select md5(string_agg(r::text || e::text, '|' order by e.sequence)) from referral r join referral_event e on e.referral_id = r.id");
        }
        var before = await Everything();
        Assert.Equal(0, await DemoReferrals.Load(world.Database.OwnerConnection, SeedLoader.DefaultFolder, Now.AddDays(3), Ct));
        Assert.Equal(before, await Everything());
    }

    [Fact]
    public async Task Every_event_follows_from_the_one_before_by_the_lifecycle()
    {
        await using var owner = await world.Database.Owner();
        var events = await owner.QueryAsync<(Guid Referral, string Action, string From, string To, DateTime At, int Version)>(
            "select referral_id, action, from_state, to_state, at, version from referral_event order by referral_id, sequence");
        foreach (var history in events.GroupBy(happened => happened.Referral))
        {
            var (state, version, at) = (ReferralState.Draft, 0, DateTime.MinValue);
            foreach (var happened in history)
            {
                Assert.Equal(EnumText.Of(state), happened.From);
                Assert.Equal(++version, happened.Version);
                Assert.InRange(happened.At, at, Now.UtcDateTime);
                at = happened.At;
                if (EnumText.TryParse<ReferralAction>(happened.Action, out var action)) state = Lifecycle.Next(state, action);
                Assert.Equal(EnumText.Of(state), happened.To);
            }
        }
    }

    [Fact]
    public async Task A_clock_runs_where_the_portal_would_have_one_run()
    {
        await using var owner = await world.Database.Owner();
        var rows = await owner.QueryAsync<(string State, string? DueFor, DateTime? DueAt, DateTime? PausedAt, DateTime SubmittedAt, DateTime Since, string Priority, string? Tier, DateTime? Cleared)>(
            "select state, due_for, due_at, clock_paused_at, submitted_at, state_since, priority, red_flag_tier, red_flag_cleared_at from referral");
        var clock = new ReferralClock(await new CatalogueStore(world.Database.Sources, TimeProvider.System).Get(Ct));
        foreach (var row in rows)
        {
            var tier = row.Tier is null || row.Cleared is not null ? (RedFlagTier?)null : EnumText.Parse<RedFlagTier>(row.Tier);
            switch (EnumText.Parse<ReferralState>(row.State))
            {
                case ReferralState.Submitted:
                    var due = clock.After(ReferralAction.Submit, EnumText.Parse<Priority>(row.Priority), tier, new DateTimeOffset(row.SubmittedAt, TimeSpan.Zero));
                    Assert.Equal((due.DueFor, due.DueAt?.UtcDateTime), (row.DueFor, row.DueAt));
                    break;
                case ReferralState.InformationRequested: Assert.NotNull(row.PausedAt); break;
                case ReferralState.Accepted: Assert.Equal("first_appointment", row.DueFor); break;
                case ReferralState.AppointmentBooked or ReferralState.Discharged or ReferralState.Closed or ReferralState.Declined or ReferralState.Withdrawn: Assert.Null(row.DueAt); break;
            }
        }
    }

    [Fact]
    public async Task Every_signed_report_carries_the_hash_of_its_content_and_its_authors_number()
    {
        await using var owner = await world.Database.Owner();
        var reports = (await owner.QueryAsync<(string Content, string Hash, string Hcpc)>("select content::text, content_hash, author_hcpc from report where state = 'signed'")).ToList();
        Assert.NotEmpty(reports);
        foreach (var report in reports)
        {
            Assert.Equal(ReportContent.Hash(PortalJson.Read<List<ReportSection>>(report.Content)), report.Hash);
            Assert.NotEmpty(report.Hcpc);
        }
    }

    [Theory]
    [InlineData("solicitor@northgate-law.example")]
    [InlineData("manager@pennine-case.example")]
    [InlineData("referrals@irwell-health.example")]
    [InlineData("oh@tame-logistics.example")]
    [InlineData("triage@clinic.example")]
    public async Task Each_person_opens_every_referral_in_their_list_and_finds_it_by_name(string person)
    {
        var actor = await world.Database.Actor(person);
        var list = new ListReferrals(world.Database.Database);
        var page = await list.Handle(actor, new ReferralFilter(), Ct);
        Assert.NotEmpty(page.Rows);
        foreach (var row in page.Rows)
        {
            var opened = await new ViewReferral(world.Database.Database).Handle(actor, row.Reference, Ct);
            Assert.Equal(row.PatientName, opened.Value!.Header.PatientName);
            Assert.NotEmpty(opened.Value.Timeline);
        }
        var found = await list.Handle(actor, new ReferralFilter { Search = page.Rows[0].PatientName }, Ct);
        Assert.Contains(found.Rows, row => row.Id == page.Rows[0].Id);
    }

    [Fact]
    public async Task A_half_filled_form_opens_as_it_was_left()
    {
        var solicitor = await world.Database.Actor("solicitor@northgate-law.example");
        var drafts = await new ListDrafts(world.Database.Database).Handle(solicitor, Ct);
        var draft = Assert.Single(drafts, draft => draft.FamilyName == "Mulvaney");
        var form = (await new LoadDraft(world.Database.Database).Handle(solicitor, draft.Id, Ct)).Value!.Form;
        Assert.Equal(("21", "6", "1979", "hip"), (form.Patient.DateOfBirth.Day, form.Patient.DateOfBirth.Month, form.Patient.DateOfBirth.Year, Assert.Single(form.Injury.Regions).Region));
        Assert.Equal("13", form.Incident.Date.Day); // twelve days before
    }
}
