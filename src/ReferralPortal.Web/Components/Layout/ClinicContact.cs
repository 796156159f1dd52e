namespace ReferralPortal.Web.Components.Layout;

/// <summary>How to reach the clinic group by other ways than the portal; stands at the foot of every page.</summary>
/// <param name="Name">The group's name.</param>
/// <param name="Phone">As people write it.</param>
/// <param name="Email">The office's mailbox.</param>
public sealed record ClinicContact(string Name, string Phone, string Email)
{
    /// <summary>The clinic group that the portal was made for.</summary>
    public static ClinicContact Default { get; } = new("Physio.co.uk", "0330 088 7800", "office@physio.co.uk");

    /// <summary>For a <c>tel:</c> link.</summary>
    public string DialledPhone => string.Concat(Phone.Where(letter => char.IsAsciiDigit(letter) || letter == '+'));
}
