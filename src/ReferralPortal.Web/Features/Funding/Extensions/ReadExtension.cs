using ReferralPortal.Domain;
using ReferralPortal.Domain.Funding;
using ReferralPortal.Domain.Organisations;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Features.Referrals.View;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Funding.Extensions;

/// <summary>What is asked for, on one line.</summary>
/// <param name="Place">Its place, from 0.</param>
/// <param name="Modality">How; null for any way.</param>
/// <param name="Sessions">How many.</param>
/// <param name="UnitPrice">Pounds for each; null where none is named.</param>
/// <param name="Granted">How many of them were granted; null until it is answered.</param>
public sealed record ExtensionLine(int Place, Coded<Modality>? Modality, int Sessions, decimal? UnitPrice, int? Granted)
{
    public decimal? Cost => Sessions * UnitPrice;
    public decimal? GrantedCost => Granted * UnitPrice;
}

/// <summary>A request for more sessions as one reader may see it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="ReferralId">Whose.</param>
/// <param name="Reference">The referral's reference.</param>
/// <param name="ReportId">The report that goes with it.</param>
/// <param name="PayerOrganisationId">The payer, where it uses the portal.</param>
/// <param name="PayerName">Who is asked.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Until">The last day of what is asked for.</param>
/// <param name="OutcomeIfDeclined">What is to be expected without it; null for a reader who may not know what is wrong with the patient.</param>
/// <param name="RequestedBy">The clinician.</param>
/// <param name="AskedAt">When the payer was asked.</param>
/// <param name="DueOn">The last day for an answer.</param>
/// <param name="AnsweredAt">When it was answered.</param>
/// <param name="AnsweredByName">By whom.</param>
/// <param name="AnsweredHow">portal, link or contract.</param>
/// <param name="ReasonCode">Why it was declined, or declined in part.</param>
/// <param name="AnswerWords">What the payer wrote.</param>
/// <param name="WithdrawnReason">Why the clinic took it back.</param>
/// <param name="ByLink">The payer has no account: it answers by a link.</param>
/// <param name="LinkSentAt">When the last link was sent; for the clinic.</param>
/// <param name="LinkOpenedAt">When it was opened first; for the clinic.</param>
/// <param name="Version">Its version.</param>
public sealed record ExtensionRow(
    Guid Id, Guid ReferralId, string Reference, Guid ReportId, Guid? PayerOrganisationId, string PayerName, Coded<ExtensionState> State, DateOnly Until, string? OutcomeIfDeclined, string RequestedBy,
    DateTimeOffset? AskedAt, DateOnly? DueOn, DateTimeOffset? AnsweredAt, string? AnsweredByName, string? AnsweredHow, Coded<ExtensionReason>? ReasonCode, string? AnswerWords, string? WithdrawnReason,
    bool ByLink, DateTimeOffset? LinkSentAt, DateTimeOffset? LinkOpenedAt, int Version);

/// <summary>A request with its lines.</summary>
public sealed record ExtensionView(ExtensionRow Row, IReadOnlyList<ExtensionLine> Lines)
{
    public int Sessions => Lines.Sum(line => line.Sessions);
    public int Granted => Lines.Sum(line => line.Granted ?? 0);
    /// <summary>Pounds in all; null where a line names no price.</summary>
    public decimal? Cost => Lines.All(line => line.UnitPrice is not null) ? Lines.Sum(line => line.Cost) : null;
    public decimal? GrantedCost => Lines.All(line => line.UnitPrice is not null) ? Lines.Sum(line => line.GrantedCost) : null;
}

/// <summary>
/// Reads requests for more sessions: of one referral, of one report, or one. For the referral's parties that see its funding; a draft is the clinic's. Another
/// organisation's is missing.
/// </summary>
public sealed class ReadExtension(PortalDatabase database)
{
    /// <summary>The request that goes with a report; null where there is none, or not for this reader.</summary>
    public async Task<ExtensionView?> OfReport(Actor actor, Guid reportId, CancellationToken ct) => (await Read(actor, OfVersion, reportId, ct)).FirstOrDefault();

    /// <summary>One of them; null where it is not there for this reader.</summary>
    public async Task<ExtensionView?> One(Actor actor, Guid requestId, CancellationToken ct) => (await Read(actor, "request.id = @id", requestId, ct)).FirstOrDefault();

    async Task<IReadOnlyList<ExtensionView>> Read(Actor actor, string which, Guid id, CancellationToken ct) =>
        !actor.ReadsReferrals() ? [] : await database.View(actor, async unit =>
        {
            var found = await Of(unit, which, id);
            foreach (var one in found) unit.Audit(AuditAction.ViewFunding, one.Row.ReferralId, one.Row.Id);
            return found;
        }, ct);

    /// <summary>As many as the unit's person may see.</summary>
    internal static async Task<IReadOnlyList<ExtensionView>> Of(PortalUnit unit, string which, Guid id)
    {
        var actor = unit.Actor;
        await using var sets = await unit.Results(Rows.Replace("@which", which, StringComparison.Ordinal), new { id, actor.OrganisationId, treats = actor.OrganisationKind == OrganisationKind.ClinicGroup && actor.IsClinic });
        var rows = (await sets.ReadAsync<Row>()).ToList();
        var lines = (await sets.ReadAsync<Line>()).ToLookup(line => line.RequestId, line => line.Of);
        return [.. from row in rows
                   let sight = PartySight.Of(row.MyRoles.Select(role => EnumText.Parse<PartyRole>(role)), actor.OrganisationKind)
                   where sight.HasFlag(Sight.Funding)
                   // Whoever pays reads what its answer rests upon; who learns only that a worker is treated does not.
                   select new ExtensionView(row.Of(sight.HasFlag(Sight.Injury)), [.. lines[row.Id]])];
    }

    sealed record Row(
        Guid Id, Guid ReferralId, string Reference, Guid ReportId, Guid? PayerOrganisationId, string PayerName, Coded<ExtensionState> State, DateOnly Until, string OutcomeIfDeclined, string? RequestedBy,
        DateTimeOffset? AskedAt, DateOnly? DueOn, DateTimeOffset? AnsweredAt, string? AnsweredByName, string? AnsweredHow, Coded<ExtensionReason>? ReasonCode, string? AnswerWords, string? WithdrawnReason,
        bool ByLink, DateTimeOffset? LinkSentAt, DateTimeOffset? LinkOpenedAt, int Version, string[] MyRoles)
    {
        internal ExtensionRow Of(bool seesInjury) => new(Id, ReferralId, Reference, ReportId, PayerOrganisationId, PayerName, State, Until, seesInjury ? OutcomeIfDeclined : null, RequestedBy ?? "A clinician",
            AskedAt, DueOn, AnsweredAt, AnsweredByName, AnsweredHow, seesInjury ? ReasonCode : null, seesInjury ? AnswerWords : null, seesInjury ? WithdrawnReason : null, ByLink, LinkSentAt, LinkOpenedAt, Version);
    }

    sealed record Line(Guid RequestId, int Place, Coded<Modality>? Modality, int Sessions, decimal? UnitPrice, int? Granted)
    {
        internal ExtensionLine Of => new(Place, Modality, Sessions, UnitPrice, Granted);
    }

    // An amended report keeps what was asked with the version before it.
    const string OfVersion = """
        request.report_id in (
            with recursive version (id) as (
                select @id::uuid
                union
                select report.supersedes_id from version join report on report.id = version.id where report.supersedes_id is not null)
            select id from version)
        """;

    const string Rows = """
        select request.id, request.referral_id, r.reference, request.report_id, request.payer_organisation_id, request.payer_name, request.state, request.until, request.outcome_if_declined,
               clinician.display_name as requested_by, request.asked_at, request.due_on, request.answered_at, request.answered_by_name, request.answered_how, request.reason_code,
               request.answer_words, request.withdrawn_reason, request.payer_email is not null as by_link, link.sent_at as link_sent_at, link.opened_at as link_opened_at, request.version, mine.my_roles
        from extension_request request
        join referral r on r.id = request.referral_id
        left join portal_user clinician on clinician.id = request.requested_by
        cross join lateral (
            select array_agg(party.role) as my_roles from referral_party party
            where party.referral_id = r.id and party.organisation_id = @organisationId) mine
        -- Nobody but the clinic sees a link.
        left join lateral (select sent_at, opened_at from funder_link where request_id = request.id order by sent_at desc limit 1) link on true
        where @which and mine.my_roles is not null and (request.state <> 'draft' or @treats) and (request.asked_at is not null or @treats)
        order by request.created_at desc, request.id desc;

        select line.request_id, line.place, line.modality, line.sessions, line.unit_price, line.granted
        from extension_line line
        join extension_request request on request.id = line.request_id
        where @which
        order by line.place;
        """;
}
