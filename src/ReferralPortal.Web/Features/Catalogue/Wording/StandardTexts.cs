using ReferralPortal.Domain.Organisations;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Catalogue.Wording;

/// <summary>An entry of a list that the clinic words for itself, as its editor sees it.</summary>
public sealed record StandardText(string List, string Code, string Label, string? Words, bool Retired, int Version, DateTimeOffset? EditedAt, string? EditedBy);

/// <summary>What the use cases of standard wording have in common.</summary>
public static class StandardTexts
{
    /// <summary>The lists that a clinic manager edits. The codes of the second are known to the program: none is added and none is taken away.</summary>
    public const string Questions = "information_question", DeclineReasons = "decline_reason";

    /// <summary>For what fits no other entry; always there.</summary>
    public const string Other = "other";

    /// <summary>The most of a label and of the words.</summary>
    public const int LongestLabel = 100, LongestWords = 4000;

    internal static bool IsEdited(string list) => list is Questions or DeclineReasons;

    /// <summary>Registers editing them.</summary>
    public static IServiceCollection AddWording(this IServiceCollection services) => services.AddScoped<ListStandardTexts>().AddScoped<SaveStandardText>().AddScoped<MoveStandardText>();

    /// <summary>Words for the clinic; a role of that name at any other organisation is worth nothing.</summary>
    public static bool WordsForTheClinic(this Actor actor) => actor.OrganisationKind == OrganisationKind.ClinicGroup && actor.Has(Role.ClinicManager);

    internal static readonly Failure NotAManager = Outcome.Refused("Your role does not allow this: a clinic manager edits the standard wording.");

    /// <summary>Locks a list and says who changed an entry since <paramref name="version"/>; null when nobody did.</summary>
    internal static async Task<Failure?> WhyNotChanged(this PortalUnit unit, string list, string code, int version)
    {
        var stored = await unit.Many<Stored>(Lock, new { list });
        if (stored.FirstOrDefault(text => text.Code == code) is not { } text) return Outcome.Missing;
        return text.Version == version ? null : Outcome.Conflict(text.EditedBy ?? "Somebody", "changed this wording", text.EditedAt ?? unit.Now);
    }

    sealed record Stored(string Code, int Version, string? EditedBy, DateTimeOffset? EditedAt);

    // The whole list, in one order: two who move entries at once come one after the other.
    const string Lock = """
        select text.code, text.version, (select display_name from portal_user where id = text.edited_by) as edited_by, greatest(text.edited_at, text.ordered_at) as edited_at
        from coded_text text where text.list = @list order by text.code for update
        """;
}

/// <summary>Reads a list for its editor, with what is retired at the end. For clinic managers.</summary>
public sealed class ListStandardTexts(PortalDatabase database)
{
    public async Task<Outcome<IReadOnlyList<StandardText>>> Handle(Actor actor, string list, CancellationToken ct)
    {
        if (!actor.WordsForTheClinic()) return StandardTexts.NotAManager;
        if (!StandardTexts.IsEdited(list)) return Outcome.Missing;
        return await database.Read<Outcome<IReadOnlyList<StandardText>>>(actor, async unit => await unit.Many<StandardText>(All, new { list }), ct);
    }

    const string All = """
        select text.list, text.code, text.label, text.words, text.retired, text.version, text.edited_at, editor.display_name as edited_by
        from coded_text text left join portal_user editor on editor.id = text.edited_by
        where text.list = @list
        order by text.retired, text.position, text.code
        """;
}
