using ReferralPortal.Web.Features.Admin;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Clinics.Manage;

/// <summary>Closes a clinic for good, or opens it again. Allowed to the clinic manager. It is offered nowhere any more; what is booked there stays booked, and is listed first.</summary>
public sealed class CloseClinic(PortalDatabase database, CatalogueStore catalogue)
{
    /// <param name="Clinic">Which.</param>
    /// <param name="Version">The version that the person saw.</param>
    /// <param name="Open">True to open it again.</param>
    /// <param name="Confirmed">The person has seen what is booked.</param>
    public sealed record Command(Guid Clinic, int Version, bool Open, bool Confirmed);

    public async Task<Outcome<CapacityChange>> Handle(Actor actor, Command command, CancellationToken ct)
    {
        if (!actor.ManagesClinic()) return actor.NotForYou();
        var outcome = await database.Write<CapacityChange>(actor, async unit =>
        {
            var affected = command.Open ? [] : await unit.Booked(new(command.Clinic));
            if (affected.Count > 0 && !command.Confirmed) return new CapacityChange(false, affected);
            var row = new { command.Clinic, command.Version, command.Open, at = unit.Now };
            if (await unit.One<Guid?>(Change, row) is null) return await unit.ChangedBySomebody(command.Clinic, await unit.One<bool>(Exists, row), "changed this clinic");

            unit.Audit(command.Open ? AuditAction.ReopenClinic : AuditAction.CloseClinic, subjectId: command.Clinic, detail: new { affected = affected.Count });
            return new CapacityChange(true, affected);
        }, ct);
        if (outcome.Value is { Saved: true }) catalogue.Forget();
        return outcome;
    }

    const string Change = """
        update clinic set closed_at = case when @open then null else coalesce(closed_at, @at) end, version = version + 1
        where id = @clinic and version = @version and portal.manages_clinic()
        returning id
        """;

    const string Exists = "select exists (select from clinic where id = @clinic)";
}
