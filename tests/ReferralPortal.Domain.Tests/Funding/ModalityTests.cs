using ReferralPortal.Domain.Funding;
using ReferralPortal.Domain.Progress;
using Xunit;

namespace ReferralPortal.Domain.Tests.Funding;

public class ModalityTests
{
    [Theory]
    [InlineData("hydrotherapy", "hydrotherapy", "")]
    [InlineData("hydrotherapy", "hydrotherapy education", "")]
    [InlineData("hydrotherapy", "hydrotherapy massage taping", "massage taping")]
    [InlineData("hydrotherapy", "education", "education")]                          // advice is none of it by itself
    [InlineData("hydrotherapy", "exercise education", "exercise")]
    [InlineData("in_clinic", "exercise manual_therapy acupuncture education", "")]
    [InlineData("in_clinic", "exercise hydrotherapy", "hydrotherapy")]
    [InlineData("remote", "exercise education", "")]
    [InlineData("remote", "education", "")]
    [InlineData("remote", "exercise massage ultrasound", "massage ultrasound")]
    [InlineData("in_clinic hydrotherapy", "exercise hydrotherapy megapulse", "")]
    [InlineData("remote hydrotherapy", "education hydrotherapy taping", "taping")]
    [InlineData("hydrotherapy", "", "")]
    [InlineData("", "massage", "")]                                                 // any way
    public void What_is_given_in_another_way_than_is_authorised_is_named(string authorised, string given, string outside) =>
        Assert.Equal(Read<Treatment>(outside), ModalityRules.Outside(authorised.Length == 0 ? null : Read<Modality>(authorised), Read<Treatment>(given)));

    [Fact]
    public void Every_treatment_is_given_in_some_way() =>
        Assert.All(Enum.GetValues<Treatment>(), one => Assert.Contains(Enum.GetValues<Modality>(), way => ModalityRules.Outside([way], [one]).Count == 0));

    static List<T> Read<T>(string codes) where T : struct, Enum => [.. codes.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(EnumText.Parse<T>)];
}
