using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using ReferralPortal.Database.Local;

namespace ReferralPortal.AppHost;

/// <summary>
/// The port that a portal is served on. One host holds it at a time and notes in it which process serves there, so that the next host can end a portal
/// whose own host was killed.
/// </summary>
sealed class PortalPlace : IAsyncDisposable
{
    readonly FileStream note;

    PortalPlace(int port, FileStream note)
    {
        this.note = note;
        Address = new Uri($"http://localhost:{port}");
    }

    /// <summary>Where the portal is served.</summary>
    internal Uri Address { get; }

    /// <exception cref="HostException">Somebody else has the port.</exception>
    internal static async Task<PortalPlace> Take(int port, CancellationToken ct)
    {
        var note = LocalFolders.TryTake(Path.Combine(LocalFolders.Shared, $"port-{port}"))
            ?? throw new HostException($"The portal runs already at http://localhost:{port}. Stop that one first, or choose another port with: -- --port N");
        var place = new PortalPlace(port, note);
        try
        {
            await place.EndOrphan(ct);
            RefuseTaken(port);
            return place;
        }
        catch
        {
            await place.DisposeAsync();
            throw;
        }
    }

    /// <summary>Notes which process serves here.</summary>
    internal void Occupy(Process process)
    {
        note.SetLength(0);
        note.Position = 0;
        note.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{process.Id} {process.StartTime.ToUniversalTime().Ticks}")));
        note.Flush();
    }

    /// <summary>Leaves the place; by now nothing of this host serves there.</summary>
    public ValueTask DisposeAsync()
    {
        note.SetLength(0);
        return note.DisposeAsync();
    }

    async Task EndOrphan(CancellationToken ct)
    {
        using var reader = new StreamReader(note, leaveOpen: true);
        var words = (await reader.ReadToEndAsync(ct)).Split(' ');
        if (words.Length != 2 || !int.TryParse(words[0], CultureInfo.InvariantCulture, out var pid) || !long.TryParse(words[1], CultureInfo.InvariantCulture, out var ticks)) return;
        try
        {
            using var process = Process.GetProcessById(pid);
            // The number may belong to another program by now.
            if ((process.StartTime.ToUniversalTime() - new DateTime(ticks, DateTimeKind.Utc)).Duration() > TimeSpan.FromSeconds(2)) return;
            Console.WriteLine("Ending a portal whose host was killed.");
            await PortalProgram.Stop(process);
        }
        catch (Exception fault) when (fault is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            // It has ended.
        }
    }

    static void RefuseTaken(int port)
    {
        foreach (var address in new[] { IPAddress.Loopback, IPAddress.IPv6Loopback })
        {
            try
            {
                using var listener = new TcpListener(address, port);
                listener.Start();
            }
            catch (SocketException fault) when (fault.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
            {
                throw new HostException(fault.SocketErrorCode == SocketError.AccessDenied
                    ? $"This user may not serve on port {port}. Choose one above 1024 with: -- --port N"
                    : $"Port {port} is in use by another program. Choose another with: -- --port N");
            }
            catch (SocketException)
            {
                // No such address on this machine.
            }
        }
    }
}
