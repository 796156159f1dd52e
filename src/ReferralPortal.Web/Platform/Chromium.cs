namespace ReferralPortal.Web.Platform;

/// <summary>Finds the browser that prints reports.</summary>
public static class Chromium
{
    /// <summary>Flags under which it runs without a screen, without a network of its own, and quietly.</summary>
    public static readonly string[] Flags =
        ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"];

    // First the shell that never has a window: it draws and prints the same in half the time.
    static readonly string[] Places =
    [
        "/usr/bin/chromium-headless-shell",
        "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome", "/usr/bin/google-chrome-stable", "/usr/bin/microsoft-edge", "/snap/bin/chromium",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", "/Applications/Chromium.app/Contents/MacOS/Chromium", "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
        @"C:\Program Files\Google\Chrome\Application\chrome.exe", @"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe", @"C:\Program Files\Microsoft\Edge\Application\msedge.exe",
    ];

    /// <summary>The program's path, or null where there is none. <c>Pdf:Chromium</c> names another.</summary>
    public static string? Find(string? configured = null) =>
        configured is { Length: > 0 } ? (File.Exists(configured) ? configured : null) : Places.FirstOrDefault(File.Exists);
}
