using Npgsql;
using ReferralPortal.Domain.Organisations;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Clocks;
using ReferralPortal.Web.Features.Triage.Alerts;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Referrals.Submit;

/// <summary>
/// Turns a draft into a referral: patient, referral, parties, event, audit entry and message, in one transaction and one round trip.
/// The draft's id is the idempotency key and becomes the referral's id, so that however often, from wherever and however interrupted
/// it is sent, there is one referral or none.
/// </summary>
public sealed class SubmitReferral(PortalDatabase database, CatalogueStore catalogue, FormOrganisations organisations, TimeProvider clock)
{
    /// <param name="DraftId">The draft's id: the idempotency key, made when the form was opened.</param>
    /// <param name="Form">The form as the person checked it.</param>
    public sealed record Command(Guid DraftId, ReferralForm Form);

    /// <summary>What became of it. <paramref name="AlreadyThere"/>: an earlier attempt had arrived, and this is its reference.</summary>
    public sealed record Receipt(string Reference, DateTimeOffset SubmittedAt, DateTimeOffset? DueAt, Coded<RedFlagTier>? RedFlags, bool AlreadyThere)
    {
        /// <summary>It reached the clinic as an alert because of an emergency answer.</summary>
        public bool Emergency => RedFlags?.Value == RedFlagTier.Emergency;
    }

    /// <exception cref="NpgsqlException">The answer was lost; <see cref="Find"/> tells whether the referral was saved.</exception>
    public async Task<Outcome<Receipt>> Handle(Actor actor, Command command, CancellationToken ct)
    {
        if (!actor.MayRefer) return Outcome.Refused("Your role does not allow this.");

        var content = await catalogue.Get(ct);
        var rules = ReferralFormRules.For(actor.OrganisationKind, content, clock);
        if (rules.Check(command.Form) is { Count: > 0 } errors) return Outcome.Invalid(errors);
        if (await organisations.Problems(actor, command.Form, ct) is { Count: > 0 } unknown) return Outcome.Invalid(unknown);
        var referral = NewReferral.From(command.Form, content, actor, command.DraftId, clock.GetUtcNow());

        var targets = ReferralClock.On(content).For(actor.OrganisationId);
        var due = targets.After(ReferralAction.Submit, referral.Priority, referral.RedFlags, referral.SubmittedAt);

        // A reference drawn twice is refused by its unique index; 34 thousand million of them make a second collision in a row absurd.
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await database.Write(actor, unit => Store(unit, referral, due, targets), ct);
                return new Receipt(referral.Reference, referral.SubmittedAt, due.DueAt, referral.RedFlags, AlreadyThere: false);
            }
            catch (PostgresException fault) when (fault is { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: "referral_reference_key" } && attempt == 1)
            {
                referral = referral with { Reference = Domain.Referrals.Reference.New().ToString() };
            }
            catch (PostgresException fault) when (fault is { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: "referral_pkey" or "patient_pkey" })
            {
                return await Find(actor, command.DraftId, ct) is { } earlier ? earlier with { AlreadyThere = true } : Outcome.Missing;
            }
        }
    }

    /// <summary>Everything that a referral is stored as, for one that is typed and for each of many that are imported.</summary>
    internal static PortalBatch Store(PortalBatch unit, NewReferral referral, LifecycleStep.Clock due, ReferralClock targets) => unit
        .Run(InsertPatient, referral.PatientRow)
        .Run(InsertReferral, referral.ReferralRow(due))
        .Run(InsertDetail, referral.DetailRow)
        .Run(InsertParties, referral.PartyRows)
        .Run(InsertAuthority, referral.AuthorityRow)
        .Run(InsertSearchWords, referral.SearchRow)
        .Run(AppendEvent, referral.EventRow)
        .Run(RemoveDraft, new { id = referral.Id, authorId = referral.Referrer.UserId })
        .Queue(new ReferralSubmitted(referral.Id, referral.RedFlags), referral.Id)
        .RaiseAlert(referral.Id, referral.RedFlags, targets)
        .Watch(referral.Id, due)
        .Audit(AuditAction.Submit, referral.Id);

    /// <summary>
    /// Whether the draft became a referral: for the page that lost the answer. Null when it did not. It asks the database that takes the
    /// writes, because a replica may not know yet.
    /// </summary>
    public async Task<Receipt?> Find(Actor actor, Guid draftId, CancellationToken ct) =>
        actor.MayRefer ? await database.View(actor, unit => unit.One<Receipt>(Saved, new { id = draftId, organisationId = actor.OrganisationId }), ct) : null;

    // The id of the patient is the referral's too: one form, one patient row, until the clinic decides that two are the same person.
    const string InsertPatient = """
        insert into patient (id, given_name, family_name, date_of_birth, sex, nhs_number, nhs_number_unknown_reason, gp_practice_name, gp_practice_code,
                             address, postcode, phone, email, preferred_contact, guardian_name, guardian_relationship, guardian_phone,
                             guardian_email, guardian_has_responsibility,
                             interpreter_language, communication_needs, access_needs, home_visit_needed, readers, created_at)
        values (@Id, @GivenName, @FamilyName, @DateOfBirth, @Sex, @NhsNumber, @NhsNumberUnknownReason, @GpPracticeName, @GpPracticeCode,
                @Address, @Postcode, @Phone, @Email, @PreferredContact, @GuardianName, @GuardianRelationship, @GuardianPhone,
                @GuardianEmail, @GuardianResponsibility,
                @InterpreterLanguage, @CommunicationNeeds, @AccessNeeds, @HomeVisitNeeded, @Readers, @At)
        """;

    const string InsertReferral = """
        insert into referral (id, reference, state, priority, patient_id, referring_organisation_id, referrer_id, condition_slug, our_reference,
                              claim_reference, incident_date, red_flag_tier, due_for, due_at, submitted_at, state_since, readers, created_at)
        values (@Id, @Reference, 'submitted', @Priority, @Id, @OrganisationId, @PersonId, @ConditionSlug, @OurReference,
                @ClaimReference, @IncidentDate, @RedFlagTier, @DueFor, @DueAt, @At, @At, @Readers, @At)
        """;

    const string InsertDetail = """
        insert into referral_detail (referral_id, work_related, incident_mechanism, incident_account, injury_regions, presenting_condition, symptoms, onset, pain_now,
                                     work_status, occupation, clinical_history, medication, imaging, job_demands, current_duties, adjusted_duties,
                                     absent_since, return_target, red_flag_answers, red_flag_told_by, red_flag_told_at, red_flag_told_how,
                                     instructing_party_name, claim_type, liability, lower_value_claim, other_insurer, other_insurer_reference, payer_kind, payer_name, purchase_order,
                                     consent_given_by, consent_form, consent_covers, consent_taken_by, consent_taken_on, consent_method, consent_to_share_with, consent_words, services, priority_reason,
                                     availability, notes, preferred_clinic_id)
        values (@Id, @WorkRelated, @IncidentMechanism, @IncidentAccount, @InjuryRegions::jsonb, @PresentingCondition, @Symptoms, @Onset, @PainNow,
                @WorkStatus, @Occupation, @ClinicalHistory, @Medication, @Imaging, @JobDemands, @CurrentDuties, @AdjustedDuties,
                @AbsentSince, @ReturnTarget, @RedFlagAnswers::jsonb, @RedFlagToldBy, @RedFlagToldAt, @RedFlagToldHow,
                @InstructingPartyName, @ClaimType, @Liability, @LowerValueClaim, @OtherInsurer, @OtherInsurerReference, @PayerKind, @PayerName, @PurchaseOrder,
                @ConsentGivenBy, @ConsentForm, @ConsentCovers, @ConsentTakenBy, @ConsentTakenOn, @ConsentMethod, @ConsentToShareWith, @ConsentWords, @Services, @PriorityReason,
                @Availability, @Notes, @PreferredClinicId)
        """;

    const string InsertParties = """
        insert into referral_party (referral_id, organisation_id, role, state, submitted_at)
        select @Id, organisation_id, role, 'submitted', @At from unnest(@Organisations, @Roles) party (organisation_id, role)
        """;

    const string InsertAuthority = """
        insert into funding_authority (id, referral_id, payer_organisation_id, payer_name, sessions, pounds, expires_on, reference, given_at, created_at)
        select @AuthorityId, @Id, @PayerId, coalesce(nullif(@PayerName, ''), (select name from organisation where id = @PayerId)), @Sessions, @Pounds, @ExpiresOn, @AuthorityReference, @At, @At
        where @Sessions::int is not null or @Pounds::numeric is not null
        """;

    const string InsertSearchWords = """
        insert into referral_search (referral_id, readers, submitted_at, words)
        values (@Id, @Readers, @At, portal.search_words(@Words))
        """;

    const string AppendEvent = """
        insert into referral_event (id, referral_id, at, actor_id, actor_name, organisation_id, action, from_state, to_state, detail, version)
        values (@EventId, @Id, @At, @PersonId, @PersonName, @OrganisationId, 'submit', 'draft', 'submitted', @Detail::jsonb, 1)
        """;

    const string RemoveDraft = "delete from referral_draft where id = @id and author_id = @authorId";

    const string Saved = """
        select reference, submitted_at, due_at, red_flag_tier as red_flags, true as already_there
        from referral where id = @id and referring_organisation_id = @organisationId
        """;
}

/// <summary>A referral arrived: its parties are told, and an urgent alert is raised where a safety answer asks for one.</summary>
public sealed record ReferralSubmitted(Guid ReferralId, RedFlagTier? RedFlags);
