using System.Globalization;
using System.Net;
using System.Net.Sockets;
using ReferralPortal.Database.Local;
using ReferralPortal.Testing;

namespace ReferralPortal.EndToEnd.Tests.Start;

/// <summary>The one command that starts everything, through a good day and through bad ones.</summary>
public sealed class AppHostTests(AppHostTests.Machine machine) : IClassFixture<AppHostTests.Machine>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_serves_the_portal_names_the_demo_accounts_and_leaves_nothing_running()
    {
        await using var host = machine.Start();
        await host.Welcome(Ct);
        Assert.Contains(host.Said, line => line.Contains($"http://localhost:{host.Port}", StringComparison.Ordinal));
        Assert.Contains(host.Said, line => line.Contains("triage@clinic.example", StringComparison.Ordinal) && line.Contains("clinic administrator", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.OK, await host.Answer("/sign-in"));

        Assert.Equal(0, await host.End(Ct));
        await Assert.ThrowsAsync<HttpRequestException>(() => host.Answer("/sign-in"));
        Assert.False(File.Exists(machine.PidFile));
    }

    [Fact]
    public async Task After_a_host_was_killed_the_next_one_ends_its_portal_and_takes_over_its_database()
    {
        await using var killed = machine.Start();
        await killed.Welcome(Ct);
        killed.Kill();
        Assert.Equal(HttpStatusCode.OK, await killed.Answer("/sign-in")); // nobody is left to end it

        await using var next = machine.Start(killed.Port);
        await next.Welcome(Ct);
        Assert.Contains(next.Said, line => line.Contains("Ending a portal whose host was killed", StringComparison.Ordinal));
        Assert.Equal(0, await next.End(Ct));
        Assert.False(File.Exists(machine.PidFile));
    }

    [Fact]
    public async Task When_the_portal_dies_the_host_says_so_and_ends_with_a_fault()
    {
        await using var host = machine.Start();
        await host.Welcome(Ct);
        await LocalProcess.Run("kill", ["-KILL", await machine.PortalOn(host.Port)], Ct);
        Assert.NotEqual(0, await host.Ended(Ct));
        Assert.Contains(host.Said, line => line.Contains("The portal stopped by itself", StringComparison.Ordinal));
        Assert.False(File.Exists(machine.PidFile));
    }

    [Fact]
    public async Task A_port_that_is_taken_is_refused_with_the_way_out()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        await using var host = machine.Start(((IPEndPoint)other.LocalEndpoint).Port);
        Assert.Equal(1, await host.Ended(Ct));
        Assert.Contains(host.Said, line => line.Contains("is in use by another program", StringComparison.Ordinal) && line.Contains("--port", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_option_that_it_does_not_know_is_answered_with_those_that_it_does()
    {
        await using var host = machine.Start(options: "--prot");
        Assert.Equal(2, await host.Ended(Ct));
        Assert.Contains(host.Said, line => line.Contains("--prot", StringComparison.Ordinal));
        Assert.Contains(host.Said, line => line.Contains("--reset", StringComparison.Ordinal));
    }

    /// <summary>A machine on which the portal was never started: a data folder of its own.</summary>
    public sealed class Machine : IAsyncLifetime
    {
        readonly string home = Path.Combine(LocalFolders.Shared, $"machine-{Guid.NewGuid():N}");

        public string PidFile => Path.Combine(Directory.GetDirectories(home, "portal-pg*").Single(), "data", "postmaster.pid");

        public HostProcess Start(int? port = null, string? options = null) => new(home, port ?? LocalProcess.FreePort(), options);

        /// <summary>The process that serves on a port, by the host's own note; .NET would respect the host's lock on it.</summary>
        public async Task<string> PortalOn(int port) => (await LocalProcess.Run("cat", [Path.Combine(home, $"port-{port}")], CancellationToken.None)).Output.Split(' ')[0];

        public ValueTask InitializeAsync()
        {
            Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no polite way to end a process there.");
            return ValueTask.CompletedTask;
        }

        public async ValueTask DisposeAsync()
        {
            if (!Directory.Exists(home)) return;
            // What a test that failed half-way left running.
            foreach (var note in Directory.GetFiles(home, "port-*"))
                if (new FileInfo(note).Length > 0) await LocalProcess.Run("kill", ["-KILL", await PortalOn(int.Parse(note.Split('-')[^1], CultureInfo.InvariantCulture))], CancellationToken.None);
            await LocalPostgres.RemoveFrom(await PostgresBinaries.FindOrFetch(_ => { }, CancellationToken.None), home, "portal", CancellationToken.None);
            Directory.Delete(home, recursive: true);
        }
    }
}
