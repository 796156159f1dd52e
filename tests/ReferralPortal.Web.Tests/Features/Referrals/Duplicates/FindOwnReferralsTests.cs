using Dapper;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Referrals.Duplicates;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Tests.Features.Triaging;
using Xunit;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Referrals.Duplicates;

/// <summary>What a referrer is told while typing: its own, and nothing of anybody else's.</summary>
public sealed class FindOwnReferralsTests(PortalTestDatabase database) : IClassFixture<PortalTestDatabase>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    FindOwnReferrals Search => new(database.Database);

    [Fact]
    public async Task Each_of_the_three_ways_in_which_a_patient_is_the_same_finds_the_referral()
    {
        var patient = DuplicateWorld.Somebody();
        var referral = await database.Refer(patient);
        var solicitor = await database.Actor(Solicitor);
        var nobody = DuplicateWorld.Somebody() with { NhsNumber = null, IncidentDate = null };

        Assert.Equal([referral.Id], await Search.Found(solicitor, nobody with { NhsNumber = patient.NhsNumber }));
        Assert.Equal([referral.Id], await Search.Found(solicitor, patient with { NhsNumber = null, IncidentDate = null, FamilyName = patient.FamilyName.ToUpperInvariant()[1..] }));
        Assert.Equal([referral.Id], await Search.Found(solicitor, patient with { NhsNumber = null, IncidentDate = null, DateOfBirth = patient.DateOfBirth!.Value.AddYears(-10) }));
        Assert.Equal([referral.Id], await Search.Found(solicitor, patient with { NhsNumber = null, DateOfBirth = null, Postcode = null }));
        Assert.Empty(await Search.Found(solicitor, nobody));
        Assert.Empty(await Search.Found(solicitor, patient with { NhsNumber = null, IncidentDate = null, Postcode = nobody.Postcode }));
    }

    [Fact]
    public async Task It_says_which_and_how_it_stands()
    {
        var patient = DuplicateWorld.Somebody();
        var referral = await database.Refer(patient, state: ReferralState.InTreatment);
        var found = Assert.Single(await Search.Handle(await database.Actor(Partner), patient, new HashSet<Guid>(), Ct));
        Assert.Equal((referral.Reference, ReferralState.InTreatment, true), (found.Reference, found.State, found.SentByUs));
        Assert.Equal("Same NHS number", found.Reasons[0]);
        Assert.Equal(1, await database.Ask<int>("select count(*)::int from audit_entry where action = 'find_own_referrals' and detail::text like '%' || @id || '%'", new { id = referral.Id.ToString() }));
    }

    [Fact]
    public async Task Of_a_referral_that_is_somebody_else_s_it_does_not_ask_again()
    {
        var patient = DuplicateWorld.Somebody();
        var (first, second) = (await database.Refer(patient), await database.Refer(patient));
        Assert.Equal([second.Id], await Search.Found(await database.Actor(Solicitor), patient, first.Id));
        Assert.Empty(await Search.Found(await database.Actor(Solicitor), patient, first.Id, second.Id));
    }

    [Fact]
    public async Task Another_firm_s_referral_answers_exactly_as_none_does()
    {
        var (known, unknown) = (DuplicateWorld.Somebody(), DuplicateWorld.Somebody());
        await database.Refer(known);
        foreach (var person in (string[])[Stranger, CaseManager, Intermediary, Health, Employer])
        {
            var actor = await database.Actor(person);
            Task<int> Noted() => database.Ask<int>("select count(*)::int from audit_entry where action = 'find_own_referrals' and actor_id = @UserId", new { actor.UserId });
            var before = await Noted();
            Assert.Equal(await Search.Found(actor, unknown), await Search.Found(actor, known));
            Assert.Equal(before, await Noted());
        }
    }

    [Fact]
    public async Task A_case_manager_on_the_referral_is_told_and_an_employer_who_is_shown_no_address_is_not()
    {
        var patient = DuplicateWorld.Somebody();
        var referral = await database.Refer(patient, others: [(CaseManager, PartyRole.CaseManager), (Employer, PartyRole.InstructingParty)]);
        Assert.Equal([referral.Id], await Search.Found(await database.Actor(CaseManager), patient));
        Assert.False(Assert.Single(await Search.Handle(await database.Actor(CaseManager), patient, new HashSet<Guid>(), Ct)).SentByUs);
        Assert.Empty(await Search.Found(await database.Actor(Employer), patient));
    }

    [Theory, InlineData(Triage), InlineData(Clinician), InlineData(Lead), InlineData(Funder), InlineData(Auditor)]
    public async Task It_is_for_those_who_refer(string person)
    {
        var patient = DuplicateWorld.Somebody();
        await database.Refer(patient, others: [(Funder, PartyRole.Funder)]);
        Assert.Empty(await Search.Found(await database.Actor(person), patient));
    }

    [Fact]
    public async Task Each_of_the_two_walls_holds_alone()
    {
        var patient = DuplicateWorld.Somebody();
        var referral = await database.Refer(patient);
        var (member, stranger) = (await database.Actor(Solicitor), await database.Actor(Stranger));
        var bare = new FindOwnReferrals(database.WithoutRowLevelSecurity());

        Assert.Empty(await bare.Found(stranger, patient));
        Assert.Empty(await Search.Found(stranger.DisguisedAs(member), patient));
        Assert.Equal([referral.Id], await bare.Found(stranger.DisguisedAs(member), patient));
    }

    [Fact]
    public async Task The_search_uses_its_indexes_under_row_level_security()
    {
        var actor = await database.Actor(Solicitor);
        var somebody = DuplicateWorld.Somebody();
        // Many patients in one place, so that the dates are worth looking up.
        await database.Run("""
            insert into patient (id, given_name, family_name, date_of_birth, sex, address, postcode, preferred_contact, readers)
            select gen_random_uuid(), 'A', 'B', date '1900-01-01' + n, 'female', '1 High Street', @Postcode, 'post', '{}' from generate_series(1, 4000) n
            """, new { somebody.Postcode });
        await database.Run("analyze patient");
        await using var connection = await database.Sources.Writing.OpenConnectionAsync(Ct);
        await using var transaction = await connection.BeginTransactionAsync(Ct);
        // In a table of a few rows any index loses against reading it all; a condition that is not leakproof could use none even so.
        await connection.ExecuteAsync("select portal.act_as(@UserId); set local enable_seqscan = off", new { actor.UserId });
        async Task<string> Plan(string sql) => string.Join('\n', await connection.QueryAsync<string>("explain " + sql, DuplicateSearch.Asked(somebody, actor.OrganisationId)));
        var plan = await Plan(DuplicateSearch.Candidates);

        Assert.Matches(@"patient_nhs_number[\s\S]*?Index Cond: \(nhs_number = ", plan);
        Assert.Matches(@"patient_postcode_birth[\s\S]*?Index Cond: \(\(postcode = [^\n]*date_of_birth = ANY", await Plan("select id from patient p where p.postcode = @postcode and p.date_of_birth = any (@births)"));
        Assert.Matches(@"referral_incident[\s\S]*?Index Cond: \(incident_date = ", plan);
        Assert.DoesNotContain("Seq Scan on patient", plan);
        Assert.DoesNotContain("Seq Scan on referral", plan);
    }
}
