using Npgsql;
using ReferralPortal.Testing;
using ReferralPortal.Web.Components.Forms;
using ReferralPortal.Web.Features.Appointments;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Platform.SignIn;

namespace ReferralPortal.EndToEnd.Tests.KilledServer;

/// <summary>One booking as it is asked for: its key, its referral and the version of it that the person saw, and which of the free times.</summary>
sealed record AskedBooking(Guid Key, Guid Referral, int Version, Guid Clinician, int Slot)
{
    public override string ToString() => $"{Key} {Referral} {Version} {Clinician} {Slot}";

    public static AskedBooking Read(string line) =>
        line.Split(' ') is [var key, var referral, var version, var clinician, var slot]
            ? new(Guid.Parse(key), Guid.Parse(referral), int.Parse(version, System.Globalization.CultureInfo.InvariantCulture), Guid.Parse(clinician), int.Parse(slot, System.Globalization.CultureInfo.InvariantCulture))
            : throw new FormatException(line);
}

/// <summary>
/// What the server does when four people book, two for each clinician and both the same times, as a process to kill. It says <c>ask BOOKING</c> before it books, and
/// <c>ack KEY booked</c> or <c>ack KEY not</c> once it has been told. Bookings whose answer was lost come on standard input, and are sent again by two at once first.
/// </summary>
static class BookLoop
{
    /// <summary>The argument with which the test program is this one.</summary>
    public const string Verb = "book-loop";

    /// <summary>Environment variables: the portal's connection string; the account that books; the clinic; referral and clinician of each worker; the first time not used yet.</summary>
    public const string Connection = "BOOK_LOOP_CONNECTION", Account = "BOOK_LOOP_ACCOUNT", Clinic = "BOOK_LOOP_CLINIC", Work = "BOOK_LOOP_WORK", From = "BOOK_LOOP_FROM";

    const int SlotsADay = 14;

    public static async Task<int> Run()
    {
        string Setting(string name) => Environment.GetEnvironmentVariable(name)!;
        var source = NpgsqlDataSource.Create(Setting(Connection));
        var sources = new PortalDataSources(source, source);
        var database = new PortalDatabase(sources, TimeProvider.System);
        var book = new BookAppointment(database, new CatalogueStore(sources, TimeProvider.System), TimeProvider.System);
        var actor = await CurrentActor.Load(sources, Guid.Parse(Setting(Account)), CancellationToken.None);
        var clinic = Guid.Parse(Setting(Clinic));
        var work = Setting(Work).Split(';').Select(pair => pair.Split(',')).Select(pair => (Referral: Guid.Parse(pair[0]), Clinician: Guid.Parse(pair[1]))).ToList();
        var from = int.Parse(Setting(From), System.Globalization.CultureInfo.InvariantCulture);
        await New(work[0], from); // so that the kill does not always meet a process that is still compiling

        Console.WriteLine("ready");
        List<AskedBooking> again = [];
        while (Console.ReadLine() is { Length: > 0 } line) again.Add(AskedBooking.Read(line));
        await Task.WhenAll(again.Select(asked => Task.Run(() => Book(asked))));
        await Task.WhenAll(work.Select(mine => Task.Run(async () =>
        {
            for (var slot = from + 1; ; slot++) await New(mine, slot);
        })));
        return 0;

        async Task New((Guid Referral, Guid Clinician) mine, int slot)
        {
            var version = await database.Read(actor, unit => unit.One<int>("select version from referral where id = @Referral", new { mine.Referral }), CancellationToken.None);
            await Book(new(Guid.CreateVersion7(), mine.Referral, version, mine.Clinician, slot));
        }

        async Task Book(AskedBooking asked)
        {
            Console.WriteLine($"ask {asked}");
            var outcome = await book.Handle(actor, Command(clinic, asked), CancellationToken.None);
            Console.WriteLine($"ack {asked.Key} {(outcome.IsDone ? "booked" : "not")}");
        }
    }

    /// <summary>The command that books it.</summary>
    public static BookAppointment.Command Command(Guid clinic, AskedBooking asked) => new(asked.Referral, asked.Version, new AppointmentForm
    {
        Kind = AppointmentKind.Treatment,
        Clinic = clinic,
        Clinician = asked.Clinician,
        Date = DateParts.Of(DateOnly.FromDateTime(DateTime.Today).AddDays(1 + asked.Slot / SlotsADay)),
        Time = new TimeOnly(9, 0).AddMinutes(30 * (asked.Slot % SlotsADay)).ToString("HH:mm", System.Globalization.CultureInfo.InvariantCulture),
        Minutes = 30,
        OutsideHours = true,
        WhyBeyond = "The payer agreed on the telephone.",
    }, asked.Key);
}
