using ReferralPortal.Domain.Calendars;
using ReferralPortal.Domain.Organisations;
using ReferralPortal.Web.Features.Referrals.Submit;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Funding.Terms;

/// <summary>What is agreed with one payer. Version 0: nothing yet, and the defaults hold.</summary>
public sealed record PayerTerms(Guid OrganisationId, string Name, int AnswerDays, bool DeemedApproval, bool ChargesMissed, string? Note, string? SavedBy, DateTimeOffset? SavedAt, int Version);

/// <summary>
/// What is agreed with payers: how long they have for an answer, whether their silence counts as one, and whether an appointment that is missed without notice uses a session. Kept by the
/// clinic manager.
/// </summary>
public sealed class KeepTerms(PortalDatabase database)
{
    /// <param name="Organisation">With whom.</param>
    /// <param name="Version">The version that the person saw.</param>
    /// <param name="AnswerDays">Calendar days for an answer, as typed.</param>
    /// <param name="DeemedApproval">No answer in time counts as authorised.</param>
    /// <param name="ChargesMissed">A missed appointment uses a session.</param>
    /// <param name="Note">Where it is written; may be empty.</param>
    public sealed record Command(Guid Organisation, int Version, string AnswerDays, bool DeemedApproval, bool ChargesMissed, string Note);

    static readonly Failure NotAManager = Outcome.Refused("Your role does not allow this: the clinic manager keeps what is agreed with payers.");

    /// <summary>Every payer that has an organisation.</summary>
    public async Task<Outcome<IReadOnlyList<PayerTerms>>> All(Actor actor, CancellationToken ct) => !Keeps(actor) ? NotAManager
        : await database.Read<Outcome<IReadOnlyList<PayerTerms>>>(actor, async unit => await unit.Many<PayerTerms>(List, new { usual = RehabilitationCode.RequestDays }), ct);

    /// <summary>Returns the new version.</summary>
    public async Task<Outcome<int>> Save(Actor actor, Command command, CancellationToken ct)
    {
        if (!Keeps(actor)) return NotAManager;
        if (!MoneyText.TryCount(command.AnswerDays, 1, 90, out var days)) return Outcome.Invalid(nameof(command.AnswerDays), "Enter a whole number of days, from 1 to 90");
        if (command.Note.Length > 1000) return Outcome.Invalid(nameof(command.Note), "Use 1,000 characters or fewer");

        return await database.Write<int>(actor, async unit =>
        {
            var row = new { command.Organisation, command.Version, days, command.DeemedApproval, command.ChargesMissed, note = TypedText.Storable(command.Note)?.Trim() is { Length: > 0 } note ? note : null, by = actor.UserId, unit.Now };
            if (!await unit.One<bool>("select exists (select from organisation where id = @Organisation and kind = 'funder')", row)) return Outcome.Missing;
            if (await unit.One<int?>(Keep, row) is { } version)
            {
                unit.Audit(AuditAction.SavePayerTerms, subjectId: command.Organisation, detail: new { days, command.DeemedApproval, command.ChargesMissed });
                return version;
            }
            var standing = await unit.One<Standing>(Stands, row);
            return Outcome.Conflict(standing?.SavedBy ?? "Somebody", "changed this agreement", standing?.SavedAt ?? unit.Now);
        }, ct);
    }

    static bool Keeps(Actor actor) => actor.OrganisationKind == OrganisationKind.ClinicGroup && actor.Has(Role.ClinicManager);

    sealed record Standing(string SavedBy, DateTimeOffset SavedAt);

    const string List = """
        select payer.id as organisation_id, payer.name, coalesce(terms.answer_days, @usual) as answer_days, coalesce(terms.deemed_approval, false) as deemed_approval, coalesce(terms.charges_missed, false) as charges_missed,
               terms.note, person.display_name as saved_by, terms.saved_at, coalesce(terms.version, 0) as version
        from organisation payer
        left join payer_terms terms on terms.organisation_id = payer.id
        left join portal_user person on person.id = terms.saved_by
        where payer.kind = 'funder' and payer.disabled_at is null
        order by payer.name, payer.id
        """;

    const string Keep = """
        insert into payer_terms (organisation_id, answer_days, deemed_approval, charges_missed, note, saved_by, saved_at)
        select @organisation, @days, @deemedApproval, @chargesMissed, @note, @by, @now
        where @version = coalesce((select version from payer_terms where organisation_id = @organisation), 0)
        on conflict (organisation_id) do update set
            answer_days = excluded.answer_days, deemed_approval = excluded.deemed_approval, charges_missed = excluded.charges_missed, note = excluded.note,
            saved_by = excluded.saved_by, saved_at = excluded.saved_at, version = payer_terms.version + 1
            where payer_terms.version = @version
        returning version
        """;

    const string Stands = "select person.display_name as saved_by, terms.saved_at from payer_terms terms join portal_user person on person.id = terms.saved_by where terms.organisation_id = @organisation";
}
