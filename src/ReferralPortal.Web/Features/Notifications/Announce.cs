using ReferralPortal.Domain;
using ReferralPortal.Domain.Notifications;
using ReferralPortal.Domain.Organisations;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Platform.Background;
using ReferralPortal.Web.Platform.Mail;

namespace ReferralPortal.Web.Features.Notifications;

/// <summary>
/// Turns a message that something happened into the mails that tell of it: one for each person who may see the referral, has it or whose organisation is on it, and
/// wants it, and for the patient where an appointment is concerned. One message and one recipient are one row, so a second run adds nothing.
/// </summary>
public sealed class Announce<TMessage>(NoticePlan<TMessage> plan, TakenMessage taken, PortalDatabase database, ITextSender texts) : IMessageHandler<TMessage>
{
    public async Task Handle(Actor portal, TMessage message, CancellationToken ct) => await database.Write<int>(portal, async unit =>
    {
        var appointment = PatientMail.AppointmentOf(message);
        if (await unit.One<Row>(About, new { taken.ReferralId, appointment }) is not { } row) return 0;
        var subject = new Subject(row.State, row.FromImport, row.AppointmentKind, row.Series);

        var mails = new List<NewMail>();
        foreach (var notice in plan.Of(message, subject)) mails.AddRange((await Readers(unit, notice)).Select(reader => NewMail.To(reader, notice.Template)));
        mails.AddRange(await PatientMail.For(message, taken.ReferralId!.Value, appointment, subject.Series, unit, texts.IsOn));
        return await unit.Run(NewMail.Insert, NewMail.Arrays(mails, taken, unit.Now));
    }, ct);

    async Task<List<Reader>> Readers(PortalUnit unit, Notice notice) => await unit.Many<Reader>(WhoIsTold, new
    {
        taken.ReferralId,
        doer = notice.AlsoWhoDidIt ? null : taken.QueuedBy,
        referrer = notice.Told.HasFlag(Told.Referrer),
        parties = notice.Told.HasFlag(Told.Parties),
        clinic = notice.Told.HasFlag(Told.Clinic),
        funder = notice.Told.HasFlag(Told.Funder),
        topic = EnumText.Of(notice.Topic),
        outsideByDefault = NoticeTopics.ByDefault(clinic: false).Contains(notice.Topic),
        clinicByDefault = NoticeTopics.ByDefault(clinic: true).Contains(notice.Topic),
        inbox = notice.Inbox == ToInbox.Always,
        inboxWhileFree = notice.Inbox == ToInbox.WhileNobodyHasIt,
        readingRoles = Reader.Roles,
        people = notice.People?.ToArray(),
        employers = notice.Employers,
    });

    sealed record Row(string State, bool FromImport, string? AppointmentKind, Guid? SeriesId, bool HasEarlier)
    {
        internal InSeries Series => SeriesId is null ? InSeries.Alone : HasEarlier ? InSeries.Later : InSeries.First;
    }

    // Earlier by their ids, which stay when one of them is moved.
    const string About = """
        select r.state, exists (select from import_sent sent where sent.id = r.id) as from_import, a.kind as appointment_kind, a.series_id,
               exists (select from appointment other where other.series_id = a.series_id and other.id < a.id) as has_earlier
        from referral r
        left join appointment a on a.id = @appointment and a.referral_id = r.id
        where r.id = @referralId
        """;

    // A person has a referral who sent it, who triages it, or whose patient it is; where nobody of an organisation does, all of its people do.
    // What a firm's person had who has left, its administrator has.
    const string WhoIsTold = """
        select u.id as person_id, u.organisation_id
        from referral r
        join organisation o on o.id = any (r.readers) and o.disabled_at is null
        join portal_user u on u.organisation_id = o.id and u.disabled_at is null and u.roles && @readingRoles
        join portal_user sender on sender.id = r.referrer_id
        left join notification_choice choice on choice.person_id = u.id
        where r.id = @referralId and u.id is distinct from @doer and (@employers or o.kind <> 'employer')
            and case when o.kind = 'clinic_group' then @clinic when o.id = r.referring_organisation_id then @referrer
                     else @parties or (@funder and exists (select from referral_party payer where payer.referral_id = r.id and payer.organisation_id = o.id and payer.role = 'funder')) end
            and case when @topic = any (choice.declined) then false
                     when @topic = any (choice.wanted) then true
                     when o.kind = 'clinic_group' then @clinicByDefault else @outsideByDefault end
            and case when @people::uuid[] is not null then u.id = any (@people) else coalesce(choice.whole_organisation, false)
                 or case when o.kind = 'clinic_group' then u.id in (r.triage_owner_id, r.clinician_id)
                         when o.id = r.referring_organisation_id then u.id = r.referrer_id or (sender.disabled_at is not null and 'organisation_administrator' = any (u.roles))
                         else true end end
        union all
        select null, o.id
        from referral r join organisation o on o.kind = 'clinic_group' and o.id = any (r.readers)
        where r.id = @referralId and (@inbox or (@inboxWhileFree and r.triage_owner_id is null and r.clinician_id is null))
        """;
}

/// <summary>Somebody to be told; no person is the clinic's inbox.</summary>
sealed record Reader(Guid? PersonId, Guid OrganisationId)
{
    /// <summary>Roles that bring people to referrals, as <c>portal.reader()</c> has them, without the portal's own account.</summary>
    internal static readonly string[] Roles =
        [.. new[] { Role.Referrer, Role.OrganisationAdministrator, Role.Funder, Role.ClinicAdministrator, Role.Clinician, Role.ClinicManager }.Select(role => EnumText.Of(role))];
}

/// <summary>A mail to be queued.</summary>
sealed record NewMail(string Recipient, MailChannel Channel, MailTemplate Template, Guid? OrganisationId = null, Guid? PersonId = null, Guid? AppointmentId = null, DateTimeOffset? AppointmentAt = null, DateTimeOffset? DueAt = null, Guid? QuestionnaireId = null, Guid? ReportId = null, Guid? InvoiceId = null)
{
    internal static NewMail To(Reader reader, MailTemplate template) => new(reader.PersonId?.ToString() ?? "clinic", MailChannel.Mail, template, reader.OrganisationId, reader.PersonId);

    internal static object Arrays(List<NewMail> mails, TakenMessage taken, DateTimeOffset now) => new
    {
        outbox = taken.Id,
        taken.ReferralId,
        now,
        ids = mails.Select(_ => Guid.CreateVersion7(now)).ToArray(),
        recipients = mails.Select(mail => mail.Recipient).ToArray(),
        channels = mails.Select(mail => EnumText.Of(mail.Channel)).ToArray(),
        templates = mails.Select(mail => EnumText.Of(mail.Template)).ToArray(),
        organisations = mails.Select(mail => mail.OrganisationId).ToArray(),
        people = mails.Select(mail => mail.PersonId).ToArray(),
        appointments = mails.Select(mail => mail.AppointmentId).ToArray(),
        times = mails.Select(mail => mail.AppointmentAt?.UtcDateTime).ToArray(),
        questionnaires = mails.Select(mail => mail.QuestionnaireId).ToArray(),
        reports = mails.Select(mail => mail.ReportId).ToArray(),
        invoices = mails.Select(mail => mail.InvoiceId).ToArray(),
        dues = mails.Select(mail => (mail.DueAt ?? now).UtcDateTime).ToArray(),
    };

    internal const string Insert = """
        insert into mail_message (id, outbox_message_id, recipient, channel, template, referral_id, organisation_id, person_id, appointment_id, appointment_at, questionnaire_id, report_id, invoice_id, next_attempt_at, created_at)
        select id, @outbox, recipient, channel, template, @referralId, organisation_id, person_id, appointment_id, appointment_at, questionnaire_id, report_id, invoice_id, due_at, @now
        from unnest(@ids, @recipients, @channels, @templates, @organisations, @people, @appointments, @times::timestamptz[], @questionnaires, @reports, @invoices, @dues::timestamptz[])
            row (id, recipient, channel, template, organisation_id, person_id, appointment_id, appointment_at, questionnaire_id, report_id, invoice_id, due_at)
        on conflict (outbox_message_id, recipient) do nothing
        """;
}
