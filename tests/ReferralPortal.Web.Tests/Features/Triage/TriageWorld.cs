using Dapper;
using ReferralPortal.Domain;
using ReferralPortal.Testing;
using ReferralPortal.Web.Components.Forms;
using ReferralPortal.Web.Features.Appointments;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Tests.Features.Referrals;

namespace ReferralPortal.Web.Tests.Features.Triaging;

/// <summary>What the tests of triage and appointments look at and arrange, past the portal.</summary>
public static class TriageWorld
{
    public const string SecondTriage = "triage2@clinic.example", SecondClinician = "clinician2@clinic.example";

    /// <summary>A referral as the database has it.</summary>
    public sealed record Stored(
        string State, string Priority, int Version, Guid? TriageOwnerId, Guid? ClinicId, Guid? ClinicianId, string? DueFor, DateTime? DueAt, DateTime? ClockPausedAt,
        DateTime? RedFlagClearedAt, DateTime? AlertAcknowledgedAt, Guid? AlertAcknowledgedBy, string LastAction, string? LastReason, string? LastWords, string LastAudience, string LastDetail,
        string? LastMessage, string? LastAudit);

    public static async Task<Stored> StoredAs(this PortalTestDatabase database, Guid referral)
    {
        await using var connection = await database.Owner();
        return await connection.QuerySingleAsync<Stored>("""
            select r.state, r.priority, r.version, r.triage_owner_id, r.clinic_id, r.clinician_id, r.due_for, r.due_at, r.clock_paused_at,
                   r.red_flag_cleared_at, r.alert_acknowledged_at, r.alert_acknowledged_by,
                   last.action as last_action, last.reason_code as last_reason, last.words as last_words, last.audience as last_audience, last.detail::text as last_detail,
                   (select kind from outbox_message m where m.referral_id = r.id order by m.id desc limit 1) as last_message,
                   (select action from audit_entry a where a.referral_id = r.id order by a.sequence desc limit 1) as last_audit
            from referral r
            cross join lateral (select * from referral_event e where e.referral_id = r.id order by e.sequence desc limit 1) last
            where r.id = @referral
            """, new { referral });
    }

    /// <summary>A time that can be booked: a working day at least two days ahead, in London's clock.</summary>
    public static AppointmentForm Form(Guid clinic, Guid clinician, int hour = 10, int minute = 0, int daysAhead = 2, AppointmentKind kind = AppointmentKind.InitialAssessment)
    {
        var day = LondonTime.DateOf(DateTimeOffset.UtcNow).AddDays(daysAhead);
        while (day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday) day = day.AddDays(1);
        return new AppointmentForm { Kind = kind, Clinic = clinic, Clinician = clinician, Date = DateParts.Of(day), Time = $"{hour:00}:{minute:00}", OutsideHours = true };
    }

    /// <summary>A clinic's id.</summary>
    public static async Task<Guid> Clinic(this PortalTestDatabase database) => (await database.Catalogue().Get(CancellationToken.None)).Clinics.Single(clinic => clinic.Name.EndsWith("Manchester", StringComparison.Ordinal)).Id;

    /// <summary>Takes the reports of a referral (<c>@Id</c>) away, signed ones too, which nobody can outside a test.</summary>
    public const string NoReports = """
        alter table report disable trigger signed_reports_stay;
        delete from report where referral_id = @Id;
        alter table report enable trigger signed_reports_stay;
        """;

    /// <summary>Forgets what was used, so that a test may take appointments away: lines of the ledger hold on to theirs.</summary>
    public const string NothingUsed = """
        alter table authority_entry disable trigger ledger_is_append_only;
        delete from authority_entry where kind = 'used';
        alter table authority_entry enable trigger ledger_is_append_only;
        """;

    public static async Task<int> Run(this PortalTestDatabase database, string sql, object? arguments = null)
    {
        await using var connection = await database.Owner();
        return await connection.ExecuteAsync(sql, arguments);
    }

    public static async Task<T?> Ask<T>(this PortalTestDatabase database, string sql, object? arguments = null)
    {
        await using var connection = await database.Owner();
        return await connection.ExecuteScalarAsync<T>(sql, arguments);
    }

    /// <summary>What the audit trail says of a thing, the last first.</summary>
    public static async Task<string[]> AuditOf(this PortalTestDatabase database, Guid subject)
    {
        await using var connection = await database.Owner();
        return [.. await connection.QueryAsync<string>("select action from audit_entry where subject_id = @subject order by sequence desc", new { subject })];
    }
}
