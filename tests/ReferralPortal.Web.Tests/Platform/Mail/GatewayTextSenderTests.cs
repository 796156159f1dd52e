using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ReferralPortal.Domain.Notifications;
using ReferralPortal.Web.Platform.Mail;

namespace ReferralPortal.Web.Tests.Platform.Mail;

/// <summary>Text messages: off, and handed to a gateway where one is named.</summary>
public sealed class GatewayTextSenderTests
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    static GatewayTextSender Sender(string? gateway) => new(
        new ServiceCollection().AddHttpClient().BuildServiceProvider().GetRequiredService<IHttpClientFactory>(),
        new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["Text:Gateway"] = gateway, ["Text:Key"] = "secret" }).Build());

    [Fact]
    public void They_are_off_unless_a_gateway_is_named() => Assert.False(Sender(null).IsOn);

    [Fact]
    public async Task A_gateway_gets_number_words_and_a_key_by_which_it_knows_a_second_try()
    {
        var answer = 200;
        var heard = new List<string>();
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        await using var gateway = builder.Build();
        gateway.MapPost("/", async (HttpRequest request) =>
        {
            heard.Add($"{request.Headers.Authorization} {request.Headers["Idempotency-Key"]} {await new StreamReader(request.Body).ReadToEndAsync()}");
            return Results.StatusCode(answer);
        });
        await gateway.StartAsync(Ct);
        var address = gateway.Services.GetRequiredService<Microsoft.AspNetCore.Hosting.Server.IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

        var (sender, id) = (Sender(address), Guid.NewGuid());
        Assert.True(sender.IsOn);
        await sender.Send(id, "+447700900123", "Your appointment", Ct);
        Assert.Equal($$"""Bearer secret {{id}} {"to":"\u002B447700900123","text":"Your appointment"}""", Assert.Single(heard));

        foreach (var (status, fault) in ((int, MailFault)[])[(403, MailFault.SignInRefused), (422, MailFault.AddressRefused), (503, MailFault.TryLater)])
        {
            answer = status;
            Assert.Equal(fault, (await Assert.ThrowsAsync<MailNotSentException>(() => sender.Send(id, "+447700900123", "Your appointment", Ct))).Fault);
        }
        await gateway.StopAsync(Ct);
        Assert.Equal(MailFault.NoConnection, (await Assert.ThrowsAsync<MailNotSentException>(() => sender.Send(id, "+447700900123", "Your appointment", Ct))).Fault);
    }
}
