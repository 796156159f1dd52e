using System.Globalization;
using ReferralPortal.Domain;
using ReferralPortal.Domain.Progress;
using ReferralPortal.Web.Components.Display;
using ReferralPortal.Web.Components.Forms;
using ReferralPortal.Web.Features.Catalogue;

namespace ReferralPortal.Web.Features.Progress.Measures;

/// <summary>A measure as it is being filled in; what is wrong with it stays as typed. The field names are the ones that the pages use.</summary>
public sealed class MeasureForm
{
    /// <summary>The longest name of an activity.</summary>
    public const int LongestName = 100;

    /// <summary>One an item; null for an item without an answer.</summary>
    public List<int?> Answers { get; set; } = [];

    /// <summary>What the patient called the items that the patient names; one an item, empty for none.</summary>
    public List<string> Names { get; set; } = [];

    /// <summary>The score alone, from a form on paper: only of a measure whose wording is not here.</summary>
    public string Score { get; set; } = "";

    /// <summary>The profile of the answers, from a form on paper: only of a measure without a score whose wording is not here. See <see cref="Eq5dProfile"/>.</summary>
    public string Profile { get; set; } = "";

    /// <summary>The scale beside that profile.</summary>
    public string Scale { get; set; } = "";

    /// <summary>The day on which it was taken.</summary>
    public DateParts TakenOn { get; set; } = DateParts.Empty;

    /// <summary>An empty form of a measure, with the activities that the patient named before.</summary>
    public static MeasureForm Of(Measure measure, IReadOnlyList<string>? names = null, DateOnly? takenOn = null)
    {
        var items = measure.Wording().Count;
        return new MeasureForm
        {
            Answers = [.. Enumerable.Repeat<int?>(null, items)],
            Names = [.. Enumerable.Range(0, items).Select(item => names?.ElementAtOrDefault(item) ?? "")],
            TakenOn = DateParts.Of(takenOn),
        };
    }

    /// <summary>The field of an item, and of its name.</summary>
    public static string AnswerField(int item) => $"a{item}";
    public static string NameField(int item) => $"n{item}";

    /// <summary>The score as far as the form goes; null while it makes none or what is typed is wrong.</summary>
    public MeasureScore? SoFar(Measure measure)
    {
        if (OutcomeMeasures.Find(measure.Key) is not { } known) return null;
        if (!measure.IsWorded()) return Check(measure).Count == 0 ? Scored(measure) : null;
        return Answers.Any(answer => answer is not null) && known.ProblemWith(Answers) is null ? known.Score(Answers) : null;
    }

    /// <summary>What is wrong with it, by field; empty when it can be scored and stored.</summary>
    public Dictionary<string, string> Check(Measure measure)
    {
        var errors = new Dictionary<string, string>();
        if (OutcomeMeasures.Find(measure.Key) is not { } known)
        {
            errors[""] = "The portal does not know how to score this measure";
            return errors;
        }
        if (measure.IsEnteredByAnswers()) return CheckProfile();
        if (!measure.IsWorded())
        {
            if (Number(Score) is not { } number) errors[nameof(Score)] = "Enter the score, with at most two decimal places";
            else if (known.ProblemWithEntered(number) is { } problem) errors[nameof(Score)] = problem;
            return errors;
        }

        var items = measure.Wording();
        if (known.Items.Count != items.Count || Answers.Count != items.Count || Names.Count != items.Count)
        {
            errors[""] = "The wording has changed since this form was opened. Open it again";
            return errors;
        }
        for (var item = 0; item < items.Count; item++)
        {
            if (Answers[item] is { } answer && (answer < known.Items[item].Least || answer > known.Items[item].Most)) errors[AnswerField(item)] = $"Answer {item + 1} must be from {known.Items[item].Least} to {known.Items[item].Most}";
            if (!items[item].Named) continue;
            var name = Names[item].Trim();
            if (name.Length > LongestName) errors[NameField(item)] = $"Use {LongestName} characters or fewer";
            else if (name.Length == 0 && Answers[item] is not null) errors[NameField(item)] = $"Say what activity {item + 1} is";
            else if (name.Length > 0 && Enumerable.Range(0, item).Any(earlier => string.Equals(Names[earlier].Trim(), name, StringComparison.OrdinalIgnoreCase))) errors[NameField(item)] = "This activity stands there already";
        }
        if (errors.Count == 0 && Answers.All(answer => answer is null)) errors[AnswerField(0)] = "Answer at least one question";
        return errors;
    }

    Dictionary<string, string> CheckProfile()
    {
        var errors = new Dictionary<string, string>();
        if (Eq5dProfile.Levels(Profile) is not { } levels) errors[nameof(Profile)] = "The profile must be five digits from 1 to 5, with a hyphen for a dimension without an answer";
        else if (levels.All(level => level is null) && string.IsNullOrWhiteSpace(Scale)) errors[nameof(Profile)] = "Enter the profile, the scale or both";
        if (!string.IsNullOrWhiteSpace(Scale) && Whole(Scale) is not (>= 0 and <= 100)) errors[nameof(Scale)] = "The scale must be a whole number from 0 to 100";
        return errors;
    }

    /// <summary>The answers of a form that <see cref="Check"/> found right, one an item; null where only a score was entered.</summary>
    internal IReadOnlyList<int?>? Given(Measure measure) =>
        measure.IsWorded() ? Answers
        : measure.IsEnteredByAnswers() ? [.. Eq5dProfile.Levels(Profile)!, Whole(Scale)]
        : null;

    /// <summary>The score of a form that <see cref="Check"/> found right.</summary>
    internal MeasureScore Scored(Measure measure)
    {
        var known = OutcomeMeasures.Find(measure.Key)!;
        return Given(measure) is { } given ? known.Score(given) : known.Entered(Number(Score)!.Value);
    }

    /// <summary>Takes over what was recorded, to put it right.</summary>
    internal void TakeOver(RecordedScore score)
    {
        for (var item = 0; item < Answers.Count; item++) Answers[item] = score.Given.ElementAtOrDefault(item);
        if (score.Value is { } value) Score = Formats.Score(value);
        if (OutcomeMeasures.HasScore(score.MeasureKey)) return;
        (Profile, Scale) = (Eq5dProfile.Of(score.Given), Eq5dProfile.ScaleOf(score.Given)?.ToString(CultureInfo.InvariantCulture) ?? "");
    }

    /// <summary>The items (from 1) that were left out and are not marked as optional.</summary>
    public IReadOnlyList<int> LeftOut(IReadOnlyList<MeasureItem> items) =>
        [.. Enumerable.Range(0, items.Count).Where(item => Answers.ElementAtOrDefault(item) is null && (items[item].Named ? Names.ElementAtOrDefault(item)?.Trim().Length > 0 : !items[item].Optional)).Select(item => item + 1)];

    /// <summary>When it was taken, by the day that was typed: now for today, noon for a day before.</summary>
    internal DateTimeOffset? TakenAt(DateTimeOffset now, DateOnly notBefore, Dictionary<string, string> errors)
    {
        if (!Domain.Patients.ThreeFieldDate.TryParse(TakenOn.Day, TakenOn.Month, TakenOn.Year, out var day, out var problem)) errors[nameof(TakenOn)] = $"The day on which it was taken {problem}";
        else if (day > LondonTime.DateOf(now)) errors[nameof(TakenOn)] = "The day on which it was taken must not be in the future";
        else if (day < notBefore) errors[nameof(TakenOn)] = "The day on which it was taken must not be before the referral";
        else return day == LondonTime.DateOf(now) ? now : LondonTime.Instant(day, new TimeOnly(12, 0));
        return null;
    }

    static int? Whole(string text) => int.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    static decimal? Number(string text) => decimal.TryParse(text.Trim(), NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;
}
