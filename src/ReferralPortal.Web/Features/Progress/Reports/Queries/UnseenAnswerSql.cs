namespace ReferralPortal.Web.Features.Progress.Reports.Queries;

/// <summary>Answers that the reader asked for and has not looked at: given in words, or by the version that corrects the report. Opening the report that holds the answer ends it.</summary>
static class UnseenAnswerSql
{
    /// <summary>Rows <c>(referral_id, submitted_at, report_id, answered_at)</c>, the report being the one to open. Asks for <c>@organisationId</c> and <c>@person</c>.</summary>
    internal const string Rows = """
        select query.referral_id, asked.submitted_at, holds.report_id, query.answered_at
        from report_query query
        join referral asked on asked.id = query.referral_id and @organisationId = any (asked.readers)
        cross join lateral (select case query.state when 'corrected' then query.correction_id else query.report_id end as report_id) holds
        where query.asked_by = @person and query.organisation_id = @organisationId and query.state <> 'open'
            and not exists (select from report_read seen where seen.report_id = holds.report_id and seen.person_id = @person and seen.questions_seen_at >= query.answered_at)
        """;
}
