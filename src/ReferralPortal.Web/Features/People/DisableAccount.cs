using ReferralPortal.Web.Features.Admin;
using ReferralPortal.Web.Features.Clinics.Manage;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.People;

/// <summary>
/// Shuts somebody out, or lets them in again; the whole of an organisation likewise. Allowed to the clinic manager, not for oneself and not for the clinic group. Whoever is signed in is out
/// within a minute; a clinician's appointments stay booked, and are listed first.
/// </summary>
public sealed class DisableAccount(PortalDatabase database)
{
    /// <param name="Id">Whose account, or which organisation.</param>
    /// <param name="Version">The version that the person saw.</param>
    /// <param name="Enabled">True to let them in again.</param>
    /// <param name="Confirmed">The person has seen what is booked.</param>
    public sealed record Command(Guid Id, int Version, bool Enabled, bool Confirmed);

    public async Task<Outcome<CapacityChange>> Handle(Actor actor, Command command, CancellationToken ct)
    {
        if (!actor.ManagesClinic()) return actor.NotForYou();
        if (command.Id == actor.UserId) return Outcome.Refused("You cannot disable your own account: ask another clinic manager.");
        return await database.Write<CapacityChange>(actor, async unit =>
        {
            var affected = command.Enabled ? [] : await unit.Booked(new(Clinician: command.Id));
            if (affected.Count > 0 && !command.Confirmed) return new CapacityChange(false, affected);
            var row = new { command.Id, command.Version, command.Enabled, at = unit.Now };
            if (await unit.One<Guid?>(ChangePerson, row) is null) return await unit.ChangedBySomebody(command.Id, await unit.One<bool>("select exists (select from portal_user where id = @id)", row), "changed this account");
            unit.Audit(command.Enabled ? AuditAction.EnableAccount : AuditAction.DisableAccount, subjectId: command.Id, detail: new { affected = affected.Count });
            return new CapacityChange(true, affected);
        }, ct);
    }

    /// <summary>The same for an organisation: all its people.</summary>
    public async Task<Outcome<bool>> Organisation(Actor actor, Command command, CancellationToken ct)
    {
        if (!actor.ManagesClinic()) return actor.NotForYou();
        if (command.Id == actor.OrganisationId) return Outcome.Refused("The clinic group cannot be disabled.");
        return await database.Write<bool>(actor, async unit =>
        {
            var row = new { command.Id, command.Version, command.Enabled, at = unit.Now };
            if (await unit.One<Guid?>(ChangeOrganisation, row) is null) return await unit.ChangedBySomebody(command.Id, await unit.One<bool>("select exists (select from organisation where id = @id)", row), "changed this organisation");
            unit.Audit(command.Enabled ? AuditAction.EnableOrganisation : AuditAction.DisableOrganisation, subjectId: command.Id);
            return true;
        }, ct);
    }

    const string ChangePerson = """
        update portal_user set disabled_at = case when @enabled then null else coalesce(disabled_at, @at) end, version = version + 1
        where id = @id and version = @version and not 'system' = any (roles) and portal.manages_clinic()
        returning id
        """;

    const string ChangeOrganisation = """
        update organisation set disabled_at = case when @enabled then null else coalesce(disabled_at, @at) end, version = version + 1
        where id = @id and version = @version and kind <> 'clinic_group' and portal.manages_clinic()
        returning id
        """;
}
