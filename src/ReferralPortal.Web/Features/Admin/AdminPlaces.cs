using static MudBlazor.Icons.Material;

namespace ReferralPortal.Web.Features.Admin;

/// <summary>One thing that the clinic manager can set.</summary>
/// <param name="Address">Its page, under <c>/admin</c>.</param>
/// <param name="Title">What it is called.</param>
/// <param name="Line">What is set there, in one line.</param>
/// <param name="Icon">The inside of a 24 by 24 SVG.</param>
public sealed record AdminPlace(string Address, string Title, string Line, string Icon);

/// <summary>The one table of settings, as <c>/admin</c> lists them. A new page of settings adds its line.</summary>
public static class AdminPlaces
{
    public static readonly IReadOnlyList<AdminPlace> All =
    [
        new("/admin/dashboard", "Dashboard", "What came in, what became of it, how long patients waited; monthly reports.", Rounded.Insights),
        new("/admin/clinics", "Clinics", "Addresses, opening hours, closures, services and rooms.", Rounded.LocationCity),
        new("/admin/people", "People", "Accounts and roles; clinicians’ skills, languages, working weeks and leave.", Rounded.Groups),
        new("/admin/organisations", "Organisations", "Who refers, pays or follows; their directories, and who is shut out.", Rounded.Business),
        new("/admin/mail", "Mail", "What could not be sent, and why; send it again or give it up.", Rounded.MarkEmailUnread),
        new("/admin/agreements", "Agreements", "How soon the clinic promises what, organisation by organisation.", Rounded.Handshake),
        new("/admin/payers", "Payers", "How long a payer has for its answers, and what its contract says of sessions.", Rounded.PriceCheck),
        new("/admin/measures", "Outcome measures", "Which measures can be filled in; wording that the clinic holds a licence for.", Rounded.Rule),
        new("/admin/fees", "Fees", "What the clinic charges, and what was agreed with a payer.", Rounded.Payments),
        new("/admin/questions", "Questions and reasons", "The standard wording of questions to referrers and of reasons to decline.", Rounded.QuestionAnswer),
    ];
}
