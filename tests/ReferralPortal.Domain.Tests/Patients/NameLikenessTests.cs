using CsCheck;
using ReferralPortal.Domain.Patients;
using Xunit;
using static ReferralPortal.Domain.Patients.NameLikeness;

namespace ReferralPortal.Domain.Tests.Patients;

public class NameLikenessTests
{
    [Theory]
    [InlineData("Niamh", "O'Connor-Blythe", "NIAMH", "o’connor blythe", Same)]
    [InlineData("Niamh", "O'Connor", "Niamh", "O Connor", Same)]
    [InlineData("Zoë", "Müller", "Zoe", "Muller", Same)]
    [InlineData("Søren", "Ærø", "Soren", "Aero", Same)]
    [InlineData("Łukasz", "Strauß", "Lukasz", "Strauss", Same)]
    [InlineData("Mary Jane", "Watson", "Watson", "Jane Mary", Same)]
    [InlineData("李", "小龍", "小龍", "李", Same)]
    [InlineData("Maud", "Ollerenshaw", "Maud", "Olerenshaw", Similar)]
    [InlineData("Maud", "Ollerenshaw", "Maude", "Ollerenshaw", Similar)]
    [InlineData("Maud", "Ollerenshaw", "Ollerenshwa", "Maud", Similar)]
    [InlineData("Niamh", "O’Connor-Blythe", "Niamh", "O Connor Blyth", Similar)]
    [InlineData("Jo", "Ng", "Jon", "G", Same)]
    [InlineData("Jo", "Ng", "Jong", "", Same)]
    [InlineData("Jo", "Ng", "Jongo", "", Different)]
    [InlineData("Sean", "Byrne", "Shaun", "Byrne", Different)]
    [InlineData("Maud", "Ollerenshaw", "Maude", "Olerenshaw", Different)]
    [InlineData("Maud", "Ollerenshaw", "Maud", "Whitworth", Different)]
    [InlineData("Jo", "Ng", "Jo", "Ngo", Different)]
    [InlineData("J", "Smith", "K", "Smith", Different)]
    [InlineData("", "", "", "", Different)]
    [InlineData("’", "-", "’", "-", Different)]
    public void Names_are_compared_as_people_mistype_them(string given, string family, string otherGiven, string otherFamily, NameLikeness likeness)
    {
        Assert.Equal(likeness, Names.Compare(given, family, otherGiven, otherFamily));
        Assert.Equal(likeness, Names.Compare(otherGiven, otherFamily, given, family));
    }

    [Fact]
    public void Any_text_can_be_compared_and_the_answer_is_the_same_both_ways() =>
        Gen.Select(Gen.String, Gen.String, Gen.String, Gen.String).Sample((a, b, c, d) => Names.Compare(a, b, c, d) == Names.Compare(c, d, a, b));

    [Fact]
    public void One_letter_put_in_anywhere_leaves_the_name_similar() =>
        Gen.Select(Gen.String[Gen.Char['a', 'z'], 4, 12], Gen.String[Gen.Char['a', 'z'], 4, 12], Gen.Char['a', 'z'], Gen.Int[0, 12]).Sample((given, family, letter, place) =>
            Names.Compare(given, family, given, family.Insert(Math.Min(place, family.Length), letter.ToString())) == Similar);
}
