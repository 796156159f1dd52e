using ReferralPortal.Domain;
using ReferralPortal.Domain.Organisations;
using ReferralPortal.Domain.Patients;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Components.Forms;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Funding;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Progress;

/// <summary>What the clinician types at the first assessment. Texts stay as typed until they are right.</summary>
public sealed class AssessmentForm
{
    /// <summary>NHS attendance code: 5 on time, 6 late but seen.</summary>
    public string Attendance { get; set; } = "5";
    public string Subjective { get; set; } = "";
    public string Objective { get; set; } = "";
    public string Analysis { get; set; } = "";
    public string Plan { get; set; } = "";
    public string SessionsPlanned { get; set; } = "";
    public string PrognosisWeeks { get; set; } = "";
    public WorkStatus? WorkStatus { get; set; }
    public List<Goal> Goals { get; set; } = [new()];
    public List<Score> Scores { get; set; } = [];

    public sealed class Goal
    {
        public string Words { get; set; } = "";
        public DateParts Target { get; set; } = DateParts.Empty;
    }

    public sealed class Score
    {
        public string Measure { get; set; } = "";
        public string Value { get; set; } = "";
    }
}

/// <summary>
/// Records that the patient came to the first assessment and what was found. Allowed to clinicians while the appointment is booked;
/// treatment begins and the initial report falls due.
/// </summary>
public sealed class RecordAssessment(PortalDatabase database, CatalogueStore catalogue, TimeProvider clock)
{
    /// <param name="Key">Made when the form opened: a repeat of the same form records nothing more.</param>
    public sealed record Command(Guid Key, Guid Referral, int Version, AssessmentForm Form);

    public async Task<Outcome<ReferralState>> Handle(Actor actor, Command command, CancellationToken ct)
    {
        if (!actor.Has(Role.Clinician)) return Outcome.Refused("Only a clinician records an assessment.");
        var content = await catalogue.Get(ct);
        if (Check(command.Form, content, LondonTime.DateOf(clock.GetUtcNow())) is { Count: > 0 } errors) return Outcome.Invalid(errors);

        return await database.Write<ReferralState>(actor, async unit =>
        {
            if (await unit.One<bool>("select exists (select from assessment where id = @Key and clinician_id = @clinicianId)", new { command.Key, clinicianId = actor.UserId }))
                return ReferralState.InTreatment;

            var begun = await unit.Begin(command.Referral, command.Version, ReferralAction.RecordAttendance);
            if (begun.Failure is { } failure) return failure;
            var referral = begun.Value!;
            var form = command.Form;

            var appointment = await unit.One<Guid?>(Attend, new { referralId = referral.Id, code = form.Attendance });
            if (appointment is null) return Outcome.Refused("There is no booked assessment to record. Book one first.");
            await unit.UseSession(appointment.Value);

            await unit.Run(InsertAssessment, new
            {
                command.Key,
                referralId = referral.Id,
                appointment,
                clinicianId = actor.UserId,
                at = unit.Now,
                form.Subjective,
                form.Objective,
                form.Analysis,
                form.Plan,
                sessions = int.Parse(form.SessionsPlanned, System.Globalization.CultureInfo.InvariantCulture),
                work = EnumText.Of(form.WorkStatus!.Value),
                workId = Guid.CreateVersion7(unit.Now),
                today = LondonTime.DateOf(unit.Now),
                weeks = int.Parse(form.PrognosisWeeks, System.Globalization.CultureInfo.InvariantCulture),
            });
            var goals = form.Goals.Where(goal => !string.IsNullOrWhiteSpace(goal.Words)).ToList();
            var scores = form.Scores.Where(score => !string.IsNullOrWhiteSpace(score.Value)).ToList();
            await unit.Run(InsertGoalsAndScores, new
            {
                referralId = referral.Id,
                at = unit.Now,
                personId = actor.UserId,
                goalIds = goals.Select(_ => Guid.CreateVersion7(unit.Now)).ToArray(),
                goalWords = goals.Select(goal => goal.Words.Trim()).ToArray(),
                goalDates = goals.Select(goal => goal.Target.ToDate()).ToArray(),
                scoreIds = scores.Select(_ => Guid.CreateVersion7(unit.Now)).ToArray(),
                measures = scores.Select(score => score.Measure).ToArray(),
                values = scores.Select(score => MeasureScale.Read(score.Value)!.Value).ToArray(),
                rules = scores.Select(score => content.Measures.First(measure => measure.Key == score.Measure).RuleVersion).ToArray(),
            });

            var due = new ReferralClock(content).For(referral).After(ReferralAction.RecordAttendance, referral.Priority, null, unit.Now);
            await unit.Record(referral, ReferralAction.RecordAttendance, AuditAction.RecordAssessment, new StepRecord(ReasonCode: form.Attendance), due);
            unit.Queue(new AssessmentRecorded(referral.Id), referral.Id);
            return ReferralState.InTreatment;
        }, ct);
    }

    /// <summary>What is wrong with the form; empty when it may be recorded.</summary>
    public static IReadOnlyDictionary<string, string> Check(AssessmentForm form, CatalogueContent catalogue, DateOnly today)
    {
        var errors = new Dictionary<string, string>();
        void Need(string field, string text, string words) { if (string.IsNullOrWhiteSpace(text)) errors[field] = words; }

        if (form.Attendance is not ("5" or "6")) errors[nameof(form.Attendance)] = "Choose whether the patient came on time or late";
        Need(nameof(form.Subjective), form.Subjective, "Write what the patient told you");
        Need(nameof(form.Objective), form.Objective, "Write what you found");
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
                continue;
            }
            if (goal.Target.IsEmpty) continue;
            if (!ThreeFieldDate.TryParse(goal.Target.Day, goal.Target.Month, goal.Target.Year, out var date, out var problem)) errors[$"Goals.{place}.Target"] = $"Target date {problem}";
            else if (date < today) errors[$"Goals.{place}.Target"] = "Target date must not be in the past";
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
        int.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number) && number >= least && number <= most;

    const string Attend = """
        update appointment set state = 'attended', attendance_code = @code, version = version + 1
        where id = (select id from appointment
                    where referral_id = @referralId and kind = 'initial_assessment' and state = 'booked'
                    order by starts_at limit 1)
        returning id
        """;

    const string InsertAssessment = """
        insert into assessment (id, referral_id, appointment_id, clinician_id, assessed_at, subjective, objective, analysis, plan, sessions_planned, work_status, prognosis_weeks, created_at,
                                state, signed_at, author_name, author_hcpc)
        select @key, @referralId, @appointment, @clinicianId, @at, @subjective, @objective, @analysis, @plan, @sessions, @work, @weeks, @at,
               'signed', @at, display_name, coalesce(hcpc_number, 'not recorded')
        from portal_user where id = @clinicianId;
        insert into work_status_entry (id, referral_id, status, from_date, recorded_by, recorded_at)
        values (@workId, @referralId, @work, @today, @clinicianId, @at);
        update referral set clinician_id = coalesce(clinician_id, @clinicianId) where id = @referralId
        """;

    const string InsertGoalsAndScores = """
        insert into goal (id, referral_id, words, target_date, created_at)
        select id, @referralId, words, target, @at from unnest(@goalIds, @goalWords, @goalDates::date[]) goal (id, words, target);
        insert into outcome_score (id, referral_id, measure_key, taken_at, recorded_by, score, rule_version, created_at)
        select id, @referralId, measure, @at, @personId, value, rule, @at
        from unnest(@scoreIds, @measures, @values, @rules) score (id, measure, value, rule)
        """;
}

/// <summary>Treatment has begun.</summary>
public sealed record AssessmentRecorded(Guid ReferralId);
