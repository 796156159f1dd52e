using System.Globalization;
using ReferralPortal.Domain;
using ReferralPortal.Domain.Notifications;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Platform.Mail;

namespace ReferralPortal.Web.Features.Notifications;

/// <summary>A mail in a node's hands, with everything that its words need, read at that moment.</summary>
sealed record QueuedMail
{
    public required Guid Id { get; init; }
    public required string Template { get; init; }
    public required Coded<MailChannel> Channel { get; init; }
    public required string Recipient { get; init; }
    /// <summary>The referral that it is of; null for one of an invoice.</summary>
    public Guid? ReferralId { get; init; }
    public string? Reference { get; init; }
    public int? InvoiceNumber { get; init; }
    public required int Attempts { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    /// <summary>Where it goes now; null where nothing is known.</summary>
    public string? Address { get; init; }
    /// <summary>Its reader may know, and what it says is still so.</summary>
    public required bool IsStillRight { get; init; }
    /// <summary>When the appointments are that it tells the patient of, in seconds since 1970, with commas between.</summary>
    public string? Times { get; init; }
    /// <summary>The report that the patient is to check, and until when.</summary>
    public Guid? ReportId { get; init; }
    public DateTimeOffset? CheckUntil { get; init; }
    public string? ClinicName { get; init; }
    public string? ClinicAddress { get; init; }
    public string? ClinicPostcode { get; init; }
    public string? ClinicPhone { get; init; }
    public required string GroupName { get; init; }
    public required string GroupPhone { get; init; }
    public required string GroupEmail { get; init; }
    /// <summary>The questionnaire that it leads to, and until when that can be answered.</summary>
    public Guid? QuestionnaireId { get; init; }
    public DateTimeOffset? AnsweredUntil { get; init; }
    /// <summary>The address of the questionnaire: its secret is made for this try and kept nowhere.</summary>
    public string? Link { get; init; }

    internal OutgoingMail Letter(MailOptions options, string address)
    {
        var template = EnumText.Parse<MailTemplate>(Template);
        var group = new Sender(GroupName, GroupPhone, GroupEmail);
        var words = Link is not null && CheckUntil is { } until ? MailTemplates.ToCheck(new Uri(options.BaseAddress, Link), until, group)
            : Link is not null ? MailTemplates.Questionnaire(template, new Uri(options.BaseAddress, Link), AnsweredUntil!.Value, group)
            : MailTemplates.IsForThePatient(template)
            ? MailTemplates.Patient(template, At, Place, group)
            : InvoiceNumber is { } number ? MailTemplates.Invoice(template, number, options.BaseAddress, group)
            : MailTemplates.Portal(template, Reference!, options.BaseAddress, group);
        // A patient's mails stand apart from those of the people who follow the referral: the thread's name leaves with them.
        return new OutgoingMail(Id, Link is not null || MailTemplates.IsForThePatient(template) ? Id : ReferralId ?? Id, CreatedAt, address, words.Subject, words.Text, words.Html);
    }

    internal string Text(MailOptions options) => Link is not null
        ? MailTemplates.QuestionnaireText(EnumText.Parse<MailTemplate>(Template), new Uri(options.BaseAddress, Link), AnsweredUntil!.Value, new Sender(GroupName, GroupPhone, GroupEmail))
        : MailTemplates.PatientText(EnumText.Parse<MailTemplate>(Template), At, Place);

    List<DateTimeOffset> At => [.. Times!.Split(',').Select(seconds => DateTimeOffset.FromUnixTimeSeconds(long.Parse(seconds, CultureInfo.InvariantCulture)))];

    Place Place => new(ClinicName!, ClinicAddress!, ClinicPostcode!, ClinicPhone!);

    // Of a child that has one the guardian is written to.
    internal const string Select = """
        select m.id, m.template, m.channel, m.recipient, m.referral_id, r.reference, i.number as invoice_number, m.attempts, m.created_at, m.report_id, preview.expires_at as check_until, coalesce(series.times, extract(epoch from m.appointment_at)::bigint::text) as times,
               case when m.appointment_id is not null or m.questionnaire_id is not null then
                        case when m.channel = 'text' and p.date_of_birth > @now::timestamptz - interval '18 years' then coalesce(p.guardian_phone, p.phone)
                             when m.channel = 'text' then p.phone
                             when p.date_of_birth > @now::timestamptz - interval '18 years' then coalesce(p.guardian_email, p.email)
                             else p.email end
                    when m.report_id is not null then coalesce(case when p.date_of_birth > @now::timestamptz - interval '18 years' then p.guardian_email end, p.email)
                    when m.person_id is not null then u.user_name
                    else settings.email end as address,
               case when m.appointment_id is not null then
                        p.preferred_contact = case when m.channel = 'text' then 'text' else 'email' end
                        and case when m.template = 'patient_series' then series.times is not null
                                 else a.starts_at = m.appointment_at and a.starts_at > @now
                                      and a.state = case when m.template = 'patient_cancelled' then 'cancelled' else 'booked' end end
                    when m.questionnaire_id is not null then
                        p.preferred_contact = case when m.channel = 'text' then 'text' else 'email' end
                        and q.answered_at is null and q.revoked_at is null and q.expires_at > @now and r.state not in ('declined', 'withdrawn', 'closed')
                    when m.person_id is not null then
                        u.disabled_at is null and u.roles && @readingRoles and u.organisation_id = m.organisation_id and o.disabled_at is null
                        and case when m.invoice_id is not null then o.id = i.payer_organisation_id else o.id = any (r.readers) end
                    when m.report_id is not null then preview.answered_at is null and preview.expires_at > @now and report.state = 'signed' and report.released_at is null
                    else true end as is_still_right,
               clinic.name as clinic_name, clinic.address as clinic_address, clinic.postcode as clinic_postcode, clinic.phone as clinic_phone,
               settings.name as group_name, settings.phone as group_phone, settings.email as group_email,
               m.questionnaire_id, q.expires_at as answered_until
        from mail_message m
        cross join clinic_group_settings settings
        left join referral r on r.id = m.referral_id
        left join patient p on p.id = r.patient_id
        left join invoice i on i.id = m.invoice_id
        left join portal_user u on u.id = m.person_id
        left join organisation o on o.id = m.organisation_id
        left join appointment a on a.id = m.appointment_id
        left join clinic on clinic.id = a.clinic_id
        left join questionnaire q on q.id = m.questionnaire_id
        left join report_preview preview on preview.report_id = m.report_id
        left join report on report.id = m.report_id
        left join lateral (
            select string_agg(extract(epoch from one.starts_at)::bigint::text, ',' order by one.starts_at) as times
            from appointment one where one.series_id = a.series_id and one.state = 'booked' and one.starts_at > @now) series on m.template = 'patient_series'
        where m.id = @id
        """;
}
