namespace ReferralPortal.Web.Components.Theme;

/// <summary>What a person chose in the theme switch; kept in a cookie so that the first page already has it.</summary>
public enum ThemeChoice
{
    /// <summary>As the device says.</summary>
    System,
    /// <summary>Light whatever the device says.</summary>
    Light,
    /// <summary>Dark whatever the device says.</summary>
    Dark,
}

/// <summary>Reads the choice; portal.js writes it.</summary>
public static class ThemeCookie
{
    /// <summary>The cookie's name. It holds <c>light</c>, <c>dark</c> or nothing, and identifies nobody.</summary>
    public const string Name = "portal-theme";

    /// <summary>The choice in this request; anything unknown counts as the device's own.</summary>
    public static ThemeChoice Read(HttpRequest request) => request.Cookies[Name] switch
    {
        "light" => ThemeChoice.Light,
        "dark" => ThemeChoice.Dark,
        _ => ThemeChoice.System,
    };
}
