using Dapper;
using ReferralPortal.Database.Seeds;
using ReferralPortal.Domain;
using ReferralPortal.Domain.Funding;
using ReferralPortal.Domain.Progress;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Funding;
using ReferralPortal.Web.Features.Funding.Approvals;
using ReferralPortal.Web.Features.Home;
using ReferralPortal.Web.Features.Progress.Measures;
using ReferralPortal.Web.Features.Progress.Reports;
using ReferralPortal.Web.Features.Progress.Reports.Queries;
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
            return await owner.ExecuteScalarAsync<string>("""
                select md5(string_agg(r::text || e::text, '|' order by e.sequence)) || (select count(*) from report) || (select count(*) from report_query) || (select count(*) from questionnaire) || (select count(*) from authority_entry)
                from referral r join referral_event e on e.referral_id = r.id
                """);
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
        var clock = ReferralClock.On(await new CatalogueStore(world.Database.Sources, TimeProvider.System).Get(Ct));
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
    public async Task A_report_that_was_amended_has_two_versions_and_its_readers_have_the_second()
    {
        var solicitor = await world.Database.Actor("solicitor@northgate-law.example");
        var (first, second) = (await Report("R-KCS6-SK16", "progress", 1), await Report("R-KCS6-SK16", "progress", 2));
        var reports = new ReadReport(world.Database.Database);
        var before = (await reports.Handle(solicitor, first, AuditAction.ViewReport, Ct)).Value!;
        Assert.Equal((true, (Guid?)second), (before.Superseded, before.CurrentId));
        var now = (await reports.Handle(solicitor, second, AuditAction.ViewReport, Ct)).Value!;
        Assert.Equal((false, 2), (now.Superseded, now.Number));
        Assert.StartsWith("The employer's offer", now.AmendmentReason);
        Assert.NotEqual(before.ContentHash, now.ContentHash);
    }

    [Fact]
    public async Task One_question_about_a_report_waits_for_its_author_and_one_answer_for_whoever_asked()
    {
        var work = await new ListReportWork(world.Database.On(TestClock.At("2026-11-25 09:30"))).Handle(await world.Database.Actor("clinician@clinic.example"), Ct);
        var question = Assert.Single(work, task => task.What == "query");
        Assert.Equal(("R-RXEC-7H7A", "Pennine Case Management", TestClock.Moment("2026-11-26 20:00")), (question.Reference, question.Organisation, question.DueAt));
        var home = (await new ReadHome(world.Database.Database).Handle(await world.Database.Actor("solicitor@northgate-law.example"), Ct))!;
        Assert.Equal("R-RXEC-7H7A", Assert.Single(home.ToRead).Reference);

        // Nobody asks about a part that is not theirs to read.
        await using var owner = await world.Database.Owner();
        foreach (var (part, kind, role) in await owner.QueryAsync<(string, string, string)>("select q.part, r.kind, p.role from report_query q join report r on r.id = q.report_id join referral_party p on p.referral_id = q.referral_id and p.organisation_id = q.organisation_id"))
            Assert.Contains(part, ReportAudiences.Parts(EnumText.Parse<ReportAudience>(role), EnumText.Parse<ReportKind>(kind)).Select(one => one.Key));
    }

    [Fact]
    public async Task One_questionnaire_waits_for_its_patient_and_one_was_answered_at_home()
    {
        var clinician = await world.Database.Actor("clinician4@clinic.example");
        var measures = new ReadMeasures(world.Database.Database);
        var waiting = Assert.Single((await measures.Handle(clinician, "R-AE77-0K7K", Ct)).Value!.Sent);
        Assert.True(waiting.IsOpen(Now));
        Assert.Equal(0, waiting.Done);

        var answered = (await measures.Handle(clinician, "R-KCS6-SK16", Ct)).Value!;
        Assert.Equal((2, Now.AddDays(-3).Date), (Assert.Single(answered.Sent).Done, answered.Sent[0].AnsweredAt!.Value.Date));
        var content = await new CatalogueStore(world.Database.Sources, TimeProvider.System).Get(Ct);
        foreach (var score in answered.Scores.Where(score => score.FromPatient))
        {
            var measure = content.Measures.Single(measure => measure.Key == score.MeasureKey);
            var form = MeasureForm.Of(measure, score.Names);
            for (var item = 0; item < score.Given.Count; item++) form.Answers[item] = score.Given[item];
            Assert.Empty(form.Check(measure));
            Assert.Equal((score.Value, score.Answered, score.RuleVersion), (form.Scored(measure).Score, form.Scored(measure).Answered, form.Scored(measure).RuleVersion));
        }
        Assert.Equal(2, answered.Scores.Count(score => score.FromPatient));
    }

    [Fact]
    public async Task The_insurer_has_a_request_that_waits_and_one_that_it_authorised_in_part_and_the_ledger_has_what_it_gave()
    {
        var insurer = await world.Database.Actor("claims@ribble-insurance.example");
        var requests = new ListRequests(world.Database.Database);
        Assert.Equal("R-RXEC-7H7A", Assert.Single((await requests.Handle(insurer, new(false, null), Ct)).Value!.Rows).Reference);
        var answered = Assert.Single((await requests.Handle(insurer, new(true, null), Ct)).Value!.Rows);
        Assert.Equal(("R-ZEXV-FAAJ", ExtensionState.Part, 10, 7), (answered.Reference, answered.State.Value, answered.Sessions, answered.Granted));
        var balance = await world.Database.Database.Read(insurer, async unit => await FundingBalance.Read(unit, await Referral("R-ZEXV-FAAJ")), Ct);
        Assert.Equal((23, 9), (balance.SessionsAuthorised, balance.SessionsUsed));

        // An immediate needs assessment says the same to both sides.
        var needs = await Report("R-ZEXV-FAAJ", "immediate_needs", 1);
        var reports = new ReadReport(world.Database.Database);
        var (payers, managers) = ((await reports.Handle(insurer, needs, AuditAction.ViewReport, Ct)).Value!, (await reports.Handle(await world.Database.Actor("manager@pennine-case.example"), needs, AuditAction.ViewReport, Ct)).Value!);
        Assert.Equal(ReportForms.Of(ReportKind.ImmediateNeeds).Select(part => part.Key), payers.Sections.Select(section => section.Key));
        Assert.Equal(managers.Sections, payers.Sections);
    }

    [Fact]
    public async Task A_discharge_waits_to_be_acknowledged() =>
        Assert.Contains((await new ReadHome(world.Database.Database).Handle(await world.Database.Actor("solicitor@northgate-law.example"), Ct))!.ToAcknowledge, waiting => waiting.Reference == "R-EJ5F-3GTT");

    [Fact]
    public async Task Every_report_has_the_parts_of_its_kind_and_no_other()
    {
        await using var owner = await world.Database.Owner();
        foreach (var (kind, content) in await owner.QueryAsync<(string, string)>("select kind, content::text from report"))
        {
            var form = ReportForms.Of(EnumText.Parse<ReportKind>(kind)).ToDictionary(part => part.Key, part => part.Heading);
            Assert.All(PortalJson.Read<List<ReportSection>>(content), section => Assert.Equal(section.Heading, form.GetValueOrDefault(section.Key)));
        }
    }

    async Task<Guid> Report(string reference, string kind, int number)
    {
        await using var owner = await world.Database.Owner();
        return await owner.ExecuteScalarAsync<Guid>("select report.id from report join referral r on r.id = report.referral_id where r.reference = @reference and report.kind = @kind and report.number = @number", new { reference, kind, number });
    }

    async Task<Guid> Referral(string reference)
    {
        await using var owner = await world.Database.Owner();
        return await owner.ExecuteScalarAsync<Guid>("select id from referral where reference = @reference", new { reference });
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
