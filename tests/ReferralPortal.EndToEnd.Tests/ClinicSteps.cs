using Dapper;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.EndToEnd.Tests;

/// <summary>What triage does to a referral, past its pages: for tests of what comes after.</summary>
static class ClinicSteps
{
    /// <summary>Starts triage, accepts, and books the initial assessment with <see cref="People.Clinician"/> for half an hour ago.</summary>
    public static async Task Book(PortalTestDatabase world, Guid referral)
    {
        var triage = await world.Actor(People.Triage);
        var clinician = await world.Actor(People.Clinician);
        await Step(world, triage, referral, ReferralAction.StartTriage, AuditAction.StartTriage);
        await Step(world, triage, referral, ReferralAction.Accept, AuditAction.Accept);
        await using var connection = await world.Owner();
        await connection.ExecuteAsync("""
            update referral set clinician_id = @clinician, triage_owner_id = @triage where id = @referral;
            insert into appointment (id, referral_id, kind, clinic_id, clinician_id, starts_at, ends_at)
            select gen_random_uuid(), @referral, 'initial_assessment', (select id from clinic order by name limit 1), @clinician, at, at + interval '45 minutes'
            from (select coalesce(min(starts_at), now()) - interval '1 hour' as at from appointment where clinician_id = @clinician) earlier
            """, new { referral, clinician = clinician.UserId, triage = triage.UserId });
        await Step(world, triage, referral, ReferralAction.BookFirstAppointment, AuditAction.BookAppointment);
    }

    static async Task Step(PortalTestDatabase world, Actor actor, Guid referral, ReferralAction action, AuditAction audit)
    {
        await using var connection = await world.Owner();
        var version = await connection.ExecuteScalarAsync<int>("select version from referral where id = @referral", new { referral });
        var outcome = await world.Database.Write<int>(actor, async unit =>
        {
            var begun = await unit.Begin(referral, version, action);
            if (begun.Failure is { } failure) return failure;
            return await unit.Record(begun.Value!, action, audit, new StepRecord());
        }, CancellationToken.None);
        if (!outcome.IsDone) throw new InvalidOperationException($"{action}: {outcome.Failure}");
    }
}
