using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using ReferralPortal.Testing;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Tests.Platform;

public sealed class LiveUpdatesTests(PortalTestDatabase database) : IClassFixture<PortalTestDatabase>
{
    static readonly TimeSpan LongerThanGathering = TimeSpan.FromSeconds(1.5);

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Many_notices_at_once_are_read_once_by_who_wants_any_and_one_by_one_by_who_wants_each()
    {
        using var live = new LiveUpdates(database.Sources, NullLogger<LiveUpdates>.Instance);
        await live.StartAsync(Ct);
        int any = 0, each = 0;
        using var every = live.Subscribe(_ => { Interlocked.Increment(ref each); return Task.CompletedTask; });
        while (Volatile.Read(ref each) == 0) await Notify(1); // it listens a moment after it was started
        await Task.Delay(LongerThanGathering, Ct);

        var before = Volatile.Read(ref each);
        var gathered = live.SubscribeToAny(() => { Interlocked.Increment(ref any); return Task.CompletedTask; });
        await Notify(20);
        while (Volatile.Read(ref any) == 0) await Task.Delay(50, Ct);
        await Task.Delay(LongerThanGathering, Ct);
        Assert.Equal((1, before + 20), (any, each));

        await Notify(1);
        while (Volatile.Read(ref any) == 1) await Task.Delay(50, Ct); // and the next notice is not lost

        await Notify(1);
        gathered.Dispose();
        await Task.Delay(LongerThanGathering, Ct);
        Assert.Equal(2, any);
        await live.StopAsync(Ct);
    }

    async Task Notify(int times)
    {
        await using var owner = await database.Owner();
        await owner.ExecuteAsync("select pg_notify('referral_event', gen_random_uuid()::text) from generate_series(1, @times)", new { times });
        await Task.Delay(100, Ct);
    }
}
