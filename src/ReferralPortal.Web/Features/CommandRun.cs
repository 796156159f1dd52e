using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features;

/// <summary>Carries out a page's commands one at a time, and keeps what came of the last: the one place where a page reads it.</summary>
/// <param name="changed">Reads again what the page shows; null where it does so by itself.</param>
public class CommandRun(Func<Task>? changed = null)
{
    /// <summary>A command is under way: nothing else is begun.</summary>
    public bool Busy { get; private set; }

    /// <summary>What was done last, in a sentence.</summary>
    public string? Done { get; private set; }

    /// <summary>Why the last one was not carried out.</summary>
    public string? Failed { get; private set; }

    /// <summary>What has to be put right first, by field.</summary>
    public IReadOnlyDictionary<string, string>? Errors { get; private set; }

    /// <summary>Forgets what came of the last one.</summary>
    public void Clear() => (Done, Failed, Errors) = (null, null, null);

    /// <summary>Carries a command out and reads again. True when it was done.</summary>
    public async Task<bool> CarryOut<T>(Func<Task<Outcome<T>>> command, string said)
    {
        if (Busy) return false;
        Clear();
        Busy = true;
        Outcome<T> outcome;
        try
        {
            outcome = await command();
        }
        finally
        {
            Busy = false;
        }
        if (outcome.IsDone) Done = said;
        else if (outcome.Failure is Failure.Invalid invalid) Errors = invalid.Errors;
        else Failed = FailureWords.Of(outcome.Failure!);
        if (changed is not null) await changed();
        return outcome.IsDone;
    }
}
