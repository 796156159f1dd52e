using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Catalogue.Wording;

/// <summary>Moves a standard question or reason one place up or down among those in use. Allowed to clinic managers.</summary>
public sealed class MoveStandardText(PortalDatabase database, CatalogueStore catalogue)
{
    /// <param name="List">Which list.</param>
    /// <param name="Code">Which entry.</param>
    /// <param name="Version">The version that the person saw: a press that comes twice moves once.</param>
    /// <param name="Up">Towards the beginning.</param>
    public sealed record Command(string List, string Code, int Version, bool Up);

    /// <summary>Returns the entry's code.</summary>
    public async Task<Outcome<string>> Handle(Actor actor, Command command, CancellationToken ct)
    {
        if (!actor.WordsForTheClinic()) return StandardTexts.NotAManager;
        if (!StandardTexts.IsEdited(command.List)) return Outcome.Missing;

        var moved = await database.Write<string>(actor, async unit =>
        {
            if (await unit.WhyNotChanged(command.List, command.Code, command.Version) is { } failure) return failure;
            await unit.Run(Move, new { command.List, command.Code, step = command.Up ? -1 : 1, at = unit.Now, by = actor.UserId });
            unit.Audit(AuditAction.MoveStandardText, detail: new { list = command.List, code = command.Code, up = command.Up });
            return command.Code;
        }, ct);
        if (moved.IsDone) catalogue.Forget();
        return moved;
    }

    // Every place is written anew, so that the order is the clinic's own from now on, whatever the seeds bring.
    const string Move = """
        with listed as (select code, row_number() over (order by retired, position, code) as place from coded_text where list = @list),
        moved as (select place from listed where code = @code)
        update coded_text text set
            position = case when listed.place = moved.place then listed.place + @step when listed.place = moved.place + @step then listed.place - @step else listed.place end,
            ordered_at = @at,
            version = case when listed.place = moved.place then text.version + 1 else text.version end
        from listed cross join moved
        where text.list = @list and text.code = listed.code
        """;
}
