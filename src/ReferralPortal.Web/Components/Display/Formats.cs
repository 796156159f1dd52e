using System.Globalization;
using ReferralPortal.Domain;

namespace ReferralPortal.Web.Components.Display;

/// <summary>How figures are written everywhere a person reads them; the components of this folder use the same.</summary>
public static class Formats
{
    static readonly CultureInfo Plain = CultureInfo.InvariantCulture; // its English month names all have three letters

    /// <summary>"23 Nov 2026".</summary>
    public static string Date(DateOnly date) => date.ToString("d MMM yyyy", Plain);

    /// <summary>The date in London at an instant: "23 Nov 2026".</summary>
    public static string Date(DateTimeOffset instant) => Date(LondonTime.DateOf(instant));

    /// <summary>London's clock at an instant: "14:02".</summary>
    public static string Time(DateTimeOffset instant) => LondonTime.Of(instant).ToString("HH:mm", Plain);

    /// <summary>"23 Nov 2026 14:02", in London.</summary>
    public static string DateTime(DateTimeOffset instant) => LondonTime.Of(instant).ToString("d MMM yyyy HH:mm", Plain);

    /// <summary>"£1,250.00".</summary>
    public static string Money(decimal pounds) => (pounds < 0 ? "−£" : "£") + Math.Abs(pounds).ToString("#,##0.00", Plain);

    /// <summary>"1,250"; from the cap on "1,000+".</summary>
    public static string Count(long count, long cap = long.MaxValue) => count >= cap ? cap.ToString("#,##0", Plain) + "+" : count.ToString("#,##0", Plain);

    /// <summary>A score without needless zeros: "7.5".</summary>
    public static string Score(decimal value) => value.ToString("0.##", Plain);
}
