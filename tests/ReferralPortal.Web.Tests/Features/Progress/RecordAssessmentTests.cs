using Dapper;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Components.Body;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Progress;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Tests.Features.Referrals;

namespace ReferralPortal.Web.Tests.Features.Progress;

public sealed class RecordAssessmentTests(PortalTestDatabase world) : IClassFixture<PortalTestDatabase>
{
    const string Colleague = "clinician2@clinic.example";

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    RecordAssessment Assessments => new(world.Database, world.Catalogue());
    NoteDrafts<AssessmentForm> Drafts => new(world.Database);

    [Fact]
    public async Task Beginning_the_note_records_that_the_patient_came_and_starts_the_report_clock()
    {
        var (id, _) = await world.Booked();
        CareWorld.Done(await Assessments.Begin(await Clinician(), id, 1, AttendanceCode.LateButSeen, Ct));

        var row = await Ask<(string State, string DueFor, string Appointment, string Code, bool FromTheAppointment)>("""
            select r.state, r.due_for, a.state, a.attendance_code, r.clock_started_at = a.starts_at
            from referral r join appointment a on a.referral_id = r.id where r.id = @id
            """, id);
        Assert.Equal(("in_treatment", "initial_report", "attended", "6", true), row);
    }

    [Fact]
    public async Task The_note_starts_with_the_regions_that_the_referrer_marked()
    {
        var (id, _) = await world.Booked();
        var draft = await Begun(id);
        var form = (await Drafts.Open(await Clinician(), draft, Ct)).Value!.Kept.Form;
        Assert.NotEmpty(form.Regions);
        Assert.Equal(await Ask<string>("select string_agg(r ->> 'region', ' ' order by n) from referral_detail, jsonb_array_elements(injury_regions) with ordinality one (r, n) where referral_id = @id", id), string.Join(' ', form.Regions.Select(site => site.Region)));
    }

    [Fact]
    public async Task Beginning_twice_opens_the_same_note_whatever_changed_meanwhile()
    {
        var (id, _) = await world.Booked();
        Assert.Equal(await Begun(id), CareWorld.Done(await Assessments.Begin(await Clinician(), id, 1, null, Ct)));
        Assert.Equal(1, await Ask<int>("select count(*)::int from referral_event where referral_id = @id and action = 'record_attendance'", id));
    }

    [Fact]
    public async Task Somebody_who_saw_the_referral_before_it_changed_is_told_so()
    {
        var (id, _) = await world.Booked();
        await Begun(id);
        var conflict = Assert.IsType<Failure.Conflict>((await Assessments.Begin(await world.Actor(Colleague), id, 1, AttendanceCode.OnTime, Ct)).Failure);
        Assert.Equal((await Clinician()).DisplayName, conflict.ChangedBy);
    }

    [Fact]
    public async Task How_the_patient_came_must_be_said()
    {
        var (id, _) = await world.Booked();
        foreach (var code in new AttendanceCode?[] { null, AttendanceCode.DidNotAttend })
            Assert.Contains("Code", Assert.IsType<Failure.Invalid>((await Assessments.Begin(await Clinician(), id, 1, code, Ct)).Failure).Errors);
    }

    [Theory]
    [InlineData(People.Triage)]
    [InlineData(People.Solicitor)]
    [InlineData(People.Auditor)]
    public async Task Only_a_clinician_records_an_assessment(string person)
    {
        var (id, _) = await world.Booked();
        Assert.IsType<Failure.Refused>((await Assessments.Begin(await world.Actor(person), id, 1, AttendanceCode.OnTime, Ct)).Failure);
        var draft = await Begun(id);
        Assert.IsType<Failure.Missing>((await Assessments.Sign(await world.Actor(person), draft, 1, "x", Ct)).Failure);
        Assert.IsType<Failure.Missing>((await Drafts.Open(await world.Actor(person), draft, Ct)).Failure);
    }

    [Fact]
    public async Task A_draft_is_its_authors_alone()
    {
        var (id, _) = await world.Booked();
        var draft = await Begun(id);
        var colleague = await world.Actor(Colleague);
        Assert.IsType<Failure.Missing>((await Drafts.Open(colleague, draft, Ct)).Failure);
        Assert.IsType<Failure.Missing>((await Drafts.Save(colleague, draft, 1, new(), [], Ct)).Failure);
        Assert.IsType<Failure.Missing>((await Drafts.Discard(colleague, draft, Ct)).Failure);
        Assert.IsType<Failure.Missing>((await Assessments.Sign(colleague, draft, 1, colleague.DisplayName, Ct)).Failure);
    }

    [Fact]
    public async Task Signing_freezes_the_note_and_takes_goals_scores_and_work_into_the_record()
    {
        var (id, reference) = await world.Assessed();
        var clinician = await Clinician();
        var record = (await new OpenCare(world.Database).Handle(clinician, reference, Ct)).Value!.Notes;

        Assert.Equal((clinician.DisplayName, "PH"), (record.Assessed!.AuthorName, record.Assessed.AuthorHcpc[..2]));
        Assert.Equal("Lift my daughter", Assert.Single(record.Goals).Words);
        Assert.Equal(WorkStatus.WorkingAdjusted, Assert.Single(record.Work).Status.Value);
        Assert.Equal(7m, await Ask<decimal>("select score from outcome_score where referral_id = @id", id));
        Assert.Empty(record.Drafts);
    }

    [Fact]
    public async Task Goals_stay_in_the_order_in_which_they_were_typed()
    {
        var (id, reference) = await world.Booked();
        var (draft, clinician) = (await Begun(id), await Clinician());
        var form = CareWorld.Found();
        string[] words = ["Sleep through the night", "Lift my daughter", "Drive to work", "Swim", "Carry the shopping"];
        form.Goals = [.. words.Select(goal => new AssessmentForm.Goal { Words = goal })];
        CareWorld.Done(await Assessments.Sign(clinician, draft, await world.Typed(draft, form), clinician.DisplayName, Ct));
        Assert.Equal(words, (await new OpenCare(world.Database).Handle(clinician, reference, Ct)).Value!.Notes.Goals.Select(goal => goal.Words));
    }

    [Fact]
    public async Task Signing_twice_signs_once()
    {
        var (id, _) = await world.Booked();
        var (draft, clinician) = (await Begun(id), await Clinician());
        var version = await world.Typed(draft, CareWorld.Found());
        for (var time = 0; time < 2; time++) Assert.Equal(draft, CareWorld.Done(await Assessments.Sign(clinician, draft, version, clinician.DisplayName, Ct)));
        Assert.Equal((1, 1), await Ask<(int, int)>("select (select count(*)::int from goal where referral_id = @id), (select count(*)::int from referral_event where referral_id = @id and action = 'record_assessment')", id));
    }

    [Fact]
    public async Task Nothing_is_signed_that_is_not_whole_or_under_another_name()
    {
        var (id, _) = await world.Booked();
        var (draft, clinician) = (await Begun(id), await Clinician());
        var errors = Assert.IsType<Failure.Invalid>((await Assessments.Sign(clinician, draft, 1, "Somebody Else", Ct)).Failure).Errors;
        Assert.Equal(["Analysis", "Objective", "Plan", "PrognosisWeeks", "SessionsPlanned", "Signature", "Subjective", "WorkStatus"], errors.Keys.Order());

        var version = await world.Typed(draft, CareWorld.Found());
        Assert.IsType<Failure.Conflict>((await Assessments.Sign(clinician, draft, version - 1, clinician.DisplayName, Ct)).Failure);
    }

    [Fact]
    public async Task Without_an_HCPC_number_nothing_is_signed_and_the_draft_stays()
    {
        var (id, _) = await world.Booked();
        var (draft, clinician) = (await Begun(id), await Clinician());
        var version = await world.Typed(draft, CareWorld.Found());
        await using var owner = await world.Owner();
        var hcpc = await owner.ExecuteScalarAsync<string>("select hcpc_number from portal_user where id = @UserId", clinician);
        await owner.ExecuteAsync("update portal_user set hcpc_number = null where id = @UserId", clinician);
        try
        {
            Assert.IsType<Failure.Refused>((await Assessments.Sign(clinician, draft, version, clinician.DisplayName, Ct)).Failure);
        }
        finally
        {
            await owner.ExecuteAsync("update portal_user set hcpc_number = @hcpc where id = @UserId", new { hcpc, clinician.UserId });
        }
        Assert.Equal("Neck pain since the accident.", (await Drafts.Open(clinician, draft, Ct)).Value!.Kept.Form.Subjective);
    }

    [Fact]
    public async Task Typed_text_is_kept_as_typed_on_whatever_machine()
    {
        var (id, _) = await world.Booked();
        var draft = await Begun(id);
        var form = CareWorld.Found();
        form.SessionsPlanned = "half a doz";
        form.Goals[0].Target = new("3", "", "");
        form.Regions = [new BodySite("knee", BodySide.Left)];
        await world.Typed(draft, form);

        var again = (await Drafts.Open(await Clinician(), draft, Ct)).Value!.Kept;
        Assert.Equal(FormKeeper(form), FormKeeper(again.Form));
        Assert.NotNull(again.SavedAt);
    }

    [Fact]
    public async Task A_second_tab_does_not_write_over_the_first_and_a_save_sent_again_counts_once()
    {
        var (id, _) = await world.Booked();
        var (draft, clinician, form) = (await Begun(id), await Clinician(), CareWorld.Found());
        var version = await world.Typed(draft, form);

        Assert.Equal(version, CareWorld.Done(await Drafts.Save(clinician, draft, 1, form, [], Ct)).Version);
        Assert.IsType<Failure.Conflict>((await Drafts.Save(clinician, draft, 1, new AssessmentForm { Plan = "typed in another tab" }, [], Ct)).Failure);
        // One's own save whose answer was lost is not another tab's.
        Assert.True((await Drafts.Save(clinician, draft, 1, new AssessmentForm { Plan = "typed after it" }, [FormKeeper(form)], Ct)).IsDone);
    }

    [Fact]
    public async Task A_note_that_is_far_too_long_is_refused()
    {
        var (id, _) = await world.Booked();
        Assert.IsType<Failure.Refused>((await Drafts.Save(await Clinician(), await Begun(id), 1, new AssessmentForm { Plan = new string('x', NoteDrafts<AssessmentForm>.Longest) }, [], Ct)).Failure);
    }

    [Fact]
    public async Task A_draft_that_is_thrown_away_is_gone_and_the_attendance_stays()
    {
        var (id, _) = await world.Booked();
        var (draft, clinician) = (await Begun(id), await Clinician());
        CareWorld.Done(await Drafts.Discard(clinician, draft, Ct));
        Assert.IsType<Failure.Missing>((await Drafts.Save(clinician, draft, 1, CareWorld.Found(), [], Ct)).Failure);
        Assert.Equal("attended", await Ask<string>("select state from appointment where referral_id = @id", id));
        Assert.NotEqual(draft, CareWorld.Done(await Assessments.Begin(clinician, id, await world.Version(id), null, Ct)));
    }

    [Fact]
    public async Task An_amendment_takes_the_place_of_what_was_signed_and_says_why()
    {
        var (id, reference) = await world.Assessed();
        var colleague = await world.Actor(Colleague);
        var signed = await Ask<Guid>("select id from assessment where referral_id = @id", id);
        var draft = CareWorld.Done(await Assessments.Amend(colleague, signed, Ct));
        Assert.Equal(draft, CareWorld.Done(await Assessments.Amend(colleague, signed, Ct)));
        var form = (await Drafts.Open(colleague, draft, Ct)).Value!.Kept.Form;
        Assert.Equal("Exercise and manual therapy.", form.Plan);

        form.Plan = "Exercise alone.";
        var version = await world.Typed(draft, form, author: Colleague);
        Assert.Contains("Reason", Assert.IsType<Failure.Invalid>((await Assessments.Sign(colleague, draft, version, colleague.DisplayName, Ct)).Failure).Errors);
        form.Reason = "Manual therapy did not suit her.";
        CareWorld.Done(await Assessments.Sign(colleague, draft, await world.Typed(draft, form, version, Colleague), colleague.DisplayName, Ct));

        var page = (await new OpenCare(world.Database).Handle(await Clinician(), reference, Ct)).Value!;
        Assert.Equal(("Exercise alone.", "Manual therapy did not suit her.", colleague.DisplayName), (page.Notes.Assessed!.Plan, page.Notes.Assessed.AmendmentReason, page.Notes.Assessed.AuthorName));
        Assert.Equal(("superseded", "Exercise and manual therapy."), (page.Notes.Assessments[1].State, page.Notes.Assessments[1].Plan));
        Assert.Equal("Exercise alone.", page.Record.First!.Plan);
        Assert.Single(page.Notes.Goals);
        Assert.Equal(0, await Ask<int>("select count(*)::int from referral_event where referral_id = @id and action = 'amend_assessment' and audience <> 'clinic'", id));
    }

    [Fact]
    public async Task The_second_of_two_amendments_is_told_of_the_first()
    {
        var (id, _) = await world.Assessed();
        var signed = await Ask<Guid>("select id from assessment where referral_id = @id", id);
        var (mine, theirs, clinician, colleague) = (await Amending(signed, People.Clinician), await Amending(signed, Colleague), await Clinician(), await world.Actor(Colleague));

        CareWorld.Done(await Assessments.Sign(colleague, theirs.Draft, theirs.Version, colleague.DisplayName, Ct));
        var conflict = Assert.IsType<Failure.Conflict>((await Assessments.Sign(clinician, mine.Draft, mine.Version, clinician.DisplayName, Ct)).Failure);
        Assert.Equal(colleague.DisplayName, conflict.ChangedBy);
        Assert.Equal(1, await Ask<int>("select count(*)::int from assessment where referral_id = @id and state = 'signed'", id));
    }

    [Fact]
    public async Task Two_clinicians_who_both_began_the_assessment_do_not_both_sign_it()
    {
        var (id, _) = await world.Booked();
        var (draft, clinician, colleague) = (await Begun(id), await Clinician(), await world.Actor(Colleague));
        var other = CareWorld.Done(await Assessments.Begin(colleague, id, await world.Version(id), null, Ct));
        CareWorld.Done(await Assessments.Sign(colleague, other, await world.Typed(other, CareWorld.Found(), author: Colleague), colleague.DisplayName, Ct));
        Assert.IsType<Failure.Refused>((await Assessments.Sign(clinician, draft, await world.Typed(draft, CareWorld.Found()), clinician.DisplayName, Ct)).Failure);
    }

    [Fact]
    public async Task What_was_read_and_written_is_audited()
    {
        var (id, _) = await world.Assessed();
        var actions = await Ask<string>("select string_agg(distinct action, ' ' order by action) from audit_entry where referral_id = @id and actor_id = (select id from portal_user where user_name = 'clinician@clinic.example')", id);
        Assert.Equal("open_note record_assessment record_attendance save_note", actions);
    }

    static string FormKeeper(AssessmentForm form) => Web.Features.FormKeeper<AssessmentForm>.Text(form);

    Task<Actor> Clinician() => world.Actor(People.Clinician);

    async Task<Guid> Begun(Guid referralId) => CareWorld.Done(await Assessments.Begin(await Clinician(), referralId, 1, AttendanceCode.OnTime, Ct));

    async Task<(Guid Draft, int Version)> Amending(Guid signed, string person)
    {
        var draft = CareWorld.Done(await Assessments.Amend(await world.Actor(person), signed, Ct));
        var form = CareWorld.Found();
        form.Reason = "A slip.";
        return (draft, await world.Typed(draft, form, author: person));
    }

    async Task<T> Ask<T>(string question, Guid id)
    {
        await using var owner = await world.Owner();
        return (await owner.QueryAsync<T>(question, new { id })).Single();
    }
}
