using System.Collections.Concurrent;
using Npgsql;

namespace ReferralPortal.Web.Platform;

/// <summary>
/// Tells open pages that a referral changed, through PostgreSQL's LISTEN/NOTIFY: one connection a node. A notice is only a hint; a page
/// reads again, with its own person's rights. After a lost connection every page is told, because notices may have been missed.
/// </summary>
public sealed class LiveUpdates(PortalDataSources sources, ILogger<LiveUpdates> logger) : BackgroundService
{
    static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);

    readonly ConcurrentDictionary<long, Func<Guid?, Task>> listeners = new();
    long lastListener;

    /// <summary>
    /// Calls <paramref name="changed"/> with the referral's id, or null when anything may have changed, until disposed.
    /// It is called off the page's dispatcher: use <c>InvokeAsync</c>.
    /// </summary>
    public IDisposable Subscribe(Func<Guid?, Task> changed)
    {
        var key = Interlocked.Increment(ref lastListener);
        listeners[key] = changed;
        return new Subscription(() => listeners.TryRemove(key, out _));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var lost = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using var connection = await sources.Writing.OpenConnectionAsync(stoppingToken);
                connection.Notification += (_, notice) => Tell(Guid.TryParse(notice.Payload, out var id) ? id : null);
                await using (var listen = new NpgsqlCommand("listen referral_event", connection)) await listen.ExecuteNonQueryAsync(stoppingToken);
                if (lost) Tell(null);
                lost = false;
                while (true) await connection.WaitAsync(stoppingToken);
            }
            catch (Exception fault) when (fault is NpgsqlException or IOException or TimeoutException)
            {
                lost = true;
                logger.LogWarning("Live updates lost the database ({Fault}); trying again", fault.GetType().Name);
                await Task.Delay(RetryAfter, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
        }
    }

    void Tell(Guid? referral)
    {
        foreach (var listener in listeners.Values) _ = Safely(listener, referral);
    }

    async Task Safely(Func<Guid?, Task> listener, Guid? referral)
    {
        try
        {
            await listener(referral);
        }
        catch (Exception fault) when (fault is ObjectDisposedException or InvalidOperationException or OperationCanceledException)
        {
            // The page went away between the notice and the call.
        }
        catch (Exception fault)
        {
            logger.LogWarning("A page failed to take a live update ({Fault})", fault.GetType().Name);
        }
    }

    sealed class Subscription(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
