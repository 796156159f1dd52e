using ReferralPortal.Domain.Referrals;
using Xunit;

namespace ReferralPortal.Domain.Tests.Referrals;

public class FormFactsTests
{
    static readonly DateOnly Today = new(2026, 11, 23), Born = new(1984, 5, 6);

    [Fact]
    public void An_incident_lies_between_birth_and_today()
    {
        Assert.Null(ReferralDates.ProblemWithIncident(Today, Born, Today));
        Assert.Null(ReferralDates.ProblemWithIncident(Born, Born, Today));
        Assert.Null(ReferralDates.ProblemWithIncident(Born.AddDays(-1), null, Today));
        Assert.Contains("future", ReferralDates.ProblemWithIncident(Today.AddDays(1), Born, Today), StringComparison.Ordinal);
        Assert.Contains("before", ReferralDates.ProblemWithIncident(Born.AddDays(-1), Born, Today), StringComparison.Ordinal);
    }

    [Fact]
    public void Consent_is_given_after_birth_and_incident_and_not_in_the_future()
    {
        Assert.Null(ReferralDates.ProblemWithConsent(Today, Born, Today, Today));
        Assert.Null(ReferralDates.ProblemWithConsent(Born, null, null, Today));
        Assert.Contains("future", ReferralDates.ProblemWithConsent(Today.AddDays(1), Born, null, Today), StringComparison.Ordinal);
        Assert.Contains("birth", ReferralDates.ProblemWithConsent(Born.AddDays(-1), Born, null, Today), StringComparison.Ordinal);
        Assert.Contains("incident", ReferralDates.ProblemWithConsent(Today.AddDays(-1), Born, Today, Today), StringComparison.Ordinal);
    }

    [Fact]
    public void An_absence_has_begun_and_a_return_lies_ahead()
    {
        Assert.Null(ReferralDates.ProblemWithAbsence(Today, Born, Today));
        Assert.Contains("future", ReferralDates.ProblemWithAbsence(Today.AddDays(1), Born, Today), StringComparison.Ordinal);
        Assert.Contains("birth", ReferralDates.ProblemWithAbsence(Born.AddDays(-1), Born, Today), StringComparison.Ordinal);
        Assert.Null(ReferralDates.ProblemWithReturn(Today, Today));
        Assert.NotNull(ReferralDates.ProblemWithReturn(Today.AddDays(-1), Today));
    }

    // NHS Data Model and Dictionary, "Attended or did not attend".
    [Theory]
    [InlineData("5", AttendanceCode.OnTime, true, false)]
    [InlineData("6", AttendanceCode.LateButSeen, true, false)]
    [InlineData("7", AttendanceCode.LateNotSeen, false, false)]
    [InlineData("2", AttendanceCode.CancelledByPatient, false, true)]
    [InlineData("3", AttendanceCode.DidNotAttend, false, false)]
    [InlineData("4", AttendanceCode.CancelledByProvider, false, true)]
    public void Attendance_is_coded_as_the_health_service_codes_it(string digit, AttendanceCode code, bool seen, bool cancelled)
    {
        Assert.True(AttendanceCodes.TryParse(digit, out var read));
        Assert.Equal((code, digit, seen, cancelled), (read, code.Digit(), code.WasSeen(), code.WasCancelled()));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("1")]
    [InlineData("8")]
    [InlineData("55")]
    [InlineData("on_time")]
    public void Other_attendance_codes_are_refused(string? digit) => Assert.False(AttendanceCodes.TryParse(digit, out _));
}
