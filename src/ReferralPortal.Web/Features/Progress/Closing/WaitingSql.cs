namespace ReferralPortal.Web.Features.Progress.Closing;

/// <summary>What waits for the reader's organisation: an answer that the clinic asked for, or a discharge report to acknowledge. One place for every list that shows it.</summary>
static class WaitingSql
{
    /// <summary>
    /// Rows <c>(referral_id, submitted_at, what)</c>, <c>what</c> being <c>answer</c> or <c>acknowledge</c>; each part is one range of the parties' index. Asks for <c>@organisationId</c> and
    /// <c>@refers</c>.
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
        """;
}
