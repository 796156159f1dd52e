using ReferralPortal.Domain;
using ReferralPortal.Domain.Organisations;
using ReferralPortal.Domain.Progress;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Appointments;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Features.Referrals.View;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Progress;

/// <summary>
/// The note of one treatment session. Attendance is recorded when the note is begun, unless reception has done so; the note is typed, and signed when it
/// is whole. Clinicians only. A concern goes to the referrer in the clinician's words, or stays with the clinic. A signed note is amended by another one.
/// </summary>
public sealed class RecordSession(PortalDatabase database)
{
    const int LongestText = 8000, LongestConcern = 2000;

    /// <summary>Records that the patient came, where nobody has, and opens the clinician's note of the appointment. Opening it again opens the same note.</summary>
    /// <param name="actor">A clinician.</param>
    /// <param name="referralId">Whose.</param>
    /// <param name="version">The version of the referral that the clinician has before them.</param>
    /// <param name="appointmentId">A treatment or review that has begun, or does so today.</param>
    /// <param name="code">On time, or late but seen; not asked for again once it is recorded.</param>
    /// <param name="ct">Cancels before anything is stored.</param>
    public async Task<Outcome<Guid>> Begin(Actor actor, Guid referralId, int version, Guid appointmentId, AttendanceCode? code, CancellationToken ct)
    {
        if (!actor.Has(Role.Clinician)) return Outcome.Refused("Only a clinician records a session.");
        return await database.Write<Guid>(actor, async unit =>
        {
            var opened = await unit.Open(referralId, version);
            if (await unit.One<OwnNote>(OwnDraft, new { referralId, appointmentId, clinicianId = actor.UserId }) is { } own) return own.Id;
            if (opened.Value is not { } referral) return opened.Failure!;
            if (await unit.Appointment(appointmentId, referral) is not { } appointment) return Outcome.Missing;
            if (appointment.Kind == "initial_assessment") return Outcome.Refused("This was the initial assessment: record it as the assessment.");
            if (await unit.One<string?>(SignedBy, new { appointmentId }) is { } author) return AlreadySigned(author);

            if (appointment.State != "attended")
            {
                if (LondonTime.DateOf(appointment.StartsAt) > LondonTime.DateOf(unit.Now)) return Outcome.Refused("This appointment is on a later day.");
                if (unit.Permit(referral, ReferralAction.DidNotAttend) is { } refused) return refused;
                if (await RecordSeen.Attend(unit, referral, appointment, code) is { } failure) return failure;
            }

            var id = Guid.CreateVersion7(unit.Now);
            var form = new SessionForm { WorkStatus = await unit.CurrentWork(referralId) };
            await unit.Run(Draft, new { id, referralId, appointmentId, clinicianId = actor.UserId, appointment.StartsAt, form = FormKeeper<SessionForm>.Text(form), now = unit.Now });
            unit.Audit(AuditAction.OpenNote, referralId, id);
            return id;
        }, ct);
    }

    /// <summary>Opens an amendment of a signed note: a draft that starts with what is signed.</summary>
    public async Task<Outcome<Guid>> Amend(Actor actor, Guid sessionId, CancellationToken ct)
    {
        if (!actor.Has(Role.Clinician)) return Outcome.Missing;
        return await database.Write<Guid>(actor, async unit =>
        {
            var signed = await unit.One<Signed>(OneSigned, new { sessionId, organisationId = actor.OrganisationId });
            if (signed is null) return Outcome.Missing;
            if (await unit.One<OwnNote>(OwnDraft, new { signed.ReferralId, signed.AppointmentId, clinicianId = actor.UserId }) is { } own) return own.OpenFor(sessionId);

            var id = Guid.CreateVersion7(unit.Now);
            await unit.Run(AmendingDraft, new { id, sessionId, clinicianId = actor.UserId, form = FormKeeper<SessionForm>.Text(signed.Form), now = unit.Now });
            unit.Audit(AuditAction.OpenNote, signed.ReferralId, id);
            return id;
        }, ct);
    }

    /// <summary>Signs the clinician's draft: what it says is frozen; the referrer is told of a concern that is for it. Returns its id.</summary>
    /// <inheritdoc cref="RecordAssessment.Sign"/>
    public async Task<Outcome<Guid>> Sign(Actor actor, Guid id, int version, string signature, CancellationToken ct)
    {
        if (!actor.Has(Role.Clinician)) return Outcome.Missing;
        return await database.Write<Guid>(actor, async unit =>
        {
            var begun = await unit.BeginSigning<SessionForm>(id, version, signature, Check);
            if (begun.Failure is { } failure) return failure;
            if (begun.Value is not { } signing) return id;
            var (referral, form) = (signing.Referral, signing.Form);

            if (signing.AmendsId is null && await unit.One<string?>(SignedBy, new { appointmentId = await unit.One<Guid?>(AppointmentOf, new { id }) }) is { } author) return AlreadySigned(author);

            var told = await unit.One<string?>(ToldAlready, new { id = signing.AmendsId });
            await unit.Supersede(signing);
            await unit.Run(Freeze, new
            {
                id, signing.Author, signing.Hcpc, form.Response,
                at = unit.Now,
                treatments = form.Treatments.Select(given => EnumText.Of(given)).ToArray(),
                work = EnumText.Of(form.WorkStatus!.Value),
                concern = EnumText.Of(form.Concern),
                words = form.Concern == Concern.None ? null : form.ConcernWords.Trim(),
                reason = signing.AmendsId is null ? null : form.Reason.Trim(),
            });
            await unit.WorkIs(referral.Id, form.WorkStatus.Value, LondonTime.DateOf(signing.HeldAt));
            // What the clinic's people see of it says nothing of a concern: the timeline is printed and read aloud.
            var noted = await unit.Note(referral, signing.AmendsId is null ? "sign_session" : "amend_session", signing.AmendsId is null ? AuditAction.SignNote : AuditAction.AmendNote, id,
                new { startsAt = signing.HeldAt }, clinicOnly: true);
            if (form.Concern == Concern.TellReferrer && form.ConcernWords.Trim() != told)
            {
                await unit.Tell(referral with { Version = noted }, "raise_concern", AuditAction.TellReferrer, id, form.ConcernWords.Trim());
                unit.Queue(new ConcernRaised(referral.Id), referral.Id);
            }
            return id;
        }, ct);
    }

    /// <summary>What is wrong with the form; empty when it may be signed.</summary>
    public static Dictionary<string, string> Check(SessionForm form)
    {
        var errors = new Dictionary<string, string>();
        if (form.Treatments.Count == 0) errors[nameof(form.Treatments)] = "Choose what was given";
        else if (!form.Treatments.All(Enum.IsDefined)) errors[nameof(form.Treatments)] = "Choose treatments from the list";
        if (string.IsNullOrWhiteSpace(form.Response)) errors[nameof(form.Response)] = "Write how the patient was and took the treatment";
        else if (form.Response.Length > LongestText) errors[nameof(form.Response)] = $"Use {LongestText:N0} characters or fewer";
        if (form.WorkStatus is null) errors[nameof(form.WorkStatus)] = "Choose the patient's work at present";
        if (form.Concern != Concern.None && string.IsNullOrWhiteSpace(form.ConcernWords)) errors[nameof(form.ConcernWords)] = "Write what concerns you";
        else if (form.ConcernWords.Length > LongestConcern) errors[nameof(form.ConcernWords)] = $"Use {LongestConcern:N0} characters or fewer";
        return errors;
    }

    static Failure AlreadySigned(string author) => Outcome.Refused($"{author} signed the note of this session. To change it, amend it.");

    sealed record Signed
    {
        public Guid ReferralId { get; init; }
        public Guid? AppointmentId { get; init; }
        public string[] Treatments { get; init; } = [];
        public string Response { get; init; } = "";
        public Coded<WorkStatus>? WorkStatus { get; init; }
        public Coded<Concern> Concern { get; init; }
        public string? ConcernWords { get; init; }

        internal SessionForm Form => new()
        {
            Treatments = [.. Treatments.Select(code => EnumText.Parse<Treatment>(code))], Response = Response, WorkStatus = WorkStatus?.Value, Concern = Concern, ConcernWords = ConcernWords ?? "",
        };
    }

    const string OwnDraft = "select id, supersedes_id from treatment_session where referral_id = @referralId and appointment_id = @appointmentId and clinician_id = @clinicianId and state = 'draft'";

    const string SignedBy = "select author_name from treatment_session where appointment_id = @appointmentId and state = 'signed'";

    const string AppointmentOf = "select appointment_id from treatment_session where id = @id";

    const string Draft = """
        insert into treatment_session (id, referral_id, appointment_id, clinician_id, held_at, form, created_at, updated_at)
        values (@id, @referralId, @appointmentId, @clinicianId, @startsAt, @form::jsonb, @now, @now)
        """;

    const string OneSigned = """
        select note.referral_id, note.appointment_id, note.treatments, note.response, note.work_status, note.concern, note.concern_words
        from treatment_session note join referral r on r.id = note.referral_id
        where note.id = @sessionId and note.state = 'signed' and @organisationId = any (r.readers)
        """;

    const string AmendingDraft = """
        insert into treatment_session (id, referral_id, appointment_id, clinician_id, held_at, form, supersedes_id, created_at, updated_at)
        select @id, referral_id, appointment_id, @clinicianId, held_at, @form::jsonb, id, @now, @now from treatment_session where id = @sessionId
        """;

    const string ToldAlready = "select concern_words from treatment_session where id = @id and concern = 'tell_referrer'";

    const string Freeze = """
        update treatment_session set treatments = @treatments, response = @response, work_status = @work, concern = @concern, concern_words = @words,
            state = 'signed', signed_at = @at, author_name = @author, author_hcpc = @hcpc, amendment_reason = @reason, form = null, version = version + 1, updated_at = @at
        where id = @id
        """;
}

/// <summary>A clinician wrote to the referrer about a concern; the words stand on the referral's timeline.</summary>
public sealed record ConcernRaised(Guid ReferralId);
