using ReferralPortal.Domain.Organisations;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Progress;

/// <summary>A kind of clinical note: how it is typed, and where it stands.</summary>
public interface INoteForm
{
    /// <summary>The table of the notes of this kind.</summary>
    static abstract string Table { get; }

    /// <summary>Its column for when the patient was seen.</summary>
    static abstract string HeldAt { get; }

    /// <summary>Why a signed note is amended; empty in a first one.</summary>
    string Reason { get; set; }
}

/// <summary>What an open note is about.</summary>
/// <param name="AmendedAuthor">Who signed the note that this one amends; null for a first one.</param>
public sealed record NoteHead(
    Guid Id, Guid ReferralId, string Reference, string GivenName, string FamilyName, string ReferringOrganisation, Coded<OrganisationKind> ReferringKind,
    DateTimeOffset HeldAt, string? AmendedAuthor, DateTimeOffset? AmendedSignedAt)
{
    public bool Amends => AmendedAuthor is not null;
}

/// <summary>A note that its author is still writing.</summary>
public sealed record NoteDraft<TForm>(NoteHead About, KeptForm<TForm> Kept);

/// <summary>
/// Notes of one kind while they are written: opened, kept as they are typed, thrown away. Each is its author's alone, on whatever machine; for
/// everybody else, and once it is signed, there is none.
/// </summary>
public sealed class NoteDrafts<TForm>(PortalDatabase database) where TForm : class, INoteForm
{
    /// <summary>The most characters that a note may hold, all its parts together.</summary>
    public const int Longest = 100_000;

    public async Task<Outcome<NoteDraft<TForm>>> Open(Actor actor, Guid id, CancellationToken ct)
    {
        if (!actor.Has(Role.Clinician)) return Outcome.Missing;
        return await database.View(actor, async unit =>
        {
            await using var sets = await unit.Results(One, Own(actor, id));
            if ((await sets.ReadAsync<NoteHead>()).FirstOrDefault() is not { } about) return (Outcome<NoteDraft<TForm>>)Outcome.Missing;
            var typed = (await sets.ReadAsync<Typed>()).First();
            unit.Audit(AuditAction.OpenNote, about.ReferralId, id);
            return new NoteDraft<TForm>(about, new(id, typed.Version, PortalJson.Read<TForm>(typed.Form), typed.Version > 1 ? typed.UpdatedAt : null));
        }, ct);
    }

    /// <summary>
    /// Keeps what is typed. A save that has not seen the last one (a second tab, another machine) is refused and says when that was; one that is sent
    /// again because its answer was lost counts once.
    /// </summary>
    /// <exception cref="Npgsql.NpgsqlException">The database cannot be reached, or its answer was lost; send the same again.</exception>
    public async Task<Outcome<SavedForm>> Save(Actor actor, Guid id, int version, TForm form, IReadOnlyCollection<string> unanswered, CancellationToken ct)
    {
        if (!actor.Has(Role.Clinician)) return Outcome.Missing;
        var text = FormKeeper<TForm>.Text(form);
        if (text.Length > Longest) return Outcome.Refused("This note is too long to be kept. Shorten it, please.");

        return await database.Write<SavedForm>(actor, async unit =>
        {
            var note = new { id, version, form = text, unanswered = unanswered.ToArray(), at = unit.Now, authorId = actor.UserId, organisationId = actor.OrganisationId };
            if (await unit.One<Kept>(Keep, note) is { } kept)
            {
                unit.Audit(AuditAction.SaveNote, kept.ReferralId, id);
                return new SavedForm(kept.Version, kept.UpdatedAt);
            }
            return await unit.One<Stored>(AsStored, note) switch
            {
                null => Outcome.Missing,
                { Same: true } stored => new SavedForm(stored.Version, stored.UpdatedAt),
                var stored => Outcome.Conflict("You", "saved this note", stored.UpdatedAt),
            };
        }, ct);
    }

    /// <summary>Throws a draft away. What was recorded of the attendance stays.</summary>
    public async Task<Outcome<Guid>> Discard(Actor actor, Guid id, CancellationToken ct)
    {
        if (!actor.Has(Role.Clinician)) return Outcome.Missing;
        return await database.Write<Guid>(actor, async unit =>
        {
            if (await unit.One<Guid?>(Forget, Own(actor, id)) is not { } referralId) return Outcome.Missing;
            unit.Audit(AuditAction.DiscardNote, referralId, id);
            return id;
        }, ct);
    }

    static object Own(Actor actor, Guid id) => new { id, authorId = actor.UserId, organisationId = actor.OrganisationId };

    sealed record Typed(string Form, int Version, DateTimeOffset UpdatedAt);
    sealed record Kept(int Version, DateTimeOffset UpdatedAt, Guid ReferralId);
    sealed record Stored(int Version, DateTimeOffset UpdatedAt, bool Same);

    static readonly string OwnDraft = $"""
        note.id = @id and note.clinician_id = @authorId and note.state = 'draft'
            and exists (select from referral r where r.id = note.referral_id and @organisationId = any (r.readers))
        """;

    static readonly string One = $"""
        select note.id, note.referral_id, r.reference, p.given_name, p.family_name, sender.name as referring_organisation, sender.kind as referring_kind,
               note.{TForm.HeldAt} as held_at, amended.author_name as amended_author, amended.signed_at as amended_signed_at
        from {TForm.Table} note
        join referral r on r.id = note.referral_id
        join patient p on p.id = r.patient_id
        join organisation sender on sender.id = r.referring_organisation_id
        left join {TForm.Table} amended on amended.id = note.supersedes_id
        where {OwnDraft};
        select note.form::text as form, note.version, note.updated_at from {TForm.Table} note where {OwnDraft}
        """;

    static readonly string Keep = $"""
        update {TForm.Table} note set form = @form::jsonb, version = version + 1, updated_at = @at
        where {OwnDraft} and (version = @version or version between @version and @version + cardinality(@unanswered) and form = any (@unanswered::jsonb[]))
        returning version, updated_at, referral_id
        """;

    static readonly string AsStored = $"select version, updated_at, form = @form::jsonb as same from {TForm.Table} note where {OwnDraft}";

    static readonly string Forget = $"delete from {TForm.Table} note where {OwnDraft} returning referral_id";
}
