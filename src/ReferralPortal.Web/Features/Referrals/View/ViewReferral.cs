using ReferralPortal.Domain;
using ReferralPortal.Domain.Organisations;
using ReferralPortal.Domain.Progress;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Platform;
using static Dapper.SqlMapper;

namespace ReferralPortal.Web.Features.Referrals.View;

/// <summary>
/// Opens one referral for one reader, and writes down that it was opened. A referral to which the reader's organisation is no party is
/// missing in exactly the way of one that does not exist, and of a reference that could not be one.
/// </summary>
public sealed class ViewReferral(PortalDatabase database)
{
    /// <param name="actor">Who reads.</param>
    /// <param name="typed">The reference as it was typed: any case, with or without hyphens.</param>
    /// <param name="ct">Ends the reading when the page goes away.</param>
    public async Task<Outcome<ReferralView>> Handle(Actor actor, string? typed, CancellationToken ct)
    {
        if (!actor.ReadsReferrals() || !Reference.TryParse(typed, out var reference)) return Outcome.Missing;

        return await database.View(actor, async unit =>
        {
            var header = await unit.ByKey().One<ReferralHeader>(Head, new { reference = reference.ToString(), organisationId = actor.OrganisationId });
            if (header is null) return (Outcome<ReferralView>)Outcome.Missing;

            var sight = PartySight.Of(header.MyRoles.Select(role => EnumText.Parse<PartyRole>(role)), actor.OrganisationKind);
            if (sight == Sight.None) return Outcome.Missing;
            if (!sight.HasFlag(Sight.Safety)) header = header.WithoutSafety();

            unit.Audit(AuditAction.ViewReferral, header.Id);
            var form = FormParts.Where(part => sight.HasFlag(part.Needs)).ToArray();
            var parts = Parts.Where(part => part.Needs == Sight.None || sight.HasFlag(part.Needs)).ToList();
            await using var sets = await unit.Results(
                string.Join(";\n", parts.Select(part => part.Sql).Prepend(FormPart.Select(form))),
                new
                {
                    referralId = header.Id,
                    organisationId = actor.OrganisationId,
                    clinicReads = actor.IsClinic,
                    seesSafety = sight.HasFlag(Sight.Safety),
                    // What people write on the timeline may say what is wrong with the patient. Without sight of that, a referrer
                    // still reads what is written to it, and everybody what their own organisation wrote.
                    seesWords = sight.HasFlag(Sight.Clinical),
                    isReferrer = header.MyRoles.Contains(EnumText.Of(PartyRole.Referrer)),
                    wordsForReferrer = !header.MyRoles.Contains(EnumText.Of(PartyRole.Referrer)) ? [] : sight.HasFlag(Sight.Injury) ? WordsForReferrer : WordsForAnyReferrer,
                    seesInjury = sight.HasFlag(Sight.Injury),
                    seen = Enum.GetValues<Sight>().Where(part => part == Sight.None || (part != Sight.All && sight.HasFlag(part))).Select(part => EnumText.Of(part)).ToArray(),
                    reportKinds = ReportKinds(header.MyRoles, actor.OrganisationKind),
                });

            var page = new ReferralView(header, sight, [], []) { Capacities = [.. actor.CapacitiesOn(header.ReferringOrganisationId)] };
            page = FormPart.Read(page, form, sets);
            foreach (var part in parts) page = await part.Read(page, sets);
            return page;
        }, ct);
    }

    /// <summary>A part of what the form told: what sight it needs, its columns, and where they go. A part that is not in sight is never read.</summary>
    sealed record FormPart(Sight Needs, Type Row, string Columns, Func<ReferralView, object?, ReferralView> Put)
    {
        /// <param name="needs">The sight that it needs.</param>
        /// <param name="columns">The row's columns, in the order of its constructor. The first is never null: Dapper takes a null there for no row at all.</param>
        /// <param name="put">Where it goes.</param>
        public static FormPart Of<T>(Sight needs, string columns, Func<ReferralView, T?, ReferralView> put) where T : class =>
            new(needs, typeof(T), columns, (page, row) => put(page, (T?)row));

        // One statement for all of it: under row-level security each statement pays for its policies again.
        public static string Select(IEnumerable<FormPart> parts) => $"""
            select {string.Join(",\n       ", parts.Select(part => part.Columns).Prepend("referral.id"))}
            {FormTables}
            """;

        public static ReferralView Read(ReferralView page, FormPart[] parts, GridReader sets) =>
            sets.Read([typeof(Guid), .. parts.Select(part => part.Row)], rows => rows.Skip(1).Zip(parts).Aggregate(page, (filled, read) => read.Second.Put(filled, read.First)),
                splitOn: string.Join(',', parts.Select(part => part.First))).Single();

        string First => Columns.Split(',')[0].Split('.', ' ')[^1];
    }

    static readonly FormPart[] FormParts =
    [
        FormPart.Of<PatientContact>(Sight.Contact, """
            patient.sex, patient.nhs_number, patient.nhs_number_unknown_reason, patient.gp_practice_name, patient.gp_practice_code, patient.address,
            patient.postcode, patient.phone, patient.email, patient.preferred_contact, patient.guardian_name, patient.guardian_relationship,
            patient.guardian_phone, patient.guardian_email, patient.guardian_has_responsibility, patient.interpreter_language, patient.communication_needs, patient.access_needs, patient.home_visit_needed,
            detail.availability
            """, (page, contact) => page with { Contact = contact }),
        FormPart.Of<IncidentDetail>(Sight.Incident, "true as told, detail.work_related, referral.incident_date, detail.incident_mechanism as mechanism, detail.incident_account as account",
            (page, incident) => page with { Incident = incident }),
        FormPart.Of<InjuryDetail>(Sight.Injury, "detail.injury_regions::text as regions, referral.condition_slug, coalesce(condition.name, detail.presenting_condition) as condition",
            (page, injury) => page with { Injury = injury }),
        FormPart.Of<ClinicalDetail>(Sight.Clinical, "true as told, detail.symptoms, detail.onset, detail.pain_now, detail.work_status, detail.occupation, detail.clinical_history, detail.medication, detail.imaging, detail.priority_reason, detail.notes",
            (page, clinical) => page with { Clinical = clinical }),
        FormPart.Of<WorkDetail>(Sight.Work, "true as told, detail.work_status, detail.occupation, detail.job_demands, detail.current_duties, detail.adjusted_duties, detail.absent_since, detail.return_target",
            (page, work) => page with { Work = work }),
        FormPart.Of<SafetyDetail>(Sight.Safety, """
            detail.red_flag_answers::text as answers, detail.red_flag_told_by as told_by, detail.red_flag_told_at as told_at,
            detail.red_flag_told_how as told_how, acknowledger.display_name as acknowledged_by
            """, (page, safety) => page with { Safety = safety }),
        FormPart.Of<ClaimDetail>(Sight.Claim, """
            true as told, detail.instructing_party_name, detail.claim_type, referral.claim_reference, referral.our_reference, detail.other_insurer, detail.other_insurer_reference,
            detail.liability, detail.lower_value_claim
            """, (page, claim) => page with { Claim = claim }),
        FormPart.Of<FundingDetail>(Sight.Funding, """
            true as told, detail.purchase_order, coalesce(detail.payer_name, (
                select string_agg(organisation.name, ', ' order by organisation.name)
                from referral_party party join organisation on organisation.id = party.organisation_id
                where party.referral_id = @referralId and party.role = 'funder')) as payer_name
            """, (page, funding) => page with { Funding = funding }),
        FormPart.Of<ServicesDetail>(Sight.Services, "detail.services, detail.preferred_clinic_id, preferred.name as preferred_clinic", (page, services) => page with { Services = services }),
        FormPart.Of<ConsentDetail>(Sight.Consent, """
            detail.consent_covers as covers, detail.consent_given_by as given_by, detail.consent_form as form, detail.consent_taken_by as taken_by, detail.consent_taken_on as taken_on,
            detail.consent_method as method, detail.consent_to_share_with as share_with, detail.consent_words as words
            """, (page, consent) => page with { Consent = consent }),
    ];

    const string FormTables = """
        from referral
        join referral_detail detail on detail.referral_id = referral.id
        join patient on patient.id = referral.patient_id
        left join condition on condition.slug = referral.condition_slug
        left join portal_user acknowledger on acknowledger.id = referral.alert_acknowledged_by
        left join clinic preferred on preferred.id = detail.preferred_clinic_id
        where referral.id = @referralId
        """;

    /// <summary>Rows of the page beside the form: what sight they need, their statement, and where they go.</summary>
    sealed record Part(Sight Needs, string Sql, Func<ReferralView, GridReader, Task<ReferralView>> Read);

    // The referral's id comes from the header's query, which holds the party predicate; nothing below is asked for any other id.
    static readonly Part[] Parts =
    [
        new(Sight.None, Timeline, async (page, sets) => page with { Timeline = await All<TimelineEvent>(sets) }),
        new(Sight.None, AmendedAnswers, async (page, sets) => page with { Amendments = await All<AmendedAnswer>(sets) }),
        new(Sight.None, PartiesOf, async (page, sets) => page with { Parties = await All<Party>(sets) }),
        new(Sight.Funding, Authorities, async (page, sets) => page with { Authorities = await All<Authority>(sets) }),
        new(Sight.Appointments, Appointments, async (page, sets) => page with { Appointments = await All<BookedAppointment>(sets) }),
        new(Sight.Reports, Reports, async (page, sets) => page with { Reports = await All<SignedReport>(sets) }),
    ];

    static readonly string[] WordsForReferrer =
        [.. ((ReferralAction[])[ReferralAction.AskForInformation, ReferralAction.Answer, ReferralAction.Decline, ReferralAction.Withdraw, ReferralAction.Forward, ReferralAction.ChangePriority]).Select(action => EnumText.Of(action)),
            "give_authority", "withdraw_authority", "answer_extension", "withdraw_extension", "raise_concern"];

    // What a payer and the clinic write to each other about more sessions rests on the clinical report.
    static readonly string[] WordsForAnyReferrer = [.. WordsForReferrer.Except(["answer_extension", "withdraw_extension"])];

    // The reports in which there is something for this reader: nobody else learns that they exist.
    static string[] ReportKinds(string[] roles, OrganisationKind kind) =>
        ReportAudiences.Of(roles.Select(role => EnumText.Parse<PartyRole>(role)), kind) is { } audience ? [.. ReportAudiences.Kinds(audience).Select(report => EnumText.Of(report))] : [];

    static async Task<IReadOnlyList<T>> All<T>(GridReader sets) => [.. await sets.ReadAsync<T>()];

    const string Head = """
        select referral.id, referral.reference, referral.state, referral.priority, referral.version,
               patient.given_name, patient.family_name, patient.date_of_birth,
               referral.referring_organisation_id, sender.name as referring_organisation, sender.kind as referring_kind,
               owner.display_name as triage_owner, clinic.name as clinic, clinician.display_name as clinician,
               referral.due_for, referral.due_at, referral.clock_paused_at, referral.clock_waits_until,
               referral.red_flag_tier, referral.red_flag_cleared_at, referral.alert_acknowledged_at,
               referral.submitted_at, referral.state_since, mine.my_roles
        from referral
        cross join lateral (
            select array_agg(party.role) as my_roles from referral_party party
            where party.referral_id = referral.id and party.organisation_id = @organisationId) mine
        join patient on patient.id = referral.patient_id
        join organisation sender on sender.id = referral.referring_organisation_id
        left join portal_user owner on owner.id = referral.triage_owner_id
        left join portal_user clinician on clinician.id = referral.clinician_id
        left join clinic on clinic.id = referral.clinic_id
        where referral.reference = @reference and mine.my_roles is not null
        """;

    const string Timeline = """
        select event.sequence, event.at, event.actor_name, organisation.name as organisation, event.action, event.from_state, event.to_state,
               event.reason_code, case when @seesWords or event.organisation_id = @organisationId or event.action = any (@wordsForReferrer) then event.words end as words,
               case when event.action = 'answer_extension' and not @seesInjury then (event.detail - 'reason')::text
                    when event.action <> 'amend' or @seesSafety and @seesWords then event.detail::text else '{}' end as detail, event.audience, event.version
        from referral_event event
        join organisation on organisation.id = event.organisation_id
        where event.referral_id = @referralId and (event.audience = 'everyone' or @clinicReads or event.audience = 'referrer' and @isReferrer)
            and (@seesSafety or event.action not in ('acknowledge_alert', 'clear_red_flag', 'escalate_alert'))
            -- Who may not read a kind of report does not learn that there is one.
            and (event.action not in ('sign_report', 'amend_report', 'release_report') or event.detail ->> 'kind' is null or event.detail ->> 'kind' = any (@reportKinds))
        order by event.at, event.sequence
        """;

    const string AmendedAnswers = """
        select version, at, part, label, old_words, new_words
        from referral_amendment where referral_id = @referralId and sight = any (@seen)
        order by at, position
        """;

    const string PartiesOf = """
        select organisation.name as organisation, party.role, organisation.kind
        from referral_party party
        join organisation on organisation.id = party.organisation_id
        where party.referral_id = @referralId
        order by array_position(array['referrer', 'instructing_party', 'case_manager', 'funder', 'treating_clinic'], party.role), organisation.name
        """;

    const string Authorities = """
        select id, payer_name, sessions, pounds, expires_on, reference, given_at, withdrawn_at
        from authority_balance where referral_id = @referralId order by given_at, id
        """;

    const string Appointments = """
        select appointment.id, appointment.kind, clinic.name as clinic, clinician.display_name as clinician,
               appointment.starts_at, appointment.ends_at, appointment.state, appointment.attendance_code
        from appointment
        join clinic on clinic.id = appointment.clinic_id
        left join portal_user clinician on clinician.id = appointment.clinician_id
        where appointment.referral_id = @referralId and appointment.state <> 'held'
        order by appointment.starts_at, appointment.id
        """;

    // Drafts, and what the patient still checks, are the clinic's own and stand on its own pages.
    const string Reports = """
        select id, kind, number, state, author_name, signed_at
        from report
        where referral_id = @referralId and state in ('signed', 'superseded') and released_at is not null and kind = any (@reportKinds)
        order by signed_at desc, id
        """;
}
