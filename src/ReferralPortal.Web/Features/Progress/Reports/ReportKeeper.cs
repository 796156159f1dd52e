using ReferralPortal.Domain.Progress;
using ReferralPortal.Web.Features.Referrals.Submit.Drafts;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Progress.Reports;

/// <summary>
/// Keeps the report of one open page saved: two seconds after something was typed, at once when a field is left, and again and again while the database is away. Belongs to one page and
/// is used on its dispatcher only.
/// </summary>
sealed class ReportKeeper(ReportDraft draft, WriteReport reports, Func<ValueTask<Actor>> who, TimeProvider clock) : IAsyncDisposable
{
    /// <summary>How long a key press may wait to be saved.</summary>
    internal static readonly TimeSpan Soon = TimeSpan.FromSeconds(2);

    static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30), LongestSave = TimeSpan.FromSeconds(5);

    readonly Dictionary<string, string> texts = ReportForms.Of(draft.Kind).ToDictionary(part => part.Key, part => draft.Sections.FirstOrDefault(section => section.Key == part.Key)?.Text ?? "");
    readonly SemaphoreSlim oneAtATime = new(1, 1);
    readonly CancellationTokenSource left = new();
    readonly List<string> unanswered = [];
    bool waiting;
    int failures;

    /// <summary>The version last saved or loaded.</summary>
    internal int Version { get; private set; } = draft.Version;
    internal DateTimeOffset? SavedAt { get; private set; } = draft.UpdatedAt;
    internal bool Unsaved { get; private set; }
    internal bool Failing => failures > 0 && Refusal is null;

    /// <summary>Why saving has stopped for good: another tab saved, or the report is signed.</summary>
    internal Failure? Refusal { get; private set; }

    /// <summary>Raised when what the page shows about saving has changed by itself.</summary>
    internal event Action? Changed;

    internal string this[string part] => texts[part];

    internal IReadOnlyList<ReportSection> Sections => [.. ReportForms.Of(draft.Kind).Select(part => new ReportSection(part.Key, part.Heading, texts[part.Key]))];

    internal void Type(string part, string text)
    {
        if (texts[part] == text) return;
        texts[part] = text;
        Unsaved = true;
        if (!waiting) _ = SaveSoon();
    }

    /// <summary>Saves now, if there is anything to save. True when everything typed so far is in the database.</summary>
    internal async Task<bool> SaveNow()
    {
        await oneAtATime.WaitAsync();
        try
        {
            if (!Unsaved) return true;
            return Refusal is null && await Save();
        }
        finally
        {
            oneAtATime.Release();
            if (Unsaved && Refusal is null && !waiting) _ = SaveSoon();
            Changed?.Invoke();
        }
    }

    async Task SaveSoon()
    {
        if (left.IsCancellationRequested) return;
        waiting = true;
        try
        {
            while (Unsaved && Refusal is null)
            {
                await Task.Delay(failures == 0 ? Soon : TimeSpan.FromSeconds(Math.Min(LongestWait.TotalSeconds, Math.Pow(2, failures))), clock, left.Token);
                await SaveNow();
            }
        }
        catch (OperationCanceledException) { } // the page was left; disposing saves once more
        finally
        {
            waiting = false;
        }
    }

    async Task<bool> Save()
    {
        var sections = Sections;
        var sent = PortalJson.Text(sections);
        try
        {
            using var patience = new CancellationTokenSource(LongestSave, clock);
            var outcome = await reports.Save(await who(), draft.Id, Version, sections, patience.Token, unanswered);
            Refusal = outcome.Failure;
            if (!outcome.IsDone) return false;
            (Version, SavedAt, failures) = (outcome.Value, clock.GetUtcNow(), 0);
            unanswered.Clear();
            // What was typed while it was being saved is not in it.
            Unsaved = PortalJson.Text(Sections) != sent;
            return !Unsaved;
        }
        catch (StandingLostException)
        {
            Refusal = Outcome.Refused("You have been signed out.");
            return false;
        }
        catch (Exception fault) when (DraftKeeper.IsAway(fault))
        {
            failures++;
            unanswered.Add(sent);
            return false;
        }
    }

    /// <summary>Saves what is left.</summary>
    public async ValueTask DisposeAsync()
    {
        await left.CancelAsync();
        if (Refusal is null) await SaveNow();
        left.Dispose();
    }
}
