using ReferralPortal.Domain.Organisations;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Clocks.Agreements;

/// <summary>An organisation that refers, and what holds for it now. <paramref name="Targets"/> is JSON of what differs from the clinic's own; null where nothing was ever agreed.</summary>
public sealed record ListedAgreement(Guid OrganisationId, string Name, Coded<OrganisationKind> Kind, DateOnly? ValidFrom, string? Targets, DateOnly? NextFrom);

/// <summary>An agreement from a day on.</summary>
public sealed record Agreement(DateOnly ValidFrom, string Targets, string? Note, string AgreedBy, DateTimeOffset AgreedAt);

/// <summary>An organisation's agreements, the latest first. <paramref name="Version"/> goes up with every change to any of them; 0 where nothing was ever agreed.</summary>
public sealed record OrganisationAgreements(Guid OrganisationId, string Name, Coded<OrganisationKind> Kind, int Version, IReadOnlyList<Agreement> Agreements)
{
    /// <summary>What holds on a day: the clinic's own targets (null) before the first.</summary>
    public Agreement? On(DateOnly day) => Agreements.FirstOrDefault(agreed => agreed.ValidFrom <= day);
}

/// <summary>
/// Reads what was agreed with organisations that refer: all of them for the clinic's manager, one for the clinic's people, and one's own.
/// Any other organisation is missing.
/// </summary>
public sealed class ReadAgreements(PortalDatabase database)
{
    internal static readonly Failure NotAManager = Outcome.Refused("Your role does not allow this: the clinic manager keeps the agreements.");

    /// <summary>Whether the person keeps agreements.</summary>
    public static bool Keeps(Actor actor) => actor.OrganisationKind == OrganisationKind.ClinicGroup && actor.Has(Role.ClinicManager);

    /// <summary>Every organisation that refers.</summary>
    public async Task<Outcome<IReadOnlyList<ListedAgreement>>> All(Actor actor, CancellationToken ct)
    {
        if (!Keeps(actor)) return NotAManager;
        return await database.Read<Outcome<IReadOnlyList<ListedAgreement>>>(actor, async unit =>
            await unit.Many<ListedAgreement>(List, new { today = Domain.LondonTime.DateOf(unit.Now), kinds = Referring }), ct);
    }

    /// <summary>One organisation's.</summary>
    public async Task<Outcome<OrganisationAgreements>> Of(Actor actor, Guid organisation, CancellationToken ct)
    {
        var own = actor.OrganisationId == organisation && actor.MayRefer;
        if (!own && !(actor.OrganisationKind == OrganisationKind.ClinicGroup && actor.IsClinic)) return Outcome.Missing;
        return await database.Read<Outcome<OrganisationAgreements>>(actor, async unit =>
        {
            await using var sets = await unit.Results(One, new { organisation, kinds = Referring });
            if (await sets.ReadSingleOrDefaultAsync<Whose>() is not { } whose) return Outcome.Missing;
            return new OrganisationAgreements(organisation, whose.Name, whose.Kind, whose.Version, [.. await sets.ReadAsync<Agreement>()]);
        }, ct);
    }

    internal static readonly string[] Referring =
        [.. Enum.GetValues<OrganisationKind>().Where(kind => kind is not (OrganisationKind.ClinicGroup or OrganisationKind.Funder)).Select(kind => Domain.EnumText.Of(kind))];

    sealed record Whose(string Name, Coded<OrganisationKind> Kind, int Version);

    const string List = """
        select o.id as organisation_id, o.name, o.kind, held.valid_from, held.targets::text as targets,
               (select min(later.valid_from) from organisation_agreement later where later.organisation_id = o.id and later.valid_from > @today) as next_from
        from organisation o
        left join lateral (
            select a.valid_from, a.targets from organisation_agreement a
            where a.organisation_id = o.id and a.valid_from <= @today
            order by a.valid_from desc limit 1) held on true
        where o.kind = any (@kinds) and o.disabled_at is null
        order by o.name, o.id
        """;

    const string One = """
        select o.name, o.kind, coalesce((select sum(a.version)::int from organisation_agreement a where a.organisation_id = o.id), 0) as version
        from organisation o where o.id = @organisation and o.kind = any (@kinds);
        select a.valid_from, a.targets::text as targets, a.note, author.display_name as agreed_by, a.agreed_at
        from organisation_agreement a
        join organisation o on o.id = a.organisation_id and o.kind = any (@kinds)
        left join portal_user author on author.id = a.agreed_by
        where a.organisation_id = @organisation
        order by a.valid_from desc
        """;
}
