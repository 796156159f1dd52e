using AngleSharp.Dom;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using ReferralPortal.Web.Components.Forms;

namespace ReferralPortal.Web.Tests.Components;

public sealed class FieldTests : ComponentWorld
{
    [Theory]
    [InlineData("Patient.DateOfBirth", "patient-date-of-birth")]
    [InlineData("Postcode", "postcode")]
    [InlineData("Goals[2].Words", "goals-2-words")]
    public void A_fields_id_is_made_from_its_path(string path, string id) => Assert.Equal(id, FieldId.Of(path));

    [Fact]
    public void A_label_a_hint_and_an_error_are_tied_to_the_box()
    {
        var field = Render<TextField>(field => field
            .Add(it => it.Name, "Patient.Postcode").Add(it => it.Label, "Postcode").Add(it => it.Hint, "For example M1 4BT").Add(it => it.Error, "Enter a full postcode"));

        var box = field.Find("input");
        Assert.Equal("Postcode", field.Find($"label[for={box.Id}]").TextContent.Trim());
        Assert.Equal("true", box.GetAttribute("aria-invalid"));
        var described = box.GetAttribute("aria-describedby")!.Split(' ').Select(id => field.Find("#" + id).TextContent.Trim()).ToList();
        Assert.Equal(["For example M1 4BT", "Error: Enter a full postcode"], described);
    }

    [Fact]
    public void A_field_without_error_claims_none()
    {
        var field = Render<TextField>(field => field.Add(it => it.Name, "Phone").Add(it => it.Label, "Phone").Add(it => it.Optional, true));

        Assert.False(field.Find("input").HasAttribute("aria-invalid"));
        Assert.False(field.Find("input").HasAttribute("aria-describedby"));
        Assert.Equal("Phone (optional)", field.Find("label").TextContent.Trim());
        Assert.DoesNotContain("*", field.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Fields_find_their_own_errors_in_the_scope_around_them()
    {
        var scope = Render<FieldScope>(scope => scope
            .Add(it => it.Errors, new Dictionary<string, string> { ["Patient.Phone"] = "Enter a phone number" })
            .AddChildContent<TextField>(field => field.Add(it => it.Name, "Patient.Phone").Add(it => it.Label, "Phone"))
            .AddChildContent<TextField>(field => field.Add(it => it.Name, "Patient.Email").Add(it => it.Label, "Email")));

        Assert.Equal("true", scope.Find("#patient-phone").GetAttribute("aria-invalid"));
        Assert.False(scope.Find("#patient-email").HasAttribute("aria-invalid"));
    }

    [Fact]
    public void What_was_typed_is_not_written_over_by_the_text_before_it_where_the_page_draws_the_field_through_another_component()
    {
        // A field that its owner has not drawn again yet is drawn all the same: with the new text, or a fast typist loses letters.
        IRenderedComponent<TextArea>? area = null;
        IRenderedComponent<TextField>? line = null;
        List<string?> held = [];
        area = Render<TextArea>(field => field.Add(it => it.Name, "Words").Add(it => it.Label, "Words").Add(it => it.Value, "W").Add(it => it.ValueChanged, _ => held.Add(area!.Instance.Value)));
        line = Render<TextField>(field => field.Add(it => it.Name, "Name").Add(it => it.Label, "Name").Add(it => it.Value, "N").Add(it => it.ValueChanged, _ => held.Add(line!.Instance.Value)));

        area.Find("textarea").Input("We");
        line.Find("input").Input("Ni");

        Assert.Equal(["We", "Ni"], held);
    }

    [Fact]
    public void Every_key_press_and_leaving_are_told()
    {
        var (typed, left) = ("", 0);
        var field = Render<TextArea>(field => field
            .Add(it => it.Name, "Account").Add(it => it.Label, "What happened")
            .Add(it => it.ValueChanged, value => typed = value).Add(it => it.OnBlur, () => left++));

        field.Find("textarea").Input("Hit from beh");
        field.Find("textarea").Blur();

        Assert.Equal(("Hit from beh", 1), (typed, left));
    }

    [Fact]
    public void A_date_keeps_what_is_typed_even_when_it_is_none()
    {
        var date = DateParts.Empty;
        var field = Render<DateFields>(field => field.Add(it => it.Name, "Born").Add(it => it.Label, "Date of birth").Add(it => it.ValueChanged, value => date = value));

        field.Find("#born-day").Input("31");
        field.Find("#born-month").Input("2");
        field.Find("#born-year").Input("1984");

        Assert.Equal(new DateParts("31", "2", "1984"), date);
        Assert.Null(date.ToDate());
        Assert.Equal(new DateOnly(1984, 2, 29), (date with { Day = "29" }).ToDate());
        Assert.Equal(["Day", "Month", "Year"], field.FindAll(".parts label").Select(label => label.TextContent));
    }

    [Fact]
    public void One_radio_is_chosen_and_shows_what_it_asks_for()
    {
        var field = Render<RadioGroup<int?>>(group => group
            .Add(it => it.Name, "Way").Add(it => it.Label, "How").Add(it => it.Options, Option.Of<int?>((1, "Phone"), (2, "Other")))
            .Add(it => it.Value, null).Add(it => it.WhenChosen, chosen => chosen == 2 ? "<em>Which?</em>" : ""));
        Assert.Empty(field.FindAll("input[checked]"));

        int? heard = null;
        field.Render(group => group.Add(it => it.Value, 2).Add(it => it.ValueChanged, value => heard = value));
        Assert.Equal("Which?", field.Find("em").TextContent);

        field.Find("#way-0").Change(true);
        Assert.Equal(1, heard);
    }

    [Fact]
    public void Ticks_come_back_in_the_order_of_the_options()
    {
        IReadOnlyCollection<string> ticked = [];
        var field = Render<CheckboxList<string>>(list => list
            .Add(it => it.Name, "Asked").Add(it => it.Label, "Asked for").Add(it => it.Options, Option.Of(("a", "A"), ("b", "B"), ("c", "C")))
            .Add(it => it.Value, new HashSet<string> { "c" }).Add(it => it.ValueChanged, value => ticked = value));

        field.Find("#asked-0").Change(true);
        Assert.Equal(["a", "c"], ticked);

        field.Find("#asked-2").Change(false);
        Assert.Empty(ticked);
    }

    [Fact]
    public void A_select_answers_with_the_value_and_with_nothing()
    {
        string? chosen = "?";
        var field = Render<SelectField<string>>(select => select
            .Add(it => it.Name, "Language").Add(it => it.Label, "Language").Add(it => it.Options, Option.Of(("pl", "Polish"), ("cy", "Welsh"))).Add(it => it.ValueChanged, value => chosen = value));

        field.Find("select").Change("1");
        Assert.Equal("cy", chosen);
        field.Find("select").Change("");
        Assert.Null(chosen);
    }

    [Fact]
    public void A_pick_list_is_used_by_keyboard_alone()
    {
        Option<string>? picked = null;
        var list = PickList(option => picked = option);
        var box = list.Find("[role=combobox]");

        box.Input("spr");
        list.WaitForState(() => list.Find("[role=combobox]").GetAttribute("aria-expanded") == "true");
        Assert.Equal("2 matches", list.Find("[role=status]").TextContent);
        list.Find("[role=combobox]").KeyDown("ArrowDown");
        list.Find("[role=combobox]").KeyDown("ArrowDown");
        var active = list.Find("[role=combobox]").GetAttribute("aria-activedescendant");
        Assert.Equal("Wrist sprain", list.Find("#" + active).TextContent.Trim());
        list.Find("[role=combobox]").KeyDown("Enter");

        Assert.Equal("Wrist sprain", picked?.Label);
        Assert.Equal("Wrist sprain", list.Find("input").GetAttribute("value"));
        Assert.Equal("false", list.Find("[role=combobox]").GetAttribute("aria-expanded"));

        list.Render(it => it.Add(one => one.Value, picked));
        list.Find("input").Input("Wrist sprain"); // as a page does once its lost line is back: it takes nothing back
        Assert.Equal("Wrist sprain", picked?.Label);
    }

    [Fact]
    public void A_pick_list_is_cleared_in_sight_and_takes_back_what_matches_nothing()
    {
        Option<string>? picked = new("x", "x");
        var list = PickList(option => picked = option);

        list.Find("input").Input("ankle");
        Assert.Equal("Clear Condition", list.Find("button").TextContent);
        list.Find("button").Click();
        Assert.Null(picked);
        Assert.Empty(list.FindAll("button"));

        list.Find("input").Input("nonsense");
        list.Find("input").Blur();
        Assert.Equal("", list.Find("input").GetAttribute("value"));
    }

    [Fact]
    public void A_pick_list_may_keep_words_of_its_own()
    {
        var words = "";
        var list = PickList(_ => { }, text => words = text);

        list.Find("input").Input("something rare");
        list.Find("input").Blur();

        Assert.Equal("something rare", words);
    }

    [Fact]
    public void The_error_summary_takes_focus_and_leads_to_each_field()
    {
        var summary = Render<ErrorSummary>(it => it.Add(summary => summary.Errors, new Dictionary<string, string> { ["Patient.DateOfBirth"] = "Enter a date of birth", [""] = "The draft was changed elsewhere" }));

        var alert = summary.Find("[role=alert]");
        Assert.Equal("There is a problem", alert.QuerySelector("h2")!.TextContent);
        var link = alert.QuerySelector("a")!;
        Assert.Equal("patient-date-of-birth", link.GetAttribute("data-focus"));
        Assert.EndsWith("#patient-date-of-birth", link.GetAttribute("href"), StringComparison.Ordinal);
        JSInterop.VerifyFocusAsyncInvoke();
    }

    [Fact]
    public void No_errors_make_no_summary() =>
        Assert.Equal("", Render<ErrorSummary>(it => it.Add(summary => summary.Errors, new Dictionary<string, string>())).Markup.Trim());

    IRenderedComponent<PickList<string>> PickList(Action<Option<string>?> picked, Action<string>? typed = null) => Render<PickList<string>>(list =>
    {
        list.Add(it => it.Name, "Condition").Add(it => it.Label, "Condition").Add(it => it.ValueChanged, picked)
            .Add(it => it.Search, (text, _) => Task.FromResult<IReadOnlyList<Option<string>>>(
                [.. new[] { "Ankle sprain", "Wrist sprain", "Neck pain" }.Where(name => name.Contains(text, StringComparison.OrdinalIgnoreCase)).Select(name => new Option<string>(name, name))]));
        if (typed is not null) list.Add(it => it.TextChanged, typed);
    });
}
