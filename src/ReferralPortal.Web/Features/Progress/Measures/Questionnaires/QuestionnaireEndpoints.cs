using System.Globalization;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http.HttpResults;
using ReferralPortal.Domain.Progress;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Platform.Security;

namespace ReferralPortal.Web.Features.Progress.Measures.Questionnaires;

/// <summary>The patient's own pages at <c>/m/{secret}</c>, see <see cref="SecretPageAttribute"/>.</summary>
public static class QuestionnaireEndpoints
{
    public static void MapQuestionnaires(this IEndpointRouteBuilder app)
    {
        var pages = app.MapSecretPages("/m/{secret}", QuestionnaireLimit.Name);
        pages.MapGet("", Open);
        pages.MapPost("", Answer);
    }

    static async Task<IResult> Open(string secret, HttpContext http, AnswerQuestionnaire questionnaires, QuestionnairePages pages, CancellationToken ct) =>
        (await questionnaires.Open(secret, ct)).Value is { } page ? await pages.Ask(http, page, MeasureForm.Of(page.Measure, page.Names), null) : await pages.Gone(http);

    static async Task<IResult> Answer(string secret, HttpContext http, AnswerQuestionnaire questionnaires, QuestionnairePages pages, IAntiforgery antiforgery, CatalogueStore catalogue, CancellationToken ct)
    {
        var typed = await http.Request.ReadFormAsync(ct);
        var key = typed["measure"].ToString();
        var measure = (await catalogue.Get(ct)).Measures.FirstOrDefault(known => known.Key == key && known.IsWorded());
        if (measure is null || (await questionnaires.Open(secret, ct)).Value is not { } page) return await pages.Gone(http);

        var form = Read(typed, measure);
        if (!await antiforgery.IsRequestValidAsync(http)) return await pages.Ask(http, page, form, new() { [""] = "Your answers were not sent: your browser did not keep the cookie that this page needs. Nothing is lost. Send them again" });
        if (page.Measure.Key == key && typed["sure"] != "yes" && form.LeftOut(measure.Wording()) is { Count: > 0 } left && form.Check(measure).Count == 0)
            return await pages.Ask(http, page, form, left.ToDictionary(item => MeasureForm.AnswerField(item - 1), item => $"Question {item} has no answer"), mayLeaveOut: true);

        var outcome = await questionnaires.Answer(secret, key, form, ct);
        if (outcome.Failure is Failure.Invalid invalid) return await pages.Ask(http, page, form, new(invalid.Errors));
        if (outcome.Value is not { } answered) return await pages.Gone(http);
        if (answered.Next is not null && answered.Alert != MeasureAlert.ThoughtsOfSelfHarm) return Results.LocalRedirect($"/m/{Uri.EscapeDataString(secret)}");
        return await pages.Done(http, answered);
    }

    static MeasureForm Read(IFormCollection typed, Measure measure)
    {
        var form = MeasureForm.Of(measure);
        for (var item = 0; item < form.Answers.Count; item++)
        {
            // What is no number is out of every range: it is refused in words and not taken for "no answer".
            var answer = typed[MeasureForm.AnswerField(item)].ToString().Trim();
            form.Answers[item] = answer.Length == 0 ? null : int.TryParse(answer, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : int.MaxValue;
            form.Names[item] = Referrals.Submit.TypedText.Storable(typed[MeasureForm.NameField(item)].ToString()) ?? "";
        }
        return form;
    }
}

/// <summary>Answers with the document of a questionnaire, in one of its states.</summary>
public sealed class QuestionnairePages(IAntiforgery antiforgery, CatalogueStore catalogue)
{
    internal async Task<IResult> Ask(HttpContext http, PatientPage page, MeasureForm form, Dictionary<string, string>? errors, bool mayLeaveOut = false) =>
        await Document(http, errors is null ? 200 : 422, new() { [nameof(QuestionnaireDocument.Page)] = page, [nameof(QuestionnaireDocument.Form)] = form, [nameof(QuestionnaireDocument.Errors)] = errors, [nameof(QuestionnaireDocument.MayLeaveOut)] = mayLeaveOut });

    internal async Task<IResult> Done(HttpContext http, MeasureAnswered answered) =>
        await Document(http, 200, new() { [nameof(QuestionnaireDocument.Answered)] = answered, [nameof(QuestionnaireDocument.Page)] = answered.Next });

    /// <summary>One page for every link that opens nothing, whyever it does not.</summary>
    internal async Task<IResult> Gone(HttpContext http) => await Document(http, 404, []);

    async Task<IResult> Document(HttpContext http, int status, Dictionary<string, object?> parameters)
    {
        parameters[nameof(QuestionnaireDocument.Group)] = (await catalogue.Get(http.RequestAborted)).Group;
        parameters[nameof(QuestionnaireDocument.Token)] = antiforgery.GetAndStoreTokens(http);
        return new RazorComponentResult<QuestionnaireDocument>(parameters) { StatusCode = status };
    }
}

/// <summary>How often one network address may open or send questionnaires: often enough for a clinic's waiting room, too seldom to guess.</summary>
sealed class QuestionnaireLimit(PortalLimits limits)
    : AddressLimit(limits.QuestionnaireRequestsPerMinute, "Too many questionnaires were opened from your network just now. Please wait a minute, then open the link again.")
{
    public const string Name = "questionnaire";
}
