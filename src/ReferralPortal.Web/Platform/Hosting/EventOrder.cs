using Microsoft.AspNetCore.SignalR;

namespace ReferralPortal.Web.Platform.Hosting;

/// <summary>
/// Sees to it that a page's event is handed out before the acknowledgement that came after it. The framework forgets the handlers that a drawing has
/// replaced as soon as the drawing is acknowledged, and hears of that past the queue in which events wait: on a busy server what was typed or clicked in
/// that moment found no handler and was lost without a word. See docs/decisions/0023.
/// </summary>
public sealed class EventOrder : IHubFilter
{
    // The names of the circuit hub's methods: one takes an event, the other an acknowledgement.
    internal const string Event = "BeginInvokeDotNetFromJS", Acknowledgement = "OnRenderCompleted";

    static readonly AsyncLocal<Arrival?> Arriving = new();

    /// <summary>To be called by the circuit with what hands out an event, while it takes the event in.</summary>
    public static Task Note(Task handedOut)
    {
        if (Arriving.Value is { } arrival) arrival.HandedOut = handedOut;
        return handedOut;
    }

    /// <inheritdoc/>
    public async ValueTask<object?> InvokeMethodAsync(HubInvocationContext invocationContext, Func<HubInvocationContext, ValueTask<object?>> next)
    {
        var kept = invocationContext.Context.Items;
        if (invocationContext.HubMethodName == Acknowledgement && kept.TryGetValue(typeof(EventOrder), out var last) && last is Task before)
            await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (invocationContext.HubMethodName != Event) return await next(invocationContext);

        // Events are handed out one after the other, so that the last one's turn tells of all before it.
        var arrival = new Arrival();
        Arriving.Value = arrival;
        var result = await next(invocationContext);
        kept[typeof(EventOrder)] = arrival.HandedOut;
        return result;
    }

    sealed class Arrival
    {
        public Task HandedOut { get; set; } = Task.CompletedTask;
    }
}
