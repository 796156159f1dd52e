using System.Text;
using CsCheck;
using ReferralPortal.Domain.Patients;
using Xunit;

namespace ReferralPortal.Domain.Tests.Patients;

public class PersonNameTests
{
    [Theory]
    [InlineData("O'Neill")]
    [InlineData("O’Neill")]
    [InlineData("Smith-Jones")]
    [InlineData("van der Berg")]
    [InlineData("Ó")]
    [InlineData("X Æ A-12")]
    [InlineData("Nguyễn")]
    [InlineData("李")]
    [InlineData("محمد")]
    [InlineData("Владимир")]
    [InlineData("𞤀𞤣𞤢𞤥")]
    [InlineData("St. John (Jack)")]
    public void No_name_is_refused(string name) => Assert.Equal(name, PersonName.Read($"  {name} "));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("\u200b\u200d")]
    [InlineData("one\ntwo")]
    [InlineData("one\u2028two")]
    [InlineData("one\0two")]
    public void Nothing_to_see_or_more_than_a_line_is_none(string? text) => Assert.Null(PersonName.Read(text));

    [Fact]
    public void Half_a_surrogate_pair_is_none() => Assert.Null(PersonName.Read("a" + '\ud800'));

    [Fact]
    public void A_hundred_characters_are_taken_and_not_one_more_in_any_script()
    {
        foreach (var letter in new[] { "a", "é", "李", "𞤀" })
        {
            Assert.NotNull(PersonName.Read(string.Concat(Enumerable.Repeat(letter, 100))));
            Assert.Null(PersonName.Read(string.Concat(Enumerable.Repeat(letter, 101))));
        }
    }

    [Fact]
    public void The_same_name_is_stored_in_one_form() => Assert.Equal(PersonName.Read("Zoe\u0308"), PersonName.Read("Zoë"));

    [Fact]
    public void What_is_stored_reads_as_itself() => Gen.String[0, 120].Sample(text =>
        PersonName.Read(text) is not { } name || PersonName.Read(name) == name && name.IsNormalized(NormalizationForm.FormC));
}
