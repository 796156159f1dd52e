using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Progress;

/// <summary>A draft whose row, and whose referral's, this unit holds locked, checked and ready to be signed.</summary>
/// <param name="AmendsId">The signed note whose place it takes.</param>
/// <param name="Author">The author's name as it stands on the account.</param>
sealed record Signing<TForm>(LockedReferral Referral, TForm Form, Guid? AmendsId, DateTimeOffset HeldAt, string Author, string Hcpc);

/// <summary>A clinician's own unfinished note.</summary>
sealed record OwnNote(Guid Id, Guid? SupersedesId)
{
    /// <summary>The same note where it amends the signed one; another one has to be ended first.</summary>
    internal Outcome<Guid> OpenFor(Guid amended) => SupersedesId == amended ? Id : Outcome.Refused("You have an unfinished note of your own here. Sign it or throw it away first.");
}

/// <summary>What signing a note asks for, whatever kind it is of: the author's own draft, as the author saw it, whole, under the author's own name and HCPC number.</summary>
static class NoteSigning
{
    /// <summary>Locks and checks. A null value without a failure: it was signed already.</summary>
    internal static async Task<Outcome<Signing<TForm>?>> BeginSigning<TForm>(this PortalUnit unit, Guid id, int version, string signature, Func<TForm, Dictionary<string, string>> check)
        where TForm : class, INoteForm
    {
        // The referral's row first, as everywhere: two locks taken in two orders wait for each other for ever.
        var referral = await unit.One<LockedReferral>(ReferralOf<TForm>(), new { id, organisationId = unit.Actor.OrganisationId });
        var note = referral is null ? null : await unit.One<Row>(Locked<TForm>(), new { id, authorId = unit.Actor.UserId });
        if (referral is null || note is null) return Outcome.Missing;
        if (note.State != "draft") return (Signing<TForm>?)null;
        if (note.Version != version) return Outcome.Conflict("You", "changed this note in another tab", note.UpdatedAt);

        var form = PortalJson.Read<TForm>(note.Form!);
        var errors = check(form);
        if (note.SupersedesId is not null && string.IsNullOrWhiteSpace(form.Reason)) errors[nameof(form.Reason)] = "Say why the note is amended";
        if (!string.Equals(signature.Trim(), unit.Actor.DisplayName, StringComparison.OrdinalIgnoreCase))
            errors["Signature"] = $"Type your name as it stands on your account: {unit.Actor.DisplayName}";
        if (errors.Count > 0) return Outcome.Invalid(errors);

        var hcpc = await unit.One<string?>("select hcpc_number from portal_user where id = @id", new { id = unit.Actor.UserId });
        if (hcpc is null) return Outcome.Refused("Your HCPC number is not on your account; ask the clinic manager to add it. The draft is kept.");
        if (note.SupersedesId is { } amends && await unit.One<Successor>(AmendedMeanwhile<TForm>(), new { amends }) is { } other)
            return Outcome.Conflict(other.AuthorName, "amended this note", other.SignedAt);
        return new Signing<TForm>(referral, form, note.SupersedesId, note.HeldAt, unit.Actor.DisplayName, hcpc);
    }

    /// <summary>The signed note whose place is taken becomes an earlier version.</summary>
    internal static async Task Supersede<TForm>(this PortalUnit unit, Signing<TForm> signing) where TForm : class, INoteForm
    {
        if (signing.AmendsId is { } id)
            await unit.Run($"update {TForm.Table} set state = 'superseded', version = version + 1, updated_at = @at where id = @id and state = 'signed'", new { id, at = unit.Now });
    }

    sealed record Row(string? Form, string State, int Version, DateTimeOffset UpdatedAt, Guid? SupersedesId, DateTimeOffset HeldAt);
    sealed record Successor(string AuthorName, DateTimeOffset SignedAt);

    static string ReferralOf<TForm>() where TForm : INoteForm => $"""
        select {LockedReferral.Columns} from referral r
        where r.id = (select referral_id from {TForm.Table} where id = @id) and @organisationId = any (r.readers)
        for update
        """;

    static string Locked<TForm>() where TForm : INoteForm => $"""
        select form::text as form, state, version, updated_at, supersedes_id, {TForm.HeldAt} as held_at
        from {TForm.Table} where id = @id and clinician_id = @authorId for update
        """;

    static string AmendedMeanwhile<TForm>() where TForm : INoteForm => $"select author_name, signed_at from {TForm.Table} where supersedes_id = @amends and state <> 'draft'";
}
