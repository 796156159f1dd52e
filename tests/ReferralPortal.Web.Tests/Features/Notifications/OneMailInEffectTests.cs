using Dapper;
using Microsoft.Extensions.DependencyInjection;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Notifications;
using ReferralPortal.Web.Features.Triage;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Platform.Background;
using ReferralPortal.Web.Platform.Mail;
using ReferralPortal.Web.Tests.Features.Referrals;
using static ReferralPortal.Web.Tests.Features.Notifications.NotificationWorld;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Notifications;

/// <summary>
/// One event is one mail in effect: with a real mail server, and the worker stopped dead between any two steps of the way from the outbox to "sent". Mail with one
/// Message-ID is one mail to whoever receives it, so the server's mails are counted by it.
/// </summary>
public sealed class OneMailInEffectTests(PortalTestDatabase database, TestMailServer mail) : IClassFixture<PortalTestDatabase>, IClassFixture<TestMailServer>, IAsyncLifetime
{
    /// <summary>Where the worker stops.</summary>
    public enum Step
    {
        Never, MessageTaken, MailsWritten, MessageDone, MailTaken, Connected, SenderNamed, RecipientNamed, DataBegun, InTheMiddle, AcceptedUnheard, Accepted, FirstSettled,
    }

    /// <summary>All of them.</summary>
    public static TheoryData<Step> Steps => [.. Enum.GetValues<Step>()];

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await database.Quiet();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory, MemberData(nameof(Steps))]
    public async Task A_worker_that_stops_anywhere_loses_no_mail_and_sends_none_that_counts_twice(Step step)
    {
        var referral = await database.AddReferral(state: ReferralState.Accepted, others: (CaseManager, PartyRole.CaseManager));
        await database.Happens(Triage, new ReferralAccepted(referral.Id), referral.Id);
        var clock = Soon;
        using var killed = new CancellationTokenSource();
        using var proxy = new CuttingProxy(mail.Server.Port);
        bool Stop(bool here)
        {
            if (here && !killed.IsCancellationRequested) killed.Cancel();
            return here;
        }
        proxy.CutBefore = line => Stop(step switch
        {
            Step.Connected => line.StartsWith("EHLO", StringComparison.Ordinal),
            Step.SenderNamed => line.StartsWith("MAIL FROM", StringComparison.Ordinal),
            Step.RecipientNamed => line.StartsWith("RCPT TO", StringComparison.Ordinal),
            Step.DataBegun => line == "DATA",
            Step.InTheMiddle => line.StartsWith("Auto-Submitted", StringComparison.Ordinal),
            _ => false,
        });
        proxy.CutAnswer = (last, answer) => Stop(step == Step.AcceptedUnheard && last == "." && answer.StartsWith("250", StringComparison.Ordinal));
        var sender = new Stopping(new SmtpSender(), step, killed);

        // The first life of the worker ends at its step, or goes through.
        try
        {
            await database.Announcer(clock, before: step == Step.MessageTaken ? Killer : null, after: step == Step.MailsWritten ? Killer : null).RunDue(killed.Token);
            if (step == Step.MessageDone) await killed.CancelAsync();
            await database.Desk(clock, sender, proxy.Port).RunDue(killed.Token);
        }
        catch (OperationCanceledException)
        {
            // Dead.
        }
        Assert.Equal(step != Step.Never, killed.IsCancellationRequested);

        void Killer(IServiceCollection services) => services.AddSingleton(killed).AddMessageHandler<ReferralAccepted, KillTheWorker>();

        // The next one finds what is left when the leases are over.
        proxy.CutBefore = _ => false;
        proxy.CutAnswer = (_, _) => false;
        for (var life = 0; life < 2; life++)
        {
            clock.Advance(MailDesk.Lease + TimeSpan.FromSeconds(1));
            await database.Announcer(clock).RunDue(Ct);
            await database.Desk(clock, new SmtpSender(), proxy.Port).RunDue(Ct);
        }

        var received = (await mail.Server.Received(Ct)).Where(one => one.Subject.StartsWith(referral.Reference, StringComparison.Ordinal)).ToList();
        Assert.Equal([CaseManager, Solicitor], received.DistinctBy(one => one.MessageId).Select(one => one.To.Single().Address).Order());
        // A second sending is the same mail letter by letter.
        foreach (var same in received.GroupBy(one => one.MessageId)) Assert.Single(same.Select(one => one.Everything).Distinct());
        // Only where the server had taken it and the portal did not get to know is it sent twice at all.
        Assert.Equal(step is Step.AcceptedUnheard or Step.Accepted ? 3 : 2, received.Count);
        Assert.All(await database.Mails(referral.Id), row => Assert.Equal("sent", row.State));
    }

    [Fact]
    public async Task A_portal_that_is_killed_when_the_server_has_the_mail_sends_the_same_mail_again()
    {
        using var proxy = new CuttingProxy(mail.Server.Port);
        PortalProcess? portal = null;
        var killed = new TaskCompletionSource();
        proxy.CutAnswer = (last, answer) =>
        {
            if (last != "." || !answer.StartsWith("250", StringComparison.Ordinal) || killed.Task.IsCompleted) return false;
            portal!.Kill().GetAwaiter().GetResult();
            killed.SetResult();
            return true;
        };
        portal = await PortalProcess.Start(database, new Dictionary<string, string>
        {
            ["Mail__Host"] = "127.0.0.1", ["Mail__Port"] = $"{proxy.Port}", ["Mail__Tls"] = "none", ["Mail__From"] = "portal@clinic.example", ["PublicAddress"] = "https://portal.clinic.example",
        });
        await using var _ = portal;
        var referral = await database.AddReferral(state: ReferralState.Accepted);
        await database.Happens(Triage, new ReferralAccepted(referral.Id), referral.Id);
        await killed.Task.WaitAsync(TimeSpan.FromSeconds(60), Ct);

        await using var owner = await database.Owner();
        Assert.Equal("sending", await owner.ExecuteScalarAsync<string>("select state from mail_message where referral_id = @Id", new { referral.Id }));
        await owner.ExecuteAsync("update mail_message set next_attempt_at = now() where referral_id = @Id", new { referral.Id }); // the lease is over
        await portal.Start();
        for (var patience = 0; await owner.ExecuteScalarAsync<string>("select state from mail_message where referral_id = @Id", new { referral.Id }) != "sent" && patience < 600; patience++) await Task.Delay(50, Ct);

        var received = (await mail.Server.Received(Ct)).Where(one => one.Subject.StartsWith(referral.Reference, StringComparison.Ordinal)).ToList();
        Assert.Equal(2, received.Count);
        Assert.Single(received.Select(one => one.MessageId).Distinct());
        Assert.Single(received.Select(one => one.Everything).Distinct());
    }

    /// <summary>A handler beside the real one, that ends the worker.</summary>
    sealed class KillTheWorker(CancellationTokenSource killed) : IMessageHandler<ReferralAccepted>
    {
        public async Task Handle(Actor portal, ReferralAccepted message, CancellationToken ct)
        {
            await killed.CancelAsync();
            ct.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Stops before or after a mail has left.</summary>
    sealed class Stopping(IMailSender inner, Step step, CancellationTokenSource killed) : IMailSender
    {
        int letters;

        public async Task Send(MailOptions options, OutgoingMail letter, CancellationToken ct)
        {
            if (step == Step.MailTaken || (step == Step.FirstSettled && ++letters == 2)) await killed.CancelAsync();
            ct.ThrowIfCancellationRequested();
            await inner.Send(options, letter, ct);
            if (step == Step.Accepted) await killed.CancelAsync();
        }
    }
}
