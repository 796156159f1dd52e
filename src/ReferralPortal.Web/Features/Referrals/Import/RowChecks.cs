using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Referrals.Submit;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Referrals.Import;

/// <summary>A row with the form that it says and everything that is wrong with it.</summary>
public sealed record CheckedRow(StoredRow Row, ReferralForm Form, IReadOnlyDictionary<string, string> Problems, string Digest, bool Emergency)
{
    /// <summary>How the row stands, when the same content is already at <paramref name="twin"/> (null: nowhere).</summary>
    public ImportRowState State(string? twin) =>
        Emergency ? ImportRowState.Emergency
        : Problems.Count > 0 ? ImportRowState.Problems
        : twin is not null && !Row.SendAgain ? ImportRowState.AlreadySent
        : ImportRowState.Ready;
}

/// <summary>Checks rows by the very rules of the form: <see cref="ReferralFormRules"/>, and the organisations that may be named.</summary>
public sealed class RowChecks(FormOrganisations organisations, CatalogueStore catalogue, TimeProvider clock)
{
    /// <summary>The rows in their order, checked for the actor's kind of organisation, with one look at the organisations for all of them.</summary>
    public async Task<IReadOnlyList<CheckedRow>> Check(Actor actor, StoredImport import, IReadOnlyList<StoredRow> rows, CancellationToken ct)
    {
        var content = await catalogue.Get(ct);
        var columns = ImportColumns.For(actor.OrganisationKind, content);
        var (mapping, wordings) = (import.Mapping(), import.AnsweredWordings());
        var texts = rows.Select(row => row.Texts(mapping)).ToList();
        var lists = new ImportLists(actor.OrganisationKind, content, await organisations.Called(actor, RowReading.NamedOrganisations(texts, columns), ct));
        var read = texts.ConvertAll(row => RowReading.Read(row, columns, lists, wordings));
        var unknown = await organisations.Problems(actor, read.ConvertAll(row => row.Form), ct);

        var rules = ReferralFormRules.For(actor.OrganisationKind, content, clock);
        return [.. rows.Select((row, place) =>
        {
            // What could not be read explains itself better than that the field is empty.
            var problems = new Dictionary<string, string>(read[place].Problems);
            foreach (var (field, words) in rules.Check(read[place].Form).Concat(unknown[place])) problems.TryAdd(field, words);
            return new CheckedRow(row, read[place].Form, problems, read[place].Digest, RowReading.IsEmergency(read[place].Form, lists));
        })];
    }
}

/// <summary>Where the content of rows is already: among what the organisation's people have sent from files, or higher up in the same file.</summary>
static class Twins
{
    /// <summary>Row id to a reference, or to the words for a row above.</summary>
    internal static async Task<Dictionary<Guid, string>> Find(PortalUnit unit, Guid importId, IReadOnlyList<CheckedRow> rows)
    {
        var found = await unit.Many<Twin>(Known, new { importId, organisationId = unit.Actor.OrganisationId, digests = rows.Select(row => row.Digest).Distinct().ToArray() });
        var sent = found.Where(twin => twin.Reference is not null).ToLookup(twin => twin.Digest);
        var above = found.Where(twin => twin.Number is not null).Select(twin => (twin.Digest, Number: twin.Number!.Value))
            .Concat(rows.Select(row => (row.Digest, row.Row.Number))).ToLookup(one => one.Digest, one => one.Number);

        var twins = new Dictionary<Guid, string>();
        foreach (var row in rows)
            if (sent[row.Digest].FirstOrDefault(twin => twin.Id != row.Row.Id) is { } twin) twins[row.Row.Id] = twin.Reference!;
            else if (above[row.Digest].Min() is var first && first < row.Row.Number) twins[row.Row.Id] = $"row {first}";
        return twins;
    }

    sealed record Twin(string Digest, Guid? Id, string? Reference, int? Number);

    const string Known = """
        select sent.digest, sent.id, referral.reference, null::int as number
        from import_sent sent join referral on referral.id = sent.id
        where sent.organisation_id = @organisationId and sent.digest = any (@digests)
        union all
        select above.digest, null, null, min(above.number)
        from import_row above
        where above.import_id = @importId and above.organisation_id = @organisationId and above.digest = any (@digests) and above.state not in ('waiting', 'problems')
        group by above.digest
        """;
}

/// <summary>Writes what a check found.</summary>
static class RowStanding
{
    internal static object Arrays(IReadOnlyList<CheckedRow> rows, IReadOnlyDictionary<Guid, string> twins) => new
    {
        ids = rows.Select(row => row.Row.Id).ToArray(),
        states = rows.Select(row => Domain.EnumText.Of(row.State(twins.GetValueOrDefault(row.Row.Id)))).ToArray(),
        problems = rows.Select(row => ImportText.Json(row.Problems)).ToArray(),
        digests = rows.Select(row => row.Digest).ToArray(),
        twins = rows.Select(row => twins.GetValueOrDefault(row.Row.Id)).ToArray(),
    };

    internal const string Update = """
        update import_row set state = found.state, problems = found.problems::jsonb, digest = found.digest, twin = found.twin, version = version + 1
        from unnest(@ids, @states, @problems, @digests, @twins) found (id, state, problems, digest, twin)
        where import_row.id = found.id and import_row.state not in ('sent', 'by_hand')
        """;
}
