using ReferralPortal.Database.Local;

namespace ReferralPortal.Web.Tests.Database.Local;

/// <summary>Which server is taken, told by programs that only say their version.</summary>
public sealed class PostgresBinariesTests : IDisposable
{
    readonly ProgramFolder programs = new();

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("15.8", "15.8")]
    [InlineData("15.8, 17.2, 16.4", "17.2")]
    [InlineData("14.13", null)]
    [InlineData("14.13, 15.0", "15.0")]
    [InlineData("9.6.24, 18beta1", "18beta1")]
    [InlineData("broken, 16.4", "16.4")]
    [InlineData("", null)]
    public async Task The_newest_server_from_version_15_on_is_taken(string installed, string? taken)
    {
        var folders = installed.Split(", ", StringSplitOptions.RemoveEmptyEntries).Select(version => programs.Server(version)).ToList();
        var found = await PostgresBinaries.Newest(folders, Ct);
        Assert.Equal(taken, Path.GetFileName(found?.Folder));
        if (taken is not null) Assert.Equal(int.Parse(taken[..2], System.Globalization.CultureInfo.InvariantCulture), found!.Major);
    }

    [Fact]
    public async Task Of_two_alike_the_first_is_taken()
    {
        var (first, second) = (programs.Server("16.1"), programs.Server("16.9"));
        Assert.Equal(first, (await PostgresBinaries.Newest([first, second, first], Ct))!.Folder);
    }

    [Fact]
    public async Task A_client_without_a_server_is_no_server()
    {
        var folder = programs.Server("17.0");
        File.Delete(Path.Combine(folder, "initdb"));
        Assert.Null(await PostgresBinaries.Newest([folder], Ct));
    }

    public void Dispose() => programs.Dispose();
}
