using Dapper;
using ReferralPortal.Domain.Progress;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Progress;
using ReferralPortal.Web.Features.Referrals.View;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Tests.Features.Referrals;

namespace ReferralPortal.Web.Tests.Features.Progress;

public sealed class RecordSessionTests(PortalTestDatabase world) : IClassFixture<PortalTestDatabase>
{
    const string Colleague = "clinician2@clinic.example", Worry = "afraid-of-somebody-at-home", Told = "has-not-come-for-a-fortnight";

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    RecordSession Sessions => new(world.Database);
    NoteDrafts<SessionForm> Drafts => new(world.Database);

    [Fact]
    public async Task Beginning_the_note_records_the_attendance_once_and_uses_a_session()
    {
        var (id, _) = await world.Assessed();
        var appointment = await world.AddAppointment(id);
        var draft = await Begun(id, appointment, AttendanceCode.LateButSeen);
        Assert.Equal(draft, await Begun(id, appointment, null));
        Assert.Equal(("attended", "6", 1), await Ask<(string, string, int)>("""
            select state, attendance_code, (select count(*)::int from referral_event where action = 'attend_appointment' and detail ->> 'appointmentId' = @id::text) from appointment where id = @id
            """, appointment));
    }

    [Fact]
    public async Task What_reception_recorded_is_not_asked_again()
    {
        var (id, _) = await world.Assessed();
        var appointment = await world.AddAppointment(id, state: "attended");
        await Begun(id, appointment, null);
        Assert.Equal(0, await Ask<int>("select count(*)::int from referral_event where referral_id = @id and action = 'attend_appointment'", id));
    }

    [Theory]
    [InlineData("did_not_attend", "treatment")]
    [InlineData("cancelled", "treatment")]
    [InlineData("attended", "initial_assessment")]
    public async Task There_is_no_note_of_a_visit_that_was_none(string state, string kind)
    {
        var (id, _) = await world.Assessed();
        var appointment = await world.AddAppointment(id, kind, state);
        Assert.IsType<Failure.Refused>((await Sessions.Begin(await Clinician(), id, await world.Version(id), appointment, AttendanceCode.OnTime, Ct)).Failure);
    }

    [Fact]
    public async Task A_visit_on_a_later_day_waits_for_its_day()
    {
        var (id, _) = await world.Assessed();
        var appointment = await world.AddAppointment(id);
        await Owner("update appointment set starts_at = now() + interval '30 hours', ends_at = now() + interval '31 hours' where id = @id", appointment);
        Assert.IsType<Failure.Refused>((await Sessions.Begin(await Clinician(), id, await world.Version(id), appointment, AttendanceCode.OnTime, Ct)).Failure);
    }

    [Fact]
    public async Task A_signed_session_fills_reports_and_says_under_whose_name_it_stands()
    {
        var (id, reference) = await world.Assessed();
        await world.Session(id);
        await world.Session(id, new() { Treatments = [Treatment.Exercise], Response = "Back at her desk.", WorkStatus = WorkStatus.Working });

        var page = (await new OpenCare(world.Database).Handle(await Clinician(), reference, Ct)).Value!;
        Assert.Equal([(Treatment.Exercise, 2), (Treatment.ManualTherapy, 1)], page.Record.Treatments);
        Assert.Equal([WorkStatus.WorkingAdjusted, WorkStatus.Working], page.Record.WorkHistory.Select(entry => entry.Status.Value));
        Assert.All(page.Notes.Sessions, note => Assert.StartsWith("PH", note.AuthorHcpc));
        var sections = page.Record.Sections(ReportKind.Progress, (await world.Catalogue().Get(Ct)).Measures);
        Assert.Equal("2 sessions: exercise (2), manual therapy (1).", sections.Single(section => section.Key == "treatment").Text);
    }

    [Fact]
    public async Task Nothing_is_signed_that_is_not_whole_or_under_another_name()
    {
        var (id, _) = await world.Assessed();
        var (draft, clinician) = (await Begun(id, await world.AddAppointment(id)), await Clinician());
        var version = await world.Typed(draft, new SessionForm { Concern = Concern.ClinicOnly });
        var errors = Assert.IsType<Failure.Invalid>((await Sessions.Sign(clinician, draft, version, "Somebody Else", Ct)).Failure).Errors;
        Assert.Equal(["ConcernWords", "Response", "Signature", "Treatments", "WorkStatus"], errors.Keys.Order());
    }

    [Fact]
    public async Task Signing_twice_signs_once_and_tells_once()
    {
        var (id, _) = await world.Assessed();
        var (draft, clinician) = (await Begun(id, await world.AddAppointment(id)), await Clinician());
        var version = await world.Typed(draft, Concerned(Concern.TellReferrer, Told));
        for (var time = 0; time < 2; time++) Assert.Equal(draft, CareWorld.Done(await Sessions.Sign(clinician, draft, version, clinician.DisplayName, Ct)));
        Assert.Equal((1, 1), await Ask<(int, int)>("select (select count(*)::int from referral_event where referral_id = @id and action = 'raise_concern'), (select count(*)::int from outbox_message where referral_id = @id and kind = 'concern_raised')", id));
    }

    [Fact]
    public async Task A_concern_for_the_referrer_reaches_the_referrer_in_the_clinicians_words_and_no_other_party()
    {
        var (id, reference) = await world.Assessed();
        await Party(id, People.CaseManager, "case_manager");
        await world.Session(id, Concerned(Concern.TellReferrer, Told));

        var lines = (await View(People.Solicitor, reference)).Timeline.Where(happened => happened.Action == "raise_concern").ToList();
        Assert.Equal(Told, Assert.Single(lines).Words);
        Assert.DoesNotContain((await View(People.CaseManager, reference)).Timeline, happened => happened.Action == "raise_concern");
        Assert.DoesNotContain(Told, await Ask<string>("select string_agg(payload::text, ' ') || (select string_agg(detail::text, ' ') from audit_entry where referral_id = @id) from outbox_message where referral_id = @id", id));
    }

    [Fact]
    public async Task Each_wall_round_the_words_for_the_referrer_holds_alone()
    {
        var (id, reference) = await world.Assessed();
        await Party(id, People.CaseManager, "case_manager");
        await world.Session(id, Concerned(Concern.TellReferrer, Told));
        var (manager, solicitor) = (await world.Actor(People.CaseManager), await world.Actor(People.Solicitor));
        bool Seen(Outcome<ReferralView> outcome) => outcome.Value!.Timeline.Any(happened => happened.Words == Told);

        Assert.False(Seen(await new ViewReferral(world.WithoutRowLevelSecurity()).Handle(manager, reference, Ct)));
        Assert.False((await new ViewReferral(world.Database).Handle(manager.DisguisedAs(solicitor), reference, Ct)) is { IsDone: true } disguised && Seen(disguised));
        Assert.True(Seen(await new ViewReferral(world.WithoutRowLevelSecurity()).Handle(manager.DisguisedAs(solicitor), reference, Ct)));
    }

    [Fact]
    public async Task Safeguarding_stays_with_the_clinic()
    {
        var (id, reference) = await world.Assessed();
        await Party(id, People.CaseManager, "case_manager");
        await world.Session(id, Concerned(Concern.ClinicOnly, Worry));

        // Nowhere but in the note itself.
        Assert.Equal(1, await Ask<int>("select count(*)::int from treatment_session where referral_id = @id and concern_words is not null", id));
        foreach (var table in new[] { "referral_event", "outbox_message", "audit_entry", "mail_message", "report", "goal", "work_status_entry" })
            Assert.Equal((table, 0), (table, await Ask<int>($"select count(*)::int from {table} row where referral_id = @id and (row::text like '%{Worry}%' or row::text like '%clinic_only%' or row::text like '%concern%')", id)));

        // No party sees a trace of it, on any page that it has, nor when the server is asked directly.
        foreach (var person in new[] { People.Solicitor, People.CaseManager })
        {
            Assert.DoesNotContain(Worry, System.Text.Json.JsonSerializer.Serialize(await View(person, reference)));
            Assert.IsType<Failure.Missing>((await new OpenCare(world.Database).Handle(await world.Actor(person), reference, Ct)).Failure);
            Assert.Empty(await world.Database.Read(await world.Actor(person), unit => unit.Many<string>("select concern_words from treatment_session"), Ct));
        }

        // Nor does a report that is filled from the record.
        var page = (await new OpenCare(world.Database).Handle(await Clinician(), reference, Ct)).Value!;
        Assert.Equal(Worry, Assert.Single(page.Notes.Sessions).ConcernWords);
        var measures = (await world.Catalogue().Get(Ct)).Measures;
        foreach (var kind in Enum.GetValues<ReportKind>())
            Assert.DoesNotContain(Worry, System.Text.Json.JsonSerializer.Serialize(page.Record.Sections(kind, measures)));
        Assert.DoesNotContain(Worry, System.Text.Json.JsonSerializer.Serialize(page.Record));
    }

    [Fact]
    public async Task A_draft_is_its_authors_alone_and_not_another_firms()
    {
        var (id, _) = await world.Assessed();
        var draft = await Begun(id, await world.AddAppointment(id));
        foreach (var person in new[] { Colleague, People.Triage, People.Solicitor, People.Stranger, People.Auditor })
        {
            var actor = await world.Actor(person);
            Assert.IsType<Failure.Missing>((await Drafts.Open(actor, draft, Ct)).Failure);
            Assert.IsType<Failure.Missing>((await Drafts.Save(actor, draft, 1, new(), [], Ct)).Failure);
            Assert.IsType<Failure.Missing>((await Drafts.Discard(actor, draft, Ct)).Failure);
            Assert.IsType<Failure.Missing>((await Sessions.Sign(actor, draft, 1, actor.DisplayName, Ct)).Failure);
        }
    }

    [Fact]
    public async Task Each_wall_round_a_note_holds_alone()
    {
        var (id, reference) = await world.Assessed();
        var draft = await Begun(id, await world.AddAppointment(id));
        var (clinician, solicitor) = (await Clinician(), await world.Actor(People.Solicitor));
        var bare = world.WithoutRowLevelSecurity();

        Assert.IsType<Failure.Missing>((await new OpenCare(bare).Handle(solicitor, reference, Ct)).Failure);
        Assert.IsType<Failure.Missing>((await new NoteDrafts<SessionForm>(bare).Open(solicitor, draft, Ct)).Failure);
        // Disguised as the clinic's own person, the solicitor gets the page's head, being a party, and nothing of the record.
        var disguised = (await new OpenCare(world.Database).Handle(solicitor.DisguisedAs(clinician), reference, Ct)).Value;
        Assert.True(disguised is null || disguised.Notes is { Assessments.Count: 0, Sessions.Count: 0, Drafts.Count: 0, Reviews.Count: 0 });
        // Both away: it is there to be seen.
        Assert.Single((await new OpenCare(bare).Handle(solicitor.DisguisedAs(clinician), reference, Ct)).Value!.Notes.Assessments);
    }

    [Fact]
    public async Task An_amendment_takes_the_place_of_a_note_and_does_not_tell_the_same_twice()
    {
        var (id, reference) = await world.Assessed();
        var signed = await world.Session(id, Concerned(Concern.TellReferrer, Told));
        var colleague = await world.Actor(Colleague);
        var draft = CareWorld.Done(await Sessions.Amend(colleague, signed, Ct));
        var form = (await Drafts.Open(colleague, draft, Ct)).Value!.Kept.Form;
        (form.Response, form.Reason) = ("Turned less far than last week.", "I had mixed up two patients.");
        CareWorld.Done(await Sessions.Sign(colleague, draft, await world.Typed(draft, form, author: Colleague), colleague.DisplayName, Ct));

        var notes = (await new OpenCare(world.Database).Handle(await Clinician(), reference, Ct)).Value!;
        Assert.Equal([("signed", "Turned less far than last week."), ("superseded", "Turns further than last week.")], notes.Notes.Sessions.Select(note => (note.State, note.Response)));
        Assert.Single(notes.Record.SessionNotes);
        Assert.Equal(1, await Ask<int>("select count(*)::int from referral_event where referral_id = @id and action = 'raise_concern'", id));
        Assert.IsType<Failure.Missing>((await Sessions.Amend(colleague, signed, Ct)).Failure);
    }

    [Fact]
    public async Task Two_clinicians_who_both_began_a_note_do_not_both_sign_it()
    {
        var (id, _) = await world.Assessed();
        var appointment = await world.AddAppointment(id);
        var (draft, clinician, colleague) = (await Begun(id, appointment), await Clinician(), await world.Actor(Colleague));
        var other = CareWorld.Done(await Sessions.Begin(colleague, id, await world.Version(id), appointment, null, Ct));
        CareWorld.Done(await Sessions.Sign(colleague, other, await world.Typed(other, CareWorld.Treated(), author: Colleague), colleague.DisplayName, Ct));
        Assert.IsType<Failure.Refused>((await Sessions.Sign(clinician, draft, await world.Typed(draft, CareWorld.Treated()), clinician.DisplayName, Ct)).Failure);
    }

    static SessionForm Concerned(Concern concern, string words)
    {
        var form = CareWorld.Treated();
        (form.Concern, form.ConcernWords) = (concern, words);
        return form;
    }

    Task<Actor> Clinician() => world.Actor(People.Clinician);

    async Task<Guid> Begun(Guid referralId, Guid appointment, AttendanceCode? code = AttendanceCode.OnTime) =>
        CareWorld.Done(await Sessions.Begin(await Clinician(), referralId, await world.Version(referralId), appointment, code, Ct));

    async Task<ReferralView> View(string person, string reference) => CareWorld.Done(await new ViewReferral(world.Database).Handle(await world.Actor(person), reference, Ct));

    Task Party(Guid referralId, string person, string role) => Owner($"""
        insert into referral_party (referral_id, organisation_id, role, state, submitted_at) select r.id, u.organisation_id, '{role}', r.state, r.submitted_at from referral r, portal_user u where r.id = @id and u.user_name = '{person}' on conflict do nothing;
        update referral set readers = readers || u.organisation_id from portal_user u where referral.id = @id and u.user_name = '{person}' and not u.organisation_id = any (readers);
        update patient p set readers = r.readers from referral r where r.patient_id = p.id and r.id = @id
        """, referralId);

    async Task Owner(string statement, Guid id)
    {
        await using var owner = await world.Owner();
        await owner.ExecuteAsync(statement, new { id });
    }

    async Task<T> Ask<T>(string question, Guid id)
    {
        await using var owner = await world.Owner();
        return (await owner.QueryAsync<T>(question, new { id })).Single();
    }
}
