using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace ReferralPortal.DevIdentity;

/// <summary>A person of the example directory, as Entra would know them.</summary>
/// <param name="UserName">What they type to sign in; becomes the claim <c>preferred_username</c>.</param>
/// <param name="DisplayName">Their name; becomes the claim <c>name</c>.</param>
/// <param name="Organisation">The heading under which the sign-in page lists them.</param>
/// <param name="TenantId">Their organisation's directory; becomes the claim <c>tid</c>.</param>
/// <param name="ObjectId">The person within that directory; becomes the claims <c>oid</c> and <c>sub</c>.</param>
/// <param name="Role">A word on what the person does, shown on the sign-in page only. Roles in the portal come from its database.</param>
public sealed record DevAccount(string UserName, string DisplayName, string Organisation, Guid TenantId, Guid ObjectId, string? Role = null);

/// <summary>Reads the accounts of the example directory from the demo seeds.</summary>
public static class DevAccounts
{
    /// <summary>
    /// Reads the accounts of <c>accounts.json</c>; a tenant that an account does not name itself comes from <c>organisations.json</c> beside it,
    /// and an object id that is not given is derived from the user name, so that it stays the same from start to start.
    /// </summary>
    /// <exception cref="DevAccountsException">The file is missing, is not JSON, or an account lacks a user name or a tenant.</exception>
    public static IReadOnlyList<DevAccount> Load(string accountsFile)
    {
        var organisations = Organisations(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(accountsFile))!, "organisations.json"));
        return [.. Entries(accountsFile, "accounts").Select(entry => Read(entry, organisations, accountsFile))];
    }

    static DevAccount Read(JsonElement entry, IReadOnlyDictionary<string, SeededOrganisation> organisations, string file)
    {
        var userName = Text(entry, "userName", "user_name") ?? throw new DevAccountsException($"{file}: an account has no userName.");
        var key = Text(entry, "organisation", "organisationName", "organisationKey", "organisationId") ?? "Other people";
        organisations.TryGetValue(key, out var organisation);
        var tenant = Text(entry, "tenantId", "directoryTenantId") ?? organisation?.TenantId;
        return new DevAccount(
            userName,
            Text(entry, "displayName", "name") ?? userName,
            organisation?.Name ?? key,
            Guid.TryParse(tenant, out var tenantId) ? tenantId : throw new DevAccountsException($"{file}: {userName} has no tenantId, and organisations.json names none for \"{key}\"."),
            Guid.TryParse(Text(entry, "objectId", "directoryObjectId"), out var objectId) ? objectId : Derived(userName),
            RoleOf(entry));
    }

    static Dictionary<string, SeededOrganisation> Organisations(string file)
    {
        var known = new Dictionary<string, SeededOrganisation>(StringComparer.OrdinalIgnoreCase);
        if (!File.Exists(file)) return known;
        foreach (var entry in Entries(file, "organisations"))
        {
            var organisation = new SeededOrganisation(Text(entry, "name") ?? "", Text(entry, "tenantId", "directoryTenantId"));
            foreach (var key in new[] { "key", "id", "slug", "name" })
                if (Text(entry, key) is { } value) known.TryAdd(value, organisation);
        }
        return known;
    }

    static List<JsonElement> Entries(string file, string listName)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllText(file), new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            var list = document.RootElement;
            if (list.ValueKind == JsonValueKind.Object && !list.TryGetProperty(listName, out list))
                throw new DevAccountsException($"{file}: expected a list called \"{listName}\".");
            return [.. list.Clone().EnumerateArray()];
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException)
        {
            throw new DevAccountsException($"The demo accounts could not be read from {file}: {fault.Message}", fault);
        }
    }

    static string? RoleOf(JsonElement entry) =>
        Text(entry, "role") ?? (entry.TryGetProperty("roles", out var roles) && roles.ValueKind == JsonValueKind.Array
            ? string.Join(", ", roles.EnumerateArray().Select(role => role.ToString().Replace('_', ' ')))
            : null);

    static string? Text(JsonElement entry, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
            if (entry.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text) return text;
        return null;
    }

    static Guid Derived(string userName) => new(SHA256.HashData(Encoding.UTF8.GetBytes(userName.ToLowerInvariant())).AsSpan(0, 16));

    sealed record SeededOrganisation(string Name, string? TenantId);
}

/// <summary>The demo accounts cannot be used; the message says which file and why.</summary>
public sealed class DevAccountsException(string message, Exception? inner = null) : Exception(message, inner);
