using ReferralPortal.Domain;
using ReferralPortal.Web.Features.Admin;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Clinics.Manage;

/// <summary>A clinic in the list.</summary>
public sealed record ListedClinic(Guid Id, string Name, string Postcode, int Rooms, int Clinicians, bool OwnHours, bool IsExample, DateTimeOffset? ClosedAt);

/// <summary>A room.</summary>
public sealed record ClinicRoom(Guid Id, string Name, string[] Services, DateTimeOffset? ClosedAt, int Version);

/// <summary>When a clinic opens on one weekday (Monday 1), London time.</summary>
public sealed record ClinicDay(int Weekday, TimeOnly Opens, TimeOnly Closes);

/// <summary>Days on which a clinic, or with no clinic every one, is closed.</summary>
public sealed record ClinicClosure(Guid Id, Guid? ClinicId, DateOnly StartsOn, DateOnly EndsOn, string Reason, int Version);

/// <summary>A clinic as its page shows it.</summary>
public sealed record ManagedClinic(
    Guid Id, string Name, string Address, string Postcode, double Latitude, double Longitude, string Phone, string[] Services, bool IsExample, DateTimeOffset? ClosedAt, int Version)
{
    /// <summary>Its own hours; empty where it keeps the group's.</summary>
    public IReadOnlyList<ClinicDay> Hours { get; init; } = [];
    public IReadOnlyList<ClinicRoom> Rooms { get; init; } = [];
    /// <summary>Those that have not passed, its own and everybody's.</summary>
    public IReadOnlyList<ClinicClosure> Closures { get; init; } = [];
}

/// <summary>All clinics, and when all are closed.</summary>
public sealed record ClinicList(IReadOnlyList<ListedClinic> Clinics, IReadOnlyList<ClinicClosure> Closures);

/// <summary>Reads the clinics as their manager sees them, closed ones too.</summary>
public sealed class ReadClinics(PortalDatabase database)
{
    /// <summary>All of them, and the closures of every clinic.</summary>
    public async Task<Outcome<ClinicList>> All(Actor actor, CancellationToken ct)
    {
        if (!actor.ManagesClinic()) return actor.NotForYou();
        return await database.Read<Outcome<ClinicList>>(actor, async unit =>
        {
            await using var sets = await unit.Results(List + Ahead + "and clinic_id is null order by starts_on, id;", new { today = LondonTime.DateOf(unit.Now) });
            return new ClinicList([.. await sets.ReadAsync<ListedClinic>()], [.. await sets.ReadAsync<ClinicClosure>()]);
        }, ct);
    }

    /// <summary>One of them.</summary>
    public async Task<Outcome<ManagedClinic>> One(Actor actor, Guid id, CancellationToken ct)
    {
        if (!actor.ManagesClinic()) return actor.NotForYou();
        return await database.Read<Outcome<ManagedClinic>>(actor, async unit =>
        {
            await using var sets = await unit.Results(Clinic + Ahead + "and (clinic_id is null or clinic_id = @id) order by starts_on, id;", new { id, today = LondonTime.DateOf(unit.Now) });
            var clinic = (await sets.ReadAsync<ManagedClinic>()).SingleOrDefault();
            if (clinic is null) return Outcome.Missing;
            return clinic with { Hours = [.. await sets.ReadAsync<ClinicDay>()], Rooms = [.. await sets.ReadAsync<ClinicRoom>()], Closures = [.. await sets.ReadAsync<ClinicClosure>()] };
        }, ct);
    }

    const string List = """
        select clinic.id, clinic.name, clinic.postcode,
               (select count(*)::int from room where room.clinic_id = clinic.id and room.closed_at is null) as rooms,
               (select count(distinct pattern.clinician_id)::int from working_pattern pattern
                where pattern.clinic_id = clinic.id and (pattern.valid_until is null or pattern.valid_until >= @today)) as clinicians,
               exists (select from clinic_hours own where own.clinic_id = clinic.id) as own_hours,
               clinic.is_example, clinic.closed_at
        from clinic where portal.manages_clinic()
        order by clinic.closed_at is not null, clinic.name, clinic.id;

        """;

    const string Clinic = """
        select id, name, address, postcode, latitude, longitude, phone, services, is_example, closed_at, version from clinic where id = @id and portal.manages_clinic();

        select weekday, opens, closes from clinic_hours where clinic_id = @id order by weekday;

        select id, name, services, closed_at, version from room where clinic_id = @id and portal.manages_clinic() order by closed_at is not null, name, id;

        """;

    const string Ahead = """
        select id, clinic_id, starts_on, ends_on, reason, version from clinic_closure where ends_on >= @today and portal.manages_clinic()
        """ + " ";
}
