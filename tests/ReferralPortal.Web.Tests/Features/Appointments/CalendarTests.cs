using System.Net;
using Ical.Net;
using ReferralPortal.Domain;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Appointments;
using ReferralPortal.Web.Features.Appointments.Calendars;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Tests.Features.Referrals;
using ReferralPortal.Web.Tests.Features.Triaging;
using Xunit;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Appointments;

/// <summary>What leaves the portal for other people's calendars.</summary>
public sealed class CalendarTests(CalendarTests.RunningPortal portal) : IClassFixture<CalendarTests.RunningPortal>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    PortalTestDatabase Database => portal.Database;

    ManageCalendar Manage => new(Database.Database);
    ReadCalendar Read => new(Database.Database, Database.Sources, TimeProvider.System);
    ReadAppointmentFile File => new(Database.Database, TimeProvider.System);

    async Task<(TestReferral Referral, Guid Appointment)> Booked(string clinician, int hour, int daysAhead = 2)
    {
        await Database.Run("update appointment set state = 'cancelled', attendance_code = '4' where state = 'booked' and extract(hour from starts_at at time zone 'Europe/London') = @hour", new { hour });
        var referral = await Database.AddReferral(state: ReferralState.Accepted, redFlag: null);
        var form = TriageWorld.Form(await Database.Clinic(), (await Database.Actor(clinician)).UserId, hour, daysAhead: daysAhead);
        var booked = await new BookAppointment(Database.Database, Database.Catalogue(), TimeProvider.System).Handle(await Database.Actor(Triage), new(referral.Id, referral.Version, form), Ct);
        return (referral with { Version = referral.Version + 1 }, booked.Value!.Id);
    }

    static Ical.Net.CalendarComponents.CalendarEvent Only(string text) => Assert.Single(Calendar.Load(text)!.Events);

    [Theory]
    [InlineData("2026-12-01 10:00", "2026-12-01T10:00:00Z")]
    [InlineData("2026-07-01 10:00", "2026-07-01T09:00:00Z")]
    [InlineData("2026-10-25 09:00", "2026-10-25T09:00:00Z")] // the morning after the clocks went back
    public void A_calendar_file_says_London_s_time_with_its_summers(string london, string utc)
    {
        var at = TestClock.Moment(london);
        var text = AppointmentCalendar.Of([new(Guid.Empty, "R-7K3M-92QX", "treatment", "Example clinic", "1 Example Street, M1 1AA", "Room 2", at, at.AddMinutes(45), "booked", 1)], DateTimeOffset.UtcNow);
        Assert.Contains("BEGIN:VTIMEZONE", text);
        Assert.Contains("TZID:Europe/London", text);
        Assert.Contains($"DTSTART;TZID=Europe/London:{LondonTime.Of(at):yyyyMMdd'T'HHmmss}", text);
        Assert.Equal(DateTimeOffset.Parse(utc, null).UtcDateTime, Only(text).Start!.AsUtc);
    }

    [Fact]
    public async Task A_calendar_file_keeps_its_uid_counts_each_change_and_ends_as_cancelled()
    {
        var triage = await Database.Actor(Triage);
        var (referral, appointment) = await Booked(Clinician, 9);
        var first = (await File.Handle(triage, appointment, Ct)).Value!;
        Assert.Matches($"^{referral.Reference}-\\d{{4}}-\\d\\d-\\d\\d\\.ics$", first.Name);
        var before = Only(first.Text);
        Assert.Equal(($"{appointment}@referralportal", 0, EventStatus.Confirmed, $"Initial assessment {referral.Reference}"), (before.Uid, before.Sequence, before.Status, before.Summary));
        Assert.StartsWith("Room 1, Example clinic, Manchester, 14 Example Street", before.Location);

        await new MoveAppointment(Database.Database, Database.Catalogue(), TimeProvider.System).Handle(triage, new(referral.Id, referral.Version, appointment, TriageWorld.Form(await Database.Clinic(), (await Database.Actor(Clinician)).UserId, 11), AskedBy.Patient, ChangeReason.SuitsBetter, ""), Ct);
        var moved = Only((await File.Handle(triage, appointment, Ct)).Value!.Text);
        Assert.Equal((before.Uid, 1), (moved.Uid, moved.Sequence));
        Assert.Equal(TimeSpan.FromHours(2), moved.Start!.AsUtc - before.Start!.AsUtc);

        await new CancelAppointment(Database.Database, Database.Catalogue()).Handle(triage, new(referral.Id, referral.Version + 1, appointment, AskedBy.Clinic, ChangeReason.ClinicianAway, ""), Ct);
        var cancelled = Only((await File.Handle(triage, appointment, Ct)).Value!.Text);
        Assert.Equal((before.Uid, 2, EventStatus.Cancelled), (cancelled.Uid, cancelled.Sequence, cancelled.Status));
    }

    [Fact]
    public async Task No_calendar_names_a_patient_or_what_is_the_matter()
    {
        var clinician = await Database.Actor(Clinician);
        var (referral, appointment) = await Booked(Clinician, 12);
        var secret = (await Manage.Renew(clinician, Ct)).Value!;
        foreach (var text in (string[])[(await File.Handle(clinician, appointment, Ct)).Value!.Text, (await Read.Handle(secret, Ct)).Value!])
        {
            Assert.Contains(referral.Reference, text);
            foreach (var never in (string[])["Maud", "Ollerenshaw", ReferralWorld.Symptoms, "DESCRIPTION", "ORGANIZER", "ATTENDEE", "9434765919", "Northgate"]) Assert.DoesNotContain(never, text);
        }
    }

    [Fact]
    public async Task A_feed_holds_the_clinician_s_own_appointments_and_nobody_else_s_and_no_hold()
    {
        var (clinician, second) = (await Database.Actor(Clinician), await Database.Actor(TriageWorld.SecondClinician));
        var (mine, _) = await Booked(Clinician, 14);
        var (others, _) = await Booked(TriageWorld.SecondClinician, 15);
        var held = await Database.AddReferral(state: ReferralState.Accepted, redFlag: null);
        await new HoldSlot(Database.Database, Database.Catalogue(), TimeProvider.System).Handle(clinician, new(held.Id, held.Version, TriageWorld.Form(await Database.Clinic(), clinician.UserId, 16)), Ct);

        var calendar = (await Read.Handle((await Manage.Renew(clinician, Ct)).Value!, Ct)).Value!;
        Assert.Contains(mine.Reference, calendar);
        var ahead = Calendar.Load(calendar)!.Events.Where(entry => entry.Start!.AsUtc > DateTime.UtcNow).Select(entry => entry.Summary![^11..]).ToList();
        Assert.Contains(mine.Reference, ahead);
        Assert.DoesNotContain(others.Reference, ahead);
        Assert.DoesNotContain(held.Reference, ahead);
        Assert.Equal(LondonTime.DateOf(DateTimeOffset.UtcNow), (await Manage.Find(clinician, Ct)).Value!.LastReadOn);
        Assert.Null((await Manage.Find(second, Ct)).Value!.LastReadOn);
        Assert.Equal("read_calendar", await Database.Ask<string>("select action from audit_entry order by sequence desc limit 1"));
    }

    [Fact]
    public async Task The_secret_is_kept_as_a_hash_and_seen_by_nobody_else()
    {
        var clinician = await Database.Actor(Clinician);
        var secret = (await Manage.Renew(clinician, Ct)).Value!;
        Assert.Equal(43, secret.Length);
        Assert.Equal(0, await Database.Ask<int>("select count(*)::int from calendar_feed feed where feed::text like '%' || @secret || '%'", new { secret }));
        const string all = "select count(*)::int from calendar_feed";
        Assert.Equal(1, await Database.Database.Read(clinician, unit => unit.One<int>(all), Ct));
        foreach (var person in (string[])[TriageWorld.SecondClinician, Triage, Lead, Solicitor, Auditor])
            Assert.Equal(0, await Database.Database.Read(await Database.Actor(person), unit => unit.One<int>(all), Ct));
        foreach (var person in (string[])[Triage, Lead, Solicitor, Auditor])
        {
            Assert.IsType<Failure.Refused>((await Manage.Renew(await Database.Actor(person), Ct)).Failure);
            Assert.IsType<Failure.Refused>((await Manage.Find(await Database.Actor(person), Ct)).Failure);
        }
    }

    [Fact]
    public async Task A_wrong_an_old_an_ended_and_a_disabled_person_s_address_answer_alike()
    {
        var second = await Database.Actor(TriageWorld.SecondClinician);
        var old = (await Manage.Renew(second, Ct)).Value!;
        var present = (await Manage.Renew(second, Ct)).Value!;
        var right = await portal.Get($"/calendar/{present}.ics");
        Assert.Equal((HttpStatusCode.OK, "text/calendar", "no-store", "nosniff"), (right.Status, right.Type, right.Cache, right.Headers["X-Content-Type-Options"]));
        Assert.Contains("sandbox", right.Headers["Content-Security-Policy"]);
        Assert.StartsWith("BEGIN:VCALENDAR", right.Body);

        var nothing = await portal.Get($"/calendar/{new string('A', 43)}.ics");
        Assert.Equal((HttpStatusCode.NotFound, "no-store", ""), (nothing.Status, nothing.Cache, nothing.Body));
        void Alike(RunningPortal.Answer answer) => Assert.Equal(nothing.Whole, answer.Whole);
        Alike(await portal.Get($"/calendar/{old}.ics"));
        Alike(await portal.Get($"/calendar/{present.ToLowerInvariant()}.ics"));
        Alike(await portal.Get($"/calendar/{present}x.ics"));
        Alike(await portal.Get("/calendar/x.ics"));

        await Database.Run("update portal_user set disabled_at = now() where id = @UserId", new { second.UserId });
        Alike(await portal.Get($"/calendar/{present}.ics"));
        await Database.Run("update portal_user set disabled_at = null, roles = '{clinic_administrator}' where id = @UserId", new { second.UserId });
        Alike(await portal.Get($"/calendar/{present}.ics"));
        await Database.Run("update portal_user set roles = '{clinician}' where id = @UserId", new { second.UserId });
        Alike(await portal.Get($"/calendar/{present}.ics")); // who comes back makes a new one: the old may have been told to anybody
        var fresh = (await Manage.Renew(second, Ct)).Value!;
        Assert.Equal(HttpStatusCode.OK, (await portal.Get($"/calendar/{fresh}.ics")).Status);
        Assert.True((await Manage.End(second, Ct)).Value);
        Alike(await portal.Get($"/calendar/{fresh}.ics"));
    }

    [Fact]
    public async Task Whoever_asks_too_often_waits()
    {
        await using var other = await PortalProcess.Start(Database, new Dictionary<string, string> { ["Background__Enabled"] = "false", ["Limits__CalendarReadsPerMinute"] = "5" });
        using var client = new HttpClient { BaseAddress = other.Address };
        var answers = new List<HttpStatusCode>();
        for (var time = 0; time < 7; time++)
            using (var answer = await client.GetAsync(new Uri("/calendar/x.ics", UriKind.Relative), Ct)) answers.Add(answer.StatusCode);
        Assert.Equal([.. Enumerable.Repeat(HttpStatusCode.NotFound, 5), .. Enumerable.Repeat(HttpStatusCode.TooManyRequests, 2)], answers);
    }

    [Fact]
    public async Task The_file_of_an_appointment_is_the_clinic_s_to_download()
    {
        var (_, appointment) = await Booked(Clinician, 17);
        var nobody = await portal.Get($"/appointments/{appointment}/calendar.ics");
        Assert.Equal(HttpStatusCode.Redirect, nobody.Status);
        Assert.IsType<Failure.Missing>((await File.Handle(await Database.Actor(Solicitor), appointment, Ct)).Failure);
        Assert.IsType<Failure.Missing>((await File.Handle(await Database.Actor(Triage), Guid.CreateVersion7(), Ct)).Failure);
    }

    /// <summary>The portal as a process, on a database of its own, for whoever is not signed in.</summary>
    public sealed class RunningPortal : IAsyncLifetime
    {
        readonly HttpClient client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
        PortalProcess process = null!;

        public PortalTestDatabase Database { get; } = new();

        public sealed record Answer(HttpStatusCode Status, string? Type, string? Cache, IReadOnlyDictionary<string, string> Headers, string Body)
        {
            public string Whole => $"{Status}\n{string.Join('\n', Headers.Where(header => header.Key is not "Date").OrderBy(header => header.Key).Select(header => $"{header.Key}: {header.Value}"))}\n\n{Body}";
        }

        public async ValueTask InitializeAsync()
        {
            await Database.InitializeAsync();
            process = await PortalProcess.Start(Database, new Dictionary<string, string> { ["Background__Enabled"] = "false" });
        }

        public async Task<Answer> Get(string address)
        {
            using var answer = await client.GetAsync(new Uri(process.Address, address));
            return new Answer(answer.StatusCode, answer.Content.Headers.ContentType?.MediaType, answer.Headers.CacheControl?.ToString(),
                answer.Headers.Concat(answer.Content.Headers).ToDictionary(header => header.Key, header => string.Join(',', header.Value)), await answer.Content.ReadAsStringAsync());
        }

        public async ValueTask DisposeAsync()
        {
            client.Dispose();
            if (process is not null) await process.DisposeAsync();
            await Database.DisposeAsync();
        }
    }
}
