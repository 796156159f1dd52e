using System.Net;
using System.Net.Sockets;
using MailKit.Security;
using ReferralPortal.Domain.Notifications;
using ReferralPortal.Testing;
using ReferralPortal.Web.Platform.Mail;

namespace ReferralPortal.Web.Tests.Platform.Mail;

/// <summary>SMTP as servers speak it: what each refusal means.</summary>
public sealed class SmtpSenderTests(TestMailServer mail) : IClassFixture<TestMailServer>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    static readonly OutgoingMail Letter = new(Guid.NewGuid(), Guid.NewGuid(), DateTimeOffset.UtcNow, "somebody@example.org", "R-7K3M-92QX: words", "Words with an – and a £.\n", "<p>Words</p>");

    static MailOptions Options(int port, SecureSocketOptions security = SecureSocketOptions.None, string? user = null) =>
        new("127.0.0.1", port, security, user, user, MimeKit.MailboxAddress.Parse("ReferralPortal <portal@clinic.example>"), null, new Uri("https://portal.clinic.example"));

    [Fact]
    public async Task A_mail_arrives_as_it_was_written()
    {
        await new SmtpSender().Send(Options(mail.Server.Port), Letter, Ct);
        var received = (await mail.Server.Received(Ct)).Single(one => one.MessageId == $"{Letter.Id:N}@clinic.example");
        Assert.Equal((Letter.Subject, Letter.Text.Trim()), (received.Subject, received.Text.Trim()));
        Assert.Contains("<p>Words</p>", received.Html);
    }

    [Theory]
    [InlineData("RCPT", "550 no such person", MailFault.AddressRefused)]
    [InlineData("RCPT", "452 too many", MailFault.TryLater)]
    [InlineData("MAIL", "550 not you", MailFault.MessageRefused)]
    [InlineData(".", "554 not this", MailFault.MessageRefused)]
    [InlineData(".", "451 later", MailFault.TryLater)]
    [InlineData("EHLO HELO", "421 closing", MailFault.NoConnection)]
    public async Task A_refusal_is_told_by_its_kind(string command, string answer, MailFault fault)
    {
        using var server = new ScriptedServer(line => command.Split(' ').Any(begins => line.StartsWith(begins, StringComparison.Ordinal)) ? answer : null);
        var thrown = await Assert.ThrowsAsync<MailNotSentException>(() => new SmtpSender().Send(Options(server.Port), Letter, Ct));
        Assert.Equal(fault, thrown.Fault);
        Assert.DoesNotContain("example.org", thrown.ToString());
    }

    [Fact]
    public async Task Without_a_server_without_encryption_or_without_an_address_nothing_is_sent()
    {
        var nobody = new TcpListener(IPAddress.Loopback, 0);
        nobody.Start();
        var port = ((IPEndPoint)nobody.LocalEndpoint).Port;
        nobody.Stop();
        Assert.Equal(MailFault.NoConnection, await Fault(Options(port), Letter));
        Assert.Equal(MailFault.NotSecure, await Fault(Options(mail.Server.Port, SecureSocketOptions.StartTls), Letter));
        Assert.Equal(MailFault.NoAddress, await Fault(Options(mail.Server.Port), Letter with { To = "no address" }));

        async Task<MailFault> Fault(MailOptions options, OutgoingMail letter) => (await Assert.ThrowsAsync<MailNotSentException>(() => new SmtpSender().Send(options, letter, Ct))).Fault;
    }

    /// <summary>Answers each command with its script's words, or with what keeps the conversation going.</summary>
    sealed class ScriptedServer : IDisposable
    {
        readonly TcpListener listener = new(IPAddress.Loopback, 0);

        public ScriptedServer(Func<string, string?> script)
        {
            listener.Start();
            _ = Serve(script);
        }

        public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

        public void Dispose() => listener.Dispose();

        async Task Serve(Func<string, string?> script)
        {
            using var client = await listener.AcceptTcpClientAsync();
            using var reader = new StreamReader(client.GetStream());
            await using var writer = new StreamWriter(client.GetStream()) { NewLine = "\r\n", AutoFlush = true };
            await writer.WriteLineAsync("220 ready");
            var data = false;
            while (await reader.ReadLineAsync() is { } line)
            {
                if (data && line != ".") continue;
                data = line == "DATA" && script(line) is null;
                await writer.WriteLineAsync(script(line) ?? (data ? "354 go on" : "250 fine"));
            }
        }
    }
}
