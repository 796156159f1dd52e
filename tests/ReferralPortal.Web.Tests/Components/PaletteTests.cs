using System.Globalization;
using MudBlazor;
using MudBlazor.Utilities;
using ReferralPortal.Web.Components.Theme;

namespace ReferralPortal.Web.Tests.Components;

public sealed class PaletteTests
{
    public static TheoryData<string, string, string> TextPairs()
    {
        var pairs = new TheoryData<string, string, string>();
        foreach (var (name, palette) in new (string, Palette)[] { ("light", PortalTheme.Theme.PaletteLight), ("dark", PortalTheme.Theme.PaletteDark) })
        {
            string Shade(string shade) => PortalTheme.Shades.Single(known => known.Name == shade) is var found && name == "light" ? found.Light : found.Dark;
            void Add(string what, MudColor text, MudColor ground) => pairs.Add($"{name}: {what}", Hex(text), Hex(ground));

            var grounds = new (string, MudColor)[]
            {
                ("background", palette.Background), ("surface", palette.Surface), ("raised", Shade("raised")), ("sunken", Shade("sunken")),
                ("table hover", palette.TableHover), ("top bar", palette.AppbarBackground),
            };
            foreach (var (ground, colour) in grounds)
            {
                Add($"text on {ground}", palette.TextPrimary, colour);
                Add($"quiet text on {ground}", palette.TextSecondary, colour);
                Add($"link on {ground}", palette.Primary, colour);
                Add($"hovered link on {ground}", palette.PrimaryDarken, colour);
                Add($"error on {ground}", palette.Error, colour);
            }
            foreach (var (tint, colour) in new (string, MudColor)[]
            {
                ("neutral", palette.TextPrimary), ("primary", palette.Primary), ("tertiary", palette.Tertiary), ("info", palette.Info),
                ("success", palette.Success), ("warning", palette.Warning), ("error", palette.Error),
            })
            {
                Add($"{tint} chip", colour, Shade($"tint-{tint}"));
                Add($"text of a {tint} notice", palette.TextPrimary, Shade($"tint-{tint}"));
            }
            Add("detail of the highlighted entry", palette.TextSecondary, Shade("tint-primary"));
            Add("primary button", palette.PrimaryContrastText, palette.Primary);
            Add("hovered primary button", palette.PrimaryContrastText, palette.PrimaryDarken);
            Add("error button", palette.ErrorContrastText, palette.Error);
            Add("secondary", palette.SecondaryContrastText, palette.Secondary);
            Add("tertiary", palette.TertiaryContrastText, palette.Tertiary);
            Add("info", palette.InfoContrastText, palette.Info);
            Add("success", palette.SuccessContrastText, palette.Success);
            Add("warning", palette.WarningContrastText, palette.Warning);
            Add("disabled button", palette.TextSecondary, palette.ActionDisabledBackground);
            Add("toast", palette.Background, palette.TextPrimary);
        }
        return pairs;
    }

    [Theory, MemberData(nameof(TextPairs))]
    public void Every_text_stands_out_from_its_ground(string pair, string text, string ground) =>
        Assert.True(Contrast(text, ground) >= 4.5, $"{pair}: {Contrast(text, ground):0.00} for {text} on {ground}");

    [Theory, InlineData(false), InlineData(true)]
    public void Focus_and_the_edges_of_fields_can_be_seen(bool dark)
    {
        Palette palette = dark ? PortalTheme.Theme.PaletteDark : PortalTheme.Theme.PaletteLight;
        var focus = PortalTheme.Shades.Single(shade => shade.Name == "focus");
        foreach (var ground in new[] { palette.Background, palette.Surface })
        {
            Assert.True(Contrast(dark ? focus.Dark : focus.Light, Hex(ground)) >= 3);
            Assert.True(Contrast(Hex(palette.LinesInputs), Hex(ground)) >= 3);
        }
    }

    [Fact]
    public void The_style_sheet_carries_both_palettes_and_no_markup()
    {
        var css = ThemeStyleSheet.Text;

        Assert.StartsWith(":root{", css, StringComparison.Ordinal);
        Assert.Contains(":root[data-theme=dark]{", css, StringComparison.Ordinal);
        Assert.Contains("@media (prefers-color-scheme:dark){:root:not([data-theme=light]){", css, StringComparison.Ordinal);
        Assert.Contains("--mud-typography-default-family:Inter,", css, StringComparison.Ordinal);
        Assert.Contains("color-scheme:dark", css, StringComparison.Ordinal);
        Assert.DoesNotContain('<', css);
        Assert.DoesNotContain('&', css);
    }

    static string Hex(MudColor colour) => colour.ToString(MudColorOutputFormats.Hex);

    // WCAG 2.2, relative luminance and contrast ratio.
    static double Contrast(string one, string other)
    {
        var (lighter, darker) = (Math.Max(Luminance(one), Luminance(other)), Math.Min(Luminance(one), Luminance(other)));
        return (lighter + 0.05) / (darker + 0.05);
    }

    static double Luminance(string hex)
    {
        double Channel(int from)
        {
            var value = int.Parse(hex.AsSpan(from, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture) / 255.0;
            return value <= 0.04045 ? value / 12.92 : Math.Pow((value + 0.055) / 1.055, 2.4);
        }
        return 0.2126 * Channel(1) + 0.7152 * Channel(3) + 0.0722 * Channel(5);
    }
}
