using ReferralPortal.Domain.Patients;
using ReferralPortal.Domain.Referrals;

namespace ReferralPortal.Web.Features.Referrals.Duplicates;

/// <summary>The facts of a stored referral by which it is compared with another.</summary>
sealed record ComparedFacts(
    Guid Id, string Reference, DateTimeOffset SubmittedAt, string State, string GivenName, string FamilyName, DateOnly DateOfBirth, string? NhsNumber, string? Postcode, DateOnly? IncidentDate, string[] MyRoles)
{
    public PatientFacts Patient => new(GivenName, FamilyName, DateOfBirth, NhsNumber, Postcode, IncidentDate);
}

/// <summary>Finds the referrals that are worth comparing with a patient; whether they are alike is for <see cref="DuplicateRules"/> to say.</summary>
static class DuplicateSearch
{
    /// <summary>Whether enough is known to look at all.</summary>
    internal static bool IsWorthIt(this PatientFacts facts) =>
        facts.NhsNumber is not null
        || (facts.GivenName.Length + facts.FamilyName.Length > 1 && ((facts.DateOfBirth is not null && facts.Postcode is not null) || facts.IncidentDate is not null));

    internal static object Asked(PatientFacts facts, Guid organisationId, Guid? except = null) => new
    {
        organisationId,
        except,
        nhsNumber = facts.NhsNumber,
        postcode = facts.Postcode,
        births = facts.DateOfBirth is { } born && facts.Postcode is not null ? BirthDates.Like(born).ToArray() : [],
        incidentDate = facts.IncidentDate,
        most = Most,
    };

    // On one day of incidents a clinic group has some dozens of referrals; a date that somebody uses for "not known" must not read all of them.
    const int Most = 5000;

    // Equal values only: see 0080_duplicates.sql. The caller adds who may read.
    internal const string Candidates = """
        with candidate as (
            select r.id from patient p join referral r on r.patient_id = p.id where p.nhs_number = @nhsNumber
            union
            select r.id from patient p join referral r on r.patient_id = p.id where p.postcode = @postcode and p.date_of_birth = any (@births)
            union
            (select r.id from referral r where r.incident_date = @incidentDate order by r.submitted_at desc limit @most))
        select r.id, r.reference, r.submitted_at, r.state, p.given_name, p.family_name, p.date_of_birth, p.nhs_number, p.postcode, r.incident_date, mine.my_roles
        from candidate
        join referral r on r.id = candidate.id
        join patient p on p.id = r.patient_id
        cross join lateral (
            select array_agg(party.role) as my_roles from referral_party party
            where party.referral_id = r.id and party.organisation_id = @organisationId) mine
        where mine.my_roles is not null and r.id is distinct from @except
        """;
}
