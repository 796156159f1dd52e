using ReferralPortal.Domain;
using ReferralPortal.Domain.Funding;
using ReferralPortal.Domain.Progress;
using ReferralPortal.Web.Components.Display;
using ReferralPortal.Web.Components.Forms;
using ReferralPortal.Web.Features.Progress;
using ReferralPortal.Web.Features.Referrals.View;

namespace ReferralPortal.Web.Features.Funding;

/// <summary>What funding says of itself in plain words.</summary>
public static class FundingWords
{
    /// <summary>"6 sessions", "6 sessions of hydrotherapy", "any way": how treatment is given.</summary>
    public static string Of(Modality? modality) => modality switch
    {
        Modality.InClinic => "in clinic",
        Modality.Remote => "by telephone or video",
        Modality.Hydrotherapy => "hydrotherapy",
        _ => "any way",
    };

    /// <summary>"Authorised for treatment in clinic and hydrotherapy only."; empty where any way is.</summary>
    public static string Only(IReadOnlyList<Modality>? ways) => ways is null ? "" : $"Authorised for {string.Join(" and ", ways.Select(way => way == Modality.Hydrotherapy ? Of(way) : $"treatment {Of(way)}"))} only.";

    /// <summary>"exercise and massage": what was given.</summary>
    public static string Of(IReadOnlyList<Treatment> given) => RecordWords.Given([.. given.Select(one => EnumText.Of(one))]).ToLowerInvariant();

    /// <summary>How an authority reached the portal.</summary>
    public static string How(string code) => code switch
    {
        "form" => "with the referral",
        "portal" => "in the portal",
        "phone" => "by telephone",
        "letter" => "by letter",
        "email" => "by e-mail",
        "link" => "by the link that was sent",
        "contract" => "deemed by contract, unanswered",
        _ => code,
    };

    /// <summary>Why a request was declined.</summary>
    public static string Of(ExtensionReason reason) => reason switch
    {
        ExtensionReason.NotReasonable => "More treatment is not considered reasonable",
        ExtensionReason.GoalsMet => "The goals are met",
        ExtensionReason.NoProgress => "The measures do not show enough progress",
        ExtensionReason.LimitReached => "The limit of the policy or contract is reached",
        ExtensionReason.Liability => "Liability is disputed",
        ExtensionReason.MoreInformation => "More information is needed",
        _ => "Another reason",
    };

    public static string Of(ExtensionState state) => state switch
    {
        ExtensionState.Draft => "Being written",
        ExtensionState.Waiting => "Waiting for the answer",
        ExtensionState.Authorised => "Authorised",
        ExtensionState.Part => "Authorised in part",
        ExtensionState.Declined => "Declined",
        _ => "Withdrawn",
    };

    public static Tone ToneOf(ExtensionState state) => state switch
    {
        ExtensionState.Waiting => Tone.Warning,
        ExtensionState.Authorised => Tone.Success,
        ExtensionState.Part => Tone.Info,
        ExtensionState.Declined => Tone.Error,
        _ => Tone.Neutral,
    };

    public static string GlyphOf(ExtensionState state) => state switch
    {
        ExtensionState.Waiting => MudBlazor.Icons.Material.Rounded.HourglassTop,
        ExtensionState.Authorised => MudBlazor.Icons.Material.Rounded.CheckCircle,
        ExtensionState.Part => MudBlazor.Icons.Material.Rounded.RuleFolder,
        ExtensionState.Declined => MudBlazor.Icons.Material.Rounded.Cancel,
        _ => MudBlazor.Icons.Material.Rounded.Edit,
    };

    /// <summary>A line of the ledger in a sentence.</summary>
    public static string Of(LedgerLine line) => line.Kind.Value switch
    {
        AuthorityEntryKind.Authorised => $"Authorised: {Amounts(line)}{Until(line)}",
        AuthorityEntryKind.Extended when line is { Sessions: null, Pounds: null } => $"Extended{Until(line)}",
        AuthorityEntryKind.Extended => $"Extended: {Amounts(line)} more{Until(line)}",
        AuthorityEntryKind.Withdrawn => "Withdrawn: nothing more is covered",
        _ when line.Sessions < 0 => $"Session{On(line)} taken back",
        _ => $"Session used{On(line)}{(line.Pounds is { } pounds ? $", {Formats.Money(pounds)}" : "")}{(line.AuthorityId is null ? "; no authority covered it" : "")}",
    };

    /// <summary>"6 sessions (in clinic), £420.00".</summary>
    static string Amounts(LedgerLine line) => string.Join(", ", new[]
    {
        line.Sessions is { } sessions ? PlainText.Count(sessions, "session", "sessions") + (line.Modality is { } modality ? $" ({Of(modality.Value)})" : "") : null,
        line.Pounds is { } pounds ? Formats.Money(pounds) : null,
    }.Where(words => words is not null));

    static string Until(LedgerLine line) => line.ExpiresOn is { } day ? $", until {Formats.Date(day)}" : "";
    static string On(LedgerLine line) => line.AppointmentAt is { } at ? $" on {Formats.Date(at)}" : "";

    /// <summary>The ways in which treatment is given, for a form.</summary>
    public static IReadOnlyList<Option<Modality?>> Modalities { get; } = Option.Of<Modality?>((null, "Any way"), (Modality.InClinic, "In clinic"), (Modality.Remote, "By telephone or video"), (Modality.Hydrotherapy, "Hydrotherapy"));

    /// <summary>The reasons, for a form.</summary>
    public static IReadOnlyList<Option<ExtensionReason?>> Reasons { get; } = [.. Enum.GetValues<ExtensionReason>().Select(reason => new Option<ExtensionReason?>(reason, Of(reason)))];

    /// <summary>When something is due, for whoever reads it today.</summary>
    public static string Clock(DateOnly due, DateTimeOffset now) => ExtensionRules.ClockWords(due, LondonTime.DateOf(now));
}
