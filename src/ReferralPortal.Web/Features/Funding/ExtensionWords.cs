using ReferralPortal.Domain.Funding;
using ReferralPortal.Web.Components.Display;
using ReferralPortal.Web.Features.Funding.Extensions;
using ReferralPortal.Web.Features.Referrals.View;

namespace ReferralPortal.Web.Features.Funding;

/// <summary>What a request comes to, in a few words.</summary>
public static class ExtensionWords
{
    /// <summary>"8 sessions, £360.00, until 3 Mar 2027".</summary>
    public static string Asked(ExtensionView request) => $"{Sum(request.Sessions, request.Cost)}, until {Formats.Date(request.Row.Until)}";

    /// <summary>"Authorised in part: 4 of 8 sessions, £180.00".</summary>
    public static string Answer(ExtensionView request) => request.Row.State.Value switch
    {
        ExtensionState.Declined => "Declined",
        ExtensionState.Part => $"Authorised in part: {request.Granted} of {Sum(request.Sessions, null)}{(request.GrantedCost is { } pounds ? $", {Formats.Money(pounds)}" : "")}",
        ExtensionState.Authorised => $"Authorised: {Sum(request.Granted, request.GrantedCost)}",
        var state => FundingWords.Of(state),
    };

    /// <summary>What it says in the report that goes with it, by part.</summary>
    public static IReadOnlyDictionary<string, string> InReport(ExtensionView request) => new Dictionary<string, string>
    {
        ["ask"] = string.Join('\n', request.Lines.Select(Line).Append($"In all {Asked(request)}.")),
        ["declined"] = request.Row.OutcomeIfDeclined ?? "",
    };

    // "6 sessions, in clinic, at £45.00 each."
    static string Line(ExtensionLine line) =>
        $"{PlainText.Count(line.Sessions, "session", "sessions")}{(line.Modality is { } way ? $", {FundingWords.Of(way.Value)}" : "")}{(line.UnitPrice is { } price ? $", at {Formats.Money(price)} each" : "")}.";

    static string Sum(int sessions, decimal? pounds) => PlainText.Count(sessions, "session", "sessions") + (pounds is { } amount ? $", {Formats.Money(amount)}" : "");
}
