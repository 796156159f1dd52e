using Dapper;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using ReferralPortal.Domain.Notifications;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Notifications;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Platform.Background;
using ReferralPortal.Web.Platform.Mail;

namespace ReferralPortal.Web.Tests.Features.Notifications;

/// <summary>What the tests of mail look at and arrange.</summary>
static class NotificationWorld
{
    /// <summary>A mail as the database has it.</summary>
    internal sealed record Row(Guid Id, string Template, string? UserName, string Recipient, string State, int Attempts, string? Failure, DateTime NextAttemptAt, DateTime? AppointmentAt, string Channel, int Version)
    {
        /// <summary>"accepted to solicitor@...", for a comparison that reads.</summary>
        public string Words => $"{Template} to {UserName ?? Recipient.Split(':')[0]}";
    }

    internal static async Task<List<Row>> Mails(this PortalTestDatabase database, Guid referral)
    {
        await using var owner = await database.Owner();
        return (await owner.QueryAsync<Row>("""
            select m.id, m.template, u.user_name, m.recipient, m.state, m.attempts, m.failure, m.next_attempt_at, m.appointment_at, m.channel, m.version
            from mail_message m left join portal_user u on u.id = m.person_id where m.referral_id = @referral order by m.template, u.user_name, m.recipient
            """, new { referral })).AsList();
    }

    /// <summary>Nothing waits from other tests.</summary>
    internal static async Task Quiet(this PortalTestDatabase database)
    {
        await using var owner = await database.Owner();
        await owner.ExecuteAsync("update outbox_message set done_at = now() where done_at is null; update mail_message set state = 'given_up' where state in ('queued', 'sending', 'failed'); delete from notification_choice; update appointment set state = 'cancelled', attendance_code = '4' where state = 'booked'");
    }

    /// <summary>Queues a message as <paramref name="doer"/>'s own act.</summary>
    internal static async Task Happens<TMessage>(this PortalTestDatabase database, string doer, TMessage message, Guid referral) where TMessage : notnull =>
        await database.Database.Write<int>(await database.Actor(doer), async unit =>
        {
            await unit.Many<int>("select 1");
            unit.Queue(message, referral);
            return 0;
        }, CancellationToken.None);

    /// <summary>The worker that turns messages into mails.</summary>
    internal static OutboxWorker Announcer(this PortalTestDatabase database, TimeProvider clock, bool texts = false, Action<IServiceCollection>? before = null, Action<IServiceCollection>? after = null)
    {
        var services = new ServiceCollection().AddSingleton(database.On(clock)).AddSingleton<ITextSender>(new Texts(texts));
        before?.Invoke(services);
        services.AddNoticePlans();
        after?.Invoke(services);
        return new OutboxWorker(services.BuildServiceProvider().GetRequiredService<IServiceScopeFactory>(), database.On(clock), database.Sources, new ConfigurationBuilder().Build(), clock, NullLogger<OutboxWorker>.Instance);
    }

    /// <summary>Announces everything that happened.</summary>
    internal static Task<int> Announce(this PortalTestDatabase database, bool texts = false) => database.Announcer(Soon, texts).RunDue(CancellationToken.None);

    /// <summary>The database's clock and this one are not the same to the millisecond.</summary>
    internal static Microsoft.Extensions.Time.Testing.FakeTimeProvider Soon => new(DateTimeOffset.UtcNow.AddSeconds(2));

    /// <summary>After everything that a test queues.</summary>
    internal static Microsoft.Extensions.Time.Testing.FakeTimeProvider InAMinute => new(DateTimeOffset.UtcNow.AddMinutes(1));

    internal static MailDesk Desk(this PortalTestDatabase database, TimeProvider clock, IMailSender sender, int port = 25, ITextSender? texts = null) =>
        new(database.On(clock), database.Sources, sender, texts ?? new Texts(false), Settings(port), clock, NullLogger<MailDesk>.Instance);

    internal static IConfiguration Settings(int port = 25, string? without = null) => new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
    {
        ["Mail:Host"] = "127.0.0.1", ["Mail:Port"] = $"{port}", ["Mail:Tls"] = "none", ["Mail:From"] = "ReferralPortal <portal@clinic.example>", ["PublicAddress"] = "https://portal.clinic.example",
    }.Where(setting => setting.Key != without)).Build();

    /// <summary>Keeps what it is given, or fails with a fault.</summary>
    internal sealed class Sent : IMailSender
    {
        public List<OutgoingMail> Mails { get; } = [];
        public Func<OutgoingMail, MailFault?> Fault { get; set; } = _ => null;

        public Task Send(MailOptions options, OutgoingMail mail, CancellationToken ct)
        {
            if (Fault(mail) is { } fault) throw new MailNotSentException(fault);
            lock (Mails) Mails.Add(mail);
            return Task.CompletedTask;
        }
    }

    /// <summary>Text messages, on or off.</summary>
    internal sealed class Texts(bool on) : ITextSender
    {
        public List<(string Number, string Words)> All { get; } = [];
        public bool IsOn => on;

        public Task Send(Guid id, string number, string words, CancellationToken ct)
        {
            All.Add((number, words));
            return Task.CompletedTask;
        }
    }
}
