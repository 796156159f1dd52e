using System.Security.Cryptography;
using System.Text;
using ReferralPortal.Database.Local;
using Xunit;

namespace ReferralPortal.Testing;

/// <summary>
/// Lets the heavy suites of one checkout run one after the other, as an assembly fixture. <c>dotnet test</c> starts them side by side, and a browser
/// that waits half a minute for a processor is cut off by the server: a fault of the machine that looked like one of the portal.
/// </summary>
public sealed class SuiteTurn : IAsyncLifetime
{
    FileStream? turn;

    public async ValueTask InitializeAsync()
    {
        var checkout = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(LocalFolders.Repository)))[..12];
        turn = await LocalFolders.TakeTurn(Path.Combine(LocalFolders.Shared, $"tests-{checkout}.lock"), CancellationToken.None);
    }

    public async ValueTask DisposeAsync() => await (turn?.DisposeAsync() ?? ValueTask.CompletedTask);
}
