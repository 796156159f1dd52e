using ReferralPortal.Domain;
using ReferralPortal.Domain.Organisations;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Referrals.Submit.Drafts;

/// <summary>
/// Opens a new form. Its id is made here, once, and goes with it until it is a referral. What is known comes filled in: the usual case manager
/// and funder from the organisation's settings, else those of its last referral; what it usually asks for, and its own words of consent.
/// Allowed to those who refer.
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
            await unit.BeginDraft(id, Filled(known, actor.OrganisationKind));
            unit.Audit(AuditAction.StartDraft, subjectId: id);
            return id;
        }, ct);
    }

    static ReferralForm Filled(Known known, OrganisationKind kind)
    {
        var form = FormStart.Of(kind);
        if (FormParts.NamesCaseManager(kind)) form.Claim.CaseManagerId = known.CaseManagerId;
        form.Services.AskedFor = [.. known.Services.Select(service => EnumText.Parse<ServiceAskedFor>(service))];
        form.Consent.Words = known.ConsentWords ?? "";
        if (known.PayerId is { } payer && FormParts.Payers(kind)[0] == PayerKind.Funder) (form.Funding.Kind, form.Funding.PayerId) = (PayerKind.Funder, payer);
        return form;
    }

    // Dapper fits constructors by the reader's types, and does not know an array there.
    sealed record Known
    {
        public Guid? CaseManagerId { get; init; }
        public Guid? PayerId { get; init; }
        public string? ConsentWords { get; init; }
        public string[] Services { get; init; } = [];
    }

    const string Usual = """
        with last as (
            select referral_id from referral_party
            where organisation_id = @organisationId and role = 'referrer'
            order by submitted_at desc, referral_id desc limit 1
        ), candidate (role, id, rank) as (
            select 'case_manager', case_manager_id, 1 from organisation_settings where organisation_id = @organisationId
            union all select 'funder', payer_id, 1 from organisation_settings where organisation_id = @organisationId
            union all select party.role, party.organisation_id, 2 from referral_party party join last using (referral_id) where party.role in ('case_manager', 'funder')
        ), usable as (
            select distinct on (candidate.role) candidate.role, candidate.id
            from candidate join organisation known on known.id = candidate.id and known.kind = candidate.role and known.disabled_at is null
            order by candidate.role, candidate.rank
        )
        select (select id from usable where role = 'case_manager') as case_manager_id, (select id from usable where role = 'funder') as payer_id,
               settings.consent_words, coalesce(settings.services, '{}') as services
        from (select @organisationId::uuid as id) own left join organisation_settings settings on settings.organisation_id = own.id
        """;

    // Forms that were opened and never typed in are swept away with the next one.
    internal const string Insert = """
        delete from referral_draft where author_id = @authorId and organisation_id = @organisationId and version = 1 and created_at < @stale;
        insert into referral_draft (id, organisation_id, author_id, form, created_at, updated_at)
        values (@id, @organisationId, @authorId, @form::jsonb, @at, @at)
        """;
}

/// <summary>Writing a new form down.</summary>
static class BegunDraft
{
    /// <summary>Writes the first version of the unit's person's new form.</summary>
    internal static Task BeginDraft(this PortalUnit unit, Guid id, ReferralForm form) => unit.Run(StartDraft.Insert, new
    {
        id,
        organisationId = unit.Actor.OrganisationId,
        authorId = unit.Actor.UserId,
        form = Draft.Text(form),
        at = unit.Now,
        stale = unit.Now.AddDays(-1),
    });
}
