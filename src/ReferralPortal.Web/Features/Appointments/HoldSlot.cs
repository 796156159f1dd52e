using Npgsql;
using ReferralPortal.Domain;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Features.Triage;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Appointments;

/// <summary>A time that one person holds for one patient.</summary>
public sealed record HeldSlot(Guid Id, string Kind, Guid ClinicId, string Clinic, Guid ClinicianId, string Clinician, Guid? RoomId, string? Room, DateTimeOffset StartsAt, DateTimeOffset EndsAt, DateTimeOffset HeldUntil);

/// <summary>
/// Holds a free time for ten minutes, while the patient is on the phone. Who holds one for a referral and takes another lets the first go. A hold that has
/// run out stands in nobody's way. Allowed to whoever may book.
/// </summary>
public sealed class HoldSlot(PortalDatabase database, CatalogueStore catalogue, TimeProvider clock)
{
    /// <summary>How long a time is held.</summary>
    public static readonly TimeSpan Length = TimeSpan.FromMinutes(10);

    /// <param name="Referral">For whom.</param>
    /// <param name="Version">The version of the referral that the person saw.</param>
    /// <param name="Form">When, where, with whom.</param>
    public sealed record Command(Guid Referral, int Version, AppointmentForm Form);

    /// <summary>Returns until when it is held.</summary>
    public async Task<Outcome<DateTimeOffset>> Handle(Actor actor, Command command, CancellationToken ct)
    {
        if (!actor.Triages() && !actor.IsClinician()) return AppointmentRows.NotABooker;
        var (time, errors) = AppointmentTime.Read(command.Form, await catalogue.Get(ct), clock.GetUtcNow());
        if (time is null) return Outcome.Invalid(errors);

        try
        {
            return await database.Write(actor, unit => Hold(unit, command, time), ct);
        }
        catch (PostgresException fault) when (TakenTime.Refused(fault) is { } taken)
        {
            return taken;
        }
    }

    static async Task<Outcome<DateTimeOffset>> Hold(PortalUnit unit, Command command, AppointmentTime time)
    {
        var opened = await unit.Open(command.Referral, command.Version);
        if (opened.Value is not { } referral) return opened.Failure!;
        if (unit.Permit(referral, referral.State == ReferralState.Accepted ? ReferralAction.BookFirstAppointment : ReferralAction.BookAppointment) is { } failure) return failure;
        if (referral.StandingRedFlag() is not null) return AppointmentRows.FlagStands;

        var (clinic, clinician) = (command.Form.Clinic!.Value, command.Form.Clinician!.Value);
        if (await unit.MayTreat(referral, clinician) is { } notThisOne) return notThisOne;

        if (await unit.OutsideHours(command.Form, time) is { } outside) return outside;
        await unit.QueueFor([clinic], [clinician]);
        var taken = await unit.Take(referral.Id, (clinic, clinician, command.Form.Room), time);
        if (taken.Failure is { } gone) return gone;

        var (id, until) = (Guid.CreateVersion7(unit.Now), unit.Now + Length);
        await unit.Run(Insert, new { id, referralId = referral.Id, kind = EnumText.Of(command.Form.Kind), clinic, clinician, room = taken.Value, time.StartsAt, time.EndsAt, until, me = unit.Actor.UserId, now = unit.Now });
        unit.Audit(AuditAction.HoldSlot, referral.Id, id, new { startsAt = time.StartsAt, clinicId = clinic, clinicianId = clinician, until });
        return until;
    }

    const string Insert = """
        insert into appointment (id, referral_id, kind, clinic_id, clinician_id, room_id, starts_at, ends_at, state, held_until, held_by, created_at)
        values (@id, @referralId, @kind, @clinic, @clinician, @room, @startsAt, @endsAt, 'held', @until, @me, @now)
        """;
}

/// <summary>Lets go what the person holds for a referral; nothing happens where that is nothing.</summary>
public sealed class ReleaseSlot(PortalDatabase database)
{
    /// <summary>Returns whether something was held.</summary>
    public async Task<Outcome<bool>> Handle(Actor actor, Guid referral, CancellationToken ct)
    {
        if (!actor.Triages() && !actor.IsClinician()) return AppointmentRows.NotABooker;

        return await database.Write<bool>(actor, async unit =>
        {
            var released = await unit.Many<Guid>(Release, new { referral, me = actor.UserId, actor.OrganisationId });
            foreach (var id in released) unit.Audit(AuditAction.ReleaseSlot, referral, id);
            return released.Count > 0;
        }, ct);
    }

    const string Release = """
        delete from appointment
        where referral_id = @referral and held_by = @me and state = 'held'
            and exists (select from referral_party mine where mine.referral_id = appointment.referral_id and mine.organisation_id = @organisationId and mine.role = 'treating_clinic')
        returning id
        """;
}
