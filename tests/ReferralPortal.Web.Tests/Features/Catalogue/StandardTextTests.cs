using Bunit;
using Npgsql;
using ReferralPortal.Database.Seeds;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Catalogue.Wording;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Tests.Features.Referrals;
using ReferralPortal.Web.Tests.Features.Triaging;
using Xunit;
using static ReferralPortal.Web.Features.Catalogue.Wording.StandardTexts;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Catalogue;

/// <summary>The clinic's own wording of questions and reasons.</summary>
public sealed class StandardTextTests(PortalTestDatabase database) : IClassFixture<PortalTestDatabase>
{
    static CancellationToken Ct => Xunit.TestContext.Current.CancellationToken;

    SaveStandardText Save => new(database.Database, database.Catalogue());
    MoveStandardText Move => new(database.Database, database.Catalogue());

    async Task<IReadOnlyList<StandardText>> Texts(string list = Questions) => (await new ListStandardTexts(database.Database).Handle(await database.Actor(Lead), list, Ct)).Value!;

    async Task<StandardText> Text(string code, string list = Questions) => (await Texts(list)).Single(text => text.Code == code);

    async Task<Outcome<string>> Change(StandardText text, string? label = null, string? words = null, bool? retired = null, string person = Lead) =>
        await Save.Handle(await database.Actor(person), new(text.List, text.Code, text.Version, label ?? text.Label, words ?? text.Words ?? "", retired ?? text.Retired), Ct);

    Task Seeds() => SeedLoader.LoadReference(database.OwnerConnection, SeedLoader.DefaultFolder, Ct);

    [Fact]
    public async Task What_the_clinic_worded_and_ordered_stays_when_the_seeds_are_loaded_again_and_the_rest_follows_them()
    {
        Assert.True((await Change(await Text("interpreter"), "Language and access", "Which language does the patient speak?")).IsDone);
        Assert.True((await Move.Handle(await database.Actor(Lead), new(Questions, "guardian", (await Text("guardian")).Version, Up: true), Ct)).IsDone);
        var ordered = (await Texts()).Select(text => text.Code).ToList();
        await database.Run("update coded_text set label = 'Old seed label' where list = @list and code = 'safety_questions'", new { list = Questions });

        await Seeds();

        Assert.Equal(("Language and access", "Which language does the patient speak?"), ((await Text("interpreter")).Label, (await Text("interpreter")).Words));
        Assert.Equal(ordered, (await Texts()).Select(text => text.Code));
        Assert.Equal("Safety questions not asked", (await Text("safety_questions")).Label);
        Assert.True(ordered.IndexOf("guardian") < ordered.IndexOf("interpreter"));
    }

    [Fact]
    public async Task An_edit_shows_at_once_and_is_on_record()
    {
        var store = new CatalogueStore(database.Sources, TimeProvider.System);
        await store.Get(Ct);
        var text = await Text("medical_report");
        await new SaveStandardText(database.Database, store).Handle(await database.Actor(Lead), new(Questions, text.Code, text.Version, "A report or a scan", "Please send it.", false), Ct);

        var now = (await store.Get(Ct)).Coded(Questions, "medical_report")!;
        Assert.Equal(("A report or a scan", "Please send it."), (now.Label, now.Words));
        var edited = await Text("medical_report");
        Assert.Equal((text.Version + 1, (await database.Actor(Lead)).DisplayName), (edited.Version, edited.EditedBy));
        Assert.Contains("medical_report", await database.Ask<string>("select detail::text from audit_entry where action = 'save_standard_text' order by sequence desc limit 1"));
        Assert.DoesNotContain("Please send it", await database.Ask<string>("select string_agg(detail::text, '') from audit_entry where action = 'save_standard_text'"));
    }

    [Fact]
    public async Task A_retired_question_is_offered_no_more_and_what_was_said_with_it_keeps_its_name()
    {
        Assert.True((await Change(await Text("work_demands"), retired: true)).IsDone);
        var catalogue = await database.Catalogue().Get(Ct);
        Assert.DoesNotContain(catalogue.List(Questions), text => text.Code == "work_demands");
        Assert.Equal("The patient's work", catalogue.Coded(Questions, "work_demands")!.Label);
        Assert.Equal("work_demands", (await Texts())[^1].Code);
        await Seeds();
        Assert.True((await Text("work_demands")).Retired);
        Assert.True((await Change(await Text("work_demands"), retired: false)).IsDone);
        Assert.Contains((await database.Catalogue().Get(Ct)).List(Questions), text => text.Code == "work_demands");
    }

    [Fact]
    public async Task A_new_question_gets_a_code_of_its_own_and_stands_last()
    {
        var lead = await database.Actor(Lead);
        var added = (await Save.Handle(lead, new(Questions, null, 0, "Épaule: which one?", "Which shoulder is it?", false), Ct)).Value;
        var second = (await Save.Handle(lead, new(Questions, null, 0, "Epaule which one", "Which one?", false), Ct)).Value;
        Assert.Equal(("epaule_which_one", "epaule_which_one_2"), (added, second));
        Assert.Equal(["epaule_which_one", "epaule_which_one_2"], (await database.Catalogue().Get(Ct)).List(Questions).TakeLast(2).Select(text => text.Code));
        Assert.IsType<Failure.Missing>((await Save.Handle(lead, new(DeclineReasons, null, 0, "A reason of our own", "No.", false), Ct)).Failure);
    }

    [Fact]
    public async Task Of_two_who_edit_one_entry_the_second_is_told_who_was_first()
    {
        var text = await Text("consent");
        Assert.True((await Change(text, words: "First.")).IsDone);
        var conflict = Assert.IsType<Failure.Conflict>((await Change(text, words: "Second.")).Failure);
        Assert.Equal(((await database.Actor(Lead)).DisplayName, "changed this wording"), (conflict.ChangedBy, conflict.WhatChanged));
        Assert.Equal("First.", (await Text("consent")).Words);
        Assert.IsType<Failure.Conflict>((await Move.Handle(await database.Actor(Lead), new(Questions, "consent", text.Version, true), Ct)).Failure);
    }

    [Fact]
    public async Task What_cannot_be_stored_is_said_beside_its_field()
    {
        var (reason, other) = (await Text("outside_area", DeclineReasons), await Text("other", DeclineReasons));
        Assert.Equal(["Label", "Words"], Errors(await Change(reason, " ", " ")));
        Assert.Equal(["Label"], Errors(await Change(reason, new string('x', 101))));
        Assert.Equal(["Words"], Errors(await Change(reason, words: new string('x', 4001))));
        Assert.Equal(["Label"], Errors(await Change(reason, other.Label.ToUpperInvariant())));
        Assert.Equal(["Retired"], Errors(await Change(other, retired: true)));
        Assert.True((await Change(other, words: "")).IsDone);

        static IEnumerable<string> Errors(Outcome<string> outcome) => Assert.IsType<Failure.Invalid>(outcome.Failure).Errors.Keys.Order();
    }

    [Fact]
    public async Task Nobody_but_a_clinic_manager_edits_by_each_wall_alone()
    {
        var text = await Text("letter_of_instruction");
        foreach (var person in Everybody.Where(person => person != Lead))
        {
            var actor = await database.Actor(person);
            Assert.IsType<Failure.Refused>((await new SaveStandardText(database.WithoutRowLevelSecurity(), database.Catalogue()).Handle(actor, new(Questions, text.Code, text.Version, "x", "x", false), Ct)).Failure);
            Assert.IsType<Failure.Refused>((await new MoveStandardText(database.WithoutRowLevelSecurity(), database.Catalogue()).Handle(actor, new(Questions, text.Code, text.Version, true), Ct)).Failure);
            Assert.IsType<Failure.Refused>((await new ListStandardTexts(database.WithoutRowLevelSecurity()).Handle(actor, Questions, Ct)).Failure);
            Assert.Equal(0, (await database.Database.Write<int>(actor, async unit => await unit.Run("update coded_text set label = 'x' where list = @list", new { list = Questions }), Ct)).Value);
            await Assert.ThrowsAsync<PostgresException>(() => database.Database.Write<int>(actor, async unit => await unit.Run("insert into coded_text (list, code, position, label) values ('information_question', 'x', 1, 'x')"), Ct));
        }
        // Not even a manager touches what the program counts on.
        Assert.Equal(0, (await database.Database.Write<int>(await database.Actor(Lead), async unit => await unit.Run("update coded_text set label = 'x' where list = 'service'"), Ct)).Value);
        Assert.Equal(text, await Text("letter_of_instruction"));
    }

    [Fact]
    public async Task The_page_edits_in_place_and_keeps_what_was_typed_when_somebody_was_faster()
    {
        await using var browser = await database.SignedIn(Lead);
        var page = browser.Opened<StandardTextsPage>(_ => { });
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("ol.texts > li")));
        var label = (await Text("contact_details")).Label;
        page.FindAll("button").Single(button => button.TextContent == $"Edit {label}").Click();
        page.Find("#words").Input("Half an hour of careful words.");
        await Change(await Text("contact_details"), words: "Faster.");

        await page.Press("Save");
        page.WaitForAssertion(() => Assert.Contains("changed this wording", page.Find("[role=alert]").TextContent));
        Assert.Equal("Half an hour of careful words.", page.Find("#words").GetAttribute("value"));

        await page.Press("Save");
        page.WaitForAssertion(() => Assert.Contains("The wording is saved.", page.Markup));
        Assert.Equal("Half an hour of careful words.", (await Text("contact_details")).Words);
    }
}
