using Microsoft.Extensions.Time.Testing;
using Npgsql;
using ReferralPortal.Domain;
using ReferralPortal.Domain.Calendars;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Appointments;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Clocks.Agreements;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Features.Triage;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Tests.Features.Referrals;
using ReferralPortal.Web.Tests.Features.Triaging;
using Xunit;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Clocks;

public sealed class AgreementTests(PortalTestDatabase database) : IClassFixture<PortalTestDatabase>, IAsyncLifetime
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    CatalogueStore catalogue = null!;

    public async ValueTask InitializeAsync()
    {
        catalogue = database.Catalogue();
        await database.Run("delete from organisation_agreement");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    async Task<SaveAgreement.Command> With(string person, DateOnly from, params (string Term, int Value)[] terms)
    {
        var organisation = (await database.Actor(person)).OrganisationId;
        var version = await database.Ask<int>("select coalesce(sum(version), 0)::int from organisation_agreement where organisation_id = @organisation", new { organisation });
        return new(organisation, version, from, terms.ToDictionary(term => term.Term, term => term.Value.ToString(System.Globalization.CultureInfo.InvariantCulture)), "Contract 17");
    }

    async Task<Outcome<int>> Save(FakeTimeProvider clock, SaveAgreement.Command command, string person = Lead, PortalDatabase? through = null) =>
        await new SaveAgreement(through ?? database.On(clock), catalogue, clock).Handle(await database.Actor(person), command, Ct);

    static FakeTimeProvider Monday => TestClock.At("2026-11-23 10:00");

    static readonly DateOnly Today = new(2026, 11, 23);

    [Fact]
    public async Task What_was_agreed_with_its_referrer_is_when_every_step_of_a_referral_is_due()
    {
        var clock = Monday;
        Assert.Null((await Save(clock, await With(Solicitor, Today, ("triageDays", 2), ("firstAppointmentDays", 8), ("urgentFirstAppointmentDays", 3), ("initialReportDays", 1), ("redFlagReviewMinutes", 90)))).Failure);
        var (theirs, others, flagged) = (await database.Send(catalogue, clock), await database.Send(catalogue, clock, Stranger), await database.Send(catalogue, clock, redFlag: true));
        Assert.Equal(("triage 2026-11-25 20:00", "triage 2026-11-24 20:00", "red_flag_review 2026-11-23 11:30"), (await database.Due(theirs), await database.Due(others), await database.Due(flagged)));

        await database.Accept(catalogue, clock, theirs);
        await database.Accept(catalogue, clock, others);
        Assert.Equal(("first_appointment 2026-12-03 20:00", "first_appointment 2026-11-30 20:00"), (await database.Due(theirs), await database.Due(others)));

        // Its review done, triage is due by the agreement as well; a question stops it and the answer gives back what was left.
        await new ClearRedFlag(database.On(clock), catalogue).Handle(await database.Actor(Clinician), new(flagged, await database.Version(flagged), "Seen."), Ct);
        Assert.Equal("triage 2026-11-25 20:00", await database.Due(flagged));
        await new AskForInformation(database.On(clock), catalogue).Handle(await database.Actor(Triage), new(flagged, await database.Version(flagged), [], "Which side?"), Ct);
        clock.MoveTo("2026-11-26 09:00");
        await new Web.Features.Referrals.Answer.AnswerRequest(database.On(clock), catalogue).Handle(await database.Actor(Solicitor), new(flagged, await database.Version(flagged), "Left."), Ct);
        Assert.Equal("triage 2026-11-30 20:00", await database.Due(flagged));
    }

    [Fact]
    public async Task An_appointment_that_falls_through_is_due_again_by_the_agreement()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var today = LondonTime.DateOf(clock.GetUtcNow());
        await Save(clock, await With(Solicitor, today, ("firstAppointmentDays", 9)));
        var referral = await database.Send(catalogue, clock);
        await database.Accept(catalogue, clock, referral);
        var clinician = (await database.Actor(Clinician)).UserId;
        var booked = await new BookAppointment(database.On(clock), catalogue, clock).Handle(await database.Actor(Triage), new(referral, await database.Version(referral), TriageWorld.Form(await database.Clinic(), clinician)), Ct);
        Assert.Null(booked.Failure);
        var appointment = booked.Value!.Id;
        Assert.True((await new CancelAppointment(database.On(clock), catalogue).Handle(await database.Actor(Triage), new(referral, await database.Version(referral), appointment, AskedBy.Clinic, ChangeReason.ClinicianAway, "Ill."), Ct)).IsDone);
        var days = new WorkingDays((await catalogue.Get(Ct)).BankHolidays);
        Assert.Equal(days.Add(today, 9), DateOnly.FromDateTime(LondonTime.Of((await database.StoredAs(referral)).DueAt!.Value)));
    }

    [Fact]
    public async Task A_target_keeps_the_agreement_of_the_day_on_which_it_begins()
    {
        var clock = Monday;
        await Save(clock, await With(Solicitor, new(2026, 11, 25), ("triageDays", 3)));
        Assert.Equal("triage 2026-11-24 20:00", await database.Due(await database.Send(catalogue, clock)));
        clock.MoveTo("2026-11-25 10:00");
        Assert.Equal("triage 2026-11-30 20:00", await database.Due(await database.Send(catalogue, clock)));
        await Save(clock, await With(Solicitor, new(2026, 11, 26)));
        clock.MoveTo("2026-11-26 10:00");
        Assert.Equal("triage 2026-11-27 20:00", await database.Due(await database.Send(catalogue, clock))); // the clinic's own again
    }

    [Fact]
    public async Task Only_what_differs_is_stored_so_that_the_clinics_own_targets_still_reach_the_rest()
    {
        var clock = Monday;
        await Save(clock, await With(Solicitor, Today, ("triageDays", 2)));
        Assert.Equal("""{"triageDays": 2}""", await database.Ask<string>("select targets::text from organisation_agreement"));
        await database.Run("update clinic_group_settings set targets = targets || '{\"firstAppointmentDays\": 7}'");
        try
        {
            catalogue.Forget();
            var organisation = (await database.Actor(Solicitor)).OrganisationId;
            Assert.Equal((2, 7), ReferralClock.On(await catalogue.Get(Ct)).For(organisation).AgreementAt(clock.GetUtcNow()) is var agreed ? (agreed.TriageDays, agreed.FirstAppointmentDays) : default);
        }
        finally
        {
            await database.Run("update clinic_group_settings set targets = targets || '{\"firstAppointmentDays\": 5}'");
        }
    }

    [Fact]
    public async Task The_clinics_targets_are_those_of_the_seeds()
    {
        Assert.Equal(new TargetAgreement(), ReferralClock.On(await catalogue.Get(Ct)).AgreementAt(DateTimeOffset.UtcNow));
        var settings = Settings(await catalogue.Get(Ct));
        await database.Run("update clinic_group_settings set targets = targets || '{\"acknowledgementMinutes\": 61}'");
        try
        {
            catalogue.Forget();
            Assert.Equal(61, ReferralClock.On(await catalogue.Get(Ct)).AgreementAt(DateTimeOffset.UtcNow).AcknowledgementMinutes);
            Assert.Equal(settings, Settings(await catalogue.Get(Ct))); // the key was one that the seeds have
        }
        finally
        {
            await database.Run("update clinic_group_settings set targets = targets || '{\"acknowledgementMinutes\": 60}'");
        }

        static IEnumerable<string> Settings(CatalogueContent content) => System.Text.Json.JsonDocument.Parse(content.Group.Targets).RootElement.EnumerateObject().Select(one => one.Name).Order().ToList();
    }

    [Fact]
    public async Task Saved_twice_it_is_stored_once_and_the_second_of_two_managers_is_told()
    {
        var clock = Monday;
        var (command, audited) = (await With(Solicitor, Today, ("triageDays", 2)), await Audited());
        Assert.Equal((1, 1), ((await Save(clock, command)).Value, (await Save(clock, command)).Value));
        Assert.Equal((await database.Actor(Lead)).DisplayName, Assert.IsType<Failure.Conflict>((await Save(clock, command with { Note = "Another" })).Failure).ChangedBy);
        Assert.Equal(2, (await Save(clock, command with { Note = "Another", Version = 1 })).Value);
        Assert.Equal(1, await database.Ask<int>("select count(*)::int from organisation_agreement"));
        Assert.Equal(audited + 2, await Audited());

        Task<int> Audited() => database.Ask<int>("select count(*)::int from audit_entry where action = 'save_agreement' and detail = '{}'");
    }

    [Fact]
    public async Task Everything_wrong_is_said_beside_its_field()
    {
        var clock = Monday;
        var command = await With(Solicitor, Today);
        var outcome = await Save(clock, command with
        {
            ValidFrom = new(2026, 11, 22), Note = new string('x', 1001),
            Terms = new Dictionary<string, string> { ["triageDays"] = "0", ["contactDays"] = "two", ["firstAppointmentDays"] = "61", ["redFlagReviewMinutes"] = "4501", ["initialReportDays"] = " 3 ", ["unknown"] = "x" },
        });
        Assert.Equal(["Note", "ValidFrom", "contactDays", "firstAppointmentDays", "redFlagReviewMinutes", "triageDays"], Assert.IsType<Failure.Invalid>(outcome.Failure).Errors.Keys.Order(StringComparer.Ordinal));
        Assert.Contains("ValidFrom", Assert.IsType<Failure.Invalid>((await Save(clock, command with { ValidFrom = null })).Failure).Errors.Keys);
        Assert.IsType<Failure.Missing>((await Save(clock, command with { Organisation = Guid.NewGuid() })).Failure);
        Assert.IsType<Failure.Missing>((await Save(clock, command with { Organisation = (await database.Actor(Funder)).OrganisationId })).Failure);
    }

    [Fact]
    public async Task An_organisation_reads_its_own_and_no_others()
    {
        var clock = Monday;
        await Save(clock, await With(Solicitor, Today, ("triageDays", 2)));
        var (reading, northgate) = (new ReadAgreements(database.On(clock)), (await database.Actor(Solicitor)).OrganisationId);
        var own = (await reading.Of(await database.Actor(Solicitor), northgate, Ct)).Value!;
        Assert.Equal(("Contract 17", "Decide in triage: 2 working days"), (own.Agreements.Single().Note, AgreementTerms.Differences(own.Agreements.Single().Targets).Single()));
        Assert.Equal(1, (await reading.Of(await database.Actor(Triage), northgate, Ct)).Value!.Version);
        foreach (var person in (string[])[Stranger, CaseManager, Employer, Funder, Auditor])
        {
            Assert.IsType<Failure.Missing>((await new ReadAgreements(database.WithoutRowLevelSecurity()).Of(await database.Actor(person), northgate, Ct)).Failure);
            Assert.Equal(0, await database.Database.Read(await database.Actor(person), unit => unit.One<int>("select count(*)::int from organisation_agreement"), Ct));
        }
        // Behind the use case, the database alone: the stranger taken for a colleague reads an organisation with no agreement.
        var disguised = (await database.Actor(Stranger)).DisguisedAs(await database.Actor(Solicitor));
        Assert.Empty((await reading.Of(disguised, northgate, Ct)).Value!.Agreements);
        Assert.Single((await new ReadAgreements(database.WithoutRowLevelSecurity()).Of(disguised, northgate, Ct)).Value!.Agreements);
    }

    [Fact]
    public async Task Only_the_clinic_manager_lists_and_writes_them_by_either_wall_alone()
    {
        var clock = Monday;
        var command = await With(Solicitor, Today, ("triageDays", 2));
        var manager = await database.Actor(Lead);
        Assert.Contains((await new ReadAgreements(database.On(clock)).All(manager, Ct)).Value!, row => row.Name == "Northgate Law");
        Assert.DoesNotContain((await new ReadAgreements(database.On(clock)).All(manager, Ct)).Value!, row => row.Name == "Ribble Insurance");
        foreach (var person in Everybody.Where(person => person != Lead))
        {
            Assert.IsType<Failure.Refused>((await Save(clock, command, person, database.WithoutRowLevelSecurity(clock))).Failure);
            Assert.IsType<Failure.Refused>((await new ReadAgreements(database.WithoutRowLevelSecurity(clock)).All(await database.Actor(person), Ct)).Failure);
            var disguised = (await database.Actor(person)).DisguisedAs(manager);
            await Assert.ThrowsAsync<PostgresException>(() => new SaveAgreement(database.On(clock), catalogue, clock).Handle(disguised, command, Ct));
        }
        Assert.True((await new SaveAgreement(database.WithoutRowLevelSecurity(clock), catalogue, clock).Handle((await database.Actor(Stranger)).DisguisedAs(manager), command, Ct)).IsDone); // both walls down
    }

    [Fact]
    public async Task What_the_portal_keeps_in_mind_is_read_when_nobody_asks_and_given_to_no_person()
    {
        await Save(Monday, await With(Solicitor, Today, ("triageDays", 2)));
        foreach (var person in Everybody)
            Assert.Equal(0, await database.Database.Read(await database.Actor(person), unit => unit.One<int>("select count(*)::int from portal.agreements()"), Ct));
        catalogue.Forget();
        Assert.Single((await catalogue.Get(Ct)).Agreements);
    }
}
