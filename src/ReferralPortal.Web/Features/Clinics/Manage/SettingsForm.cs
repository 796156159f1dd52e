using Microsoft.AspNetCore.Components;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Platform.SignIn;

namespace ReferralPortal.Web.Features.Clinics.Manage;

/// <summary>What every form of the settings does: sends once, shows what is wrong, and asks again where something is booked. <see cref="SettingsNotices"/> shows it.</summary>
public abstract class SettingsForm : ComponentBase, IDisposable
{
    readonly CancellationTokenSource leaving = new();
    Func<Task>? again;

    [Inject] CurrentActor Current { get; set; } = null!;

    /// <summary>Raised after something was stored: whoever shows it reads it again.</summary>
    [Parameter] public EventCallback Changed { get; set; }

    protected CancellationToken Leaving => leaving.Token;

    /// <summary>Goes before the names of the fields, where a page has several forms.</summary>
    protected virtual string Prefix => "";

    /// <summary>What is wrong, by field.</summary>
    public IReadOnlyDictionary<string, string>? Errors { get; private set; }

    /// <summary>What went wrong, in a sentence.</summary>
    public string? Said { get; private set; }

    /// <summary>What was done, in a sentence.</summary>
    public string? Done { get; private set; }

    /// <summary>What is booked and would be hit; waits for a word while <see cref="Asking"/>.</summary>
    public IReadOnlyList<AffectedAppointment> Affected { get; private set; } = [];

    public bool Asking => again is not null;

    protected bool Busy { get; private set; }

    /// <summary>Sends a change that nothing booked can stand in the way of. True when it was stored.</summary>
    protected async Task<bool> Send<T>(Func<Actor, Task<Outcome<T>>> act, string done)
    {
        if (Busy) return false;
        (Busy, Errors, Said, Done, Affected, again) = (true, null, null, null, [], null);
        try
        {
            var outcome = await act(await Current.Get(Leaving));
            if (outcome.Failure is Failure.Invalid invalid) Errors = invalid.Errors.ToDictionary(error => error.Key.Length == 0 ? "" : Prefix + error.Key, error => error.Value);
            else if (outcome.Failure is { } failure) Said = FailureWords.Of(failure);
            if (outcome.Value is CapacityChange change)
            {
                Affected = change.Affected;
                if (!change.Saved) return false;
            }
            // Somebody else's change is shown as well; what was typed stays.
            if (outcome.Failure is Failure.Conflict) await Changed.InvokeAsync();
            if (!outcome.IsDone) return false;
            Done = done;
            await Changed.InvokeAsync();
            return true;
        }
        finally
        {
            Busy = false;
        }
    }

    /// <summary>Sends a change, first to be told what is booked; <paramref name="act"/> gets false, and true after the person has seen it.</summary>
    protected async Task Send(Func<Actor, bool, Task<Outcome<CapacityChange>>> act, string done, Action? afterwards = null)
    {
        if (await Send(actor => act(actor, false), done)) afterwards?.Invoke();
        else if (Affected.Count > 0)
            again = async () =>
            {
                if (await Send(actor => act(actor, true), done)) afterwards?.Invoke();
                StateHasChanged();
            };
    }

    /// <summary>The person has seen what is booked, and wants it all the same.</summary>
    public Task Confirm() => again?.Invoke() ?? Task.CompletedTask;

    /// <summary>The person thought better of it.</summary>
    public void Leave()
    {
        (again, Affected) = (null, []);
        StateHasChanged();
    }

    public void Dispose()
    {
        leaving.Cancel();
        leaving.Dispose();
        GC.SuppressFinalize(this);
    }
}
