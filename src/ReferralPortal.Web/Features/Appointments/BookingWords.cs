using ReferralPortal.Web.Components.Display;

namespace ReferralPortal.Web.Features.Appointments;

/// <summary>Appointments' stored codes as people read them.</summary>
public static class BookingWords
{
    /// <summary>"Initial assessment".</summary>
    public static string Kind(string kind) => kind switch { "initial_assessment" => "Initial assessment", "review" => "Review", _ => "Treatment" };

    /// <summary>How an appointment stands: a word or two, an icon and a tint, by its state and its NHS attendance code.</summary>
    public static (string Words, string Glyph, Tone Tone) State(string state, string? code) => (state, code) switch
    {
        ("held", _) => ("Held", MudBlazor.Icons.Material.Rounded.Call, Tone.Warning),
        ("attended", "6") => ("Attended, late but seen", MudBlazor.Icons.Material.Rounded.CheckCircle, Tone.Success),
        ("attended", _) => ("Attended", MudBlazor.Icons.Material.Rounded.CheckCircle, Tone.Success),
        ("did_not_attend", "7") => ("Came too late to be seen", MudBlazor.Icons.Material.Rounded.EventBusy, Tone.Error),
        ("did_not_attend", _) => ("Did not attend", MudBlazor.Icons.Material.Rounded.EventBusy, Tone.Error),
        ("cancelled", "4") => ("Cancelled by the clinic", MudBlazor.Icons.Material.Rounded.Cancel, Tone.Neutral),
        ("cancelled", "2") => ("Cancelled by the patient", MudBlazor.Icons.Material.Rounded.Cancel, Tone.Neutral),
        ("cancelled", _) => ("Cancelled", MudBlazor.Icons.Material.Rounded.Cancel, Tone.Neutral),
        _ => ("Booked", MudBlazor.Icons.Material.Rounded.EventAvailable, Tone.Primary),
    };

    /// <summary>What stands in the way of a time (see <c>portal.in_the_way</c>), in words that go on after a name.</summary>
    public static string InTheWay(string code, string clinician) => code switch
    {
        "bank_holiday" => "It is a bank holiday",
        "closed" => "The clinic is closed on that day",
        "closed_then" => "The clinic is not open then",
        "leave" => $"{clinician} is on leave",
        "not_working" => $"{clinician} does not work at this clinic then",
        "busy" => $"{clinician} has another patient then",
        "no_room" => "No room is free then",
        _ => "The patient has another appointment then",
    };
}
