using ReferralPortal.Domain.Patients;
using Xunit;

namespace ReferralPortal.Domain.Tests.Patients;

public class ProfessionalNumbersTests
{
    [Theory]
    [InlineData("PH123456", "PH123456")]
    [InlineData("ph 12345", "PH12345")]
    [InlineData("PH1", "PH1")]
    [InlineData("PH", null)]
    [InlineData("P123456", null)]
    [InlineData("PH1234567", null)]
    [InlineData(null, null)]
    public void An_HCPC_number_is_two_letters_and_up_to_six_digits(string? typed, string? stored) => Assert.Equal(stored, ProfessionalNumbers.Hcpc(typed));

    [Theory]
    [InlineData("1234567", "1234567")]
    [InlineData("123 4567", "1234567")]
    [InlineData("123456", null)]
    [InlineData("12345678", null)]
    [InlineData("C123456", null)]
    public void A_GMC_number_is_seven_digits(string typed, string? stored) => Assert.Equal(stored, ProfessionalNumbers.Gmc(typed));

    [Theory]
    [InlineData("P84012", "P84012")]
    [InlineData("p84012", "P84012")]
    [InlineData("84012", null)]
    [InlineData("PP8401", null)]
    [InlineData("P8401", null)]
    [InlineData("P840123", null)]
    public void A_practice_code_is_a_letter_and_five_digits(string typed, string? stored) => Assert.Equal(stored, ProfessionalNumbers.GpPractice(typed));
}
