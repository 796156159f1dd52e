using System.Globalization;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http.HttpResults;
using ReferralPortal.Domain;
using ReferralPortal.Domain.Funding;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Funding.Extensions;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Platform.Mail;
using ReferralPortal.Web.Platform.Security;

namespace ReferralPortal.Web.Features.Funding.Links;

/// <summary>A payer's pages at <c>/f/{token}</c>, see <see cref="SecretPageAttribute"/>.</summary>
public static class FunderLinkEndpoints
{
    public static void MapFunderLinks(this IEndpointRouteBuilder app)
    {
        var pages = app.MapSecretPages("/f/{token}", FunderLinkLimit.Name);
        pages.MapGet("", Open);
        pages.MapPost("", Step);
    }

    static async Task<IResult> Open(string token, HttpContext http, FollowLink link, FunderLinkPages pages, CancellationToken ct) => await Shown(token, http, link, pages, null, ct);

    // The page for whoever is known, otherwise its door.
    static async Task<IResult> Shown(string token, HttpContext http, FollowLink link, FunderLinkPages pages, LinkForm? form, CancellationToken ct)
    {
        if ((await link.Read(token, http.Request.Cookies[FunderLinkPages.Cookie], ct)).Value is { } page) return await pages.Show(http, page, null, form ?? new());
        return (await link.Open(token, ct)).Value is { } door ? await pages.Show(http, null, door, form ?? new()) : await pages.Gone(http);
    }

    static async Task<IResult> Step(string token, HttpContext http, FollowLink link, FunderLinkPages pages, IAntiforgery antiforgery, CancellationToken ct)
    {
        var form = LinkForm.Of(await http.Request.ReadFormAsync(ct));
        if (!await antiforgery.IsRequestValidAsync(http)) return await Shown(token, http, link, pages, form.With("", "Nothing was sent: your browser did not keep the cookie that this page needs. Please try again"), ct);
        return form.Step switch
        {
            "code" => await SendCode(token, http, link, pages, form, ct),
            "enter" => await EnterCode(token, http, link, pages, form, ct),
            "answer" => await Answer(token, http, link, pages, form, ct),
            _ => await Shown(token, http, link, pages, null, ct),
        };
    }

    static async Task<IResult> SendCode(string token, HttpContext http, FollowLink link, FunderLinkPages pages, LinkForm form, CancellationToken ct)
    {
        try
        {
            var sent = await link.SendCode(token, ct);
            return sent.Failure is Failure.Missing ? await pages.Gone(http)
                : await Shown(token, http, link, pages, sent.Failure is { } failure ? form.With("", FailureWords.Of(failure)) : form, ct);
        }
        catch (MailNotSentException)
        {
            return await Shown(token, http, link, pages, form.With("", "The code could not be sent just now. Please try again in a minute, or ring the clinic"), ct);
        }
    }

    static async Task<IResult> EnterCode(string token, HttpContext http, FollowLink link, FunderLinkPages pages, LinkForm form, CancellationToken ct)
    {
        var entered = await link.EnterCode(token, form.Code, ct);
        if (entered.Value is not { } result) return await pages.Gone(http);
        if (result.Visit is not { } visit)
            return await Shown(token, http, link, pages, form.With("Code", result.Check switch
            {
                CodeCheck.Wrong => "This is not the code that was sent. Look at the last mail again",
                CodeCheck.TooManyTries => "The code was wrong too often and holds no more. Ask for a new one",
                _ => "The code holds no more. Ask for a new one",
            }), ct);

        http.Response.Cookies.Append(FunderLinkPages.Cookie, visit, new CookieOptions { HttpOnly = true, Secure = http.Request.IsHttps, SameSite = SameSiteMode.Lax, Path = "/f", MaxAge = FollowLink.VisitLasts, IsEssential = true });
        return Results.LocalRedirect($"/f/{token}");
    }

    static async Task<IResult> Answer(string token, HttpContext http, FollowLink link, FunderLinkPages pages, LinkForm form, CancellationToken ct)
    {
        var visit = http.Request.Cookies[FunderLinkPages.Cookie];
        if ((await link.Read(token, visit, ct)).Value is not { } page) return await Shown(token, http, link, pages, null, ct);
        var (answer, errors) = form.Answer(page.Lines);
        if (answer is null) return await pages.Show(http, page, null, form with { Errors = errors });

        var outcome = await link.Answer(token, visit, form.Version, form.Name, answer, ct);
        if (outcome.IsDone)
        {
            http.Response.Cookies.Delete(FunderLinkPages.Cookie, new CookieOptions { Path = "/f" });
            return await pages.Done(http, outcome.Value);
        }
        return outcome.Failure switch
        {
            Failure.Invalid invalid => await pages.Show(http, page, null, form with { Errors = invalid.Errors }),
            Failure.Missing => await pages.Gone(http),
            var failure => await Shown(token, http, link, pages, form.With("", FailureWords.Of(failure!)), ct),
        };
    }
}

/// <summary>What was typed on a payer's page.</summary>
public sealed record LinkForm
{
    public string Step { get; init; } = "";
    public string Code { get; init; } = "";
    public int Version { get; init; }
    /// <summary>all, part or none.</summary>
    public string Verdict { get; init; } = "";
    public IReadOnlyList<string> Granted { get; init; } = [];
    public string Reason { get; init; } = "";
    public string Words { get; init; } = "";
    public string Name { get; init; } = "";
    public IReadOnlyDictionary<string, string>? Errors { get; init; }

    internal static LinkForm Of(IFormCollection typed) => new()
    {
        Step = typed["step"].ToString(),
        Code = typed["Code"].ToString(),
        Version = int.TryParse(typed["version"], NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : 0,
        Verdict = typed["Verdict"].ToString(),
        Granted = [.. Enumerable.Range(0, ExtensionRules.MostLines).Select(place => typed[$"Granted.{place}"].ToString())],
        Reason = typed["Reason"].ToString(),
        Words = typed["Words"].ToString(),
        Name = typed["Name"].ToString(),
    };

    internal LinkForm With(string field, string words) => this with { Errors = new Dictionary<string, string> { [field] = words } };

    internal (ExtensionAnswer? Answer, IReadOnlyDictionary<string, string> Errors) Answer(IReadOnlyList<ExtensionLine> lines)
    {
        var verdict = Verdict switch { "all" => Funding.Extensions.Verdict.Authorise, "part" => Funding.Extensions.Verdict.Part, "none" => Funding.Extensions.Verdict.Decline, _ => (Verdict?)null };
        return AnswerForm.Read(lines, verdict, Granted, EnumText.TryParse<ExtensionReason>(Reason, out var reason) ? reason : null, Words);
    }
}

/// <summary>Answers with the document of a link, in one of its states.</summary>
public sealed class FunderLinkPages(IAntiforgery antiforgery, CatalogueStore catalogue)
{
    internal const string Cookie = "portal-visit";

    internal async Task<IResult> Show(HttpContext http, LinkPage? page, LinkDoor? door, LinkForm form) =>
        await Document(http, form.Errors is null ? 200 : 422, new() { [nameof(FunderLinkDocument.Page)] = page, [nameof(FunderLinkDocument.Door)] = door, [nameof(FunderLinkDocument.Form)] = form });

    internal async Task<IResult> Done(HttpContext http, ExtensionState answered) => await Document(http, 200, new() { [nameof(FunderLinkDocument.Answered)] = answered });

    /// <summary>One page for every link that opens nothing, whyever it does not.</summary>
    internal async Task<IResult> Gone(HttpContext http) => await Document(http, 404, []);

    async Task<IResult> Document(HttpContext http, int status, Dictionary<string, object?> parameters)
    {
        parameters[nameof(FunderLinkDocument.Group)] = (await catalogue.Get(http.RequestAborted)).Group;
        parameters[nameof(FunderLinkDocument.Token)] = antiforgery.GetAndStoreTokens(http);
        return new RazorComponentResult<FunderLinkDocument>(parameters) { StatusCode = status };
    }
}

/// <summary>How often one network address may ask: often enough for an office, too seldom to guess.</summary>
sealed class FunderLinkLimit() : AddressLimit(perMinute: 30, "Too many pages were opened from your network just now. Please wait a minute, then open the link again.")
{
    public const string Name = "funder-link";
}
