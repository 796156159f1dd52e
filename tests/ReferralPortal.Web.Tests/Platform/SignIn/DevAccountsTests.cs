using ReferralPortal.Database.Seeds;
using ReferralPortal.DevIdentity;
using Xunit;

namespace ReferralPortal.Web.Tests.Platform.SignIn;

public sealed class DevAccountsTests : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory().FullName;

    [Fact]
    public void The_demo_accounts_can_be_read_and_the_stranger_is_among_them_with_a_directory_of_its_own()
    {
        var accounts = DevAccounts.Load(Path.Combine(SeedLoader.DefaultFolder, "demo/accounts.json"));
        var solicitor = Assert.Single(accounts, account => account.UserName == "solicitor@northgate-law.example");
        var partner = Assert.Single(accounts, account => account.UserName == "partner@northgate-law.example");
        var stranger = Assert.Single(accounts, account => account.UserName == "stranger@elsewhere.example");
        Assert.Equal("Northgate Law", solicitor.Organisation);
        Assert.Equal(solicitor.TenantId, partner.TenantId);
        Assert.DoesNotContain(accounts, account => account != stranger && account.TenantId == stranger.TenantId);
        Assert.Equal(accounts.Count, accounts.Select(account => account.ObjectId).Distinct().Count());
    }

    [Fact]
    public void An_account_without_an_object_id_keeps_the_same_one_from_start_to_start()
    {
        var file = Write("""[{ "userName": "a@b.example", "tenantId": "7a1e0000-0000-4000-8000-000000000001" }]""");
        Assert.Equal(DevAccounts.Load(file).Single(), DevAccounts.Load(file).Single());
    }

    [Theory]
    [InlineData("""[{ "displayName": "Nobody" }]""", "no userName")]
    [InlineData("""[{ "userName": "a@b.example", "organisation": "Lost" }]""", "a@b.example has no tenantId")]
    [InlineData("""{ "people": [] }""", "accounts")]
    [InlineData("""[{""", "could not be read")]
    public void A_faulty_file_is_named_with_its_fault(string text, string expected)
    {
        var file = Write(text);
        var fault = Assert.Throws<DevAccountsException>(() => DevAccounts.Load(file));
        Assert.Contains(file, fault.Message);
        Assert.Contains(expected, fault.Message);
    }

    [Fact]
    public void A_missing_file_is_named() =>
        Assert.Contains("nowhere.json", Assert.Throws<DevAccountsException>(() => DevAccounts.Load(Path.Combine(folder, "nowhere.json"))).Message);

    public void Dispose() => Directory.Delete(folder, recursive: true);

    string Write(string text)
    {
        var file = Path.Combine(folder, "accounts.json");
        File.WriteAllText(file, text);
        return file;
    }
}
