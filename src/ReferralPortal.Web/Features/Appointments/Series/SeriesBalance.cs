using ReferralPortal.Domain;
using ReferralPortal.Domain.Funding;
using ReferralPortal.Web.Components.Display;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Appointments.Series;

/// <summary>What is authorised for a referral, and what is used and booked of it.</summary>
/// <param name="Authority">The payers' authorities together; null where none is recorded.</param>
/// <param name="Booked">Appointments that stand and have not taken place.</param>
public sealed record SeriesBalance(Authority? Authority, int Booked)
{
    /// <summary>Sessions that can still be booked; null without a limit.</summary>
    public int? Left => Authority?.SessionsLeft is { } left ? left - Booked : null;

    /// <summary>Whether so many more are paid for, the last of them on this day.</summary>
    public Cover Covers(int more, DateOnly last) => Authority?.Covers(Booked + more, 0, last) ?? Cover.Covered;

    /// <summary>How it stands, in a sentence.</summary>
    public string Words => Authority switch
    {
        null => "No authority is recorded for this referral.",
        { WithdrawnAt: not null } => "The payer has withdrawn its authority.",
        { SessionsAuthorised: null } => $"The payer has set no number of sessions. {Until}".TrimEnd(),
        var authority => $"{Math.Max(0, Left ?? 0)} of {authority.SessionsAuthorised} authorised sessions can still be booked: {authority.SessionsUsed} used, {Booked} booked. {Until}".TrimEnd(),
    };

    /// <summary>Why this is more than is paid for, in a sentence; null when it is paid for.</summary>
    public string? Beyond(int more, DateOnly last) => Covers(more, last) switch
    {
        Cover.Covered => null,
        Cover.Withdrawn => "The payer has withdrawn its authority: nothing of this is paid for.",
        Cover.Expired => $"The authority ends on {Formats.Date(Authority!.ExpiresOn!.Value)}, before the last of these.",
        _ => $"This is {Booked + more - Math.Max(0, Authority!.SessionsLeft ?? 0)} more than is authorised.",
    };

    string Until => Authority?.ExpiresOn is { } day ? $"The authority ends on {Formats.Date(day)}." : "";

    internal static async Task<SeriesBalance> Read(PortalUnit unit, Guid referral)
    {
        await using var sets = await unit.Results(Rows, new { referral });
        var given = (await sets.ReadAsync<Given>()).ToList();
        var (used, booked) = await sets.ReadSingleAsync<(int, int)>();
        return new SeriesBalance(given.Count == 0 ? null : Domain.Funding.Authority.From(Ledger(given, used)), booked);
    }

    // One that was withdrawn counts only where none stands.
    static IEnumerable<AuthorityEntry> Ledger(IReadOnlyList<Given> given, int used)
    {
        var standing = given.Where(one => one.WithdrawnAt is null).ToList();
        var counted = standing.Count > 0 ? standing : given;
        for (var place = 0; place < counted.Count; place++)
            yield return new AuthorityEntry(place == 0 ? AuthorityEntryKind.Authorised : AuthorityEntryKind.Extended, counted[place].GivenAt, counted[place].Sessions, counted[place].Pounds, counted[place].ExpiresOn);
        yield return new AuthorityEntry(AuthorityEntryKind.Used, counted[^1].GivenAt, used);
        if (standing.Count == 0) yield return new AuthorityEntry(AuthorityEntryKind.Withdrawn, counted.Max(one => one.WithdrawnAt)!.Value);
    }

    sealed record Given(int? Sessions, decimal? Pounds, DateOnly? ExpiresOn, DateTimeOffset GivenAt, DateTimeOffset? WithdrawnAt);

    const string Rows = """
        select sessions, pounds, expires_on, given_at, withdrawn_at from funding_authority where referral_id = @referral order by given_at, id;
        select count(*) filter (where state = 'attended')::int, count(*) filter (where state = 'booked')::int from appointment where referral_id = @referral;
        """;
}
