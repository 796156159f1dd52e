using System.Globalization;
using System.Text.RegularExpressions;
using Dapper;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Referrals.Submit;

namespace ReferralPortal.EndToEnd.Tests.KilledServer;

/// <summary>Kills the process that submits, fifty times at random moments, and counts what the database holds against what was promised.</summary>
public sealed partial class KilledSubmitTests(PortalTestDatabase world, ITestOutputHelper output) : IClassFixture<PortalTestDatabase>
{
    const int Kills = 50;

    // In order of printing: a key is open from "key" to "ack".
    readonly Dictionary<Guid, string?> answers = [];
    int killedWithOpen, savedWithoutAnswer;

    [Fact]
    public async Task Fifty_kills_during_submits_lose_nothing_that_was_acknowledged_save_nothing_twice_and_nothing_by_half()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("KILL_SEED"), CultureInfo.InvariantCulture, out var given) ? given : Environment.TickCount;
        var random = new Random(seed);
        output.WriteLine($"Seed {seed} (KILL_SEED repeats it).");
        var account = (await world.Actor(People.Solicitor)).UserId;

        LoopProcess Start() => LoopProcess.Start(SubmitLoop.Verb, (SubmitLoop.Connection, world.AppConnection), (SubmitLoop.Account, account.ToString()));
        var next = Start();
        for (var kill = 1; kill <= Kills; kill++)
        {
            var child = next;
            await child.Ready;
            // Started while this one works, so that the test waits for no start.
            next = kill < Kills ? Start() : child;
            // What a browser does when the answer was lost, only harder: each open key is sent twice, by two at once.
            await child.Go(answers.Where(answer => answer.Value is null).SelectMany(answer => new[] { answer.Key.ToString(), answer.Key.ToString() }));
            await Task.Delay(random.Next(10, 250), TestContext.Current.CancellationToken);
            await child.Kill();
            Read(child.Lines);
            if (answers.Values.Contains(null)) killedWithOpen++;
        }

        var open = answers.Where(answer => answer.Value is null).Select(answer => answer.Key).ToList();
        var actor = await world.Actor(People.Solicitor);
        var catalogue = new CatalogueStore(world.Sources, TimeProvider.System);
        var submit = new SubmitReferral(world.Database, catalogue, new FormOrganisations(world.Database), TimeProvider.System);
        foreach (var key in open)
        {
            var receipt = (await submit.Handle(actor, new(key, SubmitLoop.Form(await catalogue.Get(CancellationToken.None), key)), CancellationToken.None)).Value!;
            answers[key] = receipt.Reference;
            if (receipt.AlreadyThere) savedWithoutAnswer++;
        }

        await using var connection = await world.Owner();
        var saved = (await connection.QueryAsync<(Guid Id, string Reference)>("select id, reference from referral")).ToDictionary(row => row.Id, row => row.Reference);
        var lost = answers.Count(answer => saved.GetValueOrDefault(answer.Key) != answer.Value);
        var unasked = saved.Keys.Count(id => !answers.ContainsKey(id));
        var twice = await connection.ExecuteScalarAsync<int>(Twice);
        var half = await connection.ExecuteScalarAsync<int>(Half);

        output.WriteLine($"{Kills} kills, {killedWithOpen} of them with a submit under way; {answers.Count} keys submitted and acknowledged, {savedWithoutAnswer} of them had been saved although their answer was lost.");
        output.WriteLine($"Acknowledged and lost: {lost}. Saved twice: {twice}. Saved by half: {half}. Saved and never asked for: {unasked}.");
        Assert.Equal((0, 0, 0, 0), (lost, twice, half, unasked));
        Assert.True(answers.Count > Kills, "Hardly anything was submitted: the kills met nothing.");
        Assert.True(killedWithOpen > 5, "Hardly a kill met a submit: the kills proved nothing.");
    }

    void Read(IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            // A line that the kill cut off says nothing.
            if (KeyLine().Match(line) is { Success: true } sent) answers.TryAdd(Guid.Parse(sent.Groups[1].Value), null);
            else if (AckLine().Match(line) is { Success: true } told)
            {
                var key = Guid.Parse(told.Groups[1].Value);
                var reference = told.Groups[2].Value;
                // Whoever asks again is told the same.
                Assert.True(answers[key] is null || answers[key] == reference, $"{key} was answered with {answers[key]} and with {reference}.");
                if (answers[key] is null && told.Groups[3].Value == "again") savedWithoutAnswer++;
                answers[key] = reference;
            }
        }
    }

    [GeneratedRegex("^key ([0-9a-f-]{36})$")]
    private static partial Regex KeyLine();

    [GeneratedRegex("^ack ([0-9a-f-]{36}) (R-[0-9A-Z]{4}-[0-9A-Z]{4}) (new|again)$")]
    private static partial Regex AckLine();

    const string Twice = """
        select (select count(*) from (select our_reference from referral group by our_reference having count(*) > 1) again)
             + (select count(*) from (select referral_id from referral_event where action = 'submit' group by referral_id having count(*) > 1) again)
             + (select count(*) from (select referral_id from audit_entry where action = 'submit' group by referral_id having count(*) > 1) again)
             + (select count(*) from (select referral_id from outbox_message group by referral_id, kind having count(*) > 1) again)
        """;

    const string Half = """
        select (select count(*) from referral r
                where not exists (select from patient where id = r.patient_id)
                   or not exists (select from referral_detail where referral_id = r.id)
                   or (select count(*) from referral_party where referral_id = r.id) < 2
                   or not exists (select from funding_authority where referral_id = r.id)
                   or not exists (select from referral_search where referral_id = r.id)
                   or not exists (select from referral_event where referral_id = r.id and action = 'submit')
                   or not exists (select from audit_entry where referral_id = r.id and action = 'submit')
                   or not exists (select from outbox_message where referral_id = r.id)
                   or exists (select from referral_draft where id = r.id))
             + (select count(*) from patient p where not exists (select from referral where patient_id = p.id))
             + (select count(*) from audit_entry a where action = 'submit' and not exists (select from referral where id = a.referral_id))
             + (select count(*) from outbox_message m where not exists (select from referral where id = m.referral_id))
        """;
}
