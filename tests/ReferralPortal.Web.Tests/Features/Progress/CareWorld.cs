using Dapper;
using ReferralPortal.Domain.Progress;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Progress;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Tests.Features.Referrals;

namespace ReferralPortal.Web.Tests.Features.Progress;

/// <summary>Patients in treatment, brought there by the portal's own use cases.</summary>
public static class CareWorld
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>An assessment with all that must be in it.</summary>
    public static AssessmentForm Found() => new()
    {
        Subjective = "Neck pain since the accident.",
        Objective = "Rotation half of normal.",
        Analysis = "Whiplash-associated disorder, grade II.",
        Plan = "Exercise and manual therapy.",
        SessionsPlanned = "6",
        PrognosisWeeks = "12",
        WorkStatus = WorkStatus.WorkingAdjusted,
        Goals = [new() { Words = "Lift my daughter" }],
        Scores = [new() { Measure = "nprs", Value = "7" }],
    };

    /// <summary>A referral whose assessment is booked, as the triage feature leaves it; version 1.</summary>
    public static async Task<(Guid Id, string Reference)> Booked(this PortalTestDatabase world, string referrer = People.Solicitor)
    {
        var referral = await ExampleForms.Submitted(world, await world.Actor(referrer), form => { if (referrer.Contains("tame", StringComparison.Ordinal)) form.Injury.Occupation = "Driver"; });
        await using var owner = await world.Owner();
        await owner.ExecuteAsync("update referral set state = 'appointment_booked' where id = @Id", new { referral.Id });
        await world.AddAppointment(referral.Id, "initial_assessment");
        return referral;
    }

    /// <summary>A referral whose assessment is signed by the demo clinician.</summary>
    public static async Task<(Guid Id, string Reference)> Assessed(this PortalTestDatabase world, string referrer = People.Solicitor)
    {
        var referral = await world.Booked(referrer);
        var assessments = new RecordAssessment(world.Database, world.Catalogue());
        var clinician = await world.Actor(People.Clinician);
        var draft = Done(await assessments.Begin(clinician, referral.Id, 1, AttendanceCode.OnTime, Ct));
        Done(await assessments.Sign(clinician, draft, await world.Typed(draft, Found()), clinician.DisplayName, Ct));
        return referral;
    }

    /// <summary>A session's note with all that must be in it.</summary>
    public static SessionForm Treated() => new() { Treatments = [Treatment.Exercise, Treatment.ManualTherapy], Response = "Turns further than last week.", WorkStatus = WorkStatus.WorkingAdjusted };

    /// <summary>A treatment that was attended, with its note signed by the demo clinician; returns the note.</summary>
    public static async Task<Guid> Session(this PortalTestDatabase world, Guid referralId, SessionForm? form = null)
    {
        var appointment = await world.AddAppointment(referralId);
        var sessions = new RecordSession(world.Database);
        var clinician = await world.Actor(People.Clinician);
        var draft = Done(await sessions.Begin(clinician, referralId, await world.Version(referralId), appointment, AttendanceCode.OnTime, Ct));
        return Done(await sessions.Sign(clinician, draft, await world.Typed(draft, form ?? Treated()), clinician.DisplayName, Ct));
    }

    /// <summary>Types a form into a draft; returns the draft's new version.</summary>
    public static async Task<int> Typed<TForm>(this PortalTestDatabase world, Guid draft, TForm form, int version = 1, string author = People.Clinician) where TForm : class, INoteForm =>
        Done(await new NoteDrafts<TForm>(world.Database).Save(await world.Actor(author), draft, version, form, [], Ct)).Version;

    /// <summary>The value of something that went well.</summary>
    public static T Done<T>(Outcome<T> outcome)
    {
        Assert.True(outcome.IsDone, outcome.Failure?.ToString());
        return outcome.Value!;
    }

    /// <summary>Books an appointment that has begun, past the portal; each is later than the one before. Returns its id.</summary>
    public static async Task<Guid> AddAppointment(this PortalTestDatabase world, Guid referralId, string kind = "treatment", string state = "booked")
    {
        var id = Guid.CreateVersion7();
        await using var owner = await world.Owner();
        await owner.ExecuteAsync("""
            insert into appointment (id, referral_id, kind, clinic_id, clinician_id, starts_at, ends_at, state, attendance_code)
            select @id, @referralId, @kind, (select id from clinic order by name limit 1), u.id, now() - (200 - n) * interval '40 minutes', now() - (200 - n) * interval '40 minutes' + interval '30 minutes',
                   @state, case @state when 'attended' then '5' when 'did_not_attend' then '3' end
            from portal_user u, (select count(*) as n from appointment) others where u.user_name = @clinician
            """, new { id, referralId, kind, state, clinician = People.Clinician });
        return id;
    }

    /// <summary>The referral's version now.</summary>
    public static async Task<int> Version(this PortalTestDatabase world, Guid referralId)
    {
        await using var owner = await world.Owner();
        return await owner.ExecuteScalarAsync<int>("select version from referral where id = @referralId", new { referralId });
    }
}
