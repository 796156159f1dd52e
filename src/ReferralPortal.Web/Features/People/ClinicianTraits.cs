using ReferralPortal.Web.Features.Triage;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.People;

/// <summary>What the clinicians can do and which languages they speak: what a search for free times can ask for.</summary>
public sealed class ClinicianTraits(PortalDatabase database)
{
    /// <summary>Each once, by name.</summary>
    public sealed record Lists(string[] Languages, string[] Skills);

    /// <summary>For the treating clinic's people; empty for anybody else.</summary>
    public async Task<Lists> Handle(Actor actor, CancellationToken ct) =>
        actor.TreatsReferrals() ? await database.Read(actor, Read, ct) : new([], []);

    internal static async Task<Lists> Read(PortalUnit unit) => await unit.One<Lists>(Known, new { unit.Actor.OrganisationId }) ?? new([], []);

    const string Known = """
        select array(select distinct word from portal_user, unnest(languages) word where organisation_id = @organisationId and disabled_at is null order by word) as languages,
               array(select distinct word from portal_user, unnest(skills) word where organisation_id = @organisationId and disabled_at is null order by word) as skills
        where portal.at_clinic()
        """;
}
