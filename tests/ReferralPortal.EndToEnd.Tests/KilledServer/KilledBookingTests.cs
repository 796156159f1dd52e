using System.Globalization;
using Dapper;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Appointments;
using ReferralPortal.Web.Features.Catalogue;

namespace ReferralPortal.EndToEnd.Tests.KilledServer;

/// <summary>Kills the process in which four people book the same times of two clinicians, and counts what the diary holds against what they were told.</summary>
public sealed class KilledBookingTests(PortalTestDatabase world, ITestOutputHelper output) : IClassFixture<PortalTestDatabase>
{
    const int Kills = 12, Workers = 4, SlotsEach = 200;

    // Null until it is answered.
    readonly Dictionary<AskedBooking, bool?> answers = [];

    [Fact]
    public async Task Twelve_kills_while_four_people_book_the_same_times_lose_no_booking_and_make_none_twice_or_by_half()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("KILL_SEED"), CultureInfo.InvariantCulture, out var given) ? given : Environment.TickCount;
        var random = new Random(seed);
        output.WriteLine($"Seed {seed} (KILL_SEED repeats it).");
        var triage = await world.Actor(People.Triage);
        await using var owner = await world.Owner();
        var clinic = await owner.ExecuteScalarAsync<Guid>("select id from clinic order by name limit 1");
        var clinicians = (await owner.QueryAsync<Guid>("select id from portal_user where 'clinician' = any (roles) and disabled_at is null order by id limit 2")).ToList();
        List<string> work = [];
        for (var worker = 0; worker < Workers; worker++)
        {
            var (id, _) = await ExampleForms.Submitted(world, await world.Actor(People.Solicitor), form => (form.Claim.OurReference, form.Patient.FamilyName) = ($"W{worker}", $"Worker{(char)('A' + worker)}"));
            await ClinicSteps.Book(world, id);
            work.Add($"{id},{clinicians[worker % 2]}");
        }
        var before = await owner.ExecuteScalarAsync<int>("select count(*)::int from appointment");

        // Each process has times of its own, so that the next can be started while this one works.
        LoopProcess Start(int number) => LoopProcess.Start(BookLoop.Verb, (BookLoop.Connection, world.AppConnection), (BookLoop.Account, triage.UserId.ToString()), (BookLoop.Clinic, clinic.ToString()),
            (BookLoop.Work, string.Join(';', work)), (BookLoop.From, (number * SlotsEach).ToString(CultureInfo.InvariantCulture)));
        var killedWithOpen = 0;
        var next = Start(0);
        for (var kill = 1; kill <= Kills; kill++)
        {
            var child = next;
            await child.Ready;
            next = kill < Kills ? Start(kill) : child;
            await child.Go(answers.Where(answer => answer.Value is null).SelectMany(answer => new[] { answer.Key.ToString(), answer.Key.ToString() }));
            await Task.Delay(random.Next(20, 300), TestContext.Current.CancellationToken);
            await child.Kill();
            Read(child.Lines);
            if (answers.Values.Contains(null)) killedWithOpen++;
        }
        var book = new BookAppointment(world.Database, new CatalogueStore(world.Sources, TimeProvider.System), TimeProvider.System);
        foreach (var asked in answers.Where(answer => answer.Value is null).Select(answer => answer.Key).ToList())
            answers[asked] = (await book.Handle(triage, BookLoop.Command(clinic, asked), CancellationToken.None)).IsDone;

        var stored = (await owner.QueryAsync<Guid>("select id from appointment where kind = 'treatment'")).ToHashSet();
        var told = answers.Where(answer => answer.Value is true).Select(answer => answer.Key.Key).ToHashSet();
        var (lost, unasked) = (told.Except(stored).Count(), stored.Except(told).Count());
        var twice = await owner.ExecuteScalarAsync<int>(Twice);
        var half = await owner.ExecuteScalarAsync<int>(Half);
        output.WriteLine($"{Kills} kills, {killedWithOpen} of them with a booking under way; {answers.Count} asked for, {told.Count} booked, {before} appointments before.");
        output.WriteLine($"Told and lost: {lost}. Booked and not told: {unasked}. Twice: {twice}. By half: {half}.");
        Assert.Equal((0, 0, 0, 0), (lost, unasked, twice, half));
        Assert.True(told.Count > Kills && answers.Count > told.Count, "The two of a clinician hardly met.");
        Assert.True(killedWithOpen > 2, "Hardly a kill met a booking: the kills proved nothing.");
    }

    void Read(IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            var words = line.Split(' ');
            if (words is ["ask", _, _, _, _, _]) answers.TryAdd(AskedBooking.Read(line["ask ".Length..]), null);
            else if (words is ["ack", var key, "booked" or "not"])
            {
                var asked = answers.Keys.Single(one => one.Key == Guid.Parse(key));
                // Whoever asks again is told the same.
                Assert.True(answers[asked] is null || answers[asked] == (words[2] == "booked"), $"{key} was answered twice and differently.");
                answers[asked] = words[2] == "booked";
            }
        }
    }

    // The exclusion constraint says the first of these too; it is counted all the same.
    const string Twice = """
        select (select count(*) from appointment one join appointment other on other.clinician_id = one.clinician_id and other.id > one.id and other.state = 'booked'
                    and tstzrange(one.starts_at, one.ends_at) && tstzrange(other.starts_at, other.ends_at) where one.state = 'booked')
             + (select count(*) from (select detail ->> 'appointmentId' from referral_event where action = 'book_appointment' group by 1 having count(*) > 1) again)
             + (select count(*) from (select payload ->> 'appointmentId' from outbox_message where kind = 'appointment_booked' group by 1 having count(*) > 1) again)
        """;

    const string Half = """
        select (select count(*) from appointment a where a.kind = 'treatment'
                    and (not exists (select from referral_event where referral_id = a.referral_id and action = 'book_appointment' and detail ->> 'appointmentId' = a.id::text)
                      or not exists (select from outbox_message where referral_id = a.referral_id and kind = 'appointment_booked' and payload ->> 'appointmentId' = a.id::text)))
             + (select count(*) from referral_event e where action = 'book_appointment' and not exists (select from appointment where id::text = e.detail ->> 'appointmentId'))
             + abs((select count(*) from referral_event where action in ('book_first_appointment', 'book_appointment')) - (select count(*) from audit_entry where action = 'book_appointment'))
        """;
}
