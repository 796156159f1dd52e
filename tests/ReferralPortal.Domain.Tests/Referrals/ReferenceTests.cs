using System.Text.RegularExpressions;
using CsCheck;
using ReferralPortal.Domain.Referrals;
using Xunit;

namespace ReferralPortal.Domain.Tests.Referrals;

public class ReferenceTests
{
    const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    static readonly Gen<Reference> Any = Gen.Long[0, (1L << 35) - 1].Select(Reference.FromNumber);

    [Fact]
    public void It_is_shown_in_two_groups_of_four_after_an_R() =>
        Any.Sample(reference => Regex.IsMatch(reference.ToString(), $"^R-[{Alphabet}]{{4}}-[{Alphabet}]{{4}}$"));

    [Fact]
    public void What_is_shown_reads_back() => Any.Sample(reference => Reads(reference.ToString()) == reference);

    [Fact]
    public void Every_wrong_character_is_noticed() => Any.Sample(reference =>
    {
        var right = Characters(reference);
        for (var place = 0; place < 8; place++)
            foreach (var other in Alphabet.Where(letter => letter != right[place]))
                if (Reads(right[..place] + other + right[(place + 1)..]) is not null) return false;
        return true;
    });

    [Fact]
    public void Every_swap_of_two_neighbours_is_noticed() => Any.Sample(reference =>
    {
        var right = Characters(reference);
        for (var place = 0; place < 7; place++)
            if (right[place] != right[place + 1]
                && Reads(right[..place] + right[place + 1] + right[place] + right[(place + 2)..]) is not null) return false;
        return true;
    });

    // Because the check is linear, what holds beside zeros holds beside anything: the two facts below and this one are the whole proof, not a sample.
    [Fact]
    public void The_check_is_linear() => Gen.Select(Gen.Long[0, (1L << 35) - 1], Gen.Long[0, (1L << 35) - 1]).Sample((one, other) =>
        Check(one ^ other) == (Check(one) ^ Check(other)));

    [Fact]
    public void Each_place_gives_each_character_a_check_of_its_own()
    {
        for (var place = 0; place < 7; place++)
            Assert.Equal(32, Enumerable.Range(0, 32).Select(digit => Check(At(place, digit))).Distinct().Count());
    }

    [Fact]
    public void No_two_neighbours_swapped_keep_their_check()
    {
        for (var first = 0; first < 32; first++)
        {
            for (var second = 0; second < first; second++)
                for (var place = 0; place < 6; place++)
                    Assert.NotEqual(Check(At(place, first) | At(place + 1, second)), Check(At(place, second) | At(place + 1, first)));

            // The last of the seven with the check character itself.
            var check = Check(first);
            if (check != first) Assert.NotEqual(first, Check(check));
        }
    }

    [Fact]
    public void It_is_read_as_people_type_it() => Gen.Select(Any, Gen.Int[0, int.MaxValue]).Sample((reference, seed) =>
    {
        var random = new Random(seed);
        var characters = string.Concat(Characters(reference).Select(letter => letter switch
        {
            '0' => "0oO"[random.Next(3)],
            '1' => "1iIlL"[random.Next(5)],
            _ => random.Next(2) == 0 ? char.ToLowerInvariant(letter) : letter,
        }));
        var prefix = new[] { "", "R", "r", "R-", "r ", " R - " }[random.Next(6)];
        var join = new[] { "", "-", " ", "\u2011", " \u2013 ", "\u00a0" }[random.Next(6)];
        return Reads($"{prefix}{characters[..4]}{join}{characters[4..]} ") == reference;
    });

    [Fact]
    public void Without_its_prefix_one_that_begins_with_R_is_still_itself()
    {
        var beginsWithR = Reference.FromNumber((long)Alphabet.IndexOf('R', StringComparison.Ordinal) << 30 | 12345);
        Assert.StartsWith("R-R", beginsWithR.ToString(), StringComparison.Ordinal);
        Assert.Equal(beginsWithR, Reads(Characters(beginsWithR)));
        Assert.Equal(beginsWithR, Reads("R" + Characters(beginsWithR)));
        Assert.Null(Reads("RR" + Characters(beginsWithR)));
        Assert.Null(Reads(Characters(beginsWithR)[1..]));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("R-")]
    [InlineData("R-0000-000")]
    [InlineData("R-0000-00000")]
    [InlineData("X-0000-0000")]
    [InlineData("R-000U-0000")]
    [InlineData("R-0000_0000")]
    [InlineData("R-٠٠٠٠-٠٠٠٠")]
    public void Anything_else_is_none(string? text) => Assert.Null(Reads(text));

    [Fact]
    public void New_ones_are_valid_and_do_not_repeat()
    {
        var drawn = Enumerable.Range(0, 2000).Select(_ => Reference.New()).ToList();
        Assert.All(drawn, reference => Assert.Equal(reference, Reads(reference.ToString())));
        // Two of 2,000 are alike once in about 17,000 runs of this test.
        Assert.True(drawn.Distinct().Count() >= 1999);
    }

    [Fact]
    public void A_serial_number_outside_35_bits_has_none()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Reference.FromNumber(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Reference.FromNumber(1L << 35));
        Assert.Equal("R-ZZZZ-ZZZ", Reference.FromNumber((1L << 35) - 1).ToString()[..10]);
    }

    [Fact]
    public void The_default_is_empty() => Assert.Equal("", default(Reference).ToString());

    static long At(int place, int digit) => (long)digit << 5 * (6 - place);

    static int Check(long number) => Alphabet.IndexOf(Reference.FromNumber(number).ToString()[^1], StringComparison.Ordinal);

    static string Characters(Reference reference) => reference.ToString()[2..].Replace("-", "", StringComparison.Ordinal);

    static Reference? Reads(string? text) => Reference.TryParse(text, out var reference) ? reference : null;
}
