using Microsoft.Extensions.Configuration;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Progress;
using ReferralPortal.Web.Features.Progress.Closing;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Platform.SignIn;
using ReferralPortal.Web.Tests.Features.Referrals;
using ReferralPortal.Web.Tests.Features.Triaging;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Progress.Closing;

/// <summary>A discharged referral and its signed discharge report.</summary>
sealed record EndedReferral(Guid Id, string Reference, Guid ReportId);

/// <summary>Puts referrals at their end into a test's database.</summary>
static class ClosingWorld
{
    /// <summary>The setting that the tests reckon with: two working days.</summary>
    internal static readonly IConfiguration TwoDays = new ConfigurationBuilder().AddInMemoryCollection([new("Discharge:ChaseAfterWorkingDays", "2")]).Build();

    /// <summary>A referral of <see cref="Solicitor"/> whose discharge report was signed at a moment of London's clock.</summary>
    internal static async Task<EndedReferral> Ended(this PortalTestDatabase database, string signed = "2026-11-20 15:00", ReferralState state = ReferralState.Discharged, string referrer = Solicitor, params (string Person, PartyRole Role)[] others)
    {
        var referral = await database.AddReferral(referrer, state, submittedAt: TestClock.Moment("2026-10-01 09:00"), others: others);
        return new(referral.Id, referral.Reference, await database.SignDischarge(referral.Id, signed));
    }

    /// <summary>Signs a discharge report past the portal.</summary>
    internal static async Task<Guid> SignDischarge(this PortalTestDatabase database, Guid referral, string signed)
    {
        var id = Guid.CreateVersion7();
        await database.Run("""
            insert into report (id, referral_id, kind, state, content, author_id, author_name, author_hcpc, signed_at, content_hash)
            select @id, @referral, 'discharge', 'signed', '[]'::jsonb, u.id, u.display_name, 'PH104512', @at, 'f00d' from portal_user u where u.user_name = @Clinician
            """, new { id, referral, at = TestClock.Moment(signed), Clinician });
        return id;
    }

    internal static EndCare Ending(this PortalTestDatabase database) => new(database.Database, database.Catalogue());

    internal static Task<int> VersionOf(this PortalTestDatabase database, Guid referral) => database.Ask<int>("select version from referral where id = @referral", new { referral });

    /// <summary>The portal's own account.</summary>
    internal static Task<Actor> Portal(this PortalTestDatabase database) => CurrentActor.Load(database.Sources, Actor.SystemUserId, CancellationToken.None);
}
