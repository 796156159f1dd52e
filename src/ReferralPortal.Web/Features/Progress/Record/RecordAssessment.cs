using System.Globalization;
using ReferralPortal.Domain;
using ReferralPortal.Domain.Organisations;
using ReferralPortal.Domain.Patients;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Components.Body;
using ReferralPortal.Web.Components.Forms;
using ReferralPortal.Web.Features.Appointments;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Funding;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Progress;

/// <summary>
/// The first assessment: that the patient came is recorded when the note is begun, and treatment begins; what was found is typed, and signed when it is
/// whole. Clinicians only. A signed assessment is amended by another one that takes its place.
/// </summary>
public sealed class RecordAssessment(PortalDatabase database, CatalogueStore catalogue)
{
    /// <summary>
    /// Records that the patient came, where nobody has, and opens the clinician's note. The initial report falls due from the assessment on, however late
    /// it is written down. Opening it again opens the same note.
    /// </summary>
    /// <param name="actor">A clinician.</param>
    /// <param name="referralId">Whose.</param>
    /// <param name="version">The version of the referral that the clinician has before them.</param>
    /// <param name="code">On time, or late but seen; not asked for again once it is recorded.</param>
    /// <param name="ct">Cancels before anything is stored.</param>
    public async Task<Outcome<Guid>> Begin(Actor actor, Guid referralId, int version, AttendanceCode? code, CancellationToken ct)
    {
        if (!actor.Has(Role.Clinician)) return Outcome.Refused("Only a clinician records an assessment.");
        var content = await catalogue.Get(ct);
        var clocks = ReferralClock.On(content);

        return await database.Write<Guid>(actor, async unit =>
        {
            var opened = await unit.Open(referralId, version);
            if (await unit.One<OwnNote>(OwnDraft, new { referralId, clinicianId = actor.UserId }) is { } own) return own.Id;
            if (opened.Value is not { } referral) return opened.Failure!;
            if (await unit.SignedAssessment(referralId) is { } signed) return AlreadySigned(signed);

            var seen = await unit.One<Seen>(SeenAt, new { referralId });
            if (seen is null)
            {
                if (unit.Permit(referral, ReferralAction.RecordAttendance) is { } refused) return refused;
                if (code is not { } chosen || !chosen.WasSeen()) return Outcome.Invalid(nameof(RecordSeen.Command.Code), "Choose whether the patient came on time or late");
                seen = await unit.One<Seen>(Attend, new { referralId, code = chosen.Digit(), now = unit.Now, clinicianId = actor.UserId });
                if (seen is null) return Outcome.Refused("There is no booked assessment to record. Book one first.");
                await unit.UseSession(seen.AppointmentId!.Value);
                await unit.Record(referral, ReferralAction.RecordAttendance, AuditAction.RecordAttendance, new StepRecord(ReasonCode: chosen.Digit()),
                    clocks.For(referral).After(ReferralAction.RecordAttendance, referral.Priority, null, seen.At));
                unit.Queue(new AssessmentRecorded(referral.Id), referral.Id);
            }

            var id = Guid.CreateVersion7(unit.Now);
            await unit.Run(Draft, new { id, referralId, seen.AppointmentId, seen.At, clinicianId = actor.UserId, form = FormKeeper<AssessmentForm>.Text(await Start(unit, referralId, content)), now = unit.Now });
            unit.Audit(AuditAction.OpenNote, referralId, id);
            return id;
        }, ct);
    }

    /// <summary>Opens an amendment of a signed assessment: a draft that starts with what is signed.</summary>
    public async Task<Outcome<Guid>> Amend(Actor actor, Guid assessmentId, CancellationToken ct)
    {
        if (!actor.Has(Role.Clinician)) return Outcome.Missing;
        return await database.Write<Guid>(actor, async unit =>
        {
            var signed = await unit.One<Signed>(OneSigned, new { assessmentId, organisationId = actor.OrganisationId });
            if (signed is null) return Outcome.Missing;
            if (await unit.One<OwnNote>(OwnDraft, new { signed.ReferralId, clinicianId = actor.UserId }) is { } own) return own.OpenFor(assessmentId);

            var id = Guid.CreateVersion7(unit.Now);
            await unit.Run(AmendingDraft, new { id, assessmentId, clinicianId = actor.UserId, form = FormKeeper<AssessmentForm>.Text(signed.Form), now = unit.Now });
            unit.Audit(AuditAction.OpenNote, signed.ReferralId, id);
            return id;
        }, ct);
    }

    /// <summary>Signs the clinician's draft: what it says is frozen, and goals, first scores and the work status go into the record. Returns its id.</summary>
    /// <param name="actor">The author.</param>
    /// <param name="id">The draft.</param>
    /// <param name="version">The draft's version that the author has before them.</param>
    /// <param name="signature">The author's name, typed.</param>
    /// <param name="ct">Cancels before anything is stored.</param>
    public async Task<Outcome<Guid>> Sign(Actor actor, Guid id, int version, string signature, CancellationToken ct)
    {
        if (!actor.Has(Role.Clinician)) return Outcome.Missing;
        var content = await catalogue.Get(ct);

        return await database.Write<Guid>(actor, async unit =>
        {
            var begun = await unit.BeginSigning<AssessmentForm>(id, version, signature, form => Check(form, content, LondonTime.DateOf(unit.Now)));
            if (begun.Failure is { } failure) return failure;
            if (begun.Value is not { } signing) return id;
            var (referral, form) = (signing.Referral, signing.Form);
            if (signing.AmendsId is null && await unit.SignedAssessment(referral.Id) is { } other) return AlreadySigned(other);

            await unit.Supersede(signing);
            await unit.Run(Freeze, new
            {
                id, signing.Author, signing.Hcpc, form.Subjective, form.Objective, form.Analysis, form.Plan,
                at = unit.Now,
                regions = PortalJson.Text(form.Regions),
                sessions = int.Parse(form.SessionsPlanned, CultureInfo.InvariantCulture),
                weeks = int.Parse(form.PrognosisWeeks, CultureInfo.InvariantCulture),
                work = EnumText.Of(form.WorkStatus!.Value),
                reason = signing.AmendsId is null ? null : form.Reason.Trim(),
            });
            if (signing.AmendsId is null) await InsertGoalsAndScores(unit, signing, content);
            await unit.WorkIs(referral.Id, form.WorkStatus.Value, LondonTime.DateOf(signing.HeldAt));
            if (signing.AmendsId is null) await unit.Note(referral, "record_assessment", AuditAction.RecordAssessment, id);
            else await unit.Note(referral, "amend_assessment", AuditAction.AmendNote, id, clinicOnly: true);
            return id;
        }, ct);
    }

    static Task<int> InsertGoalsAndScores(PortalUnit unit, Signing<AssessmentForm> signing, CatalogueContent content)
    {
        var goals = signing.Form.Goals.Where(goal => !string.IsNullOrWhiteSpace(goal.Words)).ToList();
        var scores = signing.Form.Scores.Where(score => !string.IsNullOrWhiteSpace(score.Value)).ToList();
        return unit.Run(GoalsAndScores, new
        {
            referralId = signing.Referral.Id,
            at = unit.Now,
            takenAt = signing.HeldAt,
            personId = unit.Actor.UserId,
            // Of one instant, so it is the ids that keep them in the order in which the patient named them.
            goalIds = goals.Select((_, place) => Guid.CreateVersion7(unit.Now.AddMilliseconds(place))).ToArray(),
            goalWords = goals.Select(goal => goal.Words.Trim()).ToArray(),
            goalDates = goals.Select(goal => goal.Target.ToDate()).ToArray(),
            scoreIds = scores.Select(_ => Guid.CreateVersion7(unit.Now)).ToArray(),
            measures = scores.Select(score => score.Measure).ToArray(),
            values = scores.Select(score => MeasureScale.Read(score.Value)!.Value).ToArray(),
            rules = scores.Select(score => content.Measures.First(measure => measure.Key == score.Measure).RuleVersion).ToArray(),
        });
    }

    /// <summary>What is wrong with the form; empty when it may be signed.</summary>
    public static Dictionary<string, string> Check(AssessmentForm form, CatalogueContent catalogue, DateOnly today)
    {
        var errors = new Dictionary<string, string>();
        void Need(string field, string text, string words) { if (string.IsNullOrWhiteSpace(text)) errors[field] = words; }

        Need(nameof(form.Subjective), form.Subjective, "Write what the patient told you");
        Need(nameof(form.Objective), form.Objective, "Write what you found");
        if (form.Regions.Any(site => catalogue.BodyRegions.All(region => region.Key != site.Region))) errors[nameof(form.Regions)] = "Choose body regions from the list";
        Need(nameof(form.Analysis), form.Analysis, "Write your analysis");
        Need(nameof(form.Plan), form.Plan, "Write the treatment plan");
        if (!Whole(form.SessionsPlanned, 1, 100)) errors[nameof(form.SessionsPlanned)] = "Sessions planned must be a whole number from 1 to 100";
        if (!Whole(form.PrognosisWeeks, 0, 260)) errors[nameof(form.PrognosisWeeks)] = "Expected recovery must be a whole number of weeks, from 0 to 260";
        if (form.WorkStatus is null) errors[nameof(form.WorkStatus)] = "Choose the patient's work at present";

        for (var place = 0; place < form.Goals.Count; place++)
        {
            var goal = form.Goals[place];
            if (string.IsNullOrWhiteSpace(goal.Words))
            {
                if (!goal.Target.IsEmpty) errors[$"Goals.{place}.Words"] = "Write the goal that this date is for, in the patient's words";
            }
            else if (RecordGoals.TargetProblem(goal.Target, today) is { } problem) errors[$"Goals.{place}.Target"] = problem;
        }
        for (var place = 0; place < form.Scores.Count; place++)
        {
            var (measure, typed) = (form.Scores[place].Measure, form.Scores[place].Value);
            if (string.IsNullOrWhiteSpace(typed)) continue;
            if (catalogue.Measures.All(known => known.Key != measure)) errors[$"Scores.{place}.Value"] = "Choose a measure from the list";
            else if (MeasureScale.Problem(measure, typed) is { } words) errors[$"Scores.{place}.Value"] = words;
        }
        return errors;
    }

    static bool Whole(string text, int least, int most) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most;

    /// <summary>Whether a first score of the measure is asked for.</summary>
    public static bool Asks(Measure measure) => MeasureScale.Of(measure.Key) is not null && measure.Key != "groc";

    static async Task<AssessmentForm> Start(PortalUnit unit, Guid referralId, CatalogueContent content) => new()
    {
        // Already here: a page that added them would seem to have been typed in.
        Scores = [.. content.Measures.Where(Asks).Select(measure => new AssessmentForm.Score { Measure = measure.Key })],
        Regions = await unit.One<string>("select injury_regions::text from referral_detail where referral_id = @referralId", new { referralId }) is { } regions ? PortalJson.Read<List<BodySite>>(regions) : [],
    };

    static Failure AlreadySigned(SignedAssessments.By signed) => Outcome.Refused($"{signed.AuthorName} signed the assessment on {Components.Display.Formats.Date(signed.SignedAt)}. To change it, amend it.");

    sealed record Seen(Guid? AppointmentId, DateTimeOffset At);

    sealed record Signed(
        Guid ReferralId, string Subjective, string Objective, string Regions, string Analysis, string Plan, int? SessionsPlanned, int? PrognosisWeeks, Coded<WorkStatus>? WorkStatus)
    {
        internal AssessmentForm Form => new()
        {
            Subjective = Subjective, Objective = Objective, Analysis = Analysis, Plan = Plan,
            Regions = PortalJson.Read<List<BodySite>>(Regions),
            SessionsPlanned = SessionsPlanned?.ToString(CultureInfo.InvariantCulture) ?? "",
            PrognosisWeeks = PrognosisWeeks?.ToString(CultureInfo.InvariantCulture) ?? "",
            WorkStatus = WorkStatus?.Value,
            Goals = [],
        };
    }

    const string OwnDraft = "select id, supersedes_id from assessment where referral_id = @referralId and clinician_id = @clinicianId and state = 'draft'";

    const string SeenAt = """
        select id as appointment_id, starts_at as at from appointment
        where referral_id = @referralId and kind = 'initial_assessment' and state = 'attended'
        order by starts_at desc limit 1
        """;

    const string Attend = """
        update appointment set state = 'attended', attendance_code = @code, version = version + 1
        where id = (select id from appointment
                    where referral_id = @referralId and kind = 'initial_assessment' and state = 'booked'
                    order by starts_at limit 1)
        returning id as appointment_id, least(starts_at, @now) as at
        """;

    const string Draft = """
        insert into assessment (id, referral_id, appointment_id, clinician_id, assessed_at, form, created_at, updated_at)
        values (@id, @referralId, @appointmentId, @clinicianId, least(@at, @now), @form::jsonb, @now, @now);
        update referral set clinician_id = coalesce(clinician_id, @clinicianId) where id = @referralId
        """;

    const string OneSigned = """
        select note.referral_id, note.subjective, note.objective, note.regions::text as regions, note.analysis, note.plan, note.sessions_planned, note.prognosis_weeks, note.work_status
        from assessment note join referral r on r.id = note.referral_id
        where note.id = @assessmentId and note.state = 'signed' and @organisationId = any (r.readers)
        """;

    const string AmendingDraft = """
        insert into assessment (id, referral_id, appointment_id, clinician_id, assessed_at, form, supersedes_id, created_at, updated_at)
        select @id, referral_id, appointment_id, @clinicianId, assessed_at, @form::jsonb, id, @now, @now from assessment where id = @assessmentId
        """;

    const string Freeze = """
        update assessment set subjective = @subjective, objective = @objective, regions = @regions::jsonb, analysis = @analysis, plan = @plan, sessions_planned = @sessions,
            work_status = @work, prognosis_weeks = @weeks, state = 'signed', signed_at = @at, author_name = @author, author_hcpc = @hcpc, amendment_reason = @reason,
            form = null, version = version + 1, updated_at = @at
        where id = @id
        """;

    const string GoalsAndScores = """
        insert into goal (id, referral_id, words, target_date, created_at)
        select id, @referralId, words, target, @at from unnest(@goalIds, @goalWords, @goalDates::date[]) goal (id, words, target);
        insert into outcome_score (id, referral_id, measure_key, taken_at, recorded_by, score, rule_version, created_at)
        select id, @referralId, measure, @takenAt, @personId, value, rule, @at
        from unnest(@scoreIds, @measures, @values, @rules) score (id, measure, value, rule)
        """;
}

/// <summary>Treatment has begun.</summary>
public sealed record AssessmentRecorded(Guid ReferralId);

/// <summary>Who signed a referral's assessment.</summary>
static class SignedAssessments
{
    internal sealed record By(string AuthorName, DateTimeOffset SignedAt);

    internal static Task<By?> SignedAssessment(this PortalUnit unit, Guid referralId) =>
        unit.One<By>("select author_name, signed_at from assessment where referral_id = @referralId and state = 'signed' limit 1", new { referralId });
}
