using ReferralPortal.Domain;
using ReferralPortal.Domain.Calendars;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Triage.Contact;

/// <summary>
/// The promise to reach the patient: it runs from the acceptance, beside whatever else is due, until somebody first reaches the patient. It is counted from
/// the referral's own events, so no second clock has to be kept.
/// </summary>
static class ContactPromise
{
    /// <summary>When it began (UTC); null before the acceptance, and when the patient has been reached.</summary>
    internal static Task<DateTimeOffset?> ContactPromisedSince(this PortalUnit unit, Guid referralId) => unit.One<DateTimeOffset?>(Since, new { referralId });

    /// <summary>Writes down that it was kept or broken, once, when the patient is reached.</summary>
    internal static async Task KeepPromise(this PortalUnit unit, LockedReferral referral, ReferralClock clock)
    {
        if (referral.DueFor == EnumText.Of(Target.Contact) || await unit.ContactPromisedSince(referral.Id) is not { } since) return;
        await unit.Run(Keep, new { promiseId = Guid.CreateVersion7(unit.Now), referralId = referral.Id, since, dueAt = clock.DueAt(Target.Contact, since, referral.Priority == Domain.Referrals.Priority.Urgent), at = unit.Now });
    }

    const string Since = """
        select max(accepted.at) from referral_event accepted
        where accepted.referral_id = @referralId and accepted.action = 'accept' and accepted.audience = 'everyone'
            and not exists (select from patient_contact reached where reached.referral_id = accepted.referral_id and reached.outcome in ('spoke', 'asked_to_wait'))
        """;

    const string Keep = """
        insert into clock_history (id, referral_id, target, started_at, due_at, ended_at, ended_by)
        values (@promiseId, @referralId, 'contact', @since, @dueAt, @at, 'log_contact')
        """;
}
