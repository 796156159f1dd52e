using ReferralPortal.Domain;
using ReferralPortal.Domain.Organisations;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Invoices;

/// <summary>Who does what with invoices.</summary>
public static class InvoiceRules
{
    /// <summary>Who opens the pages of invoices: the clinic's people, and whoever may be a payer. For their <c>[Authorize]</c>.</summary>
    public const string Readers = "clinic_manager,clinic_administrator,funder,referrer,organisation_administrator";

    /// <summary>Who bills. For the pages' <c>[Authorize]</c>.</summary>
    public const string Billers = "clinic_manager,clinic_administrator";

    /// <summary>Roles that read their own organisation's invoices; and those of them that look after its money.</summary>
    internal static readonly string[] PayingRoles = [.. new[] { Role.Referrer, Role.OrganisationAdministrator, Role.Funder }.Select(role => EnumText.Of(role))],
        MoneyRoles = [.. new[] { Role.OrganisationAdministrator, Role.Funder }.Select(role => EnumText.Of(role))];

    /// <summary>Bills for the clinic group; a role of that name at any other organisation is worth nothing.</summary>
    public static bool Bills(this Actor actor) => actor.OrganisationKind == OrganisationKind.ClinicGroup && (actor.Has(Role.ClinicManager) || actor.Has(Role.ClinicAdministrator));

    /// <summary>Works for an organisation that may be a payer.</summary>
    public static bool MayPay(this Actor actor) => actor.OrganisationKind != OrganisationKind.ClinicGroup && actor.ReadsReferrals();

    internal static readonly Failure NotABiller = Outcome.Refused("Your role does not allow this: the clinic’s administrators and managers bill.");

    /// <summary>"INV-000042".</summary>
    public static string Number(int number) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"INV-{number:000000}");

    /// <summary>The number that a text names; null where it names none.</summary>
    public static int? ReadNumber(string? text) =>
        text is { Length: <= 14 } && text.StartsWith("INV-", StringComparison.OrdinalIgnoreCase)
        && int.TryParse(text.AsSpan(4), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number) && number > 0 ? number : null;
}
