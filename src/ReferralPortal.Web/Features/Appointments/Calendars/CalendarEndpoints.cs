using System.Security.Claims;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.RateLimiting;
using ReferralPortal.Web.Features.Triage;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Platform.Security;
using ReferralPortal.Web.Platform.SignIn;

namespace ReferralPortal.Web.Features.Appointments.Calendars;

/// <summary>
/// Calendar files out. <c>GET /appointments/{id}/calendar.ics</c> for who is signed in at the clinic; <c>GET /calendar/{secret}.ics</c> for a calendar program,
/// which cannot sign in: the address is the secret.
/// </summary>
public static class CalendarEndpoints
{
    public static void MapCalendars(this IEndpointRouteBuilder app)
    {
        app.MapGet("/appointments/{id:guid}/calendar.ics", One).RequireAuthorization(policy => policy.RequireRole(TriageRules.Roles.Split(','))).WithSecurityHeadersPolicy(SecurityHeaders.OfFiles).ExcludeFromDescription();
        app.MapGet("/calendar/{secret}.ics", Feed).AllowAnonymous().RequireRateLimiting(CalendarLimit.Name).WithSecurityHeadersPolicy(SecurityHeaders.OfFiles).ExcludeFromDescription();
    }

    static async Task<IResult> One(Guid id, ClaimsPrincipal user, HttpContext http, ReadAppointmentFile files, PortalDataSources sources, CancellationToken ct)
    {
        if (user.PersonId() is not { } person) return Results.NotFound();
        if ((await files.Handle(await CurrentActor.Load(sources, person, ct), id, ct)).Value is not { } file) return Results.NotFound();
        http.Response.Headers.CacheControl = "no-store";
        return Results.File(System.Text.Encoding.UTF8.GetBytes(file.Text), AppointmentCalendar.ContentType, file.Name);
    }

    static async Task<IResult> Feed(string secret, HttpContext http, ReadCalendar calendars, CancellationToken ct)
    {
        // A program reads this: nobody reads an error page.
        if (http.Features.Get<IStatusCodePagesFeature>() is { } errorPages) errorPages.Enabled = false;
        http.Response.Headers.CacheControl = "no-store";
        return (await calendars.Handle(secret, ct)).Value is { } calendar ? Results.Text(calendar, AppointmentCalendar.ContentType) : Results.NotFound();
    }
}

/// <summary>How often one network address may ask for calendars: often enough for a clinic's telephones, too seldom to guess.</summary>
sealed class CalendarLimit(PortalLimits limits) : AddressLimit(limits.CalendarReadsPerMinute, words: null)
{
    public const string Name = "calendar";
}
