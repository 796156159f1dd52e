using ReferralPortal.Domain;
using ReferralPortal.Domain.Organisations;
using ReferralPortal.Domain.Patients;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Components.Body;
using ReferralPortal.Web.Components.Forms;
using ReferralPortal.Web.Features.Referrals.View;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Referrals.Submit;

/// <summary>
/// A referral that was sent, as the form that it came from: what <see cref="NewReferral"/> made of it, read back. Only for the organisation that
/// referred, and only the parts that it still sees (<see cref="PartySight"/>): an employer does not get its worker's injury back.
/// </summary>
sealed record SubmittedForm(Guid Id, string Reference, int Version, ReferralState State, RedFlagTier? RedFlags, DateTimeOffset StateSince, string StoredAnswers, Sight Sight, ReferralForm Form)
{
    /// <summary>Reads it for the unit's person; null when there is none that its organisation sent.</summary>
    internal static async Task<SubmittedForm?> Read(PortalUnit unit, string reference) => From(unit.Actor, await unit.One<Row>(Sent, new { reference, organisationId = unit.Actor.OrganisationId }));

    static SubmittedForm? From(Actor actor, Row? row)
    {
        if (row is null) return null;
        var sight = PartySight.Of(PartyRole.Referrer, actor.OrganisationKind);
        var form = new ReferralForm();
        if (sight.HasFlag(Sight.Contact)) form.Patient = row.Patient;
        if (sight.HasFlag(Sight.Incident)) form.Incident = row.Incident;
        if (sight.HasFlag(Sight.Injury | Sight.Clinical)) form.Injury = row.Injury;
        if (sight.HasFlag(Sight.Work)) form.Work = row.Work;
        if (sight.HasFlag(Sight.Safety)) form.Safety = row.Safety;
        if (sight.HasFlag(Sight.Claim)) form.Claim = row.Claim;
        if (sight.HasFlag(Sight.Funding)) form.Funding = row.Funding(actor);
        if (sight.HasFlag(Sight.Services)) form.Services = row.Services(sight);
        if (sight.HasFlag(Sight.Consent)) form.Consent = row.Consent;
        return new SubmittedForm(row.Id, row.Reference, row.Version, row.State, row.RedFlagTier?.Value, row.StateSince, row.RedFlagAnswers, sight, form);
    }

    /// <summary>An answer as it is stored. <paramref name="OnceYes"/>: it had been "yes" before.</summary>
    internal sealed record StoredAnswer(string Key, RedFlagAnswer Answer, string? Wording, bool OnceYes = false);

    /// <summary>The answers to the safety questions, with those to questions that are not asked any more.</summary>
    internal IReadOnlyList<StoredAnswer> Answers => PortalJson.Read<StoredAnswer[]>(StoredAnswers);

    sealed record StoredRegion(string Region, BodySide Side);

    // Dapper fits constructors by the reader's types, and does not know an array there.
    sealed record Row
    {
        public Guid Id { get; init; }
        public string Reference { get; init; } = "";
        public int Version { get; init; }
        public Coded<ReferralState> State { get; init; }
        public DateTimeOffset StateSince { get; init; }
        public Coded<Priority> Priority { get; init; }
        public Coded<RedFlagTier>? RedFlagTier { get; init; }
        public string? ConditionSlug { get; init; }
        public string? OurReference { get; init; }
        public string? ClaimReference { get; init; }
        public DateOnly? IncidentDate { get; init; }
        public string GivenName { get; init; } = "";
        public string FamilyName { get; init; } = "";
        public DateOnly DateOfBirth { get; init; }
        public Coded<Sex> Sex { get; init; }
        public string? NhsNumber { get; init; }
        public string? NhsNumberUnknownReason { get; init; }
        public string? GpPracticeName { get; init; }
        public string? GpPracticeCode { get; init; }
        public string Address { get; init; } = "";
        public string Postcode { get; init; } = "";
        public string? Phone { get; init; }
        public string? Email { get; init; }
        public Coded<PreferredContact> PreferredContact { get; init; }
        public string? GuardianName { get; init; }
        public string? GuardianRelationship { get; init; }
        public string? GuardianPhone { get; init; }
        public string? GuardianEmail { get; init; }
        public bool? GuardianHasResponsibility { get; init; }
        public string? InterpreterLanguage { get; init; }
        public string? CommunicationNeeds { get; init; }
        public string? AccessNeeds { get; init; }
        public bool HomeVisitNeeded { get; init; }
        public string? Availability { get; init; }
        public bool? WorkRelated { get; init; }
        public string? IncidentMechanism { get; init; }
        public string? IncidentAccount { get; init; }
        public string InjuryRegions { get; init; } = "[]";
        public string? PresentingCondition { get; init; }
        public string? Symptoms { get; init; }
        public string? Onset { get; init; }
        public int? PainNow { get; init; }
        public string? WorkStatus { get; init; }
        public string? Occupation { get; init; }
        public string? ClinicalHistory { get; init; }
        public string? Medication { get; init; }
        public string? Imaging { get; init; }
        public string? JobDemands { get; init; }
        public string? CurrentDuties { get; init; }
        public string? AdjustedDuties { get; init; }
        public DateOnly? AbsentSince { get; init; }
        public DateOnly? ReturnTarget { get; init; }
        public string RedFlagAnswers { get; init; } = "[]";
        public string? RedFlagToldBy { get; init; }
        public DateTimeOffset? RedFlagToldAt { get; init; }
        public string? RedFlagToldHow { get; init; }
        public string? InstructingPartyName { get; init; }
        public string? ClaimType { get; init; }
        public string? Liability { get; init; }
        public bool? LowerValueClaim { get; init; }
        public string? OtherInsurer { get; init; }
        public string? OtherInsurerReference { get; init; }
        public string? PayerKind { get; init; }
        public string? PayerName { get; init; }
        public string? PurchaseOrder { get; init; }
        public string? ConsentGivenBy { get; init; }
        public string? ConsentForm { get; init; }
        public string[] ConsentCovers { get; init; } = [];
        public string? ConsentTakenBy { get; init; }
        public DateOnly? ConsentTakenOn { get; init; }
        public string? ConsentMethod { get; init; }
        public string[] ConsentToShareWith { get; init; } = [];
        public string? ConsentWords { get; init; }
        public string[] ServicesAsked { get; init; } = [];
        public string? PriorityReason { get; init; }
        public string? Notes { get; init; }
        public Guid? PreferredClinicId { get; init; }
        public Guid? CaseManagerId { get; init; }
        public Guid? InstructingPartyId { get; init; }
        public Guid? FunderId { get; init; }

        internal ReferralForm.PatientPart Patient => new()
        {
            GivenName = GivenName,
            FamilyName = FamilyName,
            DateOfBirth = DateParts.Of(DateOfBirth),
            Sex = Sex,
            Address = Address,
            Postcode = Postcode,
            Phone = Telephone(Phone),
            Email = Email ?? "",
            PreferredContact = PreferredContact,
            NhsNumber = Domain.Patients.NhsNumber.TryParse(NhsNumber, out var number) ? number.ToString() : "",
            NhsNumberNotKnown = NhsNumberUnknownReason is not null,
            NhsNumberNotKnownReason = NhsNumberUnknownReason ?? "",
            GpPracticeName = GpPracticeName ?? "",
            GpPracticeCode = GpPracticeCode ?? "",
            GuardianName = GuardianName ?? "",
            GuardianRelationship = GuardianRelationship ?? "",
            GuardianPhone = Telephone(GuardianPhone),
            GuardianEmail = GuardianEmail ?? "",
            GuardianResponsibility = GuardianHasResponsibility,
            InterpreterLanguage = InterpreterLanguage ?? "",
            CommunicationNeeds = CommunicationNeeds ?? "",
            AccessNeeds = AccessNeeds ?? "",
            HomeVisitNeeded = HomeVisitNeeded,
            Availability = Availability ?? "",
        };

        internal ReferralForm.IncidentPart Incident => new() { WorkRelated = WorkRelated, Date = Parts(IncidentDate), Mechanism = Read<IncidentMechanism>(IncidentMechanism), Account = IncidentAccount ?? "" };

        internal ReferralForm.InjuryPart Injury => new()
        {
            Regions = [.. PortalJson.Read<StoredRegion[]>(InjuryRegions).Select(region => new BodySite(region.Region, region.Side))],
            ConditionSlug = ConditionSlug ?? "",
            ConditionInWords = PresentingCondition ?? "",
            Symptoms = Symptoms ?? "",
            Onset = Onset ?? "",
            Pain = PainNow,
            WorkStatus = Read<WorkStatus>(WorkStatus),
            Occupation = Occupation ?? "",
            ClinicalHistory = ClinicalHistory ?? "",
            Medication = Medication ?? "",
            Imaging = Imaging ?? "",
        };

        internal ReferralForm.WorkPart Work => new()
        {
            JobDemands = JobDemands ?? "",
            CurrentDuties = CurrentDuties ?? "",
            AdjustedDuties = AdjustedDuties ?? "",
            AbsentSince = Parts(AbsentSince),
            ReturnTarget = Parts(ReturnTarget),
        };

        internal ReferralForm.SafetyPart Safety
        {
            get
            {
                var stored = PortalJson.Read<StoredAnswer[]>(RedFlagAnswers);
                return new()
                {
                    Answers = stored.ToDictionary(answer => answer.Key, answer => answer.Answer),
                    Wordings = stored.Where(answer => answer.Wording is not null).ToDictionary(answer => answer.Key, answer => answer.Wording!),
                    // What was "yes" when it was sent has been acted upon; only a new one puts 999 before everything else.
                    Read = [.. stored.Where(answer => answer.Answer == RedFlagAnswer.Yes).Select(answer => answer.Key)],
                    OnceYes = [.. stored.Where(answer => answer.OnceYes).Select(answer => answer.Key)],
                    ToldBy = RedFlagToldBy ?? "",
                    ToldOn = RedFlagToldAt is { } told ? DateParts.Of(LondonTime.DateOf(told)) : DateParts.Empty,
                    ToldAt = RedFlagToldAt is { } at ? Components.Display.Formats.Time(at) : "",
                    ToldHow = RedFlagToldHow ?? "",
                };
            }
        }

        internal ReferralForm.ClaimPart Claim => new()
        {
            Type = Read<ClaimType>(ClaimType),
            ClaimReference = ClaimReference ?? "",
            OurReference = OurReference ?? "",
            OtherInsurer = OtherInsurer ?? "",
            OtherInsurerReference = OtherInsurerReference ?? "",
            Liability = Read<LiabilityPosition>(Liability),
            LowerValue = LowerValueClaim,
            CaseManagerId = CaseManagerId,
            InstructingPartyId = InstructingPartyId,
            InstructingPartyName = InstructingPartyName ?? "",
        };

        /// <summary>Who pays; what is authorised stands with the authorities, and changes there.</summary>
        internal ReferralForm.FundingPart Funding(Actor actor)
        {
            var kind = Read<Submit.PayerKind>(PayerKind) ?? (FunderId is not null ? Submit.PayerKind.Funder : Submit.PayerKind.SomebodyElse);
            return new()
            {
                Kind = kind,
                PayerId = kind == Submit.PayerKind.Funder ? FunderId : null,
                PayerName = kind == Submit.PayerKind.SomebodyElse ? PayerName ?? "" : "",
                Reference = PurchaseOrder ?? "",
            };
        }

        internal ReferralForm.ServicesPart Services(Sight sight) => new()
        {
            AskedFor = [.. ServicesAsked.Select(service => EnumText.Parse<ServiceAskedFor>(service))],
            // A safety answer or the clinic may have made it urgent; the referrer gives a reason with its own "urgent".
            Priority = Priority.Value == Domain.Referrals.Priority.Urgent && (PriorityReason is not null || !sight.HasFlag(Sight.Clinical)) ? Domain.Referrals.Priority.Urgent : Domain.Referrals.Priority.Routine,
            PriorityReason = sight.HasFlag(Sight.Clinical) ? PriorityReason ?? "" : "",
            Notes = sight.HasFlag(Sight.Clinical) ? Notes ?? "" : "",
            PreferredClinicId = PreferredClinicId,
        };

        internal ReferralForm.ConsentPart Consent => new()
        {
            TakenBy = ConsentTakenBy ?? "",
            TakenOn = Parts(ConsentTakenOn),
            Method = Read<ConsentMethod>(ConsentMethod),
            ShareWith = [.. ConsentToShareWith.Select(role => EnumText.Parse<PartyRole>(role))],
            // What went with nobody to share it with is not stored; the form's own first choice stands then.
            Covers = ConsentCovers.Length == 0 ? new ReferralForm.ConsentPart().Covers : [.. ConsentCovers.Select(scope => EnumText.Parse<ConsentScope>(scope))],
            GivenBy = Read<ConsentGiver>(ConsentGivenBy),
            SignedForm = Read<SignedForm>(ConsentForm),
            Confirmed = true,
            Words = ConsentWords ?? "",
        };

        static T? Read<T>(string? stored) where T : struct, Enum => EnumText.TryParse<T>(stored, out var value) ? value : null;
        static DateParts Parts(DateOnly? date) => date is { } day ? DateParts.Of(day) : DateParts.Empty;
        static string Telephone(string? number) => PhoneNumber.TryParse(number, out var phone) ? phone.ToString() : number ?? "";
    }

    // The organisation that referred, and nobody else: the first wall. Row-level security is the second.
    const string Sent = """
        select referral.id, referral.reference, referral.version, referral.state, referral.state_since, referral.priority, referral.red_flag_tier,
               referral.condition_slug, referral.our_reference, referral.claim_reference, referral.incident_date,
               patient.given_name, patient.family_name, patient.date_of_birth, patient.sex, patient.nhs_number, patient.nhs_number_unknown_reason,
               patient.gp_practice_name, patient.gp_practice_code, patient.address, patient.postcode, patient.phone, patient.email, patient.preferred_contact,
               patient.guardian_name, patient.guardian_relationship, patient.guardian_phone, patient.guardian_email, patient.guardian_has_responsibility, patient.interpreter_language, patient.communication_needs,
               patient.access_needs, patient.home_visit_needed,
               detail.availability, detail.work_related, detail.incident_mechanism, detail.incident_account, detail.injury_regions::text, detail.presenting_condition, detail.symptoms,
               detail.onset, detail.pain_now, detail.work_status, detail.occupation, detail.clinical_history, detail.medication, detail.imaging, detail.job_demands, detail.current_duties,
               detail.adjusted_duties, detail.absent_since, detail.return_target, detail.red_flag_answers::text,
               detail.red_flag_told_by, detail.red_flag_told_at, detail.red_flag_told_how, detail.instructing_party_name, detail.claim_type, detail.liability, detail.lower_value_claim,
               detail.other_insurer, detail.other_insurer_reference, detail.payer_kind, detail.payer_name, detail.purchase_order, detail.consent_given_by, detail.consent_form, detail.consent_covers, detail.consent_taken_by,
               detail.consent_taken_on, detail.consent_method, detail.consent_to_share_with, detail.consent_words, detail.services as services_asked,
               detail.priority_reason, detail.notes, detail.preferred_clinic_id,
               (select organisation_id from referral_party party where party.referral_id = referral.id and party.role = 'case_manager' order by 1 limit 1) as case_manager_id,
               (select organisation_id from referral_party party where party.referral_id = referral.id and party.role = 'instructing_party' order by 1 limit 1) as instructing_party_id,
               (select organisation_id from referral_party party where party.referral_id = referral.id and party.role = 'funder' order by 1 limit 1) as funder_id
        from referral
        join patient on patient.id = referral.patient_id
        join referral_detail detail on detail.referral_id = referral.id
        where referral.reference = @reference and referral.referring_organisation_id = @organisationId
        """;
}
