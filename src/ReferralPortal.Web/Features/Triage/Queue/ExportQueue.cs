using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Claims;
using ReferralPortal.Domain;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Components.Display;
using ReferralPortal.Web.Features.Referrals.View;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Platform.SignIn;
using ReferralPortal.Web.Platform.Spreadsheets;

namespace ReferralPortal.Web.Features.Triage.Queue;

/// <summary>What the queue shows, as a file: the same rows in the same order by the same queries, or some of them that were ticked.</summary>
public sealed class ExportQueue(ListQueue queue)
{
    /// <summary>The most rows of one file.</summary>
    public const int Most = 10_000;

    const int RowsAtOnce = 500;

    /// <summary>Where the file is.</summary>
    public static string Address(QueueFilter filter, SpreadsheetFormat format) => $"/triage/export{SpreadsheetWriter.Extension(format)}{filter.FirstPage.Query}";

    /// <summary>Where a file of some referrals is.</summary>
    public static string Address(IEnumerable<Guid> ids, SpreadsheetFormat format) => $"/triage/export{SpreadsheetWriter.Extension(format)}?{string.Join('&', ids.Select(id => $"id={id}"))}";

    /// <summary>The sheet, read while it is written. Every stretch of it is audited.</summary>
    public Sheet Handle(Actor actor, QueueFilter filter, IReadOnlyCollection<Guid> ids, CancellationToken ct) => new("Triage queue", Rows(actor, filter.FirstPage, ids, ct));

    async IAsyncEnumerable<IReadOnlyList<string>> Rows(Actor actor, QueueFilter filter, IReadOnlyCollection<Guid> ids, [EnumeratorCancellation] CancellationToken ct)
    {
        yield return ["Reference", "Patient", "Date of birth", "Condition", "State", "With", "Priority", "Safety", "Referred by", "Clinic", "Appointment", "Received", "Target"];
        if (ids.Count > 0)
        {
            foreach (var row in await queue.Picked(actor, ids, ct)) yield return Cells(row);
            yield break;
        }
        for (var left = Most; left > 0;)
        {
            var rows = await queue.Stretch(actor, filter, Math.Min(left, RowsAtOnce), ct);
            foreach (var row in rows) yield return Cells(row);
            if (rows.Count < RowsAtOnce) yield break;
            left -= rows.Count;
            filter = filter with { After = rows[^1].Place(filter.Sort) };
        }
    }

    static string[] Cells(QueuedReferral row) =>
    [
        row.Reference, row.PatientName, row.DateOfBirth.ToString("dd/MM/yyyy", CultureInfo.InvariantCulture), row.Condition ?? "", StateWords.Of(row.State), row.ClaimedBy ?? "",
        PlainText.Of(row.Priority.Value), row.RedFlag is { } flag ? PlainText.Of(flag.Value) : "", row.ReferringOrganisation, row.Clinic ?? "",
        row.AppointmentAt is { } booked ? Time(booked) : "", Time(row.SubmittedAt), row.ClockPausedAt is not null ? "Paused" : row.DueAt is { } due ? Time(due) : "",
    ];

    static string Time(DateTimeOffset at) => LondonTime.Of(at).ToString("dd/MM/yyyy HH:mm", CultureInfo.InvariantCulture);
}

/// <summary>The queue as a file to download.</summary>
public static class QueueEndpoints
{
    public static void MapQueueExport(this IEndpointRouteBuilder app)
    {
        foreach (var format in Enum.GetValues<SpreadsheetFormat>())
            app.MapGet("/triage/export" + SpreadsheetWriter.Extension(format),
                    (Guid[]? id, HttpRequest request, ClaimsPrincipal user, PortalDataSources sources, ExportQueue export, CancellationToken ct) =>
                        Export(format, QueueFilter.Parse(request.QueryString.Value), id ?? [], user, sources, export, ct))
                .RequireAuthorization(policy => policy.RequireRole(TriageRules.Roles.Split(','))).ExcludeFromDescription();
    }

    static async Task<IResult> Export(SpreadsheetFormat format, QueueFilter filter, Guid[] ids, ClaimsPrincipal user, PortalDataSources sources, ExportQueue export, CancellationToken ct)
    {
        if (user.PersonId() is not { } person) return Results.NotFound();
        var actor = await CurrentActor.Load(sources, person, ct);
        return actor.TreatsReferrals() ? SpreadsheetWriter.Download(format, "triage-queue", export.Handle(actor, filter, ids, ct)) : Results.NotFound();
    }
}
