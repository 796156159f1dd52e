using ReferralPortal.Web.Features.Progress.Reports.Queries;

namespace ReferralPortal.Web.Features.Progress.Closing;

/// <summary>
/// What waits for the reader's organisation: an answer that the clinic asked for, or a discharge report to acknowledge; and for the reader in person, the answer to a question about a
/// report. One place for every list that shows it.
/// </summary>
static class WaitingSql
{
    /// <summary>
    /// Rows <c>(referral_id, submitted_at, what)</c>, <c>what</c> being <c>answer</c>, <c>acknowledge</c> or <c>read</c>; each part is one range of an index. Asks for <c>@organisationId</c>,
    /// <c>@refers</c> and <c>@person</c>.
    /// </summary>
    internal const string Rows = $"""
        select party.referral_id, party.submitted_at, 'answer' as what
        from referral_party party
        where @refers and party.organisation_id = @organisationId and party.state = 'information_requested' and party.role = 'referrer'
        union
        select party.referral_id, party.submitted_at, 'acknowledge'
        from referral_party party
        join referral r on r.id = party.referral_id
        {DischargeReportSql.Lateral}
        where party.organisation_id = @organisationId and party.state = 'discharged' and party.role in ('referrer', 'case_manager') and {DischargeReportSql.UnseenByReader}
        union
        select unseen.referral_id, unseen.submitted_at, 'read' from ({UnseenAnswerSql.Rows}) unseen
        """;
}
