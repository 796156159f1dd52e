using ReferralPortal.Domain;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Components.Forms;
using ReferralPortal.Web.Features.Appointments;
using ReferralPortal.Web.Features.Appointments.Series;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Tests.Features.Referrals;
using ReferralPortal.Web.Tests.Features.Triaging;
using Xunit;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Appointments;

public sealed class SeriesTests(PortalTestDatabase database) : IClassFixture<PortalTestDatabase>, IAsyncLifetime
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    PlanSeries Plan => new(database.Database, database.Catalogue(), TimeProvider.System);
    BookSeries Book => new(database.Database, TimeProvider.System);

    Guid clinic, beth;

    public async ValueTask InitializeAsync()
    {
        clinic = await database.Clinic();
        beth = (await database.Actor(Clinician)).UserId;
        await database.Run("update appointment set state = 'cancelled', attendance_code = '4' where state = 'booked'; delete from leave; delete from clinic_closure; delete from bank_holiday");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    // One session is used of the eight that are authorised.
    Task<TestReferral> InTreatment() => database.AddReferral(state: ReferralState.InTreatment, redFlag: null);

    SeriesForm Form(string sessions = "6", string time = "10:00") => new()
    {
        Clinic = clinic, Clinician = beth, From = DateParts.Of(First), Time = time, Sessions = sessions, Weekdays = [DayOfWeek.Monday, DayOfWeek.Wednesday],
    };

    /// <summary>A Monday between one and two weeks ahead.</summary>
    static DateOnly First
    {
        get
        {
            var day = LondonTime.DateOf(DateTimeOffset.UtcNow).AddDays(7);
            while (day.DayOfWeek != DayOfWeek.Monday) day = day.AddDays(1);
            return day;
        }
    }

    async Task<SeriesPlan> Planned(TestReferral referral, SeriesForm form) => (await Plan.Handle(await database.Actor(Triage), referral.Id, form, Ct)).Value!;

    BookSeries.Command Command(TestReferral referral, SeriesPlan plan, string why = "") =>
        new(referral.Id, referral.Version, Guid.CreateVersion7(), clinic, 45, [.. plan.Sessions.Where(session => session.Choices.Count > 0).Select(session => session.Choices[0])], why);

    [Fact]
    public async Task A_series_keeps_its_time_and_clinician_is_booked_at_once_and_is_one_line_on_the_timeline()
    {
        var referral = await InTreatment();
        var plan = await Planned(referral, Form());
        Assert.All(plan.Sessions, session => Assert.Equal((null, "10:00", beth), (session.Problem, LondonTime.Of(session.Wanted).ToString("HH:mm"), Assert.Single(session.Choices).ClinicianId)));
        Assert.Equal([First, First.AddDays(2), First.AddDays(7), First.AddDays(9), First.AddDays(14), First.AddDays(16)], plan.Sessions.Select(session => LondonTime.DateOf(session.Wanted)));
        Assert.Equal((7, "7 of 8 authorised sessions can still be booked: 1 used, 0 booked."), (plan.Balance.ToBook, plan.Balance.Words));

        var command = Command(referral, plan);
        Assert.Equal(6, (await Book.Handle(await database.Actor(Triage), command, Ct)).Value);
        Assert.Equal(1, await database.Ask<int>("select count(distinct room_id)::int from appointment where series_id = @Key", new { command.Key }));
        Assert.Equal(6, await database.Ask<int>("select count(*)::int from outbox_message where referral_id = @Id and kind = 'appointment_booked' and payload ->> 'seriesId' = @key", new { referral.Id, key = command.Key.ToString() }));
        var stored = await database.StoredAs(referral.Id);
        Assert.Equal(("book_appointment", referral.Version + 1, null), (stored.LastAction, stored.Version, stored.LastWords));

        // Sent again, it is booked already.
        Assert.Equal(6, (await Book.Handle(await database.Actor(Triage), command, Ct)).Value);
        Assert.Equal(6, await database.Ask<int>("select count(*)::int from appointment where series_id = @Key", new { command.Key }));
    }

    [Fact]
    public async Task Closures_holidays_and_leave_are_left_out_and_the_series_goes_on_after_them()
    {
        await database.Run("insert into bank_holiday (day, title) values (@holiday, 'Proclaimed'); insert into clinic_closure (id, clinic_id, starts_on, ends_on, reason) values (gen_random_uuid(), @clinic, @closed, @closed, 'Works'); insert into leave (id, clinician_id, starts_at, ends_at) values (gen_random_uuid(), @beth, @away, @back)",
            new { clinic, beth, holiday = First, closed = First.AddDays(2), away = LondonTime.Instant(First.AddDays(7), new(0, 0)).UtcDateTime, back = LondonTime.Instant(First.AddDays(8), new(0, 0)).UtcDateTime });
        var plan = await Planned(await InTreatment(), Form("2"));
        Assert.Equal([First.AddDays(9), First.AddDays(14)], plan.Sessions.Select(session => LondonTime.DateOf(session.Wanted)));
        Assert.Equal([(First, "It is a bank holiday"), (First.AddDays(2), "The clinic is closed on that day"), (First.AddDays(7), "Beth Entwistle is on leave")], plan.Skipped.Select(day => (day.Day, day.Why)));
    }

    [Fact]
    public async Task A_time_that_is_taken_is_named_with_what_is_free_near_it()
    {
        var (other, referral) = (await InTreatment(), await InTreatment());
        await Book.Handle(await database.Actor(TriageWorld.SecondTriage), Command(other, await Planned(other, Form("1", "10:15"))), Ct);

        var plan = await Planned(referral, Form("2"));
        var conflict = plan.Sessions[0];
        Assert.Equal("Beth Entwistle has another patient then", conflict.Problem);
        Assert.NotEmpty(conflict.Choices);
        Assert.All(conflict.Choices, choice => Assert.Equal(First, LondonTime.DateOf(choice.StartsAt)));
        Assert.Null(plan.Sessions[1].Problem);
        Assert.Equal(2, (await Book.Handle(await database.Actor(Triage), Command(referral, plan), Ct)).Value);
    }

    [Fact]
    public async Task When_one_of_its_times_goes_meanwhile_nothing_is_booked_and_the_one_is_named()
    {
        var (other, referral) = (await InTreatment(), await InTreatment());
        var plan = await Planned(referral, Form("3"));
        var quicker = await Planned(other, Form("2"));
        await Book.Handle(await database.Actor(TriageWorld.SecondTriage), Command(other, quicker) with { Sessions = [quicker.Sessions[1].Choices[0]] }, Ct);

        var outcome = await Book.Handle(await database.Actor(Triage), Command(referral, plan), Ct);
        var (place, words) = Assert.Single(Assert.IsType<Failure.Invalid>(outcome.Failure).Errors);
        Assert.Equal("Sessions.1", place);
        Assert.Contains("just been taken by Yusuf Karim", words);
        Assert.Equal(0, await database.Ask<int>("select count(*)::int from appointment where referral_id = @Id and state = 'booked'", new { referral.Id }));
    }

    [Fact]
    public async Task More_than_is_authorised_takes_a_reason_which_is_kept()
    {
        var referral = await InTreatment();
        var plan = await Planned(referral, Form("8"));
        Assert.Equal("This is 1 more than is authorised.", plan.Balance.Beyond(8, First));
        var asked = await Book.Handle(await database.Actor(Triage), Command(referral, plan), Ct);
        Assert.Contains("1 more than is authorised", Assert.IsType<Failure.Invalid>(asked.Failure).Errors["WhyBeyond"]);

        Assert.Equal(8, (await Book.Handle(await database.Actor(Triage), Command(referral, plan, "The insurer agreed by telephone."), Ct)).Value);
        var stored = await database.StoredAs(referral.Id);
        Assert.Equal("The insurer agreed by telephone.", stored.LastWords);
        Assert.Contains("\"beyondAuthority\": true", stored.LastDetail);
    }

    [Fact]
    public async Task An_authority_that_ends_before_the_last_session_or_is_withdrawn_is_said()
    {
        var referral = await InTreatment();
        await database.Run("insert into authority_entry (id, authority_id, referral_id, kind, expires_on, at, by_id, by_organisation_id) select gen_random_uuid(), a.id, a.referral_id, 'extended', @day, now(), u.id, u.organisation_id from funding_authority a, portal_user u where a.referral_id = @Id and u.id = @beth", new { referral.Id, beth, day = First.AddDays(3) });
        var expiring = (await Planned(referral, Form("3"))).Balance;
        Assert.Null(expiring.Beyond(2, First.AddDays(2)));
        Assert.Contains("ends on", expiring.Beyond(3, First.AddDays(7)));
        await database.Run("insert into authority_entry (id, authority_id, referral_id, kind, at, by_id, by_organisation_id) select gen_random_uuid(), a.id, a.referral_id, 'withdrawn', now(), u.id, u.organisation_id from funding_authority a, portal_user u where a.referral_id = @Id and u.id = @beth", new { referral.Id, beth });
        Assert.Contains("withdrawn", (await Planned(referral, Form("1"))).Balance.Beyond(1, First));
    }

    [Fact]
    public async Task A_series_comes_after_the_first_booking_and_only_from_who_may_book()
    {
        var accepted = await database.AddReferral(state: ReferralState.Accepted, redFlag: null);
        var early = await Book.Handle(await database.Actor(Triage), Command(accepted, await Planned(accepted, Form("1"))), Ct);
        Assert.IsType<Failure.Refused>(early.Failure);

        var referral = await InTreatment();
        var command = Command(referral, await Planned(referral, Form("1")));
        foreach (var person in (string[])[Solicitor, Stranger, Funder, Auditor, Lead])
        {
            Assert.IsType<Failure.Refused>((await Book.Handle(await database.Actor(person), command, Ct)).Failure);
            Assert.IsType<Failure.Refused>((await Plan.Handle(await database.Actor(person), referral.Id, Form(), Ct)).Failure);
        }
    }

    [Fact]
    public async Task What_is_typed_wrong_is_said_beside_its_field()
    {
        var referral = await InTreatment();
        var outcome = await Plan.Handle(await database.Actor(Triage), referral.Id, new SeriesForm { Sessions = "many", Time = "25", Every = "0", From = DateParts.Of(First.AddDays(-60)), Minutes = 7 }, Ct);
        Assert.Equal(["Clinic", "Clinician", "Every", "From", "Minutes", "Sessions", "Time", "Weekdays"], Assert.IsType<Failure.Invalid>(outcome.Failure).Errors.Keys.Order());
        var tooMany = await Book.Handle(await database.Actor(Triage), new(referral.Id, referral.Version, Guid.CreateVersion7(), clinic, 45, [.. Enumerable.Range(1, 31).Select(day => new SeriesTime(DateTimeOffset.UtcNow.AddDays(day), beth, ""))], ""), Ct);
        Assert.Contains("Sessions.0", Assert.IsType<Failure.Invalid>(tooMany.Failure).Errors);
    }
}
