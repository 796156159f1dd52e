using CsCheck;
using ReferralPortal.Domain.Patients;
using Xunit;

namespace ReferralPortal.Domain.Tests.Patients;

public class PersonGroupsTests
{
    [Fact]
    public void Pairs_that_share_somebody_are_one_person() =>
        Assert.Equal([1, 2, 3], Assert.Single(PersonGroups.Of([1, 2, 3, 4], [(1, 2), (2, 3)])).Order());

    [Fact]
    public void Taking_away_the_pair_in_the_middle_parts_them()
    {
        var groups = PersonGroups.Of([1, 2, 3, 4], [(1, 2), (3, 4)]);
        Assert.Equal(2, groups.Count);
        Assert.Empty(PersonGroups.Of([1, 2], Array.Empty<(int, int)>()));
    }

    [Fact]
    public void The_order_of_the_decisions_does_not_matter() =>
        Gen.Select(Gen.Int[0, 9], Gen.Int[0, 9]).Array[0, 12].Sample(pairs =>
            Words(PersonGroups.Of(Enumerable.Range(0, 10), pairs)) == Words(PersonGroups.Of(Enumerable.Range(0, 10).Reverse(), pairs.Reverse())));

    [Fact]
    public void Nobody_is_in_two_groups_and_both_of_a_pair_are_in_one() =>
        Gen.Select(Gen.Int[0, 9], Gen.Int[0, 9]).Array[0, 12].Sample(pairs =>
        {
            var groups = PersonGroups.Of(Enumerable.Range(0, 10), pairs);
            return groups.SelectMany(group => group).Count() == groups.SelectMany(group => group).Distinct().Count()
                && pairs.All(pair => pair.Item1 == pair.Item2 || groups.Single(group => group.Contains(pair.Item1)).Contains(pair.Item2));
        });

    static string Words(IEnumerable<IReadOnlySet<int>> groups) => string.Join(" ", groups.Select(group => string.Join(",", group.Order())).Order());
}
