using ReferralPortal.Domain;
using ReferralPortal.Domain.Organisations;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Referrals.Submit;

/// <summary>The organisations that a referral may name: to pick from, and to check what was picked. Naming one lets it read the referral.</summary>
public sealed class FormOrganisations(PortalDatabase database)
{
    /// <summary>The most that a search returns.</summary>
    public const int Most = 10;

    /// <summary>Which kinds of organisation may be what on a referral.</summary>
    public static OrganisationKind[] KindsFor(PartyRole role) => role switch
    {
        PartyRole.CaseManager => [OrganisationKind.CaseManager],
        PartyRole.Funder => [OrganisationKind.Funder],
        PartyRole.InstructingParty => [OrganisationKind.Solicitor, OrganisationKind.CaseManager, OrganisationKind.Funder, OrganisationKind.Employer],
        _ => [],
    };

    /// <summary>Those that may be <paramref name="role"/>, whose name has every word that was typed; in order of their names.</summary>
    public Task<List<ListedOrganisation>> Search(Actor actor, PartyRole role, string typed, CancellationToken ct) =>
        database.Read(actor, unit => unit.Many<ListedOrganisation>(Matching, new { kinds = Kinds(role), patterns = Patterns(typed), own = actor.OrganisationId, most = Most }), ct);

    /// <summary>The names of organisations that the form names.</summary>
    public async Task<IReadOnlyDictionary<Guid, string>> Names(Actor actor, ReferralForm form, CancellationToken ct)
    {
        Guid[] named = [.. new[] { form.Claim.CaseManagerId, form.Claim.InstructingPartyId, form.Funding.PayerId }.OfType<Guid>().Distinct()];
        if (named.Length == 0) return new Dictionary<Guid, string>();
        var rows = await database.Read(actor, unit => unit.Many<ListedOrganisation>(ById, new { ids = named }), ct);
        return rows.ToDictionary(row => row.Id, row => row.Name);
    }

    /// <summary>What is wrong with the organisations that the form names: field path to words.</summary>
    public async Task<IReadOnlyDictionary<string, string>> Problems(Actor actor, ReferralForm form, CancellationToken ct)
    {
        var problems = new Dictionary<string, string>();
        (Guid Organisation, PartyRole Role)[] named = [.. NewReferral.Named(form, actor.OrganisationKind)];
        if (named.Length == 0) return problems;

        var known = await database.Read(actor, unit => unit.Many<ListedOrganisation>(ById, new { ids = named.Select(party => party.Organisation).Distinct().ToArray() }), ct);
        foreach (var (organisation, role) in named)
            if (!known.Any(row => row.Id == organisation && Kinds(role).Contains(row.Kind)))
                problems[FieldOf(role)] = "This organisation can no longer be chosen; choose another";
        return problems;
    }

    static string FieldOf(PartyRole role) => role switch
    {
        PartyRole.CaseManager => "Claim.CaseManagerId",
        PartyRole.InstructingParty => "Claim.InstructingPartyId",
        _ => "Funding.PayerId",
    };

    static string[] Kinds(PartyRole role) => [.. KindsFor(role).Select(kind => EnumText.Of(kind))];

    static string[] Patterns(string typed) =>
        [.. typed.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => $"%{word.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("%", @"\%", StringComparison.Ordinal).Replace("_", @"\_", StringComparison.Ordinal)}%")];

    const string Matching = """
        select id, name, kind from organisation
        where kind = any (@kinds) and disabled_at is null and id <> @own and name ilike all (@patterns)
        order by lower(name), id
        limit @most
        """;

    const string ById = "select id, name, kind from organisation where id = any (@ids) and disabled_at is null";
}
