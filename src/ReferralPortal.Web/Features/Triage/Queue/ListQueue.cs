using ReferralPortal.Domain;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Referrals.List;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Triage.Queue;

/// <summary>
/// One referral in the triage queue. <paramref name="ClaimedBy"/> is the clinic administrator who has it; <paramref name="AppointmentAt"/> is the next
/// one that stands; <paramref name="Belongs"/>: the filter under which it was read asks for it.
/// </summary>
public sealed record QueuedReferral(
    Guid Id,
    string Reference,
    string GivenName,
    string FamilyName,
    DateOnly DateOfBirth,
    Coded<ReferralState> State,
    Coded<Priority> Priority,
    Guid ReferringOrganisationId,
    string ReferringOrganisation,
    string? Condition,
    Guid? ClaimedById,
    string? ClaimedBy,
    string? Clinic,
    DateTimeOffset? AppointmentAt,
    Coded<RedFlagTier>? RedFlag,
    DateTimeOffset? AlertAcknowledgedAt,
    int AlertReminders,
    DateTimeOffset? DueAt,
    DateTimeOffset? ClockPausedAt,
    DateOnly? ClockWaitsUntil,
    short EscalationLevel,
    DateTimeOffset SubmittedAt,
    int Version,
    bool Belongs)
{
    public string PatientName => $"{GivenName} {FamilyName}";

    /// <summary>Behind this referral the next page begins.</summary>
    public QueuePlace Place(QueueSort sort) => sort switch
    {
        QueueSort.Received => new(SubmittedAt, Id),
        QueueSort.Priority => new(DueAt, Id, Priority.Text),
        QueueSort.Organisation => new(DueAt, Id, ReferringOrganisationId.ToString("N")),
        _ => new(DueAt, Id),
    };
}

/// <summary>How many stand under each tab, whatever else is filtered, and in each of the views that were asked for.</summary>
public sealed record QueueCounts(IReadOnlyDictionary<QueueTab, int> Tabs, IReadOnlyList<int> Views)
{
    internal static QueueCounts Of(IDictionary<string, object> row, int views) => new(
        Enum.GetValues<QueueTab>().ToDictionary(tab => tab, tab => (int)row[EnumText.Of(tab)]),
        [.. Enumerable.Range(0, views).Select(place => (int)row[$"view_{place}"])]);
}

/// <summary>
/// The clinic's work up to the first appointment, a page at a time: what is due first stands first. For the treating clinic's people.
/// </summary>
public sealed class ListQueue(PortalDatabase database)
{
    /// <summary>Rows a page.</summary>
    public const int PageSize = 25;

    static readonly Failure NotTheirs = Outcome.Refused("The triage queue is for the clinic's own people.");

    /// <summary>
    /// One page. <paramref name="Next"/> is where the next one begins, null on the last. <paramref name="TooShort"/>: too little was typed to search for.
    /// </summary>
    public sealed record Page(IReadOnlyList<QueuedReferral> Rows, QueuePlace? Next, QueueCounts Counts, DateTimeOffset ReadAt, bool TooShort = false);

    /// <summary>One page of the queue, and the counts of all its tabs and of <paramref name="views"/>.</summary>
    public async Task<Outcome<Page>> Handle(Actor actor, QueueFilter filter, CancellationToken ct, IReadOnlyList<QueueFilter>? views = null)
    {
        if (!actor.TreatsReferrals()) return NotTheirs;

        views ??= [];
        return await database.View(actor, async unit =>
        {
            var asked = QueueSql.Asked(unit);
            await using var sets = await unit.Results(QueueSql.PlannedOnce + QueueSql.Counts(views, asked, unit.Now) + ";\n" + QueueSql.Rows(filter, PageSize + 1, asked, unit.Now), asked);
            var counts = QueueCounts.Of((IDictionary<string, object>)await sets.ReadSingleAsync(), views.Count);
            var found = (await sets.ReadAsync<QueuedReferral>()).ToList();
            unit.Audit(filter.IsSearch ? AuditAction.SearchReferrals : AuditAction.ListReferrals, detail: new { list = "triage" });

            var rows = found.Take(PageSize).ToList();
            var next = found.Count > PageSize ? rows[^1].Place(filter.Sort) : (QueuePlace?)null;
            return Outcome.Done(new Page(rows, next, counts, unit.Now, TooShort: filter.IsSearch && SearchTerms.Of(filter.Search).Length == 0));
        }, ct);
    }

    /// <summary>What a page that is open needs after a notice: the counts, and some referrals as they stand now, wherever they belong.</summary>
    public sealed record Refreshed(IReadOnlyList<QueuedReferral> Rows, QueueCounts Counts, DateTimeOffset ReadAt);

    /// <summary>Reads the counts and some referrals again, at most <see cref="MostAgain"/>; each says whether <paramref name="filter"/> asks for it.</summary>
    public async Task<Outcome<Refreshed>> Again(Actor actor, QueueFilter filter, IReadOnlyCollection<Guid> ids, CancellationToken ct, IReadOnlyList<QueueFilter>? views = null)
    {
        if (!actor.TreatsReferrals()) return NotTheirs;

        views ??= [];
        return await database.View(actor, async unit =>
        {
            var asked = QueueSql.Asked(unit);
            await using var sets = await unit.Results(QueueSql.PlannedOnce + QueueSql.Counts(views, asked, unit.Now) + ";\n" + QueueSql.Again(filter, [.. ids.Take(MostAgain)], asked, unit.Now), asked);
            var counts = QueueCounts.Of((IDictionary<string, object>)await sets.ReadSingleAsync(), views.Count);
            var rows = (await sets.ReadAsync<QueuedReferral>()).ToList();
            if (rows.Count > 0) unit.Audit(AuditAction.ListReferrals, detail: new { list = "triage", refreshed = rows.Count });
            return Outcome.Done(new Refreshed(rows, counts, unit.Now));
        }, ct);
    }

    /// <summary>The most referrals that <see cref="Again"/> reads.</summary>
    public const int MostAgain = 200;

    /// <summary>At most so many rows behind the filter's place, for a file. Each stretch is audited, with how many rows it gave out.</summary>
    public Task<IReadOnlyList<QueuedReferral>> Stretch(Actor actor, QueueFilter filter, int most, CancellationToken ct) =>
        Export(actor, asked => QueueSql.Rows(filter, most, asked.Parameters, asked.Now), ct);

    /// <summary>Some referrals of the queue by their ids, for a file.</summary>
    public Task<IReadOnlyList<QueuedReferral>> Picked(Actor actor, IReadOnlyCollection<Guid> ids, CancellationToken ct) =>
        Export(actor, asked => QueueSql.Again(new QueueFilter { Tab = QueueTab.AllOpen }, [.. ids.Take(MostAgain)], asked.Parameters, asked.Now), ct);

    async Task<IReadOnlyList<QueuedReferral>> Export(Actor actor, Func<(Dapper.DynamicParameters Parameters, DateTimeOffset Now), string> sql, CancellationToken ct)
    {
        if (!actor.TreatsReferrals()) return [];

        return await database.View<IReadOnlyList<QueuedReferral>>(actor, async unit =>
        {
            var asked = QueueSql.Asked(unit);
            var rows = await unit.Many<QueuedReferral>(sql((asked, unit.Now)), asked);
            unit.Audit(AuditAction.ExportReferrals, detail: new { list = "triage", rows = rows.Count });
            return rows;
        }, ct);
    }

    /// <summary>The first few that a search over everything open finds, for the command palette.</summary>
    public async Task<IReadOnlyList<QueuedReferral>> Find(Actor actor, string text, int most, CancellationToken ct)
    {
        if (!actor.TreatsReferrals() || SearchTerms.Of(text).Length == 0) return [];

        return await database.View<IReadOnlyList<QueuedReferral>>(actor, async unit =>
        {
            var asked = QueueSql.Asked(unit);
            unit.Audit(AuditAction.SearchReferrals, detail: new { list = "triage" });
            return await unit.Many<QueuedReferral>(QueueSql.Rows(new QueueFilter { Tab = QueueTab.AllOpen, Search = text }, most, asked, unit.Now), asked);
        }, ct);
    }

    /// <summary>The organisations that have something in the queue, by name: for the filter.</summary>
    public async Task<IReadOnlyList<ListedOrganisation>> Senders(Actor actor, CancellationToken ct) =>
        actor.TreatsReferrals() ? await database.Read(actor, unit => unit.Many<ListedOrganisation>(QueueSql.Senders, QueueSql.Asked(unit)), ct) : [];

    /// <summary>What the reader should take next: the first alert, else the first due that nobody else has claimed. Null when the queue is done.</summary>
    public async Task<string?> Next(Actor actor, Guid after, CancellationToken ct)
    {
        if (!actor.TreatsReferrals()) return null;
        return await database.Read(actor, unit => unit.One<string>(QueueSql.Next, new { organisationId = actor.OrganisationId, me = actor.UserId, after }), ct);
    }
}
