using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using ReferralPortal.Domain.Calendars;
using ReferralPortal.Domain.Notifications;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features;
using ReferralPortal.Web.Features.Appointments;
using ReferralPortal.Web.Features.Clocks;
using ReferralPortal.Web.Features.Notifications;
using ReferralPortal.Web.Features.Progress;
using ReferralPortal.Web.Features.Progress.Closing;
using ReferralPortal.Web.Features.Progress.Reports;
using ReferralPortal.Web.Features.Referrals.Amend;
using ReferralPortal.Web.Features.Referrals.Answer;
using ReferralPortal.Web.Features.Referrals.Submit;
using ReferralPortal.Web.Features.Referrals.Withdraw;
using ReferralPortal.Web.Features.Triage;
using ReferralPortal.Web.Features.Triage.Alerts;
using ReferralPortal.Web.Features.Triage.Decide;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Platform.Background;
using ReferralPortal.Web.Tests.Features.Referrals;
using ReferralPortal.Web.Tests.Features.Triaging;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Notifications;

/// <summary>Who is told what.</summary>
public sealed class WhoIsToldTests(PortalTestDatabase database) : IClassFixture<PortalTestDatabase>, IAsyncLifetime
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await database.Quiet();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    Task<TestReferral> Referral(ReferralState state = ReferralState.InTreatment) =>
        database.AddReferral(state: state, others: [(CaseManager, PartyRole.CaseManager), (Funder, PartyRole.Funder)]);

    async Task<string[]> Told<TMessage>(TestReferral referral, string doer, TMessage message) where TMessage : notnull
    {
        await database.Happens(doer, message, referral.Id);
        Assert.Equal(1, await database.Announce());
        return [.. (await database.Mails(referral.Id)).Select(mail => mail.Words).Order(StringComparer.Ordinal)];
    }

    [Fact]
    public async Task A_new_referral_is_acknowledged_to_its_referrer_and_told_to_its_parties_and_to_the_clinics_inbox()
    {
        var referral = await Referral(ReferralState.Submitted);
        Assert.Equal(["new_referral to clinic", $"referral_names_you to {Funder}", $"referral_names_you to {CaseManager}", $"referral_received to {Solicitor}"],
            await Told(referral, Solicitor, new ReferralSubmitted(referral.Id, null)));
    }

    [Fact]
    public async Task An_urgent_one_calls_the_clinic_and_says_nothing_of_it_to_the_others()
    {
        var referral = await Referral(ReferralState.Submitted);
        var told = await Told(referral, Solicitor, new ReferralSubmitted(referral.Id, RedFlagTier.Emergency));
        Assert.Equal(["urgent_alert to clinic", $"urgent_alert to {Clinician}", $"urgent_alert to {Triage}"], told.Where(mail => mail.StartsWith("urgent", StringComparison.Ordinal)));
        Assert.DoesNotContain(told, mail => mail.StartsWith("new_referral", StringComparison.Ordinal));
        Assert.Contains("alert_still_stands to clinic", await Told(referral, Solicitor, new AlertReminded(referral.Id, 1)));
    }

    [Fact]
    public async Task A_concern_goes_to_the_referrer_and_to_no_other_party()
    {
        var referral = await Referral();
        Assert.Equal([$"concern to {Solicitor}"], await Told(referral, Clinician, new ConcernRaised(referral.Id)));
    }

    [Fact]
    public async Task A_question_goes_to_the_referrer_and_the_answer_to_whoever_has_the_referral()
    {
        var referral = await Referral(ReferralState.InformationRequested);
        Assert.Equal([$"question to {Solicitor}"], await Told(referral, Triage, new InformationRequested(referral.Id)));
        Assert.Equal([$"question to {Solicitor}", $"question_answered to {Clinician}", $"question_answered to {Triage}"], await Told(referral, Solicitor, new ReferralAnswered(referral.Id)));

        var nobodys = await Referral(ReferralState.InTriage);
        await database.Run("update referral set triage_owner_id = null, clinician_id = null where id = @Id", new { nobodys.Id });
        Assert.Equal(["question_answered to clinic"], await Told(nobodys, Solicitor, new ReferralAnswered(nobodys.Id)));
    }

    [Fact]
    public async Task A_clock_that_runs_out_calls_whoever_has_the_referral_and_when_it_is_over_the_inbox_too()
    {
        var referral = await Referral(ReferralState.InTriage);
        Assert.Equal([$"clock_half to {Clinician}", $"clock_half to {Triage}"], await Told(referral, Solicitor, new ClockEscalated(referral.Id, Target.Triage, 50)));
        Assert.Contains("clock_over to clinic", await Told(referral, Solicitor, new ClockEscalated(referral.Id, Target.Triage, 100)));
        var alert = await Referral(ReferralState.InTriage);
        Assert.Empty(await Told(alert, Solicitor, new ClockEscalated(alert.Id, Target.RedFlagReview, 80)));
    }

    [Fact]
    public async Task A_decision_is_told_outside_the_clinic_unless_it_was_undone()
    {
        var accepted = await Referral(ReferralState.Accepted);
        Assert.Equal([$"accepted to {Funder}", $"accepted to {CaseManager}", $"accepted to {Solicitor}"], await Told(accepted, Triage, new ReferralAccepted(accepted.Id)));
        var undone = await Referral(ReferralState.InTriage);
        Assert.Empty(await Told(undone, Triage, new ReferralAccepted(undone.Id)));
        Assert.Empty(await Told(undone, Triage, new ReferralDeclined(undone.Id)));
    }

    [Fact]
    public async Task Nobody_is_told_of_what_they_have_just_done_themselves()
    {
        var referral = await Referral();
        var told = await Told(referral, Triage, new ReferralWithdrawn(referral.Id));
        Assert.Contains($"withdrawn to {Clinician}", told);
        Assert.DoesNotContain($"withdrawn to {Triage}", told);
        var other = await Referral();
        Assert.DoesNotContain($"withdrawn to {Solicitor}", await Told(other, Solicitor, new ReferralWithdrawn(other.Id)));
    }

    [Fact]
    public async Task Later_appointments_are_told_only_to_those_who_ask_for_them()
    {
        var referral = await Referral();
        var appointment = await database.Ask<Guid>("select id from appointment where referral_id = @Id", new { referral.Id });
        Assert.Contains($"appointment_booked to {CaseManager}", await Told(referral, Triage, new AppointmentBooked(referral.Id, appointment)));

        var later = await Referral();
        await database.Run("update appointment set kind = 'treatment' where referral_id = @Id", new { later.Id });
        appointment = await database.Ask<Guid>("select id from appointment where referral_id = @Id", new { later.Id });
        Assert.Empty(await Told(later, Triage, new AppointmentMoved(later.Id, appointment)));
        await Choose(CaseManager, [NoticeTopic.LaterAppointments]);
        Assert.Equal([$"appointment_missed to {CaseManager}"], await Told(later, Triage, new AppointmentMissed(later.Id, appointment)));
    }

    [Fact]
    public async Task Of_a_series_everybody_is_told_once()
    {
        var referral = await Referral();
        await database.Run("""
            update appointment set kind = 'treatment', series_id = @Id where referral_id = @Id;
            insert into appointment (id, referral_id, kind, clinic_id, clinician_id, starts_at, ends_at, state, series_id)
            select '01ffffff-0000-7000-8000-000000000001', referral_id, kind, clinic_id, clinician_id, starts_at + interval '7 days', ends_at + interval '7 days', state, series_id from appointment where referral_id = @Id
            """, new { referral.Id });
        await Choose(CaseManager, [NoticeTopic.LaterAppointments]);
        var first = await database.Ask<Guid>("select id from appointment where referral_id = @Id order by starts_at limit 1", new { referral.Id });
        await database.Run($"{TriageWorld.NothingUsed} update appointment set id = '01000000-0000-7000-8000-000000000001' where id = @first", new { first });
        foreach (var number in (string[])["01000000-0000-7000-8000-000000000001", "01ffffff-0000-7000-8000-000000000001"]) await database.Happens(Triage, new AppointmentBooked(referral.Id, new Guid(number), referral.Id), referral.Id);
        await database.Announce();
        Assert.Equal([$"series_booked to {CaseManager}"], (await database.Mails(referral.Id)).Select(mail => mail.Words));
    }

    [Fact]
    public async Task A_colleague_is_told_who_asks_for_the_whole_organisation_and_somebody_who_declines_is_not()
    {
        var referral = await Referral();
        await Choose(Partner, NoticeTopics.ByDefault(clinic: false), wholeOrganisation: true);
        await Choose(Solicitor, [NoticeTopic.Questions]);
        Assert.Equal([$"report_signed to {Funder}", $"report_signed to {CaseManager}", $"report_signed to {Partner}"],
            await Told(referral, Clinician, new ReportSigned(referral.Id, Guid.NewGuid())));
    }

    [Fact]
    public async Task What_a_person_had_who_has_left_goes_to_the_firms_administrator()
    {
        var referral = await Referral();
        await database.Run("update portal_user set disabled_at = now() where user_name = @Solicitor", new { Solicitor });
        try
        {
            var told = await Told(referral, Clinician, new AssessmentRecorded(referral.Id));
            Assert.Contains($"assessed to {Partner}", told);
            Assert.DoesNotContain($"assessed to {Solicitor}", told);
        }
        finally
        {
            await database.Run("update portal_user set disabled_at = null where user_name = @Solicitor", new { Solicitor });
        }
    }

    [Fact]
    public async Task Nobody_of_a_disabled_organisation_is_told_and_no_auditor_ever()
    {
        var referral = await Referral();
        await database.Run("update organisation set disabled_at = now() where name = 'Ribble Insurance'; update portal_user set roles = array['auditor'] where user_name = @CaseManager", new { CaseManager });
        try
        {
            Assert.Equal([$"report_signed to {Solicitor}"], await Told(referral, Clinician, new ReportSigned(referral.Id, Guid.NewGuid())));
        }
        finally
        {
            await database.Run("update organisation set disabled_at = null where name = 'Ribble Insurance'; update portal_user set roles = array['referrer'] where user_name = @CaseManager", new { CaseManager });
        }
    }

    [Fact]
    public async Task A_message_that_is_handled_twice_or_by_two_nodes_at_once_makes_each_mail_once()
    {
        var referral = await Referral(ReferralState.Submitted);
        await database.Happens(Solicitor, new ReferralSubmitted(referral.Id, null), referral.Id);
        await database.Announce();
        var once = await database.Mails(referral.Id);
        for (var again = 0; again < 2; again++)
        {
            await database.Run("update outbox_message set done_at = null, available_at = now() where referral_id = @Id", new { referral.Id });
            await Task.WhenAll(database.Announce(), database.Announce());
        }
        Assert.Equal(once, await database.Mails(referral.Id));
        Assert.Equal(4, once.Count);
    }

    /// <summary>All that can happen to a referral, and everybody there is: whoever is told is of an organisation on it.</summary>
    [Fact]
    public async Task Another_firm_is_told_nothing_whatever_happens_and_however_it_chose()
    {
        foreach (var person in Everybody.Where(person => person != Auditor)) await Choose(person, Enum.GetValues<NoticeTopic>(), wholeOrganisation: true);
        var referral = await database.AddReferral(state: ReferralState.InformationRequested, others: (CaseManager, PartyRole.CaseManager));
        await Everything(referral);

        var told = await database.Mails(referral.Id);
        Assert.True(told.Select(mail => mail.Template).Distinct().Count() >= 18);
        string[] may = [Solicitor, Partner, CaseManager, Triage, Clinician, Lead, TriageWorld.SecondTriage, TriageWorld.SecondClinician];
        Assert.Empty(told.Select(mail => mail.UserName).OfType<string>().Except(may));
        foreach (var person in (string[])[Solicitor, Partner, CaseManager, Lead]) Assert.Contains(told, mail => mail.UserName == person);
    }

    /// <summary>A message that nobody takes waits for ever, and says nothing.</summary>
    [Fact]
    public void Every_message_that_the_portal_queues_has_somebody_who_takes_it()
    {
        var builder = WebApplication.CreateBuilder();
        builder.AddPortalFeatures();
        var taken = builder.Services.Where(service => service.ServiceType == typeof(MessageRoute)).Select(service => ((MessageRoute)service.ImplementationInstance!).Kind).ToHashSet();

        var source = Path.Combine(AppContext.BaseDirectory.Split(Path.DirectorySeparatorChar + "tests" + Path.DirectorySeparatorChar)[0], "src", "ReferralPortal.Web", "Features");
        var queued = Directory.EnumerateFiles(source, "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => System.Text.RegularExpressions.Regex.Matches(File.ReadAllText(file), @"\.Queue\(new (\w+)").Select(found => found.Groups[1].Value)).Distinct().ToList();
        Assert.True(queued.Count >= 25);
        Assert.All(queued, message => Assert.Contains(Domain.EnumText.SnakeCase(message), taken));
    }

    async Task Everything(TestReferral referral)
    {
        var appointment = await database.Ask<Guid>("select id from appointment where referral_id = @Id", new { referral.Id });
        await database.Happens(Stranger, new ReferralSubmitted(referral.Id, null), referral.Id);
        await database.Happens(Stranger, new ReferralSubmitted(referral.Id, RedFlagTier.Urgent), referral.Id);
        await database.Happens(Stranger, new ReferralAmended(referral.Id, null), referral.Id);
        await database.Happens(Stranger, new ReferralAmended(referral.Id, RedFlagTier.Urgent), referral.Id);
        await database.Happens(Stranger, new InformationRequested(referral.Id), referral.Id);
        await database.Happens(Stranger, new ReferralAnswered(referral.Id), referral.Id);
        await database.Happens(Stranger, new TriageStarted(referral.Id), referral.Id);
        await database.Announce();
        await database.Run("update referral set state = 'declined' where id = @Id", new { referral.Id });
        await database.Happens(Stranger, new ReferralDeclined(referral.Id), referral.Id);
        await database.Announce();
        await database.Run("update referral set state = 'in_treatment' where id = @Id", new { referral.Id });
        await database.Happens(Stranger, new ReferralAccepted(referral.Id), referral.Id);
        await database.Happens(Stranger, new ReferralWithdrawn(referral.Id), referral.Id);
        await database.Happens(Stranger, new AppointmentBooked(referral.Id, appointment), referral.Id);
        await database.Happens(Stranger, new AppointmentMoved(referral.Id, appointment), referral.Id);
        await database.Happens(Stranger, new AppointmentCancelled(referral.Id, appointment), referral.Id);
        await database.Happens(Stranger, new AppointmentMissed(referral.Id, appointment), referral.Id);
        await database.Happens(Stranger, new AssessmentRecorded(referral.Id), referral.Id);
        await database.Happens(Stranger, new ReportSigned(referral.Id, Guid.NewGuid()), referral.Id);
        foreach (var step in (int[])[1, 3]) await database.Happens(Stranger, new ReportUnseen(referral.Id, Guid.NewGuid(), step), referral.Id);
        foreach (var end in (ReferralAction[])[ReferralAction.Discharge, ReferralAction.Close, ReferralAction.Reopen]) await database.Happens(Stranger, new CareEnded(referral.Id, end), referral.Id);
        await database.Happens(Stranger, new ClockPaused(referral.Id), referral.Id);
        await database.Happens(Stranger, new ClockResumed(referral.Id), referral.Id);
        await database.Happens(Stranger, new PriorityChanged(referral.Id), referral.Id);
        await database.Happens(Stranger, new ReferralForwarded(referral.Id), referral.Id);
        foreach (var level in (int[])[50, 80, 100]) await database.Happens(Stranger, new ClockEscalated(referral.Id, Target.Triage, level), referral.Id);
        await database.Happens(Stranger, new AlertReminded(referral.Id, 1), referral.Id);
        await database.Happens(Stranger, new AlertAcknowledged(referral.Id), referral.Id);
        await database.Happens(Stranger, new RedFlagCleared(referral.Id), referral.Id);
        await database.Announce();
    }

    async Task Choose(string person, IReadOnlyCollection<NoticeTopic> topics, bool wholeOrganisation = false)
    {
        var actor = await database.Actor(person);
        var version = (await new ReadChoice(database.Database).Handle(actor, Ct)).Version;
        Assert.True((await new SaveChoice(database.Database).Handle(actor, new(topics, wholeOrganisation, version), Ct)).IsDone);
    }
}
