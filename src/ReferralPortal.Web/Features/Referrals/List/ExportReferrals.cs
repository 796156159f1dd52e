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

namespace ReferralPortal.Web.Features.Referrals.List;

/// <summary>What the list shows, as a file: the same rows for the same reader, by the same queries, with nothing that the list would not show.</summary>
public sealed class ExportReferrals(ListReferrals list)
{
    /// <summary>The most rows of one file.</summary>
    public const int Most = 10_000;

    const int RowsAtOnce = 500;

    /// <summary>Where the file for a list is.</summary>
    public static string Address(ReferralFilter filter, SpreadsheetFormat format)
    {
        var list = filter.FirstPage.Address;
        return $"/referrals/export{SpreadsheetWriter.Extension(format)}{(list.IndexOf('?') is >= 0 and var question ? list[question..] : "")}";
    }

    /// <summary>The sheet, read while it is written. Every stretch of it is audited.</summary>
    public Sheet Handle(Actor actor, ReferralFilter filter, CancellationToken ct) => new("Referrals", Rows(actor, filter.FirstPage, ct));

    async IAsyncEnumerable<IReadOnlyList<string>> Rows(Actor actor, ReferralFilter filter, [EnumeratorCancellation] CancellationToken ct)
    {
        yield return ["Reference", "Patient", "Date of birth", "State", "Since", "Priority", "Safety", "Referred by", "Claim reference", "Submitted", "Target"];
        for (var left = Most; left > 0;)
        {
            var rows = await list.Stretch(actor, filter, Math.Min(left, RowsAtOnce), ct);
            foreach (var row in rows) yield return Cells(row);
            if (rows.Count < RowsAtOnce) yield break;
            left -= rows.Count;
            filter = filter with { After = rows[^1].Place };
        }
    }

    static string[] Cells(ListedReferral row) =>
    [
        row.Reference, row.PatientName, Date(row.DateOfBirth), StateWords.Of(row.State), Time(row.StateSince), PlainText.Of(row.Priority),
        row.RedFlag is { } flag ? PlainText.Of(flag) : "", row.ReferringOrganisation, row.ClaimReference ?? "", Time(row.SubmittedAt),
        row.PausedAt is not null ? "Paused" : row.DueAt is { } due ? Time(due) : "",
    ];

    static string Date(DateOnly day) => day.ToString("dd/MM/yyyy", CultureInfo.InvariantCulture);
    static string Time(DateTimeOffset at) => LondonTime.Of(at).ToString("dd/MM/yyyy HH:mm", CultureInfo.InvariantCulture);
}

/// <summary>The list as a file to download.</summary>
public static class ExportEndpoints
{
    public static void MapReferralExport(this IEndpointRouteBuilder app)
    {
        foreach (var format in Enum.GetValues<SpreadsheetFormat>())
            app.MapGet("/referrals/export" + SpreadsheetWriter.Extension(format),
                    (string[]? state, string? priority, string? q, string? sort, string? view, ClaimsPrincipal user, PortalDataSources sources, ExportReferrals export, CancellationToken ct) =>
                        Export(format, ReferralFilter.From(state, priority, q, sort, null, view), user, sources, export, ct))
                .RequireAuthorization(policy => policy.RequireRole(ReferralReaders.Roles.Split(','))).ExcludeFromDescription();
    }

    static async Task<IResult> Export(SpreadsheetFormat format, ReferralFilter filter, ClaimsPrincipal user, PortalDataSources sources, ExportReferrals export, CancellationToken ct)
    {
        if (user.PersonId() is not { } person) return Results.NotFound();
        return SpreadsheetWriter.Download(format, "referrals", export.Handle(await CurrentActor.Load(sources, person, ct), filter, ct));
    }
}
