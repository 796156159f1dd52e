using Npgsql;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Triage.Queue;

/// <summary>A question to the queue that somebody keeps under a name. <paramref name="Query"/> is that of the queue's address; <paramref name="IsMine"/>: the reader may change it.</summary>
public sealed record SavedView(Guid Id, string Name, string Query, bool Shared, string Owner, bool IsMine, int Version)
{
    public QueueFilter Filter { get; } = QueueFilter.Parse(Query).FirstPage;
}

/// <summary>The views that a person of the clinic keeps of the queue, and those that colleagues share. Only whose view it is changes it.</summary>
public sealed class SavedViews(PortalDatabase database)
{
    /// <summary>The most that one person keeps, and the most that are listed.</summary>
    public const int Most = 30;

    /// <summary>The longest name.</summary>
    public const int LongestName = 60;

    static readonly Failure NotTheirs = Outcome.Refused("Saved views are for the clinic's own people.");

    /// <summary>One's own, then those of colleagues, each by name.</summary>
    public async Task<IReadOnlyList<SavedView>> List(Actor actor, CancellationToken ct) =>
        actor.TreatsReferrals() ? await database.Read(actor, unit => unit.Many<SavedView>(All, new { actor.OrganisationId, me = actor.UserId, most = Most * 2 }), ct) : [];

    /// <summary>Keeps what the queue shows now under a name. Returns the view's id.</summary>
    public async Task<Outcome<Guid>> Add(Actor actor, string name, QueueFilter filter, bool shared, CancellationToken ct)
    {
        if (!actor.TreatsReferrals()) return NotTheirs;
        if (Check(name) is { } problem) return problem;

        return await OnceByName(() => database.Write<Guid>(actor, async unit =>
        {
            if (await unit.One<int>(CountMine, new { me = actor.UserId }) >= Most) return Outcome.Refused($"You keep {Most} views already. Delete one that you no longer use.");

            var id = Guid.CreateVersion7(unit.Now);
            // Without what was searched for, which is a patient's name more often than not.
            var kept = filter.FirstPage with { Search = "" };
            await unit.Run(Insert, new { id, actor.OrganisationId, me = actor.UserId, name = name.Trim(), kept.Query, shared });
            unit.Audit(AuditAction.SaveView, subjectId: id, detail: new { shared });
            return id;
        }, ct));
    }

    /// <summary>Gives one's own view another name, or shares it, or no longer.</summary>
    public async Task<Outcome<Guid>> Change(Actor actor, SavedView view, string name, bool shared, CancellationToken ct)
    {
        if (!actor.TreatsReferrals()) return NotTheirs;
        if (Check(name) is { } problem) return problem;

        return await OnceByName(() => database.Write<Guid>(actor, async unit =>
        {
            if (await unit.One<int?>(Update, new { view.Id, me = actor.UserId, view.Version, name = name.Trim(), shared }) is null) return Outcome.Missing;
            unit.Audit(AuditAction.SaveView, subjectId: view.Id, detail: new { shared });
            return view.Id;
        }, ct));
    }

    /// <summary>Deletes one's own view.</summary>
    public async Task<Outcome<Guid>> Delete(Actor actor, Guid id, CancellationToken ct)
    {
        if (!actor.TreatsReferrals()) return NotTheirs;

        return await database.Write<Guid>(actor, async unit =>
        {
            if (await unit.One<Guid?>(Remove, new { id, me = actor.UserId }) is null) return Outcome.Missing;
            unit.Audit(AuditAction.DeleteView, subjectId: id);
            return id;
        }, ct);
    }

    static Failure? Check(string name) =>
        string.IsNullOrWhiteSpace(name) ? Outcome.Invalid("Name", "Give the view a name")
        : name.Trim().Length > LongestName ? Outcome.Invalid("Name", $"Use {LongestName} characters or fewer")
        : null;

    static async Task<Outcome<Guid>> OnceByName(Func<Task<Outcome<Guid>>> write)
    {
        try
        {
            return await write();
        }
        catch (PostgresException fault) when (fault.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return Outcome.Invalid("Name", "You have a view of this name already");
        }
    }

    const string All = """
        select view.id, view.name, view.query, view.shared, owner.display_name as owner, view.owner_id = @me as is_mine, view.version
        from saved_view view join portal_user owner on owner.id = view.owner_id
        where view.organisation_id = @organisationId and (view.shared or view.owner_id = @me)
        order by view.owner_id <> @me, lower(view.name), view.id
        limit @most
        """;

    const string CountMine = "select count(*)::int from saved_view where owner_id = @me";

    const string Insert = """
        insert into saved_view (id, organisation_id, owner_id, name, query, shared) values (@id, @organisationId, @me, @name, @query, @shared)
        """;

    const string Update = """
        update saved_view set name = @name, shared = @shared, version = version + 1
        where id = @id and owner_id = @me and version = @version returning version
        """;

    const string Remove = "delete from saved_view where id = @id and owner_id = @me returning id";
}
