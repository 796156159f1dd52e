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
    static readonly TimeSpan Gather = TimeSpan.FromSeconds(1);

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

    /// <summary>
    /// As <see cref="Subscribe"/>, for what is read anew whichever referral changed: all notices of a second make one call, because many come at once.
    /// </summary>
    public IDisposable SubscribeToAny(Func<Task> changed)
    {
        var gathering = 0;
        var left = false;
        var listening = Subscribe(async _ =>
        {
            if (Interlocked.Exchange(ref gathering, 1) == 1) return;
            await Task.Delay(Gather);
            Volatile.Write(ref gathering, 0); // before it is called, so that no notice during the call is missed
            if (!Volatile.Read(ref left)) await changed();
        });
        return new Subscription(() =>
        {
            Volatile.Write(ref left, true);
            listening.Dispose();
        });
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
        catch (Exception fault) when (fault is ObjectDisposedException or InvalidOperationException or OperationCanceledException or StandingLostException)
        {
            // The page went away between the notice and the call, or its person may read no more and the page leads away.
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
