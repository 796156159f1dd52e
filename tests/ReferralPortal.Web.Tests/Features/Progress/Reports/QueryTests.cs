using Microsoft.Extensions.Time.Testing;
using ReferralPortal.Domain.Progress;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Progress.Reports;
using ReferralPortal.Web.Features.Progress.Reports.Queries;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Tests.Features.Notifications;
using ReferralPortal.Web.Tests.Features.Referrals;
using ReferralPortal.Web.Tests.Features.Triaging;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Progress.Reports;

/// <summary>A reader asks, the author answers or corrects, and nobody else listens.</summary>
public sealed class QueryTests(PortalTestDatabase database) : IClassFixture<PortalTestDatabase>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    readonly FakeTimeProvider clock = TestClock.At("2031-03-03 10:00");

    AskAboutReport Asking => new(database.On(clock), database.Catalogue());
    AnswerQuery Answering => new(database.On(clock));
    ListReportWork Work => new(database.On(clock));

    async Task<Outcome<Guid>> Ask(string who, Guid report, string part = "treatment", string question = "Which exercises?", Guid? key = null) =>
        await Asking.Handle(await database.Actor(who), new(key ?? Guid.CreateVersion7(), report, part, question), Ct);

    async Task<IReadOnlyList<ReportQuery>> Seen(string who, Guid report, PortalDatabase? by = null) => await new ListQueries(by ?? database.Database).Handle(await database.Actor(who), report, Ct);

    [Fact]
    public async Task A_question_reaches_the_author_with_a_time_to_answer_and_the_answer_reaches_the_asker()
    {
        await database.Quiet();
        var referral = await database.Treated();
        var report = await database.Signed(referral, ReportKind.Progress);
        await database.Quiet();
        var query = (await Ask(Solicitor, report)).Value;

        var task = Assert.Single(await Work.Handle(await database.Actor(Clinician), Ct), task => task.ReportId == report);
        Assert.Equal(("query", "Northgate Law", TestClock.Moment("2031-03-05 20:00")), (task.What, task.Organisation, task.DueAt)); // two working days
        await database.Announcer(clock).RunDue(Ct);
        Assert.Equal([$"report_asked_about to {Clinician}"], (await database.Mails(referral.Id)).Select(mail => mail.Words));

        Assert.Equal(query, (await Answering.Answer(await database.Actor(Clinician), query, 1, "Rows and rotations.", Ct)).Value);
        var seen = Assert.Single(await Seen(Solicitor, report));
        Assert.Equal(("answered", "Rows and rotations.", "Beth Entwistle"), (seen.State, seen.Answer, seen.AnsweredByName));
        await database.Announcer(clock).RunDue(Ct);
        Assert.Contains($"report_answered to {Solicitor}", (await database.Mails(referral.Id)).Select(mail => mail.Words));
        Assert.DoesNotContain(await Work.Handle(await database.Actor(Clinician), Ct), one => one.ReportId == report);
    }

    [Fact]
    public async Task A_question_that_is_right_becomes_an_amendment_and_is_corrected_when_that_is_released()
    {
        var referral = await database.Treated();
        var report = await database.Signed(referral, ReportKind.Progress);
        var query = (await Ask(Solicitor, report, "work", "She is a nurse, not a porter.")).Value;
        var clinician = await database.Actor(Clinician);

        var draft = (await Answering.Correct(clinician, Guid.CreateVersion7(), query, 1, Ct)).Value;
        Assert.Equal("A reader asked about “Work”.", (await database.Write().Open(clinician, draft, Ct)).Value!.AmendmentReason);
        Assert.Equal("open", Assert.Single(await Seen(Solicitor, report)).State);
        await database.Sign(draft, await database.Fill((await database.Write().Open(clinician, draft, Ct)).Value!));
        var corrected = Assert.Single(await Seen(Solicitor, report));
        Assert.Equal(("corrected", (Guid?)draft, true), (corrected.State, corrected.CorrectionId, corrected.CorrectionReleased));
        Assert.Equal(1, await database.Ask<int>("select count(*)::int from outbox_message where referral_id = @Id and kind = 'report_query_answered'", new { referral.Id }));
    }

    [Fact]
    public async Task A_discarded_amendment_leaves_the_question_open()
    {
        var report = await database.Signed(await database.Treated(), ReportKind.Progress);
        var query = (await Ask(Solicitor, report)).Value;
        var clinician = await database.Actor(Clinician);
        var draft = (await Answering.Correct(clinician, Guid.CreateVersion7(), query, 1, Ct)).Value;
        Assert.True((await database.Write().Discard(clinician, draft, Ct)).IsDone);
        var open = Assert.Single(await Seen(Solicitor, report));
        Assert.Equal(("open", (Guid?)null), (open.State, open.CorrectionId));
        Assert.True((await Answering.Answer(clinician, query, open.Version, "It is right as it is.", Ct)).IsDone);
    }

    [Fact]
    public async Task The_thread_is_for_the_askers_organisation_and_the_clinic_alone()
    {
        var report = await database.Signed(await database.Treated(), ReportKind.Progress);
        await Ask(Solicitor, report);
        Assert.Single(await Seen(Solicitor, report));
        Assert.Single(await Seen(Partner, report));
        Assert.Single(await Seen(Clinician, report));
        Assert.Single(await Seen(Triage, report));
        foreach (var other in (string[])[Funder, CaseManager, Stranger, Auditor]) Assert.Empty(await Seen(other, report));

        // Each wall alone: another party of the same referral, and a stranger to it.
        var (funder, member) = (await database.Actor(Funder), await database.Actor(Solicitor));
        foreach (var outsider in new[] { funder, await database.Actor(Stranger) })
        {
            Assert.Empty(await new ListQueries(database.WithoutRowLevelSecurity()).Handle(outsider, report, Ct));
            Assert.Empty(await new ListQueries(database.Database).Handle(outsider.DisguisedAs(member), report, Ct));
            Assert.Single(await new ListQueries(database.WithoutRowLevelSecurity()).Handle(outsider.DisguisedAs(member), report, Ct));
        }
    }

    [Fact]
    public async Task Nobody_asks_about_what_is_not_theirs_to_read()
    {
        var report = await database.Signed(await database.Treated(), ReportKind.InitialAssessment);
        Assert.IsType<Failure.Missing>((await Ask(Stranger, report)).Failure);
        Assert.IsType<Failure.Missing>((await Ask(Clinician, report)).Failure);
        Assert.IsType<Failure.Missing>((await Ask(Solicitor, Guid.CreateVersion7())).Failure);
        Assert.Contains("Part", Assert.IsType<Failure.Invalid>((await Ask(Funder, report, "subjective")).Failure).Errors);
        Assert.Contains("Question", Assert.IsType<Failure.Invalid>((await Ask(Solicitor, report, "plan", "  ")).Failure).Errors);
        Assert.IsType<Failure.Missing>((await new AskAboutReport(database.WithoutRowLevelSecurity(), database.Catalogue()).Handle(await database.Actor(Stranger), new(Guid.CreateVersion7(), report, "plan", "x"), Ct)).Failure);
        await Assert.ThrowsAsync<Npgsql.PostgresException>(async () => await database.Database.Write<int>(await database.Actor(Stranger), async unit => await unit.Run("""
            insert into report_query (id, report_id, referral_id, part, question, asked_by, asked_by_name, organisation_id, asked_at, due_at)
            select gen_random_uuid(), @report, @report, 'plan', 'x', portal.current_person(), 'x', portal.current_organisation(), now(), now()
            """, new { report }), Ct));
    }

    [Fact]
    public async Task Sent_twice_it_is_asked_once_and_answered_twice_the_second_is_told()
    {
        var report = await database.Signed(await database.Treated(), ReportKind.Progress);
        var key = Guid.CreateVersion7();
        Assert.Equal(key, (await Ask(Solicitor, report, key: key)).Value);
        Assert.Equal(key, (await Ask(Solicitor, report, key: key)).Value);
        Assert.Single(await Seen(Solicitor, report));

        var clinician = await database.Actor(Clinician);
        var both = await Task.WhenAll(Answering.Answer(clinician, key, 1, "One.", Ct), Answering.Answer(clinician, key, 1, "Two.", Ct));
        Assert.Single(both, outcome => outcome.IsDone);
        Assert.Single(both, outcome => outcome.Failure is Failure.Conflict);
    }

    [Fact]
    public async Task Only_the_author_answers_until_the_author_has_left()
    {
        var report = await database.Signed(await database.Treated(), ReportKind.Progress);
        var query = (await Ask(Solicitor, report)).Value;
        Assert.IsType<Failure.Refused>((await Answering.Answer(await database.Actor(TriageWorld.SecondClinician), query, 1, "x", Ct)).Failure);
        Assert.IsType<Failure.Refused>((await Answering.Answer(await database.Actor(Lead), query, 1, "x", Ct)).Failure);
        foreach (var other in (string[])[Triage, Solicitor, Stranger]) Assert.IsType<Failure.Missing>((await Answering.Answer(await database.Actor(other), query, 1, "x", Ct)).Failure);

        await database.Run("update portal_user set disabled_at = now() where user_name = @Clinician", new { Clinician });
        try
        {
            Assert.Contains(await Work.Handle(await database.Actor(Lead), Ct), task => task.ReportId == report);
            Assert.True((await Answering.Answer(await database.Actor(Lead), query, 1, "She has left; I answer.", Ct)).IsDone);
        }
        finally
        {
            await database.Run("update portal_user set disabled_at = null where user_name = @Clinician", new { Clinician });
        }
    }

    [Fact]
    public async Task A_superseded_version_is_not_asked_about_any_more()
    {
        var report = await database.Signed(await database.Treated(), ReportKind.Progress);
        var clinician = await database.Actor(Clinician);
        var second = (await new AmendReport(database.Database).Start(clinician, Guid.CreateVersion7(), report, "Wrong date.", Ct)).Value;
        await database.Sign(second, await database.Fill((await database.Write().Open(clinician, second, Ct)).Value!));
        Assert.IsType<Failure.Refused>((await Ask(Solicitor, report)).Failure);
        Assert.True((await Ask(Solicitor, second)).IsDone);
    }

    [Fact]
    public async Task The_clinics_list_has_every_version_with_who_read_it_and_is_nobody_elses()
    {
        var referral = await database.Treated();
        var report = await database.Signed(referral, ReportKind.Progress);
        await database.Opened(Solicitor, report);
        await database.Opened(Funder, report);
        await Ask(Solicitor, report);
        var listed = (await new ListReports(database.Database).Handle(await database.Actor(Clinician), referral.Id, Ct)).Value!;
        var row = listed.Reports.Single(one => one.Id == report);
        Assert.Equal(["Amara Okafor", "Ribble Insurance"], row.Readers.Select(reader => reader.Organisation == "Northgate Law" ? reader.Name : reader.Organisation).Order());
        Assert.Equal(1, row.OpenQueries);
        Assert.Contains(ReportKind.Discharge, listed.MayBegin);
        Assert.Empty((await new ListReports(database.Database).Handle(await database.Actor(Triage), referral.Id, Ct)).Value!.MayBegin);
        foreach (var other in (string[])[Solicitor, Stranger, Auditor]) Assert.IsType<Failure.Missing>((await new ListReports(database.Database).Handle(await database.Actor(other), referral.Id, Ct)).Failure);
    }
}
