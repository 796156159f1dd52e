namespace ReferralPortal.Web.Features.Referrals.Submit.Letters;

/// <summary>One decision on the page: a question, what the form has, and the values of the letter that would answer it.</summary>
/// <param name="Key">The question, and the value where a question takes several answers.</param>
/// <param name="Part">The part of the form.</param>
/// <param name="Label">What the question is called.</param>
/// <param name="Now">What the form has now, in words; empty when nothing.</param>
/// <param name="Candidates">One, or several of which one can be used.</param>
public sealed record LetterGroup(string Key, FormSection Part, string Label, string Now, IReadOnlyList<Found> Candidates)
{
    /// <summary>The choice that uses none of the candidates.</summary>
    public const int Leave = -1;

    /// <param name="values">What was found, in the order of the form.</param>
    /// <param name="form">What is typed.</param>
    /// <param name="name">The name behind an id or a slug; any other text as it is.</param>
    internal static IReadOnlyList<LetterGroup> Of(IEnumerable<Found> values, ReferralForm form, Func<string, string> name) =>
    [
        .. values.GroupBy(value => LetterAnswers.IsOneOfMany(value.Field) ? $"{value.Field}-{value.Value.Replace(':', '-')}" : value.Field.ToString())
            .Select(same => (same.Key, same.First().Field, Candidates: same.ToList()))
            .Select(same => new LetterGroup(same.Key, LetterAnswers.PartOf(same.Field), LetterAnswers.LabelOf(same.Field), name(LetterAnswers.Now(form, same.Field)), same.Candidates)),
    ];
}
