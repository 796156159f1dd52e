using System.Security.Claims;

namespace ReferralPortal.Web.Components.Layout;

/// <summary>One line of the command palette.</summary>
/// <param name="Address">Where it leads.</param>
/// <param name="Label">What it is called.</param>
/// <param name="Detail">What kind of thing it is, in a word or two.</param>
public sealed record PaletteEntry(string Address, string Label, string Detail);

/// <summary>
/// Finds things beyond pages for the command palette, for example referrals by name. Register any number as scoped services;
/// each must return only what this reader may see. Without one the palette still reaches pages and referrals by reference.
/// </summary>
public delegate Task<IReadOnlyList<PaletteEntry>> PaletteSearch(ClaimsPrincipal reader, string text, CancellationToken ct);
