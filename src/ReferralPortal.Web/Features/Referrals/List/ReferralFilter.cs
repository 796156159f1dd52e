using System.Globalization;
using System.Text;
using ReferralPortal.Domain;
using ReferralPortal.Domain.Referrals;

namespace ReferralPortal.Web.Features.Referrals.List;

/// <summary>
/// What a list of referrals shows, as its address says it: a link to the list can be sent to a colleague, who sees the same question
/// asked of their own referrals.
/// </summary>
public sealed record ReferralFilter
{
    /// <summary>The states of a referral that the clinic has, in the order of the lifecycle.</summary>
    public static readonly IReadOnlyList<ReferralState> AllStates = [.. Enum.GetValues<ReferralState>().Where(state => state != ReferralState.Draft)];

    /// <summary>The states to show; all of them when none is chosen.</summary>
    public IReadOnlyList<ReferralState> States { get; init; } = [];
    public Priority? Priority { get; init; }
    /// <summary>Only what waits for the reader, whatever its state.</summary>
    public bool Waiting { get; init; }
    /// <summary>What was typed into search.</summary>
    public string Search { get; init; } = "";
    /// <summary>Oldest first instead of newest first.</summary>
    public bool OldestFirst { get; init; }
    /// <summary>The last referral of the page before; null for the first page.</summary>
    public PagePlace? After { get; init; }

    public bool IsSearch => Search.Length > 0;
    public bool IsPlain => States.Count == 0 && Priority is null && !IsSearch && !Waiting;

    /// <summary>Whether a referral belongs into this list, its search apart.</summary>
    public bool Holds(ListedReferral row) => !Waiting && (States.Count == 0 || States.Contains(row.State)) && (Priority is null || Priority == row.Priority);

    /// <summary>Reads an address. What is not understood is left out: an old link shows something rather than a fault.</summary>
    public static ReferralFilter From(string[]? states, string? priority, string? search, string? sort, string? after, string? view = null) => new()
    {
        Waiting = view == "waiting",
        States = [.. AllStates.Where(state => states?.Contains(EnumText.Of(state)) ?? false)],
        Priority = EnumText.TryParse<Priority>(priority, out var known) ? known : null,
        Search = Shortened(search),
        OldestFirst = sort == "oldest",
        After = PagePlace.TryParse(after, out var place) ? place : null,
    };

    /// <summary>The address of the list that asks this.</summary>
    public string Address
    {
        get
        {
            var address = new StringBuilder("/referrals");
            if (Waiting) Add("view", "waiting");
            foreach (var state in States) Add("state", EnumText.Of(state));
            if (Priority is { } priority) Add("priority", EnumText.Of(priority));
            if (IsSearch) Add("q", Search);
            if (OldestFirst) Add("sort", "oldest");
            if (After is { } after) Add("after", after.ToString());
            return address.ToString();

            void Add(string name, string value) =>
                address.Append(address.ToString().Contains('?') ? '&' : '?').Append(name).Append('=').Append(Uri.EscapeDataString(value));
        }
    }

    /// <summary>The same question from its first page.</summary>
    public ReferralFilter FirstPage => this with { After = null };

    static string Shortened(string? text) => text?.Trim() is { Length: > 0 } typed ? typed[..Math.Min(typed.Length, 100)] : "";
}

/// <summary>A place in a list that is ordered by time of submission: behind this one the next page begins.</summary>
public readonly record struct PagePlace(DateTimeOffset SubmittedAt, Guid Id)
{
    /// <summary>As it stands in the address: microseconds since 1970, and the id. The database keeps microseconds, so nothing is lost on the way.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{(SubmittedAt - DateTimeOffset.UnixEpoch).Ticks / 10}-{Id:N}");

    public static bool TryParse(string? text, out PagePlace place)
    {
        place = default;
        if (text?.Split('-') is not [var time, var id]
            || !long.TryParse(time, NumberStyles.None, CultureInfo.InvariantCulture, out var microseconds)
            || microseconds > MaxMicroseconds
            || !Guid.TryParseExact(id, "N", out var guid)) return false;
        place = new PagePlace(DateTimeOffset.UnixEpoch.AddTicks(microseconds * 10), guid);
        return true;
    }

    static readonly long MaxMicroseconds = (DateTimeOffset.MaxValue - DateTimeOffset.UnixEpoch).Ticks / 10;
}
