using System.Linq.Expressions;
using FluentValidation;
using FluentValidation.Results;
using ReferralPortal.Domain.Organisations;
using ReferralPortal.Domain.Patients;

namespace ReferralPortal.Web.Features.Referrals.Submit;

/// <summary>
/// The rules of one part of one kind of organisation's form. Whether a field has to be answered is asked of <see cref="FormFields"/>; here stand the words
/// for it. Built once and used for many forms: the form that is being checked goes along in the context.
/// </summary>
sealed class PartRules<T>(FormSection part, OrganisationKind kind) : InlineValidator<T>
{
    const string CaseKey = "case";

    readonly Dictionary<string, object> asked = [];

    /// <summary>The most characters of a line and of a text area.</summary>
    public const int ShortText = 200, LongText = 4000;

    /// <summary>What is wrong with the part of this form.</summary>
    public ValidationResult Check(T answers, FormCase now)
    {
        var context = new ValidationContext<T>(answers);
        context.RootContextData[CaseKey] = now;
        return Validate(context);
    }

    /// <summary>The form that is being checked.</summary>
    public static FormCase Case(ValidationContext<T> context) => (FormCase)context.RootContextData[CaseKey];

    /// <summary>Whether the field has to be answered on the form that is being checked.</summary>
    public Func<ValidationContext<T>, bool> IsNeeded(string name)
    {
        var rule = FormFields.Rule($"{part}.{name}", kind);
        return context => rule.Now(Case(context)) == Need.Required;
    }

    /// <summary>Says <paramref name="words"/> where the field has to be answered and is not.</summary>
    public void Needed<TValue>(Expression<Func<T, TValue>> field, string words)
    {
        var needed = IsNeeded(NameOf(field));
        Asked(field)?.Must(value => IsAnswered(value)).When((_, context) => needed(context), ApplyConditionTo.CurrentValidator).WithMessage(words);
    }

    /// <summary>A name, which is asked by itself and may be any text of one line.</summary>
    public void Name(Expression<Func<T, string>> field, string missing, string what)
    {
        Needed(field, missing);
        Whole(Asked(field)?.Must(text => !TypedText.IsSeen(text) || PersonName.Read(text) is not null).WithMessage($"{what} must be {PersonName.MaximumLength} characters or fewer, on one line"), what);
    }

    /// <summary>One line of text.</summary>
    public void Line(Expression<Func<T, string>> field, string what) => Text(field, what, ShortText);

    /// <summary>A text of some sentences.</summary>
    public void Text(Expression<Func<T, string>> field, string what, int most = LongText) =>
        Whole(Asked(field)?.MaximumLength(most).WithMessage($"{what} must be {most:N0} characters or fewer"), what);

    /// <summary>What is typed must be of the form that <paramref name="read"/> reads; empty is not its business.</summary>
    public void Form(Expression<Func<T, string>> field, Func<string, bool> read, string words) =>
        Asked(field)?.Must(text => string.IsNullOrWhiteSpace(text) || read(text)).WithMessage(words);

    static void Whole(IRuleBuilder<T, string>? text, string what) =>
        text?.Must(TypedText.IsWhole).WithMessage($"{what} has a character that cannot be kept (it shows as �); delete it and type it again");

    /// <summary>The field's one rule, for more to be added to; null for a field that this kind of organisation is never asked, and that is therefore never wrong.</summary>
    IRuleBuilder<T, TValue>? Asked<TValue>(Expression<Func<T, TValue>> field)
    {
        var name = NameOf(field);
        if (!FormFields.MayAsk($"{part}.{name}", kind)) return null;
        if (!asked.TryGetValue(name, out var rule)) asked[name] = rule = RuleFor(field);
        return (IRuleBuilder<T, TValue>)rule;
    }

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
