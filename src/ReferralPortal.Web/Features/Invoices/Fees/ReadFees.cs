using ReferralPortal.Domain.Organisations;
using ReferralPortal.Web.Features.Admin;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Invoices.Fees;

/// <summary>Whose prices, and what holds now; no payer is the clinic's own. <paramref name="Fees"/> is JSON, null where nothing was ever agreed.</summary>
public sealed record ListedFees(Guid? PayerId, string Name, Coded<OrganisationKind>? Kind, DateOnly? ValidFrom, string? Fees, DateOnly? NextFrom);

/// <summary>Prices from a day on.</summary>
public sealed record FeeSchedule(DateOnly ValidFrom, string Fees, string VatNote, string? Note, string AgreedBy, DateTimeOffset AgreedAt);

/// <summary>A payer's prices, or the clinic's own, the latest first. <paramref name="Version"/> goes up with every change; 0 where nothing was ever agreed.</summary>
public sealed record PayerFees(Guid? PayerId, string Name, int Version, IReadOnlyList<FeeSchedule> Schedules)
{
    /// <summary>What holds on a day; null before the first.</summary>
    public FeeSchedule? On(DateOnly day) => Schedules.FirstOrDefault(schedule => schedule.ValidFrom <= day);
}

/// <summary>Reads the clinic's prices. For its manager.</summary>
public sealed class ReadFees(PortalDatabase database)
{
    /// <summary>The clinic's own prices, and those of every organisation that may pay.</summary>
    public async Task<Outcome<IReadOnlyList<ListedFees>>> All(Actor actor, CancellationToken ct)
    {
        if (!actor.ManagesClinic()) return actor.NotForYou();
        return await database.Read<Outcome<IReadOnlyList<ListedFees>>>(actor, async unit => await unit.Many<ListedFees>(List, new { today = Domain.LondonTime.DateOf(unit.Now) }), ct);
    }

    /// <summary>One payer's; null for the clinic's own.</summary>
    public async Task<Outcome<PayerFees>> Of(Actor actor, Guid? payer, CancellationToken ct)
    {
        if (!actor.ManagesClinic()) return actor.NotForYou();
        return await database.Read<Outcome<PayerFees>>(actor, async unit =>
        {
            await using var sets = await unit.Results(One, new { payer });
            if (await sets.ReadSingleOrDefaultAsync<(string Name, int Version)?>() is not { } whose) return Outcome.Missing;
            return new PayerFees(payer, whose.Name, whose.Version, [.. await sets.ReadAsync<FeeSchedule>()]);
        }, ct);
    }

    const string Whose = """
        (select null::uuid as id, 'The clinic’s own prices' as name, null::text as kind, false as is_payer
         union all
         select o.id, o.name, o.kind, true from organisation o where o.kind <> 'clinic_group' and o.disabled_at is null) whose
        """;

    const string List = $"""
        select whose.id as payer_id, whose.name, whose.kind, held.valid_from, held.fees::text as fees,
               (select min(later.valid_from) from fee_schedule later where later.payer_organisation_id is not distinct from whose.id and later.valid_from > @today) as next_from
        from {Whose}
        left join lateral (
            select s.valid_from, s.fees from fee_schedule s
            where s.payer_organisation_id is not distinct from whose.id and s.valid_from <= @today
            order by s.valid_from desc limit 1) held on true
        order by whose.is_payer, held.valid_from is null, whose.name, whose.id
        """;

    const string One = $"""
        select whose.name, coalesce((select sum(s.version)::int from fee_schedule s where s.payer_organisation_id is not distinct from whose.id), 0) as version
        from {Whose} where whose.id is not distinct from @payer::uuid;
        select s.valid_from, s.fees::text as fees, s.vat_note, s.note, author.display_name as agreed_by, s.agreed_at
        from fee_schedule s join portal_user author on author.id = s.agreed_by
        where s.payer_organisation_id is not distinct from @payer::uuid
        order by s.valid_from desc
        """;
}
