using System.Globalization;
using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;
using ReferralPortal.Domain.Documents;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Platform.Security;
using ReferralPortal.Web.Platform.SignIn;

namespace ReferralPortal.Web.Features.Documents;

/// <summary>
/// Files in and out. In: <c>POST /documents/uploads</c> makes room, <c>PATCH /documents/uploads/{id}</c> brings a piece that begins at <c>Upload-Offset</c>, <c>HEAD</c> asks how much is there;
/// every answer says it in <c>Upload-Offset</c>, and that all of it is there in <c>Upload-Complete: true</c>. A piece that begins elsewhere answers 409.
/// Out: <c>GET /documents/{id}/file</c>, always as a download; <c>GET /documents/{id}/preview</c>, a JPEG or PNG as a picture and nothing else.
/// </summary>
public static class DocumentEndpoints
{
    const string Offset = "Upload-Offset", Complete = "Upload-Complete", PieceType = "application/offset+octet-stream";

    public static void MapDocuments(this IEndpointRouteBuilder app)
    {
        var documents = app.MapGroup("/documents").RequireAuthorization(policy => policy.RequireRole(ReferralReaders.Roles.Split(','))).ExcludeFromDescription();
        documents.MapGet("/{id:guid}/file", Download).WithSecurityHeadersPolicy(SecurityHeaders.OfFiles);
        documents.MapGet("/{id:guid}/preview", Preview).WithSecurityHeadersPolicy(SecurityHeaders.OfFiles);

        var uploads = documents.MapGroup("/uploads").AddEndpointFilter(FromThePortalsOwnPages);
        uploads.MapPost("", Begin);
        uploads.MapMethods("/{id:guid}", [HttpMethods.Head], Find);
        // Twice what is taken: a piece that is somewhat too large is answered, where the server would cut the line.
        uploads.MapPatch("/{id:guid}", Receive).WithMetadata(new RequestSizeLimitAttribute(2 * DocumentLimits.ChunkBytes));
    }

    /// <summary>Writing takes the page's antiforgery token, in a header, and comes from the portal's own origin. Nobody reads error pages here.</summary>
    static async ValueTask<object?> FromThePortalsOwnPages(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        if (http.Features.Get<IStatusCodePagesFeature>() is { } errorPages) errorPages.Enabled = false;
        if (HttpMethods.IsHead(http.Request.Method)) return await next(context);

        var origin = http.Request.Headers.Origin.ToString();
        if (origin.Length > 0 && !string.Equals(origin, $"{http.Request.Scheme}://{http.Request.Host}", StringComparison.OrdinalIgnoreCase)) return Results.StatusCode(StatusCodes.Status403Forbidden);
        return await http.RequestServices.GetRequiredService<IAntiforgery>().IsRequestValidAsync(http) ? await next(context) : Results.StatusCode(StatusCodes.Status400BadRequest);
    }

    sealed record NewFile(Guid ReferralId, string? Name, long Size, long Modified, DocumentKind? Kind);

    static async Task<IResult> Begin(HttpContext http, ClaimsPrincipal user, BeginUpload uploads, PortalDataSources sources, CancellationToken ct)
    {
        if (await Reader(user, sources, ct) is not { } actor) return Results.NotFound();
        NewFile? file;
        try
        {
            file = await http.Request.ReadFromJsonAsync<NewFile>(PortalJson.Options, ct);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return Results.BadRequest();
        }
        if (file is null) return Results.BadRequest();
        return Answer(http, await uploads.Handle(actor, new(file.ReferralId, file.Name, file.Size, file.Modified, file.Kind), ct), null);
    }

    static async Task<IResult> Find(Guid id, HttpContext http, ClaimsPrincipal user, ReceiveChunk uploads, PortalDataSources sources, CancellationToken ct) =>
        await Reader(user, sources, ct) is { } actor ? Answer(http, await uploads.Find(actor, id, ct), null) : Results.NotFound();

    static async Task<IResult> Receive(Guid id, HttpContext http, ClaimsPrincipal user, ReceiveChunk uploads, PortalDataSources sources, CancellationToken ct)
    {
        if (await Reader(user, sources, ct) is not { } actor) return Results.NotFound();
        if (!long.TryParse(http.Request.Headers[Offset], NumberStyles.None, CultureInfo.InvariantCulture, out var offset)) return Results.BadRequest();
        if (http.Request.ContentType != PieceType) return Results.StatusCode(StatusCodes.Status415UnsupportedMediaType);
        if (http.Request.ContentLength > DocumentLimits.ChunkBytes) return Results.StatusCode(StatusCodes.Status413PayloadTooLarge);
        try
        {
            return Answer(http, await uploads.Handle(actor, id, offset, http.Request.Body, ct), offset);
        }
        catch (DocumentBusyException)
        {
            return Results.StatusCode(StatusCodes.Status423Locked); // an earlier try is still being written; soon it is not
        }
        catch (IOException)
        {
            return Results.StatusCode(StatusCodes.Status503ServiceUnavailable);
        }
    }

    static IResult Answer(HttpContext http, Outcome<UploadProgress> outcome, long? sent)
    {
        switch (outcome.Failure)
        {
            case Failure.Refused(var words): return Results.Problem(words, statusCode: StatusCodes.Status422UnprocessableEntity);
            case not null: return Results.NotFound();
        }
        var progress = outcome.Value!;
        http.Response.Headers[Offset] = progress.Received.ToString(CultureInfo.InvariantCulture);
        if (progress.IsWhole) http.Response.Headers[Complete] = "true";
        if (sent is null) return HttpMethods.IsHead(http.Request.Method) ? Results.NoContent() : Results.Json(new { id = progress.Id }, statusCode: StatusCodes.Status201Created);
        return progress.Received > sent || progress.IsWhole ? Results.NoContent() : Results.StatusCode(StatusCodes.Status409Conflict);
    }

    static async Task<IResult> Download(Guid id, ClaimsPrincipal user, OpenDocument documents, IDocumentStore store, PortalDataSources sources, HttpContext http, CancellationToken ct)
    {
        if (await Reader(user, sources, ct) is not { } actor || (await documents.Handle(actor, id, AuditAction.OpenDocument, ct)).Value is not { } document) return Results.NotFound();
        return await Send(document, FileName.Served(document.FileName, document.Format), store, http, ct);
    }

    static async Task<IResult> Preview(Guid id, ClaimsPrincipal user, OpenDocument documents, IDocumentStore store, PortalDataSources sources, HttpContext http, CancellationToken ct)
    {
        if (await Reader(user, sources, ct) is not { } actor || (await documents.Handle(actor, id, AuditAction.PreviewDocument, ct)).Value is not { } document) return Results.NotFound();
        return document.Format.Value is FileFormat.Jpeg or FileFormat.Png ? await Send(document, null, store, http, ct) : Results.NotFound();
    }

    static async Task<IResult> Send(OpenedDocument document, string? downloadName, IDocumentStore store, HttpContext http, CancellationToken ct)
    {
        if (await store.Open(document.Id, ct) is not { } content) return Results.NotFound();
        http.Response.Headers.CacheControl = "no-store";
        return Results.Stream(content, FileName.MediaType(document.Format), downloadName);
    }

    static async Task<Actor?> Reader(ClaimsPrincipal user, PortalDataSources sources, CancellationToken ct) =>
        user.PersonId() is { } person ? await CurrentActor.Load(sources, person, ct) : null;
}
