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
    public async Task<IReadOnlyDictionary<string, string>> Problems(Actor actor, ReferralForm form, CancellationToken ct) => (await Problems(actor, [form], ct))[0];

    /// <summary>The same of many forms, with one question to the database.</summary>
    public async Task<IReadOnlyDictionary<string, string>[]> Problems(Actor actor, IReadOnlyList<ReferralForm> forms, CancellationToken ct)
    {
        (Guid Organisation, PartyRole Role)[][] named = [.. forms.Select(form => NewReferral.Named(form, actor.OrganisationKind).ToArray())];
        Guid[] ids = [.. named.SelectMany(parties => parties).Select(party => party.Organisation).Distinct()];
        var known = ids.Length == 0 ? [] : (await database.Read(actor, unit => unit.Many<ListedOrganisation>(ById, new { ids }), ct)).ToDictionary(row => row.Id, row => row.Kind);
        return [.. named.Select(parties => parties
            .Where(party => !known.TryGetValue(party.Organisation, out var kind) || !Kinds(party.Role).Contains(kind))
            .ToDictionary(party => FieldOf(party.Role), _ => "This organisation can no longer be chosen; choose another"))];
    }

    /// <summary>Those that may be on a referral as something, by their names (in lower case): for references that are written out, and may be written wrong.</summary>
    public Task<List<ListedOrganisation>> Called(Actor actor, IReadOnlyCollection<string> names, CancellationToken ct) => names.Count == 0 ? Task.FromResult<List<ListedOrganisation>>([]) :
        database.Read(actor, unit => unit.Many<ListedOrganisation>(ByName, new { names = names.ToArray(), own = actor.OrganisationId }), ct);

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

    const string ByName = "select id, name, kind from organisation where lower(name) = any (@names) and disabled_at is null and id <> @own";
}
