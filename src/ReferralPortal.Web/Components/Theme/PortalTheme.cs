using MudBlazor;

namespace ReferralPortal.Web.Components.Theme;

/// <summary>The portal's look: a deep teal on near-white, or on near-black ink, with one warm accent; every text pair at least 4.5:1.</summary>
public static class PortalTheme
{
    /// <summary>Colours, type and measures for MudBlazor's own components; portal.css builds on the same variables.</summary>
    public static MudTheme Theme { get; } = new()
    {
        PaletteLight = new PaletteLight
        {
            Primary = "#0b5a5e", PrimaryContrastText = "#ffffff", PrimaryDarken = "#084548", PrimaryLighten = "#157277",
            Secondary = "#a3431a", SecondaryContrastText = "#ffffff",
            Tertiary = "#4c4a87", TertiaryContrastText = "#ffffff",
            Info = "#1c5385", InfoContrastText = "#ffffff",
            Success = "#1c6340", SuccessContrastText = "#ffffff",
            Warning = "#7f4c00", WarningContrastText = "#ffffff",
            Error = "#a3241c", ErrorContrastText = "#ffffff",
            Dark = "#14252b", DarkContrastText = "#ffffff",
            TextPrimary = "#14252b", TextSecondary = "#4a5c64", TextDisabled = "#6a7980",
            ActionDefault = "#4a5c64", ActionDisabled = "#6a7980", ActionDisabledBackground = "#e6ebec",
            Background = "#f6f8f8", BackgroundGray = "#eef2f2", Surface = "#ffffff",
            AppbarBackground = "#ffffff", AppbarText = "#14252b",
            DrawerBackground = "#ffffff", DrawerText = "#14252b", DrawerIcon = "#4a5c64",
            LinesDefault = "#d8e0e2", LinesInputs = "#6f8088", Divider = "#d8e0e2", DividerLight = "#e8edee",
            TableLines = "#e2e8ea", TableStriped = "#f6f8f8", TableHover = "#f0f5f5", Skeleton = "#e4eaeb",
            OverlayDark = "rgba(11,24,29,0.55)", HoverOpacity = 0.06,
        },
        PaletteDark = new PaletteDark
        {
            Primary = "#74cbc3", PrimaryContrastText = "#06262a", PrimaryDarken = "#97dad4", PrimaryLighten = "#52b5ad",
            Secondary = "#f2ab80", SecondaryContrastText = "#351402",
            Tertiary = "#bcb8f2", TertiaryContrastText = "#1c1a42",
            Info = "#93c4f0", InfoContrastText = "#06223b",
            Success = "#88d3a5", SuccessContrastText = "#06281a",
            Warning = "#ecbd6e", WarningContrastText = "#2e1c00",
            Error = "#ffaaa1", ErrorContrastText = "#410a06",
            Dark = "#0b1519", DarkContrastText = "#e7eff0",
            TextPrimary = "#e7eff0", TextSecondary = "#a9bbc1", TextDisabled = "#8b9da4",
            ActionDefault = "#a9bbc1", ActionDisabled = "#8b9da4", ActionDisabledBackground = "#22343b",
            Background = "#0e191d", BackgroundGray = "#0b1519", Surface = "#152328",
            AppbarBackground = "#122024", AppbarText = "#e7eff0",
            DrawerBackground = "#152328", DrawerText = "#e7eff0", DrawerIcon = "#a9bbc1",
            LinesDefault = "#2b3e46", LinesInputs = "#7b9098", Divider = "#2b3e46", DividerLight = "#22343b",
            TableLines = "#24363d", TableStriped = "#122024", TableHover = "#1a2b31", Skeleton = "#22343b",
            OverlayDark = "rgba(3,8,10,0.7)", HoverOpacity = 0.08,
        },
        LayoutProperties = new LayoutProperties { DefaultBorderRadius = "8px", AppbarHeight = "56px" },
        Shadows = OneShadow(),
        Typography = Type(),
    };

    /// <summary>Colours that MudBlazor's palette has no name for: tinted grounds behind words, the ring around what has focus.</summary>
    public static IReadOnlyList<Shade> Shades { get; } =
    [
        new("focus", "#b4480c", "#ffb877"),
        new("raised", "#ffffff", "#1b2c32"),
        new("sunken", "#eef2f2", "#0b1519"),
        new("tint-neutral", "#e9eeef", "#24363d"),
        new("tint-primary", "#e0efee", "#143539"),
        new("tint-tertiary", "#eceaf8", "#292a4a"),
        new("tint-info", "#e4eef7", "#16304a"),
        new("tint-success", "#e1f1e7", "#143527"),
        new("tint-warning", "#fbeed6", "#3a2b0d"),
        new("tint-error", "#fce8e5", "#46201d"),
        new("chart-band", "#d3e7e5", "#1d4347"),
    ];

    /// <summary>One extra colour, as <c>--portal-{Name}</c> in CSS.</summary>
    public sealed record Shade(string Name, string Light, string Dark);

    /// <summary>The font of every text; the files are in wwwroot/fonts.</summary>
    static string[] Family => ["Inter", "system-ui", "sans-serif"];

    static Typography Type() => new()
    {
        Default = new DefaultTypography { FontFamily = Family, FontSize = ".9375rem", LineHeight = "1.4667", LetterSpacing = "0" },
        H1 = new H1Typography { FontFamily = Family, FontSize = "1.75rem", FontWeight = "650", LineHeight = "1.2", LetterSpacing = "-.018em" },
        H2 = new H2Typography { FontFamily = Family, FontSize = "1.25rem", FontWeight = "650", LineHeight = "1.3", LetterSpacing = "-.012em" },
        H3 = new H3Typography { FontFamily = Family, FontSize = "1.0625rem", FontWeight = "600", LineHeight = "1.35", LetterSpacing = "-.006em" },
        H4 = new H4Typography { FontFamily = Family, FontSize = "1rem", FontWeight = "600", LineHeight = "1.4", LetterSpacing = "0" },
        H5 = new H5Typography { FontFamily = Family, FontSize = ".9375rem", FontWeight = "600", LineHeight = "1.4667", LetterSpacing = "0" },
        H6 = new H6Typography { FontFamily = Family, FontSize = ".9375rem", FontWeight = "600", LineHeight = "1.4667", LetterSpacing = "0" },
        Subtitle1 = new Subtitle1Typography { FontFamily = Family, FontSize = "1rem", LineHeight = "1.5", LetterSpacing = "0" },
        Subtitle2 = new Subtitle2Typography { FontFamily = Family, FontSize = ".875rem", LineHeight = "1.45", LetterSpacing = "0" },
        Body1 = new Body1Typography { FontFamily = Family, FontSize = ".9375rem", LineHeight = "1.4667", LetterSpacing = "0" },
        Body2 = new Body2Typography { FontFamily = Family, FontSize = ".875rem", LineHeight = "1.45", LetterSpacing = "0" },
        Button = new ButtonTypography { FontFamily = Family, FontSize = ".9375rem", FontWeight = "600", LineHeight = "1.4667", LetterSpacing = "0", TextTransform = "none" },
        Caption = new CaptionTypography { FontFamily = Family, FontSize = ".8125rem", LineHeight = "1.4", LetterSpacing = "0" },
        Overline = new OverlineTypography { FontFamily = Family, FontSize = ".8125rem", LineHeight = "1.4", LetterSpacing = "0" },
    };

    /// <summary>One shadow for whatever floats; nothing else casts any.</summary>
    static Shadow OneShadow()
    {
        const string floating = "0 1px 2px rgba(11,24,29,.08), 0 8px 24px rgba(11,24,29,.14)";
        var shadow = new Shadow();
        shadow.Elevation = [.. shadow.Elevation.Select((_, level) => level < 2 ? "none" : floating)];
        return shadow;
    }
}
