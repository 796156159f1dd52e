using ReferralPortal.Web.Platform;

namespace ReferralPortal.Testing;

/// <summary>
/// Two walls stand between an organisation and the referrals of others: each use case's own predicate, and row-level security behind it.
/// This takes down one of them, so that a test can prove that the other holds alone. A test that uses it should also take down both and
/// see the referral: otherwise it proves nothing.
/// </summary>
public static class TwoWalls
{
    /// <summary>Units of work for which row-level security does not exist: only the use case's predicate is left.</summary>
    public static PortalDatabase WithoutRowLevelSecurity(this PortalTestDatabase database, TimeProvider? clock = null) =>
        new(database.SourcesWithoutRowLevelSecurity, clock ?? TimeProvider.System);

    /// <summary>
    /// The stranger, whom the use case takes for <paramref name="member"/>: its checks and predicates all pass, as if there were none.
    /// The database is not taken in, because it looks the person up by itself: only row-level security is left.
    /// </summary>
    public static Actor DisguisedAs(this Actor stranger, Actor member) => member with { UserId = stranger.UserId };
}
