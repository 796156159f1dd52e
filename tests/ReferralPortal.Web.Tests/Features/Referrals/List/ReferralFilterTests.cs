using CsCheck;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Referrals.List;
using Xunit;

namespace ReferralPortal.Web.Tests.Features.Referrals.List;

public sealed class ReferralFilterTests
{
    [Fact]
    public void An_address_holds_the_whole_question()
    {
        var after = new PagePlace(new DateTimeOffset(2026, 11, 3, 9, 30, 12, 345, TimeSpan.Zero).AddMicroseconds(678), Guid.CreateVersion7());
        var filter = new ReferralFilter
        {
            States = [ReferralState.InTriage, ReferralState.Accepted], Priority = Priority.Urgent, Search = "O’Rourke & 943", OldestFirst = true, After = after,
        };
        Assert.Equal($"/referrals?state=in_triage&state=accepted&priority=urgent&q=O%E2%80%99Rourke%20%26%20943&sort=oldest&after={after}", filter.Address);

        var read = ReferralFilter.From(["in_triage", "accepted"], "urgent", "O’Rourke & 943", "oldest", after.ToString());
        Assert.Equal(filter.Address, read.Address);
        Assert.Equal(after, read.After);
    }

    [Fact]
    public void A_plain_list_has_a_plain_address() => Assert.Equal("/referrals", new ReferralFilter().Address);

    [Theory]
    [InlineData("nonsense")]
    [InlineData("99999999999999999999-00000000000000000000000000000000")]
    [InlineData("253402300800000001-00000000000000000000000000000000")]
    [InlineData("-5-00000000000000000000000000000000")]
    [InlineData("12-zz")]
    [InlineData("")]
    public void What_an_address_says_wrongly_is_left_out(string after) =>
        Assert.Equal("/referrals", ReferralFilter.From(["draft", "nowhere"], "whenever", "   ", "sideways", after).Address);

    [Fact]
    public void A_place_in_the_list_survives_the_address_to_the_microsecond() =>
        Gen.Select(Gen.Long[0, 4_000_000_000_000_000], Gen.Guid).Sample((microseconds, id) =>
        {
            var place = new PagePlace(DateTimeOffset.UnixEpoch.AddTicks(microseconds * 10), id);
            return PagePlace.TryParse(place.ToString(), out var read) && read == place;
        });
}
