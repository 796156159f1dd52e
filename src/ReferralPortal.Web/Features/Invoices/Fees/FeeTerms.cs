using ReferralPortal.Domain;
using ReferralPortal.Domain.Invoices;
using ReferralPortal.Web.Components.Display;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Invoices.Fees;

/// <summary>Prices as they are typed, stored and shown. What is left empty follows the clinic's own price; of the clinic's own it is not charged.</summary>
static class FeeTerms
{
    /// <summary>What an invoice says of VAT where nothing else was typed.</summary>
    internal const string UsualVatNote = "Exempt from VAT: health care by registered professionals.";

    internal static readonly IReadOnlyList<FeeKind> All = Enum.GetValues<FeeKind>();

    internal static string Key(FeeKind kind) => EnumText.Of(kind);

    /// <summary>What is wrong, by the fees' keys.</summary>
    internal static Dictionary<string, string> Check(IReadOnlyDictionary<string, string> typed) =>
        All.Where(kind => typed.GetValueOrDefault(Key(kind)) is { } text && text.Trim().Length > 0 && !(Pounds.TryParse(text, out var pounds) && pounds <= Pounds.HighestFee))
            .ToDictionary(Key, kind => $"Enter an amount in pounds and pence up to {Formats.Money(Pounds.HighestFee)}, such as 55.00");

    /// <summary>As it is stored.</summary>
    internal static string Json(IReadOnlyDictionary<string, string> typed) =>
        PortalJson.Text(All.Where(kind => Pounds.TryParse(typed.GetValueOrDefault(Key(kind)), out _))
            .ToDictionary(Key, kind => Pounds.TryParse(typed[Key(kind)], out var pounds) ? Pounds.Text(pounds) : ""));

    /// <summary>As it is typed again.</summary>
    internal static Dictionary<string, string> Typed(string json)
    {
        var stored = PortalJson.Read<Dictionary<string, string>>(json);
        return All.ToDictionary(Key, kind => stored.GetValueOrDefault(Key(kind), ""));
    }

    /// <summary>The prices in words, only those that are set.</summary>
    internal static IEnumerable<string> Words(string json)
    {
        var stored = PortalJson.Read<Dictionary<string, string>>(json);
        foreach (var kind in All)
            if (Pounds.TryParse(stored.GetValueOrDefault(Key(kind)), out var pounds)) yield return $"{FeeWords.Of(kind)} {(pounds == 0 ? "free of charge" : Formats.Money(pounds))}";
    }
}
