using System.Net;
using System.Text.RegularExpressions;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Funding.Links;
using ReferralPortal.Web.Tests.Features.Referrals;
using ReferralPortal.Web.Tests.Features.Triaging;
using Xunit;
using static ReferralPortal.Web.Tests.Features.Funding.FundingWorld;

namespace ReferralPortal.Web.Tests.Features.Funding;

/// <summary>A payer's link over the wire, as a browser without an account follows it.</summary>
public sealed partial class FunderLinkHttpTests(PortalTestDatabase database) : IClassFixture<PortalTestDatabase>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    async Task<(TestReferral Referral, string Token, string Visit)> Link()
    {
        var referral = await database.AddReferral(state: ReferralState.InTreatment, redFlag: null);
        var (request, _) = await database.Asked(referral.Id, Form("handler@calder-claims.example"));
        var (token, visit) = (FunderSecret.NewToken(), FunderSecret.NewToken());
        await database.Run("""
            insert into funder_link (id, request_id, referral_id, token_hash, sent_to, sent_at, expires_at, visit_hash, visit_ends_at)
            values (gen_random_uuid(), @request, @Id, @hash, 'handler@calder-claims.example', now(), now() + interval '1 day', @visits, now() + interval '10 minutes')
            """, new { request, referral.Id, hash = FunderSecret.Hash(token), visits = FunderSecret.Hash(visit) });
        return (referral, token, visit);
    }

    [Fact]
    public async Task A_link_is_followed_answered_once_and_leaves_no_trace_of_itself()
    {
        await using var portal = await PortalProcess.Start(database, new Dictionary<string, string> { ["Background__Enabled"] = "false" });
        using var browser = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = portal.Address };
        var (referral, token, visit) = await Link();

        // The door: nothing of the referral, and nothing keeps it.
        var (door, page) = await Get($"/f/{token}");
        Assert.Equal(HttpStatusCode.OK, door.StatusCode);
        Assert.Contains("Send me a code", page);
        foreach (var never in (string[])["Maud", "Ollerenshaw", referral.Reference, "bed-rest"]) Assert.DoesNotContain(never, page);
        Assert.Equal((true, "no-referrer", "noindex, nofollow"), (door.Headers.CacheControl!.NoStore, door.Headers.GetValues("Referrer-Policy").Single(), door.Headers.GetValues("X-Robots-Tag").Single()));
        Assert.Contains("default-src 'none'", door.Headers.GetValues("Content-Security-Policy").Single());
        Assert.DoesNotContain("<script", page);

        // A form that comes from elsewhere is not taken, and a code that was not sent opens nothing.
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await Post($"/f/{token}", "", [("step", "answer"), ("Verdict", "all"), ("Name", "A. Handler")], $"portal-visit={visit}", "")).Response.StatusCode);
        var wrong = await Post($"/f/{token}", Cookies(door), [("step", "enter"), ("Code", "123456")], "", page);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.Response.StatusCode);

        // Whoever entered the code reads and answers.
        var (read, asked) = await Get($"/f/{token}", $"portal-visit={visit}");
        foreach (var shown in (string[])["Maud Ollerenshaw", "returns-to-bed-rest", "lifts-with-both-arms", "£270.00"]) Assert.Contains(shown, asked);
        var unfinished = await Post($"/f/{token}", Cookies(read), [("step", "answer"), ("version", "2"), ("Verdict", "part"), ("Granted.0", "9"), ("Granted.1", "1"), ("Name", "A. Handler")], $"portal-visit={visit}", asked);
        Assert.Contains("Enter from 0 to 6", unfinished.Body);
        var done = await Post($"/f/{token}", Cookies(read), [("step", "answer"), ("version", "2"), ("Verdict", "part"), ("Granted.0", "4"), ("Granted.1", "1"), ("Name", "A. Handler")], $"portal-visit={visit}", asked);
        Assert.Equal((HttpStatusCode.OK, true), (done.Response.StatusCode, done.Body.Contains("Your answer is recorded")));
        Assert.Equal(13, (await database.Balance(referral.Id)).SessionsAuthorised);

        // Used, unknown and misspelt links get one and the same page.
        var gone = await Get($"/f/{token}", $"portal-visit={visit}");
        Assert.Equal(HttpStatusCode.NotFound, gone.Response.StatusCode);
        foreach (var other in (string[])[$"/f/{FunderSecret.NewToken()}", "/f/x", $"/f/{token}0"])
        {
            var answer = await Get(other);
            Assert.Equal((gone.Response.StatusCode, Bare(gone.Body)), (answer.Response.StatusCode, Bare(answer.Body)));
        }
        Assert.DoesNotContain(portal.Log, line => line.Contains(token) || line.Contains(visit));

        // And whoever asks too often waits.
        var last = HttpStatusCode.OK;
        for (var time = 0; time < 35 && last != HttpStatusCode.TooManyRequests; time++) last = (await Get("/f/x")).Response.StatusCode;
        Assert.Equal(HttpStatusCode.TooManyRequests, last);

        async Task<(HttpResponseMessage Response, string Body)> Get(string address, string cookie = "")
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            if (cookie.Length > 0) request.Headers.Add("Cookie", cookie);
            var response = await browser.SendAsync(request, Ct);
            return (response, WebUtility.HtmlDecode(await response.Content.ReadAsStringAsync(Ct)));
        }

        async Task<(HttpResponseMessage Response, string Body)> Post(string address, string cookies, (string, string)[] fields, string cookie, string from)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, address);
            request.Content = new FormUrlEncodedContent([.. fields.Select(field => KeyValuePair.Create(field.Item1, field.Item2)), .. Token().Match(from) is { Success: true } found ? [KeyValuePair.Create(found.Groups[1].Value, found.Groups[2].Value)] : Array.Empty<KeyValuePair<string, string>>()]);
            request.Headers.Add("Cookie", string.Join("; ", new[] { cookies, cookie }.Where(one => one.Length > 0).DefaultIfEmpty("none=1")));
            var response = await browser.SendAsync(request, Ct);
            return (response, WebUtility.HtmlDecode(await response.Content.ReadAsStringAsync(Ct)));
        }
    }

    static string Cookies(HttpResponseMessage response) => response.Headers.TryGetValues("Set-Cookie", out var set) ? string.Join("; ", set.Select(one => one.Split(';')[0])) : "";

    // The page without what differs from request to request.
    static string Bare(string body) => Token().Replace(body, "");

    [GeneratedRegex("""<input type="hidden" name="(__[^"]*)" value="([^"]*)"\s*/?>""")]
    private static partial Regex Token();
}
