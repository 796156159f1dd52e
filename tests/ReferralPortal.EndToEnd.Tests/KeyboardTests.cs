using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace ReferralPortal.EndToEnd.Tests;

/// <summary>The form without a mouse: Tab, Space, Enter, arrows and letters.</summary>
public sealed class KeyboardTests(RunningPortal world) : IClassFixture<RunningPortal>
{
    [Fact]
    public async Task The_patient_and_the_safety_questions_can_be_filled_in_by_keyboard_alone()
    {
        await using var solicitor = await world.SignedIn(People.Solicitor);
        await solicitor.StartReferral();
        await solicitor.TabTo(solicitor.Field("First name"));
        await Type(solicitor, "Niamh", "Tab", "O’Connor-Blythe", "Tab", "12", "Tab", "3", "Tab", "1984", "Tab", "Space");
        await solicitor.TabTo(solicitor.Field("Address"));
        await Type(solicitor, "7 Weavers Court, Salford", "Tab", "M3 6BZ", "Tab", "Space", "Tab", "07700 900123");
        await solicitor.TabTo(solicitor.Button("Continue"));
        await solicitor.Page.Keyboard.PressAsync("Enter");
        await Expect(solicitor.Heading("The incident")).ToBeVisibleAsync();

        await solicitor.Go(solicitor.Page.Url.Replace("/incident", "/safety"));
        await solicitor.Sees("Safety questions"); // the heading stands there before the questions do
        var questions = solicitor.Page.Locator(".question");
        Assert.NotEqual(0, await questions.CountAsync());
        foreach (var question in await questions.AllAsync())
        {
            var no = question.GetByRole(AriaRole.Radio, new() { Name = "No", Exact = true });
            await solicitor.TabTo(question.GetByRole(AriaRole.Radio).First);
            await solicitor.Page.Keyboard.PressAsync("ArrowDown"); // past Yes, which would say: this needs help today
            if (await solicitor.Heading("Stop here").IsVisibleAsync()) Assert.Fail("The way to No led over Yes.");
            await Expect(no).ToBeCheckedAsync();
        }
        await solicitor.TabTo(solicitor.Button("Continue"));
        await solicitor.Page.Keyboard.PressAsync("Enter");
        await Expect(solicitor.Heading("The claim")).ToBeVisibleAsync();
        solicitor.HadNothingToComplainAbout();
    }

    static async Task Type(Visitor visitor, params string[] keys)
    {
        foreach (var key in keys)
            if (key is "Tab" or "Space") await visitor.Page.Keyboard.PressAsync(key);
            else await visitor.Page.Keyboard.TypeAsync(key);
    }
}
