using ReferralPortal.Domain;
using ReferralPortal.Domain.Calendars;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Referrals.Submit;
using ReferralPortal.Web.Features.Triage.Alerts;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Referrals.Amend;

/// <summary>
/// Corrects answers of a referral that was sent: the rows, one event with the reason, and the old and new values, in one transaction. Allowed to
/// the organisation that referred until the patient is booked. Who is a party, who pays and what is authorised stays. A safety answer that becomes
/// "yes" raises the flag, the alert and its clock as if it had just been sent; no correction lowers any of them.
/// </summary>
public sealed class AmendReferral(PortalDatabase database, CatalogueStore catalogue, TimeProvider clock)
{
    /// <summary>The most that may be written.</summary>
    public const int LongestReason = 2000;

    /// <param name="Referral">Which.</param>
    /// <param name="Version">The version of the referral that the person saw.</param>
    /// <param name="Draft">The draft in which the corrections were typed; sending it twice changes the referral once.</param>
    /// <param name="Form">The answers with the corrections.</param>
    /// <param name="Reason">Why, in the person's words; required.</param>
    public sealed record Command(Guid Referral, int Version, Guid Draft, ReferralForm Form, string Reason);

    /// <summary>What was corrected. <paramref name="AlreadyThere"/>: this very draft had been sent before, and nothing was changed again.</summary>
    public sealed record Receipt(IReadOnlyList<AnswerChange> Changes, bool AlreadyThere);

    /// <exception cref="Npgsql.NpgsqlException">The answer was lost; sending the same again tells.</exception>
    public async Task<Outcome<Receipt>> Handle(Actor actor, Command command, CancellationToken ct)
    {
        if (!actor.MayRefer) return Outcome.Missing;
        if (string.IsNullOrWhiteSpace(command.Reason)) return Outcome.Invalid(nameof(Command.Reason), "Say why you correct the answers");
        if (command.Reason.Length > LongestReason) return Outcome.Invalid(nameof(Command.Reason), $"Use {LongestReason:N0} characters or fewer");

        var content = await catalogue.Get(ct);
        return await database.Write<Receipt>(actor, async unit =>
        {
            if (await unit.One<int?>(AlreadySent, new { command.Draft, command.Referral, organisationId = actor.OrganisationId }) is not null) return new Receipt([], AlreadyThere: true);

            var begun = await unit.Begin(command.Referral, command.Version, ReferralAction.Amend);
            if (begun.Value is not { } locked) return begun.Failure!;
            if (await SubmittedForm.Read(unit, locked.Reference) is not { } sent) return Outcome.Missing;

            var parts = AmendableParts.For(actor.OrganisationKind, sent.Sight);
            var changes = AnswerChange.Between(FormDesk.For(sent.Form, actor, content, clock), FormDesk.For(command.Form, actor, content, clock), parts);
            if (changes.Count == 0) return Outcome.Invalid("", "Nothing is different from what was sent");
            if (Problems(command.Form, ReferralFormRules.For(actor.OrganisationKind, content, clock), changes, parts) is { Count: > 0 } errors) return Outcome.Invalid(errors);

            var corrected = NewReferral.From(Whole(command.Form, sent), content, actor, locked.Id, unit.Now) with { Reference = locked.Reference };
            foreach (var part in changes.Select(change => change.Part).Distinct()) await unit.Run(Update(part, sent.Sight), Values(corrected, part, sent));
            await unit.Run("select portal.correct_search_words(@Id, @Words)", corrected.SearchRow);

            var safety = SafetyChange.Of(content, sent, command.Form.Safety, changes);
            var priority = PriorityAfter(locked, sent, command.Form, safety);
            var targets = ReferralClock.On(content).For(locked);
            if (safety is not null) await unit.RaiseAlert(locked, safety.Tier, targets);
            else if (priority != locked.Priority.Value) await unit.Run(SetPriority, new { locked.Id, priority = EnumText.Of(priority) });

            var due = DueAfter(targets, locked, safety, priority, unit.Now);
            var version = await unit.Record(locked, ReferralAction.Amend, AuditAction.AmendReferral,
                new StepRecord(command.Reason.Trim(), Detail: new { fields = changes.Select(change => change.Field).Distinct().ToArray(), amendment = command.Draft }), due);
            await unit.Run(Keep, Rows(locked.Id, command.Draft, version, unit.Now, changes));
            await unit.Run(RemoveDraft, new { command.Draft, locked.Id, authorId = actor.UserId });
            unit.Queue(new ReferralAmended(locked.Id, safety?.Raised), locked.Id);
            return new Receipt(changes, AlreadyThere: false);
        }, ct);
    }

    /// <summary>What is wrong with the parts that were touched. An old answer that would not pass today, in a part that nobody touched, holds nobody up.</summary>
    public static IReadOnlyDictionary<string, string> Problems(ReferralForm form, ReferralFormRules rules, IReadOnlyList<AnswerChange> changes, IReadOnlyList<FormSection> parts)
    {
        var touched = changes.Select(change => change.Part).ToHashSet();
        if (touched.Contains(FormSection.Patient)) touched.Add(FormSection.Incident); // an incident before the birth
        var errors = new Dictionary<string, string>();
        foreach (var (field, words) in parts.Where(touched.Contains).SelectMany(part => rules.Check(form, part))) errors.TryAdd(field, words);
        return errors;
    }

    // Parts that are not corrected here go in as they stand, so that rows come out of one place (NewReferral) and are written only where they changed.
    static ReferralForm Whole(ReferralForm typed, SubmittedForm sent)
    {
        var form = PortalJson.Read<ReferralForm>(PortalJson.Text(typed));
        form.Funding = sent.Form.Funding;
        form.Claim.CaseManagerId = sent.Form.Claim.CaseManagerId;
        form.Claim.InstructingPartyId = sent.Form.Claim.InstructingPartyId;
        form.Claim.InstructingPartyName = sent.Form.Claim.InstructingPartyName;
        form.Consent.Words = sent.Form.Consent.Words;
        return form;
    }

    static Dictionary<string, object?> Values(NewReferral corrected, FormSection part, SubmittedForm sent) => part switch
    {
        FormSection.Patient => Texts(corrected.PatientRow, corrected.DetailRow),
        FormSection.Safety => Texts(new
        {
            corrected.Id,
            Answers = PortalJson.Text(SafetyChange.Answers(corrected.Catalogue, sent, corrected.Form.Safety)),
            ToldBy = Told(corrected.Form.Safety.ToldBy),
            ToldAt = ToldAt(corrected.Form.Safety),
            ToldHow = Told(corrected.Form.Safety.ToldHow),
        }),
        _ => Texts(corrected.ReferralRow(LifecycleStep.Clock.Stopped), corrected.DetailRow),
    };

    // Dapper sends an enum as its number; the rows of a submission go another way (PortalBatch), which knows better.
    static Dictionary<string, object?> Texts(params object[] rows) => rows
        .SelectMany(row => row.GetType().GetProperties().Select(property => (property.Name, Value: property.GetValue(row))))
        .DistinctBy(column => column.Name)
        .ToDictionary(column => column.Name, column => column.Value is Enum code ? EnumText.Of(code) : column.Value);

    static string? Told(string text) => TypedText.Storable(text)?.Trim() is { Length: > 0 } words ? words : null;

    static DateTimeOffset? ToldAt(ReferralForm.SafetyPart safety) =>
        ReferralFormRules.TryDate(safety.ToldOn) is { } day && ReferralFormRules.TimeOfDay(safety.ToldAt) is { } time ? LondonTime.Instant(day, time) : null;

    // The referrer's own word is only heard before the clinic has decided; a flag keeps it urgent whatever is said.
    static Priority PriorityAfter(LockedReferral locked, SubmittedForm sent, ReferralForm form, SafetyChange? safety)
    {
        if (safety is not null) return Priority.Urgent;
        if (form.Services.Priority is not { } wished || wished == sent.Form.Services.Priority) return locked.Priority;
        if (wished == Priority.Urgent) return Priority.Urgent;
        return locked.State.Value == ReferralState.Accepted || sent.RedFlags is not null ? locked.Priority : Priority.Routine;
    }

    static LifecycleStep.Clock? DueAfter(ReferralClock clock, LockedReferral locked, SafetyChange? safety, Priority priority, DateTimeOffset now)
    {
        var before = locked.Clock;
        if (safety is not null)
        {
            var review = clock.After(ReferralAction.Submit, Priority.Urgent, safety.Raised, now);
            // A review that is due already does not get more time because there is more to review.
            return before.DueFor == review.DueFor && before.DueAt < review.DueAt ? before : review;
        }
        if (priority == locked.Priority.Value || locked.State.Value != ReferralState.Accepted) return null;
        return clock.AfterPriority(priority, now, before);
    }

    static object Rows(Guid referral, Guid draft, int version, DateTimeOffset at, IReadOnlyList<AnswerChange> changes) => new
    {
        referral,
        draft,
        version,
        at,
        ids = changes.Select(_ => Guid.CreateVersion7(at)).ToArray(),
        parts = changes.Select(change => EnumText.Of(change.Part)).ToArray(),
        sights = changes.Select(change => EnumText.Of(change.Sight)).ToArray(),
        labels = changes.Select(change => change.Label).ToArray(),
        olds = changes.Select(change => TypedText.Storable(change.Old)).ToArray(),
        news = changes.Select(change => TypedText.Storable(change.New)).ToArray(),
    };

    static string Update(FormSection part, View.Sight sight) => part switch
    {
        FormSection.Patient => """
            update patient set
                given_name = @GivenName, family_name = @FamilyName, date_of_birth = @DateOfBirth, sex = @Sex, nhs_number = @NhsNumber,
                nhs_number_unknown_reason = @NhsNumberUnknownReason, gp_practice_name = @GpPracticeName, gp_practice_code = @GpPracticeCode,
                address = @Address, postcode = @Postcode, phone = @Phone, email = @Email, preferred_contact = @PreferredContact,
                guardian_name = @GuardianName, guardian_relationship = @GuardianRelationship, guardian_phone = @GuardianPhone,
                guardian_email = @GuardianEmail, guardian_has_responsibility = @GuardianResponsibility,
                interpreter_language = @InterpreterLanguage, communication_needs = @CommunicationNeeds, access_needs = @AccessNeeds,
                home_visit_needed = @HomeVisitNeeded, version = version + 1
            where id = (select patient_id from referral where id = @Id);
            update referral_detail set availability = @Availability where referral_id = @Id
            """,
        FormSection.Incident => """
            update referral set incident_date = @IncidentDate where id = @Id;
            update referral_detail set work_related = @WorkRelated, incident_mechanism = @IncidentMechanism, incident_account = @IncidentAccount where referral_id = @Id
            """,
        FormSection.Injury => """
            update referral set condition_slug = @ConditionSlug where id = @Id;
            update referral_detail set
                injury_regions = @InjuryRegions::jsonb, presenting_condition = @PresentingCondition, symptoms = @Symptoms, onset = @Onset, pain_now = @PainNow,
                work_status = @WorkStatus, occupation = @Occupation, clinical_history = @ClinicalHistory,
                medication = @Medication, imaging = @Imaging
            where referral_id = @Id
            """,
        FormSection.Work => """
            update referral_detail set
                job_demands = @JobDemands, current_duties = @CurrentDuties, adjusted_duties = @AdjustedDuties, absent_since = @AbsentSince, return_target = @ReturnTarget
            where referral_id = @Id
            """,
        // Who told the patient of an emergency stays on record, whatever the answer becomes.
        FormSection.Safety => """
            update referral_detail set
                red_flag_answers = @Answers::jsonb, red_flag_told_by = coalesce(@ToldBy, red_flag_told_by),
                red_flag_told_at = coalesce(@ToldAt, red_flag_told_at), red_flag_told_how = coalesce(@ToldHow, red_flag_told_how)
            where referral_id = @Id
            """,
        FormSection.Claim => """
            update referral set our_reference = @OurReference, claim_reference = @ClaimReference where id = @Id;
            update referral_detail set
                claim_type = @ClaimType, liability = @Liability, lower_value_claim = @LowerValueClaim, other_insurer = @OtherInsurer,
                other_insurer_reference = @OtherInsurerReference
            where referral_id = @Id
            """,
        // Who does not see the reason and the notes any more may add to what was said and not wipe it out.
        FormSection.Services when !sight.HasFlag(View.Sight.Clinical) => """
            update referral_detail set
                services = @Services, priority_reason = coalesce(@PriorityReason, priority_reason), notes = coalesce(@Notes, notes), preferred_clinic_id = @PreferredClinicId
            where referral_id = @Id
            """,
        FormSection.Services => """
            update referral_detail set services = @Services, priority_reason = @PriorityReason, notes = @Notes, preferred_clinic_id = @PreferredClinicId where referral_id = @Id
            """,
        FormSection.Consent => """
            update referral_detail set
                consent_taken_by = @ConsentTakenBy, consent_taken_on = @ConsentTakenOn, consent_method = @ConsentMethod, consent_to_share_with = @ConsentToShareWith,
                consent_covers = @ConsentCovers, consent_given_by = @ConsentGivenBy, consent_form = @ConsentForm
            where referral_id = @Id
            """,
        _ => throw new ArgumentOutOfRangeException(nameof(part), part, null),
    };

    const string AlreadySent = """
        select amendment.version from referral_amendment amendment
        join referral on referral.id = amendment.referral_id and referral.referring_organisation_id = @organisationId
        where amendment.amendment_id = @Draft and amendment.referral_id = @Referral
        limit 1
        """;

    // The priority is the referrer's wish here; the flag below is not.
    const string SetPriority = "update referral set priority = @priority where id = @Id";

    const string Keep = """
        insert into referral_amendment (id, amendment_id, referral_id, at, part, sight, label, old_words, new_words, position, version, created_at)
        select id, @draft, @referral, @at, part, sight, label, old_words, new_words, position, @version, @at
        from unnest(@ids, @parts, @sights, @labels, @olds, @news) with ordinality change (id, part, sight, label, old_words, new_words, position)
        """;

    const string RemoveDraft = "delete from referral_draft where id = @Draft and amends_id = @Id and author_id = @authorId";
}

/// <summary>The referrer corrected answers: whoever has the referral is told, and an alert is raised where a safety answer became "yes".</summary>
public sealed record ReferralAmended(Guid ReferralId, RedFlagTier? RedFlags);
