using Dapper;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Referrals.Import;
using ReferralPortal.Web.Platform;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Referrals.Import;

/// <summary>Whose import is it? Nobody else's, by the use cases alone and by the database alone.</summary>
public sealed class ImportAccessTests(PortalTestDatabase world) : IClassFixture<PortalTestDatabase>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    static readonly Dictionary<string, string> Text = new() { ["Patient.Postcode"] = "M1 4BT" };

    /// <summary>Everything that can be asked of an import or done to it; true where it was there.</summary>
    static Dictionary<string, Func<ImportWorld, Actor, (Guid Import, StoredRow Row), Task<bool>>> Doings => new()
    {
        ["list"] = async (desk, who, what) => (await desk.Read.List(who, Ct)).Any(line => line.Id == what.Import),
        ["is there"] = (desk, who, what) => desk.Read.IsThere(who, what.Import, Ct),
        ["read"] = async (desk, who, what) => (await desk.Read.Handle(who, what.Import, RowFilter.All, 0, Ct)).Failure is not Failure.Missing,
        ["edit"] = async (desk, who, what) => (await desk.Edit.Handle(who, new(what.Import, what.Row.Id, what.Row.Version, Text), Ct)).Failure is not Failure.Missing,
        ["send again"] = async (desk, who, what) => (await desk.Edit.SendAgain(who, what.Import, what.Row.Id, what.Row.Version, Ct)).Failure is not Failure.Missing,
        ["columns"] = async (desk, who, what) => (await desk.Choose.Handle(who, new(what.Import, 99, new Dictionary<string, int>()), Ct)).Failure is not Failure.Missing,
        ["download"] = async (desk, who, what) => (await desk.Download.Handle(who, what.Import, Ct)).Failure is not Failure.Missing,
        ["draft"] = async (desk, who, what) => (await desk.Drafts.Handle(who, what.Import, what.Row.Id, Ct)).Failure is not Failure.Missing,
        ["return"] = async (desk, who, what) => (await desk.Return.Handle(who, what.Import, new MemoryStream(ImportWorld.Text($"Row key,Postcode\n{what.Row.Id},M1 4BT")), Ct)).Failure is not Failure.Missing,
        ["send"] = async (desk, who, what) => (await desk.Sending.Handle(who, what.Import, Ct)).Failure is not Failure.Missing,
        ["go on"] = async (desk, who, what) => (await desk.Sending.GoOn(who, what.Import, Ct)).Failure is not Failure.Missing,
        ["discard"] = async (desk, who, what) => (await desk.Discard.Handle(who, what.Import, Ct)).Failure is not Failure.Missing,
    };

    public static readonly TheoryData<string> Names = [.. Doings.Keys];

    async Task<(Guid, StoredRow)> Import(Actor owner)
    {
        var desk = new ImportWorld(world);
        var import = await desk.Checked(owner, await desk.File(texts => (texts["Claim.OurReference"], texts["Patient.Postcode"]) = (Guid.NewGuid().ToString(), "nowhere")));
        return (import, (await desk.View(owner, import)).Rows.Single());
    }

    [Theory, MemberData(nameof(Names))]
    public async Task Another_firm_finds_nothing_and_either_wall_is_enough(string name)
    {
        var (owner, stranger) = (await world.Actor(Solicitor), await world.Actor(Stranger));
        var what = await Import(owner);
        var doing = Doings[name];

        Assert.False(await doing(new ImportWorld(world), stranger, what), "both walls");
        Assert.False(await doing(new ImportWorld(world, world.WithoutRowLevelSecurity()), stranger, what), "the use case alone");
        // The use cases ask for the person too, whom a disguise does not change: so the import is made out to be the stranger's.
        await using (var connection = await world.Owner()) await connection.ExecuteAsync("update import_batch set author_id = @UserId where id = @import", new { stranger.UserId, import = what.Item1 });
        Assert.False(await doing(new ImportWorld(world), stranger.DisguisedAs(owner), what), "the database alone");
        Assert.True(await doing(new ImportWorld(world, world.WithoutRowLevelSecurity()), stranger.DisguisedAs(owner), what), "no wall at all");
    }

    [Theory, MemberData(nameof(Names))]
    public async Task A_colleague_and_those_who_do_not_refer_find_nothing(string name)
    {
        var what = await Import(await world.Actor(Solicitor));
        foreach (var other in new[] { Partner, Triage, Funder, Auditor }) Assert.False(await Doings[name](new ImportWorld(world), await world.Actor(other), what), other);
    }

    [Fact]
    public async Task The_tables_show_another_organisation_nothing()
    {
        var desk = new ImportWorld(world);
        var solicitor = await world.Actor(Solicitor);
        var import = await desk.Checked(solicitor, await desk.Good(1, from: 5_000_000));
        var view = await desk.View(solicitor, import);
        await desk.Choose.Handle(solicitor, new(import, view.Import.Version, view.Import.Mapping()), Ct);
        await desk.Run(import);
        await desk.Sending.Handle(solicitor, import, Ct);
        await desk.Run(import);

        foreach (var table in new[] { "import_batch", "import_row", "import_sent", "import_columns" })
        {
            async Task<int> Seen(string person) => await world.Database.Read(await world.Actor(person), unit => unit.One<int>($"select count(*)::int from {table}"), Ct);
            Assert.True(await Seen(Solicitor) > 0, table);
            foreach (var other in new[] { Stranger, Funder, Auditor, Triage }) Assert.True(await Seen(other) == 0, $"{table} for {other}");
        }
        // The worker finds out whose import it is, and reads no row of it.
        var portal = await desk.Portal;
        Assert.True(await world.Database.Read(portal, unit => unit.One<int>("select count(*)::int from import_batch"), Ct) > 0);
        Assert.Equal(0, await world.Database.Read(portal, unit => unit.One<int>("select count(*)::int from import_row"), Ct));
    }
}
