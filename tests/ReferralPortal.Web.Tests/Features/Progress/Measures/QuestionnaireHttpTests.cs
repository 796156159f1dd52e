using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Progress.Measures.Questionnaires;
using ReferralPortal.Web.Tests.Features.Notifications;
using ReferralPortal.Web.Tests.Features.Referrals;
using ReferralPortal.Web.Tests.Features.Triaging;
using static ReferralPortal.Web.Tests.Features.Progress.Measures.MeasureWorld;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Progress.Measures;

/// <summary>The patient's page of the running portal, as plain requests without an account.</summary>
public sealed partial class QuestionnaireHttpTests(QuestionnaireHttpTests.RunningPortal portal) : IClassFixture<QuestionnaireHttpTests.RunningPortal>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    async Task<(TestReferral Referral, string Address)> Sent(params string[] measures)
    {
        var referral = await portal.Database.AddReferral(givenName: "Zebedee", familyName: "Quagmire");
        var sending = new SendQuestionnaire(portal.Database.Database, portal.Database.Catalogue(), new NotificationWorld.Texts(false), new ConfigurationBuilder().Build());
        return (referral, (await sending.Handle(await portal.Database.Actor(Clinician), new(Guid.CreateVersion7(), referral.Id, measures, true), Ct)).Value!);
    }

    [Fact]
    public async Task A_patient_answers_without_an_account_a_script_or_a_name()
    {
        var (referral, address) = await Sent("phq9", "gad7");
        using var patient = portal.Patient();
        using var opened = await patient.Get(address);
        var page = await opened.Content.ReadAsStringAsync(Ct);

        Assert.Equal(HttpStatusCode.OK, opened.StatusCode);
        Assert.Contains("For Z. Q.", page);
        foreach (var never in (string[])["Zebedee", "Quagmire", referral.Reference, "<script", "blazor", "Northgate", "1985", "PHQ-9 score"]) Assert.DoesNotContain(never, page, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("tel:116123", page);
        TellsNothingOn(opened);

        using var left = await patient.Post(address, "phq9", "00000000.");
        var asked = await left.Content.ReadAsStringAsync(Ct);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, left.StatusCode);
        Assert.Contains("Question 9 has no answer", asked);
        Assert.Equal(8, Regex.Count(asked, "<input type=\"radio\"[^>]* checked"));

        using var answered = await patient.Post(address, "phq9", "000000001");
        var help = await answered.Content.ReadAsStringAsync(Ct);
        Assert.Equal(HttpStatusCode.OK, answered.StatusCode);
        foreach (var number in (string[])["tel:999", "tel:116123", "Whom to ring now", "Go on to the other questions"]) Assert.Contains(number, help);
        TellsNothingOn(answered);

        using var done = await patient.Post(address, "gad7", "1111111");
        Assert.Contains("Your answers have arrived", await done.Content.ReadAsStringAsync(Ct));
        Assert.Equal([("phq9", 1m, 9, "phq9-1", "patient"), ("gad7", 7m, 7, "gad7-1", "patient")], await portal.Database.Standing(referral.Id));
        Assert.Single((await portal.Database.Measures(referral)).Alerts);
    }

    static void TellsNothingOn(HttpResponseMessage answer)
    {
        Assert.Equal("no-referrer", answer.Headers.GetValues("Referrer-Policy").Single());
        Assert.Equal("no-store", answer.Headers.CacheControl!.ToString());
        Assert.Contains("noindex", answer.Headers.GetValues("X-Robots-Tag").Single());
        var policy = answer.Headers.GetValues("Content-Security-Policy").Single().Split(';', StringSplitOptions.TrimEntries);
        Assert.Contains("default-src 'none'", policy);
        Assert.DoesNotContain(policy, rule => rule.StartsWith("script-src", StringComparison.Ordinal));
        Assert.Contains("form-action 'self'", policy);
    }

    [Fact]
    public async Task A_used_an_expired_a_revoked_and_a_made_up_link_answer_alike()
    {
        using var patient = portal.Patient();
        var (_, used) = await Sent("nprs");
        using (await patient.Get(used))
        using (await patient.Post(used, "nprs", "4")) { }
        var (expiring, expired) = await Sent("nprs");
        await portal.Database.Run("update questionnaire set expires_at = now() - interval '1 second' where referral_id = @Id", new { expiring.Id });
        var (revoking, revoked) = await Sent("nprs");
        await new RevokeQuestionnaire(portal.Database.Database).Handle(await portal.Database.Actor(Clinician), (await portal.Database.Measures(revoking)).Sent[0].Id, Ct);

        var madeUp = await Comparable(patient, "/m/" + new string('A', 43));
        Assert.StartsWith("NotFound", madeUp, StringComparison.Ordinal);
        foreach (var dead in (string[])[used, expired, revoked, "/m/x"]) Assert.Equal(madeUp, await Comparable(patient, dead));
        using var late = await patient.Post(expired, "nprs", "5");
        Assert.Equal(HttpStatusCode.NotFound, late.StatusCode);
        Assert.Equal(0, await portal.Database.Ask<int>("select count(*)::int from outcome_entry where questionnaire_id is not null and referral_id = @Id", new { expiring.Id }));
    }

    static async Task<string> Comparable(Requests patient, string address)
    {
        using var answer = await patient.Get(address);
        var headers = answer.Headers.Concat(answer.Content.Headers).Where(header => header.Key is not ("Date" or "Set-Cookie")).OrderBy(header => header.Key).Select(header => $"{header.Key}: {string.Join(',', header.Value)}");
        return $"{answer.StatusCode}\n{string.Join('\n', headers)}\n\n{await answer.Content.ReadAsStringAsync(Ct)}";
    }

    [Fact]
    public async Task Another_sites_form_is_not_taken_and_what_was_typed_is_kept()
    {
        var (referral, address) = await Sent("gad7");
        using var patient = portal.Patient();
        using var refused = await patient.Post(address, "gad7", "1111111", token: "made-up");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.Equal(7, Regex.Count(await refused.Content.ReadAsStringAsync(Ct), "<input type=\"radio\"[^>]* checked"));
        Assert.Empty(await portal.Database.Standing(referral.Id));
    }

    [Fact]
    public async Task Nobody_guesses_for_long()
    {
        await using var process = await PortalProcess.Start(portal.Database, new Dictionary<string, string> { ["Background__Enabled"] = "false", ["Limits__QuestionnaireRequestsPerMinute"] = "5" });
        using var guesser = new Requests(process.Address);
        var answers = new List<HttpStatusCode>();
        for (var guess = 0; guess < 8; guess++)
        {
            using var answer = await guesser.Get($"/m/{new string('B', 42)}{guess}");
            answers.Add(answer.StatusCode);
        }
        Assert.Equal([.. Enumerable.Repeat(HttpStatusCode.NotFound, 5), .. Enumerable.Repeat(HttpStatusCode.TooManyRequests, 3)], answers);
    }

    [Fact]
    public async Task No_log_holds_a_secret()
    {
        var (_, address) = await Sent("nprs");
        using var patient = portal.Patient();
        using (await patient.Get(address)) { }
        using (await patient.Post(address, "nprs", "11")) { }
        using (await patient.Post(address, "nprs", "3")) { }
        using (await patient.Get(address + "/nowhere")) { }
        using (await patient.Send(new(HttpMethod.Delete, new Uri(address, UriKind.Relative)))) { }
        Assert.NotEmpty(portal.Log);
        Assert.DoesNotContain(portal.Log, line => line.Contains(address[3..], StringComparison.Ordinal));
    }

    /// <summary>Plain requests of somebody without an account, who keeps cookies as a browser does.</summary>
    public sealed partial class Requests(Uri portal) : IDisposable
    {
        readonly CookieContainer cookies = new();
        HttpClient? client;
        string form = "";

        HttpClient Client => client ??= new(new SocketsHttpHandler { CookieContainer = cookies, AllowAutoRedirect = true }) { BaseAddress = portal };

        public Task<HttpResponseMessage> Send(HttpRequestMessage request) => Client.SendAsync(request, Ct);

        public async Task<HttpResponseMessage> Get(string address)
        {
            var answer = await Client.GetAsync(new Uri(address, UriKind.Relative), Ct);
            form = await answer.Content.ReadAsStringAsync(Ct);
            return answer;
        }

        public async Task<HttpResponseMessage> Post(string address, string measure, string answers, string? token = null)
        {
            if (!form.Contains($"value=\"{measure}\"", StringComparison.Ordinal)) using (await Get(address)) { }
            var fields = answers.Length <= 2 && measure == "nprs" ? new Dictionary<string, string> { ["a0"] = answers } : answers.Select((answer, item) => (answer, item)).Where(one => one.answer != '.').ToDictionary(one => $"a{one.item}", one => one.answer.ToString());
            fields["measure"] = measure;
            fields["__RequestVerificationToken"] = token ?? Token().Match(form).Groups[1].Value;
            return await Client.PostAsync(new Uri(address, UriKind.Relative), new FormUrlEncodedContent(fields), Ct);
        }

        [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"")] private static partial Regex Token();

        public void Dispose() => client?.Dispose();
    }

    /// <summary>The portal as a process, on a database of its own.</summary>
    public sealed class RunningPortal : IAsyncLifetime
    {
        PortalProcess process = null!;

        public PortalTestDatabase Database { get; } = new();
        public IReadOnlyCollection<string> Log => process.Log;

        public Requests Patient() => new(process.Address);

        public async ValueTask InitializeAsync()
        {
            await Database.InitializeAsync();
            process = await PortalProcess.Start(Database, new Dictionary<string, string> { ["Background__Enabled"] = "false", ["Limits__QuestionnaireRequestsPerMinute"] = "1000" });
        }

        public async ValueTask DisposeAsync()
        {
            if (process is not null) await process.DisposeAsync();
            await Database.DisposeAsync();
        }
    }
}
