namespace ReferralPortal.Web.Features.Progress.Closing;

/// <summary>Which report ends the course of treatment that a referral is in: the signed discharge report of this course, and not of one before the referral was reopened.</summary>
static class DischargeReportSql
{
    /// <summary>A lateral join to at most one row <c>ended (id, signed_at)</c> for the referral <c>r</c>.</summary>
    internal const string Lateral = $"""
        left join lateral (
            select d.id, d.signed_at from report d
            where d.referral_id = r.id and {Ends}
            order by d.signed_at desc, d.id limit 1) ended on true
        """;

    /// <summary>Whether the report <c>d</c> ends the present course of the referral <c>r</c>.</summary>
    internal const string Ends = "d.kind = 'discharge' and d.state = 'signed' and d.released_at is not null and (r.reopened_at is null or d.signed_at > r.reopened_at)";

    /// <summary>Whether nobody of the reader's organisation has acknowledged the report that <see cref="Lateral"/> found.</summary>
    internal const string UnseenByReader = """
        ended.id is not null
            and not exists (select from report_acknowledgement seen where seen.report_id = ended.id and seen.organisation_id = @organisationId)
        """;
}
