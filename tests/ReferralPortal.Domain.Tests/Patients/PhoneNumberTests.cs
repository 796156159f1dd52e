using ReferralPortal.Domain.Patients;
using Xunit;

namespace ReferralPortal.Domain.Tests.Patients;

public class PhoneNumberTests
{
    [Theory]
    [InlineData("0161 496 0123", "+441614960123", "0161 496 0123")]
    [InlineData("(0161) 496-0123", "+441614960123", "0161 496 0123")]
    [InlineData("07400 123456", "+447400123456", "07400 123456")]
    [InlineData("+44 (0)7400 123456", "+447400123456", "07400 123456")]
    [InlineData("0044 7400 123456", "+447400123456", "07400 123456")]
    [InlineData("0330 088 7800", "+443300887800", "0330 088 7800")]
    [InlineData("016977 2345", "+44169772345", "016977 2345")]
    [InlineData("+353 1 234 5678", "+35312345678", "+353 1 234 5678")]
    public void A_number_is_stored_internationally_and_shown_as_people_write_it(string typed, string stored, string shown)
    {
        Assert.True(PhoneNumber.TryParse(typed, out var number));
        Assert.Equal((stored, shown), (number.E164, number.ToString()));
        Assert.True(PhoneNumber.TryParse(number.ToString(), out var again) && again == number);
    }

    [Fact]
    public void A_number_kept_for_drama_is_taken() => Assert.True(PhoneNumber.TryParse("07700 900123", out _));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("none")]
    [InlineData("999")]
    [InlineData("496 0123")]         // no area code: nobody elsewhere can dial it
    [InlineData("4960123")]
    [InlineData("0161 496 012")]     // a digit too few
    [InlineData("07400 12345")]
    [InlineData("0161 496 01234")]   // a digit too many
    [InlineData("0161 496 0123 ext 45")]
    [InlineData("0161 496 0123 or 07400 123456")]
    [InlineData("+999 123 4567")]
    [InlineData("0161 496 0123 0161 496 0123 0161 496 0123 0161 496 0123")]
    public void Anything_that_cannot_be_dialled_from_anywhere_is_none(string? typed) => Assert.False(PhoneNumber.TryParse(typed, out _));
}
