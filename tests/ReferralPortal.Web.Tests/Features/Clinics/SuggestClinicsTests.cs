using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using ReferralPortal.Domain;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Appointments;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Clinics;
using ReferralPortal.Web.Features.Referrals.Submit;
using ReferralPortal.Web.Features.Referrals.View;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Tests.Features.Referrals;
using ReferralPortal.Web.Tests.Features.Triaging;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Clinics;

public sealed class SuggestClinicsTests(PortalTestDatabase database) : IClassFixture<PortalTestDatabase>
{
    static CancellationToken Ct => Xunit.TestContext.Current.CancellationToken;

    async Task<ClinicOffers> Offers(string? postcode, string person = Solicitor, TimeProvider? clock = null) =>
        (await new SuggestClinics(clock is null ? database.Database : database.On(clock), new CatalogueStore(database.Sources, clock ?? TimeProvider.System)).Handle(await database.Actor(person), postcode, Ct)).Value!;

    [Theory]
    [InlineData("M3 6BZ", "Example clinic, Manchester")]
    [InlineData("m50 3az", "Example clinic, Salford")]
    [InlineData("L1 8DB", "Example clinic, Liverpool")]
    [InlineData("CH1 2HJ", "Example clinic, Chester")]
    [InlineData("LA4 5JU", "Example clinic, Lancaster")]
    [InlineData("BL9 0EJ", "Example clinic, Bolton")]
    [InlineData("FY1 4BJ", "Example clinic, Preston")]
    public async Task The_nearest_clinic_comes_first(string postcode, string nearest)
    {
        var ranked = (await Offers(postcode)).For([ServiceAskedFor.Treatment]);
        Assert.Equal(nearest, ranked[0].Clinic.Name);
        Assert.Equal(ranked.Select(offer => offer.Miles!.Value).Order(), ranked.Select(offer => offer.Miles!.Value));
    }

    [Fact]
    public async Task Those_that_do_not_offer_what_is_asked_for_come_after_those_that_do_and_say_what_they_lack()
    {
        var ranked = (await Offers("M50 3AZ")).For([ServiceAskedFor.ImmediateNeedsAssessment, ServiceAskedFor.Treatment]);
        Assert.Equal(["Example clinic, Manchester", "Example clinic, Preston", "Example clinic, Liverpool"], ranked.TakeWhile(offer => offer.Lacks.Count == 0).Select(offer => offer.Clinic.Name));
        Assert.Equal([ServiceAskedFor.ImmediateNeedsAssessment], ranked[3].Lacks);
        Assert.Equal("Example clinic, Salford", ranked[3].Clinic.Name);
    }

    [Fact]
    public async Task A_clinic_that_has_no_time_before_the_target_comes_after_those_that_have_and_still_before_those_that_lack_something()
    {
        var offers = await Offers("M50 3AZ");
        var now = DateTimeOffset.UtcNow;
        var full = offers with { Clinics = [.. offers.Clinics.Select(offer => offer with { NextFree = offer.Clinic.Name.EndsWith("Manchester", StringComparison.Ordinal) ? now.AddDays(9) : offer.Clinic.Name.EndsWith("Liverpool", StringComparison.Ordinal) ? null : now.AddDays(1) })] };

        var ranked = full.For([ServiceAskedFor.ImmediateNeedsAssessment, ServiceAskedFor.Treatment], now.AddDays(5));

        Assert.Equal(["Example clinic, Preston", "Example clinic, Manchester", "Example clinic, Liverpool", "Example clinic, Salford"], ranked.Take(4).Select(offer => offer.Clinic.Name));
        Assert.EndsWith(", after the target", ClinicOptions.About(ranked[1], now.AddDays(5)));
        Assert.EndsWith("no free time known", ClinicOptions.About(ranked[2], now.AddDays(5)));
        Assert.Equal("Example clinic, Manchester", full.For([ServiceAskedFor.ImmediateNeedsAssessment, ServiceAskedFor.Treatment], now.AddDays(10))[0].Clinic.Name);
    }

    [Theory]
    [InlineData("ZE1 0AA", "We do not know how far these are from ZE1, so they are listed by name.")]
    [InlineData("nowhere", "Clinics are listed by name: without the patient’s postcode we cannot say which is nearest.")]
    [InlineData(null, "Clinics are listed by name: without the patient’s postcode we cannot say which is nearest.")]
    public async Task Where_a_postcode_is_not_known_it_says_so_and_lists_by_name(string? postcode, string words)
    {
        var offers = await Offers(postcode);
        var ranked = offers.For([]);
        Assert.Equal(words, offers.Measured);
        Assert.All(ranked, offer => Assert.Null(offer.Miles));
        Assert.Equal(ranked.Select(offer => offer.Clinic.Name).Order(StringComparer.Ordinal), ranked.Select(offer => offer.Clinic.Name));
    }

    [Fact]
    public async Task The_next_free_time_is_the_first_that_the_clinics_own_search_offers()
    {
        var triage = await database.Actor(Triage);
        var catalogue = database.Catalogue();
        foreach (var offer in (await Offers("M3 6BZ")).Clinics.Take(3))
        {
            var free = (await new FindFreeSlots(database.Database, catalogue, TimeProvider.System).Handle(triage, new(offer.Clinic.Id, null, 45), Ct)).Value!;
            Assert.Equal(free[0].StartsAt, offer.NextFree);
        }
    }

    [Fact]
    public async Task A_full_morning_moves_it_on_and_nobody_to_see_anybody_is_not_known()
    {
        var clock = TestClock.At("2026-12-01 07:00");
        var before = (await Offers("M3 6BZ", clock: clock)).Clinics[0];
        Assert.Equal(TestClock.Moment("2026-12-01 08:00"), before.NextFree);

        var referral = await database.AddReferral();
        await database.Run("""
            insert into appointment (id, referral_id, kind, clinic_id, clinician_id, starts_at, ends_at)
            select gen_random_uuid(), @Id, 'treatment', (select id from clinic order by name desc limit 1), u.id, '2026-12-01 08:00+00', '2026-12-01 09:00+00' from portal_user u where 'clinician' = any (u.roles)
            """, referral);
        var full = await Offers("M3 6BZ", clock: clock);
        Assert.All(full.Clinics, offer => Assert.Equal(TestClock.Moment("2026-12-01 09:00"), offer.NextFree));

        await database.Run("update portal_user set disabled_at = now() where 'clinician' = any (roles)");
        try
        {
            var none = await Offers("M3 6BZ", clock: clock);
            Assert.All(none.Clinics, offer => Assert.Null(offer.NextFree));
            Assert.Equal("next free appointment not known: ring 0330 088 7800", none.NextFree(none.Clinics[0]));
        }
        finally
        {
            await database.Run($"{TriageWorld.NothingUsed} update portal_user set disabled_at = null where 'clinician' = any (roles); delete from appointment");
        }
    }

    [Fact]
    public async Task A_clinic_whose_rooms_are_taken_has_its_next_time_later_although_somebody_is_free()
    {
        var clock = TestClock.At("2026-12-01 07:00");
        var referral = await database.AddReferral();
        try
        {
            await database.Run("""
                update room set closed_at = now() where name <> 'Room 1' and clinic_id = (select id from clinic where name = 'Example clinic, Wigan');
                insert into appointment (id, referral_id, kind, clinic_id, clinician_id, starts_at, ends_at)
                select gen_random_uuid(), @Id, 'treatment', (select id from clinic where name = 'Example clinic, Wigan'), (select id from portal_user where 'clinician' = any (roles) order by id limit 1), '2026-12-01 08:00+00', '2026-12-01 08:45+00'
                """, referral);
            var offers = await Offers("M3 6BZ", clock: clock);
            Assert.Equal(TestClock.Moment("2026-12-01 08:45"), offers.Clinics.Single(offer => offer.Clinic.Name.EndsWith("Wigan", StringComparison.Ordinal)).NextFree);
            Assert.Equal(TestClock.Moment("2026-12-01 08:00"), offers.Clinics[0].NextFree);
        }
        finally
        {
            await database.Run($"{TriageWorld.NothingUsed} update room set closed_at = null; delete from appointment");
        }
    }

    [Theory]
    [InlineData("2026-12-01 10:00", "Open now, until 20:00")]
    [InlineData("2026-12-01 21:00", "Closed now, opens tomorrow at 08:00")]
    [InlineData("2026-12-25 10:00", "Today is a bank holiday: ring 0330 088 7800 to ask who is open")]
    public async Task It_says_whether_the_clinics_are_open(string now, string words) => Assert.Equal(words, (await Offers("M3 6BZ", clock: TestClock.At(now))).OpenNow);

    [Fact]
    public async Task For_a_sent_referral_it_is_for_its_referrer_and_the_clinic_by_each_wall_alone_and_audited()
    {
        var referral = await database.AddReferral(others: [(Funder, PartyRole.Funder)]);
        var solicitor = await database.Actor(Solicitor);
        Assert.NotEmpty((await Asked(database.Database, solicitor)).Value!.Ranked);
        Assert.NotEmpty((await Asked(database.Database, await database.Actor(Triage))).Value!.Ranked);
        Assert.Equal(2, await database.Ask<int>("select count(*)::int from audit_entry where action = 'suggest_clinics' and referral_id = @Id", referral));

        foreach (var person in (string[])[Stranger, Funder, Employer, Auditor])
            Assert.Same(Outcome.Missing, (await Asked(database.WithoutRowLevelSecurity(), await database.Actor(person))).Failure);
        foreach (var person in (string[])[Stranger, Employer, Auditor])
            Assert.Same(Outcome.Missing, (await Asked(database.Database, (await database.Actor(person)).DisguisedAs(solicitor))).Failure);
        Assert.True((await Asked(database.WithoutRowLevelSecurity(), (await database.Actor(Stranger)).DisguisedAs(solicitor))).IsDone);

        Task<Outcome<ReferralClinics>> Asked(PortalDatabase through, Actor actor) => new SuggestClinics(through, database.Catalogue()).ForReferral(actor, referral.Id, Ct);
    }

    [Fact]
    public async Task The_function_tells_of_nothing_but_clinics_and_times_and_an_auditor_of_nothing()
    {
        var auditor = await database.Actor(Auditor);
        var rows = await database.Database.Read(auditor, unit => unit.Many<Guid>(
            "select clinic_id from portal.next_free_times(now(), now() + interval '14 days', '45 minutes')"), Ct);
        Assert.Empty(rows);
        Assert.Same(Outcome.Missing, (await new SuggestClinics(database.Database, database.Catalogue()).Handle(auditor, "M3 6BZ", Ct)).Failure);
    }

    [Fact]
    public async Task The_preferred_clinic_is_stored_shown_and_offered_to_triage_with_the_distances()
    {
        var catalogue = await database.Catalogue().Get(Ct);
        var salford = catalogue.Clinics.Single(clinic => clinic.Name.EndsWith("Salford", StringComparison.Ordinal));
        var (_, reference) = await ExampleForms.Submitted(database, await database.Actor(Solicitor), form => form.Services.PreferredClinicId = salford.Id);
        var page = (await new ViewReferral(database.Database).Handle(await database.Actor(Triage), reference, Ct)).Value!;
        Assert.Equal((salford.Id, salford.Name), (page.Services!.PreferredClinicId, page.Services.PreferredClinic));

        var options = ClinicOptions.Of(await Offers(page.Contact!.Postcode, Triage), page.Services, out var near);
        Assert.StartsWith("Example clinic, Manchester · about 1 mile · free ", options[0].Label);
        Assert.Contains(options, option => option.Value == salford.Id && option.Label.StartsWith("Example clinic, Salford · preferred · about ", StringComparison.Ordinal));
        Assert.StartsWith("We suggest Example clinic, Manchester, about 1 mile away. Distances are as the crow flies", near);
        Assert.EndsWith($"The patient prefers {salford.Name}.", near);
    }

    [Fact]
    public async Task A_clinic_that_is_not_there_cannot_be_preferred()
    {
        var form = ExampleForms.Solicitor(await database.Catalogue().Get(Ct));
        form.Services.PreferredClinicId = Guid.NewGuid();
        var rules = ReferralFormRules.For(ReferralPortal.Domain.Organisations.OrganisationKind.Solicitor, await database.Catalogue().Get(Ct), TimeProvider.System);
        Assert.Equal(["Services.PreferredClinicId"], rules.Check(form).Keys);
    }

    [Fact]
    public async Task The_form_offers_the_nearest_with_distance_and_time_and_keeps_the_choice()
    {
        await using var browser = await database.SignedIn(Solicitor);
        var form = ExampleForms.Solicitor(await database.Catalogue().Get(Ct));
        var desk = FormDesk.For(form, await database.Actor(Solicitor), await database.Catalogue().Get(Ct), TimeProvider.System);
        Guid? chosen = null;
        var choice = browser.Render<ClinicChoice>(view => view.AddCascadingValue(desk).Add(field => field.ValueChanged, EventCallback.Factory.Create<Guid?>(this, value => chosen = value)));
        choice.WaitForAssertion(() => Assert.Equal(ClinicChoice.Nearest + 1, choice.FindAll("input[type=radio]").Count));
        Assert.Contains("as the crow flies from the middle of M3", choice.Markup);
        Assert.Matches("Example clinic, Manchester *about 1 mile · next free appointment ", choice.FindAll("label")[1].TextContent);
        await choice.FindAll("input[type=radio]")[1].ChangeAsync(true);
        Assert.Equal(desk.Catalogue.Clinics.Single(clinic => clinic.Name.EndsWith("Manchester", StringComparison.Ordinal)).Id, chosen);
    }

    [Fact]
    public async Task Every_clinic_lies_where_its_postcode_says()
    {
        // The seed's two sources, clinics and areas, agree to within three miles; a typing error in either would not.
        foreach (var clinic in (await database.Catalogue().Get(Ct)).Clinics)
        {
            var nearest = (await Offers(clinic.Postcode)).Clinics.Single(offer => offer.Clinic.Id == clinic.Id);
            Assert.True(nearest.Miles < 3, $"{clinic.Name} is {nearest.Miles} miles from the middle of {clinic.Postcode}");
        }
    }
}
