using ReferralPortal.Domain;
using ReferralPortal.Domain.Organisations;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Referrals.Submit.Letters;

/// <summary>The case managers and funders that a letter may name. All of them, so that the letter is compared here and goes nowhere.</summary>
public sealed class LetterOrganisations(PortalDatabase database)
{
    const int Most = 5_000;

    /// <summary>Empty for those who may not refer, and for kinds of organisation whose form does not ask.</summary>
    public async Task<IReadOnlyList<NamedOrganisation>> Handle(Actor actor, CancellationToken ct)
    {
        if (!actor.MayRefer) return [];
        List<string> kinds = [EnumText.Of(OrganisationKind.Funder)];
        if (FormParts.NamesCaseManager(actor.OrganisationKind)) kinds.Add(EnumText.Of(OrganisationKind.CaseManager));
        return await database.Read(actor, unit => unit.Many<NamedOrganisation>(Known, new { kinds = kinds.ToArray(), own = actor.OrganisationId, most = Most }), ct);
    }

    const string Known = """
        select id, name, kind = 'funder' as is_funder from organisation
        where kind = any (@kinds) and disabled_at is null and id <> @own
        order by lower(name), id
        limit @most
        """;
}
