using ReferralPortal.Domain;
using ReferralPortal.Domain.Organisations;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Referrals.Submit;
using ReferralPortal.Web.Features.Referrals.Submit.Drafts;
using ReferralPortal.Web.Features.Referrals.View;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Referrals.Amend;

/// <summary>Corrections that are being typed.</summary>
/// <param name="Referral">The referral.</param>
/// <param name="Reference">Its reference.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Version">The version of the referral that the corrections go by.</param>
/// <param name="Stored">The answers as they stand.</param>
/// <param name="Draft">The answers with the corrections.</param>
/// <param name="Parts">What can be corrected.</param>
/// <param name="MovedOn">The referral was changed by somebody else since the corrections were begun; they have been carried over.</param>
public sealed record Amendment(Guid Referral, string Reference, ReferralState State, int Version, ReferralForm Stored, Draft Draft, IReadOnlyList<FormSection> Parts, bool MovedOn);

/// <summary>
/// Opens the answers of a sent referral to correct them, or goes on with corrections that were begun. Allowed to the organisation that referred
/// while the lifecycle lets answers be corrected; for everybody else there is no such thing. Opening is a read of the patient's record, and audited.
/// </summary>
public sealed class OpenAmendment(PortalDatabase database)
{
    /// <param name="actor">Who corrects.</param>
    /// <param name="typed">The reference as it was typed.</param>
    /// <param name="ct">Ends the opening when the page goes away.</param>
    public async Task<Outcome<Amendment>> Handle(Actor actor, string? typed, CancellationToken ct)
    {
        if (!actor.MayRefer || !Reference.TryParse(typed, out var reference)) return Outcome.Missing;

        return await database.Write<Amendment>(actor, async unit =>
        {
            if (await SubmittedForm.Read(unit, reference.ToString()) is not { } sent) return Outcome.Missing;
            if (!Lifecycle.Allows(sent.State, ReferralAction.Amend, Capacity.Referrer)) return NotNow(sent.State);

            unit.Audit(AuditAction.OpenAmendment, sent.Id);
            var mine = new { referral = sent.Id, organisationId = actor.OrganisationId, authorId = actor.UserId };
            var row = await unit.One<Row>(Begun, mine);
            var movedOn = row is not null && row.AmendsVersion != sent.Version;
            if (row is null || movedOn)
            {
                var form = row is null ? sent.Form : FormRebase.Onto(PortalJson.Read<ReferralForm>(row.AmendsBase), PortalJson.Read<ReferralForm>(row.Form), sent.Form);
                var written = new { mine.referral, mine.organisationId, mine.authorId, id = row?.Id ?? Guid.CreateVersion7(unit.Now), form = Draft.Text(form), answers = Draft.Text(sent.Form), sent.Version, at = unit.Now };
                row = await unit.One<Row>(row is null ? Begin : Rebase, written) ?? await unit.One<Row>(Begun, mine);
            }
            if (row is null) return Outcome.Missing;
            return new Amendment(sent.Id, sent.Reference, sent.State, sent.Version, sent.Form,
                new Draft(row.Id, row.Version, PortalJson.Read<ReferralForm>(row.Form), row.Version > 1 ? row.UpdatedAt : null, new Conventions()),
                AmendableParts.For(actor.OrganisationKind, sent.Sight), movedOn);
        }, ct);
    }

    /// <summary>Whether there is a referral whose answers this person may correct, without opening it.</summary>
    public async Task<bool> IsThere(Actor actor, string? typed, CancellationToken ct) =>
        actor.MayRefer && Reference.TryParse(typed, out var reference)
        && await database.Read(actor, unit => unit.One<int?>(Sent, new { reference = reference.ToString(), organisationId = actor.OrganisationId }), ct) is not null;

    internal static Failure NotNow(ReferralState state) =>
        Outcome.Refused($"This referral is {StateWords.Of(state).ToLowerInvariant()}: its answers can no longer be corrected here. Ring the clinic and say what has changed.");

    sealed record Row(Guid Id, int Version, DateTimeOffset UpdatedAt, string Form, int AmendsVersion, string AmendsBase);

    const string Sent = "select version from referral where reference = @reference and referring_organisation_id = @organisationId";

    const string Columns = "id, version, updated_at, form::text, amends_version, amends_base::text";

    const string Begun = $"""
        select {Columns} from referral_draft
        where amends_id = @referral and organisation_id = @organisationId and author_id = @authorId and discarded_at is null
        """;

    // Two tabs that begin at once share one draft; the second finds it.
    const string Begin = $"""
        insert into referral_draft (id, organisation_id, author_id, form, created_at, updated_at, amends_id, amends_version, amends_base)
        values (@id, @organisationId, @authorId, @form::jsonb, @at, @at, @referral, @version, @answers::jsonb)
        on conflict (author_id, amends_id) where amends_id is not null and discarded_at is null do nothing
        returning {Columns}
        """;

    const string Rebase = $"""
        update referral_draft set form = @form::jsonb, amends_version = @version, amends_base = @answers::jsonb, version = version + 1, updated_at = @at
        where id = @id and amends_id = @referral and organisation_id = @organisationId and author_id = @authorId and discarded_at is null
        returning {Columns}
        """;
}
