using System.Globalization;

namespace ReferralPortal.Domain.Invoices;

/// <summary>Amounts of money as people type them. Nothing is rounded in silence: an amount with half a penny is none.</summary>
public static class Pounds
{
    /// <summary>The highest fee that can be agreed.</summary>
    public const decimal HighestFee = 99_999.99m;

    /// <summary>Reads an amount from nothing up, in whole pennies: "55", "55.5", "£1,250.00".</summary>
    /// <param name="typed">What was typed.</param>
    /// <param name="pounds">The amount, with two decimal places.</param>
    public static bool TryParse(string? typed, out decimal pounds)
    {
        pounds = 0;
        if (!decimal.TryParse(typed?.Trim().TrimStart('£').TrimStart(), NumberStyles.AllowThousands | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var read) || decimal.Round(read, 2) != read) return false;
        pounds = decimal.Round(read, 2) + 0.00m;
        return true;
    }

    /// <summary>As it is typed and stored: "1250.00".</summary>
    public static string Text(decimal pounds) => pounds.ToString("0.00", CultureInfo.InvariantCulture);
}
