using CsCheck;
using Npgsql;
using ReferralPortal.Domain.Organisations;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Appointments;
using ReferralPortal.Web.Features.Referrals.Submit;
using ReferralPortal.Web.Features.Triage;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Platform.SignIn;
using ReferralPortal.Web.Tests.Features.Referrals;
using Xunit;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Triaging;

/// <summary>Urgent alerts: who puts their name to one, and who clears it.</summary>
public sealed class RedFlagTests(PortalTestDatabase database) : IClassFixture<PortalTestDatabase>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    AcknowledgeAlert Acknowledge => new(database.Database);
    ClearRedFlag Clear => new(database.Database, database.Catalogue());

    async Task<TestReferral> Flagged(ReferralState state = ReferralState.Submitted, RedFlagTier? tier = RedFlagTier.Emergency)
    {
        var referral = await database.AddReferral(state: state, redFlag: tier, priority: Priority.Urgent, submittedAt: DateTimeOffset.UtcNow.AddMinutes(-20), dueAt: DateTimeOffset.UtcNow.AddMinutes(10));
        await database.Run("update referral set due_for = 'red_flag_review' where id = @Id", referral);
        return referral;
    }

    [Theory]
    [InlineData(Triage)]
    [InlineData(Clinician)]
    public async Task Acknowledging_puts_a_name_to_the_alert_and_leaves_the_review_due(string person)
    {
        var referral = await Flagged();
        var actor = await database.Actor(person);

        Assert.True((await Acknowledge.Handle(actor, new(referral.Id, referral.Version), Ct)).IsDone);

        var stored = await database.StoredAs(referral.Id);
        Assert.Equal((actor.UserId, "submitted", "red_flag_review"), (stored.AlertAcknowledgedBy, stored.State, stored.DueFor));
        Assert.Null(stored.RedFlagClearedAt);
        Assert.Equal(("acknowledge_alert", "clinic", "alert_acknowledged", "acknowledge_alert"), (stored.LastAction, stored.LastAudience, stored.LastMessage, stored.LastAudit));
    }

    [Fact]
    public async Task An_alert_is_acknowledged_once()
    {
        var referral = await Flagged();
        await Acknowledge.Handle(await database.Actor(Triage), new(referral.Id, referral.Version), Ct);

        var again = await Acknowledge.Handle(await database.Actor(Clinician), new(referral.Id, referral.Version + 1), Ct);
        Assert.IsType<Failure.Refused>(again.Failure);
        Assert.Equal((await database.Actor(Triage)).UserId, (await database.StoredAs(referral.Id)).AlertAcknowledgedBy);
    }

    [Fact]
    public async Task A_clinician_clears_a_flag_with_a_reason_that_the_referrer_does_not_see()
    {
        var referral = await Flagged();
        var outcome = await Clear.Handle(await database.Actor(Clinician), new(referral.Id, referral.Version, "Spoke to the patient; seen at A&E, scan clear."), Ct);

        Assert.True(outcome.IsDone);
        var stored = await database.StoredAs(referral.Id);
        Assert.NotNull(stored.RedFlagClearedAt);
        Assert.NotNull(stored.AlertAcknowledgedAt);
        Assert.Equal(("clear_red_flag", "clinic", "red_flag_cleared", "triage", "urgent"), (stored.LastAction, stored.LastAudience, stored.LastMessage, stored.DueFor, stored.Priority));
    }

    [Fact]
    public async Task Clearing_after_acceptance_makes_the_first_appointment_due()
    {
        var referral = await Flagged(ReferralState.Accepted, RedFlagTier.Urgent);
        await Clear.Handle(await database.Actor(Clinician), new(referral.Id, referral.Version, "Reviewed."), Ct);
        Assert.Equal("first_appointment", (await database.StoredAs(referral.Id)).DueFor);
    }

    [Fact]
    public async Task Clearing_while_the_referrer_is_asked_leaves_the_clock_standing_still()
    {
        var referral = await Flagged(ReferralState.InformationRequested, RedFlagTier.Urgent);
        await Clear.Handle(await database.Actor(Clinician), new(referral.Id, referral.Version, "Reviewed."), Ct);
        var stored = await database.StoredAs(referral.Id);
        Assert.Equal("triage", stored.DueFor);
        Assert.NotNull(stored.ClockPausedAt);
    }

    [Fact]
    public async Task Clearing_needs_a_reason()
    {
        var referral = await Flagged();
        var outcome = await Clear.Handle(await database.Actor(Clinician), new(referral.Id, referral.Version, " "), Ct);
        Assert.Contains("Reason", Assert.IsType<Failure.Invalid>(outcome.Failure).Errors);
        Assert.Null((await database.StoredAs(referral.Id)).RedFlagClearedAt);
    }

    [Theory]
    [InlineData(Triage), InlineData(Lead), InlineData(Solicitor), InlineData(Stranger), InlineData(Funder), InlineData(Auditor)]
    public async Task Nobody_but_a_clinician_clears_a_flag(string person)
    {
        var referral = await Flagged();
        var outcome = await Clear.Handle(await database.Actor(person), new(referral.Id, referral.Version, "Fine."), Ct);
        Assert.IsType<Failure.Refused>(outcome.Failure);
        Assert.Null((await database.StoredAs(referral.Id)).RedFlagClearedAt);
    }

    [Theory]
    [InlineData(Lead), InlineData(Solicitor), InlineData(Stranger), InlineData(Funder), InlineData(Auditor)]
    public async Task Nobody_outside_the_clinic_s_triage_acknowledges_an_alert(string person)
    {
        var referral = await Flagged();
        var outcome = await Acknowledge.Handle(await database.Actor(person), new(referral.Id, referral.Version), Ct);
        Assert.IsType<Failure.Refused>(outcome.Failure);
        Assert.Null((await database.StoredAs(referral.Id)).AlertAcknowledgedAt);
    }

    [Fact]
    public async Task There_is_nothing_to_acknowledge_or_clear_where_no_flag_stands()
    {
        var referral = await Flagged(tier: null);
        Assert.IsType<Failure.Refused>((await Acknowledge.Handle(await database.Actor(Triage), new(referral.Id, referral.Version), Ct)).Failure);
        Assert.IsType<Failure.Refused>((await Clear.Handle(await database.Actor(Clinician), new(referral.Id, referral.Version, "Fine."), Ct)).Failure);
    }

    [Fact]
    public async Task The_safety_answers_are_read_in_the_words_in_which_they_were_asked()
    {
        var referral = await Flagged();
        var catalogue = await database.Catalogue().Get(Ct);
        var question = catalogue.RedFlagQuestions[0];
        await database.Run("update referral_detail set red_flag_answers = jsonb_build_array(jsonb_build_object('key', @Key, 'answer', 'yes', 'wording', @WordingVersion)) where referral_id = @Id",
            new { question.Key, question.WordingVersion, referral.Id });

        var opened = await new OpenTriage(database.Database, new(database.Database)).Handle(await database.Actor(Triage), referral.Reference, Ct);

        var answers = opened.Value!.Answers;
        Assert.Equal((question.Question, RedFlagAnswer.Yes), (answers[0].Question, answers[0].Answer.Value));
        Assert.Equal(catalogue.RedFlagQuestions.Count, answers.Count);
        Assert.All(answers.Skip(1), answer => Assert.Equal(RedFlagAnswer.NotAsked, answer.Answer.Value));
    }

    [Fact]
    public async Task The_portal_itself_neither_clears_nor_acknowledges()
    {
        var referral = await Flagged();
        var portal = await CurrentActor.Load(database.Sources, Actor.SystemUserId, Ct);
        Assert.IsType<Failure.Refused>((await Clear.Handle(portal, new(referral.Id, referral.Version, "Fine."), Ct)).Failure);
        Assert.IsType<Failure.Refused>((await Acknowledge.Handle(portal, new(referral.Id, referral.Version), Ct)).Failure);
    }

    [Fact]
    public async Task A_clinician_of_another_house_clears_nothing()
    {
        var referral = await Flagged();
        var elsewhere = await database.Actor(Stranger) with { Roles = new HashSet<Role> { Role.Clinician } };
        Assert.IsType<Failure.Refused>((await Clear.Handle(elsewhere, new(referral.Id, referral.Version, "Fine."), Ct)).Failure);
    }

    [Theory, InlineData(Solicitor), InlineData(Triage), InlineData(Lead), InlineData("system")]
    public async Task The_database_lets_nobody_but_a_clinician_clear_a_flag_whatever_is_sent(string person)
    {
        var referral = await Flagged();
        var actor = await Who(person);
        var fault = await Assert.ThrowsAsync<PostgresException>(() => Send(actor, "update referral set red_flag_cleared_at = now() where id = @Id", referral));
        Assert.Equal("RP003", fault.SqlState);
        Assert.Null((await database.StoredAs(referral.Id)).RedFlagClearedAt);
        Assert.Equal(1, await Send(await database.Actor(Clinician), "update referral set red_flag_cleared_at = now() where id = @Id", referral));
    }

    [Theory, InlineData(Solicitor), InlineData(Triage), InlineData(Clinician), InlineData(Lead), InlineData("system")]
    public async Task No_path_down_grades_a_flag_not_even_a_clinician_s(string person)
    {
        var referral = await Flagged();
        var actor = await Who(person);
        foreach (var lower in (string[])["red_flag_tier = 'urgent'", "red_flag_tier = null", "priority = 'routine'"])
            await Assert.ThrowsAsync<PostgresException>(() => Send(actor, $"update referral set {lower} where id = @Id", referral));
        Assert.Equal(("emergency", "urgent"), (await database.Ask<string>("select red_flag_tier from referral where id = @Id", referral), (await database.StoredAs(referral.Id)).Priority));

        var urgent = await Flagged(tier: RedFlagTier.Urgent);
        Assert.Equal(1, await Send(actor, "update referral set red_flag_tier = 'emergency' where id = @Id", urgent));
    }

    async Task<Actor> Who(string person) => person == "system" ? await CurrentActor.Load(database.Sources, Actor.SystemUserId, Ct) : await database.Actor(person);

    async Task<int> Send(Actor actor, string sql, TestReferral referral) =>
        (await database.Database.Write<int>(actor, async unit => await unit.Run(sql, new { referral.Id }), Ct)).Value;

    [Theory]
    [InlineData(ReferralState.Accepted, false), InlineData(ReferralState.AppointmentBooked, false), InlineData(ReferralState.InTreatment, false)]
    [InlineData(ReferralState.Accepted, true), InlineData(ReferralState.InTreatment, true)]
    public async Task Nothing_is_booked_before_a_clinician_has_cleared_the_flag(ReferralState state, bool byClinician)
    {
        var referral = await Flagged(state, RedFlagTier.Urgent);
        var book = new BookAppointment(database.Database, database.Catalogue(), TimeProvider.System);
        var outcome = await book.Handle(await database.Actor(byClinician ? Clinician : Triage), new(referral.Id, referral.Version, TriageWorld.Form(await database.Clinic(), (await database.Actor(Clinician)).UserId, kind: AppointmentKind.Treatment)), Ct);
        Assert.Contains("clear the red flag", Assert.IsType<Failure.Refused>(outcome.Failure).Words);
        Assert.Equal(0, await database.Ask<int>("select count(*)::int from appointment where referral_id = @Id and state = 'booked'", referral));
    }

    [Fact]
    public async Task Whatever_is_answered_after_an_emergency_yes_was_acted_upon_a_clinician_still_looks_at_it()
    {
        var content = await database.Catalogue().Get(Ct);
        var emergencies = content.RedFlagQuestions.Where(question => question.Tier == "emergency").ToList();
        var press = Gen.Select(Gen.Int[0, emergencies.Count - 1], Gen.Enum<RedFlagAnswer>(), Gen.Bool);
        press.Array[1, 30].Sample(presses =>
        {
            var safety = new ReferralForm.SafetyPart();
            var actedUpon = false;
            foreach (var (place, answer, reads) in presses)
            {
                safety.Give(emergencies[place], answer);
                // What the page does with a "yes": it is read, or it was a mistake; nothing goes on before.
                var unread = SafetyAnswers.NotYetRead(content, safety);
                if (unread.Count > 0 && reads) safety.Read.UnionWith(unread.Select(question => question.Key));
                else safety.TakeBack(unread);
                actedUpon |= unread.Count > 0 && reads;
            }
            return !actedUpon || SafetyAnswers.Weigh(content, safety).Tier is not null;
        });
    }
}
