using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using ReferralPortal.Database.Local;
using ReferralPortal.Testing;
using ReferralPortal.Web.Platform.Hosting;

namespace ReferralPortal.Web.Tests.Platform.Hosting;

public sealed class PublicAddressTests
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    static WebApplicationBuilder Builder(string environment, params (string Key, string Value)[] settings)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = environment });
        builder.Configuration.AddInMemoryCollection(settings.ToDictionary(setting => setting.Key, setting => (string?)setting.Value));
        return builder;
    }

    [Theory]
    [InlineData("https://portal.clinic.example", "https://portal.clinic.example/")]
    [InlineData("http://localhost:5080", "http://localhost:5080/")]
    [InlineData("", null)]
    [InlineData("portal.clinic.example", null)]
    [InlineData("/portal", null)]
    [InlineData("javascript:alert(1)", null)]
    public void It_is_a_web_address_or_none(string configured, string? read) =>
        Assert.Equal(read, PublicAddress.Read(new ConfigurationBuilder().AddInMemoryCollection([new(PublicAddress.Key, configured)]).Build())?.AbsoluteUri);

    [Fact]
    public void A_portal_with_something_else_in_its_place_does_not_start() =>
        Assert.Contains("\"portal.clinic.example\", which is no address", Assert.Throws<InvalidOperationException>(() => Builder("Production", (PublicAddress.Key, "portal.clinic.example")).AddPublicAddress()).Message);

    [Theory]
    [InlineData("Production", "https://portal.clinic.example", null, "portal.clinic.example localhost")]
    [InlineData("Production", "https://portal.clinic.example", "inner.example;localhost", "inner.example localhost")]
    [InlineData("Production", "", null, "portal.clinic.example localhost attacker.example inner.example")]
    [InlineData("Development", "https://portal.clinic.example", null, "portal.clinic.example localhost attacker.example inner.example")]
    public async Task It_answers_under_its_own_name_and_on_the_machine_itself_and_otherwise_only_where_that_was_asked_for(string environment, string address, string? allowed, string answered)
    {
        var builder = Builder(environment, [(PublicAddress.Key, address), .. allowed is null ? Array.Empty<(string, string)>() : [("AllowedHosts", allowed)]]);
        var here = $"http://localhost:{LocalProcess.FreePort()}";
        builder.WebHost.UseUrls(here);
        await using var app = builder.AddPublicAddress().Build();
        app.MapGet("/", () => "here");
        await app.StartAsync(Ct);

        using var client = new HttpClient();
        var names = new List<string>();
        foreach (var name in (string[])["portal.clinic.example", "localhost", "attacker.example", "inner.example"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, here) { Headers = { Host = name } };
            using var answer = await client.SendAsync(request, Ct);
            if (answer.StatusCode == HttpStatusCode.OK) names.Add(name);
            else Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        }
        Assert.Equal(answered.Split(' ').Order(), names.Order());
    }
}
