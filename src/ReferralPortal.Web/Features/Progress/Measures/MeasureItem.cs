using ReferralPortal.Domain.Progress;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Progress.Measures;

/// <summary>One item of a measure as it is asked.</summary>
/// <param name="Text">The question or statement.</param>
/// <param name="Min">The lowest answer.</param>
/// <param name="Max">The highest answer.</param>
/// <param name="Stem">The words that lead to it; the same for neighbouring items as a rule.</param>
/// <param name="Optional">May be left out without a second question.</param>
/// <param name="Named">The patient says what it is about: an activity.</param>
/// <param name="Anchors">Answers to what they stand for; not every answer has one.</param>
public sealed record MeasureItem(string Text, int Min, int Max, string? Stem = null, bool Optional = false, bool Named = false, Dictionary<string, string>? Anchors = null)
{
    /// <summary>The answers, from the lowest.</summary>
    public IEnumerable<int> Choices => Enumerable.Range(Min, Max - Min + 1);

    /// <summary>Every answer has its own words.</summary>
    public bool IsInWords => Choices.All(choice => WordsOf(choice) is not null);

    /// <summary>Too many answers to choose from: the number is typed.</summary>
    public bool IsTyped => Max - Min > 20;

    /// <summary>What an answer stands for; null where only its neighbours are named.</summary>
    public string? WordsOf(int answer) => Anchors?.GetValueOrDefault(answer.ToString(System.Globalization.CultureInfo.InvariantCulture));
}

/// <summary>The wording of measures, as shipped or as a clinic loaded it.</summary>
public static class MeasureWording
{
    /// <summary>The items; none where no wording is here.</summary>
    public static IReadOnlyList<MeasureItem> Wording(this Measure measure) => PortalJson.Read<List<MeasureItem>>(measure.Items);

    /// <summary>The measure can be filled in, here or by the patient; of any other what stands on the clinic's own paper form is entered.</summary>
    public static bool IsWorded(this Measure measure) => measure.Items.Length > 2;

    /// <summary>What is entered from paper are the answers: there is no score to enter.</summary>
    public static bool IsEnteredByAnswers(this Measure measure) => !measure.IsWorded() && !OutcomeMeasures.HasScore(measure.Key);

    /// <summary>The portal knows the measure's rule, and so can record it.</summary>
    public static bool IsRecorded(this Measure measure) => OutcomeMeasures.Find(measure.Key) is not null;
}
