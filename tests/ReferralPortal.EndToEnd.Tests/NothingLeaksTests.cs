using Dapper;
using ReferralPortal.Testing;

namespace ReferralPortal.EndToEnd.Tests;

/// <summary>Who a patient is and what ails them stands on the pages and nowhere else.</summary>
public sealed class NothingLeaksTests(RunningPortal world) : IClassFixture<RunningPortal>
{
    static readonly string[] secrets = ["Zephyrine", "Quackenbosh", "Xylopharyngitis", "zephyrine@mail.example", "07700900987", "9434765919", "Marmaladesbury"];

    [Fact]
    public async Task No_name_and_no_diagnosis_gets_into_logs_titles_addresses_messages_or_the_audit_trail()
    {
        var (id, reference) = await ExampleForms.Submitted(world.Database, await world.Database.Actor(People.Solicitor), form =>
        {
            (form.Patient.GivenName, form.Patient.FamilyName, form.Patient.Email, form.Patient.Phone) = ("Zephyrine", "Quackenbosh", "zephyrine@mail.example", "07700 900987");
            (form.Patient.Address, form.Patient.NhsNumber, form.Injury.Symptoms) = ("1 Marmaladesbury Row", "943 476 5919", "Chronic Xylopharyngitis.");
        });
        await ClinicSteps.Book(world.Database, id);

        await using var solicitor = await world.SignedIn(People.Solicitor);
        await using var clinician = await world.SignedIn(People.Clinician);
        await using var triage = await world.SignedIn(People.Triage);
        foreach (var address in new[] { "/", "/referrals", $"/referrals/{reference}", $"/referrals/{reference}?tab=details", $"/referrals/{reference}?tab=appointments", $"/referrals/{reference}?tab=funding" })
        {
            await solicitor.Go(address);
            await solicitor.Look();
        }
        await solicitor.Go($"/referrals/{reference}?tab=details");
        await solicitor.SeesText("Quackenbosh"); // it is there to be leaked

        // A form that is refused, and saved half-way.
        await solicitor.StartReferral();
        await solicitor.Fill("First name", "Zephyrine");
        await solicitor.Fill("Last name", "Quackenbosh");
        await solicitor.Fill("Email address", "zephyrine@mail.example, 07700900987");
        await solicitor.Press("Continue");
        await solicitor.SeesText("There is a problem");
        await solicitor.Press("Save and come back later");
        await solicitor.SeesText("Zephyrine Quackenbosh");
        await solicitor.Look();

        await clinician.Assess(reference, (await world.Database.Actor(People.Clinician)).DisplayName, "Chronic Xylopharyngitis, says Zephyrine.");
        var report = await clinician.SignProgressReport((await world.Database.Actor(People.Clinician)).DisplayName, "The Xylopharyngitis of Zephyrine Quackenbosh is better.");
        await solicitor.Go(report);
        await solicitor.SeesText("Xylopharyngitis");
        await solicitor.Look();
        foreach (var address in new[] { "/", "/referrals", $"/referrals/{reference}?tab=history" })
        {
            await triage.Go(address);
            await triage.Look();
        }

        Visitor[] everybody = [solicitor, clinician, triage];
        Holds("the log", world.Portal.Log);
        Holds("a title", everybody.SelectMany(visitor => visitor.Titles));
        Holds("an address", everybody.SelectMany(visitor => visitor.Addresses).Select(Uri.UnescapeDataString));
        await using var connection = await world.Database.Owner();
        Holds("a message", await connection.QueryAsync<string>("select payload::text || coalesce(last_failure, '') from outbox_message"));
        Holds("the audit trail", await connection.QueryAsync<string>("select detail::text from audit_entry"));
        foreach (var visitor in everybody) visitor.HadNothingToComplainAbout();

        static void Holds(string place, IEnumerable<string> lines)
        {
            var all = lines.ToList();
            Assert.NotEmpty(all);
            foreach (var secret in secrets) Assert.DoesNotContain(all, line => line.Contains(secret, StringComparison.OrdinalIgnoreCase));
            TestContext.Current.TestOutputHelper!.WriteLine($"{all.Count} lines of {place}: nothing of {secrets.Length} secrets.");
        }
    }
}
