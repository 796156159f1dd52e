using ReferralPortal.Domain;
using ReferralPortal.Domain.Calendars;
using ReferralPortal.Web.Features.Progress.Reports;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Platform.Background;

namespace ReferralPortal.Web.Features.Progress.Closing;

/// <summary>Look whether the referrer has acknowledged this discharge report. <paramref name="Step"/>: the first and second are reminders, the third is the clinic's to do.</summary>
public sealed record ReportChase(Guid ReferralId, Guid ReportId, int Step);

/// <summary>A discharge report is still not acknowledged: its referrer is reminded, and after <see cref="ReportChases.Reminders"/> of them the clinic is told to ring.</summary>
public sealed record ReportUnseen(Guid ReferralId, Guid ReportId, int Step);

/// <summary>How often and how fast an unseen discharge report is brought up again.</summary>
public static class ReportChases
{
    /// <summary>The most mails to the referrer.</summary>
    public const int Reminders = 2;

    /// <summary>Working days between the release and the first reminder, and between one and the next: <c>Discharge:ChaseAfterWorkingDays</c>.</summary>
    public static int Days(IConfiguration configuration) => Math.Clamp(configuration.GetValue("Discharge:ChaseAfterWorkingDays", 3), 1, 60);

    /// <summary>Nine in the morning of London, that many working days after an instant.</summary>
    public static DateTimeOffset Next(DateTimeOffset after, int days, IEnumerable<DateOnly> bankHolidays) =>
        LondonTime.Instant(new WorkingDays(bankHolidays).Add(LondonTime.DateOf(after), days), new TimeOnly(9, 0));
}

/// <summary>Begins to watch a discharge report once its readers have it, and an amended one anew: that one they have not seen.</summary>
public sealed class BeginChase(PortalDatabase database, CatalogueStore catalogue, IConfiguration configuration) : IMessageHandler<ReportSigned>, IMessageHandler<ReportAmended>
{
    public Task Handle(Actor portal, ReportSigned message, CancellationToken ct) => Begin(portal, message.ReferralId, message.ReportId, ct);

    public Task Handle(Actor portal, ReportAmended message, CancellationToken ct) => Begin(portal, message.ReferralId, message.ReportId, ct);

    async Task Begin(Actor portal, Guid referralId, Guid reportId, CancellationToken ct)
    {
        var holidays = (await catalogue.Get(ct)).BankHolidays;
        await database.Write<int>(portal, async unit =>
        {
            if (await unit.One<DateTimeOffset?>(Released, new { reportId }) is not { } at) return 0;
            unit.Queue(new ReportChase(referralId, reportId, 1), referralId, ReportChases.Next(at, ReportChases.Days(configuration), holidays));
            return 1;
        }, ct);
    }

    const string Released = "select released_at from report where id = @reportId and kind = 'discharge' and state = 'signed'";
}

/// <summary>
/// Reminds the referrer of a discharge report that nobody of its organisation has acknowledged, twice at most, and then gives it to the clinic as a task. Ends when it is
/// acknowledged, amended, or when the referral is closed or reopened. Run twice it does nothing the second time.
/// </summary>
public sealed class ChaseReport(PortalDatabase database, CatalogueStore catalogue, IConfiguration configuration) : IMessageHandler<ReportChase>
{
    public async Task Handle(Actor portal, ReportChase message, CancellationToken ct)
    {
        var holidays = (await catalogue.Get(ct)).BankHolidays;
        await database.Write<int>(portal, async unit =>
        {
            if (await unit.One<LockedReferral>(Unseen, message) is not { } referral) return 0;
            var row = new { id = Guid.CreateVersion7(unit.Now), message.ReferralId, message.ReportId, message.Step, at = unit.Now };
            if (await unit.Run(WriteDown, row) == 0) return 0;

            unit.Queue(new ReportUnseen(message.ReferralId, message.ReportId, message.Step), message.ReferralId);
            await unit.Note(referral, message.Step <= ReportChases.Reminders ? "remind_of_report" : "report_unseen", AuditAction.ChaseReport, message.ReportId, new { reminder = message.Step }, clinicOnly: true);
            if (message.Step <= ReportChases.Reminders)
                unit.Queue(message with { Step = message.Step + 1 }, message.ReferralId, ReportChases.Next(unit.Now, ReportChases.Days(configuration), holidays));
            return message.Step;
        }, ct);
    }

    const string Unseen = $"""
        select {LockedReferral.Columns} from referral r
        where r.id = @referralId and r.state in ('in_treatment', 'discharged')
            and exists (select from report d where d.id = @reportId and d.referral_id = r.id and {DischargeReportSql.Ends})
            and not exists (select from report_acknowledgement seen where seen.report_id = @reportId and seen.organisation_id = r.referring_organisation_id)
        for update
        """;

    const string WriteDown = """
        insert into report_chase (id, report_id, referral_id, step, at) values (@id, @reportId, @referralId, @step, @at)
        on conflict (report_id, step) do nothing
        """;
}
