using ReferralPortal.Domain;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Referrals.Submit;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Clocks.Agreements;

/// <summary>
/// Writes down what was agreed with an organisation from a day on. Targets that begin on that day or later follow it; what runs already keeps its time.
/// Allowed to the clinic manager.
/// </summary>
public sealed class SaveAgreement(PortalDatabase database, CatalogueStore catalogue, TimeProvider clock)
{
    /// <summary>The most that may be written.</summary>
    public const int LongestNote = 1000;

    /// <param name="Organisation">With whom.</param>
    /// <param name="Version">The version of its agreements that the person saw.</param>
    /// <param name="ValidFrom">From which day on: today or later; required.</param>
    /// <param name="Terms">What was typed, by the terms' keys; an empty one is the clinic's own target.</param>
    /// <param name="Note">Where it is written, or why; the organisation reads it. May be empty.</param>
    public sealed record Command(Guid Organisation, int Version, DateOnly? ValidFrom, IReadOnlyDictionary<string, string> Terms, string Note);

    /// <summary>Returns the new version.</summary>
    public async Task<Outcome<int>> Handle(Actor actor, Command command, CancellationToken ct)
    {
        if (!ReadAgreements.Keeps(actor)) return ReadAgreements.NotAManager;
        if (Check(command, LondonTime.DateOf(clock.GetUtcNow())) is { Count: > 0 } errors) return Outcome.Invalid(errors);

        var saved = await database.Write<int>(actor, async unit =>
        {
            var row = new
            {
                id = Guid.CreateVersion7(unit.Now),
                command.Organisation,
                validFrom = command.ValidFrom!.Value,
                targets = AgreementTerms.Json(command.Terms),
                note = TypedText.Storable(command.Note)?.Trim() is { Length: > 0 } words ? words : null,
                by = actor.UserId,
                at = unit.Now,
                kinds = ReadAgreements.Referring,
            };
            // One writer at a time for an organisation: a row that does not exist yet cannot be locked.
            await unit.Many<object>("select pg_advisory_xact_lock(hashtextextended('agreement ' || @Organisation, 0))", row);
            if (await unit.One<Standing>(Stands, row) is not { } standing) return Outcome.Missing;
            if (standing.IsThis) return standing.Version; // sent twice
            if (standing.Version != command.Version) return Outcome.Conflict(standing.ChangedBy ?? "Somebody", "changed this agreement", standing.ChangedAt ?? unit.Now);

            await unit.Run(Keep, row);
            unit.Audit(AuditAction.SaveAgreement, subjectId: command.Organisation);
            return standing.Version + 1;
        }, ct);
        if (saved.IsDone) catalogue.Forget();
        return saved;
    }

    /// <summary>What is wrong with it, by field.</summary>
    public static Dictionary<string, string> Check(Command command, DateOnly today)
    {
        var errors = AgreementTerms.Check(command.Terms);
        if (command.ValidFrom is not { } from) errors[nameof(Command.ValidFrom)] = "Enter the day from which it holds";
        else if (from < today) errors[nameof(Command.ValidFrom)] = "The day must be today or later: what was promised before stays";
        else if (from > today.AddYears(1)) errors[nameof(Command.ValidFrom)] = "The day must be within a year";
        if (command.Note.Length > LongestNote) errors[nameof(Command.Note)] = $"Use {LongestNote:N0} characters or fewer";
        return errors;
    }

    sealed record Standing(int Version, bool IsThis, string? ChangedBy, DateTimeOffset? ChangedAt);

    const string Stands = """
        select coalesce(sum(a.version), 0)::int as version,
               coalesce(bool_or(a.valid_from = @validFrom and a.targets = @targets::jsonb and a.note is not distinct from @note and a.agreed_by = @by), false) as is_this,
               (select u.display_name from organisation_agreement last join portal_user u on u.id = last.agreed_by
                where last.organisation_id = o.id order by last.agreed_at desc limit 1) as changed_by,
               max(a.agreed_at) as changed_at
        from organisation o
        left join organisation_agreement a on a.organisation_id = o.id
        where o.id = @Organisation and o.kind = any (@kinds)
        group by o.id
        """;

    const string Keep = """
        insert into organisation_agreement (id, organisation_id, valid_from, targets, note, agreed_by, agreed_at)
        values (@id, @Organisation, @validFrom, @targets::jsonb, @note, @by, @at)
        on conflict (organisation_id, valid_from) do update set
            targets = excluded.targets, note = excluded.note, agreed_by = excluded.agreed_by, agreed_at = excluded.agreed_at,
            version = organisation_agreement.version + 1
        """;
}
