using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using ReferralPortal.Domain;
using ReferralPortal.Domain.Referrals;

namespace ReferralPortal.Web.Features.Triage.Queue;

/// <summary>The tabs of the queue, in their order. The first is what must be looked at before anything else.</summary>
public enum QueueTab
{
    /// <summary>A safety answer that no clinician has cleared. An emergency stands here, and under all open ones, and in no tab of routine work.</summary>
    Alerts,
    /// <summary>Sent, and nobody has begun with it.</summary>
    New,
    /// <summary>Claimed by the reader.</summary>
    Mine,
    InTriage,
    /// <summary>The referrer has been asked; the clock stands still.</summary>
    Waiting,
    /// <summary>Accepted; the first appointment is not booked.</summary>
    ToBook,
    /// <summary>The initial assessment was cancelled or missed, and nothing else is booked.</summary>
    ToRebook,
    /// <summary>The initial assessment is booked.</summary>
    Booked,
    Overdue,
    AllOpen,
}

/// <summary>What stands first. The time left on the clock also decides where the others leave two alike.</summary>
public enum QueueSort
{
    Due,
    Received,
    /// <summary>Urgent first.</summary>
    Priority,
    /// <summary>By the referring organisation's name.</summary>
    Organisation,
}

/// <summary>By when something is due, counted from the day on which it is read, so that a saved view stays true.</summary>
public enum QueueDue { Today, Tomorrow, Week }

/// <summary>
/// What the triage queue shows, as its address says it: a link to it can be sent to a colleague, saved under a name, or taken along as a file.
/// </summary>
public sealed record QueueFilter
{
    /// <summary>The longest search.</summary>
    public const int LongestSearch = 100;

    public QueueTab Tab { get; init; } = QueueTab.New;
    /// <summary>Only what this organisation sent.</summary>
    public Guid? Organisation { get; init; }
    /// <summary>Only what is accepted for this clinic.</summary>
    public Guid? Clinic { get; init; }
    public Priority? Priority { get; init; }
    /// <summary>Only what has a safety answer that no clinician has cleared.</summary>
    public bool RedFlag { get; init; }
    /// <summary>Only what is due until then. A clock that stands still makes nothing due.</summary>
    public QueueDue? Due { get; init; }
    /// <summary>What was typed into search.</summary>
    public string Search { get; init; } = "";
    public QueueSort Sort { get; init; }
    /// <summary>The last referral of the page before; null for the first page.</summary>
    public QueuePlace? After { get; init; }

    public bool IsSearch => Search.Length > 0;

    /// <summary>How many things narrow the queue beyond the tab.</summary>
    public int Narrowings => new[] { Organisation is not null, Clinic is not null, Priority is not null, RedFlag, Due is not null, IsSearch }.Count(set => set);

    /// <summary>The same question from its first page.</summary>
    public QueueFilter FirstPage => this with { After = null };

    /// <summary>Reads the query of an address. What is not understood is left out: an old link shows something rather than a fault.</summary>
    public static QueueFilter Parse(string? query)
    {
        var given = QueryHelpers.ParseQuery(query);
        string? Of(string name) => given.TryGetValue(name, out var values) ? values[0] : null;
        T? Code<T>(string name) where T : struct, Enum => EnumText.TryParse<T>(Of(name), out var known) ? known : null;
        Guid? Id(string name) => Guid.TryParse(Of(name), out var id) ? id : null;

        return new QueueFilter
        {
            Tab = Code<QueueTab>("tab") ?? QueueTab.New,
            Organisation = Id("organisation"),
            Clinic = Id("clinic"),
            Priority = Code<Priority>("priority"),
            RedFlag = Of("flag") == "standing",
            Due = Code<QueueDue>("due"),
            Search = Of("q")?.Trim() is { Length: > 0 } typed ? typed[..Math.Min(typed.Length, LongestSearch)] : "",
            Sort = Code<QueueSort>("sort") ?? QueueSort.Due,
            After = QueuePlace.TryParse(Of("after"), out var place) ? place : null,
        };
    }

    /// <summary>The query of the address that asks this, with its question mark; empty where nothing is asked.</summary>
    public string Query
    {
        get
        {
            var query = new StringBuilder();
            if (Tab != QueueTab.New) Add("tab", EnumText.Of(Tab));
            if (Organisation is { } organisation) Add("organisation", organisation.ToString());
            if (Clinic is { } clinic) Add("clinic", clinic.ToString());
            if (Priority is { } priority) Add("priority", EnumText.Of(priority));
            if (RedFlag) Add("flag", "standing");
            if (Due is { } due) Add("due", EnumText.Of(due));
            if (IsSearch) Add("q", Search);
            if (Sort != QueueSort.Due) Add("sort", EnumText.Of(Sort));
            if (After is { } after) Add("after", after.ToString());
            return query.ToString();

            void Add(string name, string value) => query.Append(query.Length == 0 ? '?' : '&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
        }
    }

    /// <summary>The address of the queue that asks this.</summary>
    public string Address => "/triage" + Query;
}

/// <summary>
/// A place in the queue: behind this one the next page begins. Nothing is due where <paramref name="At"/> is null; such a referral stands last in its
/// <paramref name="Group"/>, which is the priority or the organisation that the queue is sorted by.
/// </summary>
public readonly record struct QueuePlace(DateTimeOffset? At, Guid Id, string? Group = null)
{
    /// <summary>As it stands in the address: microseconds since 1970 (<c>none</c> where nothing is due), the id, and the group. The database keeps microseconds, so nothing is lost on the way.</summary>
    public override string ToString()
    {
        var at = At is { } time ? ((time - DateTimeOffset.UnixEpoch).Ticks / 10).ToString(CultureInfo.InvariantCulture) : "none";
        return Group is null ? $"{at}-{Id:N}" : $"{at}-{Id:N}-{Group}";
    }

    public static bool TryParse(string? text, out QueuePlace place)
    {
        place = default;
        if (text?.Split('-') is not { Length: 2 or 3 } parts || !Guid.TryParseExact(parts[1], "N", out var id)) return false;
        var group = parts.Length == 3 ? parts[2] : null;
        if (parts[0] == "none")
        {
            place = new QueuePlace(null, id, group);
            return true;
        }
        if (!long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var microseconds) || microseconds > MaxMicroseconds) return false;
        place = new QueuePlace(DateTimeOffset.UnixEpoch.AddTicks(microseconds * 10), id, group);
        return true;
    }

    static readonly long MaxMicroseconds = (DateTimeOffset.MaxValue - DateTimeOffset.UnixEpoch).Ticks / 10;
}
