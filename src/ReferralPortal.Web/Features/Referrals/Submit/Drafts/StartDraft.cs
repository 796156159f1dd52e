using ReferralPortal.Domain.Organisations;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Referrals.Submit.Drafts;

/// <summary>
/// Opens a new form. Its id is made here, once, and goes with it until it is a referral. What is known comes filled in: the usual case manager
/// and funder from the organisation's settings, else those of its last referral. Allowed to those who refer.
/// </summary>
public sealed class StartDraft(PortalDatabase database)
{
    /// <summary>Returns the new draft's id.</summary>
    public async Task<Outcome<Guid>> Handle(Actor actor, CancellationToken ct)
    {
        if (!actor.MayRefer) return Outcome.Refused("Your role does not allow this.");

        return await database.Write<Guid>(actor, async unit =>
        {
            var known = await unit.One<Known>(Usual, new { organisationId = actor.OrganisationId }) ?? new Known();
            var id = Guid.CreateVersion7(unit.Now);
            await unit.Run(Insert, new { id, organisationId = actor.OrganisationId, authorId = actor.UserId, form = Draft.Text(Filled(known, actor.OrganisationKind)), at = unit.Now, stale = unit.Now.AddDays(-1) });
            unit.Audit(AuditAction.StartDraft, subjectId: id);
            return id;
        }, ct);
    }

    static ReferralForm Filled(Known known, OrganisationKind kind)
    {
        var form = FormStart.Of(kind);
        if (FormParts.NamesCaseManager(kind)) form.Claim.CaseManagerId = known.CaseManagerId;
        if (known.PayerId is { } payer && FormParts.Payers(kind)[0] == PayerKind.Funder) (form.Funding.Kind, form.Funding.PayerId) = (PayerKind.Funder, payer);
        return form;
    }

    sealed record Known(Guid? CaseManagerId = null, Guid? PayerId = null);

    const string Usual = """
        with last as (
            select referral_id from referral_party
            where organisation_id = @organisationId and role = 'referrer'
            order by submitted_at desc, referral_id desc limit 1
        ), candidate (role, id, rank) as (
            select 'case_manager', nullif(defaults ->> 'caseManagerId', '')::uuid, 1 from organisation where id = @organisationId
            union all select 'funder', nullif(defaults ->> 'payerId', '')::uuid, 1 from organisation where id = @organisationId
            union all select party.role, party.organisation_id, 2 from referral_party party join last using (referral_id) where party.role in ('case_manager', 'funder')
        ), usable as (
            select distinct on (candidate.role) candidate.role, candidate.id
            from candidate join organisation known on known.id = candidate.id and known.kind = candidate.role and known.disabled_at is null
            order by candidate.role, candidate.rank
        )
        select (select id from usable where role = 'case_manager') as case_manager_id, (select id from usable where role = 'funder') as payer_id
        """;

    // Forms that were opened and never typed in are swept away with the next one.
    const string Insert = """
        delete from referral_draft where author_id = @authorId and organisation_id = @organisationId and version = 1 and created_at < @stale;
        insert into referral_draft (id, organisation_id, author_id, form, created_at, updated_at)
        values (@id, @organisationId, @authorId, @form::jsonb, @at, @at)
        """;
}
