using CsCheck;
using ReferralPortal.Domain.Patients;
using Xunit;
using static ReferralPortal.Domain.Patients.DateLikeness;

namespace ReferralPortal.Domain.Tests.Patients;

public class DateLikenessTests
{
    static readonly Gen<DateOnly> Day = Gen.Int[0, 45_000].Select(days => new DateOnly(1905, 1, 1).AddDays(days));

    [Theory]
    [InlineData("1984-03-12", "1984-03-12", Same)]
    [InlineData("1984-03-12", "1984-12-03", DayAndMonthSwapped)]
    [InlineData("1984-03-12", "1984-03-13", OneDigitOff)]
    [InlineData("1984-03-12", "1974-03-12", OneDigitOff)]
    [InlineData("1984-03-12", "1984-03-21", Different)]
    [InlineData("1984-03-12", "1985-04-12", Different)]
    [InlineData("1984-03-12", "1985-12-03", Different)]
    public void Dates_are_compared_as_people_mistype_them(string one, string other, DateLikeness likeness) =>
        Assert.Equal(likeness, BirthDates.Compare(DateOnly.ParseExact(one, "yyyy-MM-dd"), DateOnly.ParseExact(other, "yyyy-MM-dd")));

    [Fact]
    public void The_likeness_is_the_same_both_ways() => Gen.Select(Day, Day).Sample((one, other) => BirthDates.Compare(one, other) == BirthDates.Compare(other, one));

    [Fact]
    public void The_dates_like_a_date_are_exactly_those_that_compare_as_like_it() => Gen.Select(Day, Day).Sample((date, other) =>
    {
        var like = BirthDates.Like(date);
        return like.Count < 80 && like.All(one => BirthDates.Compare(date, one) != Different) && like.Contains(other) == (BirthDates.Compare(date, other) != Different);
    });
}
