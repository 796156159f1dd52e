using Dapper;
using ReferralPortal.Domain;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Referrals.List;
using Xunit;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Referrals.List;

public sealed class ListReferralsTests(PortalTestDatabase database) : IClassFixture<PortalTestDatabase>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    async Task<ListReferrals.Page> List(string person, ReferralFilter filter) =>
        await new ListReferrals(database.Database).Handle(await database.Actor(person), filter, Ct);

    static readonly ReferralState[] SomeStates = [ReferralState.Submitted, ReferralState.InTriage, ReferralState.InTreatment];

    [Fact]
    public async Task Pages_follow_each_other_without_a_gap_or_a_repeat_even_where_times_are_equal()
    {
        // Health's: other tests of this class leave it alone. Every third is sent at the same instant.
        var start = new DateTimeOffset(2026, 3, 1, 9, 0, 0, TimeSpan.Zero);
        var sent = new List<Guid>();
        for (var number = 0; number < 60; number++)
            sent.Add((await database.AddReferral(Health, SomeStates[number % 3], submittedAt: start.AddMinutes(number / 3))).Id);

        foreach (var oldestFirst in (bool[])[false, true])
        {
            var seen = new List<ListedReferral>();
            for (ReferralFilter? filter = new() { OldestFirst = oldestFirst }; filter is not null;)
            {
                var page = await List(Health, filter);
                seen.AddRange(page.Rows);
                filter = page.Next is null ? null : filter with { After = page.Next };
            }
            Assert.Equal(sent.Order(), seen.Select(row => row.Id).Order());
            var times = seen.Select(row => row.SubmittedAt).ToList();
            Assert.Equal(oldestFirst ? times.Order() : times.OrderDescending(), times);
        }

        var states = await List(Health, new ReferralFilter { States = [ReferralState.InTriage] });
        Assert.Equal(20, states.Rows.Count);
        Assert.All(states.Rows, row => Assert.Equal(ReferralState.InTriage, row.State));
        Assert.Equal(60, states.Total);
        Assert.Equal(20, states.Counts[ReferralState.Submitted]);
    }

    [Fact]
    public async Task An_organisation_that_is_a_party_twice_has_it_in_its_list_once()
    {
        var referral = await database.AddReferral(Intermediary, others: [(Intermediary, PartyRole.CaseManager)]);
        var page = await List(Intermediary, new ReferralFilter());
        Assert.Equal(referral.Id, Assert.Single(page.Rows).Id);
        Assert.Equal(1, page.Total);
    }

    [Theory]
    [InlineData("ollerenshaw")]
    [InlineData("OLLEREN maud")]
    [InlineData("12/03/1985 claim-4711")]
    [InlineData("12 Mar 1985")]
    [InlineData("943 476 5919")]
    [InlineData("zoë-like nothing", false)]
    [InlineData("ollerensh%", false)]
    public async Task Search_finds_by_name_birthday_and_numbers(string typed, bool found = true)
    {
        var referral = await database.AddReferral(CaseManager);
        var page = await List(CaseManager, new ReferralFilter { Search = typed });
        Assert.Equal(found, page.Rows.Any(row => row.Id == referral.Id));
    }

    [Fact]
    public async Task Search_finds_by_reference_and_keeps_to_the_filters()
    {
        var referral = await database.AddReferral(CaseManager, ReferralState.Accepted, Priority.Urgent);
        var typed = referral.Reference.Replace("-", "").ToLowerInvariant();
        Assert.Equal(referral.Id, Assert.Single((await List(CaseManager, new ReferralFilter { Search = typed })).Rows).Id);
        Assert.Single((await List(CaseManager, new ReferralFilter { Search = typed, States = [ReferralState.Accepted], Priority = Priority.Urgent })).Rows);
        Assert.Empty((await List(CaseManager, new ReferralFilter { Search = typed, States = [ReferralState.Closed] })).Rows);
        Assert.Empty((await List(CaseManager, new ReferralFilter { Search = typed, Priority = Priority.Routine })).Rows);
    }

    [Fact]
    public async Task Too_short_a_search_finds_nothing_and_says_so() =>
        Assert.True((await List(Solicitor, new ReferralFilter { Search = "ab" })) is { TooShort: true, Rows.Count: 0 });

    [Fact]
    public async Task Priority_narrows_the_list()
    {
        var urgent = await database.AddReferral(Partner, priority: Priority.Urgent);
        var routine = await database.AddReferral(Partner);
        var rows = (await List(Solicitor, new ReferralFilter { Priority = Priority.Urgent })).Rows.Select(row => row.Id).ToList();
        Assert.Contains(urgent.Id, rows);
        Assert.DoesNotContain(routine.Id, rows);
    }

    [Fact]
    public async Task The_mark_of_a_safety_answer_shows_to_those_who_see_the_answers()
    {
        var referral = await database.AddReferral(Employer, redFlag: RedFlagTier.Emergency, others: [(Funder, PartyRole.Funder)]);
        async Task<RedFlagTier?> Mark(string person) => (await List(person, new ReferralFilter())).Rows.Single(row => row.Id == referral.Id).RedFlag;
        Assert.Equal(RedFlagTier.Emergency, await Mark(Triage));
        Assert.Null(await Mark(Employer));
        Assert.Null(await Mark(Funder));
    }

    [Fact]
    public async Task Lists_and_searches_are_audited_a_search_without_its_words()
    {
        var lead = await database.Actor(Lead);
        await List(Lead, new ReferralFilter());
        await List(Lead, new ReferralFilter { Search = "ollerenshaw" });

        await using var owner = await database.Owner();
        var entries = (await owner.QueryAsync<(string Action, string Detail)>("select action, detail::text from audit_entry where actor_id = @UserId order by sequence", new { lead.UserId })).ToList();
        Assert.Equal(["list_referrals", "search_referrals"], entries.Select(entry => entry.Action));
        Assert.DoesNotContain(entries, entry => entry.Detail.Contains("ollerenshaw", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Each_state_is_one_range_of_the_index()
    {
        // Rolled back: the other tests of this class read the clinic's list, where these rows would fill the first page.
        await using var owner = await database.Owner();
        await using var trial = await owner.BeginTransactionAsync(Ct);
        await owner.ExecuteAsync("""
            insert into patient (id, given_name, family_name, date_of_birth, sex, address, postcode, preferred_contact, readers)
            select ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 'N', 'N', '1990-01-01', 'other', 'x', 'M1 1AA', 'phone', '{}' from generate_series(1, 20000) n;
            insert into referral (id, reference, state, priority, patient_id, referring_organisation_id, referrer_id, submitted_at, state_since, readers)
            select p.id, 'X' || row_number() over (), (array['submitted', 'closed', 'in_treatment', 'discharged'])[1 + (row_number() over ()) % 4], 'routine', p.id, u.organisation_id, u.id, now(), now(), '{}'
            from patient p, portal_user u where u.user_name = 'agent@mersey-rehab.example' and p.given_name = 'N';
            insert into referral_party (referral_id, organisation_id, role, state, submitted_at)
            select r.id, o.id, 'treating_clinic', r.state, r.submitted_at - interval '1 minute' * (abs(hashtext(r.reference)) % 100000) from referral r, organisation o where o.kind = 'clinic_group' and r.reference like 'X%';
            analyze;
            """);
        var plan = string.Join('\n', await owner.QueryAsync<string>($"""
            explain (costs off)
            select mine.* from unnest(@states) wanted (state) cross join lateral (
                select distinct party.submitted_at, party.referral_id from referral_party party
                where party.organisation_id = (select id from organisation where kind = 'clinic_group') and party.state = wanted.state
                    and (party.submitted_at, party.referral_id) < (now(), @id)
                order by party.submitted_at desc, party.referral_id desc limit 26) mine
            order by mine.submitted_at desc, mine.referral_id desc limit 26
            """, new { states = ReferralFilter.AllStates.Select(state => EnumText.Of(state)).ToArray(), id = Guid.Empty }));
        Assert.Contains("referral_party_by_state", plan);
        Assert.DoesNotContain("Seq Scan on referral_party", plan);
    }
}
