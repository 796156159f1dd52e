using ReferralPortal.Domain.Notifications;
using ReferralPortal.Web.Features.Appointments;
using ReferralPortal.Web.Features.Progress.Measures.Questionnaires;
using ReferralPortal.Web.Features.Progress.Reports;
using ReferralPortal.Web.Features.Referrals.Withdraw;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Notifications;

/// <summary>
/// What the patient is told: that a questionnaire waits, and that an appointment or a series of them is booked, moved or cancelled, and a reminder two days before it. Only by the way that the patient chose, by mail or
/// by text; who chose the telephone or the post is rung or written to by the clinic.
/// </summary>
static class PatientMail
{
    /// <summary>How long before an appointment its reminder is due; one booked less than a day before that has none, since the confirmation is reminder enough.</summary>
    internal static readonly TimeSpan Reminder = TimeSpan.FromDays(2), SoonAfterBooking = TimeSpan.FromDays(1);

    /// <summary>The appointment that a message names, if it names one.</summary>
    internal static Guid? AppointmentOf<TMessage>(TMessage message) => message switch
    {
        AppointmentBooked booked => booked.AppointmentId,
        AppointmentMoved moved => moved.AppointmentId,
        AppointmentCancelled cancelled => cancelled.AppointmentId,
        AppointmentMissed missed => missed.AppointmentId,
        _ => null,
    };

    internal static async Task<IEnumerable<NewMail>> For<TMessage>(TMessage message, Guid referralId, Guid? appointment, InSeries series, PortalUnit unit, bool texts)
    {
        if (message is QuestionnaireSent sent) return (await unit.Many<Asked>(Questionnaire, new { sent.QuestionnaireId })).SelectMany(Mails);
        if (message is ReportPreviewOffered { ReportId: var report }) return [new NewMail($"report:{report}", MailChannel.Mail, MailTemplate.CheckReport, ReportId: report)];
        (MailTemplate Template, string State)? told = message switch
        {
            AppointmentBooked => (series switch { InSeries.First => MailTemplate.PatientSeries, InSeries.Later => MailTemplate.PatientReminder, _ => MailTemplate.PatientBooked }, "booked"),
            AppointmentMoved => (MailTemplate.PatientMoved, "booked"),
            AppointmentCancelled or ReferralWithdrawn => (MailTemplate.PatientCancelled, "cancelled"),
            _ => null,
        };
        if (told is not var (template, state)) return [];

        var rows = await unit.Many<Row>(Appointments, new { referralId, appointment, state, texts, now = unit.Now });
        return rows.SelectMany(row => Mails(row, template, unit.Now));
    }

    static IEnumerable<NewMail> Mails(Row row, MailTemplate template, DateTimeOffset now)
    {
        // The later ones of a series have a reminder each, and are confirmed with the first.
        if (template != MailTemplate.PatientReminder) yield return Mail($"patient:{row.Id}", template, null);
        if (template != MailTemplate.PatientCancelled && row.StartsAt - Reminder - now > SoonAfterBooking)
            yield return Mail($"reminder:{row.Id}", MailTemplate.PatientReminder, row.StartsAt - Reminder);

        NewMail Mail(string recipient, MailTemplate which, DateTimeOffset? due) => new(recipient, row.Channel, which, AppointmentId: row.Id, AppointmentAt: row.StartsAt, DueAt: due);
    }

    /// <summary>The link at once, and one reminder two days before it ends where there is time for one.</summary>
    static IEnumerable<NewMail> Mails(Asked asked)
    {
        yield return new NewMail($"patient:{asked.Id}", asked.Channel, MailTemplate.PatientQuestionnaire, QuestionnaireId: asked.Id);
        if (asked.ExpiresAt - Reminder - asked.CreatedAt > SoonAfterBooking)
            yield return new NewMail($"reminder:{asked.Id}", asked.Channel, MailTemplate.PatientQuestionnaireReminder, DueAt: asked.ExpiresAt - Reminder, QuestionnaireId: asked.Id);
    }

    sealed record Asked(Guid Id, Coded<MailChannel> Channel, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt);

    const string Questionnaire = "select id, channel, created_at, expires_at from questionnaire where id = @questionnaireId and channel in ('mail', 'text') and answered_at is null and revoked_at is null";

    sealed record Row(Guid Id, DateTimeOffset StartsAt, Coded<MailChannel> Channel);

    // Of a withdrawn referral: whatever was called off with it that the patient had been told of.
    const string Appointments = """
        select a.id, a.starts_at, case when p.preferred_contact = 'email' then 'mail' else 'text' end as channel
        from appointment a
        join referral r on r.id = a.referral_id
        join patient p on p.id = r.patient_id
        where a.referral_id = @referralId and a.state = @state and a.starts_at > @now
            and ((p.preferred_contact = 'email' and p.email is not null) or (@texts and p.preferred_contact = 'text' and p.phone is not null))
            and (a.id = @appointment
                 or (@appointment::uuid is null
                     and exists (select from mail_message told where told.appointment_id = a.id)
                     and not exists (select from mail_message told where told.appointment_id = a.id and told.template = 'patient_cancelled')))
        """;
}
