namespace ReferralPortal.DevIdentity;

/// <summary>How the local sign-in provider behaves. Bound from the configuration section <c>DevIdentity</c>.</summary>
public sealed class DevIdentityOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "DevIdentity";

    /// <summary>The client id that the portal uses with this provider.</summary>
    public const string DefaultClientId = "5f0e7c0a-93a4-4f0e-9d3c-6b0b3a6f2f11";

    /// <summary>Where the provider lives inside the portal's own address.</summary>
    public string Path { get; set; } = "/devidp";

    /// <summary>The only client that may ask for a sign-in.</summary>
    public string ClientId { get; set; } = DefaultClientId;

    /// <summary>The password of every account. This provider guards example data only.</summary>
    public string Password { get; set; } = "demo";

    /// <summary>The file with the accounts; when not given, <c>seeds/demo/accounts.json</c> beside the program or in a folder above it.</summary>
    public string? AccountsFile { get; set; }

    /// <summary>The accounts themselves; when given, no file is read.</summary>
    public IReadOnlyList<DevAccount>? Accounts { get; set; }

    internal IReadOnlyList<DevAccount> LoadAccounts() => Accounts ?? DevAccounts.Load(AccountsFile ?? Found());

    static string Found()
    {
        const string file = "seeds/demo/accounts.json";
        foreach (var start in new[] { AppContext.BaseDirectory, Directory.GetCurrentDirectory() })
            for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
                if (System.IO.Path.Combine(folder.FullName, file) is var candidate && File.Exists(candidate)) return candidate;
        throw new DevAccountsException($"The local sign-in provider found no {file}; set DevIdentity:AccountsFile.");
    }
}
