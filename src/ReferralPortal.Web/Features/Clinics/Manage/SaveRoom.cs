using Npgsql;
using ReferralPortal.Web.Features.Admin;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Clinics.Manage;

/// <summary>Adds a room, changes what it is called and what can be done in it, closes it or opens it again. Allowed to the clinic manager. What is booked in a room that closes stays booked, and is listed first.</summary>
public sealed class SaveRoom(PortalDatabase database, CatalogueStore catalogue)
{
    public const int LongestName = 100;

    /// <param name="Clinic">Where.</param>
    /// <param name="Room">Which; null adds one.</param>
    /// <param name="Version">The room's version that the person saw.</param>
    /// <param name="Name">What it is called; no other open room of the clinic may be called the same.</param>
    /// <param name="Services">Codes of the list <c>service</c>, of those that the clinic offers.</param>
    /// <param name="Open">False to close it.</param>
    /// <param name="Confirmed">The person has seen what is booked.</param>
    public sealed record Command(Guid Clinic, Guid? Room, int Version, string Name, IReadOnlyCollection<string> Services, bool Open = true, bool Confirmed = false);

    public async Task<Outcome<CapacityChange>> Handle(Actor actor, Command command, CancellationToken ct)
    {
        if (!actor.ManagesClinic()) return actor.NotForYou();
        if (Check(command, await catalogue.Get(ct)) is { Count: > 0 } errors) return Outcome.Invalid(errors);

        try
        {
            return await database.Write<CapacityChange>(actor, async unit =>
            {
                var row = new { id = command.Room ?? Guid.CreateVersion7(unit.Now), command.Clinic, command.Version, name = AdminRules.Text(command.Name), services = command.Services.Distinct().ToArray(), command.Open, at = unit.Now };
                if (await unit.One<string[]>(Offered, row) is not { } offered) return Outcome.Missing;
                if (!row.services.All(offered.Contains)) return Outcome.Invalid(nameof(Command.Services), "Choose from what the clinic offers");

                var affected = command is { Room: { } room, Open: false } ? await unit.Booked(new(command.Clinic, Room: room)) : [];
                if (affected.Count > 0 && !command.Confirmed) return new CapacityChange(false, affected);
                if (await unit.One<Guid?>(command.Room is null ? Add : Change, row) is null)
                    return await unit.ChangedBySomebody(row.id, await unit.One<bool>(Exists, row), "changed this room");

                unit.Audit(AuditAction.SaveRoom, subjectId: row.id, detail: new { clinicId = command.Clinic, open = command.Open, affected = affected.Count });
                return new CapacityChange(true, affected);
            }, ct);
        }
        catch (PostgresException fault) when (fault is { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: "room_name" })
        {
            return Outcome.Invalid(nameof(Command.Name), "The clinic has a room of this name");
        }
    }

    static Dictionary<string, string> Check(Command command, CatalogueContent catalogue)
    {
        var errors = new Dictionary<string, string>();
        if (AdminRules.Text(command.Name) is not { Length: <= LongestName }) errors[nameof(command.Name)] = $"Enter the room’s name in {LongestName} characters or fewer";
        var known = catalogue.List("service").Select(service => service.Code).ToHashSet();
        if (command.Services.Count == 0) errors[nameof(command.Services)] = "Choose at least one service";
        else if (!command.Services.All(known.Contains)) errors[nameof(command.Services)] = "Choose from the list";
        return errors;
    }

    const string Offered = "select services from clinic where id = @clinic and portal.manages_clinic()";

    const string Add = "insert into room (id, clinic_id, name, services, created_at) values (@id, @clinic, @name, @services, @at) returning id";

    const string Change = """
        update room set name = @name, services = @services, closed_at = case when @open then null else coalesce(closed_at, @at) end, version = version + 1
        where id = @id and clinic_id = @clinic and version = @version and portal.manages_clinic()
        returning id
        """;

    const string Exists = "select exists (select from room where id = @id and clinic_id = @clinic)";
}
