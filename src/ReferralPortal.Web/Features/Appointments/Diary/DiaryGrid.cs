using System.Globalization;
using ReferralPortal.Domain;

namespace ReferralPortal.Web.Features.Appointments.Diary;

/// <summary>A piece of a column: an appointment, or free time. Where two lie at one time they stand side by side, in lanes.</summary>
/// <param name="From">Minutes after the grid's first hour at which it begins.</param>
/// <param name="Minutes">How long it is.</param>
/// <param name="Lane">Its lane, from 0.</param>
/// <param name="Lanes">How many lanes there are where it lies.</param>
/// <param name="Entry">The appointment; null for free time.</param>
/// <param name="Free">The free time; null for an appointment.</param>
public sealed record DiaryBlock(int From, int Minutes, int Lane, int Lanes, DiaryEntry? Entry, FreeTime? Free)
{
    /// <summary>When it begins (UTC).</summary>
    public DateTimeOffset StartsAt => Entry?.StartsAt ?? Free!.StartsAt;

    /// <summary>When it ends (UTC).</summary>
    public DateTimeOffset EndsAt => StartsAt.AddMinutes(Minutes);
}

/// <summary>A column: a clinician's day, or a day of the week.</summary>
/// <param name="Label">Its heading.</param>
/// <param name="Hint">A quieter line under it; null for none.</param>
/// <param name="Day">The day.</param>
/// <param name="Blocks">What lies in it, in the order of time.</param>
/// <param name="FirstFree">Where free time is not drawn: the first that there is.</param>
public sealed record DiaryColumn(string Label, string? Hint, DateOnly Day, IReadOnlyList<DiaryBlock> Blocks, FreeTime? FirstFree)
{
    /// <summary>The most lanes anywhere in it.</summary>
    public int Lanes => Blocks.Count == 0 ? 1 : Blocks.Max(block => block.Lanes);
}

/// <summary>The diary laid out in columns over the hours of the day, by London's clocks.</summary>
/// <param name="FirstHour">The hour at its top.</param>
/// <param name="LastHour">The hour at its foot.</param>
/// <param name="Columns">The columns.</param>
public sealed record DiaryGrid(int FirstHour, int LastHour, IReadOnlyList<DiaryColumn> Columns)
{
    /// <summary>More columns than this say nothing on a screen.</summary>
    public const int MostColumns = 10;

    const int UsualFirst = 8, UsualLast = 20;

    /// <summary>Lays a diary out; null when it has more columns than can be read.</summary>
    public static DiaryGrid? Of(DiaryDays diary, DiaryFilter filter, DateTimeOffset now)
    {
        var entries = diary.Entries.Where(entry => entry.Stands(now)).ToList();
        var minutes = entries.SelectMany(entry => new[] { Minute(entry.StartsAt), Minute(entry.StartsAt) + Length(entry) }).Append(UsualFirst * 60).Append(UsualLast * 60).ToList();
        var (first, last) = (minutes.Min() / 60, Math.Min(24, (minutes.Max() + 59) / 60));

        var columns = filter.View == DiaryView.Week ? ByDay(entries, diary, filter, first) : ByClinician(entries, diary, filter, first);
        return columns.Count > MostColumns ? null : new DiaryGrid(first, last, columns);
    }

    static List<DiaryColumn> ByClinician(List<DiaryEntry> entries, DiaryDays diary, DiaryFilter filter, int first)
    {
        var (booked, free) = (entries.ToLookup(entry => entry.ClinicianId), diary.Free.ToLookup(time => time.ClinicianId));
        var people = entries.Select(entry => (Id: entry.ClinicianId, Name: entry.Clinician)).Concat(diary.Free.Select(time => (Id: time.ClinicianId, Name: time.Clinician))).Distinct();
        return
        [
            .. from person in people
               orderby person.Name, person.Id
               let clinics = booked[person.Id].Select(entry => entry.Clinic).Concat(free[person.Id].Select(time => time.Clinic)).Distinct().ToList()
               select new DiaryColumn(person.Name, filter.Clinic is null ? string.Join(", ", clinics) : null, filter.First, Laid(booked[person.Id], Runs(free[person.Id], diary.FreeMinutes, filter), first), null),
        ];
    }

    // The free time of several people would lie on top of itself: then only the first of it is named.
    static List<DiaryColumn> ByDay(List<DiaryEntry> entries, DiaryDays diary, DiaryFilter filter, int first)
    {
        var (booked, free) = (entries.ToLookup(entry => LondonTime.DateOf(entry.StartsAt)), diary.Free.ToLookup(time => LondonTime.DateOf(time.StartsAt)));
        return
        [
            .. from place in Enumerable.Range(0, filter.Days)
               let day = filter.First.AddDays(place)
               let drawn = filter.Clinician is not null
               select new DiaryColumn(day.ToString("ddd d MMM", British), null, day, Laid(booked[day], drawn ? Runs(free[day], diary.FreeMinutes, filter) : [], first), drawn ? null : free[day].FirstOrDefault()),
        ];
    }

    /// <summary>Free times that follow one another are one free stretch, unless each is to be pressed.</summary>
    static IEnumerable<(FreeTime Time, int Minutes)> Runs(IEnumerable<FreeTime> free, int length, DiaryFilter filter)
    {
        (FreeTime Time, int Minutes)? run = null;
        foreach (var time in free.DistinctBy(time => time.StartsAt).OrderBy(time => time.StartsAt))
        {
            if (filter.Referral is null && run is { } open && open.Time.ClinicId == time.ClinicId && time.StartsAt <= open.Time.StartsAt.AddMinutes(open.Minutes))
            {
                run = (open.Time, (int)(time.StartsAt - open.Time.StartsAt).TotalMinutes + length);
                continue;
            }
            if (run is { } done) yield return done;
            run = (time, length);
        }
        if (run is { } last) yield return last;
    }

    static IReadOnlyList<DiaryBlock> Laid(IEnumerable<DiaryEntry> entries, IEnumerable<(FreeTime Time, int Minutes)> free, int first)
    {
        var all = entries.Select(entry => new DiaryBlock(Minute(entry.StartsAt) - first * 60, Length(entry), 0, 1, entry, null))
            .Concat(free.Select(run => new DiaryBlock(Minute(run.Time.StartsAt) - first * 60, run.Minutes, 0, 1, null, run.Time)))
            .OrderBy(block => block.From).ThenBy(block => block.Minutes).ToList();

        // A cluster is what overlaps, one with the next; in it each takes the first lane that has room.
        var laid = new List<DiaryBlock>();
        for (var start = 0; start < all.Count;)
        {
            var (ends, place) = (new List<int>(), start);
            var cluster = new List<DiaryBlock>();
            while (place < all.Count && (place == start || all[place].From < ends.Max()))
            {
                var block = all[place++];
                var lane = ends.FindIndex(end => end <= block.From);
                if (lane < 0) { lane = ends.Count; ends.Add(0); }
                ends[lane] = block.From + block.Minutes;
                cluster.Add(block with { Lane = lane });
            }
            laid.AddRange(cluster.Select(block => block with { Lanes = ends.Count }));
            start = place;
        }
        return laid;
    }

    static int Minute(DateTimeOffset at) => (int)LondonTime.Of(at).TimeOfDay.TotalMinutes;

    static int Length(DiaryEntry entry) => Math.Max(5, (int)(entry.EndsAt - entry.StartsAt).TotalMinutes);

    static readonly CultureInfo British = CultureInfo.GetCultureInfo("en-GB");
}
