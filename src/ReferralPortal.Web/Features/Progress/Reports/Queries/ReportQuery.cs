using ReferralPortal.Domain.Organisations;
using ReferralPortal.Domain.Progress;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Progress.Reports.Queries;

/// <summary>What a reader asked about a report, and what became of it.</summary>
/// <param name="State"><c>open</c>, <c>answered</c> in words, or <c>corrected</c> by an amendment.</param>
/// <param name="CorrectionId">The amendment that is being written, or was signed, because of it.</param>
/// <param name="CorrectionReleased">The reader may open it.</param>
public sealed record ReportQuery(
    Guid Id, string Part, string Question, string AskedByName, string Organisation, DateTimeOffset AskedAt, DateTimeOffset DueAt, string State,
    string? Answer, string? AnsweredByName, DateTimeOffset? AnsweredAt, Guid? CorrectionId, bool CorrectionReleased, int Version);

/// <summary>The queries of one report: all of them for the clinic, those of one's own organisation for everybody else, who have seen their answers then.</summary>
public sealed class ListQueries(PortalDatabase database)
{
    public async Task<IReadOnlyList<ReportQuery>> Handle(Actor actor, Guid reportId, CancellationToken ct) => !actor.ReadsReferrals() ? [] : await database.View(actor, async unit =>
    {
        if (!actor.IsClinic) await unit.Run(Seen, new { reportId, person = actor.UserId, at = unit.Now });
        return await unit.Many<ReportQuery>(OfReport, new { reportId, actor.OrganisationId, clinic = actor.IsClinic });
    }, ct);

    const string Seen = "update report_read set questions_seen_at = @at where report_id = @reportId and person_id = @person";

    const string OfReport = """
        select query.id, query.part, query.question, query.asked_by_name, o.name as organisation, query.asked_at, query.due_at, query.state,
               query.answer, query.answered_by_name, query.answered_at, query.correction_id, correction.released_at is not null as correction_released, query.version
        from report_query query
        join organisation o on o.id = query.organisation_id
        left join report correction on correction.id = query.correction_id
        where query.report_id = @reportId and (query.organisation_id = @organisationId or @clinic)
            and exists (select from referral_party mine where mine.referral_id = query.referral_id and mine.organisation_id = @organisationId)
        order by query.asked_at, query.id
        """;
}

/// <summary>A reader asks the author about a part of a report that is theirs to read. The author is told, and has a promised time to answer.</summary>
public sealed class AskAboutReport(PortalDatabase database, CatalogueStore catalogue)
{
    /// <param name="Key">The query's id, made by the page: asked once, however often it is sent.</param>
    public sealed record Command(Guid Key, Guid Report, string Part, string Question);

    public async Task<Outcome<Guid>> Handle(Actor actor, Command command, CancellationToken ct)
    {
        if (!actor.ReadsReferrals() || actor.IsClinic) return Outcome.Missing;
        var question = command.Question.Trim();
        if (question.Length is 0 or > 2000) return Outcome.Invalid("Question", "Write your question, in up to 2,000 characters");
        var content = await catalogue.Get(ct);

        return await database.Write<Guid>(actor, async unit =>
        {
            var report = await unit.One<Asked>(OneReport, new { command.Report, actor.OrganisationId });
            if (report is null || ReportAudiences.Of(report.MyRoles.Select(role => Domain.EnumText.Parse<PartyRole>(role)), actor.OrganisationKind) is not { } audience) return Outcome.Missing;
            if (!ReportAudiences.Parts(audience, report.Kind).Any(part => part.Key == command.Part))
                return ReportAudiences.Reads(audience, report.Kind) ? Outcome.Invalid("Part", "Choose the part that you ask about") : Outcome.Missing;
            if (report.State == "superseded") return Outcome.Refused("A later version of this report is signed. Please look at that one, and ask there.");

            var clock = ReferralClock.On(content).For(report.ReferringOrganisationId);
            var added = await unit.Run(Insert, new
            {
                command.Key, command.Report, report.ReferralId, command.Part, question, askedBy = actor.UserId, name = actor.DisplayName, actor.OrganisationId, at = unit.Now,
                due = clock.TargetClock.AfterWorkingDays(unit.Now, clock.AgreementAt(unit.Now).ReportQueryDays),
            });
            if (added == 0) return command.Key;
            unit.Audit(AuditAction.AskAboutReport, report.ReferralId, command.Report, new { query = command.Key, part = command.Part });
            unit.Queue(new ReportAskedAbout(report.ReferralId, command.Key, report.AuthorId), report.ReferralId);
            return command.Key;
        }, ct);
    }

    // Dapper fits constructors by the reader's types, and does not know an array there.
    sealed record Asked
    {
        public Guid ReferralId { get; init; }
        public Coded<ReportKind> Kind { get; init; }
        public string State { get; init; } = "";
        public Guid AuthorId { get; init; }
        public Guid ReferringOrganisationId { get; init; }
        public string[] MyRoles { get; init; } = [];
    }

    const string OneReport = """
        select report.referral_id, report.kind, report.state, report.author_id, r.referring_organisation_id, mine.my_roles
        from report
        join referral r on r.id = report.referral_id
        cross join lateral (
            select array_agg(party.role) as my_roles from referral_party party
            where party.referral_id = r.id and party.organisation_id = @organisationId) mine
        where report.id = @report and report.state in ('signed', 'superseded') and report.released_at is not null and mine.my_roles is not null
        """;

    const string Insert = """
        insert into report_query (id, report_id, referral_id, part, question, asked_by, asked_by_name, organisation_id, asked_at, due_at, created_at)
        values (@key, @report, @referralId, @part, @question, @askedBy, @name, @organisationId, @at, @due, @at)
        on conflict (id) do nothing
        """;
}

/// <summary>The report's author answers a query in words, or begins the amendment that corrects what was asked about. The asker is told of the answer, or of the amendment when it is released.</summary>
public sealed class AnswerQuery(PortalDatabase database)
{
    /// <summary>Answers in words.</summary>
    public async Task<Outcome<Guid>> Answer(Actor actor, Guid queryId, int version, string words, CancellationToken ct)
    {
        if (!WriteReport.Writes(actor)) return Outcome.Missing;
        var answer = words.Trim();
        if (answer.Length is 0 or > 4000) return Outcome.Invalid($"Answer.{queryId}", "Write your answer, in up to 4,000 characters");
        return await Settle(actor, queryId, version, async (unit, query) =>
        {
            await unit.Run(Answered, new { queryId, answer, at = unit.Now, me = actor.UserId, name = actor.DisplayName });
            unit.Audit(AuditAction.AnswerReportQuery, query.ReferralId, query.ReportId, new { query = queryId });
            unit.Queue(new ReportQueryAnswered(query.ReferralId, queryId, query.AskedBy), query.ReferralId);
            return queryId;
        }, ct);
    }

    /// <summary>Begins an amendment because of it, or joins the one that is being written; returns the draft to write in.</summary>
    public Task<Outcome<Guid>> Correct(Actor actor, Guid key, Guid queryId, int version, CancellationToken ct) => Settle(actor, queryId, version, async (unit, query) =>
    {
        var amendment = await AmendReport.Begin(unit, key, query.ReportId, $"A reader asked about “{Heading(query)}”.");
        if (amendment.IsDone) await unit.Run("update report_query set correction_id = @draft, version = version + 1 where id = @queryId", new { queryId, draft = amendment.Value });
        return amendment;
    }, ct);

    async Task<Outcome<Guid>> Settle(Actor actor, Guid queryId, int version, Func<PortalUnit, Asked, Task<Outcome<Guid>>> how, CancellationToken ct)
    {
        if (!WriteReport.Writes(actor)) return Outcome.Missing;
        return await database.Write<Guid>(actor, async unit =>
        {
            // The referral's row first, as everywhere.
            await unit.Many<Guid>("select id from referral where id = (select referral_id from report_query where id = @queryId) for update", new { queryId });
            if (await unit.One<Asked>(OneQuery, new { queryId, actor.OrganisationId }) is not { } query) return Outcome.Missing;
            if (!ReportRules.MayAnswerFor(query.AuthorId == actor.UserId && actor.Has(Role.Clinician), actor.Has(Role.ClinicManager), query.AuthorHasLeft)) return Outcome.Refused("The report’s author answers.");
            if (query.State != "open" || query.Version != version) return Outcome.Conflict(query.AnsweredByName ?? "You", "dealt with this question", query.AnsweredAt ?? unit.Now);
            return await how(unit, query);
        }, ct);
    }

    static string Heading(Asked query) => ReportForms.Of(query.Kind).FirstOrDefault(part => part.Key == query.Part)?.Heading ?? ReportForms.Name(query.Kind);

    sealed record Asked(Guid ReferralId, Guid ReportId, Coded<ReportKind> Kind, string Part, Guid AskedBy, string State, int Version, string? AnsweredByName, DateTimeOffset? AnsweredAt, Guid AuthorId, bool AuthorHasLeft);

    const string OneQuery = """
        select query.referral_id, query.report_id, report.kind, query.part, query.asked_by, query.state, query.version, query.answered_by_name, query.answered_at, report.author_id,
               author.disabled_at is not null or not 'clinician' = any (author.roles) as author_has_left
        from report_query query
        join report on report.id = query.report_id
        join referral r on r.id = query.referral_id
        join portal_user author on author.id = report.author_id
        where query.id = @queryId and @organisationId = any (r.readers)
        for update of query
        """;

    const string Answered = """
        update report_query set state = 'answered', answer = @answer, answered_at = @at, answered_by = @me, answered_by_name = @name, version = version + 1 where id = @queryId
        """;
}

/// <summary>A reader asked about a report: its author is told.</summary>
public sealed record ReportAskedAbout(Guid ReferralId, Guid QueryId, Guid AuthorId);

/// <summary>A query was answered, or the report corrected because of it: who asked is told.</summary>
public sealed record ReportQueryAnswered(Guid ReferralId, Guid QueryId, Guid AskedBy);
