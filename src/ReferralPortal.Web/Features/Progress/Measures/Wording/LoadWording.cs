using ReferralPortal.Domain.Progress;
using ReferralPortal.Web.Features.Admin;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Progress.Measures.Wording;

/// <summary>A measure as the clinic manager sees it. <paramref name="Items"/> is how many items its wording has here; 0 for none.</summary>
public sealed record MeasureLicence(string Key, string Name, string ShortName, bool WordingShipped, int Items, string? Licence, DateTimeOffset? WordedAt, string? WordedBy, int Version);

/// <summary>Which measures can be filled in, and under which licence. Allowed to clinic managers.</summary>
public sealed class ListWording(PortalDatabase database)
{
    public async Task<Outcome<IReadOnlyList<MeasureLicence>>> Handle(Actor actor, CancellationToken ct) => !actor.ManagesClinic() ? actor.NotForYou()
        : await database.Read(actor, async unit => Outcome.Done<IReadOnlyList<MeasureLicence>>(await unit.Many<MeasureLicence>(All)), ct);

    const string All = """
        select measure.key, measure.name, measure.short_name, measure.wording_shipped, jsonb_array_length(measure.items) as items, measure.licence, measure.worded_at, person.display_name as worded_by, measure.version
        from outcome_measure measure left join portal_user person on person.id = measure.worded_by
        order by measure.position
        """;
}

/// <summary>
/// Loads the wording of a measure that the clinic holds a licence for, or takes it away when the licence ends. Allowed to clinic managers; what ships with the portal is
/// nobody's to change. The scoring rule stays, and so do the scores.
/// </summary>
public sealed class LoadWording(PortalDatabase database, CatalogueStore catalogue)
{
    /// <summary>The longest licence reference.</summary>
    public const int LongestLicence = 300;

    /// <param name="Measure">The measure's key.</param>
    /// <param name="Version">The version that the person saw.</param>
    /// <param name="File">The wording, see <see cref="WordingFile"/>; null takes it away.</param>
    /// <param name="Licence">Under which licence: its number or the letter that grants it.</param>
    public sealed record Command(string Measure, int Version, string? File, string Licence);

    /// <summary>Returns how many items the wording has now.</summary>
    public async Task<Outcome<int>> Handle(Actor actor, Command command, CancellationToken ct)
    {
        if (!actor.ManagesClinic()) return actor.NotForYou();
        if (OutcomeMeasures.Find(command.Measure) is not { } measure) return Outcome.Missing;

        var errors = new Dictionary<string, string>();
        IReadOnlyList<MeasureItem>? items = [];
        var licence = AdminRules.Text(command.Licence);
        if (command.File is { } file)
        {
            (items, var problem) = WordingFile.Read(file, measure);
            if (problem is not null) errors[nameof(command.File)] = problem;
            if (licence is null) errors[nameof(command.Licence)] = "Say under which licence the clinic may use this wording";
            else if (licence.Length > LongestLicence) errors[nameof(command.Licence)] = $"Use {LongestLicence} characters or fewer";
        }
        if (errors.Count > 0) return Outcome.Invalid(errors);

        var saved = await database.Write<int>(actor, async unit =>
        {
            var there = await unit.One<Standing>("select wording_shipped, version from outcome_measure where key = @Measure", new { command.Measure });
            if (there is null) return Outcome.Missing;
            if (there.WordingShipped) return Outcome.Refused("The wording of this measure ships with the portal.");
            if (there.Version != command.Version) return Outcome.Conflict("Somebody", "changed this wording", unit.Now);
            await unit.Run(Change, new { command.Measure, command.Version, items = PortalJson.Text(items), licence = command.File is null ? null : licence, at = unit.Now, by = actor.UserId });
            unit.Audit(AuditAction.LoadWording, detail: new { measure = command.Measure, items = items!.Count });
            return items!.Count;
        }, ct);
        if (saved.IsDone) catalogue.Forget();
        return saved;
    }

    sealed record Standing(bool WordingShipped, int Version);

    const string Change = """
        update outcome_measure set items = @items::jsonb, licence = @licence, worded_at = @at, worded_by = @by, version = version + 1
        where key = @Measure and version = @Version and not wording_shipped
        """;
}
