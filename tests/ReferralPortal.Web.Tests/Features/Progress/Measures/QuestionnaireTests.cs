using Dapper;
using Microsoft.Extensions.Configuration;
using ReferralPortal.Domain.Progress;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Progress.Measures;
using ReferralPortal.Web.Features.Progress.Measures.Questionnaires;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Tests.Features.Notifications;
using ReferralPortal.Web.Tests.Features.Referrals;
using ReferralPortal.Web.Tests.Features.Triaging;
using static ReferralPortal.Web.Tests.Features.Notifications.NotificationWorld;
using static ReferralPortal.Web.Tests.Features.Progress.Measures.MeasureWorld;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Progress.Measures;

/// <summary>A questionnaire from the clinician's button to the patient's answers.</summary>
public sealed class QuestionnaireTests(PortalTestDatabase world) : IClassFixture<PortalTestDatabase>, IAsyncLifetime
{
    const string Patient = "patient@example.org";

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    readonly Microsoft.Extensions.Time.Testing.FakeTimeProvider clock = InAMinute;
    readonly Sent sent = new();

    public async ValueTask InitializeAsync() => await world.Quiet();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    AnswerQuestionnaire Patients => new(world.On(clock), world.Sources, world.Catalogue(), clock);

    async Task<TestReferral> Reached(string contact = "email")
    {
        var referral = await world.AddReferral(givenName: "Zebedee", familyName: "Quagmire");
        await world.Run("update patient set preferred_contact = @contact, email = @Patient where id = @Id", new { referral.Id, contact, Patient });
        return referral;
    }

    async Task<Outcome<string?>> Send(TestReferral referral, bool onDevice, string[] measures, string by = Clinician, Guid? key = null, bool texts = false) =>
        await new SendQuestionnaire(world.Database, world.Catalogue(), new Texts(texts), new ConfigurationBuilder().Build()).Handle(await world.Actor(by), new(key ?? Guid.CreateVersion7(), referral.Id, measures, onDevice), Ct);

    /// <summary>The secret of a link to hand over.</summary>
    async Task<string> Link(TestReferral referral, params string[] measures) => (await Send(referral, true, measures)).Value![3..];

    [Fact]
    public async Task The_patient_answers_measure_by_measure_and_the_last_one_ends_the_link()
    {
        var referral = await Reached();
        var secret = await Link(referral, "nprs", "gad7");

        var first = (await Patients.Open(secret, Ct)).Value!;
        Assert.Equal(("Z. Q.", "nprs", 1, 2), (first.Initials, first.Measure.Key, first.Number, first.Of));
        Assert.Equal("Opened", await State(referral));
        var next = (await Patients.Answer(secret, "nprs", Filled("6"), Ct)).Value!;
        Assert.Equal("gad7", next.Next!.Measure.Key);
        Assert.Equal("1 of 2", await State(referral));
        Assert.Null((await Patients.Answer(secret, "gad7", Filled("1111111"), Ct)).Value!.Next);

        Assert.Equal("Answered", await State(referral));
        Assert.IsType<Failure.Missing>((await Patients.Open(secret, Ct)).Failure);
        Assert.IsType<Failure.Missing>((await Patients.Answer(secret, "gad7", Filled("2222222"), Ct)).Failure);
        Assert.Equal([("gad7", 7m, 7, "gad7-1", "patient")], await world.Standing(referral.Id));
        Assert.True((await world.Measures(referral)).Of("gad7")[0].FromPatient);
    }

    async Task<string> State(TestReferral referral) => (await world.Measures(referral)).Sent[0] switch
    {
        { RevokedAt: not null } => "Revoked", { AnsweredAt: not null } => "Answered", { Done: > 0 } some => $"{some.Done} of {some.Measures.Length}", { OpenedAt: not null } => "Opened", _ => "Sent",
    };

    [Fact]
    public async Task Of_eight_windows_that_send_at_once_one_is_stored()
    {
        var patients = Patients;
        for (var round = 0; round < 6; round++) // the first ones open connections, and are not at once
        {
            var referral = await Reached();
            var secret = await Link(referral, "phq9");
            var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => patients.Answer(secret, "phq9", Filled("000000001"), Ct))));
            Assert.Single(outcomes, outcome => outcome.IsDone);
            Assert.All(outcomes.Where(outcome => !outcome.IsDone), outcome => Assert.IsType<Failure.Missing>(outcome.Failure));
            Assert.Single(await world.Standing(referral.Id));
            Assert.Single((await world.Measures(referral)).Alerts);
        }
    }

    [Fact]
    public async Task An_expired_a_revoked_a_closed_and_a_made_up_link_open_nothing()
    {
        var referral = await Reached();
        var expired = await Link(referral, "nprs");
        var revoked = await Link(referral, "nprs");
        var sent = (await world.Measures(referral)).Sent;
        Assert.True((await new RevokeQuestionnaire(world.Database).Handle(await world.Actor(Clinician), sent[0].Id, Ct)).IsDone);
        var ended = await Reached();
        var closed = await Link(ended, "nprs");
        await world.Run("update referral set state = 'withdrawn' where id = @Id", new { ended.Id });

        foreach (var dead in (string[])[revoked, closed, (expired[0] == 'A' ? 'B' : 'A') + expired[1..], expired[..^1], "", "../../x", new('A', 500)]) Assert.IsType<Failure.Missing>((await Patients.Open(dead, Ct)).Failure);
        Assert.True((await Patients.Open(expired, Ct)).IsDone);
        clock.Advance(TimeSpan.FromDays(7));
        Assert.IsType<Failure.Missing>((await Patients.Open(expired, Ct)).Failure);
        Assert.IsType<Failure.Missing>((await Patients.Answer(expired, "nprs", Filled("5"), Ct)).Failure);
        Assert.Empty(await world.Standing(referral.Id));
        // What cannot be answered any more is not shown either.
        Assert.IsType<Failure.Refused>((await new ShowQuestionnaire(world.On(clock)).Handle(await world.Actor(Clinician), sent[1].Id, Ct)).Failure);
    }

    [Fact]
    public async Task Only_hashes_of_secrets_are_kept()
    {
        var referral = await Reached();
        var secret = await Link(referral, "nprs");
        await using var owner = await world.Owner();
        var tables = (await owner.QueryAsync<string>("select quote_ident(table_name) from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'")).ToList();
        foreach (var table in tables)
            Assert.Equal((table, 0), (table, await owner.ExecuteScalarAsync<int>($"select count(*)::int from {table} t where t::text like '%' || @secret || '%'", new { secret })));
    }

    [Fact]
    public async Task An_answer_about_self_harm_from_home_raises_the_alert_and_is_known_to_the_page()
    {
        var referral = await Reached();
        var secret = await Link(referral, "phq9", "gad7");
        var answered = (await Patients.Answer(secret, "phq9", Filled("000000002"), Ct)).Value!;
        Assert.Equal(MeasureAlert.ThoughtsOfSelfHarm, answered.Alert);
        Assert.Equal("gad7", answered.Next!.Measure.Key);
        var alert = (await world.Measures(referral)).Alerts.Single();
        Assert.True(alert.FromPatient);
    }

    [Fact]
    public async Task The_patient_is_asked_about_the_activities_of_last_time()
    {
        var referral = await Reached();
        await world.Record(referral.Id, "psfs", Filled("3....", "Carry my son"));
        Assert.Equal("Carry my son", (await Patients.Open(await Link(referral, "psfs"), Ct)).Value!.Names[0]);
    }

    [Fact]
    public async Task Answers_out_of_range_and_a_measure_out_of_turn_are_refused()
    {
        var secret = await Link(await Reached(), "nprs", "gad7");
        Assert.IsType<Failure.Missing>((await Patients.Answer(secret, "gad7", Filled("1111111"), Ct)).Failure);
        Assert.IsType<Failure.Missing>((await Patients.Answer(secret, "phq9", Filled("111111111"), Ct)).Failure);
        var form = Filled("5");
        form.Answers[0] = int.MaxValue;
        Assert.IsType<Failure.Invalid>((await Patients.Answer(secret, "nprs", form, Ct)).Failure);
    }

    [Fact]
    public async Task The_mail_says_that_a_questionnaire_waits_and_nothing_of_whom_or_why_and_reminds_once()
    {
        var referral = await Reached();
        Assert.Null((await Send(referral, false, ["phq9"])).Value);
        await world.Announce();
        await world.Desk(clock, sent).RunDue(Ct);

        var mail = Assert.Single(sent.Mails, mail => mail.To == Patient);
        Assert.Equal("A short questionnaire from your clinic", mail.Subject);
        foreach (var form in (string[])[mail.Text, mail.Html])
            foreach (var word in (string[])["Zebedee", "Quagmire", "PHQ", "depress", "Northgate", referral.Reference, referral.Id.ToString(), "referral", "injury"]) Assert.DoesNotContain(word, form, StringComparison.OrdinalIgnoreCase);
        Assert.True((await Patients.Open(Secret(mail.Text), Ct)).IsDone);

        clock.Advance(TimeSpan.FromDays(5.1));
        await world.Desk(clock, sent).RunDue(Ct);
        await world.Desk(clock, sent).RunDue(Ct);
        Assert.Equal(["A short questionnaire from your clinic", "A reminder: a short questionnaire from your clinic"], sent.Mails.Where(mail => mail.To == Patient).Select(mail => mail.Subject));
        // Both links lead to the one questionnaire.
        Assert.True((await Patients.Answer(Secret(sent.Mails[^1].Text), "phq9", Filled("000000000"), Ct)).IsDone);
        Assert.IsType<Failure.Missing>((await Patients.Open(Secret(mail.Text), Ct)).Failure);
    }

    static string Secret(string text) => System.Text.RegularExpressions.Regex.Match(text, "https://portal.clinic.example/m/([A-Za-z0-9_-]{43})").Groups[1].Value;

    [Fact]
    public async Task Who_has_answered_or_whose_link_was_revoked_is_not_reminded()
    {
        var (answered, revoked) = (await Reached(), await Reached());
        await world.Run("update patient set email = 'first@example.org' where id = @Id", new { answered.Id });
        foreach (var referral in (TestReferral[])[answered, revoked]) await Send(referral, false, ["nprs"]);
        await world.Announce();
        await world.Desk(clock, sent).RunDue(Ct);
        await Patients.Answer(Secret(sent.Mails.Single(mail => mail.To == "first@example.org").Text), "nprs", Filled("3"), Ct);
        foreach (var open in (TestReferral[])[answered, revoked]) await new RevokeQuestionnaire(world.Database).Handle(await world.Actor(Clinician), (await world.Measures(open)).Sent[0].Id, Ct);
        clock.Advance(TimeSpan.FromDays(6));
        await world.Desk(clock, sent).RunDue(Ct);
        Assert.Equal(["first@example.org", Patient], sent.Mails.Select(mail => mail.To).Where(to => to.EndsWith("example.org", StringComparison.Ordinal)).Order());
        Assert.Equal(["Answered", "Revoked"], [await State(answered), await State(revoked)]);
    }

    [Fact]
    public async Task A_text_is_sent_to_who_asked_for_texts_where_they_are_switched_on()
    {
        var (referral, texts) = (await Reached("text"), new Texts(on: true));
        Assert.True((await Send(referral, false, ["nprs"], texts: true)).IsDone);
        await world.Announce(texts: true);
        await world.Desk(clock, sent, texts: texts).RunDue(Ct);
        var (_, words) = Assert.Single(texts.All);
        Assert.True((await Patients.Open(Secret(words), Ct)).IsDone);
        Assert.InRange(words.Length, 60, 260);
    }

    [Theory, InlineData("phone"), InlineData("post"), InlineData("text")]
    public async Task Who_asked_for_no_mail_gets_the_link_on_a_device_alone(string contact)
    {
        var referral = await Reached(contact);
        Assert.IsType<Failure.Refused>((await Send(referral, false, ["nprs"])).Failure);
        Assert.StartsWith("/m/", (await Send(referral, true, ["nprs"])).Value, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_what_has_a_wording_is_sent_and_sending_twice_sends_once()
    {
        var (referral, key) = (await Reached(), Guid.CreateVersion7());
        foreach (var measures in (string[][])[[], ["ndi"], ["nprs", "ndi"], ["nothing"]]) Assert.IsType<Failure.Invalid>((await Send(referral, false, measures)).Failure);
        await Send(referral, false, ["nprs"], key: key);
        await Send(referral, false, ["nprs"], key: key);
        Assert.Single((await world.Measures(referral)).Sent);
        await world.Announce();
        await world.Desk(clock, sent).RunDue(Ct);
        Assert.Single(sent.Mails, mail => mail.To == Patient);
    }

    [Fact]
    public async Task Sending_showing_and_revoking_are_the_treating_clinicians_alone_behind_two_walls()
    {
        var referral = await Reached();
        await Link(referral, "nprs");
        var id = (await world.Measures(referral)).Sent[0].Id;
        var clinician = await world.Actor(Clinician);
        foreach (var (person, failure) in ((string, Type)[])[(Triage, typeof(Failure.Refused)), (Solicitor, typeof(Failure.Missing)), (Stranger, typeof(Failure.Missing))])
        {
            var actor = await world.Actor(person);
            Assert.IsType(failure, (await Send(referral, true, ["nprs"], by: person)).Failure);
            Assert.IsType(failure, (await new ShowQuestionnaire(world.Database).Handle(actor, id, Ct)).Failure);
            Assert.IsType(failure, (await new RevokeQuestionnaire(world.Database).Handle(actor, id, Ct)).Failure);
        }
        var elsewhere = clinician with { OrganisationId = (await world.Actor(Stranger)).OrganisationId };
        var disguised = (await world.Actor(Stranger)).DisguisedAs(clinician);
        Assert.IsType<Failure.Missing>((await new ShowQuestionnaire(world.WithoutRowLevelSecurity()).Handle(elsewhere, id, Ct)).Failure);
        Assert.IsType<Failure.Missing>((await new ShowQuestionnaire(world.Database).Handle(disguised, id, Ct)).Failure);
        Assert.IsType<Failure.Missing>((await new RevokeQuestionnaire(world.Database).Handle(disguised, id, Ct)).Failure);
        Assert.True((await new ShowQuestionnaire(world.WithoutRowLevelSecurity()).Handle(clinician, id, Ct)).IsDone);
    }
}
