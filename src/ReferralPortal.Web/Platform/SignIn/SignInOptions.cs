namespace ReferralPortal.Web.Platform.SignIn;

/// <summary>How long a session lasts and how soon a change of rights is noticed. Bound from the configuration section <c>SignIn</c>.</summary>
public sealed class SignInOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "SignIn";

    /// <summary>A session unused for this long has ended.</summary>
    public TimeSpan Idle { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>A session ends after this long however much it is used.</summary>
    public TimeSpan Longest { get; set; } = TimeSpan.FromHours(8);

    /// <summary>How often the database is asked whether a session still stands; a disabled person is out within this time.</summary>
    public TimeSpan Revalidate { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long before the end of an unused session its person is warned.</summary>
    public TimeSpan Warning { get; set; } = TimeSpan.FromMinutes(2);
}
