using ReferralPortal.Domain;
using ReferralPortal.Domain.Funding;
using ReferralPortal.Domain.Organisations;
using ReferralPortal.Domain.Progress;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Funding.Extensions;
using ReferralPortal.Web.Features.Progress;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Features.Referrals.View;
using ReferralPortal.Web.Features.Triage;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Funding;

/// <summary>What the funding of a referral shows to one reader, and what that reader may do.</summary>
/// <param name="ReferralId">Whose.</param>
/// <param name="Reference">Its reference.</param>
/// <param name="Version">The version of the referral.</param>
/// <param name="Balance">What is authorised, used, booked and left.</param>
/// <param name="Requests">Requests for more sessions, the newest first.</param>
/// <param name="Documents">Documents that an authority may point to, for whoever records one.</param>
/// <param name="MayGive">May record an authority (clinic), or give one (the payer).</param>
/// <param name="IsClinic">Reads as the treating clinic.</param>
/// <param name="MayAsk">May ask for more sessions now.</param>
/// <param name="Payer">The reader's own organisation, where it pays.</param>
/// <param name="Outside">Signed sessions at which something was given in another way than is authorised, the first one first; for the clinic.</param>
public sealed record FundingView(
    Guid ReferralId, string Reference, int Version, FundingBalance Balance, IReadOnlyList<ExtensionView> Requests, IReadOnlyList<FundingDocument> Documents, bool MayGive, bool IsClinic, bool MayAsk, Guid? Payer,
    IReadOnlyList<GivenOutside> Outside)
{
    /// <summary>Whether the reader may take this authority back.</summary>
    public bool MayWithdraw(PayersAuthority authority) => authority.Stands && (IsClinic && MayGive || Payer is { } payer && authority.Given.PayerOrganisationId == payer);

    /// <summary>The request that is being written or waits.</summary>
    public ExtensionView? OpenRequest => Requests.FirstOrDefault(request => request.Row.State.Value is ExtensionState.Draft or ExtensionState.Waiting);
}

/// <summary>A session at which something was given in another way than is authorised, and what.</summary>
public sealed record GivenOutside(DateTimeOffset HeldAt, IReadOnlyList<Treatment> Treatments);

/// <summary>A document of the referral that may be the letter of an authority.</summary>
public sealed record FundingDocument(Guid Id, string FileName);

/// <summary>
/// Opens the funding of a referral for a party that sees it, and writes that down. Another organisation's is missing in the way of one that does not exist.
/// </summary>
public sealed class ReadFunding(PortalDatabase database)
{
    public async Task<Outcome<FundingView>> Handle(Actor actor, Guid referralId, CancellationToken ct)
    {
        if (!actor.ReadsReferrals()) return Outcome.Missing;
        return await database.View(actor, async unit =>
        {
            var header = await unit.One<Header>(Head, new { referralId, actor.OrganisationId });
            if (header?.MyRoles is not { } codes) return (Outcome<FundingView>)Outcome.Missing;
            var roles = codes.Select(code => EnumText.Parse<PartyRole>(code)).ToList();
            if (!PartySight.Of(roles, actor.OrganisationKind).HasFlag(Sight.Funding)) return Outcome.Missing;

            unit.Audit(AuditAction.ViewFunding, referralId);
            var (clinic, payer) = (actor.TreatsReferrals() && roles.Contains(PartyRole.TreatingClinic), roles.Contains(PartyRole.Funder) && actor.OrganisationKind == OrganisationKind.Funder && actor.Has(Role.Funder));
            var balance = await FundingBalance.Read(unit, referralId);
            var requests = await ReadExtension.Of(unit, "request.referral_id = @id", referralId);
            var gives = payer || clinic && (actor.Triages() || actor.IsClinician());
            IReadOnlyList<FundingDocument> documents = clinic && gives ? await unit.Many<FundingDocument>(Letters, new { referralId }) : [];
            return new FundingView(referralId, header.Reference, header.Version, balance, requests, documents, gives && GiveAuthority.Open.Contains(header.State.Value), clinic,
                clinic && actor.IsClinician() && header.State == ReferralState.InTreatment, payer ? actor.OrganisationId : null, clinic && gives ? await Outside(unit, referralId, balance) : []);
        }, ct);
    }

    // Where no payer names a way, the record need not be read.
    static async Task<IReadOnlyList<GivenOutside>> Outside(PortalUnit unit, Guid referralId, FundingBalance balance) => balance.Lines.All(line => line.Modality is null) ? [] :
    [
        .. (await RecordedCare.Read(unit, referralId)).SessionNotes
            .Select(note => new GivenOutside(note.HeldAt, ModalityRules.Outside(balance.Ways(LondonTime.DateOf(note.HeldAt)), [.. note.Treatments.Select(code => EnumText.Parse<Treatment>(code))])))
            .Where(session => session.Treatments.Count > 0),
    ];

    sealed record Header(string Reference, Coded<ReferralState> State, int Version, string[]? MyRoles);

    const string Head = """
        select r.reference, r.state, r.version, (
            select array_agg(party.role) from referral_party party where party.referral_id = r.id and party.organisation_id = @organisationId) as my_roles
        from referral r where r.id = @referralId
        """;

    const string Letters = "select id, file_name from document where referral_id = @referralId and state = 'available' order by created_at desc, id limit 50";
}
