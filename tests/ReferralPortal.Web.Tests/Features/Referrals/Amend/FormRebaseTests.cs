using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Referrals.Amend;
using ReferralPortal.Web.Features.Referrals.Submit;
using ReferralPortal.Web.Platform;
using Xunit;

namespace ReferralPortal.Web.Tests.Features.Referrals.Amend;

public sealed class FormRebaseTests
{
    static ReferralForm With(Action<ReferralForm> change)
    {
        var form = new ReferralForm
        {
            Patient = new() { GivenName = "Maud", Postcode = "M1 1AA", Phone = "0161 234 5678" },
            Injury = new() { Regions = [new("knee", BodySide.Left)], Pain = 4 },
            Safety = new() { Answers = new() { ["one"] = RedFlagAnswer.No, ["two"] = RedFlagAnswer.No } },
        };
        change(form);
        return form;
    }

    static void Same(ReferralForm expected, ReferralForm got) => Assert.Equal(PortalJson.Text(expected), PortalJson.Text(got));

    [Fact]
    public void What_I_changed_stays_and_what_somebody_else_changed_comes_in()
    {
        var merged = FormRebase.Onto(With(_ => { }),
            With(mine => { mine.Patient.Postcode = "M2 2BB"; mine.Safety.Answers["one"] = RedFlagAnswer.Yes; }),
            With(now => { now.Patient.Phone = "0161 999 0000"; now.Injury.Pain = 7; now.Safety.Answers["two"] = RedFlagAnswer.NotAsked; }));

        Same(With(both =>
        {
            (both.Patient.Postcode, both.Patient.Phone, both.Injury.Pain) = ("M2 2BB", "0161 999 0000", 7);
            (both.Safety.Answers["one"], both.Safety.Answers["two"]) = (RedFlagAnswer.Yes, RedFlagAnswer.NotAsked);
        }), merged);
    }

    [Fact]
    public void Where_both_changed_the_same_answer_mine_is_asked_about_again_and_not_dropped() =>
        Assert.Equal("Mine", FormRebase.Onto(With(_ => { }), With(mine => mine.Patient.GivenName = "Mine"), With(now => now.Patient.GivenName = "Theirs")).Patient.GivenName);

    [Fact]
    public void A_list_is_one_answer()
    {
        var merged = FormRebase.Onto(With(_ => { }), With(mine => mine.Injury.Regions = [new("hip", BodySide.Right)]), With(now => now.Injury.Regions = [new("knee", BodySide.Left), new("neck", BodySide.NotApplicable)]));
        Assert.Equal([new("hip", BodySide.Right)], merged.Injury.Regions);
    }

    [Fact]
    public void An_answer_taken_away_stays_away_and_one_that_is_new_comes_in()
    {
        var merged = FormRebase.Onto(With(_ => { }), With(mine => { mine.Safety.Answers.Remove("one"); mine.Injury.Pain = null; }), With(now => now.Safety.Answers["three"] = RedFlagAnswer.Yes));
        Assert.Equal(["three", "two"], merged.Safety.Answers.Keys.Order());
        Assert.Null(merged.Injury.Pain);
    }

    [Fact]
    public void Nothing_changed_is_the_referral_as_it_stands() => Same(With(now => now.Patient.GivenName = "Theirs"), FormRebase.Onto(With(_ => { }), With(_ => { }), With(now => now.Patient.GivenName = "Theirs")));
}
