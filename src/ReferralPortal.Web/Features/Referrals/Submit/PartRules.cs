using System.Linq.Expressions;
using FluentValidation;
using ReferralPortal.Domain.Patients;

namespace ReferralPortal.Web.Features.Referrals.Submit;

/// <summary>The rules of one part of the form. Whether a field has to be answered is asked of <see cref="FormFields"/>; here stand the words for it.</summary>
sealed class PartRules<T>(FormSection part, Func<string, Need> need) : InlineValidator<T>
{
    /// <summary>The most characters of a line and of a text area.</summary>
    public const int ShortText = 200, LongText = 4000;

    /// <summary>Whether the field has to be answered on this form.</summary>
    public bool IsNeeded(string name) => need($"{part}.{name}") == Need.Required;

    /// <summary>Says <paramref name="words"/> where the field has to be answered and is not.</summary>
    public void Needed<TValue>(Expression<Func<T, TValue>> field, string words) =>
        RuleFor(field).Must(value => IsAnswered(value)).When(_ => IsNeeded(NameOf(field))).WithMessage(words);

    /// <summary>A name, which is asked by itself and may be any text of one line.</summary>
    public void Name(Expression<Func<T, string>> field, string missing, string what)
    {
        Needed(field, missing);
        RuleFor(field).Must(text => !TypedText.IsSeen(text) || PersonName.Read(text) is not null).WithMessage($"{what} must be {PersonName.MaximumLength} characters or fewer, on one line");
        Whole(field, what);
    }

    /// <summary>One line of text.</summary>
    public void Line(Expression<Func<T, string>> field, string what) => Text(field, what, ShortText);

    /// <summary>A text of some sentences.</summary>
    public void Text(Expression<Func<T, string>> field, string what, int most = LongText)
    {
        RuleFor(field).MaximumLength(most).WithMessage($"{what} must be {most:N0} characters or fewer");
        Whole(field, what);
    }

    /// <summary>What is typed must be of the form that <paramref name="read"/> reads; empty is not its business.</summary>
    public void Form(Expression<Func<T, string>> field, Func<string, bool> read, string words) =>
        RuleFor(field).Must(text => string.IsNullOrWhiteSpace(text) || read(text)).WithMessage(words);

    void Whole(Expression<Func<T, string>> field, string what) =>
        RuleFor(field).Must(TypedText.IsWhole).WithMessage($"{what} has a character that cannot be kept (it shows as �); delete it and type it again");

    static bool IsAnswered<TValue>(TValue value) => value switch
    {
        null => false,
        string text => TypedText.IsSeen(text),
        bool ticked when typeof(TValue) == typeof(bool) => ticked,
        System.Collections.IEnumerable many => many.Cast<object>().Any(),
        _ => true,
    };

    static string NameOf<TValue>(Expression<Func<T, TValue>> field) => ((MemberExpression)field.Body).Member.Name;
}
