using Dapper;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using ReferralPortal.Testing;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Platform.Background;
using Xunit;

namespace ReferralPortal.Web.Tests.Platform.Background;

public sealed class OutboxWorkerTests(PortalTestDatabase database) : IClassFixture<PortalTestDatabase>, IAsyncLifetime
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    readonly Microsoft.Extensions.Time.Testing.FakeTimeProvider clock = new(DateTimeOffset.UtcNow);
    readonly Deed deed = new();

    public async ValueTask InitializeAsync()
    {
        await using var owner = await database.Owner();
        await owner.ExecuteAsync("truncate outbox_message");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_message_is_handled_once_and_one_of_a_kind_that_nobody_handles_waits()
    {
        await Queue(new Errand(7), new Unheard(1));
        var worker = Worker();
        Assert.Equal(1, await worker.RunDue(Ct));
        Assert.Equal(0, await worker.RunDue(Ct));
        Assert.Equal([7], deed.Done);
        await using var owner = await database.Owner();
        Assert.Equal(["unheard"], await owner.QueryAsync<string>("select kind from outbox_message where done_at is null"));
    }

    [Fact]
    public async Task A_message_for_later_is_left_until_then()
    {
        await Queue([new Errand(1)], notBefore: clock.GetUtcNow().AddMinutes(10));
        var worker = Worker();
        Assert.Equal(0, await worker.RunDue(Ct));
        clock.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal(1, await worker.RunDue(Ct));
    }

    [Fact]
    public async Task A_message_that_fails_waits_longer_each_time_and_says_no_more_than_the_kind_of_fault()
    {
        await Queue(new Errand(1));
        deed.Fails = 2;
        var worker = Worker();
        await worker.RunDue(Ct);
        await using var owner = await database.Owner();
        Assert.Equal("InvalidOperationException", await owner.ExecuteScalarAsync<string>("select last_failure from outbox_message"));
        clock.Advance(OutboxWorker.WaitAfter(1));
        await worker.RunDue(Ct);
        clock.Advance(OutboxWorker.WaitAfter(1));
        Assert.Equal(0, await worker.RunDue(Ct)); // the second wait is twice as long
        clock.Advance(OutboxWorker.WaitAfter(1));
        await worker.RunDue(Ct);
        Assert.Equal([1], deed.Done);
        Assert.Equal(TimeSpan.FromHours(1), OutboxWorker.WaitAfter(50));
    }

    [Fact]
    public async Task What_a_killed_node_had_taken_comes_back_when_its_lease_is_over()
    {
        await Queue(new Errand(3));
        using var killed = new CancellationTokenSource();
        deed.OnHandling = killed.Cancel;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Worker().RunDue(killed.Token));
        deed.OnHandling = null;

        var other = Worker();
        Assert.Equal(0, await other.RunDue(Ct));
        clock.Advance(OutboxWorker.Lease);
        Assert.Equal(1, await other.RunDue(Ct));
        Assert.Equal([3], deed.Done);
    }

    [Fact]
    public async Task Several_nodes_share_the_messages_and_none_is_handled_twice()
    {
        await Queue([.. Enumerable.Range(1, 60).Select(number => new Errand(number))]);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Worker().RunDue(Ct), Ct)));
        Assert.Equal(Enumerable.Range(1, 60), deed.Done.Order());
    }

    Task Queue(params object[] messages) => Queue(messages, clock.GetUtcNow());

    async Task Queue(object[] messages, DateTimeOffset notBefore) =>
        await database.Database.Write<int>(await database.Actor("triage@clinic.example"), unit =>
        {
            foreach (var message in messages)
                if (message is Errand errand) unit.Queue(errand, notBefore: notBefore);
                else unit.Queue((Unheard)message, notBefore: notBefore);
            return Task.FromResult<Outcome<int>>(0);
        }, Ct);

    OutboxWorker Worker()
    {
        var services = new ServiceCollection().AddSingleton(deed).AddMessageHandler<Errand, DoErrand>().BuildServiceProvider();
        return new OutboxWorker(services.GetRequiredService<IServiceScopeFactory>(), database.On(clock), database.Sources, new ConfigurationBuilder().Build(), clock, NullLogger<OutboxWorker>.Instance);
    }

    sealed record Errand(int Number);

    sealed record Unheard(int Number);

    sealed class Deed
    {
        public List<int> Done { get; } = [];
        public int Fails { get; set; }
        public Action? OnHandling { get; set; }
    }

    sealed class DoErrand(Deed deed) : IMessageHandler<Errand>
    {
        public Task Handle(Actor portal, Errand message, CancellationToken ct)
        {
            deed.OnHandling?.Invoke();
            ct.ThrowIfCancellationRequested();
            if (deed.Fails-- > 0) throw new InvalidOperationException("The words of a fault may hold a name.");
            lock (deed.Done) deed.Done.Add(message.Number);
            return Task.CompletedTask;
        }
    }
}
