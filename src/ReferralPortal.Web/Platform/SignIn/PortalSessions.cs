using System.Collections.Concurrent;
using System.Data.Common;
using System.Security.Claims;
using Dapper;

namespace ReferralPortal.Web.Platform.SignIn;

/// <summary>What the database says of a session now.</summary>
public sealed record Standing
{
    /// <summary>Key in <c>portal_user</c>.</summary>
    public Guid PersonId { get; init; }

    /// <summary>Key in <c>organisation</c>.</summary>
    public Guid OrganisationId { get; init; }

    /// <summary>The person's name as the portal knows it.</summary>
    public string DisplayName { get; init; } = "";

    /// <summary>Roles as the database writes them.</summary>
    public string[] Roles { get; init; } = [];
}

/// <summary>Sessions as the database keeps them: begun, asked after, ended.</summary>
public sealed class PortalSessions(PortalDataSources sources, SignInOptions options, SignedInActivity activity, TimeProvider clock, ILogger<PortalSessions> log)
{
    readonly ConcurrentDictionary<Guid, Remembered> remembered = new();

    /// <summary>Lets in a person whom a directory vouches for, or says why not (<c>unknown_directory</c>, <c>unknown_person</c>, <c>disabled</c>).</summary>
    public async Task<(ClaimsPrincipal? Person, string Outcome)> Begin(Guid tenant, Guid @object, string userName, CancellationToken ct)
    {
        await using var connection = await sources.Writing.OpenConnectionAsync(ct);
        var entry = await connection.QuerySingleAsync<Entry>(new CommandDefinition(SignIn, new { tenant, @object, userName }, cancellationToken: ct));
        if (entry.SessionId is not { } session) return (null, entry.Outcome);

        var now = clock.GetUtcNow();
        var standing = new Standing { PersonId = entry.PersonId, OrganisationId = entry.OrganisationId, DisplayName = entry.DisplayName, Roles = entry.Roles };
        remembered[session] = new(standing, now);
        activity.Touch(session);
        return (PortalClaims.Principal(session, standing, now), entry.Outcome);
    }

    /// <summary>
    /// Whether the session of this principal still stands with the same rights, asked of the database. When the database does not answer, the last
    /// answer holds: nothing can be read or written meanwhile, and every use case asks again in its own transaction.
    /// </summary>
    public async Task<Verdict> Check(ClaimsPrincipal user, bool fresh, CancellationToken ct)
    {
        if (user.SessionId() is not { } session || clock.GetUtcNow() - user.StartOfSession() >= options.Longest) return Verdict.Over;
        var standing = await Standing(session, fresh, ct);
        return standing is null ? Verdict.Over : new Verdict(true, user.Matches(standing) ? null : PortalClaims.Principal(session, standing, user.StartOfSession()));
    }

    /// <summary>Ends the session everywhere: copies of its cookie and its open pages on every node.</summary>
    public async Task End(Guid session, CancellationToken ct)
    {
        remembered[session] = new(null, clock.GetUtcNow());
        activity.Forget(session);
        await using var connection = await sources.Writing.OpenConnectionAsync(ct);
        await connection.ExecuteAsync(new CommandDefinition("select portal.sign_out(@session)", new { session }, cancellationToken: ct));
    }

    async Task<Standing?> Standing(Guid session, bool fresh, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (!fresh && remembered.TryGetValue(session, out var last) && now - last.At < options.Revalidate) return last.Standing;
        try
        {
            await using var connection = await sources.Writing.OpenConnectionAsync(ct);
            var standing = await connection.QuerySingleOrDefaultAsync<Standing>(new CommandDefinition(StandingNow, new { session }, cancellationToken: ct));
            Remember(session, standing, now);
            return standing;
        }
        catch (DbException fault) when (remembered.TryGetValue(session, out last))
        {
            log.LogWarning("The database did not say whether a session still stands ({Fault}); the last answer holds", fault.GetType().Name);
            return last.Standing;
        }
    }

    void Remember(Guid session, Standing? standing, DateTimeOffset now)
    {
        remembered[session] = new(standing, now);
        if (remembered.Count % 256 != 0) return;
        foreach (var (old, entry) in remembered)
            if (now - entry.At > options.Idle) remembered.TryRemove(old, out _);
    }

    /// <summary>What became of a session.</summary>
    /// <param name="Stands">Whether it goes on.</param>
    /// <param name="Changed">The principal with the person's present rights, when they differ from what the cookie says.</param>
    public readonly record struct Verdict(bool Stands, ClaimsPrincipal? Changed)
    {
        internal static readonly Verdict Over = new(false, null);
    }

    readonly record struct Remembered(Standing? Standing, DateTimeOffset At);

    sealed record Entry
    {
        public string Outcome { get; init; } = "";
        public Guid? SessionId { get; init; }
        public Guid PersonId { get; init; }
        public Guid OrganisationId { get; init; }
        public string DisplayName { get; init; } = "";
        public string[] Roles { get; init; } = [];
    }

    const string SignIn = "select outcome, session_id, person_id, organisation_id, display_name, roles from portal.sign_in(@tenant, @object, @userName)";
    const string StandingNow = "select person_id, organisation_id, display_name, roles from portal.standing(@session)";
}

/// <summary>When each session was last used on this node, by a request or by a hand in an open page.</summary>
public sealed class SignedInActivity(TimeProvider clock)
{
    readonly ConcurrentDictionary<Guid, DateTimeOffset> lastUsed = new();

    internal void Touch(Guid session) => lastUsed[session] = clock.GetUtcNow();

    internal void Forget(Guid session) => lastUsed.TryRemove(session, out _);

    /// <summary>How long the session has lain unused; nothing for one that this node has not seen yet.</summary>
    internal TimeSpan Unused(Guid session) => clock.GetUtcNow() - lastUsed.GetOrAdd(session, _ => clock.GetUtcNow());
}
