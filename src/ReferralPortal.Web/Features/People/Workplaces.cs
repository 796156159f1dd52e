namespace ReferralPortal.Web.Features.People;

/// <summary>Where a clinician works, now or from a later day on: the part of a query that other features add to theirs.</summary>
static class Workplaces
{
    /// <summary>The clinics' ids, of the <c>portal_user</c> in the query around it.</summary>
    internal const string Of = """
        array(select distinct pattern.clinic_id from working_pattern pattern
              where pattern.clinician_id = portal_user.id and (pattern.valid_until is null or pattern.valid_until >= current_date))
        """;
}
