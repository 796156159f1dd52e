using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Help;
using ReferralPortal.Web.Tests.Features.Referrals;
using Xunit;

namespace ReferralPortal.Web.Tests.Features.Help;

public sealed class OpeningWeekTests(PortalTestDatabase database) : IClassFixture<PortalTestDatabase>
{
    async Task<OpeningWeek> Published() => OpeningWeek.Read((await database.Catalogue().Get(TestContext.Current.CancellationToken)).Group.OpeningHours);

    [Fact]
    public async Task The_week_is_said_in_as_few_lines_as_it_needs() =>
        Assert.Equal([new("Monday to Friday", "08:00 to 20:00"), new("Saturday", "09:00 to 17:00"), new("Sunday", "09:00 to 16:00")], (await Published()).Lines);

    [Fact]
    public void A_day_without_hours_is_closed() =>
        Assert.Equal([new("Monday", "09:00 to 12:00"), new("Tuesday to Sunday", "Closed")],
            OpeningWeek.Read("""{ "monday": { "opens": "09:00", "closes": "12:00" }, "tuesday": null }""").Lines);

    [Theory]
    [InlineData("2026-07-01T07:30:00Z", "Open now, until 20:00")]            // a Wednesday in summer: half past eight in London
    [InlineData("2026-01-07T07:30:00Z", "Closed now, opens today at 08:00")]
    [InlineData("2026-01-07T20:00:00Z", "Closed now, opens tomorrow at 08:00")]
    [InlineData("2026-01-10T16:59:00Z", "Open now, until 17:00")]
    [InlineData("2026-01-11T16:30:00Z", "Closed now, opens tomorrow at 08:00")]
    public async Task It_says_how_it_stands_now_on_London_s_clocks(string at, string words) =>
        Assert.Equal(words, (await Published()).Now(DateTimeOffset.Parse(at, System.Globalization.CultureInfo.InvariantCulture)));

    [Fact]
    public void A_clinic_open_on_one_day_names_it() =>
        Assert.Equal("Closed now, opens on Monday at 09:00",
            OpeningWeek.Read("""{ "monday": { "opens": "09:00", "closes": "12:00" } }""").Now(new DateTimeOffset(2026, 1, 7, 12, 0, 0, TimeSpan.Zero)));
}
