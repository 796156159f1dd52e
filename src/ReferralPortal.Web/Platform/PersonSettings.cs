namespace ReferralPortal.Web.Platform;

/// <summary>
/// How a person likes a page to look, kept in the database, so that it is the same at every machine and nothing is put into a browser's storage.
/// Everybody reads and writes their own and nobody else's.
/// </summary>
public sealed class PersonSettings(PortalDatabase database)
{
    /// <summary>What was saved under a key; null where nothing was, or what no longer fits its type.</summary>
    public async Task<T?> Get<T>(Actor actor, string key, CancellationToken ct) where T : class
    {
        var stored = await database.Read(actor, unit => unit.One<string>(Read, new { me = actor.UserId, key }), ct);
        try
        {
            return stored is null ? null : PortalJson.Read<T>(stored);
        }
        catch (System.Text.Json.JsonException)
        {
            return null; // written by another release
        }
    }

    /// <summary>Saves it; the last one wins.</summary>
    public async Task Save<T>(Actor actor, string key, T value, CancellationToken ct) where T : class =>
        await database.Write<bool>(actor, async unit =>
        {
            await unit.Run(Write, new { id = Guid.CreateVersion7(unit.Now), me = actor.UserId, key, value = PortalJson.Text(value), now = unit.Now });
            return true;
        }, ct);

    const string Read = "select value::text from person_setting where person_id = @me and key = @key";

    const string Write = """
        insert into person_setting (id, person_id, key, value, updated_at) values (@id, @me, @key, @value::jsonb, @now)
        on conflict (person_id, key) do update set value = excluded.value, updated_at = excluded.updated_at, version = person_setting.version + 1
        """;
}
