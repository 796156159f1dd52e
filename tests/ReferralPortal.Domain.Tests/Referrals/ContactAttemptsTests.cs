using ReferralPortal.Domain.Referrals;
using Xunit;

namespace ReferralPortal.Domain.Tests.Referrals;

public class ContactAttemptsTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(0, ContactOutcome.Spoke, ContactOutcome.NoAnswer, ContactOutcome.NoAnswer)]
    [InlineData(2, ContactOutcome.LeftMessage, ContactOutcome.WrongNumber, ContactOutcome.AskedToWait, ContactOutcome.NoAnswer)]
    [InlineData(3, ContactOutcome.Sent, ContactOutcome.NoAnswer, ContactOutcome.LeftMessage)]
    public void Failures_are_counted_since_the_patient_was_last_reached(int failed, params ContactOutcome[] latestFirst) =>
        Assert.Equal(failed, ContactAttempts.FailedSince(latestFirst));

    [Fact]
    public void A_call_is_not_sent_and_a_letter_leaves_no_message()
    {
        Assert.DoesNotContain(ContactOutcome.Sent, ContactAttempts.OutcomesOf(ContactChannel.Call));
        foreach (var channel in (ContactChannel[])[ContactChannel.Text, ContactChannel.Letter, ContactChannel.Email])
            Assert.DoesNotContain(ContactAttempts.OutcomesOf(channel), outcome => outcome is ContactOutcome.NoAnswer or ContactOutcome.LeftMessage);
        foreach (var channel in Enum.GetValues<ContactChannel>())
            Assert.Equal(2, ContactAttempts.OutcomesOf(channel).Count(ContactAttempts.Reaches));
    }
}
