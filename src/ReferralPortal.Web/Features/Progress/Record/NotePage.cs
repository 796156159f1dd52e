using Microsoft.AspNetCore.Components;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Platform.SignIn;

namespace ReferralPortal.Web.Features.Progress.Record;

/// <summary>
/// A page on which a clinician writes a note: finds one's own unfinished one, keeps it as it is typed, and signs it. What is typed is looked at after
/// every event, so fields are simply bound to <see cref="Form"/>.
/// </summary>
public abstract class NotePage<TForm> : ComponentBase, IAsyncDisposable where TForm : class, INoteForm
{
    readonly CancellationTokenSource leaving = new();

    /// <summary>The referral's reference.</summary>
    [Parameter] public string Reference { get; set; } = "";

    [Inject] CurrentActor Who { get; set; } = null!;
    [Inject] OpenCare Care { get; set; } = null!;
    [Inject] NoteDrafts<TForm> Drafts { get; set; } = null!;
    [Inject] TimeProvider Clock { get; set; } = null!;
    [Inject] ILogger<FormKeeper<TForm>> Logger { get; set; } = null!;
    [Inject] protected NavigationManager Address { get; set; } = null!;

    protected CancellationToken Leaving => leaving.Token;
    protected CarePage? Page { get; private set; }
    protected Guid Me { get; private set; }
    protected string MyName { get; private set; } = "";

    /// <summary>The note that is open; null while there is none, and until the page is alive: a field that cannot take keys yet would lose them.</summary>
    protected NoteDraft<TForm>? Note { get; private set; }
    protected FormKeeper<TForm>? Keeper { get; private set; }
    protected TForm Form => Keeper!.Form;

    protected CommandRun Run { get; } = new();
    protected string Signature { get; set; } = "";
    protected bool ThrowingAway { get; set; }

    /// <summary>One's own unfinished note of the kind that this page writes; null where there is none.</summary>
    protected abstract Guid? OwnDraft(CarePage page);

    /// <summary>Signs the open note at the version that stands on the page.</summary>
    protected abstract Task<Outcome<Guid>> Sign(Actor actor, Guid id, int version, string signature);

    protected string CareAddress => $"/referrals/{Page!.Header.Reference}/care";

    protected override Task OnInitializedAsync() => Load();

    protected async Task Load()
    {
        var actor = await Who.Get(Leaving);
        (Me, MyName) = (actor.UserId, actor.DisplayName);
        Page = (await Care.Handle(actor, Reference, Leaving)).Value;
        if (Page is null) Address.NotFound();
        else if (RendererInfo.IsInteractive && Keeper is null && OwnDraft(Page) is { } id) await Open(id);
    }

    protected async Task Open(Guid id)
    {
        if ((await Drafts.Open(await Who.Get(Leaving), id, Leaving)).Value is not { } draft) return;
        Note = draft;
        Keeper = new FormKeeper<TForm>(draft.Kept, (actor, version, form, unanswered, ct) => Drafts.Save(actor, id, version, form, unanswered, ct), () => Who.Get(), Clock, Logger);
        Keeper.Changed += () => InvokeAsync(StateHasChanged);
    }

    protected async Task SignNote()
    {
        if (!await Keeper!.SaveNow()) return;
        if (await Run.CarryOut(async () => await Sign(await Who.Get(Leaving), Keeper.Id, Keeper.Version, Signature), "")) Address.NavigateTo(CareAddress);
    }

    protected async Task ThrowAway()
    {
        // Nothing may be saved into it while it goes.
        if (await Run.CarryOut(async () => await Drafts.Discard(await Who.Get(Leaving), Keeper!.Id, Leaving), "")) Address.NavigateTo(CareAddress);
        ThrowingAway = false;
    }

    protected async Task Leave()
    {
        if (await Keeper!.SaveNow()) Address.NavigateTo(CareAddress);
    }

    /// <summary>After another tab saved: goes on with what it saved, or with what stands here over it.</summary>
    protected async Task Choose(bool mine)
    {
        if ((await Drafts.Open(await Who.Get(Leaving), Keeper!.Id, Leaving)).Value is not { } other) return;
        if (mine) await Keeper.Overwrite(other.Kept.Version);
        else Keeper.TakeOver(other.Kept);
    }

    protected override void OnAfterRender(bool firstRender) => Keeper?.Notice();

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (Keeper is not null) await Keeper.DisposeAsync();
        await leaving.CancelAsync();
        leaving.Dispose();
    }
}
