using System.Globalization;
using ReferralPortal.Domain.Patients;
using ReferralPortal.Web.Features.Admin;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Clinics.Manage;

/// <summary>Keeps where a clinic is and what it offers, or adds one. Allowed to the clinic manager.</summary>
public sealed class SaveClinic(PortalDatabase database, CatalogueStore catalogue)
{
    public const int LongestName = 100, LongestAddress = 500;

    /// <param name="Id">Which; null adds one.</param>
    /// <param name="Version">The version that the person saw.</param>
    public sealed record Command(Guid? Id, int Version)
    {
        public string Name { get; init; } = "";
        public string Address { get; init; } = "";
        public string Postcode { get; init; } = "";
        /// <summary>Degrees as typed.</summary>
        public string Latitude { get; init; } = "";
        public string Longitude { get; init; } = "";
        public string Phone { get; init; } = "";
        /// <summary>Codes of the list <c>service</c>.</summary>
        public IReadOnlyCollection<string> Services { get; init; } = [];
    }

    /// <summary>Returns the clinic's id.</summary>
    public async Task<Outcome<Guid>> Handle(Actor actor, Command command, CancellationToken ct)
    {
        if (!actor.ManagesClinic()) return actor.NotForYou();
        if (Check(command, await catalogue.Get(ct)) is { Count: > 0 } errors) return Outcome.Invalid(errors);

        _ = Postcode.TryParse(command.Postcode, out var postcode);
        _ = PhoneNumber.TryParse(command.Phone, out var phone);
        var outcome = await database.Write<Guid>(actor, async unit =>
        {
            var row = new
            {
                id = command.Id ?? Guid.CreateVersion7(unit.Now),
                command.Version,
                name = AdminRules.Text(command.Name),
                address = AdminRules.Text(command.Address),
                postcode = postcode.ToString(),
                latitude = Degrees(command.Latitude),
                longitude = Degrees(command.Longitude),
                phone = phone.E164,
                services = command.Services.Distinct().ToArray(),
                at = unit.Now,
            };
            if (await unit.One<Guid?>(command.Id is null ? Add : Change, row) is null)
                return await unit.ChangedBySomebody(row.id, await unit.One<bool>(Exists, row), "changed this clinic");

            // A service that the clinic no longer offers is offered in none of its rooms.
            await unit.Run(Narrow, row);
            unit.Audit(AuditAction.SaveClinic, subjectId: row.id, detail: new { added = command.Id is null });
            return row.id;
        }, ct);
        if (outcome.IsDone) catalogue.Forget();
        return outcome;
    }

    /// <summary>What is wrong with it, by field.</summary>
    public static Dictionary<string, string> Check(Command command, CatalogueContent catalogue)
    {
        var errors = new Dictionary<string, string>();
        if (AdminRules.Text(command.Name) is not { Length: <= LongestName }) errors[nameof(command.Name)] = $"Enter the clinic’s name in {LongestName} characters or fewer";
        if (AdminRules.Text(command.Address) is not { Length: <= LongestAddress }) errors[nameof(command.Address)] = $"Enter the address in {LongestAddress} characters or fewer";
        if (!Postcode.TryParse(command.Postcode, out _)) errors[nameof(command.Postcode)] = Postcode.Problem;
        if (Degrees(command.Latitude) is not (>= 49 and <= 61)) errors[nameof(command.Latitude)] = "Enter degrees north between 49 and 61, for example 53.4794";
        if (Degrees(command.Longitude) is not (>= -9 and <= 2)) errors[nameof(command.Longitude)] = "Enter degrees east between -9 and 2, for example -2.2337";
        if (!PhoneNumber.TryParse(command.Phone, out _)) errors[nameof(command.Phone)] = PhoneNumber.Problem;
        var known = catalogue.List("service").Select(service => service.Code).ToHashSet();
        if (command.Services.Count == 0) errors[nameof(command.Services)] = "Choose at least one service";
        else if (!command.Services.All(known.Contains)) errors[nameof(command.Services)] = "Choose from the list";
        return errors;
    }

    static double? Degrees(string typed) => double.TryParse(typed.Trim().Replace('−', '-'), NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var degrees) ? degrees : null;

    const string Add = """
        insert into clinic (id, name, address, postcode, latitude, longitude, phone, services, created_at)
        values (@id, @name, @address, @postcode, @latitude, @longitude, @phone, @services, @at)
        returning id
        """;

    const string Change = """
        update clinic set name = @name, address = @address, postcode = @postcode, latitude = @latitude, longitude = @longitude, phone = @phone, services = @services, version = version + 1
        where id = @id and version = @version and portal.manages_clinic()
        returning id
        """;

    const string Exists = "select exists (select from clinic where id = @id)";

    const string Narrow = """
        update room set services = array(select unnest(services) intersect select unnest(@services)), version = version + 1
        where clinic_id = @id and not services <@ @services
        """;
}

/// <summary>Looks up where a postcode is, so that a clinic's coordinates need not be typed: the centre of its district, to be made exact by hand.</summary>
public sealed class LocatePostcode(PortalDatabase database)
{
    /// <summary>A place on the map, degrees.</summary>
    public sealed record Place(double Latitude, double Longitude, string Name);

    public async Task<Place?> Handle(Actor actor, string typed, CancellationToken ct) =>
        actor.ManagesClinic() && Postcode.TryParse(typed, out var postcode)
            ? await database.Read(actor, unit => unit.One<Place>("select latitude, longitude, place as name from postcode_area where outward = @Outward", new { postcode.Outward }), ct)
            : null;
}
