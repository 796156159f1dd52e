using System.Collections.Concurrent;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server.Circuits;
using ReferralPortal.Web.Platform.Hosting;
using ReferralPortal.Web.Platform.SignIn;

namespace ReferralPortal.Web.Platform.Security;

/// <summary>One interactive page (a circuit) of one person. Scoped: in a circuit it is that circuit's, in a plain request it is idle.</summary>
public sealed class OpenPage(OpenPages pages, AuthenticationStateProvider authentication, SignedInActivity activity) : CircuitHandler
{
    Guid? person, session;

    /// <summary>Whether this scope is an interactive page's, and not a plain request's.</summary>
    public bool IsInteractive { get; private set; }

    /// <summary>Raised, on any thread, when the person has opened too many pages and this is the oldest.</summary>
    public event Action? Superseded;

    /// <inheritdoc/>
    public override async Task OnCircuitOpenedAsync(Circuit circuit, CancellationToken cancellationToken)
    {
        IsInteractive = true;
        var user = (await authentication.GetAuthenticationStateAsync()).User;
        person = user.PersonId();
        session = user.SessionId();
        if (person is { } known) pages.Opened(known, this);
    }

    /// <inheritdoc/>
    public override Task OnCircuitClosedAsync(Circuit circuit, CancellationToken cancellationToken)
    {
        if (person is { } known) pages.Closed(known, this);
        return Task.CompletedTask;
    }

    /// <summary>A press or a key in the page counts as use of the session, as a request does.</summary>
    public override Func<CircuitInboundActivityContext, Task> CreateInboundActivityHandler(Func<CircuitInboundActivityContext, Task> next) => context =>
    {
        if (session is { } used) activity.Touch(used);
        return EventOrder.Note(next(context));
    };

    internal void Supersede() => Superseded?.Invoke();
}

/// <summary>Counts the open pages and connections of each person on this node.</summary>
public sealed class OpenPages(PortalLimits limits)
{
    /// <summary>Connections beyond the limit that are still let in, so that the page that replaces the oldest can start.</summary>
    const int Grace = 5;

    readonly Lock turn = new();
    readonly Dictionary<Guid, LinkedList<OpenPage>> pages = [];
    readonly ConcurrentDictionary<Guid, int> connections = new();

    internal void Opened(Guid person, OpenPage page)
    {
        OpenPage? oldest = null;
        lock (turn)
        {
            if (!pages.TryGetValue(person, out var open)) pages[person] = open = [];
            open.AddLast(page);
            if (open.Count > limits.CircuitsPerUser)
            {
                oldest = open.First!.Value;
                open.RemoveFirst();
            }
        }
        oldest?.Supersede();
    }

    internal void Closed(Guid person, OpenPage page)
    {
        lock (turn)
        {
            if (!pages.TryGetValue(person, out var open)) return;
            open.Remove(page);
            if (open.Count == 0) pages.Remove(person);
        }
    }

    /// <summary>Takes a place for one more connection of the person; false when even the grace is used up.</summary>
    internal bool TryConnect(Guid person)
    {
        if (connections.AddOrUpdate(person, 1, static (_, count) => count + 1) <= limits.CircuitsPerUser + Grace) return true;
        Disconnected(person);
        return false;
    }

    internal void Disconnected(Guid person)
    {
        if (connections.AddOrUpdate(person, 0, static (_, count) => count - 1) <= 0) connections.TryRemove(new(person, 0));
    }
}
