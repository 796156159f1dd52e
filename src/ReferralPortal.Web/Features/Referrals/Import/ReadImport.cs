using ReferralPortal.Domain;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Referrals.Import;

/// <summary>Which rows of an import are shown.</summary>
public enum RowFilter { All, Ready, Problems, ByHand, Sent }

/// <summary>Reads one's own imports: the list of them, and one with a page of its rows.</summary>
public sealed class ReadImport(PortalDatabase database, CatalogueStore catalogue)
{
    /// <summary>Rows a page.</summary>
    public const int PageSize = 25;

    /// <summary>One line of the list.</summary>
    public sealed record Line(Guid Id, string FileName, Coded<ImportState> State, int Rows, int Sent, DateTimeOffset CreatedAt, DateTimeOffset TouchedAt);

    /// <summary>One import with a page of its rows. <paramref name="Next"/>: behind this row number the next page begins; null on the last.</summary>
    public sealed record View(StoredImport Import, IReadOnlyDictionary<ImportRowState, int> Counts, IReadOnlyList<StoredRow> Rows, int? Next, IReadOnlyList<ImportColumn> Columns)
    {
        /// <summary>How many rows stand so.</summary>
        public int Count(params ReadOnlySpan<ImportRowState> states)
        {
            var sum = 0;
            foreach (var state in states) sum += Counts.GetValueOrDefault(state);
            return sum;
        }
    }

    /// <summary>The states that a filter shows.</summary>
    public static ImportRowState[] StatesOf(RowFilter filter) => filter switch
    {
        RowFilter.Ready => [ImportRowState.Ready],
        RowFilter.Problems => [ImportRowState.Problems, ImportRowState.AlreadySent],
        RowFilter.ByHand => [ImportRowState.Emergency, ImportRowState.ByHand],
        RowFilter.Sent => [ImportRowState.Sent],
        _ => Enum.GetValues<ImportRowState>(),
    };

    /// <summary>One's own imports, the newest first.</summary>
    public async Task<IReadOnlyList<Line>> List(Actor actor, CancellationToken ct) => !actor.MayRefer ? [] :
        await database.View(actor, unit => unit.Many<Line>(Lines, new { organisationId = actor.OrganisationId, authorId = actor.UserId, most = StartImport.MostImports }), ct);

    /// <summary>Whether there is one to open, without opening it.</summary>
    public async Task<bool> IsThere(Actor actor, Guid importId, CancellationToken ct) => actor.MayRefer
        && await database.View(actor, unit => unit.One<int?>($"select 1 from import_batch where {StoredImport.Own}", new { importId, organisationId = actor.OrganisationId, authorId = actor.UserId }), ct) is not null;

    /// <summary>One import. Reading rows is audited.</summary>
    public async Task<Outcome<View>> Handle(Actor actor, Guid importId, RowFilter filter, int after, CancellationToken ct)
    {
        if (!actor.MayRefer) return Outcome.Missing;

        var columns = ImportColumns.For(actor.OrganisationKind, await catalogue.Get(ct));
        return await database.Write<View>(actor, async unit =>
        {
            var asked = new
            {
                importId,
                organisationId = actor.OrganisationId,
                authorId = actor.UserId,
                states = StatesOf(filter).Select(state => EnumText.Of(state)).ToArray(),
                after,
                most = PageSize + 1,
            };
            await using var sets = await unit.Results(StoredImport.Select + $"where {StoredImport.Own};" + Counted + Page, asked);
            if ((await sets.ReadAsync<StoredImport>()).FirstOrDefault() is not { } import) return Outcome.Missing;
            var counts = (await sets.ReadAsync<Counting>()).ToDictionary(count => count.State.Value, count => count.Rows);
            var rows = (await sets.ReadAsync<StoredRow>()).ToList();

            unit.Audit(AuditAction.OpenImport, subjectId: importId, detail: new { rows = Math.Min(rows.Count, PageSize) });
            return new View(import, counts, [.. rows.Take(PageSize)], rows.Count > PageSize ? rows[PageSize - 1].Number : null, columns);
        }, ct);
    }

    sealed record Counting(Coded<ImportRowState> State, int Rows);

    const string Lines = """
        select import.id, import.file_name, import.state, import.rows,
               (select count(*)::int from import_row sent where sent.import_id = import.id and sent.state = 'sent') as sent, import.created_at, import.touched_at
        from import_batch import
        where import.organisation_id = @organisationId and import.author_id = @authorId
        order by import.created_at desc
        limit @most
        """;

    // The rows' own predicate repeats whose import it is: each statement stands for itself.
    const string OfOwn = $"import_id = @importId and organisation_id = @organisationId and exists (select from import_batch where {StoredImport.Own})";

    const string Counted = $"""

        select state, count(*)::int as rows from import_row where {OfOwn} group by state;

        """;

    // A row that became a form has a reference once that form was sent.
    const string Page = $"""
        select page.id, page.number, page.cells::text, page.edits::text, page.state, page.problems::text, page.digest, page.twin, page.send_again,
               coalesce(page.reference, referral.reference) as reference, page.version
        from (select * from import_row where {OfOwn} and state = any (@states) and number > @after order by number limit @most) page
        left join referral on page.state = 'by_hand' and referral.id = page.id
        order by page.number
        """;
}
