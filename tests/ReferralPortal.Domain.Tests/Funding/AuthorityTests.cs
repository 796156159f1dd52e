using CsCheck;
using ReferralPortal.Domain.Funding;
using Xunit;
using static ReferralPortal.Domain.Funding.AuthorityEntryKind;

namespace ReferralPortal.Domain.Tests.Funding;

public class AuthorityTests
{
    static readonly DateTimeOffset At = new(2026, 11, 23, 10, 0, 0, TimeSpan.Zero);
    static readonly DateOnly Today = new(2026, 11, 23);

    [Fact]
    public void What_was_authorised_and_not_used_is_left()
    {
        var authority = Of(new(Authorised, At, 6, 420, Today.AddDays(30)), new(Used, At, 1, 55), new(Used, At, 1, 55.50m));
        Assert.Equal((4, 309.50m, 2, 110.50m), (authority.SessionsLeft, authority.PoundsLeft, authority.SessionsUsed, authority.PoundsUsed));
    }

    [Fact]
    public void An_extension_adds_to_it_and_may_move_its_last_day()
    {
        var authority = Of(new(Authorised, At, 6, null, Today), new(Used, At, 6), new(Extended, At, 4));
        Assert.Equal((10, 4, Today), (authority.SessionsAuthorised, authority.SessionsLeft, authority.ExpiresOn));
        Assert.Equal(Today.AddDays(60), Of(new(Authorised, At, 6, null, Today), new(Extended, At, 4, null, Today.AddDays(60))).ExpiresOn);
    }

    [Fact]
    public void A_limit_that_an_extension_sets_first_counts_from_what_was_used()
    {
        var authority = Of(new(Authorised, At, null, 500), new(Used, At, 3, 180), new(Extended, At, 6));
        Assert.Equal((6, 320m), (authority.SessionsLeft, authority.PoundsLeft));
    }

    [Fact]
    public void A_withdrawn_authority_has_nothing_left_and_covers_nothing()
    {
        foreach (var first in new AuthorityEntry[] { new(Authorised, At, 6, 420), new(Authorised, At, null, null) })
        {
            var authority = Of(first, new(Used, At, 2, 110), new(Withdrawn, At.AddDays(1)), new(Withdrawn, At.AddDays(2)));
            Assert.Equal((0, 0m, At.AddDays(1)), (authority.SessionsLeft, authority.PoundsLeft, authority.WithdrawnAt));
            Assert.Equal(Cover.Withdrawn, authority.Covers(1, 1, Today));
        }
    }

    [Fact]
    public void More_than_was_authorised_shows_as_less_than_nothing()
    {
        var authority = Of(new(Authorised, At, 2, 100), new(Used, At, 3, 165));
        Assert.Equal((-1, -65m), (authority.SessionsLeft, authority.PoundsLeft));
        Assert.Equal((-1, -65m), (Of(new(Authorised, At, 2, 100), new(Used, At, 3, 165), new(Withdrawn, At)) is var gone ? (gone.SessionsLeft, gone.PoundsLeft) : default));
    }

    [Theory]
    [InlineData(6, 300, 0, Cover.Covered)]
    [InlineData(6, 300, 30, Cover.Covered)]         // its last day is covered
    [InlineData(6, 300, 31, Cover.Expired)]
    [InlineData(7, 300, 0, Cover.TooFewSessions)]
    [InlineData(6, 301, 0, Cover.TooLittleMoney)]
    public void It_pays_within_each_of_its_limits(int sessions, int pounds, int daysOn, Cover cover) =>
        Assert.Equal(cover, Of(new AuthorityEntry(Authorised, At, 6, 300, Today.AddDays(30))).Covers(sessions, pounds, Today.AddDays(daysOn)));

    [Fact]
    public void A_limit_that_the_payer_did_not_set_does_not_stand_in_the_way()
    {
        Assert.Equal(Cover.Covered, Of(new AuthorityEntry(Authorised, At, 6)).Covers(6, 1_000_000, Today.AddYears(5)));
        Assert.Equal(Cover.Covered, Of(new AuthorityEntry(Authorised, At, null, 500)).Covers(1000, 500, Today.AddYears(5)));
    }

    [Fact]
    public void A_session_that_was_recorded_by_mistake_is_taken_back_by_another_line()
    {
        var authority = Of(new(Authorised, At, 6, 300), new(Used, At, 1, 50), new(Used, At, 1, 50), new(Used, At, -1, -50));
        Assert.Equal((1, 5, 250m), (authority.SessionsUsed, authority.SessionsLeft, authority.PoundsLeft));
        Assert.Throws<ArgumentException>(() => Of(new(Authorised, At, 6), new(Used, At, 1), new(Used, At, -2)));
        Assert.Throws<ArgumentException>(() => Of(new(Authorised, At, 6), new(Extended, At, -1)));
    }

    [Fact]
    public void A_ledger_that_makes_no_sense_is_refused()
    {
        Assert.Throws<ArgumentException>(() => Of());
        Assert.Throws<ArgumentException>(() => Of(new AuthorityEntry(Used, At, 1)));
        Assert.Throws<ArgumentException>(() => Of(new AuthorityEntry(Extended, At, 1)));
        Assert.Throws<ArgumentException>(() => Of(new AuthorityEntry(Withdrawn, At)));
        Assert.Throws<ArgumentException>(() => Of(new(Authorised, At, 1), new(Authorised, At, 1)));
        Assert.Throws<ArgumentException>(() => Of(new(Authorised, At, 1), new(Withdrawn, At), new(Extended, At, 1)));
        Assert.Throws<ArgumentException>(() => Of(new(Authorised, At, 1), new(Used, At, -1)));
        Assert.Throws<ArgumentException>(() => Of(new(Authorised, At, 1), new(Used, At, 0, -0.01m)));
    }

    [Fact]
    public void The_balance_is_the_sum_of_the_ledger_in_whatever_order_it_came() => Gen.Select(Gen.Int[1, 50], Gen.Int[0, 9].Array[0, 20], Gen.Int[0, int.MaxValue]).Sample((first, amounts, seed) =>
    {
        var later = amounts.Select((amount, place) => new AuthorityEntry(place % 2 == 0 ? Used : Extended, At, amount, amount * 10m)).ToArray();
        new Random(seed).Shuffle(later);
        var authority = Authority.From([new(Authorised, At, first, first * 10m), .. later]);
        var left = first + later.Sum(entry => entry.Kind == Used ? -entry.Sessions : entry.Sessions);
        return authority.SessionsLeft == left && authority.PoundsLeft == left * 10m;
    });

    static Authority Of(params AuthorityEntry[] ledger) => Authority.From(ledger);
}
