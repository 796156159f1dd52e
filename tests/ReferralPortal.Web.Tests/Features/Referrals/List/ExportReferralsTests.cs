using Dapper;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Referrals.List;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Platform.Spreadsheets;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Referrals.List;

public sealed class ExportReferralsTests(PortalTestDatabase world) : IClassFixture<PortalTestDatabase>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    async Task<List<IReadOnlyList<string>>> Export(Actor reader, ReferralFilter? filter = null, PortalDatabase? database = null)
    {
        List<IReadOnlyList<string>> rows = [];
        await foreach (var row in new ExportReferrals(new ListReferrals(database ?? world.Database)).Handle(reader, filter ?? new(), Ct).Rows) rows.Add(row);
        return rows;
    }

    [Fact]
    public async Task A_file_has_what_the_list_shows_and_no_more()
    {
        var mine = await world.AddReferral(Employer, ReferralState.InTriage, givenName: "=1+1", familyName: "Bodger", others: [(Funder, PartyRole.Funder)]);
        await world.AddReferral(Employer, ReferralState.Declined);
        await world.AddReferral(Stranger);

        var rows = await Export(await world.Actor(Employer), new() { States = [ReferralState.InTriage] });
        Assert.Equal(2, rows.Count);
        var row = rows[0].Zip(rows[1]).ToDictionary(one => one.First, one => one.Second);
        Assert.Equal((mine.Reference, "=1+1 Bodger", "12/03/1985"), (row["Reference"], row["Patient"], row["Date of birth"]));
        // An employer sees neither safety answers nor the claim; the clinic sees both.
        Assert.Equal(("", ""), (row["Safety"], row["Claim reference"]));
        var clinics = (await Export(await world.Actor(Triage))).Single(other => other[0] == mine.Reference);
        Assert.Equal(("Urgent", "CLAIM-4711"), (clinics[6], clinics[8]));

        using var file = new MemoryStream();
        await SpreadsheetWriter.Write(file, SpreadsheetFormat.Csv, [new Sheet("x", SpreadsheetWriter.Of(rows))], Ct);
        Assert.Contains("'=1+1 Bodger", System.Text.Encoding.UTF8.GetString(file.ToArray()));

        Assert.Equal(2, (await Export(await world.Actor(Employer), new() { Search = mine.Reference })).Count);
        Assert.Equal("/referrals/export.xlsx?state=in_triage", ExportReferrals.Address(new() { States = [ReferralState.InTriage], After = new(DateTimeOffset.UtcNow, mine.Id) }, SpreadsheetFormat.Xlsx));
        await using var owner = await world.Owner();
        Assert.True(await owner.ExecuteScalarAsync<int>("select count(*)::int from audit_entry where action = 'export_referrals' and actor_id = @UserId", new { (await world.Actor(Employer)).UserId }) > 0);
    }

    [Fact]
    public async Task Another_firms_referrals_are_never_in_it_and_either_wall_is_enough()
    {
        var (owner, stranger) = (await world.Actor(Health), await world.Actor(CaseManager));
        var hidden = await world.AddReferral(Health);
        bool Has(List<IReadOnlyList<string>> rows) => rows.Any(row => row[0] == hidden.Reference);
        Assert.True(Has(await Export(owner)));
        Assert.False(Has(await Export(stranger)));
        Assert.False(Has(await Export(stranger, database: world.WithoutRowLevelSecurity())));
        Assert.False(Has(await Export(stranger.DisguisedAs(owner))));
        Assert.True(Has(await Export(stranger.DisguisedAs(owner), database: world.WithoutRowLevelSecurity())));
        Assert.Single(await Export(await world.Actor(Auditor)));
    }

    [Fact]
    public async Task Long_lists_are_read_in_stretches_without_a_gap()
    {
        var ids = new HashSet<string>();
        for (var number = 0; number < 520; number++) ids.Add((await world.AddReferral(Intermediary, submittedAt: DateTimeOffset.UtcNow.AddMinutes(-number / 3))).Reference);
        var rows = await Export(await world.Actor(Intermediary));
        Assert.Equal(521, rows.Count);
        Assert.Equal(ids, rows.Skip(1).Select(row => row[0]).ToHashSet());
    }
}
