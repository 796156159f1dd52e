using System.Linq.Expressions;
using ReferralPortal.Domain.Organisations;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Referrals.Submit;

namespace ReferralPortal.Web.Features.Referrals.Import;

/// <summary>One column of the template.</summary>
/// <param name="Name">Its heading.</param>
/// <param name="Cell">How a text becomes the field's value, and back.</param>
/// <param name="Example">What the template's example row says.</param>
/// <param name="Hint">What a person should know who fills it in.</param>
/// <param name="Synonyms">What others call it, separated by commas.</param>
public sealed record ImportColumn(string Name, ImportCell Cell, string Example, string Hint, string Synonyms = "")
{
    /// <summary>The field of the form that it fills in, as the form's rules name it: <c>Patient.Postcode</c>.</summary>
    public string Field => Cell.Field;

    /// <summary>Which part of the form it belongs to.</summary>
    public FormSection Part => FormAddress.PartOf(Field);
}

/// <summary>What cells are read against.</summary>
/// <param name="Kind">Which kind of organisation sends the file.</param>
/// <param name="Catalogue">Conditions, body regions and safety questions as they are now.</param>
/// <param name="Organisations">Those that the cells name.</param>
public sealed record ImportLists(OrganisationKind Kind, CatalogueContent Catalogue, IReadOnlyList<ListedOrganisation> Organisations);

/// <summary>How the text of a cell becomes a value of the form.</summary>
public abstract class ImportCell
{
    /// <summary>The field that it fills in, as the form's rules name it: <c>Patient.Postcode</c>.</summary>
    public abstract string Field { get; }

    /// <summary>Sets the field from a text that is not blank; returns what is wrong with the text where it cannot be read. That a value is right is for the form's rules to say.</summary>
    public abstract string? Read(string text, ReferralForm form, ImportLists lists);

    /// <summary>The field's value as a text that <see cref="Read"/> turns into the same value.</summary>
    public abstract string Write(ReferralForm form, ImportLists lists);

    /// <summary>The texts to choose from; none where anything may be written.</summary>
    public virtual IReadOnlyList<string> Allowed(ImportLists lists) => [];

    /// <summary>What stands for several words in comparisons: "Off-sick", "off sick" and "off_sick" are the same.</summary>
    internal static string Plain(string text) => string.Concat(text.Where(char.IsLetterOrDigit)).ToLowerInvariant();

    /// <summary>A text as it is quoted in a problem.</summary>
    internal static string Quoted(string text) => $"‘{(text.Length > 40 ? text[..40] + "…" : text)}’";
}

/// <summary>A cell of one field, which an expression names.</summary>
public abstract class FieldCell<T> : ImportCell
{
    protected FieldCell(Expression<Func<ReferralForm, T>> field)
    {
        var value = Expression.Parameter(typeof(T));
        Get = field.Compile();
        Set = Expression.Lambda<Action<ReferralForm, T>>(Expression.Assign(field.Body, value), field.Parameters[0], value).Compile();
        Field = field.Body.ToString()[(field.Parameters[0].Name!.Length + 1)..];
    }

    public override string Field { get; }

    protected Func<ReferralForm, T> Get { get; }
    protected Action<ReferralForm, T> Set { get; }
}
