using Dapper;
using ReferralPortal.Domain.Progress;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Platform.Security;
using ReferralPortal.Web.Platform.SignIn;

namespace ReferralPortal.Web.Features.Progress.Measures.Questionnaires;

/// <summary>One measure as the patient is asked it: initials, the clinic's telephone, and nothing else that says whose it is.</summary>
/// <param name="Initials">"M. O."</param>
/// <param name="ClinicPhone">The telephone of the clinic that treats the patient.</param>
/// <param name="Measure">What is asked now.</param>
/// <param name="Number">From 1.</param>
/// <param name="Of">How many measures the questionnaire has.</param>
/// <param name="Names">The activities that the patient named before; empty for a measure without.</param>
public sealed record PatientPage(string Initials, string ClinicPhone, Measure Measure, int Number, int Of, IReadOnlyList<string> Names);

/// <summary>What came of sending one measure: what is asked next, and whether the patient is to be told whom to ring.</summary>
/// <param name="Next">Null after the last one: the link has done its work.</param>
/// <param name="Alert">What the answers ask for.</param>
/// <param name="ClinicPhone">For what is said then.</param>
public sealed record MeasureAnswered(PatientPage? Next, MeasureAlert Alert, string ClinicPhone);

/// <summary>
/// Lets a patient without an account answer what a secret link opens, measure by measure: each is stored as it is sent, and the last one ends the link. A used,
/// an expired, a revoked and a made-up secret answer alike. Runs as the portal's own account, on the one questionnaire behind the secret.
/// </summary>
public sealed class AnswerQuestionnaire(PortalDatabase database, PortalDataSources sources, CatalogueStore catalogue, TimeProvider clock)
{
    /// <summary>What is asked first, or next.</summary>
    public async Task<Outcome<PatientPage>> Open(string secret, CancellationToken ct)
    {
        if (await Behind(secret, ct) is not { } id) return Outcome.Missing;
        var content = await catalogue.Get(ct);
        return await database.Write<PatientPage>(await CurrentActor.Load(sources, Actor.SystemUserId, ct), async unit =>
        {
            if (await unit.One<Row>(Hold, new { id, now = unit.Now }) is not { } row || row.Next(content) is not { } next) return Outcome.Missing;
            if (row.OpenedAt is null)
            {
                await unit.Run("update questionnaire set opened_at = @at, version = version + 1 where id = @id", new { id, at = unit.Now });
                unit.Audit(AuditAction.OpenQuestionnaire, row.ReferralId, id);
            }
            return await Page(unit, row, next);
        }, ct);
    }

    /// <summary>Stores what the patient answered to one measure. One that is answered already is passed over, so that sending it twice does nothing more.</summary>
    public async Task<Outcome<MeasureAnswered>> Answer(string secret, string measureKey, MeasureForm form, CancellationToken ct)
    {
        if (await Behind(secret, ct) is not { } id) return Outcome.Missing;
        var content = await catalogue.Get(ct);
        return await database.Write<MeasureAnswered>(await CurrentActor.Load(sources, Actor.SystemUserId, ct), async unit =>
        {
            if (await unit.One<Row>(Hold, new { id, now = unit.Now }) is not { } row) return Outcome.Missing;
            var alert = MeasureAlert.None;
            if (!row.Done.Contains(measureKey))
            {
                if (row.Next(content) is not { } measure || measure.Key != measureKey) return Outcome.Missing;
                if (form.Check(measure) is { Count: > 0 } errors) return Outcome.Invalid(errors);
                var entry = MeasureEntry.Of(Guid.CreateVersion7(unit.Now), row.ReferralId, unit.Now, measure, form) with { Questionnaire = id };
                await entry.Store(unit);
                alert = entry.Score.Alert;
                row = row with { Done = [.. row.Done, measureKey] };
                unit.Audit(AuditAction.AnswerQuestionnaire, row.ReferralId, id, new { measure = measureKey, entry.Score.Answered });
            }
            if (row.Next(content) is { } next) return new MeasureAnswered(await Page(unit, row, next), alert, row.Phone);
            await unit.Run("update questionnaire set answered_at = @at, opened_at = coalesce(opened_at, @at), version = version + 1 where id = @id", new { id, at = unit.Now });
            return new MeasureAnswered(null, alert, row.Phone);
        }, ct);
    }

    async Task<Guid?> Behind(string secret, CancellationToken ct)
    {
        if (LinkSecret.Hash(secret) is not { } hash) return null;
        await using var connection = await sources.Writing.OpenConnectionAsync(ct);
        return await connection.ExecuteScalarAsync<Guid?>(new CommandDefinition("select portal.questionnaire_behind(@hash, @now)", new { hash, now = clock.GetUtcNow() }, cancellationToken: ct));
    }

    static async Task<PatientPage> Page(PortalUnit unit, Row row, Measure measure)
    {
        IReadOnlyList<string> names = measure.Wording().Any(item => item.Named) ? (await unit.One<Named>(LastNames, new { row.ReferralId, measure.Key }))?.Names ?? [] : [];
        return new PatientPage(row.Initials, row.Phone, measure, Array.IndexOf(row.Measures, measure.Key) + 1, row.Measures.Length, names);
    }

    sealed record Named
    {
        public string[] Names { get; init; } = [];
    }

    sealed record Row
    {
        public required Guid ReferralId { get; init; }
        public string[] Measures { get; init; } = [];
        public string[] Done { get; init; } = [];
        public DateTimeOffset? OpenedAt { get; init; }
        public required string Initials { get; init; }
        public required string Phone { get; init; }

        /// <summary>The first measure without an answer; null after the last. One whose wording the clinic has taken away since is not asked.</summary>
        internal Measure? Next(CatalogueContent content) => Measures.Except(Done).Select(key => content.Measures.FirstOrDefault(measure => measure.Key == key && measure.IsWorded())).FirstOrDefault(measure => measure is not null);
    }

    // Held, so that of eight windows that send at once one is first.
    const string Hold = """
        select q.referral_id, q.measures, q.opened_at, left(p.given_name, 1) || '. ' || left(p.family_name, 1) || '.' as initials, coalesce(clinic.phone, settings.phone) as phone,
               array(select entry.measure_key from outcome_entry entry where entry.questionnaire_id = q.id) as done
        from questionnaire q
        join referral r on r.id = q.referral_id
        join patient p on p.id = r.patient_id
        cross join clinic_group_settings settings
        left join clinic on clinic.id = r.clinic_id
        where q.id = @id and q.answered_at is null and q.revoked_at is null and q.expires_at > @now
        for update of q
        """;

    const string LastNames = """
        select behind.names from outcome_score standing join outcome_answer behind on behind.entry_id = standing.id
        where standing.referral_id = @ReferralId and standing.measure_key = @Key and cardinality(behind.names) > 0
        order by standing.taken_at desc, standing.id desc limit 1
        """;
}
