using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Triage.Conflicts;

/// <summary>A clinician who has treated, or reported on, the patient of another referral.</summary>
public sealed record InvolvedClinician(Guid ReferralId, Guid Id, string Name, bool Reported)
{
    /// <summary>What they did, in words.</summary>
    public string Part => Reported ? "has reported on the other patient" : "treats or has treated the other patient";
}

/// <summary>What somebody declared: that the clinic, or one of its clinicians, can judge this referral independently of another.</summary>
public sealed record IndependenceDeclaration(Guid OtherReferralId, Guid? ClinicianId, string? Clinician, string Words, string DeclaredBy, DateTimeOffset DeclaredAt);

/// <summary>A referral that is the other side of the same accident.</summary>
public sealed record ConflictingReferral(
    Guid Id, string Reference, ReferralState State, DateTimeOffset SubmittedAt, string ReferringOrganisation, string PatientName, IReadOnlyList<string> Reasons,
    IReadOnlyList<InvolvedClinician> Clinicians, IReadOnlyList<IndependenceDeclaration> Declarations)
{
    /// <summary>Declared for the clinic as a whole.</summary>
    public bool IsDeclared => Declarations.Any(declaration => declaration.ClinicianId is null);

    /// <summary>Whether a clinician was involved on the other side, and nobody has declared for that person.</summary>
    public InvolvedClinician? Undeclared(Guid? clinician) =>
        Declarations.Any(declaration => declaration.ClinicianId == clinician) ? null : Clinicians.FirstOrDefault(involved => involved.Id == clinician);
}

/// <summary>
/// Looks for the other side of a referral's accident among all referrals of the clinic, and for what has been declared about it. Used by the page that shows it
/// and by the commands that it stops, so that both say the same.
/// </summary>
static class ConflictCheck
{
    /// <summary>The referrals that stand on the other side, newest first. Empty for everybody outside the clinic.</summary>
    internal static async Task<IReadOnlyList<ConflictingReferral>> Conflicts(this PortalUnit unit, Guid referralId)
    {
        var ours = await unit.One<ClaimRow>(Facts + "r.id = @referralId", new { referralId, unit.Actor.OrganisationId });
        if (ours?.IncidentDate is not { } day) return [];

        var found = (
            from theirs in await unit.Many<ClaimRow>(Facts + "r.incident_date = @day and r.id <> @referralId and r.state <> 'declined' order by r.submitted_at desc", new { day, referralId, unit.Actor.OrganisationId })
            where !IsSamePatient(ours, theirs)
            let reasons = ConflictRules.Between(ours.Claim, theirs.Claim)
            where reasons.Count > 0
            select (theirs, reasons)).ToList();
        if (found.Count == 0) return [];

        var others = found.Select(pair => pair.theirs.Id).ToArray();
        var clinicians = (await unit.Many<InvolvedClinician>(Involved, new { others })).ToLookup(clinician => clinician.ReferralId);
        var declarations = (await unit.Many<IndependenceDeclaration>(Declared, new { referralId, others })).ToLookup(declaration => declaration.OtherReferralId);
        return
        [
            .. found.Select(pair => new ConflictingReferral(
                pair.theirs.Id, pair.theirs.Reference, pair.theirs.State, pair.theirs.SubmittedAt, pair.theirs.ReferringOrganisation, $"{pair.theirs.GivenName} {pair.theirs.FamilyName}", pair.reasons,
                [.. clinicians[pair.theirs.Id]], [.. declarations[pair.theirs.Id]])),
        ];
    }

    /// <summary>Why a referral must not be accepted yet, for a clinician or for the pool (null); null when nothing stands in the way.</summary>
    internal static async Task<Failure?> UndeclaredConflict(this PortalUnit unit, Guid referralId, Guid? clinician)
    {
        var conflicts = await unit.Conflicts(referralId);
        if (conflicts.FirstOrDefault(conflict => !conflict.IsDeclared) is { } undeclared)
            return Outcome.Refused($"{undeclared.Reference} looks like the other side of the same accident. Declare the clinic’s independence first, or decline because of a conflict of interest.");
        return Undeclared(conflicts, clinician);
    }

    /// <summary>Why a clinician must not be given this patient yet; null when nothing stands in the way.</summary>
    internal static async Task<Failure?> UndeclaredClinician(this PortalUnit unit, Guid referralId, Guid clinician) => Undeclared(await unit.Conflicts(referralId), clinician);

    static Failure? Undeclared(IReadOnlyList<ConflictingReferral> conflicts, Guid? clinician)
    {
        foreach (var conflict in conflicts)
            if (clinician is not null && conflict.Undeclared(clinician) is { } involved)
                return Outcome.Refused($"{involved.Name} {involved.Part} of {conflict.Reference}, the other side of the same accident. Choose another clinician, or declare this one’s independence first.");
        return null;
    }

    // What the clinic has decided about the two goes before what they look like; what looks alike but for one thing is asked about.
    static bool IsSamePatient(ClaimRow ours, ClaimRow theirs) =>
        theirs.PersonId is not null && theirs.PersonId == ours.PersonId
        || (!theirs.ApartFrom.Contains(ours.Id) && DuplicateRules.Compare(ours.Claim.Patient, theirs.Claim.Patient) is { Caution: null });

    /// <summary>One referral's claim as stored.</summary>
    sealed record ClaimRow
    {
        public Guid Id { get; init; }
        public string Reference { get; init; } = "";
        public Coded<ReferralState> State { get; init; }
        public DateTimeOffset SubmittedAt { get; init; }
        public Guid Sender { get; init; }
        public string ReferringOrganisation { get; init; } = "";
        public string GivenName { get; init; } = "";
        public string FamilyName { get; init; } = "";
        public DateOnly DateOfBirth { get; init; }
        public string? NhsNumber { get; init; }
        public string? Postcode { get; init; }
        public DateOnly? IncidentDate { get; init; }
        public string? Mechanism { get; init; }
        public string? ClaimReference { get; init; }
        public string? OurReference { get; init; }
        public string? OtherInsurer { get; init; }
        public string? OtherInsurerReference { get; init; }
        public string[] Payers { get; init; } = [];
        public Guid? PersonId { get; init; }
        public Guid[] ApartFrom { get; init; } = [];

        public ClaimFacts Claim => new(
            new PatientFacts(GivenName, FamilyName, DateOfBirth, NhsNumber, Postcode, IncidentDate), Mechanism, Sender, ClaimReference, OurReference, OtherInsurer, OtherInsurerReference, Payers);
    }

    const string Facts = """
        select r.id, r.reference, r.state, r.submitted_at, r.referring_organisation_id as sender, sender.name as referring_organisation,
               p.given_name, p.family_name, p.date_of_birth, p.nhs_number, p.postcode, r.incident_date, detail.incident_mechanism as mechanism,
               r.claim_reference, r.our_reference, detail.other_insurer, detail.other_insurer_reference,
               array_remove(array_prepend(detail.payer_name, array(
                   select o.name from referral_party funder join organisation o on o.id = funder.organisation_id
                   where funder.referral_id = r.id and funder.role = 'funder')), null) as payers,
               person.person_id,
               array(select case when d.first_referral_id = r.id then d.second_referral_id else d.first_referral_id end from duplicate_decision d
                     where (d.first_referral_id = r.id or d.second_referral_id = r.id) and d.decision = 'keep_apart' and d.undone_at is null) as apart_from
        from referral r
        join patient p on p.id = r.patient_id
        join referral_detail detail on detail.referral_id = r.id
        join organisation sender on sender.id = r.referring_organisation_id
        left join person_patient person on person.patient_id = p.id
        where portal.is_treating_clinic() and @organisationId = any (r.readers) and 
        """;

    // Whoever has the patient, sees or saw the patient, or signed a report.
    const string Involved = """
        select involved.referral_id, involved.person as id, clinician.display_name as name, bool_or(involved.reported) as reported
        from (
            select r.id as referral_id, r.clinician_id as person, false as reported from referral r where r.id = any (@others) and r.clinician_id is not null
            union all select a.referral_id, a.clinician_id, false from appointment a where a.referral_id = any (@others) and a.state in ('booked', 'attended')
            union all select s.referral_id, s.clinician_id, false from assessment s where s.referral_id = any (@others)
            union all select w.referral_id, w.author_id, true from report w where w.referral_id = any (@others) and w.state <> 'draft') involved
        join portal_user clinician on clinician.id = involved.person
        where portal.is_treating_clinic()
        group by involved.referral_id, involved.person, clinician.display_name
        order by clinician.display_name
        """;

    const string Declared = """
        select d.other_referral_id, d.clinician_id, clinician.display_name as clinician, d.words, d.declared_by_name as declared_by, d.declared_at
        from conflict_declaration d
        left join portal_user clinician on clinician.id = d.clinician_id
        where d.referral_id = @referralId and d.other_referral_id = any (@others) and portal.is_treating_clinic()
        order by d.declared_at, d.id
        """;
}
