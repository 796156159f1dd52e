using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace ReferralPortal.Web.Tests.Features.Referrals.Submit.Drafts;

/// <summary>
/// Stands between the portal and PostgreSQL and, when told, lets what is sent through and breaks the connection before the answer comes back:
/// the database has done it, and nobody heard.
/// </summary>
sealed class AnswerSwallower : IAsyncDisposable
{
    readonly TcpListener listener = new(IPAddress.Loopback, 0);
    readonly CancellationTokenSource stopped = new();
    readonly IPEndPoint server;
    readonly NpgsqlConnectionStringBuilder connection;
    volatile bool swallowing, refusing;
    string? marker;

    public AnswerSwallower(string connectionString)
    {
        connection = new(connectionString);
        server = new(IPAddress.Parse(connection.Host!), connection.Port);
        listener.Start();
        (connection.Host, connection.Port, connection.Pooling) = ("127.0.0.1", ((IPEndPoint)listener.LocalEndpoint).Port, false);
        _ = Listen();
    }

    /// <summary>The way through here.</summary>
    public string ConnectionString => connection.ConnectionString;

    /// <summary>From now on a connection that sends <paramref name="words"/> is broken after the server has had time to carry it out.</summary>
    public void SwallowAnswersTo(string words) => (marker, swallowing) = (words, true);

    /// <summary>From now on nobody gets through.</summary>
    public void RefuseEverybody() => refusing = true;

    /// <summary>Everything goes through again.</summary>
    public void LetThrough() => (swallowing, refusing) = (false, false);

    async Task Listen()
    {
        try
        {
            while (true) _ = Relay(await listener.AcceptTcpClientAsync(stopped.Token));
        }
        catch (OperationCanceledException) { }
    }

    async Task Relay(TcpClient client)
    {
        using (client)
        {
            if (refusing) return;
            using var onward = new TcpClient();
            await onward.ConnectAsync(server);
            var mute = false;
            var toServer = Pump(client, onward, sent =>
            {
                if (swallowing && System.Text.Encoding.UTF8.GetString(sent).Contains(marker!, StringComparison.Ordinal)) mute = true;
            });
            var toClient = Pump(onward, client, _ => { }, () => mute);
            await Task.WhenAny(toServer, toClient);
        }
    }

    async Task Pump(TcpClient from, TcpClient to, Action<byte[]> seen, Func<bool>? mute = null)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.GetStream().ReadAsync(buffer, stopped.Token) is > 0 and var count)
            {
                if (mute?.Invoke() == true)
                {
                    await Task.Delay(300, stopped.Token);
                    return;
                }
                seen(buffer[..count]);
                await to.GetStream().WriteAsync(buffer.AsMemory(0, count), stopped.Token);
            }
        }
        catch (Exception fault) when (fault is IOException or ObjectDisposedException or OperationCanceledException or InvalidOperationException) { } // either end went away
    }

    public async ValueTask DisposeAsync()
    {
        await stopped.CancelAsync();
        listener.Stop();
    }
}
