using System.Net;
using AngleSharp.Html.Parser;
using ReferralPortal.Database.Seeds;
using ReferralPortal.DevIdentity;
using ReferralPortal.Domain.Progress;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Progress.Reports;
using ReferralPortal.Web.Features.Progress.Reports.Check;
using ReferralPortal.Web.Features.Progress.Reports.Verify;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Platform.SignIn;
using ReferralPortal.Web.Tests.Features.Referrals;
using ReferralPortal.Web.Tests.Features.Triaging;
using ReferralPortal.Web.Tests.Platform.SignIn;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Progress.Reports;

/// <summary>What nobody's account is needed for: whether a copy is genuine, and the patient's link.</summary>
public sealed class VerifyTests(VerifyTests.RunningPortal portal) : IClassFixture<VerifyTests.RunningPortal>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    PortalTestDatabase Database => portal.Database;
    VerifyReport Verify => new(Database.Sources);

    async Task<(TestReferral Referral, Guid Report, string Hash)> Signed(string words, bool patientChecks = false)
    {
        var referral = await Database.Treated();
        var report = await Database.Signed(referral, ReportKind.Progress, patientChecks, words: words);
        return (referral, report, (await Database.Ask<string>("select content_hash from report where id = @report", new { report }))!);
    }

    [Fact]
    public async Task A_copy_is_known_by_its_hash_or_by_reference_and_check_value_and_by_nothing_less()
    {
        var (referral, _, hash) = await Signed("one");
        async Task<Genuineness> Ask(string? reference, string check) => (await Verify.Handle(reference, check, Ct)).Value;

        Assert.Equal(Genuineness.Current, await Ask(null, hash));
        Assert.Equal(Genuineness.Current, await Ask(referral.Reference, hash.ToUpperInvariant()));
        Assert.Equal(Genuineness.Current, await Ask(referral.Reference.Replace("-", "", StringComparison.Ordinal).ToLowerInvariant(), $"{hash[..8]} {hash[8..16]}"));
        Assert.Equal(Genuineness.Unknown, await Ask(referral.Reference, Flipped(hash)));
        Assert.Equal(Genuineness.Unknown, await Ask(referral.Reference, Flipped(hash)[..16]));
        var (other, _, _) = await Signed("another");
        Assert.Equal(Genuineness.Unknown, await Ask(other.Reference, hash[..16]));
        Assert.Equal(Genuineness.Unknown, await Ask(other.Reference, hash));

        // Less than 64 bits is not looked up at all, neither here nor in the database.
        Assert.Contains("Hash", Assert.IsType<Failure.Invalid>((await Verify.Handle(referral.Reference, hash[..15], Ct)).Failure).Errors);
        Assert.Contains("Reference", Assert.IsType<Failure.Invalid>((await Verify.Handle(null, hash[..16], Ct)).Failure).Errors);
        Assert.Contains("Reference", Assert.IsType<Failure.Invalid>((await Verify.Handle("R-1", hash, Ct)).Failure).Errors);
        Assert.Null(await Database.Ask<string>("select portal.verify_report(@Reference, @few)", new { referral.Reference, few = hash[..15] }));
        Assert.Null(await Database.Ask<string>("select portal.verify_report(null, @few)", new { few = hash[..16] }));
        Assert.Null(await Database.Ask<string>("select portal.verify_report(@Reference, '%')", new { referral.Reference }));
    }

    [Fact]
    public async Task What_no_reader_has_yet_is_unknown_and_what_was_replaced_is_superseded()
    {
        var (referral, report, hash) = await Signed("two", patientChecks: true);
        Assert.Equal(Genuineness.Unknown, (await Verify.Handle(null, hash, Ct)).Value);
        var clinician = await Database.Actor(Clinician);
        await new ReleaseReport(Database.Database).Handle(clinician, report, Ct);
        Assert.Equal(Genuineness.Current, (await Verify.Handle(referral.Reference, hash[..16], Ct)).Value);

        var second = (await new AmendReport(Database.Database).Start(clinician, Guid.CreateVersion7(), report, "Wrong date.", Ct)).Value;
        await Database.Sign(second, await Database.Fill((await Database.Write().Open(clinician, second, Ct)).Value!, "three"));
        Assert.Equal(Genuineness.Superseded, (await Verify.Handle(referral.Reference, hash[..16], Ct)).Value);
    }

    [Fact]
    public async Task The_page_says_which_and_nothing_else()
    {
        var (referral, report, hash) = await Signed("four");
        var (genuine, unknown) = (await portal.Get($"/verify?reference={referral.Reference}&hash={hash[..16]}"), await portal.Get($"/verify?reference={referral.Reference}&hash={Flipped(hash)[..16]}"));
        Assert.Contains("Genuine and current.", genuine.Body);
        Assert.Contains("Not known.", unknown.Body);
        foreach (var answer in new[] { genuine, unknown })
        {
            Assert.Contains("no-store", answer.Headers["Cache-Control"]);
            Assert.Contains("noindex", answer.Body);
            foreach (var never in (string[])["Maud", "Ollerenshaw", "Northgate", "Beth", "Progress report", "four", "1985", report.ToString(), "PH104512"]) Assert.DoesNotContain(never, answer.Body, StringComparison.OrdinalIgnoreCase);
        }
        // A reference that exists and one that does not are told apart nowhere.
        string Answer(Answer page) => System.Text.RegularExpressions.Regex.Replace(page.Body.Split("<main")[1].Split("</main>")[0], @"value=""[^""]*""", "");
        Assert.Equal(Answer(unknown), Answer(await portal.Get($"/verify?reference={Domain.Referrals.Reference.FromNumber(123)}&hash={hash[..16]}")));
        Assert.Contains("There is a problem", (await portal.Get("/verify?hash=zz")).Body);
    }

    [Fact]
    public async Task A_patient_reads_and_answers_without_an_account()
    {
        var (_, report, _) = await Signed("five", patientChecks: true);
        var token = await Link(report);
        using var visitor = new Visitor(portal.Address);
        var page = await visitor.Open($"/p/{token}");
        Assert.Contains("Your date of birth", page.Body);
        foreach (var never in (string[])["Maud", "Ollerenshaw", "five", "Progress"]) Assert.DoesNotContain(never, page.Body.Split("<main")[1], StringComparison.Ordinal);
        Assert.DoesNotMatch("R-[0-9A-Z]{4}-[0-9A-Z]{4}", page.Body); // a whole reference: the form's token may hold its first letters
        Assert.Contains("no-store", page.Headers["Cache-Control"]);
        Assert.Equal("no-referrer", page.Headers["Referrer-Policy"]);
        Assert.Contains("noindex", page.Headers["X-Robots-Tag"]);

        var wrong = await Send(visitor, page, ("Day", "13"), ("Month", "3"), ("Year", "1985"));
        Assert.Contains("There is a problem", wrong.Body);
        Assert.DoesNotContain("Ollerenshaw", wrong.Body);
        var shown = await Send(visitor, wrong, ("Day", "12"), ("Month", "3"), ("Year", "1985"));
        Assert.Contains("Ollerenshaw", shown.Body);
        Assert.Contains("five [treatment]", shown.Body);
        var thanks = await Send(visitor, shown, ("Correction", "It is a <b>bus</b>."));
        Assert.Contains("Thank you", thanks.Body);
        Assert.Equal("It is a <b>bus</b>.", await Database.Ask<string>("select correction from report_preview where report_id = @report", new { report }));
        foreach (var dead in (Answer[])[await visitor.Send(HttpMethod.Get, $"/p/{token}"), await Send(visitor, shown, ("Correction", "And once more.")), await visitor.Send(HttpMethod.Get, "/p/made-up")])
        {
            Assert.Contains("does not work any more", dead.Body);
            Assert.Equal(HttpStatusCode.NotFound, dead.Status);
        }
    }

    [Fact]
    public async Task A_form_without_its_token_is_refused()
    {
        var (_, report, _) = await Signed("six", patientChecks: true);
        using var visitor = new Visitor(portal.Address);
        var answer = await visitor.Send(HttpMethod.Post, $"/p/{await Link(report)}", [new("_handler", "check"), new("Day", "12"), new("Month", "3"), new("Year", "1985")]);
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.DoesNotContain("Ollerenshaw", answer.Body);
    }

    [Fact]
    public async Task Guessing_is_slowed_down()
    {
        await using var slow = await PortalProcess.Start(Database, new Dictionary<string, string> { ["Background__Enabled"] = "false", ["Limits__ReportChecksPerMinute"] = "3" });
        using var visitor = new Visitor(slow.Address);
        var answers = new List<HttpStatusCode>();
        foreach (var address in (string[])["/verify?hash=x", "/p/x", "/p/y", "/p/z", "/verify?hash=y"]) answers.Add((await visitor.Send(HttpMethod.Get, address)).Status);
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.NotFound, HttpStatusCode.NotFound, HttpStatusCode.TooManyRequests, HttpStatusCode.TooManyRequests], answers);
    }

    /// <summary>A file is kept and handed on: whoever asks for it first must not choose the address that it sends people to.</summary>
    [Fact]
    public async Task A_forged_host_gets_into_no_report_that_is_kept()
    {
        var (referral, report, _) = await Signed("seven");
        using var visitor = new Visitor(portal.Address);
        await visitor.SignIn(DevAccounts.Load(Path.Combine(SeedLoader.DefaultFolder, "demo/accounts.json")).Single(account => account.UserName == Solicitor));
        using var browser = new HttpClient(new SocketsHttpHandler { CookieContainer = visitor.Cookies, AllowAutoRedirect = false });
        async Task<byte[]> File(params (string Name, string Value)[] headers)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(portal.Address, $"/reports/{report}/pdf"));
            foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
            using var answer = await browser.SendAsync(request, Ct);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            return await answer.Content.ReadAsByteArrayAsync(Ct);
        }

        var pdf = await File(("Host", "attacker.example"), ("X-Forwarded-Host", "attacker.example"), ("X-Forwarded-Proto", "https"));
        Assert.Equal(pdf, await File()); // it is the one that everybody gets from now on
        using var document = UglyToad.PdfPig.PdfDocument.Open(pdf);
        var text = string.Join(' ', document.GetPages().SelectMany(page => page.GetWords()).Select(word => word.Text));
        var links = document.GetPages().SelectMany(page => page.GetHyperlinks()).Select(link => link.Uri).ToList();
        Assert.Contains("https://portal.clinic.example/verify", text);
        Assert.All(links, link => Assert.StartsWith($"https://portal.clinic.example/verify?reference={referral.Reference}", link));
        Assert.NotEmpty(links);
        foreach (var never in (string[])["attacker", "localhost"]) Assert.DoesNotContain(never, text);
    }

    static string Flipped(string hash) => (hash[0] == '0' ? '1' : '0') + hash[1..];

    async Task<string> Link(Guid report)
    {
        var system = await CurrentActor.Load(Database.Sources, Actor.SystemUserId, Ct);
        return (await Database.Database.Write<string>(system, async unit => await CheckLinks.New(unit, report), Ct)).Value![3..];
    }

    static async Task<Answer> Send(Visitor visitor, Answer page, params (string Name, string Value)[] typed)
    {
        using var document = new HtmlParser().ParseDocument(page.Body);
        var fields = document.QuerySelectorAll("main form input[type=hidden]").Select(field => (field.GetAttribute("name")!, field.GetAttribute("value") ?? "")).Where(field => typed.All(one => one.Name != field.Item1));
        return await visitor.Post(page.Address.AbsoluteUri, [.. fields, .. typed]);
    }

    /// <summary>The portal as a process, on a database of its own.</summary>
    public sealed class RunningPortal : IAsyncLifetime
    {
        PortalProcess process = null!;

        public PortalTestDatabase Database { get; } = new();

        public Uri Address => process.Address;

        public async ValueTask InitializeAsync()
        {
            await Database.InitializeAsync();
            process = await PortalProcess.Start(Database, new Dictionary<string, string> { ["Background__Enabled"] = "false", ["PublicAddress"] = "https://portal.clinic.example", ["Pdf__Chromium"] = await TestBrowser.Program() });
        }

        internal async Task<Answer> Get(string address)
        {
            using var visitor = new Visitor(Address);
            return await visitor.Send(HttpMethod.Get, address);
        }

        public async ValueTask DisposeAsync()
        {
            if (process is not null) await process.DisposeAsync();
            await Database.DisposeAsync();
        }
    }
}
