using ReferralPortal.Domain.Patients;
using Xunit;

namespace ReferralPortal.Domain.Tests.Patients;

public class EmailAddressTests
{
    [Theory]
    [InlineData("name@example.com")]
    [InlineData("first.o'neill+claims@sub.example.co.uk")]
    [InlineData("x@example.org")]
    public void An_address_is_taken_as_typed(string typed)
    {
        Assert.True(EmailAddress.TryParse($" {typed} ", out var address));
        Assert.Equal(typed, address.ToString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("name")]
    [InlineData("@example.com")]
    [InlineData("name@")]
    [InlineData("name@example")]
    [InlineData("name@.com")]
    [InlineData("name@example.c")]
    [InlineData("na me@example.com")]
    [InlineData("one@example.com, two@example.com")]
    [InlineData("one@example.com;two@example.com")]
    [InlineData("Name <name@example.com>")]
    [InlineData("name(comment)@example.com")]
    [InlineData("name@[127.0.0.1]")]
    [InlineData("name@@example.com")]
    [InlineData("name@example.com\r\nBcc: other@example.com")]
    public void Anything_else_is_none(string? typed) => Assert.False(EmailAddress.TryParse(typed, out _));

    [Fact]
    public void One_too_long_for_mail_is_none() => Assert.False(EmailAddress.TryParse($"{new string('a', 250)}@example.com", out _));
}
