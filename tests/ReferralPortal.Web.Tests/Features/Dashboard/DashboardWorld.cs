using ReferralPortal.Domain;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Tests.Features.Referrals;
using ReferralPortal.Web.Tests.Features.Triaging;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Dashboard;

/// <summary>Puts referrals into a test's database step by step, each at a moment of London's clock: <c>2026-11-02 09:00</c>.</summary>
static class DashboardWorld
{
    /// <summary>A referral that nobody at the clinic has looked at.</summary>
    internal static async Task<TestReferral> Sent(this PortalTestDatabase database, string london, string referrer = Solicitor, ReferralState state = ReferralState.Submitted)
    {
        var referral = await database.AddReferral(referrer, state, submittedAt: TestClock.Moment(london), redFlag: null);
        await database.Run($"{TriageWorld.NothingUsed} delete from referral_event where referral_id = @Id and action <> 'submit'; delete from appointment where referral_id = @Id", new { referral.Id });
        return referral;
    }

    /// <summary>A step of the clinic's.</summary>
    internal static async Task<TestReferral> Then(this Task<TestReferral> before, PortalTestDatabase database, string action, string london, ReferralState to, string? reason = null, bool undone = false)
    {
        var referral = await before;
        await database.Run("""
            insert into referral_event (id, referral_id, at, actor_id, actor_name, organisation_id, action, from_state, to_state, reason_code, audience, version)
            select gen_random_uuid(), @Id, @at, u.id, u.display_name, u.organisation_id, @action,
                   (select to_state from referral_event where referral_id = @Id order by sequence desc limit 1), @to, @reason, @audience, 2
            from portal_user u where u.user_name = @Triage;
            update referral set state = @to, state_since = @at where id = @Id
            """, new { referral.Id, at = TestClock.Moment(london), action, to = EnumText.Of(to), reason, audience = undone ? "clinic" : "everyone", Triage });
        return referral;
    }

    /// <summary>An attempt to reach the patient.</summary>
    internal static async Task<TestReferral> Tried(this Task<TestReferral> before, PortalTestDatabase database, string london, string outcome)
    {
        var referral = await before;
        await database.Run("""
            insert into patient_contact (id, referral_id, at, channel, outcome, made_by, made_by_name)
            select gen_random_uuid(), @Id, @at, 'call', @outcome, u.id, u.display_name from portal_user u where u.user_name = @Triage
            """, new { referral.Id, at = TestClock.Moment(london), outcome, Triage });
        return referral;
    }

    /// <summary>An initial assessment.</summary>
    internal static async Task<TestReferral> Assessment(this Task<TestReferral> before, PortalTestDatabase database, string london, string state = "attended")
    {
        var referral = await before;
        await database.Run("""
            insert into appointment (id, referral_id, kind, clinic_id, clinician_id, starts_at, ends_at, state)
            select gen_random_uuid(), @Id, 'initial_assessment', (select id from clinic order by name limit 1), u.id, @at, @at + interval '1 hour', @state from portal_user u where u.user_name = @Clinician
            """, new { referral.Id, at = TestClock.Moment(london), state, Clinician });
        return referral;
    }

    /// <summary>A promise that has ended.</summary>
    internal static async Task<TestReferral> Promised(this Task<TestReferral> before, PortalTestDatabase database, string target, string due, string ended)
    {
        var referral = await before;
        await database.Run("""
            insert into clock_history (id, referral_id, target, started_at, due_at, ended_at, ended_by)
            values (gen_random_uuid(), @Id, @target, @due - interval '1 day', @due, @ended, 'accept')
            """, new { referral.Id, target, due = TestClock.Moment(due), ended = TestClock.Moment(ended) });
        return referral;
    }

    /// <summary>A promise that runs, or stands still.</summary>
    internal static async Task<TestReferral> Runs(this Task<TestReferral> before, PortalTestDatabase database, string target, string due, string? paused = null)
    {
        var referral = await before;
        await database.Run("update referral set due_for = @target, due_at = @due, clock_paused_at = @paused where id = @Id",
            new { referral.Id, target, due = TestClock.Moment(due), paused = paused is null ? (DateTimeOffset?)null : TestClock.Moment(paused) });
        return referral;
    }

    /// <summary>Accepted for a clinic.</summary>
    internal static async Task<TestReferral> At(this Task<TestReferral> before, PortalTestDatabase database, Guid clinic)
    {
        var referral = await before;
        await database.Run("update referral set clinic_id = @clinic where id = @Id", new { referral.Id, clinic });
        return referral;
    }
}
