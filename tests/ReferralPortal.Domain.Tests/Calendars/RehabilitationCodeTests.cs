using System.Globalization;
using CsCheck;
using ReferralPortal.Domain.Calendars;
using Xunit;

namespace ReferralPortal.Domain.Tests.Calendars;

public class RehabilitationCodeTests
{
    static readonly WorkingDays Days = new(NaiveCalendar.Listed());

    [Theory]
    [InlineData("2026-11-23", "2026-12-14")]    // three weeks later, the same weekday
    [InlineData("2026-12-18", "2027-01-08")]    // holidays and the turn of the year count like any day
    [InlineData("2028-02-10", "2028-03-02")]    // 29 February is a day
    public void A_request_for_rehabilitation_is_answered_within_21_calendar_days(string asked, string last) => Assert.Equal(On(last), RehabilitationCode.AnswerToRequest(On(asked)));

    [Theory]
    [InlineData("2026-11-02", "2026-11-23")]    // three weeks of five days
    [InlineData("2026-11-21", "2026-12-11")]    // sent on a Saturday: Monday is the first day
    [InlineData("2026-12-14", "2027-01-07")]    // Christmas, Boxing Day's substitute on the 28th and New Year's Day do not count
    [InlineData("2026-03-30", "2026-04-22")]    // Good Friday and Easter Monday do not count
    [InlineData("2022-05-30", "2022-06-22")]    // both days of the Jubilee do not count
    public void A_low_value_claim_form_is_answered_within_15_business_days(string sent, string last) => Assert.Equal(On(last), RehabilitationCode.AnswerToClaimForm(On(sent), Days));

    [Fact]
    public void Fifteen_business_days_are_counted_one_by_one() => Gen.Int[0, 2500].Sample(day =>
        RehabilitationCode.AnswerToClaimForm(new DateOnly(2022, 1, 1).AddDays(day), Days) == new NaiveCalendar(NaiveCalendar.Published, NaiveCalendar.Listed()).AddDays(new DateOnly(2022, 1, 1).AddDays(day), 15), iter: 200);

    static DateOnly On(string date) => DateOnly.Parse(date, CultureInfo.InvariantCulture);
}
