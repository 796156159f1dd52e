using Npgsql;
using ReferralPortal.Web.Features.Referrals.Submit;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features;

/// <summary>A form as it is kept while somebody types it.</summary>
/// <param name="Id">Which.</param>
/// <param name="Version">Goes up with every save.</param>
/// <param name="Form">What is typed so far.</param>
/// <param name="SavedAt">When it was last saved; null before the first time.</param>
public sealed record KeptForm<TForm>(Guid Id, int Version, TForm Form, DateTimeOffset? SavedAt);

/// <summary>A form's new version, and when it was saved (UTC).</summary>
public sealed record SavedForm(int Version, DateTimeOffset At);

/// <summary>Saves a form over the version that its page has seen.</summary>
/// <param name="actor">Who is in front of the page.</param>
/// <param name="version">The version that the page last saved or loaded.</param>
/// <param name="form">Everything as it stands on the page.</param>
/// <param name="unanswered">Earlier saves of this page whose answer never came, as <see cref="FormKeeper{TForm}.Text"/> writes them. Any of them may have arrived.</param>
/// <param name="ct">Cancels before anything is stored.</param>
public delegate Task<Outcome<SavedForm>> SaveForm<in TForm>(Actor actor, int version, TForm form, IReadOnlyCollection<string> unanswered, CancellationToken ct);

/// <summary>
/// Keeps the form of one open page saved: at most a second and a half after something was typed, at once when asked, and again and again
/// (at growing intervals) while the database is away. Belongs to one page and is used on its dispatcher only.
/// </summary>
public class FormKeeper<TForm> : IAsyncDisposable
{
    /// <summary>How long a key press may wait to be saved. It counts from the first unsaved one: typing without a pause is saved too.</summary>
    public static readonly TimeSpan Soon = TimeSpan.FromSeconds(1.5);

    static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30), LongestSave = TimeSpan.FromSeconds(5);

    const int MostUnanswered = 10;

    readonly SaveForm<TForm> save;
    readonly Func<ValueTask<Actor>> who;
    readonly TimeProvider clock;
    readonly CancellationTokenSource left = new();
    readonly SemaphoreSlim oneAtATime = new(1, 1);
    readonly ILogger logger;
    string kept, seen;
    string[] unanswered = [];
    bool waiting;
    int failures;

    /// <param name="kept">The form as it was loaded.</param>
    /// <param name="save">The use case.</param>
    /// <param name="who">Who is in front of the page now.</param>
    /// <param name="clock">The clock that waits go by.</param>
    /// <param name="logger">Told when saving fails.</param>
    public FormKeeper(KeptForm<TForm> kept, SaveForm<TForm> save, Func<ValueTask<Actor>> who, TimeProvider clock, ILogger logger)
    {
        (Id, Version, Form, SavedAt) = (kept.Id, kept.Version, kept.Form, kept.SavedAt);
        (this.save, this.who, this.clock, this.logger) = (save, who, clock, logger);
        this.kept = seen = Text(Form);
    }

    /// <summary>A form as the database keeps it.</summary>
    public static string Text(TForm form) => TypedText.StorableJson(PortalJson.Text(form));

    public Guid Id { get; }

    /// <summary>What the page edits.</summary>
    public TForm Form { get; private set; }

    /// <summary>The version last saved or loaded.</summary>
    public int Version { get; private set; }

    /// <summary>When the form was last saved; null before the first time.</summary>
    public DateTimeOffset? SavedAt { get; private set; }

    /// <summary>Something was typed that is not saved yet.</summary>
    public bool Unsaved { get; private set; }

    /// <summary>The last try to save failed; it is tried again by itself.</summary>
    public bool Failing => failures > 0 && Refusal is null;

    /// <summary>Why saving has stopped for good: another tab saved, the draft is gone, or nobody is signed in any more.</summary>
    public Failure? Refusal { get; private set; }

    /// <summary>Raised when what the page shows about saving has changed.</summary>
    public event Action? Changed;

    /// <summary>To be called whenever the form may have changed. Returns whether it has since the last call.</summary>
    public bool Notice()
    {
        var text = Text(Form);
        if (text == seen) return false;
        seen = text;
        if (Unsaved || text == kept) return true;
        Unsaved = true;
        Changed?.Invoke();
        if (!waiting) _ = SaveSoon();
        return true;
    }

    /// <summary>Saves now, if there is anything to save. True when everything typed so far is in the database.</summary>
    public async Task<bool> SaveNow()
    {
        await oneAtATime.WaitAsync();
        try
        {
            var text = Text(Form);
            var saved = Refusal is null && (text == kept || await Save(text));
            Unsaved = Text(Form) != kept;
            return saved;
        }
        finally
        {
            oneAtATime.Release();
            if (Unsaved && !waiting) _ = SaveSoon();
            Changed?.Invoke();
        }
    }

    /// <summary>After another tab saved: keeps what stands on this page instead, over what the other one saved.</summary>
    public async Task<bool> Overwrite(int seenVersion)
    {
        (Refusal, Version, kept) = (null, seenVersion, "");
        return await SaveNow();
    }

    /// <summary>After another tab saved: goes on with what it saved.</summary>
    public void TakeOver(KeptForm<TForm> other)
    {
        (Refusal, Version, Form, SavedAt, Unsaved, failures) = (null, other.Version, other.Form, other.SavedAt, false, 0);
        kept = seen = Text(Form);
        Changed?.Invoke();
    }

    async Task SaveSoon()
    {
        if (left.IsCancellationRequested) return;
        waiting = true;
        try
        {
            while (Unsaved && Refusal is null)
            {
                await Task.Delay(failures == 0 ? Soon : Min(LongestWait, TimeSpan.FromSeconds(Math.Pow(2, Math.Min(failures, 6)))), clock, left.Token);
                await SaveNow();
            }
        }
        catch (OperationCanceledException) { } // the page was left; disposing saves once more
        finally
        {
            waiting = false;
        }
    }

    async Task<bool> Save(string text)
    {
        try
        {
            using var patience = new CancellationTokenSource(LongestSave, clock);
            // A connection that is frozen rather than broken does not hear of the cancelling either: it is left behind.
            var person = await who();
            text = Text(Form); // what was typed meanwhile goes along; should the answer be lost, it is these words that may have arrived
            var outcome = await save(person, Version, Form, unanswered, patience.Token).WaitAsync(LongestSave + TimeSpan.FromSeconds(1), clock);
            if (outcome.Value is { } saved)
            {
                (Version, SavedAt, kept, failures) = (saved.Version, saved.At, text, 0);
                unanswered = [];
            }
            Refusal = outcome.Failure;
            return outcome.IsDone;
        }
        catch (StandingLostException)
        {
            Refusal = Outcome.Refused("You have been signed out.");
            return false;
        }
        catch (Exception fault) when (IsAway(fault))
        {
            failures++;
            unanswered = [.. unanswered.Append(text).Distinct().TakeLast(MostUnanswered)];
            logger.LogWarning("A draft could not be saved ({Fault}, try {Try}); trying again", fault.GetType().Name, failures);
            return false;
        }
    }

    /// <summary>The database cannot be reached, or its answer was lost.</summary>
    public static bool IsAway(Exception fault) => fault is NpgsqlException or TimeoutException or OperationCanceledException or IOException or System.Net.Sockets.SocketException;

    static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;

    /// <summary>Saves what is left.</summary>
    public async ValueTask DisposeAsync()
    {
        await left.CancelAsync();
        if (Refusal is null) await SaveNow();
        left.Dispose();
    }
}
