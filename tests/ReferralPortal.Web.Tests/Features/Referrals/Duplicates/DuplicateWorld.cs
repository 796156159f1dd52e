using Dapper;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Referrals.Duplicates;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Tests.Features.Referrals.Duplicates;

/// <summary>Patients who are nobody else's in a test's database, and referrals of them.</summary>
static class DuplicateWorld
{
    static int last;

    /// <summary>A patient like no other: every fact is this one's alone.</summary>
    internal static PatientFacts Somebody()
    {
        var number = Interlocked.Increment(ref last);
        var letters = string.Concat(number.ToString("0000", System.Globalization.CultureInfo.InvariantCulture).Select(digit => (char)('a' + digit - '0')));
        return new PatientFacts("Wil" + letters, "Hartley" + letters, new DateOnly(1950, 1, 1).AddDays(number * 400), $"{7_000_000_000 + number}", $"M{number % 90 + 1} {number / 90 % 9 + 1}QQ", new DateOnly(2025, 1, 1).AddDays(number));
    }

    /// <summary>A referral of this patient, without a red flag.</summary>
    internal static async Task<TestReferral> Refer(this PortalTestDatabase database, PatientFacts patient, string referrer = People.Solicitor, ReferralState state = ReferralState.InTriage, params (string Person, PartyRole Role)[] others)
    {
        var referral = await database.AddReferral(referrer, state, givenName: patient.GivenName, familyName: patient.FamilyName, redFlag: null, others: others);
        await using var connection = await database.Owner();
        await connection.ExecuteAsync("""
            update patient set date_of_birth = @DateOfBirth, nhs_number = @NhsNumber, postcode = coalesce(@Postcode, 'SK1 3XE') where id = @Id;
            update referral set incident_date = @IncidentDate where id = @Id;
            """, new { referral.Id, patient.DateOfBirth, patient.NhsNumber, patient.Postcode, patient.IncidentDate });
        return referral;
    }

    internal static async Task<IReadOnlyList<Guid>> Found(this FindOwnReferrals search, Actor actor, PatientFacts typed, params Guid[] somebodyElse) =>
        [.. (await search.Handle(actor, typed, somebodyElse.ToHashSet(), CancellationToken.None)).Select(referral => referral.Id)];
}
