using Microsoft.Extensions.DependencyInjection.Extensions;
using ReferralPortal.Domain;

namespace ReferralPortal.Web.Platform.Background;

/// <summary>
/// Does what a queued message asks for. A message may come again after its handler was interrupted at any point, or by another node when it takes
/// longer than <see cref="OutboxWorker.Lease"/>: a second run must change nothing that the first one did. Longer work is cut into pieces, each of
/// which queues the next in its own unit.
/// </summary>
/// <typeparam name="TMessage">The message; its kind in the outbox is the type's name in snake case.</typeparam>
public interface IMessageHandler<in TMessage>
{
    /// <param name="portal">The account of the portal's own work.</param>
    /// <param name="message">The message.</param>
    /// <param name="ct">Cancelled when the node stops, or when the lease runs out.</param>
    /// <exception cref="Exception">Whatever it throws, the message is tried again later; the fault's kind is noted, never its text.</exception>
    Task Handle(Actor portal, TMessage message, CancellationToken ct);
}

/// <summary>What the outbox knows of the message that is being handled, for a handler that must tell it from another with the same words.</summary>
public sealed class TakenMessage
{
    public long Id { get; private set; }
    public Guid? ReferralId { get; private set; }
    /// <summary>Who did what the message tells of; null for messages from before that was kept.</summary>
    public Guid? QueuedBy { get; private set; }

    internal void Set(long id, Guid? referralId, Guid? queuedBy) => (Id, ReferralId, QueuedBy) = (id, referralId, queuedBy);
}

/// <summary>Which handler takes which kind.</summary>
sealed record MessageRoute(string Kind, Func<IServiceProvider, Actor, string, CancellationToken, Task> Handle);

public static class MessageHandlers
{
    /// <summary>Registers a handler: from then on the worker takes messages of this kind. A kind may have several; each sees the message, in the order in which they were registered.</summary>
    public static IServiceCollection AddMessageHandler<TMessage, THandler>(this IServiceCollection services)
        where TMessage : notnull where THandler : class, IMessageHandler<TMessage>
    {
        services.TryAddScoped<TakenMessage>();
        services.TryAddScoped<THandler>();
        return services.AddSingleton(new MessageRoute(
            EnumText.SnakeCase(typeof(TMessage).Name),
            (scope, portal, payload, ct) => scope.GetRequiredService<THandler>().Handle(portal, PortalJson.Read<TMessage>(payload), ct)));
    }
}
