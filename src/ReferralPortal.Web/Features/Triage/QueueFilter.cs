using System.Globalization;
using System.Text;
using ReferralPortal.Domain;
using ReferralPortal.Domain.Referrals;

namespace ReferralPortal.Web.Features.Triage;

/// <summary>The tabs of the queue, in their order. The first is what must be looked at before anything else.</summary>
public enum QueueTab
{
    /// <summary>A safety answer that no clinician has cleared. An emergency stands here, and under all open ones, and in no tab of routine work.</summary>
    Alerts,
    /// <summary>Submitted and claimed by nobody.</summary>
    New,
    InTriage,
    /// <summary>Claimed by the reader.</summary>
    Mine,
    /// <summary>The referrer has been asked; the clock stands still.</summary>
    Waiting,
    /// <summary>Accepted; the first appointment is not booked.</summary>
    ToBook,
    /// <summary>The initial assessment was cancelled or missed, and nothing else is booked.</summary>
    ToRebook,
    Overdue,
    AllOpen,
}

/// <summary>
/// What the triage queue shows, as its address says it: a link to it can be sent to a colleague.
/// </summary>
public sealed record QueueFilter
{
    public QueueTab Tab { get; init; } = QueueTab.New;
    /// <summary>Only what this organisation sent.</summary>
    public Guid? Organisation { get; init; }
    public Priority? Priority { get; init; }
    /// <summary>What was typed into search.</summary>
    public string Search { get; init; } = "";
    /// <summary>First received first, instead of first due first.</summary>
    public bool ByReceived { get; init; }
    /// <summary>The last referral of the page before; null for the first page.</summary>
    public QueuePlace? After { get; init; }

    public bool IsSearch => Search.Length > 0;

    /// <summary>Whether anything beyond the tab narrows the queue.</summary>
    public bool IsNarrowed => Organisation is not null || Priority is not null || IsSearch;

    /// <summary>Reads an address. What is not understood is left out: an old link shows something rather than a fault.</summary>
    public static QueueFilter From(string? tab, Guid? organisation, string? priority, string? search, string? sort, string? after) => new()
    {
        Tab = EnumText.TryParse<QueueTab>(tab, out var known) ? known : QueueTab.New,
        Organisation = organisation,
        Priority = EnumText.TryParse<Priority>(priority, out var soon) ? soon : null,
        Search = search?.Trim() is { Length: > 0 } typed ? typed[..Math.Min(typed.Length, 100)] : "",
        ByReceived = sort == "received",
        After = QueuePlace.TryParse(after, out var place) ? place : null,
    };

    /// <summary>The address of the queue that asks this.</summary>
    public string Address
    {
        get
        {
            var query = new StringBuilder();
            if (Tab != QueueTab.New) Add("tab", EnumText.Of(Tab));
            if (Organisation is { } organisation) Add("organisation", organisation.ToString());
            if (Priority is { } priority) Add("priority", EnumText.Of(priority));
            if (IsSearch) Add("q", Search);
            if (ByReceived) Add("sort", "received");
            if (After is { } after) Add("after", after.ToString());
            return "/triage" + query;

            void Add(string name, string value) => query.Append(query.Length == 0 ? '?' : '&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
        }
    }

    /// <summary>The same question from its first page.</summary>
    public QueueFilter FirstPage => this with { After = null };
}

/// <summary>A place in the queue: behind this one the next page begins. Nothing is due where <paramref name="At"/> is null; such a referral stands last.</summary>
public readonly record struct QueuePlace(DateTimeOffset? At, Guid Id)
{
    /// <summary>As it stands in the address: microseconds since 1970 (<c>none</c> where nothing is due), and the id. The database keeps microseconds, so nothing is lost on the way.</summary>
    public override string ToString() => At is { } at
        ? string.Create(CultureInfo.InvariantCulture, $"{(at - DateTimeOffset.UnixEpoch).Ticks / 10}-{Id:N}")
        : $"none-{Id:N}";

    public static bool TryParse(string? text, out QueuePlace place)
    {
        place = default;
        if (text?.Split('-') is not [var time, var id] || !Guid.TryParseExact(id, "N", out var guid)) return false;
        if (time == "none")
        {
            place = new QueuePlace(null, guid);
            return true;
        }
        if (!long.TryParse(time, NumberStyles.None, CultureInfo.InvariantCulture, out var microseconds) || microseconds > MaxMicroseconds) return false;
        place = new QueuePlace(DateTimeOffset.UnixEpoch.AddTicks(microseconds * 10), guid);
        return true;
    }

    static readonly long MaxMicroseconds = (DateTimeOffset.MaxValue - DateTimeOffset.UnixEpoch).Ticks / 10;
}
