using Npgsql;
using ReferralPortal.Web.Platform.SignIn;

namespace ReferralPortal.Web.Platform.Background;

/// <summary>
/// Takes queued messages one after the other and hands each to its handler. Any number of nodes may do so side by side: a message is taken under a
/// lease (<c>for update skip locked</c>), and one whose node died comes back when the lease has run out. A message that fails waits longer each time.
/// </summary>
public sealed class OutboxWorker(IServiceScopeFactory scopes, PortalDatabase database, PortalDataSources sources, IConfiguration configuration, TimeProvider clock, ILogger<OutboxWorker> logger) : BackgroundService
{
    /// <summary>How long one handler has; then the message is another's to take.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);

    static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1), AfterFault = TimeSpan.FromSeconds(5), LongestWait = TimeSpan.FromHours(1);

    Actor? portal;

    /// <summary>Does what is due now, to the end; returns how many messages were taken. For tests, and for whoever wants it done at once.</summary>
    public async Task<int> RunDue(CancellationToken ct)
    {
        var taken = 0;
        while (await RunOne(ct)) taken++;
        return taken;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!configuration.GetValue("Background:Enabled", true)) return;
        while (!stoppingToken.IsCancellationRequested)
        {
            var wait = LookAgain;
            try
            {
                await RunDue(stoppingToken);
            }
            catch (Exception fault) when (fault is NpgsqlException or TimeoutException or IOException or StandingLostException)
            {
                logger.LogWarning("Background work cannot go on just now ({Fault}); trying again", fault.GetType().Name);
                wait = AfterFault;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            await Task.Delay(wait, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    async Task<bool> RunOne(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var routes = scope.ServiceProvider.GetServices<MessageRoute>().ToLookup(route => route.Kind);
        if (routes.Count == 0) return false;

        portal ??= await CurrentActor.Load(sources, Actor.SystemUserId, ct);
        var now = clock.GetUtcNow();
        var taken = await database.Write<Taken?>(portal, async unit => await unit.One<Taken>(Take, new { kinds = routes.Select(route => route.Key).ToArray(), now, until = now + Lease }), ct);
        if (taken.Value is not { } message) return false;

        using var inTime = CancellationTokenSource.CreateLinkedTokenSource(ct);
        inTime.CancelAfter(Lease - TimeSpan.FromSeconds(5));
        try
        {
            scope.ServiceProvider.GetRequiredService<TakenMessage>().Set(message.Id, message.ReferralId, message.QueuedBy);
            foreach (var route in routes[message.Kind]) await route.Handle(scope.ServiceProvider, portal, message.Payload, inTime.Token);
            await Settle(Done, new { message.Id, message.Attempts, at = clock.GetUtcNow() }, ct);
        }
        catch (Exception fault) when (!ct.IsCancellationRequested)
        {
            logger.LogWarning("A message of kind {Kind} failed ({Fault}), attempt {Attempt}", message.Kind, fault.GetType().Name, message.Attempts);
            await Settle(Failed, new { message.Id, message.Attempts, fault = fault.GetType().Name, next = clock.GetUtcNow() + WaitAfter(message.Attempts) }, ct);
        }
        return true;
    }

    /// <summary>How long a message waits after its <paramref name="attempts"/>th failure: 5 s, 10 s, 20 s, ... at most an hour.</summary>
    public static TimeSpan WaitAfter(int attempts) =>
        TimeSpan.FromSeconds(Math.Min(LongestWait.TotalSeconds, 5 * Math.Pow(2, Math.Clamp(attempts, 1, 20) - 1)));

    Task<Outcome<int>> Settle(string sql, object arguments, CancellationToken ct) =>
        database.Write<int>(portal!, async unit =>
        {
            await unit.Run(sql, arguments);
            return 0;
        }, ct);

    sealed record Taken(long Id, string Kind, string Payload, int Attempts, Guid? ReferralId, Guid? QueuedBy);

    // One look at each kind's own range of the index.
    const string Take = """
        update outbox_message set attempts = attempts + 1, available_at = @until
        where id = (
            select next.id
            from unnest(@kinds) wanted (kind)
            cross join lateral (
                select waiting.id, waiting.available_at from outbox_message waiting
                where waiting.kind = wanted.kind and waiting.done_at is null and waiting.available_at <= @now
                order by waiting.available_at, waiting.id
                limit 1
                for update skip locked) next
            order by next.available_at, next.id
            limit 1)
        returning id, kind, payload::text, attempts, referral_id, queued_by
        """;

    // Whoever took it again after the lease settles it; a late node leaves it alone.
    const string Done = "update outbox_message set done_at = @at, last_failure = null where id = @Id and attempts = @Attempts and done_at is null";
    const string Failed = "update outbox_message set available_at = @next, last_failure = @fault where id = @Id and attempts = @Attempts and done_at is null";
}
