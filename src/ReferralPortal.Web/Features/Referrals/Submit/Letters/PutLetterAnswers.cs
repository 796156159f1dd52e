using ReferralPortal.Web.Features.Referrals.Submit.Drafts;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Referrals.Submit.Letters;

/// <summary>
/// Puts what a person confirmed of a letter into the draft, and nothing else of it. The parts that it touches show as started and still have to be gone through.
/// Allowed to the person who began the form; for everybody else there is none.
/// </summary>
public sealed class PutLetterAnswers(LoadDraft load, SaveDraft save)
{
    /// <param name="Draft">The draft.</param>
    /// <param name="Version">The version whose answers the person compared the letter with.</param>
    /// <param name="Confirmed">The values that the person chose, one for each question that takes one answer.</param>
    public sealed record Command(Guid Draft, int Version, IReadOnlyList<Found> Confirmed);

    /// <returns>The draft's new version. A conflict when the draft was saved elsewhere since: nothing is put in.</returns>
    public async Task<Outcome<SavedForm>> Handle(Actor actor, Command command, CancellationToken ct)
    {
        if (command.Confirmed.Where(found => !LetterAnswers.IsOneOfMany(found.Field)).GroupBy(found => found.Field).Any(same => same.Count() > 1)) return Outcome.Refused("Only one value can be used for each question.");

        var opened = await load.Handle(actor, command.Draft, ct);
        if (opened.Value is not { } draft) return opened.Failure!;

        HashSet<FormSection> parts = [.. FormParts.For(actor.OrganisationKind)];
        foreach (var found in command.Confirmed.Where(found => parts.Contains(LetterAnswers.PartOf(found.Field))))
        {
            LetterAnswers.Put(draft.Form, found);
            draft.Form.Started.Add(LetterAnswers.PartOf(found.Field));
            draft.Form.Visited.Remove(LetterAnswers.PartOf(found.Field));
        }
        // The version that was compared, not the one just read: somebody who typed meanwhile is not written over.
        return await save.Handle(actor, new(command.Draft, command.Version, draft.Form), ct);
    }
}
