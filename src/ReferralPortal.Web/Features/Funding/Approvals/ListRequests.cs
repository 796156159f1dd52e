using ReferralPortal.Domain.Funding;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Funding.Approvals;

/// <summary>A request in a funder's list.</summary>
public sealed record ListedRequest(
    Guid Id, string Reference, string GivenName, string FamilyName, string? ClaimReference, Coded<ExtensionState> State, int Sessions, decimal? Cost, int? Granted, DateTimeOffset AskedAt, DateOnly DueOn, DateTimeOffset? AnsweredAt, string? AnsweredByName)
{
    public string PatientName => $"{GivenName} {FamilyName}";
}

/// <summary>A part of the list, and how many there are of each.</summary>
public sealed record RequestList(IReadOnlyList<ListedRequest> Rows, int Waiting, int Answered, bool More);

/// <summary>What of it is looked at; as it stands in the address.</summary>
public sealed record RequestFilter(bool Answered, string? Search);

/// <summary>Lists the requests for more sessions that a funder's own organisation was asked: those that wait, the most pressing first; and those that it answered, the latest first.</summary>
public sealed class ListRequests(PortalDatabase database)
{
    /// <summary>The most that one page shows.</summary>
    public const int Most = 100;

    public async Task<Outcome<RequestList>> Handle(Actor actor, RequestFilter filter, CancellationToken ct)
    {
        if (!GiveAuthority.Funds(actor)) return Outcome.Refused("Your role does not allow this: funders answer requests.");
        return await database.View<Outcome<RequestList>>(actor, async unit =>
        {
            await using var sets = await unit.Results(Rows, new { actor.OrganisationId, filter.Answered, words = Like(filter.Search), most = Most + 1 });
            var rows = (await sets.ReadAsync<ListedRequest>()).ToList();
            var (waiting, answered) = await sets.ReadSingleAsync<(int, int)>();
            unit.Audit(AuditAction.ListExtensions, detail: new { rows.Count });
            return new RequestList([.. rows.Take(Most)], waiting, answered, rows.Count > Most);
        }, ct);
    }

    /// <summary>How many wait: for the places that lead there.</summary>
    public Task<int> CountWaiting(Actor actor, CancellationToken ct) =>
        !GiveAuthority.Funds(actor) ? Task.FromResult(0) : database.Read(actor, unit => unit.One<int>(Waiting, new { actor.OrganisationId }), ct);

    static string? Like(string? search) => string.IsNullOrWhiteSpace(search) ? null
        : $"%{search.Trim().Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal)}%";

    const string Ours = """
        request.payer_organisation_id = @organisationId
            and exists (select from referral_party mine where mine.referral_id = request.referral_id and mine.organisation_id = @organisationId and mine.role = 'funder')
        """;

    const string Waiting = $"select count(*)::int from extension_request request where request.state = 'waiting' and {Ours}";

    const string Rows = $"""
        select request.id, r.reference, patient.given_name, patient.family_name, r.claim_reference, request.state, lines.sessions, lines.cost, lines.granted, request.asked_at, request.due_on, request.answered_at, request.answered_by_name
        from extension_request request
        join referral r on r.id = request.referral_id
        join patient on patient.id = r.patient_id
        cross join lateral (
            select sum(line.sessions)::int as sessions, case when count(line.unit_price) = count(*) then sum(line.sessions * line.unit_price) end as cost, sum(line.granted)::int as granted
            from extension_line line where line.request_id = request.id) lines
        where {Ours} and request.asked_at is not null
            and case when @answered then request.state in ('authorised', 'part', 'declined') else request.state = 'waiting' end
            and (@words::text is null or r.reference ilike @words or replace(r.reference, '-', '') ilike replace(@words, '-', '') or patient.given_name || ' ' || patient.family_name ilike @words or r.claim_reference ilike @words)
        order by case when @answered then null else request.due_on end, request.answered_at desc nulls last, request.id
        limit @most;

        select count(*) filter (where request.state = 'waiting')::int, count(*) filter (where request.state in ('authorised', 'part', 'declined'))::int
        from extension_request request where {Ours};
        """;
}
