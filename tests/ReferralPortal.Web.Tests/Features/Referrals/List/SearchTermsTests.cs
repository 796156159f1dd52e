using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Referrals.List;
using Xunit;

namespace ReferralPortal.Web.Tests.Features.Referrals.List;

public sealed class SearchTermsTests
{
    [Theory]
    [InlineData("ollerenshaw maud", "ollerenshaw", "maud")]
    [InlineData("  943 476   5919 ", "943", "476", "5919")]
    [InlineData("3/12/1985", "03/12/1985")]
    [InlineData("3.12.1985 maud", "03/12/1985", "maud")]
    [InlineData("3 Dec 1985", "03/12/1985")]
    [InlineData("3 december 1985", "03/12/1985")]
    [InlineData("Bo Li", "Bo Li")]
    [InlineData("al ollerenshaw", "al", "ollerenshaw")]
    public void Words_numbers_and_dates_become_terms(string typed, params string[] terms) => Assert.Equal(terms, SearchTerms.Of(typed));

    [Theory]
    [InlineData("")]
    [InlineData("ab")]
    [InlineData(" % ")]
    public void Too_little_is_not_searched_for(string typed) => Assert.Empty(SearchTerms.Of(typed));

    [Fact]
    public void A_reference_is_read_however_it_is_typed()
    {
        var reference = Reference.FromNumber(4711).ToString();
        Assert.Equal([reference], SearchTerms.Of(reference.Replace("-", "").ToLowerInvariant()));
        Assert.Equal([reference, "maud"], SearchTerms.Of($"{reference.ToLowerInvariant()} maud"));
    }

    [Fact]
    public void A_surname_of_eight_letters_is_a_surname_even_where_it_could_be_a_reference()
    {
        // One in 32 has a fitting check character: find one, and see that it is left alone.
        var letters = "ABCDEFGHJKMNPQRSTVWXYZ";
        var surname = letters.Select(last => "THMPSN" + "E" + last).First(word => Reference.TryParse(word, out _));
        Assert.Equal([surname], SearchTerms.Of(surname));
    }

    [Fact]
    public void No_search_has_more_than_eight_terms() =>
        Assert.Equal(8, SearchTerms.Of("one two three four five six seven eight nine ten").Length);
}
