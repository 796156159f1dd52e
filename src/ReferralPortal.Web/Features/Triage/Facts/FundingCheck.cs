using ReferralPortal.Web.Components.Display;
using ReferralPortal.Web.Features.Referrals.View;

namespace ReferralPortal.Web.Features.Triage.Facts;

/// <summary>One thing that was found about who pays.</summary>
public sealed record FundingFinding(Tone Tone, string Words);

/// <summary>Who pays, for how much and until when, as triage has to know it before it takes a referral on.</summary>
public static class FundingCheck
{
    /// <summary>An authority that ends within so many days is worth a word.</summary>
    const int SoonDays = 14;

    /// <summary>What stands in the way first, then what is there.</summary>
    /// <param name="referral">The referral as the clinic sees it.</param>
    /// <param name="today">The day in London.</param>
    public static IReadOnlyList<FundingFinding> Of(ReferralView referral, DateOnly today)
    {
        var standing = referral.Authorities.Where(authority => authority.WithdrawnAt is null).ToList();
        var usable = standing.Where(authority => !(authority.ExpiresOn < today)).ToList();
        List<FundingFinding> found = [.. Missing(referral, usable.Count), .. Ended(referral, today), .. Sessions(referral, usable)];

        if (usable.Where(authority => authority.Pounds is not null).ToList() is { Count: > 0 } amounts)
            found.Add(new(Tone.Success, $"{Formats.Money(amounts.Sum(authority => authority.Pounds!.Value))} authorised by {Payers(amounts)}"));
        foreach (var authority in usable.Where(authority => authority.ExpiresOn is not null)) found.Add(Ends(authority.ExpiresOn!.Value, today));
        if (usable.Count > 0 && usable.All(authority => string.IsNullOrWhiteSpace(authority.Reference)) && string.IsNullOrWhiteSpace(referral.Funding?.PurchaseOrder))
            found.Add(new(Tone.Warning, "No reference to quote to the payer is given"));
        return [.. found.OrderBy(finding => finding.Tone switch { Tone.Error => 0, Tone.Warning => 1, _ => 2 })];
    }

    static IEnumerable<FundingFinding> Missing(ReferralView referral, int usable)
    {
        if (usable > 0) yield break;
        yield return new(Tone.Error, referral.Authorities.Count > 0
            ? "No authority stands: nothing that is done now would be paid for"
            : referral.Funding?.PayerName is { } payer ? $"No authority: {payer} is named as the payer and has authorised nothing yet" : "No authority, and nobody is named as the payer");
    }

    static IEnumerable<FundingFinding> Ended(ReferralView referral, DateOnly today)
    {
        foreach (var authority in referral.Authorities)
            if (authority.WithdrawnAt is { } withdrawn) yield return new(Tone.Warning, $"{authority.PayerName} withdrew its authority on {Formats.Date(withdrawn)}");
            else if (authority.ExpiresOn is { } ended && ended < today) yield return new(Tone.Warning, $"The authority of {authority.PayerName} ended on {Formats.Date(ended)}");
    }

    // What was used counts against what can still be used: an authority that has ended takes its sessions with it.
    static IEnumerable<FundingFinding> Sessions(ReferralView referral, IReadOnlyList<Authority> usable)
    {
        var counted = usable.Where(authority => authority.Sessions is not null).ToList();
        if (counted.Count == 0) yield break;
        var (authorised, sessions) = (counted.Sum(authority => authority.Sessions!.Value), referral.Sessions);
        var left = authorised - sessions.Used - sessions.Booked;
        yield return left > 0
            ? new(Tone.Success, $"{PlainText.Count(left, "session", "sessions")} left of {Formats.Count(authorised)}{(sessions.Booked > 0 ? $", {Formats.Count(sessions.Booked)} booked" : "")}, authorised by {Payers(counted)}")
            : new(Tone.Error, $"No session is left of the {Formats.Count(authorised)} that {Payers(counted)} authorised");
    }

    static FundingFinding Ends(DateOnly ends, DateOnly today) => (ends.DayNumber - today.DayNumber) switch
    {
        0 => new(Tone.Warning, "The authority ends today"),
        <= SoonDays and var days => new(Tone.Warning, $"The authority ends on {Formats.Date(ends)}, in {PlainText.Count(days, "day", "days")}"),
        _ => new(Tone.Success, $"The authority ends on {Formats.Date(ends)}"),
    };

    static string Payers(IEnumerable<Authority> authorities) => string.Join(" and ", authorities.Select(authority => authority.PayerName).Distinct());
}
