using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using ReferralPortal.Database.Local;
using ReferralPortal.Database.Seeds;
using ReferralPortal.DevIdentity;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Documents;
using ReferralPortal.Web.Tests.Features.Referrals;
using ReferralPortal.Web.Tests.Platform.SignIn;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Documents;

/// <summary>Files in and out of the running portal, as plain requests.</summary>
public sealed partial class DocumentHttpTests(DocumentHttpTests.RunningPortal portal) : IClassFixture<DocumentHttpTests.RunningPortal>
{
    static readonly IReadOnlyList<DevAccount> Accounts = DevAccounts.Load(Path.Combine(SeedLoader.DefaultFolder, "demo/accounts.json"));

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_file_goes_in_by_pieces_and_comes_out_as_a_download_under_its_own_name_and_runs_nowhere()
    {
        const string name = "患者報告書 👩‍⚕️ דוח רפואי.pdf";
        var file = ExampleFiles.Pdf(padding: 2_200_000);
        var referral = await portal.Database.AddReferral();
        using var solicitor = await portal.SignIn(Solicitor);

        var id = await solicitor.Begin(referral.Id, name, file.Length);
        using (var early = await solicitor.Get($"/documents/{id}/file")) Assert.Equal(HttpStatusCode.NotFound, early.StatusCode);
        var offset = 0;
        while (offset < file.Length)
        {
            using var answer = await solicitor.Piece(id, offset, file[offset..Math.Min(file.Length, offset + DocumentLimits.ChunkBytes)]);
            Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
            offset = int.Parse(answer.Headers.GetValues("Upload-Offset").Single());
        }
        using (var asked = await solicitor.Send(new(HttpMethod.Head, new Uri($"/documents/uploads/{id}", UriKind.Relative))))
            Assert.Equal((file.Length.ToString(), "true"), (asked.Headers.GetValues("Upload-Offset").Single(), asked.Headers.GetValues("Upload-Complete").Single()));

        using var download = await solicitor.WhenAvailable($"/documents/{id}/file");
        Assert.Equal(file, await download.Content.ReadAsByteArrayAsync(Ct));
        Assert.Equal("application/pdf", download.Content.Headers.ContentType!.MediaType);
        Assert.Equal(("attachment", name), (download.Content.Headers.ContentDisposition!.DispositionType, download.Content.Headers.ContentDisposition.FileNameStar));
        RunsNowhere(download);
    }

    [Fact]
    public async Task A_picture_is_shown_as_a_picture_and_nothing_else_is_shown_at_all()
    {
        var referral = await portal.Database.AddReferral();
        using var solicitor = await portal.SignIn(Solicitor);
        var picture = await solicitor.Add(referral.Id, "scan.html", ExampleFiles.Png);
        var letter = await solicitor.Add(referral.Id, "letter.pdf", ExampleFiles.Pdf());

        using var preview = await solicitor.WhenAvailable($"/documents/{picture}/preview");
        Assert.Equal("image/png", preview.Content.Headers.ContentType!.MediaType);
        RunsNowhere(preview);
        using var download = await solicitor.Get($"/documents/{picture}/file");
        Assert.Equal("scan.html.png", download.Content.Headers.ContentDisposition!.FileNameStar);

        using (var there = await solicitor.WhenAvailable($"/documents/{letter}/file")) RunsNowhere(there);
        using var refused = await solicitor.Get($"/documents/{letter}/preview");
        Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);
    }

    static void RunsNowhere(HttpResponseMessage answer)
    {
        var policy = answer.Headers.GetValues("Content-Security-Policy").Single().Split(';', StringSplitOptions.TrimEntries);
        Assert.Contains("sandbox", policy);
        Assert.Contains("default-src 'none'", policy);
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("no-store", answer.Headers.CacheControl!.ToString());
        Assert.False(answer.Headers.Contains("Server"));
    }

    [Fact]
    public async Task A_stranger_cannot_tell_a_document_of_others_from_none()
    {
        var referral = await portal.Database.AddReferral();
        using var solicitor = await portal.SignIn(Solicitor);
        var id = await solicitor.Add(referral.Id, "scan.png", ExampleFiles.Png);
        using (var there = await solicitor.WhenAvailable($"/documents/{id}/file")) Assert.Equal(HttpStatusCode.OK, there.StatusCode);

        using var stranger = await portal.SignIn(Stranger);
        var none = Guid.CreateVersion7();
        foreach (var what in (string[])["file", "preview"])
        {
            var missing = await Comparable(await stranger.Get($"/documents/{none}/{what}"), none);
            Assert.StartsWith("NotFound", missing, StringComparison.Ordinal);
            Assert.Contains("Page not found", missing);
            Assert.Equal(missing, await Comparable(await stranger.Get($"/documents/{id}/{what}"), id));
        }
        var noUpload = await Comparable(await stranger.Piece(none, 0, [1]), none);
        Assert.StartsWith("NotFound", noUpload, StringComparison.Ordinal);
        Assert.Equal(noUpload, await Comparable(await stranger.Piece(id, 0, [1]), id));
        Assert.Equal(await Comparable(await stranger.Send(new(HttpMethod.Head, new Uri($"/documents/uploads/{none}", UriKind.Relative))), none), await Comparable(await stranger.Send(new(HttpMethod.Head, new Uri($"/documents/uploads/{id}", UriKind.Relative))), id));
        using var place = await stranger.Post(new { referralId = referral.Id, name = "x.pdf", size = 10, modified = 1 });
        using var noPlace = await stranger.Post(new { referralId = none, name = "x.pdf", size = 10, modified = 1 });
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (place.StatusCode, noPlace.StatusCode));
    }

    static async Task<string> Comparable(HttpResponseMessage answer, Guid asked)
    {
        using (answer)
        {
            var headers = answer.Headers.Concat(answer.Content.Headers).Where(header => header.Key is not ("Date" or "Set-Cookie" or "Content-Length")).OrderBy(header => header.Key).Select(header => $"{header.Key}: {string.Join(',', header.Value)}");
            var all = $"{answer.StatusCode}\n{string.Join('\n', headers)}\n\n{await answer.Content.ReadAsStringAsync(Ct)}".Replace(asked.ToString(), "(asked)", StringComparison.OrdinalIgnoreCase);
            return Changing().Replace(all, "");
        }
    }

    // The name of one's own organisation in the top bar comes a moment later, or does not.
    [GeneratedRegex("<span b-[a-z0-9]+>Harbour Legal</span>|nonce[-=]\"?[A-Za-z0-9+/=&#;]+|<!--(/?)(Blazor|bl:).*?-->|CfDJ8[A-Za-z0-9_-]+", RegexOptions.Singleline)] private static partial Regex Changing();

    [Fact]
    public async Task Writing_takes_the_page_s_token_the_portal_s_origin_and_somebody_who_is_signed_in()
    {
        var referral = await portal.Database.AddReferral();
        using var solicitor = await portal.SignIn(Solicitor);
        var id = await solicitor.Begin(referral.Id, "x.pdf", 100);
        var file = new { referralId = referral.Id, name = "y.pdf", size = 10, modified = 1 };

        using (var answer = await solicitor.Post(file, token: "")) Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        using (var answer = await solicitor.Post(file, token: "CfDJ8made-up")) Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        using (var answer = await solicitor.Post(file, origin: "https://elsewhere.example")) Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        using (var answer = await solicitor.Piece(id, 0, new byte[10], token: "")) Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        using (var other = await portal.SignIn(Partner))
        using (var answer = await solicitor.Post(file, token: other.Token)) Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);

        using var nobody = Requests.To(portal.Address, new Visitor(portal.Address), solicitor.Token);
        using (var answer = await nobody.Post(file)) Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        using (var answer = await nobody.Piece(id, 0, new byte[10])) Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        using (var answer = await nobody.Get($"/documents/{id}/file")) Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        using var auditor = await portal.SignIn(Auditor);
        using (var answer = await auditor.Post(file)) Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Fact]
    public async Task Limits_hold_on_the_server_and_are_said_in_words()
    {
        var referral = await portal.Database.AddReferral();
        using var solicitor = await portal.SignIn(Solicitor);
        using (var tooLarge = await solicitor.Post(new { referralId = referral.Id, name = "x.pdf", size = 26 << 20, modified = 1 }))
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, tooLarge.StatusCode);
            Assert.Contains("The most is 25 MB", (await tooLarge.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("detail").GetString());
        }
        var id = await solicitor.Begin(referral.Id, "x.pdf", 3_000_000);
        using (var tooMuch = await solicitor.Piece(id, 0, new byte[DocumentLimits.ChunkBytes + 1])) Assert.Equal(HttpStatusCode.RequestEntityTooLarge, tooMuch.StatusCode);
        using (var gap = await solicitor.Piece(id, 500, new byte[10])) Assert.Equal((HttpStatusCode.Conflict, "0"), (gap.StatusCode, gap.Headers.GetValues("Upload-Offset").Single()));
        using (var nonsense = await solicitor.Post("nonsense")) Assert.Equal(HttpStatusCode.BadRequest, nonsense.StatusCode);
        using (var lone = await solicitor.PostText($$"""{"referralId":"{{referral.Id}}","name":"\ud83d.pdf","size":10,"modified":1}""")) Assert.True((int)lone.StatusCode < 500);

        // More bytes than were announced are not kept.
        var small = await solicitor.Begin(referral.Id, "small.png", ExampleFiles.Png.Length);
        using var more = await solicitor.Piece(small, 0, [.. ExampleFiles.Png, .. new byte[500]]);
        Assert.Equal(ExampleFiles.Png.Length.ToString(), more.Headers.GetValues("Upload-Offset").Single());
        using var there = await solicitor.WhenAvailable($"/documents/{small}/file");
        Assert.Equal(ExampleFiles.Png, await there.Content.ReadAsByteArrayAsync(Ct));
    }

    /// <summary>Plain requests of somebody who is signed in.</summary>
    public sealed class Requests(Visitor visitor, string token) : IDisposable
    {
        readonly HttpClient client = new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false });

        public string Token => token;

        Uri Portal { get; init; } = new("http://localhost");

        public static Requests To(Uri portal, Visitor visitor, string token) => new(visitor, token) { Portal = portal };

        public async Task<HttpResponseMessage> Send(HttpRequestMessage request)
        {
            request.RequestUri = new Uri(Portal, request.RequestUri!.OriginalString);
            if (visitor.Cookies.GetCookieHeader(Portal) is { Length: > 0 } cookies) request.Headers.Add("Cookie", cookies);
            return await client.SendAsync(request);
        }

        public Task<HttpResponseMessage> Get(string address) => Send(new(HttpMethod.Get, new Uri(address, UriKind.Relative)));

        public Task<HttpResponseMessage> Post(object file, string? token = null, string? origin = null) => PostText(JsonSerializer.Serialize(file), token, origin);

        public Task<HttpResponseMessage> PostText(string json, string? token = null, string? origin = null)
        {
            var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/documents/uploads", UriKind.Relative)) { Content = new StringContent(json, System.Text.Encoding.UTF8, "application/json") };
            Sign(request, token, origin);
            return Send(request);
        }

        public Task<HttpResponseMessage> Piece(Guid id, long offset, byte[] bytes, string? token = null)
        {
            var request = new HttpRequestMessage(HttpMethod.Patch, new Uri($"/documents/uploads/{id}", UriKind.Relative)) { Content = new ByteArrayContent(bytes) };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/offset+octet-stream");
            request.Headers.Add("Upload-Offset", offset.ToString());
            Sign(request, token, null);
            // As a browser learns of a refusal: before it has sent what would not be read.
            request.Headers.ExpectContinue = bytes.Length > DocumentLimits.ChunkBytes;
            return Send(request);
        }

        public async Task<Guid> Begin(Guid referral, string name, long size)
        {
            using var answer = await Post(new { referralId = referral, name, size, modified = 1 });
            Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
            return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetGuid();
        }

        public async Task<Guid> Add(Guid referral, string name, byte[] file)
        {
            var id = await Begin(referral, name, file.Length);
            using var answer = await Piece(id, 0, file);
            Assert.True(answer.Headers.Contains("Upload-Complete"));
            return id;
        }

        /// <summary>The portal checks in its own time.</summary>
        public async Task<HttpResponseMessage> WhenAvailable(string address)
        {
            for (var tries = 0; ; tries++)
            {
                var answer = await Get(address);
                if (answer.StatusCode == HttpStatusCode.OK || tries == 300) return answer;
                answer.Dispose();
                await Task.Delay(100);
            }
        }

        void Sign(HttpRequestMessage request, string? otherToken, string? origin)
        {
            if ((otherToken ?? token) is { Length: > 0 } given) request.Headers.Add("RequestVerificationToken", given);
            request.Headers.Add("Origin", origin ?? Portal.GetLeftPart(UriPartial.Authority));
        }

        public void Dispose()
        {
            client.Dispose();
            visitor.Dispose();
        }
    }

    /// <summary>The portal as a process with a real scanner, on a database and a folder of its own.</summary>
    public sealed partial class RunningPortal : IAsyncLifetime
    {
        readonly string folder = Path.Combine(Path.GetTempPath(), $"referralportal-documents-{Guid.NewGuid():N}");
        PortalProcess process = null!;
        LocalClamd clamd = null!;

        public PortalTestDatabase Database { get; } = new();
        public Uri Address => process.Address;

        public async ValueTask InitializeAsync()
        {
            await Database.InitializeAsync();
            clamd = await TestScanner.Start();
            process = await PortalProcess.Start(Database, new Dictionary<string, string> { ["Documents__Folder"] = folder, ["Documents__Clamd"] = clamd.Address });
        }

        public async Task<Requests> SignIn(string person)
        {
            var visitor = new Visitor(Address);
            var page = await visitor.SignIn(Accounts.Single(account => account.UserName == person), "/help");
            return Requests.To(Address, visitor, Token().Match(page.Body).Groups[1].Value);
        }

        [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"")] private static partial Regex Token();

        public async ValueTask DisposeAsync()
        {
            if (process is not null) await process.DisposeAsync();
            if (clamd is not null) await clamd.DisposeAsync();
            await Database.DisposeAsync();
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        }
    }
}
