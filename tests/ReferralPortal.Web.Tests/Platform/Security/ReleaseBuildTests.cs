using System.Diagnostics;
using Xunit;

namespace ReferralPortal.Web.Tests.Platform.Security;

public class ReleaseBuildTests
{
    [Fact]
    public async Task A_release_build_knows_nothing_of_the_local_sign_in_provider()
    {
        var release = await Evaluate("Release");
        Assert.DoesNotContain("DevIdentity", release);
        Assert.DoesNotContain("DEV_IDP", release);
        Assert.Contains("ReferralPortal.Domain", release);

        var debug = await Evaluate("Debug"); // the question itself is sound
        Assert.Contains("ReferralPortal.DevIdentity", debug);
        Assert.Contains("DEV_IDP", debug);
    }

    static async Task<string> Evaluate(string configuration)
    {
        var project = Path.Combine(Root(), "src/ReferralPortal.Web/ReferralPortal.Web.csproj");
        using var build = Process.Start(new ProcessStartInfo("dotnet", ["msbuild", project, $"-p:Configuration={configuration}", "-getItem:ProjectReference", "-getItem:PackageReference", "-getProperty:DefineConstants"])
        {
            RedirectStandardOutput = true,
            Environment = { ["MSBUILDDISABLENODEREUSE"] = "1" },
        })!;
        var text = await build.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await build.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, build.ExitCode);
        return text;
    }

    static string Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "ReferralPortal.sln"))) return folder.FullName;
        throw new InvalidOperationException("The tests run outside the repository.");
    }
}
