using System.Text.Json;

namespace ReferralPortal.AppHost;

/// <summary>The demo accounts as the start prints them.</summary>
sealed record DemoAccounts(string UserName, string Role)
{
    internal static IEnumerable<DemoAccounts> Read(string seeds)
    {
        using var file = JsonDocument.Parse(File.ReadAllText(Path.Combine(seeds, "demo", "accounts.json")));
        foreach (var account in file.RootElement.Clone().EnumerateArray())
        {
            var role = account.TryGetProperty("roles", out var roles) ? string.Join(", ", roles.EnumerateArray().Select(one => one.GetString()!.Replace('_', ' '))) : account.GetProperty("role").GetString()!;
            yield return new DemoAccounts(account.GetProperty("userName").GetString()!, role);
        }
    }
}
