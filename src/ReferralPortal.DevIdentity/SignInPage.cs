using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Http;
using OpenIddict.Abstractions;

namespace ReferralPortal.DevIdentity;

/// <summary>The provider's one page: the demo accounts as buttons, and a form for a user name and a password.</summary>
static class SignInPage
{
    /// <summary>Writes the page; it repeats the request in hidden fields and posts them back to the same address.</summary>
    public static Task Show(HttpContext context, IReadOnlyList<DevAccount> accounts, OpenIddictRequest request, string? problem = null, string? typed = null)
    {
        var nonce = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
        var portal = new Uri(request.RedirectUri!).GetLeftPart(UriPartial.Authority);
        context.Response.StatusCode = problem is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest;
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.Headers.ContentSecurityPolicy = $"default-src 'none'; style-src 'nonce-{nonce}'; img-src data:; form-action 'self' {portal}; base-uri 'none'; frame-ancestors 'none'";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.Headers["Referrer-Policy"] = "no-referrer";
        return context.Response.WriteAsync(Page(context, accounts, request, nonce, problem, typed), context.RequestAborted);
    }

    static string Page(HttpContext context, IReadOnlyList<DevAccount> accounts, OpenIddictRequest request, string nonce, string? problem, string? typed)
    {
        var action = Html(context.Request.PathBase + context.Request.Path);
        var fields = Fields(request);
        return $"""
            <!doctype html>
            <html lang="en-GB">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>{(problem is null ? "" : "Problem: ")}Example directory</title>
            <link rel="icon" href="data:,">
            <style nonce="{nonce}">{Style}</style>
            </head>
            <body>
            <main>
            <header>
            <p class="where">Local sign-in provider</p>
            <h1>Example directory</h1>
            <p>Stands in for Microsoft Entra ID on this machine. Every person and organisation here is made up.</p>
            </header>
            {Alert(problem)}
            <div class="ways">
            <section class="typed" aria-labelledby="typed-heading">
            <h2 id="typed-heading">Type who you are</h2>
            <form method="post" action="{action}">
            {fields}
            <label for="user-name">User name</label>
            <input id="user-name" name="user_name" type="text" autocomplete="username" autocapitalize="none" spellcheck="false" required value="{Html(typed)}">
            <label for="password">Password</label>
            <input id="password" name="password" type="password" autocomplete="current-password" required aria-describedby="password-hint">
            <p id="password-hint" class="hint">The same for every demo account: demo</p>
            <button class="primary" type="submit">Sign in</button>
            </form>
            </section>
            <section aria-labelledby="listed-heading">
            <h2 id="listed-heading">Or choose somebody</h2>
            <form method="post" action="{action}">
            {fields}
            {Listed(accounts)}
            </form>
            </section>
            </div>
            </main>
            </body>
            </html>
            """;
    }

    static string Fields(OpenIddictRequest request)
    {
        var html = new StringBuilder();
        foreach (var (name, value) in request.GetParameters())
            if (name is not ("account" or "user_name" or "password"))
                html.Append($"""<input type="hidden" name="{Html(name)}" value="{Html((string?)value)}">""");
        return html.ToString();
    }

    static string Alert(string? problem) =>
        problem is null ? "" : $"""<div class="alert" role="alert"><h2>There is a problem</h2><p>{Html(problem)}</p></div>""";

    static string Listed(IReadOnlyList<DevAccount> accounts)
    {
        var html = new StringBuilder();
        foreach (var organisation in accounts.GroupBy(account => account.Organisation))
        {
            html.Append($"<h3>{Html(organisation.Key)}</h3><ul>");
            foreach (var account in organisation)
                html.Append($"""
                    <li><button type="submit" name="account" value="{Html(account.UserName)}"><strong>{Html(account.DisplayName)}</strong>{(account.Role is null ? "" : $" <span>{Html(account.Role)}</span>")}
                    <span class="name">{Html(account.UserName)}</span></button></li>
                    """);
            html.Append("</ul>");
        }
        return html.ToString();
    }

    static string Html(string? text) => HtmlEncoder.Default.Encode(text ?? "");

    const string Style = """
        :root { --ink: #17262b; --soft: #4a5b61; --line: #c3ced2; --paper: #fff; --ground: #eef3f3; --accent: #00574f; --accent-ink: #fff; --bad: #9f1d15; }
        @media (prefers-color-scheme: dark) { :root { --ink: #e8eff0; --soft: #b3c2c6; --line: #44565c; --paper: #17262b; --ground: #0e191d; --accent: #7ad3c6; --accent-ink: #06231f; --bad: #ffb4ab; } }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--ground); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
        main { max-width: 60rem; margin: 0 auto; padding: 2rem 1rem 3rem; }
        header p { margin: 0; color: var(--soft); }
        .where { font-size: .875rem; }
        h1 { margin: .25rem 0; font-size: 1.75rem; line-height: 1.25; }
        h2 { margin: 0 0 .75rem; font-size: 1.125rem; }
        h3 { margin: 1rem 0 .5rem; font-size: .9375rem; color: var(--soft); font-weight: 600; }
        h3:first-of-type { margin-top: 0; }
        .ways { display: grid; gap: 1rem; margin-top: 1.5rem; align-items: start; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)); }
        section { background: var(--paper); border: 1px solid var(--line); border-radius: 8px; padding: 1.25rem; }
        label { display: block; font-weight: 600; margin-bottom: .25rem; }
        input[type=text], input[type=password] { width: 100%; font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--soft); border-radius: 8px; padding: .5rem .75rem; margin-bottom: 1rem; }
        .hint { margin: -.75rem 0 1rem; color: var(--soft); font-size: .9375rem; }
        ul { list-style: none; margin: 0; padding: 0; display: grid; gap: .5rem; }
        button { font: inherit; cursor: pointer; border-radius: 8px; border: 1px solid var(--line); background: var(--paper); color: var(--ink); padding: .5rem .75rem; min-height: 2.75rem; }
        li button { width: 100%; text-align: left; overflow-wrap: anywhere; }
        li button:hover { border-color: var(--accent); }
        li span { color: var(--soft); }
        .name { display: block; font-size: .875rem; }
        .primary { background: var(--accent); border-color: var(--accent); color: var(--accent-ink); font-weight: 600; padding: .5rem 1.5rem; }
        input:focus-visible, button:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
        .alert { margin-top: 1.5rem; padding: 1rem 1.25rem; border: 2px solid var(--bad); border-radius: 8px; background: var(--paper); }
        .alert h2 { color: var(--bad); margin: 0; }
        .alert p { margin: .25rem 0 0; }
        """;
}
