namespace ReferralPortal.AppHost;

/// <summary>Where the built portal lies, seen from the built host.</summary>
static class PortalFiles
{
    /// <summary>The portal's program, and the folder to start it in (its sources, where its static files are).</summary>
    internal static (string Program, string Folder) Find()
    {
        // .../src/ReferralPortal.AppHost/bin/<configuration>/<framework>/
        var framework = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        var configuration = framework.Parent!;
        var source = Path.Combine(configuration.Parent!.Parent!.Parent!.FullName, "ReferralPortal.Web");
        var program = Path.Combine(source, "bin", configuration.Name, framework.Name, "ReferralPortal.Web.dll");
        return File.Exists(program) ? (program, source) : throw new HostException($"The portal is not built: {program} is missing.");
    }
}
