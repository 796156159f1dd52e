using System.Globalization;
using ReferralPortal.Domain;
using ReferralPortal.Domain.Organisations;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Audit;

/// <summary>One line of the audit trail. <paramref name="Detail"/> is JSON: counts and codes, never a name.</summary>
public sealed record AuditLine(
    long Sequence, DateTimeOffset At, string? ActorName, string? UserName, string Organisation, string Action, Guid? ReferralId, string? Reference, Guid? SubjectId, string Detail);

/// <summary>Which lines of the audit trail to show, as the address says it.</summary>
public sealed record AuditFilter
{
    public AuditAction? Action { get; init; }
    /// <summary>Part of a person's name or user name.</summary>
    public string Person { get; init; } = "";
    /// <summary>A referral's reference as typed, or its id.</summary>
    public string Referral { get; init; } = "";
    /// <summary>First and last day, London; both included.</summary>
    public DateOnly? From { get; init; }
    public DateOnly? To { get; init; }
    /// <summary>The last line of the page before.</summary>
    public long? Before { get; init; }

    public AuditFilter FirstPage => this with { Before = null };

    public static AuditFilter Read(string? action, string? person, string? referral, string? from, string? to, string? before) => new()
    {
        Action = EnumText.TryParse<AuditAction>(action, out var known) ? known : null,
        Person = Shortened(person),
        Referral = Shortened(referral),
        From = Day(from),
        To = Day(to),
        Before = long.TryParse(before, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence) ? sequence : null,
    };

    /// <summary>The address that asks this.</summary>
    public string Address
    {
        get
        {
            var parts = new (string Name, string? Value)[]
            {
                ("action", Action is { } action ? EnumText.Of(action) : null), ("person", Person), ("referral", Referral), ("from", Text(From)), ("to", Text(To)),
                ("before", Before?.ToString(CultureInfo.InvariantCulture)),
            };
            var query = string.Join('&', parts.Where(part => !string.IsNullOrEmpty(part.Value)).Select(part => $"{part.Name}={Uri.EscapeDataString(part.Value!)}"));
            return query.Length == 0 ? "/audit" : "/audit?" + query;
        }
    }

    static string? Text(DateOnly? day) => day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
    static DateOnly? Day(string? text) => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;
    static string Shortened(string? text) => text?.Trim() is { Length: > 0 } typed ? typed[..Math.Min(typed.Length, 100)] : "";
}

/// <summary>The audit trail, for auditors only, the latest first. Reading it is audited itself, with what was asked for.</summary>
public sealed class ReadAudit(PortalDatabase database)
{
    /// <summary>Lines a page.</summary>
    public const int PageSize = 50;

    /// <summary>One page. <paramref name="Next"/> is the filter of the next one, null on the last; <paramref name="NoSuchReferral"/>: what was typed is no reference.</summary>
    public sealed record Page(IReadOnlyList<AuditLine> Lines, long? Next, bool NoSuchReferral = false);

    public async Task<Outcome<Page>> Handle(Actor actor, AuditFilter filter, CancellationToken ct)
    {
        if (!actor.Has(Role.Auditor)) return Outcome.Missing;

        var id = Guid.TryParse(filter.Referral, out var typed) ? typed : (Guid?)null;
        var reference = Reference.TryParse(filter.Referral, out var known) ? known.ToString() : null;
        if (filter.Referral.Length > 0 && id is null && reference is null) return new Page([], null, NoSuchReferral: true);

        return await database.View(actor, async unit =>
        {
            var lines = await unit.Many<AuditLine>(Lines(filter, id, reference), new
            {
                actionText = filter.Action is { } action ? EnumText.Of(action) : null,
                person = $"%{Like(filter.Person)}%",
                id,
                reference,
                from = filter.From is { } from ? LondonTime.Instant(from, TimeOnly.MinValue) : (DateTimeOffset?)null,
                until = filter.To is { } to ? LondonTime.Instant(to.AddDays(1), TimeOnly.MinValue) : (DateTimeOffset?)null,
                filter.Before,
                rows = PageSize + 1,
            });
            unit.Audit(AuditAction.ViewAudit, id, detail: new { action = filter.Action, reference, filter.From, filter.To, filter.Before, byPerson = filter.Person.Length > 0 });
            return (Outcome<Page>)new Page([.. lines.Take(PageSize)], lines.Count > PageSize ? lines[PageSize - 1].Sequence : null);
        }, ct);
    }

    // Each filter is a clause of its own, so that the planner sees only those that were asked for.
    static string Lines(AuditFilter filter, Guid? id, string? reference)
    {
        List<string> clauses = ["portal.has_any_role(array['auditor'])"];
        if (filter.Action is not null) clauses.Add("entry.action = @actionText");
        if (filter.Person.Length > 0) clauses.Add("entry.actor_id = any (array(select id from portal_user where display_name ilike @person or user_name ilike @person))");
        if (id is not null) clauses.Add("entry.referral_id = @id");
        if (reference is not null) clauses.Add("entry.referral_id = (select known.id from portal.audited_references('{}', @reference) known)");
        if (filter.From is not null) clauses.Add("entry.at >= @from");
        if (filter.To is not null) clauses.Add("entry.at < @until");
        if (filter.Before is not null) clauses.Add("entry.sequence < @before");
        return $"""
            with page as (
                select entry.sequence, entry.at, entry.actor_id, entry.organisation_id, entry.action, entry.referral_id, entry.subject_id, entry.detail
                from audit_entry entry
                where {string.Join(" and ", clauses)}
                order by entry.sequence desc
                limit @rows)
            select page.sequence, page.at, person.display_name as actor_name, person.user_name, organisation.name as organisation,
                   page.action, page.referral_id, known.reference, page.subject_id, page.detail::text as detail
            from page
            left join portal_user person on person.id = page.actor_id
            join organisation on organisation.id = page.organisation_id
            left join portal.audited_references((select array_agg(distinct referral_id) from page), null) known on known.id = page.referral_id
            order by page.sequence desc
            """;
    }

    static string Like(string typed) => typed.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal);
}
