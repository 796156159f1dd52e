using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Appointments;
using ReferralPortal.Web.Features.Notifications;
using ReferralPortal.Web.Features.Referrals.Withdraw;
using ReferralPortal.Web.Tests.Features.Referrals;
using ReferralPortal.Web.Tests.Features.Triaging;
using static ReferralPortal.Web.Tests.Features.Notifications.NotificationWorld;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Notifications;

/// <summary>What the patient is told of an appointment, and what is not true any more when its time comes.</summary>
public sealed class PatientMailTests(PortalTestDatabase database) : IClassFixture<PortalTestDatabase>, IAsyncLifetime
{
    const string Patient = "patient@example.org";

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    readonly Microsoft.Extensions.Time.Testing.FakeTimeProvider clock = InAMinute;
    readonly Sent sent = new();

    public async ValueTask InitializeAsync() => await database.Quiet();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>A patient who is reached in one way, with an appointment in some days.</summary>
    async Task<(TestReferral Referral, Guid Appointment)> Booked(double days = 7, string contact = "email", bool tell = true, bool texts = false)
    {
        var referral = await database.AddReferral(state: ReferralState.AppointmentBooked);
        await database.Run("""
            update patient set preferred_contact = @contact, email = @Patient where id = @Id;
            update appointment set state = 'booked', attendance_code = null, starts_at = now() + make_interval(secs => @seconds), ends_at = now() + make_interval(secs => @seconds) + interval '40 minutes' where referral_id = @Id
            """, new { referral.Id, contact, Patient, seconds = days * 86400 });
        var appointment = await database.Ask<Guid>("select id from appointment where referral_id = @Id", new { referral.Id });
        if (tell) await Happens(referral, new AppointmentBooked(referral.Id, appointment), texts);
        return (referral, appointment);
    }

    async Task Happens<TMessage>(TestReferral referral, TMessage message, bool texts = false) where TMessage : notnull
    {
        await database.Happens(Triage, message, referral.Id);
        await database.Announce(texts);
    }

    async Task<string[]> ToPatient(TestReferral referral) => [.. (await database.Mails(referral.Id)).Where(mail => mail.Template.StartsWith("patient", StringComparison.Ordinal)).Select(mail => $"{mail.Template} {mail.State}")];

    Task Reassigned(Guid appointment, int hours) => database.Run("update appointment set starts_at = starts_at + make_interval(hours => @hours), ends_at = ends_at + make_interval(hours => @hours) where id = @appointment", new { appointment, hours });

    Task<bool> Send() => database.Desk(clock, sent).RunDue(Ct);

    string[] Subjects => [.. sent.Mails.Where(mail => mail.To == Patient).Select(mail => mail.Subject.Split(':')[0])];

    [Fact]
    public async Task A_booking_is_confirmed_at_once_and_remembered_two_days_before()
    {
        var (referral, _) = await Booked();
        await Send();
        Assert.Equal(["Your appointment is booked"], Subjects);
        clock.Advance(TimeSpan.FromDays(4.9));
        await Send();
        Assert.Single(Subjects);
        clock.Advance(TimeSpan.FromDays(0.2));
        await Send();
        Assert.Equal(["Your appointment is booked", "A reminder of your appointment"], Subjects);
        Assert.Equal(["patient_booked sent", "patient_reminder sent"], await ToPatient(referral));
    }

    [Fact]
    public async Task A_series_is_confirmed_in_one_mail_as_it_stands_then_and_each_of_it_remembered()
    {
        var (referral, first) = await Booked(tell: false);
        await database.Run("""
            update appointment set series_id = @Id where id = @first;
            insert into appointment (id, referral_id, kind, clinic_id, clinician_id, starts_at, ends_at, series_id)
            select gen_random_uuid(), referral_id, 'treatment', clinic_id, clinician_id, starts_at + n * interval '7 days', ends_at + n * interval '7 days', series_id
            from appointment, generate_series(1, 2) n where id = @first
            """, new { referral.Id, first });
        await using var owner = await database.Owner();
        var all = (await Dapper.SqlMapper.QueryAsync<Guid>(owner, "select id from appointment where series_id = @Id", new { referral.Id })).ToList();
        foreach (var one in all) await Happens(referral, new AppointmentBooked(referral.Id, one, referral.Id));
        await database.Run("update appointment set state = 'cancelled', attendance_code = '4' where id = (select id from appointment where series_id = @Id order by starts_at limit 1)", new { referral.Id });
        await Send();
        var mail = Assert.Single(sent.Mails, mail => mail.To == Patient);
        Assert.StartsWith("Your appointments are booked: ", mail.Subject);
        Assert.Equal(2, System.Text.RegularExpressions.Regex.Count(mail.Text, @" at \d\d:\d\d"));
        clock.Advance(TimeSpan.FromDays(21));
        await Send();
        Assert.Equal(["patient_reminder dropped", "patient_reminder dropped", "patient_reminder dropped", "patient_series sent"], await ToPatient(referral)); // three weeks without a node: too late for all
    }

    [Fact]
    public async Task An_appointment_of_the_next_days_needs_no_reminder() =>
        Assert.Equal(["patient_booked queued"], await ToPatient((await Booked(days: 2.9)).Referral));

    [Fact]
    public async Task A_moved_appointment_is_told_anew_and_the_old_reminder_is_not_sent()
    {
        var (referral, appointment) = await Booked();
        await Send();
        await Reassigned(appointment, 24);
        await Happens(referral, new AppointmentMoved(referral.Id, appointment));
        clock.Advance(TimeSpan.FromDays(5.1));
        await Send();
        Assert.Equal(["Your appointment is booked", "Your appointment has a new time or place"], Subjects);
        clock.Advance(TimeSpan.FromDays(1));
        await Send();
        Assert.Equal("A reminder of your appointment", Subjects[^1]);
        Assert.Equal(["patient_booked sent", "patient_moved sent", "patient_reminder dropped", "patient_reminder sent"], (await ToPatient(referral)).Order());
    }

    [Fact]
    public async Task A_cancelled_appointment_is_told_and_never_reminded_of()
    {
        var (referral, appointment) = await Booked();
        await database.Run("update appointment set state = 'cancelled', attendance_code = '4' where id = @appointment", new { appointment });
        await Happens(referral, new AppointmentCancelled(referral.Id, appointment));
        await Send();
        clock.Advance(TimeSpan.FromDays(6));
        await Send();
        // The confirmation had not gone out yet, and is not true any more.
        Assert.Equal(["Your appointment is cancelled"], Subjects);
    }

    [Fact]
    public async Task What_is_called_off_with_a_withdrawn_referral_is_told_once()
    {
        var (referral, appointment) = await Booked();
        await Send();
        await database.Run("update appointment set state = 'cancelled', attendance_code = '4' where id = @appointment", new { appointment });
        await Happens(referral, new ReferralWithdrawn(referral.Id));
        await Happens(referral, new ReferralWithdrawn(referral.Id));
        await Send();
        Assert.Equal(["Your appointment is booked", "Your appointment is cancelled"], Subjects);
    }

    [Theory, InlineData("phone"), InlineData("post"), InlineData("text")]
    public async Task Nobody_is_written_to_who_did_not_ask_for_it(string contact) => Assert.Empty(await ToPatient((await Booked(contact: contact)).Referral));

    [Fact]
    public async Task Who_changed_their_mind_is_not_written_to()
    {
        var (referral, _) = await Booked();
        await database.Run("update patient set preferred_contact = 'phone' where id = @Id", new { referral.Id });
        await Send();
        Assert.Empty(Subjects);
        Assert.Contains("patient_booked dropped", await ToPatient(referral));
    }

    [Fact]
    public async Task An_appointment_that_has_been_is_not_confirmed_any_more()
    {
        await Booked(days: 0.5);
        clock.Advance(TimeSpan.FromDays(1)); // the mail server was away
        await Send();
        Assert.Empty(Subjects);
    }

    [Fact]
    public async Task A_childs_guardian_is_written_to()
    {
        var (referral, _) = await Booked();
        await database.Run("update patient set date_of_birth = current_date - interval '12 years', guardian_name = 'A parent', guardian_email = 'parent@example.org' where id = @Id", new { referral.Id });
        await Send();
        Assert.Empty(Subjects);
        Assert.Contains(sent.Mails, mail => mail.To == "parent@example.org");
    }

    [Fact]
    public async Task Text_messages_are_sent_where_somebody_switched_them_on()
    {
        var texts = new Texts(on: true);
        await Booked(contact: "text", texts: true);
        await database.Desk(clock, sent, texts: texts).RunDue(Ct);
        var (number, words) = Assert.Single(texts.All);
        Assert.Equal("+441612345678", number);
        Assert.StartsWith("Your appointment is booked: ", words);
        Assert.InRange(words.Length, 40, 160);
    }
}
