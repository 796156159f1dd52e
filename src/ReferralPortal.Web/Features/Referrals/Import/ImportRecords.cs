using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Referrals.Submit;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Referrals.Import;

/// <summary>An import as it is stored. <paramref name="Step"/> names the piece of background work that comes next.</summary>
public sealed record StoredImport(
    Guid Id, Guid OrganisationId, Guid AuthorId, string FileName, string[] Headings, string HeadingSet, string Columns, string Wordings,
    Coded<ImportState> State, int Step, DateTimeOffset? WorkBeganAt, int Rows, int Version, DateTimeOffset CreatedAt, DateTimeOffset TouchedAt)
{
    /// <summary>Field of the form to place in the row.</summary>
    public Dictionary<string, int> Mapping() => PortalJson.Read<Dictionary<string, int>>(Columns);

    /// <summary>Safety question to the version of the wording that its column answers.</summary>
    public Dictionary<string, string> AnsweredWordings() => PortalJson.Read<Dictionary<string, string>>(Wordings);

    /// <summary>One's own import, as the statements' first condition.</summary>
    internal const string Own = "id = @importId and organisation_id = @organisationId and author_id = @authorId";

    internal const string Select = """
        select id, organisation_id, author_id, file_name, headings, heading_set, columns::text, wordings::text, state, step, work_began_at, rows, version, created_at, touched_at
        from import_batch

        """;
}

/// <summary>A row as it is stored.</summary>
public sealed record StoredRow(Guid Id, int Number, string Cells, string Edits, Coded<ImportRowState> State, string Problems, string? Digest, string? Twin, bool SendAgain, string? Reference, int Version)
{
    /// <summary>Field of the form to what stands for it: the edited text, else the file's.</summary>
    public Dictionary<string, string> Texts(IReadOnlyDictionary<string, int> mapping)
    {
        var cells = PortalJson.Read<string[]>(Cells);
        var texts = mapping.Where(one => one.Value < cells.Length).ToDictionary(one => one.Key, one => cells[one.Value]);
        foreach (var (field, text) in PortalJson.Read<Dictionary<string, string>>(Edits)) texts[field] = text;
        return texts;
    }

    /// <summary>Field to words.</summary>
    public Dictionary<string, string> Wrong() => PortalJson.Read<Dictionary<string, string>>(Problems);

    /// <summary>States in which a row's texts may be changed. One with an emergency answer may not: it is gone through by hand.</summary>
    public static readonly string[] Editable = ["waiting", "ready", "problems", "already_sent"];

    internal const string Select = """
        select id, number, cells::text, edits::text, state, problems::text, digest, twin, send_again, reference, version
        from import_row

        """;
}

/// <summary>The next piece of an import's background work. A piece that comes twice finds that its step is over.</summary>
public sealed record ContinueImport(Guid ImportId, int Step);

/// <summary>An import's rows are deleted when nobody has touched it for long enough.</summary>
public sealed record ForgetImport(Guid ImportId);

static class ImportText
{
    /// <summary>Texts as the database keeps them.</summary>
    internal static string Json<T>(T texts) => TypedText.StorableJson(PortalJson.Text(texts));

    /// <summary>Tells open pages of the import that it moved on. It goes the way of referrals' notices, whose readers find no referral by that id.</summary>
    internal const string Tell = "select pg_notify('referral_event', @importId::text)";
}
