using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Referrals.Submit.Drafts;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Tests.Features.Referrals.Submit.Drafts;

public sealed class DraftKeeperTests(PortalTestDatabase world) : IClassFixture<PortalTestDatabase>, IAsyncLifetime
{
    readonly FakeTimeProvider clock = new(DateTimeOffset.UtcNow);
    AnswerSwallower wire = null!;
    NpgsqlDataSource source = null!;
    Actor solicitor = null!;
    Draft draft = null!;

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        wire = new AnswerSwallower(world.AppConnection);
        source = NpgsqlDataSource.Create(wire.ConnectionString);
        solicitor = await world.Actor("solicitor@northgate-law.example");
        draft = await Load((await new StartDraft(world.Database).Handle(solicitor, Ct)).Value);
    }

    [Fact]
    public async Task Typing_is_saved_by_itself_within_two_seconds()
    {
        await using var keeper = Keeper();
        keeper.Form.Patient.GivenName = "A";
        Assert.True(keeper.Notice());
        Assert.True(keeper.Unsaved);

        clock.Advance(TimeSpan.FromSeconds(2));

        await Eventually(() => !keeper.Unsaved);
        Assert.Equal("A", (await Load(draft.Id)).Form.Patient.GivenName);
    }

    [Fact]
    public async Task Typing_without_a_pause_is_saved_too()
    {
        await using var keeper = Keeper();
        for (var key = 0; key < 8; key++)
        {
            keeper.Form.Patient.GivenName += "x";
            keeper.Notice();
            clock.Advance(TimeSpan.FromMilliseconds(400));
        }
        await Eventually(async () => (await Load(draft.Id)).Form.Patient.GivenName.Length >= 4);
    }

    [Fact]
    public async Task Nothing_typed_is_nothing_saved()
    {
        await using var keeper = Keeper();
        Assert.False(keeper.Notice());
        Assert.True(await keeper.SaveNow());
        Assert.Equal(draft.Version, (await Load(draft.Id)).Version);
    }

    [Fact]
    public async Task With_the_database_away_it_says_so_and_tries_again_until_it_is_back()
    {
        await using var keeper = Keeper();
        wire.RefuseEverybody();
        keeper.Form.Patient.GivenName = "Kept on the page";
        keeper.Notice();
        Assert.False(await keeper.SaveNow());
        Assert.True(keeper is { Failing: true, Unsaved: true });

        wire.LetThrough();
        clock.Advance(TimeSpan.FromSeconds(31));

        await Eventually(() => !keeper.Unsaved);
        Assert.False(keeper.Failing);
        Assert.Equal("Kept on the page", (await Load(draft.Id)).Form.Patient.GivenName);
    }

    [Fact]
    public async Task A_save_whose_answer_was_lost_is_not_taken_for_another_tabs()
    {
        await using var keeper = Keeper();
        wire.SwallowAnswersTo("COMMIT\0");
        keeper.Form.Patient.GivenName = "First";
        Assert.False(await keeper.SaveNow());
        Assert.Equal("First", (await Load(draft.Id)).Form.Patient.GivenName); // it had arrived
        keeper.Form.Patient.GivenName = "First and second";
        Assert.False(await keeper.SaveNow());

        wire.LetThrough();
        keeper.Form.Patient.GivenName = "First, second and third";
        Assert.True(await keeper.SaveNow());

        Assert.Null(keeper.Refusal);
        Assert.Equal("First, second and third", (await Load(draft.Id)).Form.Patient.GivenName);
    }

    [Fact]
    public async Task A_second_tab_stops_the_first_which_may_go_on_with_either_version()
    {
        await using var first = Keeper();
        await using var second = Keeper(await Load(draft.Id));
        second.Form.Patient.GivenName = "Second";
        Assert.True(await second.SaveNow());

        first.Form.Patient.GivenName = "First";
        Assert.False(await first.SaveNow());
        Assert.IsType<Failure.Conflict>(first.Refusal);
        Assert.Equal("First", first.Form.Patient.GivenName);
        Assert.Equal("Second", (await Load(draft.Id)).Form.Patient.GivenName);

        Assert.True(await first.Overwrite((await Load(draft.Id)).Version));
        Assert.Equal("First", (await Load(draft.Id)).Form.Patient.GivenName);

        second.Form.Patient.FamilyName = "X";
        Assert.False(await second.SaveNow());
        second.TakeOver(await Load(draft.Id));
        Assert.Equal(("First", "", (Failure?)null), (second.Form.Patient.GivenName, second.Form.Patient.FamilyName, second.Refusal));
    }

    [Fact]
    public async Task Leaving_the_page_saves_what_is_left()
    {
        var keeper = Keeper();
        keeper.Form.Patient.GivenName = "Last words";
        keeper.Notice();
        await keeper.DisposeAsync();
        Assert.Equal("Last words", (await Load(draft.Id)).Form.Patient.GivenName);
    }

    [Fact]
    public async Task Nobody_signed_in_any_more_stops_saving()
    {
        await using var keeper = new DraftKeeper(draft, new SaveDraft(world.Database), () => throw new StandingLostException(), clock, NullLogger.Instance);
        keeper.Form.Patient.GivenName = "x";
        Assert.False(await keeper.SaveNow());
        Assert.IsType<Failure.Refused>(keeper.Refusal);
    }

    DraftKeeper Keeper(Draft? of = null) =>
        new(of ?? draft, new SaveDraft(new PortalDatabase(new PortalDataSources(source, source), TimeProvider.System)), () => ValueTask.FromResult(solicitor), clock, NullLogger.Instance);

    async Task<Draft> Load(Guid id) => (await new LoadDraft(world.Database).Handle(solicitor, id, Ct)).Value!;

    static Task Eventually(Func<bool> holds) => Eventually(() => Task.FromResult(holds()));

    static async Task Eventually(Func<Task<bool>> holds)
    {
        for (var wait = 0; wait < 200; wait++)
        {
            if (await holds()) return;
            await Task.Delay(50, Ct);
        }
        Assert.Fail("It did not happen within ten seconds.");
    }

    public async ValueTask DisposeAsync()
    {
        await source.DisposeAsync();
        await wire.DisposeAsync();
    }
}
