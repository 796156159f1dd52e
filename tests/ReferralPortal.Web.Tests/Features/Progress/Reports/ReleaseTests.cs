using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using ReferralPortal.Domain;
using ReferralPortal.Domain.Progress;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Notifications;
using ReferralPortal.Web.Features.Progress.Reports;
using ReferralPortal.Web.Features.Progress.Reports.Check;
using ReferralPortal.Web.Features.Referrals.View;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Platform.Background;
using ReferralPortal.Web.Tests.Features.Notifications;
using ReferralPortal.Web.Tests.Features.Referrals;
using ReferralPortal.Web.Tests.Features.Triaging;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Progress.Reports;

/// <summary>From the signature to the readers: at once and to all, or after the patient's look.</summary>
public sealed class ReleaseTests(PortalTestDatabase database) : IClassFixture<PortalTestDatabase>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    // A Monday; three working days later is Thursday.
    readonly FakeTimeProvider clock = TestClock.At("2031-03-03 10:00");

    ReleaseReport Releases => new(database.On(clock));
    CheckReport Checks => new(database.On(clock), database.Sources);

    /// <summary>The worker that ends windows and tells people.</summary>
    OutboxWorker Worker => database.Announcer(clock, before: services => services.AddScoped<ReleaseReport>().AddMessageHandler<ReportWindowEnds, ReleaseReport>());

    async Task<(TestReferral Referral, Guid Report)> WithPatient(ReportKind kind = ReportKind.Progress)
    {
        await database.Quiet();
        var referral = await database.Treated();
        return (referral, await database.Signed(referral, kind, patientChecks: true, clock));
    }

    /// <summary>Has the patient's mail sent, and takes the secret out of it.</summary>
    async Task<(string Token, NotificationWorld.Sent Sent)> Mailed()
    {
        await Worker.RunDue(Ct);
        var sent = new NotificationWorld.Sent();
        await database.Desk(clock, sent).RunDue(Ct);
        var mail = sent.Mails.Single(mail => mail.To == "maud@example.org");
        return (System.Text.RegularExpressions.Regex.Match(mail.Text, @"https://portal\.clinic\.example/p/(\S+)").Groups[1].Value, sent);
    }

    [Fact]
    public async Task An_immediate_needs_assessment_is_disclosed_to_both_sides_at_one_instant()
    {
        await database.Quiet();
        var referral = await database.Treated();
        var report = await database.Signed(referral, ReportKind.ImmediateNeeds, clock: clock);

        var (claimant, compensator) = ((await database.Opened(Solicitor, report)).Value!, (await database.Opened(Funder, report)).Value!);
        Assert.Equal(claimant.ReleasedAt, compensator.ReleasedAt);
        Assert.Equal(clock.GetUtcNow(), claimant.ReleasedAt);
        Assert.Equal(claimant.Sections, compensator.Sections);

        // One message, and all that it tells in one transaction.
        await Worker.RunDue(Ct);
        var told = await database.Mails(referral.Id);
        Assert.Contains($"report_signed to {Solicitor}", told.Select(mail => mail.Words));
        Assert.Contains($"report_signed to {Funder}", told.Select(mail => mail.Words));
        Assert.Equal(1, await database.Ask<int>("select count(distinct xmin::text)::int from mail_message where referral_id = @Id", new { referral.Id }));
    }

    [Fact]
    public async Task While_the_patient_checks_it_no_party_sees_that_there_is_a_report()
    {
        var (referral, report) = await WithPatient();
        foreach (var party in (string[])[Solicitor, Funder, CaseManager])
        {
            Assert.IsType<Failure.Missing>((await database.Opened(party, report)).Failure);
            var view = (await new ViewReferral(database.Database).Handle(await database.Actor(party), referral.Reference, Ct)).Value!;
            Assert.DoesNotContain(view.Reports, one => one.Id == report);
            Assert.DoesNotContain(view.Timeline, happened => happened.Action.Contains("report", StringComparison.Ordinal));
        }
        // Without the use case's own predicate row-level security holds, and the other way round.
        var solicitor = await database.Actor(Solicitor);
        Assert.Equal(0, await database.Database.Read(solicitor, async unit => await unit.One<int>("select count(*)::int from report where id = @report", new { report }), Ct));
        Assert.IsType<Failure.Missing>((await new ReadReport(database.WithoutRowLevelSecurity()).Handle(solicitor, report, AuditAction.ViewReport, Ct)).Failure);

        var desk = (await database.Opened(Triage, report)).Value!;
        Assert.Null(desk.ReleasedAt);
        Assert.Equal(TestClock.Moment("2031-03-06 20:00"), desk.Desk!.Check!.ExpiresAt);
        await Worker.RunDue(Ct);
        Assert.DoesNotContain(await database.Mails(referral.Id), mail => mail.Template.StartsWith("report", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_end_of_the_patients_time_releases_it_and_not_a_moment_before()
    {
        var (referral, report) = await WithPatient();
        clock.MoveTo("2031-03-06 19:59");
        await Worker.RunDue(Ct);
        Assert.IsType<Failure.Missing>((await database.Opened(Solicitor, report)).Failure);
        clock.MoveTo("2031-03-06 20:00");
        await Worker.RunDue(Ct);

        Assert.Equal(clock.GetUtcNow(), (await database.Opened(Solicitor, report)).Value!.ReleasedAt);
        Assert.Contains($"report_signed to {Solicitor}", (await database.Mails(referral.Id)).Select(mail => mail.Words));
        var view = (await new ViewReferral(database.Database).Handle(await database.Actor(Solicitor), referral.Reference, Ct)).Value!;
        Assert.Equal("release_report", view.Timeline[^1].Action);
    }

    [Fact]
    public async Task Its_author_releases_it_earlier_and_nobody_else_does()
    {
        var (_, report) = await WithPatient();
        foreach (var (other, missing) in ((string, bool)[])[(TriageWorld.SecondClinician, false), (Lead, false), (Triage, true), (Solicitor, true)])
        {
            var failure = (await Releases.Handle(await database.Actor(other), report, Ct)).Failure;
            Assert.Equal(missing, failure is Failure.Missing);
            Assert.Equal(!missing, failure is Failure.Refused);
        }
        var released = await Releases.Handle(await database.Actor(Clinician), report, Ct);
        Assert.Equal(clock.GetUtcNow(), released.Value);
        clock.MoveTo("2031-03-04 10:00");
        Assert.Equal(released.Value, (await Releases.Handle(await database.Actor(Clinician), report, Ct)).Value); // once
        Assert.True((await database.Opened(Funder, report)).IsDone);
    }

    [Fact]
    public async Task The_promise_is_kept_with_the_release_and_the_clock_stops_then()
    {
        await database.Quiet();
        var referral = await database.Treated();
        await database.Run("update referral set due_for = 'initial_report', due_at = '2031-03-05 20:00+00', clock_started_at = '2031-03-02 10:00+00' where id = @Id", new { referral.Id });
        var report = await database.Signed(referral, ReportKind.InitialAssessment, patientChecks: true, clock);
        Assert.Equal("initial_report", (await database.StoredAs(referral.Id)).DueFor);
        await Releases.Handle(await database.Actor(Clinician), report, Ct);
        Assert.Null((await database.StoredAs(referral.Id)).DueFor);
        Assert.Equal("release_report", await database.Ask<string>("select ended_by from clock_history where referral_id = @Id and target = 'initial_report'", new { referral.Id }));
    }

    [Fact]
    public async Task A_patient_without_an_email_address_is_not_asked()
    {
        var referral = await database.Treated();
        await database.Run("update patient set email = null where id = @Id", new { referral.Id });
        var draft = await database.Draft(referral, ReportKind.Progress);
        Assert.Contains("Release", Assert.IsType<Failure.Invalid>((await database.Sign(draft.Id, await database.Fill(draft), patientChecks: true)).Failure).Errors);
    }

    [Fact]
    public async Task The_patient_reads_all_of_it_after_the_date_of_birth_and_the_mail_says_nothing_of_it()
    {
        var (referral, report) = await WithPatient();
        var (token, sent) = await Mailed();
        var mail = sent.Mails.Single(one => one.To == "maud@example.org");
        foreach (var never in (string[])["Maud", "Ollerenshaw", referral.Reference, "Northgate", "1985", ReferralWorld.Symptoms, ReportWorld.Written, "Progress report"])
            Assert.DoesNotContain(never, mail.Subject + mail.Text + mail.Html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(token, await database.Ask<string>("select coalesce(string_agg(payload::text, ''), '') from outbox_message"));
        Assert.Equal(0, await database.Ask<int>("select count(*)::int from report_preview_link where encode(token_hash, 'escape') like '%' || @token || '%'", new { token }));

        Assert.True((await Checks.Find(token, Ct)).IsDone);
        Assert.Contains("DateOfBirth", Assert.IsType<Failure.Invalid>((await Checks.Open(token, new(1985, 3, 13), Ct)).Failure).Errors);
        var shown = (await Checks.Open(token, new(1985, 3, 12), Ct)).Value!;
        Assert.Equal((ReportAudience.Patient, ReportForms.Of(ReportKind.Progress).Count), (shown.Copy.Audience, shown.Copy.Sections.Count));
        Assert.NotNull((await database.Opened(Clinician, report)).Value!.Desk!.Check!.OpenedAt);
    }

    [Fact]
    public async Task One_answer_ends_the_link_and_a_correction_holds_the_release_until_the_author_decides()
    {
        var (referral, report) = await WithPatient();
        var (token, _) = await Mailed();
        Assert.True((await Checks.Answer(token, new(1985, 3, 12), "I drive a bus, not a lorry.", Ct)).IsDone);
        Assert.IsType<Failure.Missing>((await Checks.Open(token, new(1985, 3, 12), Ct)).Failure);
        Assert.IsType<Failure.Missing>((await Checks.Answer(token, new(1985, 3, 12), "And more.", Ct)).Failure);

        clock.MoveTo("2031-03-07 09:00");
        await Worker.RunDue(Ct);
        Assert.Contains($"report_checked to {Clinician}", (await database.Mails(referral.Id)).Select(mail => mail.Words));
        Assert.IsType<Failure.Missing>((await database.Opened(Solicitor, report)).Failure);
        Assert.Equal("I drive a bus, not a lorry.", (await database.Opened(Clinician, report)).Value!.Desk!.Check!.Correction);

        // Amended before anybody had it: the readers get the new version, and never the old.
        var clinician = await database.Actor(Clinician);
        var amendment = (await new AmendReport(database.On(clock)).Start(clinician, Guid.CreateVersion7(), report, "The patient’s job was wrong.", Ct)).Value;
        Assert.IsType<Failure.Refused>((await Releases.Handle(clinician, report, Ct)).Failure);
        await database.Sign(amendment, await database.Fill((await database.Write(clock).Open(clinician, amendment, Ct)).Value!, clock: clock), clock: clock);
        Assert.True((await database.Opened(Solicitor, amendment)).IsDone);
        Assert.IsType<Failure.Missing>((await database.Opened(Solicitor, report)).Failure);
    }

    [Fact]
    public async Task Every_earlier_version_is_superseded_also_where_the_one_between_never_had_readers()
    {
        var referral = await database.Treated();
        var clinician = await database.Actor(Clinician);
        var first = await database.Signed(referral, ReportKind.Progress, clock: clock);
        Assert.True((await database.Opened(Funder, first)).IsDone);
        var second = (await new AmendReport(database.On(clock)).Start(clinician, Guid.CreateVersion7(), first, "Wrong date.", Ct)).Value;
        await database.Sign(second, await database.Fill((await database.Write(clock).Open(clinician, second, Ct)).Value!, clock: clock), patientChecks: true, clock);
        var (token, _) = await Mailed();
        await Checks.Answer(token, new(1985, 3, 12), "The month is wrong too.", Ct);
        var third = (await new AmendReport(database.On(clock)).Start(clinician, Guid.CreateVersion7(), second, "Wrong month.", Ct)).Value;
        Assert.True((await database.Sign(third, await database.Fill((await database.Write(clock).Open(clinician, third, Ct)).Value!, clock: clock), clock: clock)).IsDone);

        Assert.Equal("superseded superseded signed", await database.Ask<string>("select string_agg(state, ' ' order by number) from report where referral_id = @Id and kind = 'progress'", new { referral.Id }));
        Assert.True((await database.Opened(Solicitor, first)).Value!.Superseded);
        Assert.False((await database.Opened(Solicitor, third)).Value!.Superseded);
        var funder = (await database.Actor(Funder)).UserId;
        Assert.Equal(1, await database.Ask<int>("select count(*)::int from outbox_message where referral_id = @Id and kind = 'report_amended' and payload -> 'readers' ? @reader", new { referral.Id, reader = funder.ToString() }));
    }

    [Fact]
    public async Task An_employer_does_not_learn_that_there_is_a_report_in_which_nothing_is_for_it()
    {
        var referral = await database.AddReferral(Solicitor, Domain.Referrals.ReferralState.InTreatment, redFlag: null, others: [(Employer, Domain.Referrals.PartyRole.InstructingParty)]);
        await database.Signed(referral, ReportKind.ImmediateNeeds, clock: clock);
        async Task<bool> Learns(string reader) => (await new ViewReferral(database.Database).Handle(await database.Actor(reader), referral.Reference, Ct)).Value!.Timeline.Any(told => told.Action == "sign_report" && told.Detail.Contains("immediate_needs", StringComparison.Ordinal));
        Assert.Equal((true, false), (await Learns(Solicitor), await Learns(Employer)));
        var home = await new Web.Features.Home.ReadHome(database.Database).Handle(await database.Actor(Employer), Ct);
        Assert.DoesNotContain("immediate_needs", PortalJson.Text(home));
        await database.Announce();
        var told = (await database.Mails(referral.Id)).Select(mail => mail.Words).ToList();
        Assert.Contains($"report_signed to {Solicitor}", told);
        Assert.DoesNotContain($"report_signed to {Employer}", told);
    }

    [Fact]
    public async Task A_correction_that_the_author_does_not_share_does_not_keep_the_author_from_releasing()
    {
        var (_, report) = await WithPatient();
        var (token, _) = await Mailed();
        await Checks.Answer(token, new(1985, 3, 12), "It is the other knee.", Ct);
        Assert.True((await Releases.Handle(await database.Actor(Clinician), report, Ct)).IsDone);
        Assert.DoesNotContain("other knee", PortalJson.Text((await database.Opened(Solicitor, report)).Value));
    }

    [Fact]
    public async Task Five_wrong_dates_of_birth_kill_the_link()
    {
        await WithPatient();
        var (token, _) = await Mailed();
        for (var wrong = 1; wrong < CheckReport.MostWrong; wrong++) Assert.IsType<Failure.Invalid>((await Checks.Open(token, new(1970, 1, wrong), Ct)).Failure);
        Assert.IsType<Failure.Missing>((await Checks.Answer(token, new(1970, 1, 9), "x", Ct)).Failure);
        Assert.IsType<Failure.Missing>((await Checks.Open(token, new(1985, 3, 12), Ct)).Failure);
    }

    [Fact]
    public async Task A_link_ends_with_its_time_with_the_release_and_is_worth_nothing_when_made_up()
    {
        var (_, report) = await WithPatient();
        var (token, _) = await Mailed();
        foreach (var madeUp in (string?[])[null, "", "x", token[..^1], token + "A", new string('A', token.Length)]) Assert.IsType<Failure.Missing>((await Checks.Find(madeUp, Ct)).Failure);
        await Releases.Handle(await database.Actor(Clinician), report, Ct);
        Assert.IsType<Failure.Missing>((await Checks.Open(token, new(1985, 3, 12), Ct)).Failure);

        await WithPatient();
        var (second, _) = await Mailed();
        clock.MoveTo("2031-03-06 20:00");
        Assert.IsType<Failure.Missing>((await Checks.Open(second, new(1985, 3, 12), Ct)).Failure);
    }

    [Fact]
    public async Task Links_and_answers_of_patients_are_the_clinics_alone()
    {
        var (referral, _) = await WithPatient();
        await Mailed();
        foreach (var outside in (string[])[Solicitor, Stranger, Funder])
            Assert.Equal((0, 0), await database.Database.Read(await database.Actor(outside), async unit =>
                (await unit.One<int>("select count(*)::int from report_preview where referral_id = @Id", new { referral.Id }), await unit.One<int>("select count(*)::int from report_preview_link")), Ct));
        Assert.Equal(1, await database.Database.Read(await database.Actor(Clinician), async unit => await unit.One<int>("select count(*)::int from report_preview where referral_id = @Id", new { referral.Id }), Ct));
    }

    [Fact]
    public async Task An_amendment_with_the_patient_leaves_the_version_before_with_its_readers()
    {
        await database.Quiet();
        var referral = await database.Treated();
        var first = await database.Signed(referral, ReportKind.Progress, clock: clock);
        var clinician = await database.Actor(Clinician);
        var second = (await new AmendReport(database.On(clock)).Start(clinician, Guid.CreateVersion7(), first, "Wrong date.", Ct)).Value;
        await database.Sign(second, await database.Fill((await database.Write(clock).Open(clinician, second, Ct)).Value!, clock: clock), patientChecks: true, clock);

        Assert.False((await database.Opened(Solicitor, first)).Value!.Superseded);
        Assert.IsType<Failure.Missing>((await database.Opened(Solicitor, second)).Failure);
        await Releases.Handle(clinician, second, Ct);
        Assert.Equal((true, (Guid?)second), ((await database.Opened(Solicitor, first)).Value!.Superseded, (await database.Opened(Solicitor, first)).Value!.CurrentId));
    }

    [Fact]
    public async Task The_preview_shows_each_party_what_it_will_read()
    {
        var referral = await database.Treated();
        var draft = await database.Draft(referral, ReportKind.InitialAssessment);
        await database.Fill(draft);
        var preview = (await new PreviewReport(database.Database).Handle(await database.Actor(Clinician), draft.Id, Ct)).Value!;
        Assert.Equal([ReportAudience.Referrer, ReportAudience.CaseManager, ReportAudience.Funder, ReportAudience.Patient], preview.Readers.Select(reader => reader.Audience));

        var version = (await database.Write().Open(await database.Actor(Clinician), draft.Id, Ct)).Value!.Version;
        await database.Sign(draft.Id, version);
        foreach (var (who, audience) in ((string, ReportAudience)[])[(Solicitor, ReportAudience.Referrer), (CaseManager, ReportAudience.CaseManager), (Funder, ReportAudience.Funder)])
            Assert.Equal(preview.Readers.Single(reader => reader.Audience == audience).Copy!.Sections, (await database.Opened(who, draft.Id)).Value!.Sections);
        Assert.DoesNotContain((await database.Opened(Funder, draft.Id)).Value!.Sections, section => section.Key == "subjective");
        foreach (var other in (string[])[TriageWorld.SecondClinician, Triage, Solicitor, Stranger])
            Assert.IsType<Failure.Missing>((await new PreviewReport(database.Database).Handle(await database.Actor(other), draft.Id, Ct)).Failure);
    }

    [Fact]
    public async Task An_employer_reads_its_part_and_does_not_learn_of_an_immediate_needs_assessment()
    {
        var referral = await database.Treated(Employer);
        var (needs, progress) = (await database.Signed(referral, ReportKind.ImmediateNeeds), await database.Signed(referral, ReportKind.Progress));
        Assert.IsType<Failure.Missing>((await database.Opened(Employer, needs)).Failure);
        Assert.Equal(["attendance", "work"], (await database.Opened(Employer, progress)).Value!.Sections.Select(section => section.Key));
        var view = (await new ViewReferral(database.Database).Handle(await database.Actor(Employer), referral.Reference, Ct)).Value!;
        Assert.DoesNotContain(view.Reports, report => report.Id == needs);
        Assert.Contains(view.Reports, report => report.Id == progress);
    }
}
