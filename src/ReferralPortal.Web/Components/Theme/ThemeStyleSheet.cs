using System.Text;
using MudBlazor;

namespace ReferralPortal.Web.Components.Theme;

/// <summary>
/// Both palettes as CSS variables, written once and sent in the head of every page. The browser picks one by
/// <c>data-theme</c> on the root element, else by the device's setting, so no page ever flashes in the wrong colours.
/// </summary>
public static class ThemeStyleSheet
{
    /// <summary>The whole text of the style element.</summary>
    public static string Text { get; } = Write();

    static string Write()
    {
        var light = Variables(dark: false);
        var dark = Variables(dark: true).Except(light).ToList();
        var text = new StringBuilder();
        Block(text, ":root", light);
        Block(text, ":root[data-theme=dark]", dark);
        text.Append("@media (prefers-color-scheme:dark){");
        Block(text, ":root:not([data-theme=light])", dark);
        return text.Append('}').ToString();
    }

    static void Block(StringBuilder text, string selector, IEnumerable<string> variables) =>
        text.Append(selector).Append('{').AppendJoin(';', variables).Append('}');

    static List<string> Variables(bool dark) =>
    [
        .. MudVariables.Of(PortalTheme.Theme, dark),
        .. PortalTheme.Shades.Select(shade => $"--portal-{shade.Name}:{(dark ? shade.Dark : shade.Light)}"),
        $"color-scheme:{(dark ? "dark" : "light")}",
    ];

    /// <summary>Borrows MudBlazor's own list of variables, so that a newer version's additions come along by themselves.</summary>
    sealed class MudVariables : MudThemeProvider
    {
        public static IEnumerable<string> Of(MudTheme theme, bool dark)
        {
            var text = new StringBuilder();
#pragma warning disable BL0005, MUD0012 // never rendered: only its generator is wanted
            new MudVariables { Theme = theme, IsDarkMode = dark }.GenerateTheme(text);
#pragma warning restore BL0005, MUD0012
            return text.ToString().Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Select(line => line.TrimEnd(';').Replace(": ", ":"));
        }
    }
}
