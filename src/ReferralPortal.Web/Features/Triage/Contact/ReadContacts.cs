using ReferralPortal.Domain.Calendars;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Triage.Contact;

/// <summary>One attempt to reach the patient.</summary>
public sealed record ContactAttempt(Guid Id, DateTimeOffset At, Coded<ContactChannel> Channel, Coded<ContactOutcome> Outcome, DateOnly? WaitUntil, string? Note, string MadeByName);

/// <summary>All attempts of one referral.</summary>
/// <param name="Version">The referral's version as of this reading.</param>
/// <param name="State">Where the referral stands.</param>
/// <param name="Attempts">The latest first.</param>
/// <param name="Failed">How many failed since the patient was last reached.</param>
/// <param name="Most">After how many the clinic is asked whether to close.</param>
/// <param name="DueAt">By when the patient is to be reached for the first time; null when that was done, or is not promised yet.</param>
public sealed record ContactLog(int Version, ReferralState State, IReadOnlyList<ContactAttempt> Attempts, int Failed, int Most, DateTimeOffset? DueAt)
{
    /// <summary>Whether it has been tried often enough to ask whether to go on. The portal asks; it closes nothing by itself.</summary>
    public bool ProposesClosing => Failed >= Most;
}

/// <summary>Reads who tried to reach a patient. For the treating clinic's people.</summary>
public sealed class ReadContacts(PortalDatabase database, CatalogueStore catalogue)
{
    /// <summary>Missing for everybody outside the clinic, as for a referral that does not exist.</summary>
    public async Task<Outcome<ContactLog>> Handle(Actor actor, Guid referralId, CancellationToken ct)
    {
        if (!actor.TreatsReferrals()) return Outcome.Missing;

        var content = await catalogue.Get(ct);
        return await database.Read(actor, async unit =>
        {
            var asked = new { referralId, actor.OrganisationId };
            if (await unit.One<Standing>(Referral, asked) is not { } referral) return (Outcome<ContactLog>)Outcome.Missing;

            var attempts = await unit.Many<ContactAttempt>(All, asked);
            var since = referral.State == ReferralState.Accepted ? await unit.ContactPromisedSince(referralId) : null;
            return new ContactLog(referral.Version, referral.State, attempts, ContactAttempts.FailedSince(attempts.Select(attempt => attempt.Outcome.Value)), ContactRules.Most(content),
                since is { } accepted ? ReferralClock.On(content).For(referral.ReferringOrganisationId).DueAt(Target.Contact, accepted, referral.Priority == Priority.Urgent) : null);
        }, ct);
    }

    sealed record Standing(int Version, Coded<ReferralState> State, Coded<Priority> Priority, Guid ReferringOrganisationId);

    const string Referral = """
        select r.version, r.state, r.priority, r.referring_organisation_id from referral r
        where r.id = @referralId and portal.is_clinic() and @organisationId = any (r.readers)
        """;

    const string All = """
        select contact.id, contact.at, contact.channel, contact.outcome, contact.wait_until, contact.note, contact.made_by_name
        from patient_contact contact join referral r on r.id = contact.referral_id
        where contact.referral_id = @referralId and portal.is_clinic() and @organisationId = any (r.readers)
        order by contact.at desc, contact.id desc
        """;
}
