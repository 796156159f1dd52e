using System.Reflection;
using System.Security.Claims;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.SignalR;
using ReferralPortal.Web.Platform.Hosting;

namespace ReferralPortal.Web.Tests.Platform.Hosting;

/// <summary>What was typed just as the page was drawn anew found no handler on a busy server, and was lost.</summary>
public sealed class EventOrderTests
{
    readonly EventOrder order = new();
    readonly Connection connection = new();

    [Fact]
    public async Task An_acknowledgement_is_heard_after_the_event_that_came_before_it()
    {
        var handedOut = new TaskCompletionSource();
        await Call(nameof(CircuitHub.BeginInvokeDotNetFromJS), () => EventOrder.Note(handedOut.Task)); // the hub does not wait for the page to hand it out

        var heard = false;
        var acknowledged = Call(nameof(CircuitHub.OnRenderCompleted), () => heard = true).AsTask();
        await Task.Delay(50, TestContext.Current.CancellationToken);
        Assert.False(heard);

        handedOut.SetResult();
        await acknowledged;
        Assert.True(heard);
    }

    [Fact]
    public async Task An_event_that_failed_or_another_page_s_holds_nothing_up()
    {
        await Call(nameof(CircuitHub.BeginInvokeDotNetFromJS), () => EventOrder.Note(Task.FromException(new InvalidOperationException())));
        await Call(nameof(CircuitHub.OnRenderCompleted), () => { });

        await Call(nameof(CircuitHub.BeginInvokeDotNetFromJS), () => EventOrder.Note(new TaskCompletionSource().Task));
        var heard = false;
        await Call(nameof(CircuitHub.OnRenderCompleted), () => heard = true, new Connection());
        await Call(nameof(CircuitHub.OnLocationChanged), () => { });
        Assert.True(heard);
    }

    /// <summary>The names are the framework's; should it rename them, this tells.</summary>
    [Fact]
    public void The_circuit_hub_has_the_two_methods_that_are_put_in_order()
    {
        var hub = typeof(CircuitOptions).Assembly.GetType("Microsoft.AspNetCore.Components.Server.ComponentHub", throwOnError: true)!;
        foreach (var name in (string[])[nameof(CircuitHub.BeginInvokeDotNetFromJS), nameof(CircuitHub.OnRenderCompleted)])
            Assert.NotNull(hub.GetMethod(name, BindingFlags.Public | BindingFlags.Instance));
    }

    ValueTask<object?> Call(string method, Action body, Connection? on = null)
    {
        var call = new HubInvocationContext(on ?? connection, new ServiceProviderStub(), new CircuitHub(), typeof(CircuitHub).GetMethod(method)!, []);
        return order.InvokeMethodAsync(call, _ =>
        {
            body();
            return ValueTask.FromResult<object?>(null);
        });
    }

    sealed class CircuitHub : Hub
    {
        public static void BeginInvokeDotNetFromJS() { }
        public static void OnRenderCompleted() { }
        public static void OnLocationChanged() { }
    }

    sealed class ServiceProviderStub : IServiceProvider
    {
        public object? GetService(Type serviceType) => null;
    }

    sealed class Connection : HubCallerContext
    {
        public override string ConnectionId => "one";
        public override string? UserIdentifier => null;
        public override ClaimsPrincipal? User => null;
        public override IDictionary<object, object?> Items { get; } = new Dictionary<object, object?>();
        public override IFeatureCollection Features { get; } = new FeatureCollection();
        public override CancellationToken ConnectionAborted => CancellationToken.None;
        public override void Abort() { }
    }
}
