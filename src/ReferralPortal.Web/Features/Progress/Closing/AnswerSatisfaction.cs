using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Features.Referrals.Submit;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Progress.Closing;

/// <summary>What the reader's organisation said of a referral; no score where it has not been asked yet or did not answer.</summary>
public sealed record Satisfaction(int? Score, string? Words);

/// <summary>
/// The one question to the referrer once treatment has ended: how well the clinic did, from 1 to 5, and words where it likes. Once a referral; the clinic's manager reads
/// it by organisation, and nobody else does.
/// </summary>
public sealed class AnswerSatisfaction(PortalDatabase database)
{
    /// <summary>The most that may be written.</summary>
    public const int LongestWords = 1000;

    /// <param name="Referral">Which.</param>
    /// <param name="Score">From 1, very badly, to 5, very well; required.</param>
    /// <param name="Words">May be empty.</param>
    public sealed record Command(Guid Referral, int? Score, string Words);

    /// <summary>What was answered; missing for anybody whom the question is not for.</summary>
    public async Task<Outcome<Satisfaction>> Read(Actor actor, Guid referralId, CancellationToken ct)
    {
        if (!actor.MayRefer) return Outcome.Missing;
        return await database.Read<Outcome<Satisfaction>>(actor, async unit =>
            await unit.One<Row>(Asked, new { referralId, organisationId = actor.OrganisationId }) is { Ended: true } row ? new Satisfaction(row.Score, row.Words) : Outcome.Missing, ct);
    }

    /// <summary>Keeps the answer. Given twice the first one stands.</summary>
    public async Task<Outcome<Satisfaction>> Handle(Actor actor, Command command, CancellationToken ct)
    {
        if (!actor.MayRefer) return Outcome.Missing;
        if (command.Score is not (>= 1 and <= 5)) return Outcome.Invalid("Satisfaction", "Choose a number from 1 to 5");
        if (command.Words.Length > LongestWords) return Outcome.Invalid("SatisfactionWords", $"Use {LongestWords:N0} characters or fewer");

        return await database.Write<Satisfaction>(actor, async unit =>
        {
            var asked = new { referralId = command.Referral, organisationId = actor.OrganisationId };
            if (await unit.One<Row>(Asked, asked) is not { } row) return Outcome.Missing;
            if (!row.Ended) return Outcome.Refused("Treatment has not ended yet.");
            if (row.Score is not null) return new Satisfaction(row.Score, row.Words);

            var words = TypedText.Storable(command.Words)?.Trim() is { Length: > 0 } typed ? typed : null;
            if (await unit.Run(Keep, new { id = Guid.CreateVersion7(unit.Now), asked.referralId, asked.organisationId, personId = actor.UserId, command.Score, words, at = unit.Now }) > 0)
                unit.Audit(AuditAction.AnswerSatisfaction, command.Referral);
            return new Satisfaction(command.Score, words);
        }, ct);
    }

    sealed record Row(Guid Id, bool Ended, int? Score, string? Words);

    const string Asked = """
        select r.id, r.state in ('discharged', 'closed') as ended, answer.score, answer.words
        from referral r
        left join satisfaction_answer answer on answer.referral_id = r.id and answer.organisation_id = @organisationId
        where r.id = @referralId and r.referring_organisation_id = @organisationId and @organisationId = any (r.readers)
        """;

    const string Keep = """
        insert into satisfaction_answer (id, referral_id, organisation_id, person_id, score, words, answered_at)
        values (@id, @referralId, @organisationId, @personId, @score, @words, @at)
        on conflict (organisation_id, referral_id) do nothing
        """;
}
