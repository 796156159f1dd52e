using System.Globalization;
using System.Linq.Expressions;
using System.Text.RegularExpressions;
using ReferralPortal.Domain;
using ReferralPortal.Domain.Patients;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Components.Body;
using ReferralPortal.Web.Components.Forms;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Referrals.Submit;
using ReferralPortal.Web.Features.Referrals.View;

namespace ReferralPortal.Web.Features.Referrals.Import;

/// <summary>Any text, exactly as it stands.</summary>
sealed class TextCell(Expression<Func<ReferralForm, string>> field) : FieldCell<string>(field)
{
    public override string? Read(string text, ReferralForm form, ImportLists lists)
    {
        Set(form, text);
        return null;
    }

    public override string Write(ReferralForm form, ImportLists lists) => Get(form);
}

/// <summary>A number that is a name, such as a telephone number: spreadsheet programs take zeros off its beginning and round its end.</summary>
sealed partial class DigitsCell(Expression<Func<ReferralForm, string>> field, int length, Func<string, bool> isRight) : FieldCell<string>(field)
{
    public override string? Read(string text, ReferralForm form, ImportLists lists)
    {
        Set(form, text);
        var digits = text.Trim();
        return Rounded().IsMatch(digits) ? $"{Quoted(text)} was shortened by a spreadsheet program. Give the column the format ‘Text’ and enter the number again"
            : digits.Length == length - 1 && digits.All(char.IsAsciiDigit) && digits[0] != '0' && isRight("0" + digits)
                ? $"The zero at the beginning is lost, as spreadsheet programs do: it was probably 0{digits}. Give the column the format ‘Text’, or correct it here"
            : null;
    }

    public override string Write(ReferralForm form, ImportLists lists) => Get(form);

    [GeneratedRegex(@"\A[0-9](?:[.,][0-9]+)?E\+?[0-9]+\z", RegexOptions.IgnoreCase)]
    private static partial Regex Rounded();

    /// <summary>A telephone number: eleven digits where it is British.</summary>
    public static DigitsCell Phone(Expression<Func<ReferralForm, string>> field) => new(field, 11, text => PhoneNumber.TryParse(text, out _));

    /// <summary>An NHS number: ten digits.</summary>
    public static DigitsCell Nhs(Expression<Func<ReferralForm, string>> field) => new(field, 10, text => NhsNumber.TryParse(text, out _));
}

/// <summary>A date: day first, or the year first; the month in digits or letters.</summary>
sealed partial class DateCell(Expression<Func<ReferralForm, DateParts>> field) : FieldCell<DateParts>(field)
{
    public override string? Read(string text, ReferralForm form, ImportLists lists)
    {
        var typed = TimeOfDay().Replace(text.Trim(), "");
        if (DayNumber().IsMatch(typed)) return $"{Quoted(text)} is a date as a spreadsheet program counts it. Give the column the format ‘Date’, or write it as 12/03/1984";
        if (typed.Split(['/', '-', '.', ' ', ','], StringSplitOptions.RemoveEmptyEntries) is not [var first, var second, var third])
            return $"{Quoted(text)} is not a date; write it as 12/03/1984";

        var parts = first.Length == 4 ? new DateParts(third, second, first) : new DateParts(first, second, third);
        Set(form, parts.ToDate() is { } date ? DateParts.Of(date) : parts);
        return null;
    }

    public override string Write(ReferralForm form, ImportLists lists) =>
        Get(form).ToDate() is { } date ? date.ToString("dd/MM/yyyy", CultureInfo.InvariantCulture)
        : Get(form).IsEmpty ? "" : $"{Get(form).Day}/{Get(form).Month}/{Get(form).Year}";

    [GeneratedRegex(@"[T ]\d{1,2}:\d\d(?::\d\d)?(?:\.\d+)?Z?\z")]
    private static partial Regex TimeOfDay();

    [GeneratedRegex(@"\A[1-9][0-9]{4}\z")]
    private static partial Regex DayNumber();
}

/// <summary>One of a list, by its words or its code.</summary>
sealed class ChoiceCell<T>(Expression<Func<ReferralForm, T?>> field, Func<T, ImportLists, string?>? words = null) : FieldCell<T?>(field) where T : struct, Enum
{
    public override string? Read(string text, ReferralForm form, ImportLists lists)
    {
        if (Choices.Find<T>(text, value => Say(value, lists)) is { } chosen)
        {
            Set(form, chosen);
            return null;
        }
        return $"{Quoted(text)} is not one of: {string.Join(", ", Allowed(lists))}";
    }

    public override string Write(ReferralForm form, ImportLists lists) => Get(form) is { } value ? Say(value, lists) ?? EnumText.Of(value) : "";
    public override IReadOnlyList<string> Allowed(ImportLists lists) => [.. Enum.GetValues<T>().Select(value => Say(value, lists)).OfType<string>()];

    string? Say(T value, ImportLists lists) => words is null ? PlainText.Of(value) : words(value, lists);
}

/// <summary>Several of a list, with semicolons between them.</summary>
sealed class ChoicesCell<T>(Expression<Func<ReferralForm, IReadOnlyCollection<T>>> field) : FieldCell<IReadOnlyCollection<T>>(field) where T : struct, Enum
{
    public override string? Read(string text, ReferralForm form, ImportLists lists)
    {
        List<T> chosen = [];
        foreach (var one in Choices.Split(text))
        {
            if (Choices.Find<T>(one, value => PlainText.Of(value)) is not { } value) return $"{Quoted(one)} is not one of: {string.Join(", ", Allowed(lists))}. Put a semicolon between several";
            if (!chosen.Contains(value)) chosen.Add(value);
        }
        Set(form, chosen);
        return null;
    }

    public override string Write(ReferralForm form, ImportLists lists) => string.Join("; ", Get(form).Select(value => PlainText.Of(value)));
    public override IReadOnlyList<string> Allowed(ImportLists lists) => [.. Enum.GetValues<T>().Select(value => PlainText.Of(value))];
}

static class Choices
{
    public static string[] Split(string text) => text.Split([';', '\n', '|'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>The value that a text means; <paramref name="say"/> gives its words, or null for one that may not be chosen.</summary>
    public static T? Find<T>(string text, Func<T, string?> say) where T : struct, Enum
    {
        var plain = ImportCell.Plain(text);
        foreach (var value in Enum.GetValues<T>())
            if (say(value) is { } words && (ImportCell.Plain(words) == plain || ImportCell.Plain(EnumText.Of(value)) == plain)) return value;
        return null;
    }
}

static class YesNo
{
    public static readonly string[] Allowed = ["Yes", "No"];

    public static bool? Of(string text) => ImportCell.Plain(text) switch
    {
        "yes" or "y" or "true" or "1" => true,
        "no" or "n" or "false" or "0" => false,
        _ => null,
    };

    public static string Problem(string text) => $"{ImportCell.Quoted(text)} is neither yes nor no";
}

/// <summary>Yes or no, where nothing is no.</summary>
sealed class YesNoCell(Expression<Func<ReferralForm, bool>> field) : FieldCell<bool>(field)
{
    public override string? Read(string text, ReferralForm form, ImportLists lists)
    {
        if (YesNo.Of(text) is not { } yes) return YesNo.Problem(text);
        Set(form, yes);
        return null;
    }

    public override string Write(ReferralForm form, ImportLists lists) => Get(form) ? "Yes" : "No";
    public override IReadOnlyList<string> Allowed(ImportLists lists) => YesNo.Allowed;
}

/// <summary>Yes or no, where nothing is not yet answered.</summary>
sealed class YesNoOrNothingCell(Expression<Func<ReferralForm, bool?>> field) : FieldCell<bool?>(field)
{
    public override string? Read(string text, ReferralForm form, ImportLists lists)
    {
        if (YesNo.Of(text) is not { } yes) return YesNo.Problem(text);
        Set(form, yes);
        return null;
    }

    public override string Write(ReferralForm form, ImportLists lists) => Get(form) switch { true => "Yes", false => "No", _ => "" };
    public override IReadOnlyList<string> Allowed(ImportLists lists) => YesNo.Allowed;
}

/// <summary>A whole number.</summary>
sealed class NumberCell(Expression<Func<ReferralForm, int?>> field) : FieldCell<int?>(field)
{
    public override string? Read(string text, ReferralForm form, ImportLists lists)
    {
        if (!int.TryParse(text.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)) return $"{Quoted(text)} is not a whole number";
        Set(form, number);
        return null;
    }

    public override string Write(ReferralForm form, ImportLists lists) => Get(form)?.ToString(CultureInfo.InvariantCulture) ?? "";
}

/// <summary>An organisation by its name.</summary>
sealed class OrganisationCell(Expression<Func<ReferralForm, Guid?>> field, PartyRole role) : FieldCell<Guid?>(field)
{
    public override string? Read(string text, ReferralForm form, ImportLists lists)
    {
        var kinds = FormOrganisations.KindsFor(role).Select(kind => EnumText.Of(kind)).ToHashSet();
        var called = lists.Organisations.Where(one => kinds.Contains(one.Kind) && string.Equals(one.Name, text.Trim(), StringComparison.OrdinalIgnoreCase)).ToList();
        if (called is not [var organisation])
            return called.Count == 0
                ? $"No {PlainText.Of(role).ToLowerInvariant()} with the name {Quoted(text)} uses this portal. Write the name as the form’s list shows it"
                : $"More than one organisation has the name {Quoted(text)}. Leave the cell empty and go through this referral by hand";
        Set(form, organisation.Id);
        return null;
    }

    public override string Write(ReferralForm form, ImportLists lists) => Get(form) is { } id ? lists.Organisations.FirstOrDefault(one => one.Id == id)?.Name ?? "" : "";
}

/// <summary>Parts of the body with their sides: "Left knee; Neck".</summary>
sealed partial class RegionsCell() : FieldCell<IReadOnlyCollection<BodySite>>(form => form.Injury.Regions)
{
    public override string? Read(string text, ReferralForm form, ImportLists lists)
    {
        List<BodySite> sites = [];
        foreach (var one in Choices.Split(text))
        {
            BodySide? side = null;
            var name = Plain(Sides().Replace(one, match =>
            {
                side = match.Value.ToLowerInvariant() switch { "left" => BodySide.Left, "right" => BodySide.Right, _ => BodySide.Both };
                return "";
            }));
            var region = lists.Catalogue.BodyRegions.FirstOrDefault(known => name == Plain(known.Name) || name == Plain(known.Key) || name == Plain(known.Name) + "s");
            if (region is null) return $"{Quoted(one)} is no part of the body that the form lists";
            if (!region.Sided && side is not null) return $"{Quoted(one)}: leave out left or right here";
            sites.Add(new BodySite(region.Key, side ?? BodySide.NotApplicable));
        }
        Set(form, sites);
        return null;
    }

    public override string Write(ReferralForm form, ImportLists lists) => string.Join("; ", Get(form).Select(site =>
        BodySite.Words(lists.Catalogue.BodyRegions.FirstOrDefault(region => region.Key == site.Region)?.Name ?? site.Region, site.Side)));

    public override IReadOnlyList<string> Allowed(ImportLists lists) => [.. lists.Catalogue.BodyRegions.Select(region => region.Sided ? $"Left / Right {region.Name.ToLowerInvariant()}" : region.Name)];

    [GeneratedRegex(@"\b(?:left|right|both sides|both|bilateral)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Sides();
}

/// <summary>A condition of the catalogue by its name, else the referrer's own words.</summary>
sealed class ConditionCell : ImportCell
{
    // Where the form's rules put what is wrong with either.
    public override string Field => "Injury.ConditionInWords";

    public override string? Read(string text, ReferralForm form, ImportLists lists)
    {
        var named = lists.Catalogue.Conditions.FirstOrDefault(condition => string.Equals(condition.Name, text.Trim(), StringComparison.OrdinalIgnoreCase));
        (form.Injury.ConditionSlug, form.Injury.ConditionInWords) = named is null ? ("", text) : (named.Slug, "");
        return null;
    }

    public override string Write(ReferralForm form, ImportLists lists) =>
        lists.Catalogue.Condition(form.Injury.ConditionSlug)?.Name ?? form.Injury.ConditionInWords;

    public override IReadOnlyList<string> Allowed(ImportLists lists) => [.. lists.Catalogue.Conditions.Select(condition => condition.Name), "or your own words"];
}

/// <summary>The answer to one safety question. Nothing is no answer.</summary>
sealed class SafetyCell(string question) : ImportCell
{
    public override string Field => $"Safety.Answers.{question}";

    public override string? Read(string text, ReferralForm form, ImportLists lists)
    {
        if (Choices.Find<RedFlagAnswer>(text, value => PlainText.Of(value)) is { } said) form.Safety.Answers[question] = said;
        else if (YesNo.Of(text) is { } yes) form.Safety.Answers[question] = yes ? RedFlagAnswer.Yes : RedFlagAnswer.No;
        else return $"{Quoted(text)} is not one of: yes, no, not asked";
        return null;
    }

    public override string Write(ReferralForm form, ImportLists lists) => form.Safety.Answers.TryGetValue(question, out var answer) ? PlainText.Of(answer) : "";
    public override IReadOnlyList<string> Allowed(ImportLists lists) => ["Yes", "No", "Not asked"];
}
