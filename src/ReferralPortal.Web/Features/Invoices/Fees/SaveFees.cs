using ReferralPortal.Domain;
using ReferralPortal.Web.Features.Admin;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Invoices.Fees;

/// <summary>
/// Writes down prices from a day on: the clinic's own, or what was agreed with a payer. What takes place on that day or later costs them; what was billed keeps its price.
/// Allowed to the clinic manager.
/// </summary>
public sealed class SaveFees(PortalDatabase database, TimeProvider clock)
{
    /// <summary>The most that may be written.</summary>
    public const int LongestNote = 1000, LongestVatNote = 300;

    /// <param name="Payer">Whose; null for the clinic's own.</param>
    /// <param name="Version">The version that the person saw.</param>
    /// <param name="ValidFrom">From which day on; required. It may be past: what is not billed yet then costs this.</param>
    /// <param name="Fees">What was typed, by <see cref="Domain.Invoices.FeeKind"/>.</param>
    /// <param name="VatNote">What invoices say of VAT.</param>
    /// <param name="Note">Where it is agreed; may be empty.</param>
    public sealed record Command(Guid? Payer, int Version, DateOnly? ValidFrom, IReadOnlyDictionary<string, string> Fees, string VatNote, string Note);

    /// <summary>Returns the new version.</summary>
    public async Task<Outcome<int>> Handle(Actor actor, Command command, CancellationToken ct)
    {
        if (!actor.ManagesClinic()) return actor.NotForYou();
        if (Check(command, LondonTime.DateOf(clock.GetUtcNow())) is { Count: > 0 } errors) return Outcome.Invalid(errors);

        return await database.Write<int>(actor, async unit =>
        {
            var row = new
            {
                id = Guid.CreateVersion7(unit.Now),
                command.Payer,
                validFrom = command.ValidFrom!.Value,
                fees = FeeTerms.Json(command.Fees),
                vatNote = AdminRules.Text(command.VatNote),
                note = AdminRules.Text(command.Note),
                by = actor.UserId,
                at = unit.Now,
            };
            // One writer at a time for a payer: a row that does not exist yet cannot be locked.
            await unit.Many<object>("select pg_advisory_xact_lock(hashtextextended('fees ' || coalesce(@Payer::text, ''), 0))", row);
            if (await unit.One<Standing>(Stands, row) is not { } standing) return Outcome.Missing;
            if (standing.IsThis) return standing.Version; // sent twice
            if (standing.Version != command.Version) return Outcome.Conflict(standing.ChangedBy ?? "Somebody", "changed these prices", standing.ChangedAt ?? unit.Now);

            await unit.Run(Keep, row);
            unit.Audit(AuditAction.SaveFees, subjectId: command.Payer, detail: new { from = Formatted(row.validFrom) });
            return standing.Version + 1;
        }, ct);
    }

    /// <summary>What is wrong with it, by field.</summary>
    public static Dictionary<string, string> Check(Command command, DateOnly today)
    {
        var errors = FeeTerms.Check(command.Fees);
        if (command.ValidFrom is not { } from) errors[nameof(Command.ValidFrom)] = "Enter the day from which they hold";
        else if (from < today.AddYears(-1) || from > today.AddYears(1)) errors[nameof(Command.ValidFrom)] = "The day must be within a year of today";
        if (string.IsNullOrWhiteSpace(command.VatNote)) errors[nameof(Command.VatNote)] = "Say what invoices are to say of VAT";
        else if (command.VatNote.Length > LongestVatNote) errors[nameof(Command.VatNote)] = $"Use {LongestVatNote:N0} characters or fewer";
        if (command.Note.Length > LongestNote) errors[nameof(Command.Note)] = $"Use {LongestNote:N0} characters or fewer";
        return errors;
    }

    static string Formatted(DateOnly day) => day.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);

    sealed record Standing(int Version, bool IsThis, string? ChangedBy, DateTimeOffset? ChangedAt);

    const string Stands = """
        select coalesce(sum(s.version), 0)::int as version,
               coalesce(bool_or(s.valid_from = @validFrom and s.fees = @fees::jsonb and s.vat_note = @vatNote and s.note is not distinct from @note and s.agreed_by = @by), false) as is_this,
               (select u.display_name from fee_schedule last join portal_user u on u.id = last.agreed_by
                where last.payer_organisation_id is not distinct from @Payer::uuid order by last.agreed_at desc limit 1) as changed_by,
               max(s.agreed_at) as changed_at
        from (select @Payer::uuid as id where @Payer::uuid is null or exists (select from organisation o where o.id = @Payer and o.kind <> 'clinic_group')) whose
        left join fee_schedule s on s.payer_organisation_id is not distinct from whose.id
        group by whose.id
        """;

    const string Keep = """
        insert into fee_schedule (id, payer_organisation_id, valid_from, fees, vat_note, note, agreed_by, agreed_at)
        values (@id, @Payer, @validFrom, @fees::jsonb, @vatNote, @note, @by, @at)
        on conflict (payer_organisation_id, valid_from) do update set
            fees = excluded.fees, vat_note = excluded.vat_note, note = excluded.note, agreed_by = excluded.agreed_by, agreed_at = excluded.agreed_at, version = fee_schedule.version + 1
        """;
}
