using System.Net.Http.Headers;
using System.Net.Http.Json;
using ReferralPortal.Domain.Notifications;

namespace ReferralPortal.Web.Platform.Mail;

/// <summary>Hands text messages to whoever carries them.</summary>
public interface ITextSender
{
    /// <summary>Whether text messages can be sent at all. They are off unless somebody set them up.</summary>
    bool IsOn { get; }

    /// <summary>Returns when the message was taken. The same <paramref name="id"/> is the same message.</summary>
    /// <exception cref="MailNotSentException">It was not taken, or it is not known whether it was.</exception>
    Task Send(Guid id, string number, string words, CancellationToken ct);
}

/// <summary>
/// Sends by the gateway at <c>Text:Gateway</c>: a POST of <c>{"to", "text"}</c> with the key <c>Text:Key</c> as bearer and the message's id as <c>Idempotency-Key</c>. Most
/// providers take this through a few lines of their own configuration. Without an address no text is sent.
/// </summary>
public sealed class GatewayTextSender(IHttpClientFactory clients, IConfiguration configuration) : ITextSender
{
    public bool IsOn => Uri.TryCreate(configuration["Text:Gateway"], UriKind.Absolute, out _);

    public async Task Send(Guid id, string number, string words, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, configuration["Text:Gateway"]) { Content = JsonContent.Create(new { to = number, text = words }) };
        request.Headers.Add("Idempotency-Key", id.ToString());
        if (configuration["Text:Key"] is { Length: > 0 } key) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        using var inTime = CancellationTokenSource.CreateLinkedTokenSource(ct);
        inTime.CancelAfter(MailOptions.Patience);
        try
        {
            using var http = clients.CreateClient();
            using var answer = await http.SendAsync(request, inTime.Token);
            if (answer.IsSuccessStatusCode) return;
            throw new MailNotSentException((int)answer.StatusCode switch
            {
                401 or 403 => MailFault.SignInRefused,
                400 or 404 or 422 => MailFault.AddressRefused,
                _ => MailFault.TryLater,
            });
        }
        catch (Exception thrown) when (thrown is HttpRequestException || thrown is OperationCanceledException && !ct.IsCancellationRequested)
        {
            throw new MailNotSentException(MailFault.NoConnection);
        }
    }
}
