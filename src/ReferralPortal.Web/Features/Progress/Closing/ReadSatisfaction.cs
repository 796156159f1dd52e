using ReferralPortal.Web.Features.Dashboard;
using ReferralPortal.Web.Features.Referrals.List;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Progress.Closing;

/// <summary>What referrers answered in a period: how many, the mean, and how many gave each score.</summary>
public sealed record SatisfactionFigures(int Answers, decimal? Mean, int Ones, int Twos, int Threes, int Fours, int Fives)
{
    /// <summary>How many gave a score, the best first.</summary>
    public IReadOnlyList<(int Score, int Answers)> ByScore => [(5, Fives), (4, Fours), (3, Threes), (2, Twos), (1, Ones)];
}

/// <summary>One answer, by organisation: not whose patient it was.</summary>
public sealed record SatisfactionWords(Guid Id, string Organisation, int Score, string? Words, DateTimeOffset AnsweredAt);

/// <summary>What referrers say of the clinic, for its manager: the figure on the dashboard and the words behind it. Neither a patient nor a referral is named.</summary>
public sealed class ReadSatisfaction(PortalDatabase database)
{
    /// <summary>Answers a page.</summary>
    public const int PageSize = 25;

    /// <summary>A page of answers, the newest first; the next one begins behind <paramref name="Next"/>.</summary>
    public sealed record Page(SatisfactionFigures Figures, IReadOnlyList<SatisfactionWords> Rows, PagePlace? Next);

    /// <summary>The figure alone.</summary>
    public async Task<Outcome<SatisfactionFigures>> Figure(Actor actor, DashboardFilter filter, CancellationToken ct)
    {
        if (!actor.ReadsFigures()) return Outcome.Missing;
        return await database.Read<Outcome<SatisfactionFigures>>(actor, async unit => (await unit.One<SatisfactionFigures>(Count, Asked(unit, filter, null)))!, ct);
    }

    /// <summary>The figure and the words, by organisation.</summary>
    public async Task<Outcome<Page>> Handle(Actor actor, DashboardFilter filter, PagePlace? after, CancellationToken ct)
    {
        if (!actor.ReadsFigures()) return Outcome.Missing;
        return await database.View<Outcome<Page>>(actor, async unit =>
        {
            await using var sets = await unit.Results($"{Count};\n{Words}", Asked(unit, filter, after));
            var figures = await sets.ReadSingleAsync<SatisfactionFigures>();
            var rows = (await sets.ReadAsync<SatisfactionWords>()).ToList();
            unit.Audit(AuditAction.ViewSatisfaction);
            var shown = rows.Take(PageSize).ToList();
            return new Page(figures, shown, rows.Count > PageSize ? new(shown[^1].AnsweredAt, shown[^1].Id) : null);
        }, ct);
    }

    static object Asked(PortalUnit unit, DashboardFilter filter, PagePlace? after)
    {
        var (from, until) = filter.Instants(Domain.LondonTime.DateOf(unit.Now));
        return new { from, until, sender = filter.Organisation, clinic = filter.Clinic, filter.NoClinic, organisationId = unit.Actor.OrganisationId, afterAt = after?.SubmittedAt, afterId = after?.Id, rows = PageSize + 1 };
    }

    const string Found = """
        from satisfaction_answer answer
        join referral r on r.id = answer.referral_id and @organisationId = any (r.readers)
        join organisation o on o.id = answer.organisation_id
        where answer.answered_at >= @from and answer.answered_at < @until
            and (@sender::uuid is null or answer.organisation_id = @sender)
            and (@clinic::uuid is null or r.clinic_id = @clinic) and (not @noClinic or r.clinic_id is null)
        """;

    const string Count = $"""
        select count(*)::int as answers, avg(answer.score) as mean,
               (count(*) filter (where answer.score = 1))::int as ones, (count(*) filter (where answer.score = 2))::int as twos, (count(*) filter (where answer.score = 3))::int as threes,
               (count(*) filter (where answer.score = 4))::int as fours, (count(*) filter (where answer.score = 5))::int as fives
        {Found}
        """;

    const string Words = $"""
        select answer.id, o.name as organisation, answer.score, answer.words, answer.answered_at
        {Found}
            and (@afterAt::timestamptz is null or (answer.answered_at, answer.id) < (@afterAt, @afterId::uuid))
        order by answer.answered_at desc, answer.id desc
        limit @rows
        """;
}
