using CsCheck;
using ReferralPortal.Domain.Places;
using Xunit;

namespace ReferralPortal.Domain.Tests.Places;

public class NearnessTests
{
    static readonly GeoPoint Manchester = new(53.4808, -2.2426), Liverpool = new(53.4084, -2.9916), London = new(51.5074, -0.1278);

    static readonly Gen<GeoPoint> Places = Gen.Select(Gen.Double[49, 61], Gen.Double[-9, 2], (north, east) => new GeoPoint(north, east));

    [Fact]
    public void Known_distances_come_out_right()
    {
        Assert.Equal(31.2, Manchester.MilesTo(Liverpool), 0.3);
        Assert.Equal(162.9, Manchester.MilesTo(London), 0.9);
        Assert.Equal(69.09, new GeoPoint(53, -2).MilesTo(new GeoPoint(54, -2)), 0.05);
    }

    [Fact]
    public void A_distance_is_the_same_both_ways_never_negative_and_none_to_itself() =>
        Gen.Select(Places, Places).Sample((one, other) =>
        {
            Assert.Equal(one.MilesTo(other), other.MilesTo(one), 1e-9);
            Assert.True(one.MilesTo(other) >= 0);
            Assert.Equal(0, one.MilesTo(one), 1e-6);
        });

    [Fact]
    public void No_way_round_is_shorter_than_the_straight_one() =>
        Gen.Select(Places, Places, Places).Sample((from, over, to) => Assert.True(from.MilesTo(to) <= from.MilesTo(over) + over.MilesTo(to) + 1e-6));

    [Fact]
    public void What_lacks_least_comes_first_then_what_is_nearest_then_the_name()
    {
        (string Name, int Lacks, double? Miles)[] places = [("Far", 0, 30), ("Near but lacks", 1, 1), ("Beta", 0, 2), ("Alpha", 0, 2), ("Nobody knows where", 0, null)];
        Assert.Equal(["Alpha", "Beta", "Far", "Nobody knows where", "Near but lacks"], Nearness.Ranked(places, place => place.Lacks, place => place.Miles, place => place.Name).Select(place => place.Name));
    }

    [Theory]
    [InlineData(0.2, "under a mile")]
    [InlineData(0.9, "about 1 mile")]
    [InlineData(1.6, "about 2 miles")]
    [InlineData(31.2, "about 31 miles")]
    public void Distances_are_said_no_more_exactly_than_they_are_known(double miles, string words) => Assert.Equal(words, Nearness.Words(miles));
}
