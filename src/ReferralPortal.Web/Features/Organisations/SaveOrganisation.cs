using ReferralPortal.Domain;
using ReferralPortal.Domain.Organisations;
using ReferralPortal.Domain.Patients;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Referrals.Submit;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Organisations;

/// <summary>
/// Keeps what an organisation's new referrals start with. Allowed to its own administrator, and to the clinic's manager; referrals that were sent,
/// and forms that are open, keep what they have.
/// </summary>
public sealed class SaveOrganisation(PortalDatabase database)
{
    /// <summary>Limits of the texts, in characters.</summary>
    public const int ShortText = 200, LongestAddress = 500, LongestHint = 50, ShortestConsent = 20, LongestConsent = 2000;

    /// <param name="Organisation">Which.</param>
    /// <param name="Version">The version that the person saw; 0 when nothing had been saved.</param>
    public sealed record Command(Guid Organisation, int Version)
    {
        public string Branch { get; init; } = "";
        public string Address { get; init; } = "";
        public string Postcode { get; init; } = "";
        public string ContactName { get; init; } = "";
        public string ContactPhone { get; init; } = "";
        public Guid? CaseManagerId { get; init; }
        public Guid? PayerId { get; init; }
        public string ConsentWords { get; init; } = "";
        public IReadOnlyCollection<ServiceAskedFor> Services { get; init; } = [];
        public string OwnReferenceHint { get; init; } = "";
        public string PurchaseOrderHint { get; init; } = "";
    }

    /// <summary>Whether a person may change an organisation's settings.</summary>
    public static bool Allows(Actor actor, Guid organisation) =>
        (actor.OrganisationId == organisation && actor.Has(Role.OrganisationAdministrator))
        || (actor.OrganisationKind == OrganisationKind.ClinicGroup && actor.Has(Role.ClinicManager));

    /// <summary>Returns the new version.</summary>
    public async Task<Outcome<int>> Handle(Actor actor, Command command, CancellationToken ct)
    {
        if (!Allows(actor, command.Organisation))
            return actor.OrganisationId == command.Organisation ? Outcome.Refused("Only your organisation’s administrator can change this.") : Outcome.Missing;
        if (Check(command) is { Count: > 0 } errors) return Outcome.Invalid(errors);

        return await database.Write<int>(actor, async unit =>
        {
            var problems = await Unknown(unit, command);
            if (problems.Count > 0) return Outcome.Invalid(problems);

            var row = new
            {
                command.Organisation,
                command.Version,
                Branch = Text(command.Branch),
                Address = Text(command.Address),
                Postcode = Postcode.TryParse(command.Postcode, out var postcode) ? postcode.ToString() : null,
                ContactName = PersonName.Read(command.ContactName),
                ContactPhone = PhoneNumber.TryParse(command.ContactPhone, out var phone) ? phone.E164 : null,
                command.CaseManagerId,
                command.PayerId,
                ConsentWords = Text(command.ConsentWords),
                services = command.Services.Distinct().Select(service => EnumText.Of(service)).ToArray(),
                OwnReferenceHint = Text(command.OwnReferenceHint),
                PurchaseOrderHint = Text(command.PurchaseOrderHint),
                by = actor.UserId,
                at = unit.Now,
            };
            if (await unit.One<int?>(Change, row) is not { } version && (command.Version > 0 || (version = await unit.One<int?>(Begin, row) ?? 0) == 0))
                return await unit.One<LastChange>(Last, row) is { } last ? Outcome.Conflict(last.Name ?? "Somebody", "changed these settings", last.At) : Outcome.Missing;

            unit.Audit(AuditAction.SaveOrganisation, subjectId: command.Organisation);
            return version;
        }, ct);
    }

    /// <summary>What is wrong with it, by field.</summary>
    public static Dictionary<string, string> Check(Command command)
    {
        var errors = new Dictionary<string, string>();
        TooLong(command.Branch, ShortText, nameof(Command.Branch), "Branch");
        TooLong(command.Address, LongestAddress, nameof(Command.Address), "Address");
        if (!string.IsNullOrWhiteSpace(command.Postcode) && !Postcode.TryParse(command.Postcode, out _)) errors[nameof(Command.Postcode)] = Postcode.Problem;
        if (!string.IsNullOrWhiteSpace(command.ContactName) && PersonName.Read(command.ContactName) is null) errors[nameof(Command.ContactName)] = $"The name must be {PersonName.MaximumLength} characters or fewer, on one line";
        if (!string.IsNullOrWhiteSpace(command.ContactPhone) && !PhoneNumber.TryParse(command.ContactPhone, out _)) errors[nameof(Command.ContactPhone)] = PhoneNumber.Problem;
        else if (string.IsNullOrWhiteSpace(command.ContactPhone) && !string.IsNullOrWhiteSpace(command.ContactName)) errors[nameof(Command.ContactPhone)] = "Enter the telephone number at which the clinic reaches this person";
        if (!string.IsNullOrWhiteSpace(command.ConsentWords) && command.ConsentWords.Trim().Length is < ShortestConsent or > LongestConsent)
            errors[nameof(Command.ConsentWords)] = $"Write between {ShortestConsent} and {LongestConsent:N0} characters, or leave it empty to use the portal’s own words";
        if (command.Services.Any(service => !Enum.IsDefined(service))) errors[nameof(Command.Services)] = "Choose from the list";
        TooLong(command.OwnReferenceHint, LongestHint, nameof(Command.OwnReferenceHint), "Example of a reference");
        TooLong(command.PurchaseOrderHint, LongestHint, nameof(Command.PurchaseOrderHint), "Example of a purchase order");
        return errors;

        void TooLong(string text, int most, string field, string what)
        {
            if (text.Length > most) errors[field] = $"{what} must be {most} characters or fewer";
        }
    }

    static async Task<Dictionary<string, string>> Unknown(PortalUnit unit, Command command)
    {
        var problems = new Dictionary<string, string>();
        Guid[] named = [.. new[] { command.CaseManagerId, command.PayerId }.OfType<Guid>()];
        var known = named.Length == 0 ? [] : await unit.Many<Known>(ById, new { named, own = command.Organisation });
        Check(command.CaseManagerId, PartyRole.CaseManager, nameof(Command.CaseManagerId));
        Check(command.PayerId, PartyRole.Funder, nameof(Command.PayerId));
        return problems;

        void Check(Guid? id, PartyRole role, string field)
        {
            if (id is not null && !known.Any(row => row.Id == id && FormOrganisations.KindsFor(role).Contains(row.Kind.Value))) problems[field] = "This organisation cannot be chosen; choose another";
        }
    }

    static string? Text(string text) => TypedText.Storable(text)?.Trim() is { Length: > 0 } words ? words : null;

    sealed record Known(Guid Id, Coded<OrganisationKind> Kind);

    sealed record LastChange(string? Name, DateTimeOffset At);

    const string ById = "select id, kind from organisation where id = any (@named) and id <> @own and disabled_at is null";

    const string Change = """
        update organisation_settings set
            branch = @Branch, address = @Address, postcode = @Postcode, contact_name = @ContactName, contact_phone = @ContactPhone,
            case_manager_id = @CaseManagerId, payer_id = @PayerId, consent_words = @ConsentWords, services = @services,
            own_reference_hint = @OwnReferenceHint, purchase_order_hint = @PurchaseOrderHint, updated_by = @by, updated_at = @at, version = version + 1
        where organisation_id = @Organisation and version = @Version
        returning version
        """;

    const string Begin = """
        insert into organisation_settings (organisation_id, branch, address, postcode, contact_name, contact_phone, case_manager_id, payer_id, consent_words, services,
                                           own_reference_hint, purchase_order_hint, updated_by, updated_at, created_at)
        values (@Organisation, @Branch, @Address, @Postcode, @ContactName, @ContactPhone, @CaseManagerId, @PayerId, @ConsentWords, @services,
                @OwnReferenceHint, @PurchaseOrderHint, @by, @at, @at)
        on conflict (organisation_id) do nothing
        returning version
        """;

    const string Last = """
        select author.display_name as name, settings.updated_at as at
        from organisation_settings settings left join portal_user author on author.id = settings.updated_by
        where settings.organisation_id = @Organisation
        """;
}
