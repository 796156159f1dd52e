using System.Text.Json;
using Dapper;
using ReferralPortal.Domain;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Referrals.Amend;
using ReferralPortal.Web.Features.Referrals.Answer;
using ReferralPortal.Web.Features.Referrals.List;
using ReferralPortal.Web.Features.Referrals.Submit;
using ReferralPortal.Web.Features.Referrals.Submit.Drafts;
using ReferralPortal.Web.Features.Referrals.View;
using ReferralPortal.Web.Features.Triage;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Tests.Features.Triaging;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Referrals.Amend;

public sealed class AmendReferralTests(PortalTestDatabase database) : IClassFixture<PortalTestDatabase>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    async Task<ReferralView> See(string person, string reference) => (await new ViewReferral(database.Database).Handle(await database.Actor(person), reference, Ct)).Value!;

    [Fact]
    public async Task A_corrected_answer_is_stored_in_every_place_with_what_it_was_who_and_why()
    {
        var (id, reference) = await database.Sent();
        var outcome = await database.Corrected(reference, form =>
        {
            (form.Patient.FamilyName, form.Patient.Postcode) = ("O’Connor-Blyth", "sk4 2ab");
            form.Incident.Account = "Struck from behind on the A6.";
            form.Injury.Symptoms = "Stiff neck, worse at night.";
            form.Claim.ClaimReference = "RB-778813";
            form.Services.AskedFor = [ServiceAskedFor.InitialAssessment];
            form.Consent.TakenBy = "Priya Nair";
        });
        Assert.Equal(["Last name", "Postcode", "What happened", "Symptoms", "Claim reference", "Asked for", "Consent taken by"], outcome.Value!.Changes.Select(change => change.Label));

        var page = await See(Triage, reference);
        Assert.Equal(("O’Connor-Blyth", "SK4 2AB"), (page.Header.FamilyName, page.Contact!.Postcode));
        Assert.Equal(("Struck from behind on the A6.", "Stiff neck, worse at night.", "RB-778813", "Priya Nair"), (page.Incident!.Account, page.Clinical!.Symptoms, page.Claim!.ClaimReference, page.Consent!.TakenBy));
        Assert.Equal(["initial_assessment"], page.Services!.Services);
        Assert.Equal(ReferralForm.ConsentWords, page.Consent.Words);

        var last = page.Timeline[^1];
        Assert.Equal(("amend", "Misheard on the telephone", "submitted"), (last.Action, last.Words, last.ToState.Text));
        Assert.Equal(["patient.last_name", "patient.postcode", "incident.what_happened", "injury.symptoms", "claim.claim_reference", "services.asked_for", "consent.consent_taken_by"],
            JsonDocument.Parse(last.Detail).RootElement.GetProperty("fields").EnumerateArray().Select(field => field.GetString()));
        Assert.Contains(new AmendedAnswer(2, last.At, "patient", "Postcode", "M3 6BZ", "SK4 2AB"), page.Amendments);

        var stored = await database.StoredAs(id);
        Assert.Equal((2, "referral_amended", "amend_referral"), (stored.Version, stored.LastMessage, stored.LastAudit == "view_referral" ? "amend_referral" : stored.LastAudit));
        Assert.Equal(0, await database.Ask<int>("select count(*)::int from referral_draft where amends_id = @id", new { id }));
        // No value of an answer stands where everybody who keeps or audits the portal reads.
        Assert.Equal(0, await database.Ask<int>("select count(*)::int from audit_entry where detail::text ~ 'night|SK4|Priya|778813'"));
        Assert.Equal(0, await database.Ask<int>("select count(*)::int from outbox_message where payload::text ~ 'night|SK4|Priya|778813'"));
    }

    [Fact]
    public async Task Search_finds_it_by_the_corrected_words_and_no_longer_by_the_old_ones()
    {
        var (id, reference) = await database.Sent(form => form.Claim.ClaimReference = "OLD-41017");
        await database.Corrected(reference, form => form.Claim.ClaimReference = "NEW-52028");

        foreach (var person in (string[])[Solicitor, CaseManager, Triage])
        {
            Assert.Contains(await Found(person, "NEW-52028"), row => row.Id == id);
            Assert.Empty(await Found(person, "OLD-41017"));
        }
        Assert.Empty(await Found(Stranger, "NEW-52028"));

        async Task<IReadOnlyList<ListedReferral>> Found(string person, string words) => (await new ListReferrals(database.Database).Handle(await database.Actor(person), new ReferralFilter { Search = words }, Ct)).Rows;
    }

    [Fact]
    public async Task Readers_and_parties_stay_as_they_are_whatever_the_form_says()
    {
        var (id, reference) = await database.Sent();
        var before = await Parties();
        var stranger = (await database.Actor(Intermediary)).OrganisationId;
        var outcome = await database.Corrected(reference, form =>
        {
            form.Patient.Postcode = "SK4 2AB";
            form.Claim.CaseManagerId = stranger;
            (form.Funding.Kind, form.Funding.PayerId, form.Funding.Sessions) = (PayerKind.SomebodyElse, null, "99");
        });
        Assert.Equal(["Postcode"], outcome.Value!.Changes.Select(change => change.Label));
        Assert.Equal(before, await Parties());

        async Task<string> Parties() => (await database.Ask<string>("""
            select r.readers::text || p.readers::text || s.readers::text || (select string_agg(party.role || party.organisation_id, ',' order by party.role) from referral_party party where party.referral_id = r.id)
                || (select string_agg(coalesce(a.sessions, 0)::text, ',') from funding_authority a where a.referral_id = r.id)
            from referral r join patient p on p.id = r.patient_id join referral_search s on s.referral_id = r.id where r.id = @id
            """, new { id }))!;
    }

    [Fact]
    public async Task Each_reader_sees_the_values_of_what_it_may_see_and_no_other()
    {
        var (_, reference) = await database.Sent();
        await database.Corrected(reference, form =>
        {
            form.Patient.Phone = "0161 496 0999";
            form.Injury.Symptoms = "numb-fingers-planted";
            form.Claim.OurReference = "NL/2026/00999";
            form.Safety.Give(Question("weight_loss"), RedFlagAnswer.NotAsked);
        }, reason: "why-planted");

        var all = JsonSerializer.Serialize(await See(CaseManager, reference));
        foreach (var planted in (string[])["numb-fingers-planted", "NL/2026/00999", "why-planted", "weight_loss"]) Assert.Contains(planted, all);
        Assert.Equal(4, (await See(Triage, reference)).Amendments.Count);

        var payer = await See(Funder, reference);
        Assert.Equal(["Your reference"], payer.Amendments.Select(change => change.Label));
        var seen = JsonSerializer.Serialize(payer);
        foreach (var planted in (string[])["numb-fingers-planted", "0161 496 0999", "why-planted", "safety", "injury.symptoms"]) Assert.DoesNotContain(planted, seen);
        Assert.Contains(payer.Timeline, happened => happened.Action == "amend");
    }

    RedFlagQuestion Question(string key) => database.Catalogue().Get(Ct).AsTask().Result.RedFlagQuestions.Single(question => question.Key == key);

    [Fact]
    public async Task A_safety_answer_that_becomes_yes_raises_the_flag_the_alert_and_the_clock_as_a_submit_would()
    {
        var clock = TestClock.At("2026-11-25 10:00");
        var (id, reference) = await database.Sent();
        await database.StartTriage(id);
        var outcome = await database.Corrected(reference, form => form.Safety.Give(Question("weight_loss"), RedFlagAnswer.Yes), clock: clock);
        Assert.True(outcome.IsDone);

        var stored = await database.StoredAs(id);
        Assert.Equal(("in_triage", "urgent", "red_flag_review", TestClock.Moment("2026-11-25 10:30").UtcDateTime), (stored.State, stored.Priority, stored.DueFor, stored.DueAt));
        Assert.Equal("urgent", await Tier(id));
        Assert.Equal("urgent", await database.Ask<string>("select payload ->> 'redFlags' from outbox_message where referral_id = @id and kind = 'referral_amended'", new { id }));
    }

    [Fact]
    public async Task A_new_yes_after_the_flag_was_cleared_raises_it_again_and_an_emergency_raises_an_urgent_one()
    {
        var (id, reference) = await database.Sent(form => form.Safety.Answers["weight_loss"] = RedFlagAnswer.Yes);
        var clinician = await database.Actor(Clinician);
        await new ClearRedFlag(database.Database, database.Catalogue()).Handle(clinician, new(id, 1, "Seen and safe"), Ct);
        Assert.NotNull((await database.StoredAs(id)).RedFlagClearedAt);

        var outcome = await database.Corrected(reference, form =>
        {
            form.Safety.Give(Question("cauda_equina"), RedFlagAnswer.Yes);
            (form.Safety.ToldBy, form.Safety.ToldOn, form.Safety.ToldAt, form.Safety.ToldHow) = ("Amara Okafor", new("1", "11", "2025"), "10:15", "by telephone");
        });
        Assert.True(outcome.IsDone);
        var stored = await database.StoredAs(id);
        Assert.Equal((null, null, "red_flag_review"), (stored.RedFlagClearedAt, stored.AlertAcknowledgedAt, stored.DueFor));
        Assert.Equal("emergency", await Tier(id));
        Assert.Equal("Amara Okafor", await database.Ask<string>("select red_flag_told_by from referral_detail where referral_id = @id", new { id }));
    }

    [Fact]
    public async Task An_emergency_without_saying_who_told_the_patient_is_not_taken()
    {
        var (id, reference) = await database.Sent();
        var errors = Assert.IsType<Failure.Invalid>((await database.Corrected(reference, form => form.Safety.Give(Question("cauda_equina"), RedFlagAnswer.Yes))).Failure).Errors;
        Assert.Contains("Safety.ToldBy", errors.Keys);
        Assert.Equal(1, (await database.StoredAs(id)).Version);
    }

    [Fact]
    public async Task A_yes_that_becomes_no_lowers_nothing_and_is_kept_in_mind()
    {
        var (id, reference) = await database.Sent(form =>
        {
            form.Safety.Answers["cauda_equina"] = RedFlagAnswer.Yes;
            (form.Safety.ToldBy, form.Safety.ToldOn, form.Safety.ToldAt, form.Safety.ToldHow) = ("Amara Okafor", new("1", "11", "2025"), "10:15", "by telephone");
        });
        var before = await database.StoredAs(id);
        await database.Corrected(reference, form =>
        {
            form.Safety.Give(Question("cauda_equina"), RedFlagAnswer.No);
            form.Services.Priority = Priority.Routine;
        });

        var after = await database.StoredAs(id);
        Assert.Equal((before.Priority, before.DueFor, before.DueAt, "emergency"), (after.Priority, after.DueFor, after.DueAt, await Tier(id)));
        Assert.Equal("Amara Okafor", await database.Ask<string>("select red_flag_told_by from referral_detail where referral_id = @id", new { id }));
        Assert.True(await database.Ask<bool>("select (answer ->> 'onceYes')::boolean from referral_detail, jsonb_array_elements(red_flag_answers) answer where referral_id = @id and answer ->> 'key' = 'cauda_equina'", new { id }));
    }

    [Fact]
    public async Task An_emergency_stays_one_when_it_is_taken_back_and_something_less_is_said()
    {
        var (id, reference) = await database.Sent(form =>
        {
            form.Safety.Answers["cauda_equina"] = RedFlagAnswer.Yes;
            (form.Safety.ToldBy, form.Safety.ToldOn, form.Safety.ToldAt, form.Safety.ToldHow) = ("Amara Okafor", new("1", "11", "2025"), "10:15", "by telephone");
        });
        Assert.True((await database.Corrected(reference, form =>
        {
            // Written past the form's own memory of it.
            form.Safety.Answers["cauda_equina"] = RedFlagAnswer.No;
            form.Safety.Give(Question("weight_loss"), RedFlagAnswer.Yes);
        })).IsDone);

        Assert.Equal("emergency", await Tier(id));
        Assert.Equal("urgent", await database.Ask<string>("select payload ->> 'redFlags' from outbox_message where referral_id = @id and kind = 'referral_amended'", new { id }));
        Assert.True(await database.Ask<bool>("select (answer ->> 'onceYes')::boolean from referral_detail, jsonb_array_elements(red_flag_answers) answer where referral_id = @id and answer ->> 'key' = 'cauda_equina'", new { id }));
    }

    [Fact]
    public async Task A_yes_that_was_acted_upon_and_taken_back_before_it_was_sent_still_reaches_a_clinician()
    {
        var (id, reference) = await database.Sent();
        await database.Corrected(reference, form =>
        {
            form.Safety.Give(Question("cauda_equina"), RedFlagAnswer.Yes);
            form.Safety.Read.Add("cauda_equina");
            form.Safety.Give(Question("cauda_equina"), RedFlagAnswer.NotAsked);
        });
        Assert.Equal(("urgent", "red_flag_review"), (await Tier(id), (await database.StoredAs(id)).DueFor));
    }

    [Fact]
    public async Task A_yes_to_a_question_that_is_not_asked_any_more_is_kept()
    {
        var referral = await database.AddReferral(state: ReferralState.InTriage);
        await database.Corrected(referral.Reference, form => form.Patient.Postcode = "M4 1AB");
        Assert.True((await database.Opened(referral.Reference)).Stored.Safety.Answers.ContainsKey("bladder"));
        Assert.Equal("urgent", await Tier(referral.Id));
    }

    [Fact]
    public async Task A_review_that_is_due_already_does_not_get_more_time()
    {
        var (id, reference) = await database.Sent(form => form.Safety.Answers["weight_loss"] = RedFlagAnswer.Yes);
        var due = (await database.StoredAs(id)).DueAt;
        await database.Corrected(reference, form => form.Safety.Give(Question("night_pain"), RedFlagAnswer.Yes), clock: new Microsoft.Extensions.Time.Testing.FakeTimeProvider(DateTimeOffset.UtcNow.AddHours(30)));
        Assert.Equal(due, (await database.StoredAs(id)).DueAt);
    }

    [Theory]
    [InlineData(ReferralState.Submitted, true)]
    [InlineData(ReferralState.InTriage, true)]
    [InlineData(ReferralState.InformationRequested, true)]
    [InlineData(ReferralState.Accepted, true)]
    [InlineData(ReferralState.AppointmentBooked, false)]
    [InlineData(ReferralState.InTreatment, false)]
    [InlineData(ReferralState.Discharged, false)]
    [InlineData(ReferralState.Declined, false)]
    [InlineData(ReferralState.Withdrawn, false)]
    public async Task Answers_can_be_corrected_until_the_patient_is_booked(ReferralState state, bool may)
    {
        var referral = await database.AddReferral(state: state);
        var opened = await new OpenAmendment(database.Database).Handle(await database.Actor(Solicitor), referral.Reference, Ct);
        if (!may)
        {
            Assert.Contains(StateWords.Of(state).ToLowerInvariant(), Assert.IsType<Failure.Refused>(opened.Failure).Words);
            return;
        }
        Assert.True((await database.Corrected(referral.Reference, form => form.Patient.Postcode = "M4 1AB")).IsDone);
        Assert.Equal(EnumText.Of(state), (await database.StoredAs(referral.Id)).State);
    }

    [Fact]
    public async Task One_that_was_booked_while_the_corrections_were_typed_is_not_corrected_any_more()
    {
        var referral = await database.AddReferral(state: ReferralState.Accepted);
        var amendment = await database.Opened(referral.Reference);
        await database.Run("update referral set state = 'appointment_booked' where id = @Id", referral);
        amendment.Draft.Form.Patient.Postcode = "M4 1AB";
        Assert.IsType<Failure.Refused>((await database.Send(amendment)).Failure);
    }

    [Fact]
    public async Task Sending_the_same_corrections_twice_corrects_once()
    {
        var (id, reference) = await database.Sent();
        var amendment = await database.Opened(reference);
        amendment.Draft.Form.Patient.Postcode = "SK4 2AB";
        Assert.False((await database.Send(amendment)).Value!.AlreadyThere);
        Assert.True((await database.Send(amendment)).Value!.AlreadyThere);
        Assert.Equal((2, 1), ((await database.StoredAs(id)).Version, await database.Ask<int>("select count(*)::int from referral_amendment where referral_id = @id", new { id })));
    }

    [Fact]
    public async Task When_the_clinic_has_acted_meanwhile_it_says_who_and_the_corrections_are_carried_over()
    {
        var (id, reference) = await database.Sent();
        var mine = await database.Opened(reference);
        mine.Draft.Form.Patient.Postcode = "SK4 2AB";
        // A colleague corrects something else, and the clinic starts triage.
        await database.Corrected(reference, form => form.Patient.Address = "9 Weavers Court, Salford", Partner);
        await database.StartTriage(id);

        var conflict = Assert.IsType<Failure.Conflict>((await database.Send(mine)).Failure);
        Assert.Equal("started triage", conflict.WhatChanged);

        var again = await database.Opened(reference);
        Assert.True(again.MovedOn);
        Assert.Equal(("SK4 2AB", "9 Weavers Court, Salford"), (again.Draft.Form.Patient.Postcode, again.Draft.Form.Patient.Address));
        Assert.Equal(["Postcode"], (await database.Send(again)).Value!.Changes.Select(change => change.Label));
        Assert.Equal("9 Weavers Court, Salford", await database.Ask<string>("select address from patient where id = @id", new { id }));
    }

    [Fact]
    public async Task The_clinic_is_told_when_what_it_decides_upon_was_corrected_under_its_hands()
    {
        var (id, reference) = await database.Sent();
        await database.StartTriage(id);
        var seen = (await database.StoredAs(id)).Version;
        await database.Corrected(reference, form => form.Injury.Symptoms = "Worse");
        var conflict = Assert.IsType<Failure.Conflict>((await new AcceptReferral(database.Database, database.Catalogue()).Handle(await database.Actor(Triage), new(id, seen, await database.Clinic(), null, Priority.Routine), Ct)).Failure);
        Assert.Equal(((await database.Actor(Solicitor)).DisplayName, "corrected answers of the referral"), (conflict.ChangedBy, conflict.WhatChanged));
    }

    [Fact]
    public async Task An_information_request_is_answered_in_place_after_correcting()
    {
        var (id, reference) = await database.Sent();
        await new AskForInformation(database.Database, database.Catalogue()).Handle(await database.Actor(Triage), new(id, 1, [], "Which postcode?"), Ct);
        Assert.True((await database.Corrected(reference, form => form.Patient.Postcode = "SK4 2AB")).IsDone);
        var stored = await database.StoredAs(id);
        Assert.Equal("information_requested", stored.State);
        Assert.NotNull(stored.ClockPausedAt);
        Assert.True((await new AnswerRequest(database.Database, database.Catalogue()).Handle(await database.Actor(Solicitor), new(id, stored.Version, "Corrected above."), Ct)).IsDone);
    }

    [Fact]
    public async Task Wishing_it_sooner_is_heard_and_in_an_accepted_one_the_first_appointment_is_due_sooner()
    {
        var (id, reference) = await database.Sent();
        await database.StartTriage(id);
        await new AcceptReferral(database.Database, database.Catalogue()).Handle(await database.Actor(Triage), new(id, 2, await database.Clinic(), null, Priority.Routine), Ct);
        var before = (await database.StoredAs(id)).DueAt;
        await database.Corrected(reference, form => (form.Services.Priority, form.Services.PriorityReason) = (Priority.Urgent, "A court date"));
        var after = await database.StoredAs(id);
        Assert.Equal("urgent", after.Priority);
        Assert.True(after.DueAt < before);

        await database.Corrected(reference, form => form.Services.Priority = Priority.Routine);
        Assert.Equal("urgent", (await database.StoredAs(id)).Priority);
    }

    [Fact]
    public async Task Only_what_was_touched_is_held_against_the_rules_of_today()
    {
        var referral = await database.AddReferral(state: ReferralState.InTriage);
        Assert.True((await database.Corrected(referral.Reference, form => form.Patient.Postcode = "M4 1AB")).IsDone);
        var errors = Assert.IsType<Failure.Invalid>((await database.Corrected(referral.Reference, form => (form.Patient.Postcode, form.Claim.OurReference) = ("nowhere", ""))).Failure).Errors;
        Assert.Equal(["Claim.LowerValue", "Claim.OurReference", "Patient.Postcode"], errors.Keys.Order());
    }

    [Fact]
    public async Task Without_a_reason_or_without_a_difference_nothing_is_sent()
    {
        var (_, reference) = await database.Sent();
        Assert.Contains("Reason", Assert.IsType<Failure.Invalid>((await database.Corrected(reference, form => form.Patient.Postcode = "SK4 2AB", reason: " ")).Failure).Errors.Keys);
        Assert.Contains("", Assert.IsType<Failure.Invalid>((await database.Corrected(reference, form => form.Patient.Postcode = "m3 6bz")).Failure).Errors.Keys);
    }

    [Fact]
    public async Task An_employer_corrects_what_it_still_sees_and_leaves_the_rest_untouched()
    {
        var referral = await database.AddReferral(referrer: Employer, state: ReferralState.InTriage);
        var amendment = await database.Opened(referral.Reference, Employer);
        Assert.Equal([FormSection.Patient, FormSection.Incident, FormSection.Work, FormSection.Services, FormSection.Consent], amendment.Parts);
        var text = JsonSerializer.Serialize(amendment);
        foreach (var planted in (string[])[ReferralWorld.Symptoms, ReferralWorld.History, ReferralWorld.Told, "bladder"]) Assert.DoesNotContain(planted, text);

        var outcome = await database.Corrected(referral.Reference, form =>
        {
            form.Patient.Postcode = "M4 1AB";
            form.Services.AskedFor = [ServiceAskedFor.Treatment];
            form.Services.Priority = Priority.Routine;
            form.Injury.Symptoms = "typed where it is not asked";
            form.Incident.WorkRelated = false;
            (form.Work.JobDemands, form.Work.CurrentDuties, form.Work.AdjustedDuties) = ("Lifts 20 kg", "None", "Seated work");
        }, Employer);
        Assert.Equal("Seated work", await database.Ask<string>("select adjusted_duties from referral_detail where referral_id = @Id", referral));
        Assert.Equal(["Postcode", "Has to do with work", "What the job demands", "Present duties", "Adjusted duties that are possible", "Asked for"], outcome.Value!.Changes.Select(change => change.Label));
        Assert.Equal(ReferralWorld.Symptoms, await database.Ask<string>("select symptoms from referral_detail where referral_id = @Id", referral));
        Assert.StartsWith("Notes that mention", await database.Ask<string>("select notes from referral_detail where referral_id = @Id", referral));
    }

    [Theory, InlineData(Stranger), InlineData(Employer), InlineData(Auditor), InlineData(CaseManager), InlineData(Funder), InlineData(Triage)]
    public async Task Nobody_but_the_organisation_that_referred_corrects_it_by_each_wall_alone(string person)
    {
        var (id, reference) = await database.Sent();
        var (other, solicitor) = (await database.Actor(person), await database.Actor(Solicitor));
        var amendment = await database.Opened(reference);
        amendment.Draft.Form.Patient.Postcode = "SK4 2AB";
        var command = AmendWorld.Command(amendment);

        // The use case alone.
        Assert.Same(Outcome.Missing, (await new OpenAmendment(database.WithoutRowLevelSecurity()).Handle(other, reference, Ct)).Failure);
        Assert.False(await new OpenAmendment(database.WithoutRowLevelSecurity()).IsThere(other, reference, Ct));
        Assert.IsType<Failure>((await AmendWorld.Amending(database, database.WithoutRowLevelSecurity()).Handle(other, command, Ct)).Failure, exactMatch: false);
        if (person is Stranger or Employer or Auditor)
        {
            Assert.Same(Outcome.Missing, (await AmendWorld.Amending(database, database.WithoutRowLevelSecurity()).Handle(other, command, Ct)).Failure);
            // The database alone.
            var disguised = other.DisguisedAs(solicitor);
            Assert.Same(Outcome.Missing, (await new OpenAmendment(database.Database).Handle(disguised, reference, Ct)).Failure);
            Assert.Same(Outcome.Missing, (await AmendWorld.Amending(database, database.Database).Handle(disguised, command, Ct)).Failure);
        }
        Assert.Equal(1, (await database.StoredAs(id)).Version);

        // Both down: a stranger would.
        if (person == Stranger) Assert.True((await AmendWorld.Amending(database, database.WithoutRowLevelSecurity()).Handle(other.DisguisedAs(solicitor), command, Ct)).IsDone);
    }

    [Fact]
    public async Task The_table_of_values_is_there_for_parties_alone_and_only_the_referrer_appends_to_it()
    {
        var (id, reference) = await database.Sent();
        await database.Corrected(reference, form => form.Patient.Postcode = "SK4 2AB");
        foreach (var (person, sees) in ((string, bool)[])[(Solicitor, true), (CaseManager, true), (Triage, true), (Stranger, false), (Employer, false), (Auditor, false)])
            Assert.Equal((person, sees ? 1 : 0), (person, (await database.Database.Read(await database.Actor(person), unit => unit.Many<Guid>("select id from referral_amendment where referral_id = @id", new { id }), Ct)).Count));

        foreach (var person in (string[])[CaseManager, Triage, Stranger])
        {
            var actor = await database.Actor(person);
            await Assert.ThrowsAsync<Npgsql.PostgresException>(() => database.Database.Write<int>(actor, async unit => await unit.Run(
                "insert into referral_amendment (id, amendment_id, referral_id, at, part, sight, label, position, version) values (gen_random_uuid(), gen_random_uuid(), @id, now(), 'patient', 'none', 'x', 1, 9)", new { id }), Ct));
            await database.Database.Write<int>(actor, async unit => await unit.Run("select portal.correct_search_words(@id, 'stolen')", new { id }), Ct);
        }
        Assert.DoesNotContain("stolen", await database.Ask<string>("select words from referral_search where referral_id = @id", new { id }));
    }

    [Fact]
    public async Task Corrections_in_typing_are_no_unfinished_referral_and_are_not_opened_as_one()
    {
        var (_, reference) = await database.Sent();
        var solicitor = await database.Actor(Solicitor);
        var amendment = await database.Opened(reference);
        await new SaveDraft(database.Database).Handle(solicitor, new(amendment.Draft.Id, amendment.Draft.Version, amendment.Draft.Form), Ct);
        Assert.DoesNotContain(await new ListDrafts(database.Database).Handle(solicitor, Ct), draft => draft.Id == amendment.Draft.Id);
        Assert.Same(Outcome.Missing, (await new LoadDraft(database.Database).Handle(solicitor, amendment.Draft.Id, Ct)).Failure);
        Assert.Equal(amendment.Draft.Id, (await database.Opened(reference)).Draft.Id);
        Assert.NotEqual(amendment.Draft.Id, (await database.Opened(reference, Partner)).Draft.Id);
    }

    async Task<string?> Tier(Guid id) => await database.Ask<string>("select red_flag_tier from referral where id = @id", new { id });
}
