using Microsoft.AspNetCore.Components;

namespace ReferralPortal.Web.Components.Forms;

/// <summary>What every field has: a label, perhaps a hint, perhaps an error tied to it, and an id that stays.</summary>
public abstract class FieldBase : ComponentBase
{
    /// <summary>The field's path in the form, for example <c>Patient.DateOfBirth</c>: its key in the errors, and its id by <see cref="FieldId"/>.</summary>
    [Parameter, EditorRequired] public string Name { get; set; } = "";

    /// <summary>What is asked.</summary>
    [Parameter, EditorRequired] public string Label { get; set; } = "";

    /// <summary>Help under the label.</summary>
    [Parameter] public string? Hint { get; set; }

    /// <summary>What is wrong, in words; found in the surrounding <see cref="FieldScope"/> when not given.</summary>
    [Parameter] public string? Error { get; set; }

    /// <summary>Adds "(optional)" to the label.</summary>
    [Parameter] public bool Optional { get; set; }

    /// <summary>Keeps the label for screen readers only, where the words stand beside the field anyway.</summary>
    [Parameter] public bool HideLabel { get; set; }

    /// <summary>Makes the label the page's one heading, where a page asks a single question.</summary>
    [Parameter] public bool LabelIsHeading { get; set; }

    /// <summary>Focus has left the field: a good moment to save.</summary>
    [Parameter] public EventCallback OnBlur { get; set; }

    [CascadingParameter] IReadOnlyDictionary<string, string>? Errors { get; set; }

    [CascadingParameter(Name = FieldScope.OptionalFields)] Func<string, bool>? OptionalFields { get; set; }

    /// <summary>Whether the label says "(optional)": by the field itself, or by the surrounding <see cref="FieldScope"/>.</summary>
    protected bool IsOptional => Optional || OptionalFields?.Invoke(Name) == true;

    /// <summary>The id of the field's control or group.</summary>
    protected string Id => FieldId.Of(Name);

    /// <summary>The words of the error, if there is one.</summary>
    protected string? Problem => Error ?? Errors?.GetValueOrDefault(Name);

    /// <summary>For <c>aria-describedby</c>: the hint, then the error.</summary>
    protected string? DescribedBy => (Hint, Problem) switch
    {
        (null, null) => null,
        (_, null) => $"{Id}-hint",
        (null, _) => $"{Id}-error",
        _ => $"{Id}-hint {Id}-error",
    };

    /// <summary>For <c>aria-invalid</c>.</summary>
    protected string? Invalid => Problem is null ? null : "true";

    /// <summary>The class of the outermost element.</summary>
    protected string FieldClass => Problem is null ? "field" : "field has-error";
}
