using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ReferralPortal.Testing;

/// <summary>Stands between the portal and a mail server, and cuts the connection where a test wants it cut.</summary>
public sealed class CuttingProxy : IDisposable
{
    readonly TcpListener listener = new(IPAddress.Loopback, 0);
    readonly int server;

    public CuttingProxy(int server)
    {
        this.server = server;
        listener.Start();
        _ = Serve();
    }

    /// <summary>Where the portal is to send to.</summary>
    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>Asked with each line that the portal sends, before it goes on: true cuts the connection, and the server does not get the line.</summary>
    public Func<string, bool> CutBefore { get; set; } = _ => false;

    /// <summary>Asked with each line that the server answers, and the portal's last one before it: true cuts the connection, and the portal does not get the answer.</summary>
    public Func<string, string, bool> CutAnswer { get; set; } = (_, _) => false;

    public void Dispose() => listener.Dispose();

    async Task Serve()
    {
        try
        {
            while (true) _ = Relay(await listener.AcceptTcpClientAsync());
        }
        catch (Exception fault) when (fault is ObjectDisposedException or SocketException)
        {
            // The test is over.
        }
    }

    async Task Relay(TcpClient portal)
    {
        using var near = portal;
        using var far = new TcpClient();
        var last = "";
        try
        {
            await far.ConnectAsync(IPAddress.Loopback, server);
            await Task.WhenAny(
                Lines(near, far, line => { last = line; return CutBefore(line); }),
                Lines(far, near, line => CutAnswer(last, line)));
        }
        catch (Exception fault) when (fault is SocketException or IOException)
        {
            // One of them hung up.
        }
    }

    static async Task Lines(TcpClient from, TcpClient to, Func<string, bool> cut)
    {
        using var reader = new StreamReader(from.GetStream(), Encoding.Latin1, leaveOpen: true);
        try
        {
            while (await reader.ReadLineAsync() is { } line)
            {
                if (cut(line)) return;
                await to.GetStream().WriteAsync(Encoding.Latin1.GetBytes(line + "\r\n"));
            }
        }
        catch (Exception fault) when (fault is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // The other direction has ended.
        }
    }
}
