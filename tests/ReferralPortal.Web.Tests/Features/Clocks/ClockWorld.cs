using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using ReferralPortal.Domain;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Clocks;
using ReferralPortal.Web.Features.Referrals.Submit;
using ReferralPortal.Web.Features.Triage;
using ReferralPortal.Web.Features.Triage.Contact;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Platform.Background;
using ReferralPortal.Web.Tests.Features.Referrals;
using ReferralPortal.Web.Tests.Features.Triaging;
using Xunit;

namespace ReferralPortal.Web.Tests.Features.Clocks;

/// <summary>Referrals sent and decided at a moment of a clock that stands still.</summary>
static class ClockWorld
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Sends a referral at the clock's moment.</summary>
    internal static async Task<Guid> Send(this PortalTestDatabase database, CatalogueStore catalogue, FakeTimeProvider clock, string person = People.Solicitor, Priority priority = Priority.Routine, bool redFlag = false)
    {
        var (content, actor) = (await catalogue.Get(Ct), await database.Actor(person));
        var form = ExampleForms.Of(actor.OrganisationKind, content);
        if (form.Work.ReturnTarget.ToDate() is not null) form.Work.ReturnTarget = Components(LondonTime.DateOf(clock.GetUtcNow()).AddDays(60));
        form.Services.Priority = priority;
        if (priority == Priority.Urgent) form.Services.PriorityReason = "Off work and cannot lift the baby.";
        if (redFlag)
        {
            var question = content.RedFlagQuestions.First(asked => asked.Tier == "urgent");
            form.Safety.Give(question, RedFlagAnswer.Yes);
            form.Safety.Read.Add(question.Key);
        }
        var id = Guid.CreateVersion7();
        var outcome = await new SubmitReferral(database.On(clock), catalogue, new FormOrganisations(database.Database), clock).Handle(actor, new(id, form), Ct);
        Assert.Null(outcome.Failure);
        return id;

        static Web.Components.Forms.DateParts Components(DateOnly day) => Web.Components.Forms.DateParts.Of(day);
    }

    /// <summary>Starts triage and accepts, all at the clock's moment.</summary>
    internal static async Task Accept(this PortalTestDatabase database, CatalogueStore catalogue, FakeTimeProvider clock, Guid referral, Priority priority = Priority.Routine)
    {
        var triage = await database.Actor(People.Triage);
        await new StartTriage(database.On(clock)).Handle(triage, new(referral, await database.Version(referral)), Ct);
        var accepted = await new AcceptReferral(database.On(clock), catalogue).Handle(triage, new(referral, await database.Version(referral), await database.Clinic(), null, priority), Ct);
        Assert.Null(accepted.Failure);
    }

    /// <summary>Does the clocks' background work that is due, and nothing else's.</summary>
    internal static async Task<int> Work(this PortalTestDatabase database, CatalogueStore catalogue, FakeTimeProvider clock)
    {
        await using var services = new ServiceCollection().AddSingleton(database.On(clock)).AddSingleton(catalogue)
            .AddMessageHandler<ClockCheck, CheckClock>().AddMessageHandler<PatientWaitOver, EndPatientWait>().AddMessageHandler<ContactCheck, CheckContact>().BuildServiceProvider();
        return await new OutboxWorker(services.GetRequiredService<IServiceScopeFactory>(), database.On(clock), database.Sources, new ConfigurationBuilder().Build(), clock, NullLogger<OutboxWorker>.Instance).RunDue(Ct);
    }

    internal static async Task<int> Version(this PortalTestDatabase database, Guid referral) => (await database.StoredAs(referral)).Version;

    /// <summary>What is due, in London's words: "first_appointment 2026-12-03 20:00".</summary>
    internal static Task<string?> Due(this PortalTestDatabase database, Guid referral) =>
        database.Ask<string>("select due_for || ' ' || to_char(due_at at time zone 'Europe/London', 'YYYY-MM-DD HH24:MI') from referral where id = @referral", new { referral });
}
