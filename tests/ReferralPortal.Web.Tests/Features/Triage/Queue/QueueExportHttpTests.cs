using System.Net;
using ReferralPortal.Database.Seeds;
using ReferralPortal.DevIdentity;
using ReferralPortal.Web.Tests.Platform.Security;
using ReferralPortal.Web.Tests.Platform.SignIn;
using Xunit;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Triaging;

/// <summary>The queue's file as a plain request.</summary>
public sealed class QueueExportHttpTests(WholePortalTests.Portal portal) : IClassFixture<WholePortalTests.Portal>
{
    static readonly IReadOnlyList<DevAccount> Accounts = DevAccounts.Load(Path.Combine(SeedLoader.DefaultFolder, "demo/accounts.json"));

    async Task<Answer> Ask(string person, string address)
    {
        using var visitor = new Visitor(portal.Address);
        await visitor.SignIn(Accounts.Single(account => account.UserName == person), "/help");
        return await visitor.Open(address);
    }

    [Theory, InlineData(Solicitor), InlineData(Funder), InlineData(Auditor)]
    public async Task Nobody_but_the_clinic_gets_one(string person) =>
        Assert.Equal("/access-denied", (await Ask(person, "/triage/export.csv?tab=all_open")).Path);

    [Fact]
    public async Task The_clinic_gets_what_the_queue_shows_or_what_was_ticked()
    {
        foreach (var address in (string[])["/triage/export.csv?tab=booked&sort=organisation", $"/triage/export.csv?id={Guid.NewGuid()}&id={Guid.NewGuid()}"])
        {
            var file = await Ask(Clinician, address);
            Assert.Equal((HttpStatusCode.OK, "text/csv; charset=utf-8"), (file.Status, file.Headers["Content-Type"]));
            Assert.Contains("Reference,Patient,", file.Body, StringComparison.Ordinal);
        }
        Assert.Equal(HttpStatusCode.OK, (await Ask(Triage, "/triage/export.xlsx")).Status);
    }
}
