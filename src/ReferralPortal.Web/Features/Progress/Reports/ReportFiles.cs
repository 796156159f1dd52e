using System.Security.Cryptography;
using ReferralPortal.Domain;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Progress.Reports;

/// <summary>
/// A released report as a file. Each kind of reader's copy is printed once and kept as it was issued: everybody who asks gets the same bytes, and whoever holds them can have
/// them verified. A copy of a version that has been replaced is printed anew, with the mark of it.
/// </summary>
public sealed class ReportFiles(PortalDatabase database, ReadReport reports, ReportPdf printer)
{
    /// <summary>A file with its name, which says which report and nothing about whom.</summary>
    public sealed record IssuedFile(string Name, byte[] Pdf);

    /// <inheritdoc cref="ReportPdf.IsAvailable"/>
    public bool IsAvailable => printer.IsAvailable;

    /// <param name="actor">Who reads.</param>
    /// <param name="reportId">The report.</param>
    /// <param name="portal">The portal's own address, for where a copy is verified; null prints none.</param>
    /// <param name="ct">Given up.</param>
    public async Task<Outcome<IssuedFile>> Handle(Actor actor, Guid reportId, Uri? portal, CancellationToken ct)
    {
        var read = await reports.Handle(actor, reportId, AuditAction.PrintReport, ct);
        if (read.Value is not { ReleasedAt: not null } copy) return Outcome.Missing;

        var which = new { reportId, audience = EnumText.Of(copy.Audience), copy.Superseded };
        var pdf = await database.Read(actor, unit => unit.One<byte[]>(Kept, which), ct);
        if (pdf is null)
        {
            var printed = await printer.Print(copy, portal, ct);
            // Of two who are the first, one keeps its copy and both get that.
            pdf = (await database.Write<byte[]>(actor, async unit =>
            {
                await unit.Many<Guid>(Keep, new { id = Guid.CreateVersion7(unit.Now), which.reportId, which.audience, which.Superseded, printed, sha256 = SHA256.HashData(printed), at = unit.Now });
                return (await unit.One<byte[]>(Kept, which))!;
            }, ct)).Value!;
        }
        return new IssuedFile($"{copy.Reference}-{EnumText.Of(copy.Kind).Replace('_', '-')}-v{copy.Number}{(copy.Superseded ? "-superseded" : "")}.pdf", pdf);
    }

    const string Kept = "select pdf from report_file where report_id = @reportId and audience = @audience and superseded = @superseded";

    const string Keep = """
        insert into report_file (id, report_id, audience, superseded, pdf, sha256, created_at)
        values (@id, @reportId, @audience, @superseded, @printed, @sha256, @at)
        on conflict (report_id, audience, superseded) do nothing
        returning id
        """;
}
