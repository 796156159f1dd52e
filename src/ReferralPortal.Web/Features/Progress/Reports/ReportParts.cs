using ReferralPortal.Domain.Progress;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Progress.Reports;

/// <summary>What another feature knows and writes into a draft, so that its author does not type it again.</summary>
public static class ReportParts
{
    /// <summary>
    /// Writes words into parts of the author's draft, in the unit that stores what they say, whose person is the author: where nothing stands, or still what was written there
    /// before. What the author typed is left alone.
    /// </summary>
    /// <param name="unit">The unit; it holds the referral's row locked.</param>
    /// <param name="reportId">The draft.</param>
    /// <param name="now">What is to stand there, by part.</param>
    /// <param name="before">What was written there by this before; null where nothing was.</param>
    public static async Task Fill(PortalUnit unit, Guid reportId, IReadOnlyDictionary<string, string> now, IReadOnlyDictionary<string, string>? before)
    {
        if (await unit.One<Draft>(OwnDraft, new { reportId, author = unit.Actor.UserId }) is not { } draft) return;
        var sections = ReportContent.Fitted(draft.Kind, PortalJson.Read<List<ReportSection>>(draft.Content));
        IReadOnlyList<ReportSection> filled =
            [.. sections.Select(part => now.TryGetValue(part.Key, out var words) && (string.IsNullOrWhiteSpace(part.Text) || part.Text == before?.GetValueOrDefault(part.Key)) ? part with { Text = words } : part)];
        if (!filled.SequenceEqual(sections)) await unit.Run(Store, new { reportId, content = PortalJson.Text(filled), at = unit.Now });
    }

    sealed record Draft(Coded<ReportKind> Kind, string Content);

    const string OwnDraft = "select kind, content::text as content from report where id = @reportId and author_id = @author and state = 'draft' for update";

    const string Store = "update report set content = @content::jsonb, version = version + 1, updated_at = @at where id = @reportId";
}
