using System.Text.Json;
using Dapper;
using Npgsql;
using ReferralPortal.Domain;

namespace ReferralPortal.Database.Seeds;

/// <summary>What the example referrals are put into: people and places by the names that the file gives them, and the moment of loading.</summary>
sealed record DemoWorld(
    IReadOnlyDictionary<string, DemoWorld.Person> People, Guid System, Guid Clinic, IReadOnlyDictionary<string, Guid> Organisations, IReadOnlyDictionary<string, Guid> Clinics,
    IReadOnlyList<(string Key, string Tier, string Wording)> Questions, DemoClock Clock, DateTimeOffset Now)
{
    internal sealed record Person(string UserName, Guid Id, string DisplayName, string? HcpcNumber, Guid OrganisationId, string OrganisationName);

    public static async Task<DemoWorld> Read(NpgsqlConnection connection, DateTimeOffset now) => new(
        (await connection.QueryAsync<Person>("select u.user_name as UserName, u.id, u.display_name as DisplayName, u.hcpc_number as HcpcNumber, o.id as OrganisationId, o.name as OrganisationName from portal_user u join organisation o on o.id = u.organisation_id"))
            .ToDictionary(person => person.UserName),
        await connection.ExecuteScalarAsync<Guid>("select id from portal_user where 'system' = any (roles)"),
        await connection.ExecuteScalarAsync<Guid>("select id from organisation where kind = 'clinic_group'"),
        (await connection.QueryAsync<(string Name, Guid Id)>("select name, id from organisation")).ToDictionary(row => row.Name, row => row.Id),
        (await connection.QueryAsync<(string Name, Guid Id)>("select name, id from clinic")).ToDictionary(row => row.Name, row => row.Id),
        [.. (await connection.QueryAsync<(string Key, string Tier, string Wording)>("select key, tier, wording_version from red_flag_question where current order by position"))],
        await DemoClock.Read(connection), now);

    /// <summary>The day of loading.</summary>
    public DateOnly Today => LondonTime.DateOf(Now);

    /// <summary>A time of the past; one that would lie ahead when the portal is first started early in the morning was just now.</summary>
    public DateTime Past(DemoTime time) => (time.After(Now) is var at && at < Now ? at : Now).UtcDateTime;

    /// <summary>The same, of an entry's field.</summary>
    public DateTime Past(JsonElement one, string name) => Past(one.GetProperty(name).Deserialize<DemoTime>(JsonSerializerOptions.Web)!);

    /// <summary>Who did it, by the entry's <c>by</c>.</summary>
    public Guid Who(JsonElement one) => People[one.GetProperty("by").GetString()!].Id;

    /// <summary>A part of the file as the statements take it; one that was left out is empty.</summary>
    public static string Json(JsonElement part) => part.ValueKind == JsonValueKind.Object ? part.GetRawText() : "{}";
}
