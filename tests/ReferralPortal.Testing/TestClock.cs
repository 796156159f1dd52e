using System.Globalization;
using Microsoft.Extensions.Time.Testing;
using ReferralPortal.Domain;

namespace ReferralPortal.Testing;

/// <summary>A clock that stands still until a test moves it, set in the words of a London wall clock.</summary>
public static class TestClock
{
    /// <summary>A clock that stands at a moment of London time: <c>At("2026-11-23 14:05")</c>.</summary>
    public static FakeTimeProvider At(string london) => new(Moment(london));

    /// <summary>Moves the clock forward to a moment of London time.</summary>
    public static void MoveTo(this FakeTimeProvider clock, string london) => clock.SetUtcNow(Moment(london));

    /// <summary>A moment of London time.</summary>
    public static DateTimeOffset Moment(string london)
    {
        var time = DateTime.ParseExact(london, "yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
        return LondonTime.Instant(DateOnly.FromDateTime(time), TimeOnly.FromDateTime(time));
    }
}
