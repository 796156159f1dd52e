using ReferralPortal.Domain;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Triage.Queue;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Dashboard;

/// <summary>One referral behind a figure. <paramref name="At"/> is when what is counted happened; <paramref name="Hours"/> how long was waited for it.</summary>
public sealed record CountedReferral(
    Guid Id, string Reference, string Organisation, string? Clinic, Coded<ReferralState> State, DateTimeOffset SubmittedAt, DateTimeOffset At, string? Code, double? Hours)
{
    internal QueuePlace Place => new(At, Id, Code ?? "");
}

/// <summary>The referrals that a figure of the dashboard counts, the latest first, a page at a time: references and dates, no patient. For the clinic manager.</summary>
public sealed class ListBehindFigure(PortalDatabase database)
{
    /// <summary>Rows a page.</summary>
    public const int PageSize = 25;

    /// <param name="Rows">The page.</param>
    /// <param name="Next">Where the next one begins; null on the last.</param>
    /// <param name="Organisation">The organisation that is filtered by.</param>
    /// <param name="Clinic">The clinic that is filtered by.</param>
    public sealed record Page(IReadOnlyList<CountedReferral> Rows, QueuePlace? Next, string? Organisation, string? Clinic);

    public async Task<Outcome<Page>> Handle(Actor actor, FigureFilter figure, CancellationToken ct)
    {
        if (!actor.ReadsFigures()) return Outcome.Missing;

        return await database.View(actor, async unit =>
        {
            var asked = FactSql.Asked(unit, figure.Dashboard, figure.Instants(LondonTime.DateOf(unit.Now)));
            asked.AddDynamicParams(new { figure.Code, afterAt = figure.After?.At, afterId = figure.After?.Id, afterCode = figure.After?.Group ?? "", rows = PageSize + 1 });
            await using var sets = await unit.Results($"{FactSql.Plainly};\n{Rows(figure)};\n{Names}", asked);
            await sets.ReadAsync<object>();
            var found = (await sets.ReadAsync<CountedReferral>()).ToList();
            var (organisation, clinic) = await sets.ReadSingleAsync<(string?, string?)>();
            unit.Audit(AuditAction.ListReferrals, detail: new { list = "dashboard", measure = EnumText.Of(figure.Measure) });

            var shown = found.Take(PageSize).ToList();
            return (Outcome<Page>)new Page(shown, found.Count > PageSize ? shown[^1].Place : null, organisation, clinic);
        }, ct);
    }

    static string Rows(FigureFilter figure) => $"""
        with {FactSql.Facts(figure.Dashboard, figure.Measure)},
        page as (
            select * from fact
            where true {(figure.Code is null ? "" : "and code = @code")} {(figure.After is null ? "" : "and (at, referral_id, coalesce(code, '')) < (@afterAt, @afterId, @afterCode)")}
            order by at desc, referral_id desc, coalesce(code, '') desc
            limit @rows)
        select r.id, r.reference, sender.name as organisation, clinic.name as clinic, r.state, r.submitted_at, page.at, page.code, page.hours
        from page
        join referral r on r.id = page.referral_id
        join organisation sender on sender.id = r.referring_organisation_id
        left join clinic on clinic.id = r.clinic_id
        order by page.at desc, page.referral_id desc, coalesce(page.code, '') desc
        """;

    const string Names = "select (select name from organisation where id = @sender), (select name from clinic where id = @clinic)";
}
