using System.Reflection;
using System.Security.Claims;
using Microsoft.AspNetCore.Components;
using ReferralPortal.Domain;
using ReferralPortal.Domain.Organisations;
using static MudBlazor.Icons.Material;

namespace ReferralPortal.Web.Components.Layout;

/// <summary>One place in the portal that the top bar and the command palette lead to.</summary>
/// <param name="Address">The page's address.</param>
/// <param name="Label">What it is called on the screen.</param>
/// <param name="Icon">The inside of a 24 by 24 SVG.</param>
/// <param name="Roles">Who is shown it; empty means everybody signed in. The page guards itself: this only decides what is listed.</param>
public sealed record NavigationItem(string Address, string Label, string Icon, params Role[] Roles);

/// <summary>The one table of places. An entry appears once a page with its address exists.</summary>
public static class Navigation
{
    static readonly NavigationItem[] Table =
    [
        new("/", "Home", Rounded.Home),
        new("/referrals", "Referrals", Rounded.FolderShared, Role.Referrer, Role.OrganisationAdministrator, Role.Funder, Role.ClinicAdministrator, Role.Clinician, Role.ClinicManager),
        new("/portfolio", "Portfolio", Rounded.MonitorHeart, Role.Referrer, Role.OrganisationAdministrator),
        new("/referrals/new", "New referral", Rounded.NoteAdd, Role.Referrer, Role.OrganisationAdministrator),
        new("/triage", "Triage", Rounded.Checklist, Role.ClinicAdministrator),
        new("/caseload", "Caseload", Rounded.Groups, Role.Clinician),
        new("/appointments", "Appointments", Rounded.CalendarMonth, Role.ClinicAdministrator, Role.Clinician),
        new("/approvals", "Approvals", Rounded.PriceCheck, Role.Funder),
        new("/messages", "Messages", Rounded.Forum, Role.Referrer, Role.OrganisationAdministrator, Role.Funder, Role.ClinicAdministrator, Role.Clinician),
        new("/invoices", "Invoices", Rounded.ReceiptLong, Role.Funder, Role.ClinicAdministrator, Role.ClinicManager),
        new("/organisation", "Organisation", Rounded.Business, Role.OrganisationAdministrator, Role.Referrer, Role.Funder),
        new("/admin/dashboard", "Dashboard", Rounded.Insights, Role.ClinicManager),
        new("/admin", "Settings", Rounded.Tune, Role.ClinicManager),
        new("/audit", "Audit", Rounded.Policy, Role.Auditor),
        new("/help", "Help", Rounded.HelpOutline),
    ];

    static readonly HashSet<string> Pages = typeof(Navigation).Assembly.GetTypes()
        .SelectMany(type => type.GetCustomAttributes<RouteAttribute>(inherit: false))
        .Select(route => route.Template)
        .ToHashSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>The places for this person, in the order of the top bar.</summary>
    public static IReadOnlyList<NavigationItem> For(ClaimsPrincipal person) => For(person, Pages);

    internal static IReadOnlyList<NavigationItem> For(ClaimsPrincipal person, IReadOnlySet<string> pages) =>
        person.Identity?.IsAuthenticated is not true ? [] :
        [
            .. Table.Where(item => pages.Contains(item.Address)
                && (item.Roles.Length == 0 || item.Roles.Any(role => person.IsInRole(EnumText.Of(role))))),
        ];
}
