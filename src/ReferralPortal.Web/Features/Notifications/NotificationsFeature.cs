using ReferralPortal.Domain.Calendars;
using ReferralPortal.Domain.Notifications;
using ReferralPortal.Domain.Progress;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Appointments;
using ReferralPortal.Web.Features.Clocks;
using ReferralPortal.Web.Features.Funding;
using ReferralPortal.Web.Features.Funding.Extensions;
using ReferralPortal.Web.Features.Invoices;
using ReferralPortal.Web.Features.Progress;
using ReferralPortal.Web.Features.Progress.Measures;
using ReferralPortal.Web.Features.Progress.Measures.Questionnaires;
using ReferralPortal.Web.Features.Progress.Closing;
using ReferralPortal.Web.Features.Progress.Reports;
using ReferralPortal.Web.Features.Progress.Reports.Check;
using ReferralPortal.Web.Features.Progress.Reports.Queries;
using ReferralPortal.Web.Features.Referrals.Amend;
using ReferralPortal.Web.Features.Referrals.Answer;
using ReferralPortal.Web.Features.Referrals.Submit;
using ReferralPortal.Web.Features.Referrals.Withdraw;
using ReferralPortal.Web.Features.Triage;
using ReferralPortal.Web.Features.Triage.Alerts;
using ReferralPortal.Web.Features.Triage.Decide;
using ReferralPortal.Web.Platform.Background;
using ReferralPortal.Web.Platform.Mail;
using static ReferralPortal.Domain.Notifications.NoticeTopic;
using static ReferralPortal.Web.Features.Notifications.Told;

namespace ReferralPortal.Web.Features.Notifications;

/// <summary>Registers who is told what by mail: one line for each message that something happened.</summary>
public static class NotificationsFeature
{
    public static IServiceCollection AddNotifications(this IServiceCollection services)
    {
        services.AddSingleton<IMailSender, SmtpSender>();
        services.AddHttpClient();
        services.AddSingleton<ITextSender, GatewayTextSender>();
        services.AddSingleton<MailDesk>();
        services.AddHostedService(provider => provider.GetRequiredService<MailDesk>());
        return services
            .AddScoped<ReadChoice>()
            .AddScoped<SaveChoice>()
            .AddScoped<ListMail>()
            .AddScoped<SettleMail>()
            .AddMessageHandler<InvoiceIssued, AnnounceInvoice>()
            .AddNoticePlans();
    }

    /// <summary>The plans alone, without anything that sends.</summary>
    internal static IServiceCollection AddNoticePlans(this IServiceCollection services) => services
        .AddPlan<ReferralSubmitted>((message, referral) =>
        [
            .. referral.FromImport ? (IEnumerable<Notice>)[] : [new(MailTemplate.ReferralReceived, Received, Referrer, AlsoWhoDidIt: true)],
            new(MailTemplate.ReferralNamesYou, Received, Parties),
            .. message.RedFlags is not null ? [new(MailTemplate.UrgentAlert, Alerts, Clinic, ToInbox.Always)]
                : referral.FromImport ? (IEnumerable<Notice>)[] : [new(MailTemplate.NewReferral, Received, Clinic, ToInbox.Always)],
        ])
        .AddPlan<ReferralAmended>((message, _) =>
        [
            new(MailTemplate.AnswersCorrected, Changes, Outside),
            message.RedFlags is not null ? new(MailTemplate.UrgentAlert, Alerts, Clinic, ToInbox.Always) : new(MailTemplate.AnswersCorrected, Changes, Clinic, ToInbox.WhileNobodyHasIt),
        ])
        .AddPlan<InformationRequested>((_, referral) => referral.State == "information_requested" ? [new(MailTemplate.Question, Questions, Referrer)] : [])
        .AddPlan<ReferralAnswered>((_, _) => [new(MailTemplate.QuestionAnswered, Questions, Clinic, ToInbox.WhileNobodyHasIt)])
        .AddPlan<TriageStarted>((_, _) => [new(MailTemplate.TriageBegan, Changes, Outside)])
        .AddPlan<ReferralAccepted>((_, referral) => Undecided(referral) || referral.State == "declined" ? [] : [new(MailTemplate.Accepted, Decisions, Outside)])
        .AddPlan<ReferralDeclined>((_, referral) => referral.State == "declined" ? [new(MailTemplate.Declined, Decisions, Outside)] : [])
        .AddPlan<ReferralWithdrawn>((_, _) => [new(MailTemplate.Withdrawn, Decisions, Everybody, ToInbox.WhileNobodyHasIt)])
        .AddPlan<AppointmentBooked>((_, referral) => referral.Series switch
        {
            InSeries.Later => [],
            InSeries.First => [new(MailTemplate.SeriesBooked, referral.AppointmentTopic, Everybody)],
            _ => [new(MailTemplate.AppointmentBooked, referral.AppointmentTopic, Everybody)],
        })
        .AddPlan<AppointmentMoved>((_, referral) => [new(MailTemplate.AppointmentMoved, referral.AppointmentTopic, Everybody)])
        .AddPlan<AppointmentCancelled>((_, referral) => [new(MailTemplate.AppointmentCancelled, referral.AppointmentTopic, Everybody)])
        .AddPlan<AppointmentMissed>((_, referral) => [new(MailTemplate.AppointmentMissed, referral.AppointmentTopic, Everybody)])
        .AddPlan<AssessmentRecorded>((_, _) => [new(MailTemplate.Assessed, NoticeTopic.Progress, Outside)])
        .AddPlan<ConcernRaised>((_, _) => [new(MailTemplate.Concern, Questions, Referrer)])
        .AddPlan<ReportSigned>((message, _) => [new(MailTemplate.ReportSigned, Reports, Outside, Employers: ForEmployers(message.Kind))])
        .AddPlan<ReportUnseen>((message, _) => message.Step <= ReportChases.Reminders ? [new(MailTemplate.ReportUnseen, Reports, Referrer)] : [new(MailTemplate.ReferrerToRing, Questions, Clinic, ToInbox.Always)])
        .AddPlan<ReportAmended>((message, _) => [new(MailTemplate.ReportAmended, Reports, Outside, Employers: ForEmployers(message.Kind)), new(MailTemplate.ReportAmended, Reports, Outside, People: message.Readers)])
        .AddPlan<ReportPreviewOffered>((_, _) => []) // the patient alone
        .AddPlan<ReportChecked>((message, _) => [new(MailTemplate.ReportChecked, Questions, Clinic, People: [message.AuthorId])])
        .AddPlan<ReportAskedAbout>((message, _) => [new(MailTemplate.ReportAskedAbout, Questions, Clinic, People: [message.AuthorId])])
        .AddPlan<ReportQueryAnswered>((message, _) => [new(MailTemplate.ReportAnswered, Questions, Outside, People: [message.AskedBy])])
        .AddPlan<CareEnded>((message, _) => [new(message.Action switch
        {
            ReferralAction.Discharge => MailTemplate.Discharged,
            ReferralAction.Close => MailTemplate.Closed,
            _ => MailTemplate.Reopened,
        }, NoticeTopic.Progress, Outside)])
        .AddPlan<PriorityChanged>((_, _) => [new(MailTemplate.PriorityChanged, Changes, Outside)])
        .AddPlan<ReferralForwarded>((_, _) => [new(MailTemplate.Forwarded, Changes, Outside)])
        .AddPlan<ClockPaused>((_, _) => [new(MailTemplate.ClockStopped, Changes, Outside)])
        .AddPlan<ClockResumed>((_, _) => [new(MailTemplate.ClockRuns, Changes, Outside)])
        .AddPlan<ClockEscalated>((message, _) => message switch
        {
            { Percent: >= 100 } => [new(MailTemplate.ClockOver, NoticeTopic.Clocks, Clinic, ToInbox.Always)],
            { Target: Target.RedFlagReview } => [], // its alert has reminders of its own
            { Percent: >= 80 } => [new(MailTemplate.ClockNearlyOver, NoticeTopic.Clocks, Clinic, ToInbox.WhileNobodyHasIt)],
            _ => [new(MailTemplate.ClockHalf, NoticeTopic.Clocks, Clinic)],
        })
        .AddPlan<AlertReminded>((_, _) => [new(MailTemplate.AlertStillStands, Alerts, Clinic, ToInbox.Always)])
        .AddPlan<ExtensionAsked>((_, _) => [new(MailTemplate.SessionsAsked, Questions, Funder)])
        .AddPlan<ExtensionReminded>((_, _) => [new(MailTemplate.SessionsStillAsked, Questions, Funder)])
        .AddPlan<ExtensionOverdue>((_, _) => [new(MailTemplate.SessionsUnanswered, NoticeTopic.Clocks, Clinic, ToInbox.WhileNobodyHasIt)])
        .AddPlan<ExtensionAnswered>((_, _) => [new(MailTemplate.SessionsAnswered, Decisions, Referrer | Clinic)])
        .AddPlan<ExtensionWithdrawn>((_, _) => [new(MailTemplate.SessionsNotAsked, Questions, Funder)])
        .AddPlan<AuthorityGiven>((_, _) => [new(MailTemplate.AuthorityGiven, Decisions, Referrer | Funder | Clinic)])
        .AddPlan<AuthorityWithdrawn>((_, _) => [new(MailTemplate.AuthorityWithdrawn, Decisions, Referrer | Funder | Clinic, ToInbox.WhileNobodyHasIt)])
        .AddPlan<MeasureAlertRaised>((_, _) => [new(MailTemplate.AnswerAlert, Alerts, Clinic, ToInbox.Always, AlsoWhoDidIt: true)])
        .AddPlan<MeasureAlertReminded>((_, _) => [new(MailTemplate.AnswerAlertStands, Alerts, Clinic, ToInbox.Always)])
        .AddPlan<QuestionnaireSent>((_, _) => []) // to the patient alone
        // The clinic's own business, and it stands on its screens.
        .AddPlan<AlertAcknowledged>((_, _) => [])
        .AddPlan<RedFlagCleared>((_, _) => []);

    static bool ForEmployers(ReportKind? kind) => kind is not { } known || ReportAudiences.Reads(ReportAudience.Employer, known);

    /// <summary>A decision that was undone before anybody was told of it.</summary>
    static bool Undecided(Subject referral) => referral.State is "submitted" or "in_triage" or "information_requested";

    static IServiceCollection AddPlan<TMessage>(this IServiceCollection services, Func<TMessage, Subject, IEnumerable<Notice>> plan) where TMessage : notnull => services
        .AddSingleton(new NoticePlan<TMessage>(plan))
        .AddMessageHandler<TMessage, Announce<TMessage>>();
}
