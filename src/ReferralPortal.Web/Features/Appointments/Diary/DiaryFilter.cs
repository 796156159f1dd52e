using System.Globalization;
using System.Text;
using ReferralPortal.Domain;

namespace ReferralPortal.Web.Features.Appointments.Diary;

/// <summary>How the appointments are shown.</summary>
public enum DiaryView
{
    /// <summary>One day, a column for each clinician.</summary>
    Day,
    /// <summary>One week, Monday to Sunday, a column for each day.</summary>
    Week,
    /// <summary>A table in the order of time: one day, or one week.</summary>
    List,
}

/// <summary>Which days, where and whose, as the address of the page says it. Without a day it is today.</summary>
/// <param name="Day">The day; of a week any day in it.</param>
/// <param name="Clinic">Where; null for all clinics.</param>
/// <param name="Clinician">Whose; null for everybody.</param>
/// <param name="After">In a list: behind which appointment it goes on.</param>
public sealed record DiaryFilter(DateOnly Day, Guid? Clinic = null, Guid? Clinician = null, DayPlace? After = null)
{
    public DiaryView View { get; init; } = DiaryView.Day;

    /// <summary>In a list: a whole week.</summary>
    public bool WholeWeek { get; init; }

    /// <summary>The referral for which a free time is looked for: pressing one leads to its booking.</summary>
    public string? Referral { get; init; }

    /// <summary>The first day shown.</summary>
    public DateOnly First => IsWeek ? Day.AddDays(-(((int)Day.DayOfWeek + 6) % 7)) : Day;

    /// <summary>How many days are shown.</summary>
    public int Days => IsWeek ? 7 : 1;

    public DateTimeOffset From => LondonTime.Instant(First, TimeOnly.MinValue);
    public DateTimeOffset Until => LondonTime.Instant(First.AddDays(Days), TimeOnly.MinValue);

    bool IsWeek => View == DiaryView.Week || View == DiaryView.List && WholeWeek;

    /// <summary>Reads an address. What is not understood is left out.</summary>
    public static DiaryFilter Read(string? view, string? date, Guid? clinic, Guid? clinician, string? days, string? after, string? referral, DateOnly today) => new(
        DateOnly.TryParseExact(date, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var given) && given.Year is > 1900 and < 9000 ? given : today,
        clinic, clinician, DayPlace.TryParse(after, out var place) ? place : null)
    {
        View = EnumText.TryParse<DiaryView>(view, out var shown) ? shown : DiaryView.Day,
        WholeWeek = days == "7",
        Referral = ReferralPortal.Domain.Referrals.Reference.TryParse(referral, out var reference) ? reference.ToString() : null,
    };

    /// <summary>The address that asks this.</summary>
    public string Address
    {
        get
        {
            var address = new StringBuilder("/appointments?view=").Append(EnumText.Of(View)).Append("&date=").Append(Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
            if (View == DiaryView.List && WholeWeek) address.Append("&days=7");
            if (Clinic is { } clinic) address.Append("&clinic=").Append(clinic);
            if (Clinician is { } clinician) address.Append("&clinician=").Append(clinician);
            if (Referral is { } referral) address.Append("&referral=").Append(referral);
            if (After is { } after) address.Append("&after=").Append(after);
            return address.ToString();
        }
    }

    /// <summary>The same question of another day.</summary>
    public DiaryFilter On(DateOnly day) => this with { Day = day, After = null };

    /// <summary>The same days otherwise.</summary>
    public DiaryFilter As(DiaryView view) => this with { View = view, WholeWeek = IsWeek, After = null };

    /// <summary>The days before or after.</summary>
    public DiaryFilter Next(int times) => On(Day.AddDays(times * Days));
}

/// <summary>A place in a list: behind this appointment the next page begins.</summary>
public readonly record struct DayPlace(DateTimeOffset StartsAt, Guid Id)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{StartsAt.ToUnixTimeSeconds()}-{Id:N}");

    public static bool TryParse(string? text, out DayPlace place)
    {
        place = default;
        if (text?.Split('-') is not [var time, var id] || !long.TryParse(time, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            || seconds > 200_000_000_000 || !Guid.TryParseExact(id, "N", out var guid)) return false;
        place = new DayPlace(DateTimeOffset.FromUnixTimeSeconds(seconds), guid);
        return true;
    }
}
