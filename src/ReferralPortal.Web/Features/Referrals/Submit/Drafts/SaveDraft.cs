using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Referrals.Submit.Drafts;

/// <summary>
/// Keeps what is typed. A save that has not seen the last one (a second tab, another machine) is refused and says when that was;
/// a save that is sent again because its answer was lost counts once. Allowed to the person who began the form.
/// </summary>
public sealed class SaveDraft(PortalDatabase database)
{
    /// <param name="Id">The draft.</param>
    /// <param name="Version">The version that the person's page last saved or loaded.</param>
    /// <param name="Form">Everything as it stands on the page.</param>
    /// <param name="Unanswered">Earlier saves of this page whose answer never came: what they sent, as <see cref="Draft.Text"/> writes it. Any of them may have arrived.</param>
    public sealed record Command(Guid Id, int Version, ReferralForm Form, params IReadOnlyCollection<string> Unanswered);

    /// <exception cref="Npgsql.NpgsqlException">The database cannot be reached, or its answer was lost; send the same again.</exception>
    public async Task<Outcome<SavedForm>> Handle(Actor actor, Command command, CancellationToken ct)
    {
        if (!actor.MayRefer) return Outcome.Missing;

        var form = Draft.Text(command.Form);
        return await database.Write<SavedForm>(actor, async unit =>
        {
            var draft = new { command.Id, command.Version, form, unanswered = command.Unanswered.ToArray(), at = unit.Now, organisationId = actor.OrganisationId, authorId = actor.UserId };
            if (await unit.One<SavedForm>(Keep, draft) is { } saved)
            {
                unit.Audit(AuditAction.SaveDraft, subjectId: command.Id);
                return saved;
            }
            var stored = await unit.One<Stored>(AsStored, draft);
            return stored switch
            {
                null => Outcome.Missing,
                { Same: true } => new SavedForm(stored.Version, stored.UpdatedAt),
                _ => Outcome.Conflict(actor.DisplayName, "saved this referral", stored.UpdatedAt),
            };
        }, ct);
    }

    sealed record Stored(int Version, DateTimeOffset UpdatedAt, bool Same);

    const string Keep = """
        update referral_draft set form = @form::jsonb, version = version + 1, updated_at = @at
        where id = @Id and organisation_id = @organisationId and author_id = @authorId and discarded_at is null
            and (version = @Version or version between @Version and @Version + cardinality(@unanswered) and form = any (@unanswered::jsonb[]))
        returning version, updated_at as at
        """;

    const string AsStored = """
        select version, updated_at, form = @form::jsonb as same from referral_draft
        where id = @Id and organisation_id = @organisationId and author_id = @authorId and discarded_at is null
        """;
}
