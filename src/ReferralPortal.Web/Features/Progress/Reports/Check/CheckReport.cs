using ReferralPortal.Domain.Progress;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Platform.SignIn;

namespace ReferralPortal.Web.Features.Progress.Reports.Check;

/// <summary>
/// The patient's look at a report before others read it: by a link that works until it is answered, until the time is over or until five dates of birth were wrong, and shows
/// nothing before the date of birth is given. There is no account behind it: the portal's own does the work, and the secret in the address is the right.
/// </summary>
public sealed class CheckReport(PortalDatabase database, PortalDataSources sources)
{
    /// <summary>Wrong dates of birth after which a link is dead.</summary>
    public const int MostWrong = 5;

    /// <summary>The report as the patient reads it, and until when.</summary>
    public sealed record Shown(ReportCopy Copy, DateTimeOffset Until);

    /// <summary>Whether the link still leads anywhere.</summary>
    public Task<Outcome<bool>> Find(string? token, CancellationToken ct) => Unit<bool>(token, (_, _) => Task.FromResult(Outcome.Done(true)), ct);

    /// <summary>Shows the report to who gives the patient's date of birth.</summary>
    public Task<Outcome<Shown>> Open(string? token, DateOnly dateOfBirth, CancellationToken ct) => Unit<Shown>(token, async (unit, check) =>
    {
        if (await Wrong(unit, check, dateOfBirth) is { } failure) return failure;
        var report = (await unit.One<StoredReport>(Report, new { check.ReportId }))!;
        await unit.Run("update report_preview set opened_at = coalesce(opened_at, @at), version = version + 1 where id = @Id", new { check.Id, at = unit.Now });
        unit.Audit(AuditAction.OpenReportCheck, check.ReferralId, check.ReportId);
        return new Shown(report.For(ReportAudience.Patient)!, check.ExpiresAt);
    }, ct);

    /// <summary>Takes the patient's answer, once.</summary>
    /// <param name="token">The secret in the address.</param>
    /// <param name="dateOfBirth">The patient's.</param>
    /// <param name="correction">What is factually wrong; empty when all is right.</param>
    /// <param name="ct">Given up.</param>
    public async Task<Outcome<bool>> Answer(string? token, DateOnly dateOfBirth, string correction, CancellationToken ct)
    {
        var words = correction.Trim();
        if (words.Length > 4000) return Outcome.Invalid("Correction", "Shorten your words to 4,000 characters, or ring us");
        return await Unit<bool>(token, async (unit, check) =>
        {
            if (await Wrong(unit, check, dateOfBirth) is { } failure) return failure;
            await unit.Run("update report_preview set answered_at = @at, correction = nullif(@words, ''), version = version + 1 where id = @Id", new { check.Id, words, at = unit.Now });
            unit.Audit(AuditAction.AnswerReportCheck, check.ReferralId, check.ReportId, new { corrected = words.Length > 0 });
            unit.Queue(new ReportChecked(check.ReferralId, check.ReportId, check.AuthorId), check.ReferralId);
            return true;
        }, ct);
    }

    static async Task<Failure?> Wrong(PortalUnit unit, Row check, DateOnly dateOfBirth)
    {
        if (dateOfBirth == check.DateOfBirth) return null;
        await unit.Run("update report_preview set wrong_answers = wrong_answers + 1, version = version + 1 where id = @Id", new { check.Id });
        unit.Audit(AuditAction.FailReportCheck, check.ReferralId, check.ReportId);
        return check.WrongAnswers + 1 >= MostWrong ? Outcome.Missing : Outcome.Invalid("DateOfBirth", "This is not the date of birth that we have. Check it, or ring us");
    }

    // A wrong date must be counted: what fails is kept too, so this is no Write.
    async Task<Outcome<T>> Unit<T>(string? token, Func<PortalUnit, Row, Task<Outcome<T>>> work, CancellationToken ct)
    {
        if (CheckLinks.Hash(token) is not { } hash) return Outcome.Missing;
        var portal = await CurrentActor.Load(sources, Actor.SystemUserId, ct);
        return await database.View(portal, async unit => await unit.One<Row>(One, new { hash, most = MostWrong, now = unit.Now }) is { } check ? await work(unit, check) : Outcome.Missing, ct);
    }

    sealed record Row(Guid Id, Guid ReportId, Guid ReferralId, Guid AuthorId, DateOnly DateOfBirth, DateTimeOffset ExpiresAt, int WrongAnswers);

    const string One = """
        select preview.id, preview.report_id, preview.referral_id, report.author_id, p.date_of_birth, preview.expires_at, preview.wrong_answers
        from report_preview_link link
        join report_preview preview on preview.id = link.preview_id
        join report on report.id = preview.report_id
        join referral r on r.id = preview.referral_id
        join patient p on p.id = r.patient_id
        where link.token_hash = @hash and preview.answered_at is null and preview.expires_at > @now and preview.wrong_answers < @most
            and report.state = 'signed' and report.released_at is null
        for update of preview
        """;

    const string Report = $"select {StoredReport.Columns} from {StoredReport.Tables} where report.id = @reportId";
}

/// <summary>The patient has answered: the report's author is told.</summary>
public sealed record ReportChecked(Guid ReferralId, Guid ReportId, Guid AuthorId);
