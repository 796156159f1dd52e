using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Triage;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Referrals.Duplicates;

/// <summary>A referral as it is laid beside another.</summary>
public sealed record ComparedReferral(
    Guid Id, string Reference, Coded<ReferralState> State, DateTimeOffset SubmittedAt, string ReferringOrganisation,
    string GivenName, string FamilyName, DateOnly DateOfBirth, string Sex, string? NhsNumber, string Address, string Postcode, string? Phone, string? Email, string? GpPractice,
    DateOnly? IncidentDate, string? Mechanism, string? Condition, string? OurReference, string? ClaimReference)
{
    public string PatientName => $"{GivenName} {FamilyName}";

    internal PatientFacts Facts => new(GivenName, FamilyName, DateOfBirth, NhsNumber, Postcode, IncidentDate);
}

/// <summary>What was decided about two referrals, and stands.</summary>
public sealed record StandingDecision(Guid Id, Guid OtherReferralId, Coded<DuplicateDecision> Decision, string Reason, string DecidedBy, DateTimeOffset DecidedAt, int Version);

/// <summary>
/// Another referral that may be the same patient's. <paramref name="Match"/> is null where only a decision holds the two together;
/// <paramref name="SamePerson"/>: the clinic takes both for one person, by its decision about these two or by way of a third.
/// </summary>
public sealed record PossibleDuplicate(ComparedReferral Referral, DuplicateMatch? Match, StandingDecision? Decision, bool SamePerson);

/// <summary>What the clinic sees beside a referral: itself, and those that may be the same patient's, the surest first.</summary>
public sealed record DuplicateView(ComparedReferral Mine, IReadOnlyList<PossibleDuplicate> Others)
{
    /// <summary>Not decided yet.</summary>
    public IEnumerable<PossibleDuplicate> Open => Others.Where(other => other is { Decision: null, SamePerson: false });

    /// <summary>Linked, or one person.</summary>
    public IEnumerable<PossibleDuplicate> Together => Others.Where(other => other.SamePerson || other.Decision?.Decision.Value is DuplicateDecision.Link or DuplicateDecision.Merge);

    /// <summary>Decided to be two people.</summary>
    public IEnumerable<PossibleDuplicate> Apart => Others.Where(other => !other.SamePerson && other.Decision?.Decision.Value == DuplicateDecision.KeepApart);
}

/// <summary>Looks over all referrals for the patient of one of them, whoever sent them. For the treating clinic's people and for nobody else.</summary>
public sealed class FindDuplicates(PortalDatabase database)
{
    /// <summary>The most that are compared on a page.</summary>
    public const int Most = 20;

    /// <summary>Missing for everybody outside the clinic, as for a referral that does not exist.</summary>
    public async Task<Outcome<DuplicateView>> Handle(Actor actor, Guid referralId, CancellationToken ct)
    {
        if (!actor.TreatsReferrals()) return Outcome.Missing;

        return await database.View(actor, async unit =>
        {
            if ((await Compared(unit, [referralId])).SingleOrDefault() is not { } mine) return (Outcome<DuplicateView>)Outcome.Missing;

            var matches = (
                from other in await unit.Many<ComparedFacts>(DuplicateSearch.Candidates + ClinicOnly, DuplicateSearch.Asked(mine.Facts, actor.OrganisationId, except: referralId))
                let match = DuplicateRules.Compare(mine.Facts, other.Patient)
                where match is not null
                orderby match.Score descending, other.SubmittedAt descending
                select (other.Id, match)).Take(Most).ToDictionary(pair => pair.Id, pair => pair.match);
            var decisions = (await unit.Many<StandingDecision>(Decided, new { referralId })).ToDictionary(decision => decision.OtherReferralId);
            var person = (await unit.Many<Guid>(SamePerson, new { referralId })).ToHashSet();

            var others = await Compared(unit, [.. matches.Keys.Union(decisions.Keys).Union(person)]);
            if (others.Count > 0) unit.Audit(AuditAction.FindDuplicates, referralId, detail: new { compared = others.Select(other => other.Id) });
            return new DuplicateView(mine,
            [
                .. others.Select(other => new PossibleDuplicate(other, matches.GetValueOrDefault(other.Id), decisions.GetValueOrDefault(other.Id), person.Contains(other.Id)))
                    .OrderByDescending(other => other.Match?.Score ?? 0).ThenByDescending(other => other.Referral.SubmittedAt),
            ]);
        }, ct);
    }

    static Task<List<ComparedReferral>> Compared(PortalUnit unit, Guid[] ids) => unit.Many<ComparedReferral>(Columns, new { ids, unit.Actor.OrganisationId });

    const string ClinicOnly = " and portal.is_treating_clinic()";

    const string Columns = """
        select r.id, r.reference, r.state, r.submitted_at, sender.name as referring_organisation,
               p.given_name, p.family_name, p.date_of_birth, p.sex, p.nhs_number, p.address, p.postcode, p.phone, p.email, p.gp_practice_name as gp_practice,
               r.incident_date, detail.incident_mechanism as mechanism, coalesce(condition.name, detail.presenting_condition) as condition, r.our_reference, r.claim_reference
        from referral r
        join patient p on p.id = r.patient_id
        join referral_detail detail on detail.referral_id = r.id
        join organisation sender on sender.id = r.referring_organisation_id
        left join condition on condition.slug = r.condition_slug
        where r.id = any (@ids) and portal.is_treating_clinic() and @organisationId = any (r.readers)
        """;

    const string Decided = """
        select d.id, case when d.first_referral_id = @referralId then d.second_referral_id else d.first_referral_id end as other_referral_id,
               d.decision, d.reason, d.decided_by_name as decided_by, d.decided_at, d.version
        from duplicate_decision d
        where (d.first_referral_id = @referralId or d.second_referral_id = @referralId) and d.undone_at is null and portal.is_treating_clinic()
        """;

    const string SamePerson = """
        select other.id
        from referral mine
        join person_patient me on me.patient_id = mine.patient_id
        join person_patient also on also.person_id = me.person_id and also.patient_id <> me.patient_id
        join referral other on other.patient_id = also.patient_id
        where mine.id = @referralId and portal.is_treating_clinic()
        """;
}
