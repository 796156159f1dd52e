using ReferralPortal.Domain.Progress;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Components.Display;
using ReferralPortal.Web.Components.Forms;
using ReferralPortal.Web.Features.Referrals.View;
using static MudBlazor.Icons.Material;

namespace ReferralPortal.Web.Features.Progress;

/// <summary>The record's codes as people read and choose them.</summary>
public static class RecordWords
{
    /// <summary>The patient's work.</summary>
    public static readonly IReadOnlyList<Option<WorkStatus?>> Work = [.. Enum.GetValues<WorkStatus>().Select(status => new Option<WorkStatus?>(status, RecordedCare.WorkWords(status)))];

    /// <summary>What can be given at a session.</summary>
    public static readonly IReadOnlyList<Option<Treatment>> Treatments = Option.From(Enum.GetValues<Treatment>(), given => given, given => PlainText.Of(given));

    /// <summary>How far a goal can be reached.</summary>
    public static readonly IReadOnlyList<Option<GoalOutcome?>> Outcomes = Option.Of<GoalOutcome?>(
        (GoalOutcome.Achieved, "Achieved"), (GoalOutcome.Partly, "Partly achieved"), (GoalOutcome.NotAchieved, "Not achieved"), (GoalOutcome.Open, "Still open"));

    /// <summary>A goal's outcome: words, tint and icon.</summary>
    public static (string Words, Tone Tone, string Glyph) Of(GoalOutcome outcome) => outcome switch
    {
        GoalOutcome.Achieved => ("Achieved", Tone.Success, Rounded.CheckCircle),
        GoalOutcome.Partly => ("Partly achieved", Tone.Info, Rounded.Timelapse),
        GoalOutcome.NotAchieved => ("Not achieved", Tone.Warning, Rounded.Cancel),
        _ => ("Open", Tone.Neutral, Rounded.Flag),
    };

    /// <summary>"Exercise, massage and taping".</summary>
    public static string Given(IReadOnlyList<string> codes)
    {
        var words = codes.Select((code, place) => place == 0 ? PlainText.Of(code) : PlainText.Of(code).ToLowerInvariant()).ToList();
        return words.Count < 2 ? string.Concat(words) : $"{string.Join(", ", words[..^1])} and {words[^1]}";
    }
}
