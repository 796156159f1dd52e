using System.Net;
using System.Text.RegularExpressions;
using ReferralPortal.Database.Seeds;
using ReferralPortal.DevIdentity;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Tests.Platform.SignIn;
using Xunit;
using static ReferralPortal.Web.Tests.Features.Referrals.People;
using Reply = ReferralPortal.Web.Tests.Platform.SignIn.Answer;

namespace ReferralPortal.Web.Tests.Features.Referrals.View;

/// <summary>A referral of others answers like one that does not exist: the whole answer of the running portal, compared.</summary>
public sealed partial class MissingReferralTests(MissingReferralTests.RunningPortal portal) : IClassFixture<MissingReferralTests.RunningPortal>
{
    static readonly IReadOnlyList<DevAccount> Accounts = DevAccounts.Load(Path.Combine(SeedLoader.DefaultFolder, "demo/accounts.json"));

    [Theory]
    [InlineData(Stranger)]
    [InlineData(CaseManager)]
    [InlineData(Funder)]
    [InlineData(Employer)]
    [InlineData(Health)]
    public async Task A_stranger_cannot_tell_a_referral_of_others_from_none(string person)
    {
        var referral = await portal.Database.AddReferral();
        using var visitor = new Visitor(portal.Address);
        await visitor.SignIn(Accounts.Single(account => account.UserName == person), "/help");

        var nonexistent = Reference.FromNumber(31).ToString();
        foreach (var page in (string[])["", "?tab=details", "/answer", "/withdraw"])
        {
            var none = Comparable(await visitor.Send(HttpMethod.Get, $"/referrals/{nonexistent}{page}"), nonexistent);
            Assert.StartsWith("404", none);
            Assert.Contains("Page not found", none);
            foreach (var reference in (string[])[referral.Reference, "R-0000-0001", "nonsense", "R-%F0%9F%A6%B4"])
                Assert.Equal(none, Comparable(await visitor.Send(HttpMethod.Get, $"/referrals/{reference}{page}"), reference));
        }
    }

    [Fact]
    public async Task A_party_opens_it_and_a_reference_typed_otherwise_leads_to_its_one_address()
    {
        var referral = await portal.Database.AddReferral();
        using var visitor = new Visitor(portal.Address);
        await visitor.SignIn(Accounts.Single(account => account.UserName == Solicitor), "/help");

        var page = await visitor.Open($"/referrals/{referral.Reference.Replace("-", "").ToLowerInvariant()}?tab=details");
        Assert.Equal((HttpStatusCode.OK, $"/referrals/{referral.Reference}?tab=details"), (page.Status, page.Address.PathAndQuery));
        Assert.Contains("Maud Ollerenshaw", page.Body);
        Assert.DoesNotContain("Ollerenshaw", Title().Match(page.Body).Value);
    }

    /// <summary>All of an answer but what differs between two answers to one and the same request: time, nonce, tokens, sealed state; and what was asked for itself.</summary>
    static string Comparable(Reply answer, string asked)
    {
        var headers = answer.Headers.Where(header => header.Key is not ("Date" or "Set-Cookie" or "Content-Length")).OrderBy(header => header.Key).Select(header => $"{header.Key}: {header.Value}");
        var all = $"{(int)answer.Status}\n{string.Join('\n', headers)}\n\n{answer.Body}";
        all = Nonce().Replace(all, "nonce");
        all = Sealed().Replace(all, "<!--sealed-->");
        all = Token().Replace(all, "token");
        return all.Replace(asked, "(asked)", StringComparison.OrdinalIgnoreCase).Replace(Uri.UnescapeDataString(asked), "(asked)", StringComparison.OrdinalIgnoreCase);
    }

    [GeneratedRegex("nonce[-=]\"?[A-Za-z0-9+/=&#;]+")] private static partial Regex Nonce();
    [GeneratedRegex("<!--(/?)(Blazor|bl:).*?-->", RegexOptions.Singleline)] private static partial Regex Sealed();
    [GeneratedRegex("CfDJ8[A-Za-z0-9_-]+")] private static partial Regex Token();
    [GeneratedRegex("<title>.*?</title>", RegexOptions.Singleline)] private static partial Regex Title();

    /// <summary>The portal as a process, on a database of its own.</summary>
    public sealed class RunningPortal : IAsyncLifetime
    {
        PortalProcess process = null!;

        public PortalTestDatabase Database { get; } = new();
        public Uri Address => process.Address;

        public async ValueTask InitializeAsync()
        {
            await Database.InitializeAsync();
            process = await PortalProcess.Start(Database);
        }

        public async ValueTask DisposeAsync()
        {
            if (process is not null) await process.DisposeAsync();
            await Database.DisposeAsync();
        }
    }
}
