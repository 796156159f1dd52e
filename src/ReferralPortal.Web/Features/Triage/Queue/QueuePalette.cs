using System.Security.Claims;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Components.Layout;
using ReferralPortal.Web.Platform.SignIn;

namespace ReferralPortal.Web.Features.Triage.Queue;

/// <summary>What the command palette reaches in the queue: its tabs, the person's views, the next referral, and open referrals by what is known of them.</summary>
public sealed class QueuePalette(ListQueue queue, SavedViews views, CurrentActor who)
{
    const int Most = 6;

    public async Task<IReadOnlyList<PaletteEntry>> Find(ClaimsPrincipal reader, string text, CancellationToken ct)
    {
        var actor = await who.Get(ct);
        if (!actor.TreatsReferrals()) return [];

        bool Matches(string label) => label.Contains(text, StringComparison.OrdinalIgnoreCase);
        List<PaletteEntry> found = [.. QueueWords.Tabs.Where(tab => Matches("Triage: " + tab.Label)).Select(tab => new PaletteEntry(new QueueFilter { Tab = tab.Tab }.Address, "Triage: " + tab.Label, "Queue"))];
        if (Matches("Take the next referral") && await queue.Next(actor, Guid.Empty, ct) is { } next) found.Add(new($"/triage/{next}", "Take the next referral", "Triage"));
        found.AddRange((await views.List(actor, ct)).Where(view => Matches(view.Name)).Take(Most).Select(view => new PaletteEntry(view.Filter.Address, view.Name, "Saved view")));
        found.AddRange((await queue.Find(actor, text, Most, ct)).Select(row => new PaletteEntry($"/triage/{row.Reference}", $"{row.Reference} {row.PatientName}", StateWords.Of(row.State))));
        return found;
    }
}
