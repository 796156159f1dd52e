using System.Globalization;

namespace ReferralPortal.Web.Features.Funding;

/// <summary>Amounts and numbers as people type them.</summary>
public static class MoneyText
{
    /// <summary>The most that a field of money takes.</summary>
    public const decimal Most = 1_000_000;

    /// <summary>Reads <c>45</c>, <c>45.50</c>, <c>£1,250.00</c>; above nothing, at most two decimals.</summary>
    public static bool TryPounds(string? typed, out decimal pounds)
    {
        var text = (typed ?? "").Trim().TrimStart('£').Replace(",", "", StringComparison.Ordinal).Trim();
        return decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out pounds) && pounds > 0 && pounds <= Most && decimal.Round(pounds, 2) == pounds;
    }

    /// <summary>Reads a whole number from <paramref name="least"/> to <paramref name="most"/>.</summary>
    public static bool TryCount(string? typed, int least, int most, out int number) =>
        int.TryParse((typed ?? "").Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out number) && number >= least && number <= most;
}
