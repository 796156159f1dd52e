using System.Net;
using AngleSharp.Html.Parser;
using ReferralPortal.DevIdentity;

namespace ReferralPortal.Web.Tests.Platform.SignIn;

/// <summary>A person with a browser of their own: keeps cookies, follows redirects, fills in the provider's form.</summary>
public sealed class Visitor(Uri portal) : IDisposable
{
    readonly HttpClient client = new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false });

    public CookieContainer Cookies { get; } = new();

    /// <summary>One request, no redirect followed.</summary>
    public async Task<Answer> Send(HttpMethod method, string address, IEnumerable<KeyValuePair<string, string>>? form = null, params (string Name, string Value)[] headers)
    {
        var uri = new Uri(portal, address);
        using var request = new HttpRequestMessage(method, uri) { Content = form is null ? null : new FormUrlEncodedContent(form) };
        if (Cookies.GetCookieHeader(uri) is { Length: > 0 } cookies) request.Headers.Add("Cookie", cookies);
        foreach (var (name, value) in headers) request.Headers.Add(name, value);
        using var response = await client.SendAsync(request);
        if (response.Headers.TryGetValues("Set-Cookie", out var set))
            foreach (var cookie in set) Cookies.SetCookies(uri, cookie);
        return new Answer(uri, response.StatusCode, await response.Content.ReadAsStringAsync(), response.Headers.Location is { } next ? new Uri(uri, next) : null,
            response.Headers.Concat(response.Content.Headers).ToDictionary(header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase));
    }

    /// <summary>Opens an address and goes where it leads.</summary>
    public Task<Answer> Open(string address) => Follow(Send(HttpMethod.Get, address));

    /// <summary>Sends a form and goes where it leads.</summary>
    public Task<Answer> Post(string address, params (string Name, string Value)[] fields) =>
        Follow(Send(HttpMethod.Post, address, fields.Select(field => KeyValuePair.Create(field.Name, field.Value))));

    /// <summary>Signs in at the provider with the user name and the password, wanting to go to <paramref name="returnUrl"/>.</summary>
    public async Task<Answer> SignIn(DevAccount account, string returnUrl = "/", string password = "demo") =>
        await FillIn(await Open("/sign-in/start?returnUrl=" + Uri.EscapeDataString(returnUrl)), account, password);

    /// <summary>Fills in the provider's form.</summary>
    public async Task<Answer> FillIn(Answer page, DevAccount account, string password = "demo")
    {
        using var document = new HtmlParser().ParseDocument(page.Body);
        var form = document.QuerySelector("form") ?? throw new InvalidOperationException($"No form at {page.Address}: {page.Status} {page.Body}");
        var fields = form.QuerySelectorAll("input[type=hidden]").Select(field => (field.GetAttribute("name")!, field.GetAttribute("value")!));
        return await Post(new Uri(page.Address, form.GetAttribute("action")).AbsoluteUri, [.. fields, ("user_name", account.UserName), ("password", password)]);
    }

    public async Task<Answer> SignOut() => await Post("/sign-out", ("__RequestVerificationToken", (await Open("/form-token")).Body));

    public void Dispose() => client.Dispose();

    async Task<Answer> Follow(Task<Answer> first)
    {
        var answer = await first;
        for (var step = 0; answer.Next is { } next; step++)
        {
            if (step == 12) throw new InvalidOperationException($"Going round in circles at {next}");
            answer = await Send(HttpMethod.Get, next.AbsoluteUri);
        }
        return answer;
    }
}

/// <summary>What came back.</summary>
public sealed record Answer(Uri Address, HttpStatusCode Status, string Body, Uri? Next, IReadOnlyDictionary<string, string> Headers)
{
    public string Path => Address.AbsolutePath;
}
