using Microsoft.AspNetCore.HostFiltering;

namespace ReferralPortal.Web.Platform.Hosting;

/// <summary>
/// The portal's own address as people open it, from the configuration and nowhere else. It alone stands in what is kept or sent: the host of a request is whatever its sender wrote there.
/// </summary>
public static class PublicAddress
{
    /// <summary>Its key.</summary>
    public const string Key = "PublicAddress";

    /// <summary>Null where none is configured. Outside development that is allowed: reports are then printed without it, and mail waits.</summary>
    public static Uri? Read(IConfiguration configuration) =>
        Uri.TryCreate(configuration[Key], UriKind.Absolute, out var address) && address.Scheme is "http" or "https" ? address : null;

    /// <summary>Refuses to start with what is no address; and outside development answers under this address and on the machine itself only, unless <c>AllowedHosts</c> says otherwise.</summary>
    public static WebApplicationBuilder AddPublicAddress(this WebApplicationBuilder builder)
    {
        var (address, given) = (Read(builder.Configuration), builder.Configuration[Key]);
        if (address is null && !string.IsNullOrEmpty(given)) throw new InvalidOperationException($"{Key} is \"{given}\", which is no address. Write it as https://portal.clinic.example.");
        if (address is null || builder.Environment.IsDevelopment() || !string.IsNullOrEmpty(builder.Configuration["AllowedHosts"])) return builder;

        string[] hosts = [address.IdnHost, "localhost", "127.0.0.1", "[::1]"];
        builder.Services.Configure<HostFilteringOptions>(filter => filter.AllowedHosts = hosts);
        builder.Services.Configure<ForwardedHeadersOptions>(forwarded => forwarded.AllowedHosts = hosts);
        return builder;
    }

    /// <summary>Says once, at the start, what goes without it.</summary>
    public static WebApplication NotePublicAddress(this WebApplication app)
    {
        if (Read(app.Configuration) is null) app.Logger.LogWarning("{Key} is not set: reports are printed without the address at which a copy is verified, and mail waits", Key);
        return app;
    }
}
