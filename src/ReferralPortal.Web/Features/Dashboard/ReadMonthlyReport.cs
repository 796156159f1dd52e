using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;
using ReferralPortal.Domain;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Dashboard;

/// <summary>Which report: of whom, and of which month, named by its first day.</summary>
public sealed record ReportChoice(Guid? Organisation, DateOnly Month)
{
    /// <summary>The most months back that can be chosen.</summary>
    public const int MonthsBack = 36;

    /// <summary>Reads the query of an address; the month before this one where none is named that can be chosen.</summary>
    public static ReportChoice Parse(string? query, DateOnly today)
    {
        var given = QueryHelpers.ParseQuery(query);
        string? Of(string name) => given.TryGetValue(name, out var values) ? values[0] : null;
        var month = DateOnly.TryParseExact(Of("month") + "-01", "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var named) && Months(today).Contains(named) ? named : Months(today)[1];
        return new ReportChoice(Guid.TryParse(Of("organisation"), out var organisation) ? organisation : null, month);
    }

    /// <summary>The months that can be chosen, this one first.</summary>
    public static IReadOnlyList<DateOnly> Months(DateOnly today) => [.. Enumerable.Range(0, MonthsBack).Select(back => new DateOnly(today.Year, today.Month, 1).AddMonths(-back))];

    /// <summary>The month as instants, by London's midnights.</summary>
    public (DateTimeOffset From, DateTimeOffset Until) Instants => (DashboardFilter.StartOf(Month), DashboardFilter.StartOf(Month.AddMonths(1)));

    /// <summary>"October 2026".</summary>
    public string Words => Month.ToString("MMMM yyyy", CultureInfo.InvariantCulture);

    /// <summary>"2026-10".</summary>
    public string Code => Month.ToString("yyyy-MM", CultureInfo.InvariantCulture);

    /// <summary>The address of the page, or with an ending of the file.</summary>
    public string Address(string ending = "") => $"/admin/dashboard/report{ending}?month={Code}{(Organisation is { } id ? $"&organisation={id}" : "")}";
}

/// <summary>A referral that was open at the end of the month: its reference, its state then, and since when.</summary>
public sealed record OpenAtEnd(string Reference, string? OurReference, Coded<ReferralState> State, DateTimeOffset SubmittedAt, DateTimeOffset Since);

/// <summary>What an organisation referred in a month and what became of it. No patient, nothing clinical.</summary>
/// <param name="Choice">Of whom and when.</param>
/// <param name="Organisation">The organisation's name.</param>
/// <param name="Group">The clinic group's name.</param>
/// <param name="Rows">Its figures.</param>
/// <param name="Open">What was open at the end, the oldest first; at most <see cref="ReadMonthlyReport.MostOpen"/>.</param>
/// <param name="OpenCount">How many were open.</param>
/// <param name="MadeAt">When it was put together.</param>
public sealed record MonthlyReport(ReportChoice Choice, string Organisation, string Group, IReadOnlyList<Figure> Rows, IReadOnlyList<OpenAtEnd> Open, int OpenCount, DateTimeOffset MadeAt)
{
    /// <summary>The month is not over: the figures are as of now.</summary>
    public bool SoFar => Choice.Instants.Until > MadeAt;
}

/// <summary>
/// Puts the monthly report of a referring organisation together: what happened within the month, by London's midnights, and what was open at its end.
/// For the clinic manager; audited each time, whichever way it leaves.
/// </summary>
public sealed class ReadMonthlyReport(PortalDatabase database)
{
    /// <summary>The most open referrals that are listed.</summary>
    public const int MostOpen = 2000;

    /// <param name="actor">Who asks.</param>
    /// <param name="choice">Of whom and when.</param>
    /// <param name="how">As a page or as a file.</param>
    /// <param name="ct">Given up.</param>
    public async Task<Outcome<MonthlyReport>> Handle(Actor actor, ReportChoice choice, AuditAction how, CancellationToken ct)
    {
        if (!actor.ReadsFigures() || choice.Organisation is not { } organisation) return Outcome.Missing;

        return await database.View(actor, async unit =>
        {
            var filter = new DashboardFilter { Organisation = organisation };
            var asked = FactSql.Asked(unit, filter, choice.Instants);
            asked.Add("most", MostOpen);
            await using var sets = await unit.Results($"{FactSql.Plainly};\n{Whose};\nwith {FactSql.Facts(filter, Enum.GetValues<Measure>())}\n{FactSql.Count};\n{OpenThen}", asked);
            await sets.ReadAsync<object>();
            if (await sets.ReadSingleOrDefaultAsync<(string Name, string Group)?>() is not { } whose) return (Outcome<MonthlyReport>)Outcome.Missing;

            var rows = (await sets.ReadAsync<Figure>()).ToList();
            var open = (await sets.ReadAsync<OpenRow>()).ToList();
            unit.Audit(how, subjectId: organisation, detail: new { month = choice.Code });
            return new MonthlyReport(choice, whose.Name, whose.Group, rows, [.. open.Select(row => row.Referral)], open.FirstOrDefault()?.Total ?? 0, unit.Now);
        }, ct);
    }

    /// <summary>The organisations that a report can be made of, by name.</summary>
    public async Task<IReadOnlyList<Named>> Organisations(Actor actor, CancellationToken ct) =>
        actor.ReadsFigures() ? await database.Read(actor, unit => unit.Many<Named>("select id, name from organisation where kind not in ('clinic_group', 'funder') order by name, id"), ct) : [];

    sealed record OpenRow(string Reference, string? OurReference, Coded<ReferralState> State, DateTimeOffset SubmittedAt, DateTimeOffset Since, int Total)
    {
        internal OpenAtEnd Referral => new(Reference, OurReference, State, SubmittedAt, Since);
    }

    const string Whose = """
        select o.name, clinics.name as "group" from organisation o
        cross join organisation clinics
        where o.id = @sender and o.kind not in ('clinic_group', 'funder') and clinics.kind = 'clinic_group'
        """;

    // The state then is what the last event of the month left behind. Whatever had ended before the month's end is passed over without a look at its events.
    const string OpenThen = """
        select r.reference, r.our_reference, last.to_state as state, r.submitted_at, coalesce(entered.at, r.submitted_at) as since, (count(*) over ())::int as total
        from referral_party sent
        join referral r on r.id = sent.referral_id
        cross join lateral (
            select event.to_state, event.sequence from referral_event event
            where event.referral_id = r.id and event.at < @until
            order by event.sequence desc limit 1) last
        left join lateral (
            select event.at from referral_event event
            where event.referral_id = r.id and event.at < @until and event.to_state = last.to_state and event.from_state is distinct from event.to_state
            order by event.sequence desc limit 1) entered on true
        where sent.organisation_id = @sender and sent.role = 'referrer' and sent.submitted_at < @until
            and r.referring_organisation_id = @sender and @organisationId = any (r.readers)
            and (r.state not in ('discharged', 'closed', 'declined', 'withdrawn') or r.state_since >= @until)
            and last.to_state not in ('discharged', 'closed', 'declined', 'withdrawn')
        order by r.submitted_at, r.id
        limit @most
        """;
}
