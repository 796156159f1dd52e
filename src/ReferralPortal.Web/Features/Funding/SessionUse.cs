using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Funding;

/// <summary>What attendance writes into a referral's ledger. Both are safe to repeat: an appointment has used one session or none.</summary>
public static class SessionUse
{
    /// <summary>The appointment used a session, in the unit that records it: under the authority that covers its day, or under none.</summary>
    /// <param name="unit">The unit that records the attendance; the referral's row is locked in it.</param>
    /// <param name="appointment">Which.</param>
    /// <param name="why">Where that is not simply that the patient came; may be null.</param>
    public static Task UseSession(this PortalUnit unit, Guid appointment, string? why = null) =>
        unit.Run("select portal.use_session(@entry, @appointment, @why::text, @person, @now)", Line(unit, appointment, why));

    /// <summary>The appointment used no session after all: another line takes it back.</summary>
    public static Task ReturnSession(this PortalUnit unit, Guid appointment, string why) =>
        unit.Run("select portal.return_session(@entry, @appointment, @why::text, @person, @now)", Line(unit, appointment, why));

    /// <summary>Whether a payer of this referral agreed to pay for appointments that are missed without notice. None does unless its terms say so.</summary>
    public static Task<bool> MissedIsCharged(this PortalUnit unit, Guid referral) => unit.One<bool>(Charged, new { referral });

    static object Line(PortalUnit unit, Guid appointment, string? why) => new { entry = Guid.CreateVersion7(unit.Now), appointment, why, person = unit.Actor.UserId, unit.Now };

    const string Charged = """
        select exists (
            select from funding_authority payer join payer_terms terms on terms.organisation_id = payer.payer_organisation_id
            where payer.referral_id = @referral and payer.withdrawn_at is null and terms.charges_missed)
        """;
}
