using ReferralPortal.Domain;
using ReferralPortal.Domain.Funding;
using ReferralPortal.Domain.Organisations;
using ReferralPortal.Domain.Patients;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Components.Forms;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Features.Referrals.Submit;
using ReferralPortal.Web.Features.Triage;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Funding;

/// <summary>How an authority came that did not come through the portal.</summary>
public enum AuthorityCame { Phone, Letter, Email }

/// <summary>An authority as it is typed.</summary>
public sealed class AuthorityForm
{
    public string PayerName { get; set; } = "";
    public string Sessions { get; set; } = "";
    public string Pounds { get; set; } = "";
    public string SessionPrice { get; set; } = "";
    public Modality? Modality { get; set; }
    public DateParts ExpiresOn { get; set; } = DateParts.Empty;
    public string Reference { get; set; } = "";
    public string GivenBy { get; set; } = "";
    public AuthorityCame? Came { get; set; }
    public Guid? Document { get; set; }
}

/// <summary>
/// Adds an authority: the payer's funder gives it, or the clinic's people record one that came by telephone, letter or mail, with who gave it. Everybody on the referral
/// is told. Safe to repeat.
/// </summary>
public sealed class GiveAuthority(PortalDatabase database, TimeProvider clock)
{
    /// <summary>The states in which treatment may still come.</summary>
    internal static readonly ReferralState[] Open =
        [ReferralState.Submitted, ReferralState.InTriage, ReferralState.InformationRequested, ReferralState.Accepted, ReferralState.AppointmentBooked, ReferralState.InTreatment];

    /// <param name="Key">The authority's id, made when the form opened: a repeat adds one.</param>
    /// <param name="Referral">Whose.</param>
    /// <param name="Form">What is authorised.</param>
    public sealed record Command(Guid Key, Guid Referral, AuthorityForm Form);

    public async Task<Outcome<Guid>> Handle(Actor actor, Command command, CancellationToken ct)
    {
        var clinic = actor.Triages() || actor.IsClinician();
        if (!clinic && !Funds(actor)) return Outcome.Refused("Your role does not allow this: the payer gives an authority, or the clinic records it.");
        if (Check(command.Form, clinic, LondonTime.DateOf(clock.GetUtcNow())) is { Count: > 0 } errors) return Outcome.Invalid(errors);

        var form = command.Form;
        return await database.Write<Guid>(actor, async unit =>
        {
            var referral = await unit.One<LockedReferral>(FundingLocks.Referral, new { command.Referral, actor.OrganisationId, role = clinic ? "treating_clinic" : "funder" });
            if (referral is null) return Outcome.Missing;
            if (await unit.One<bool>("select exists (select from funding_authority where id = @Key and referral_id = @Referral)", new { command.Key, command.Referral })) return command.Key;
            if (!Open.Contains(referral.State.Value)) return Outcome.Refused("Treatment has ended, so nothing more is authorised.");
            if (form.Document is { } document && !(clinic && await unit.One<bool>(IsItsDocument, new { document, command.Referral }))) return Outcome.Invalid(nameof(form.Document), "Choose a document of this referral");

            var sessions = MoneyText.TryCount(form.Sessions, 1, 1000, out var number) ? number : (int?)null;
            var pounds = MoneyText.TryPounds(form.Pounds, out var amount) ? amount : (decimal?)null;
            await unit.Run(Insert, new
            {
                command.Key, command.Referral, payer = clinic ? null : (Guid?)actor.OrganisationId, payerName = clinic ? Stored(form.PayerName) : actor.OrganisationName, sessions, pounds,
                modality = form.Modality is { } modality ? EnumText.Of(modality) : null, price = MoneyText.TryPounds(form.SessionPrice, out var price) ? price : (decimal?)null, expires = form.ExpiresOn.ToDate(),
                reference = Stored(form.Reference), givenBy = clinic ? Stored(form.GivenBy) : actor.DisplayName, how = clinic ? EnumText.Of(form.Came!.Value) : "portal", form.Document, by = actor.UserId, unit.Now,
            });
            await unit.Note(referral, "give_authority", AuditAction.GiveAuthority, command.Key, new { payer = clinic ? Stored(form.PayerName) : actor.OrganisationName, sessions, pounds, how = clinic ? EnumText.Of(form.Came!.Value) : "portal" });
            unit.Queue(new AuthorityGiven(referral.Id, command.Key), referral.Id);
            return command.Key;
        }, ct);
    }

    internal static bool Funds(Actor actor) => actor.OrganisationKind == OrganisationKind.Funder && actor.Has(Role.Funder);

    /// <summary>What is wrong with it, by field. <paramref name="recorded"/>: the clinic writes down what a payer said.</summary>
    public static Dictionary<string, string> Check(AuthorityForm form, bool recorded, DateOnly today)
    {
        var errors = new Dictionary<string, string>();
        if (string.IsNullOrWhiteSpace(form.Sessions) && string.IsNullOrWhiteSpace(form.Pounds)) errors[nameof(form.Sessions)] = "Enter a number of sessions, an amount, or both";
        else if (!string.IsNullOrWhiteSpace(form.Sessions) && !MoneyText.TryCount(form.Sessions, 1, 1000, out _)) errors[nameof(form.Sessions)] = "Enter a whole number of sessions, from 1 to 1,000";
        Money(nameof(form.Pounds), form.Pounds);
        Money(nameof(form.SessionPrice), form.SessionPrice);
        if (!form.ExpiresOn.IsEmpty)
        {
            if (!ThreeFieldDate.TryParse(form.ExpiresOn.Day, form.ExpiresOn.Month, form.ExpiresOn.Year, out var day, out var problem)) errors[nameof(form.ExpiresOn)] = $"Last day {problem}";
            else if (day < today || day > today.AddYears(5)) errors[nameof(form.ExpiresOn)] = "The last day must be today or later, within five years";
        }
        if (form.Reference.Length > 100) errors[nameof(form.Reference)] = "Use 100 characters or fewer";
        if (!recorded) return errors;

        if (string.IsNullOrWhiteSpace(form.PayerName) || form.PayerName.Length > 200) errors[nameof(form.PayerName)] = "Enter the payer’s name, with 200 characters or fewer";
        if (string.IsNullOrWhiteSpace(form.GivenBy) || form.GivenBy.Length > 200) errors[nameof(form.GivenBy)] = "Enter who gave it, with 200 characters or fewer";
        if (form.Came is null) errors[nameof(form.Came)] = "Choose how it came";
        return errors;

        void Money(string field, string typed)
        {
            if (!string.IsNullOrWhiteSpace(typed) && !MoneyText.TryPounds(typed, out _)) errors[field] = "Enter an amount in pounds, for example 45 or 45.50";
        }
    }

    static string? Stored(string typed) => TypedText.Storable(typed)?.Trim() is { Length: > 0 } words ? words : null;

    const string IsItsDocument = "select exists (select from document where id = @document and referral_id = @referral and state = 'available')";

    // A payer that the clinic names as the funder on the referral is called is that funder: its people see and withdraw the authority too.
    const string Insert = """
        insert into funding_authority (id, referral_id, payer_organisation_id, payer_name, sessions, pounds, modality, session_price, expires_on, reference, given_by, given_how, document_id, recorded_by, given_at, created_at)
        select @key, @referral,
               coalesce(@payer::uuid, (select party.organisation_id from referral_party party join organisation funder on funder.id = party.organisation_id
                                       where party.referral_id = @referral and party.role = 'funder' and lower(funder.name) = lower(@payerName))),
               @payerName, @sessions, @pounds, @modality, @price, @expires, @reference, @givenBy, @how, @document, @by, @now, @now
        """;
}

/// <summary>An authority was added.</summary>
public sealed record AuthorityGiven(Guid ReferralId, Guid AuthorityId);

/// <summary>What the commands of funding lock first.</summary>
static class FundingLocks
{
    /// <summary>The referral, where the person's organisation is on it as <c>@role</c>.</summary>
    internal const string Referral = $"""
        select {LockedReferral.Columns} from referral r
        where r.id = @referral
            and exists (select from referral_party mine where mine.referral_id = r.id and mine.organisation_id = @organisationId and mine.role = @role)
        for update
        """;
}
