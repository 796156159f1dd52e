using CsCheck;
using Dapper;
using Npgsql;
using ReferralPortal.Domain.Funding;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Funding;
using ReferralPortal.Web.Features.Funding.Approvals;
using ReferralPortal.Web.Features.Funding.Extensions;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Platform.SignIn;
using ReferralPortal.Web.Tests.Features.Referrals;
using ReferralPortal.Web.Tests.Features.Triaging;
using Xunit;
using static ReferralPortal.Web.Tests.Features.Funding.FundingWorld;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Funding;

public sealed class ExtensionTests(PortalTestDatabase database) : IClassFixture<PortalTestDatabase>, IAsyncLifetime
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    AskForSessions Ask => new(database.Database, TimeProvider.System);
    AnswerExtension Answer => new(database.Database);
    WithdrawExtension Withdraw => new(database.Database);
    ReadExtension Read => new(database.Database);
    ListRequests List => new(database.Database);

    public async ValueTask InitializeAsync()
    {
        await database.AddFunders();
        await database.Terms();
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    Task<TestReferral> InTreatment(string referrer = Solicitor) => database.AddReferral(referrer, ReferralState.InTreatment, redFlag: null, others: [(Funder, PartyRole.Funder)]);

    static ExtensionAnswer All => new([6, 2], null, "");
    static ExtensionAnswer None => new([0, 0], ExtensionReason.NotReasonable, "Not now.");

    async Task<Outcome<ExtensionState>> Answered(string person, Guid request, ExtensionAnswer answer, int version = 2) => await Answer.Handle(await database.Actor(person), new(request, version, answer), Ct);

    Task<int> Queued(Guid referral, string kind) => database.Ask<int>("select count(*)::int from outbox_message where referral_id = @referral and kind = @kind", new { referral, kind });

    [Fact]
    public async Task Signing_the_report_asks_the_payer_once_and_starts_its_clock()
    {
        var referral = await InTreatment();
        var (request, report) = await database.Drafted(referral.Id);
        await database.Signed(referral.Id, report);
        await database.Signed(referral.Id, report);

        var seen = (await Read.One(await database.Actor(Funder), request, Ct))!;
        Assert.Equal((ExtensionState.Waiting, "Ribble Insurance", 8, 390m), (seen.Row.State.Value, seen.Row.PayerName, seen.Sessions, seen.Cost));
        Assert.Equal(Domain.LondonTime.DateOf(DateTimeOffset.UtcNow).AddDays(21), seen.Row.DueOn);
        Assert.Equal((1, 3), (await Queued(referral.Id, "extension_asked"), await Queued(referral.Id, "extension_due")));
    }

    [Fact]
    public async Task A_contract_may_give_the_payer_another_time()
    {
        await database.Terms(days: 10);
        var (request, _) = await database.Asked((await InTreatment()).Id);
        Assert.Equal(Domain.LondonTime.DateOf(DateTimeOffset.UtcNow).AddDays(10), (await Read.One(await database.Actor(Funder), request, Ct))!.Row.DueOn);
    }

    [Fact]
    public async Task A_draft_is_the_clinics_own_and_another_one_takes_its_place()
    {
        var referral = await InTreatment();
        var (request, report) = await database.Drafted(referral.Id);
        foreach (var person in (string[])[Funder, Solicitor, Stranger]) Assert.Null(await Read.One(await database.Actor(person), request, Ct));
        Assert.NotNull(await Read.OfReport(await database.Actor(Triage), report, Ct));

        var again = Form();
        again.Lines.RemoveAt(1);
        Assert.Equal(request, (await Ask.Handle(await database.Actor(Clinician), new(Guid.CreateVersion7(), referral.Id, report, again), Ct)).Value);
        Assert.Equal(6, (await Read.One(await database.Actor(Clinician), request, Ct))!.Sessions);
    }

    [Fact]
    public async Task There_is_one_open_request_a_referral()
    {
        var referral = await InTreatment();
        var (request, _) = await database.Asked(referral.Id);
        var other = await database.DraftReport(referral.Id);
        Assert.IsType<Failure.Refused>((await Ask.Handle(await database.Actor(Clinician), new(Guid.CreateVersion7(), referral.Id, other, Form()), Ct)).Failure);
        Assert.True((await Withdraw.Handle(await database.Actor(Clinician), new(request, 2, "Asked too early."), Ct)).IsDone);
        Assert.True((await Ask.Handle(await database.Actor(Clinician), new(Guid.CreateVersion7(), referral.Id, other, Form()), Ct)).IsDone);
    }

    [Fact]
    public async Task Only_a_clinician_asks_and_says_what_for()
    {
        var referral = await InTreatment();
        var report = await database.DraftReport(referral.Id);
        foreach (var person in (string[])[Solicitor, Funder, Stranger, Triage, Lead, Auditor]) Assert.IsType<Failure.Refused>((await Ask.Handle(await database.Actor(person), new(Guid.CreateVersion7(), referral.Id, report, Form()), Ct)).Failure);
        // Another clinician's report is not one's own.
        Assert.IsType<Failure.Missing>((await Ask.Handle(await database.Actor(TriageWorld.SecondClinician), new(Guid.CreateVersion7(), referral.Id, report, Form()), Ct)).Failure);
        var wrong = await Ask.Handle(await database.Actor(Clinician), new(Guid.CreateVersion7(), referral.Id, report, new ExtensionForm { Lines = [new() { Sessions = "0", UnitPrice = "much" }] }), Ct);
        Assert.Equal(["Lines.0.Sessions", "Lines.0.UnitPrice", "OutcomeIfDeclined", "Until"], Assert.IsType<Failure.Invalid>(wrong.Failure).Errors.Keys.Order());
    }

    [Fact]
    public async Task What_is_authorised_goes_into_the_ledger_onto_the_timeline_and_to_clinic_and_referrer()
    {
        var referral = await InTreatment();
        var (request, _) = await database.Asked(referral.Id);
        Assert.Equal(ExtensionState.Authorised, (await Answered(Funder, request, All with { Words = "Go on." })).Value);

        var balance = await database.Balance(referral.Id);
        Assert.Equal((16, 15), (balance.SessionsAuthorised, balance.SessionsLeft));
        var given = balance.Authorities[^1];
        Assert.Equal((8, 390m, "portal"), (given.Sum.SessionsAuthorised, given.Sum.PoundsAuthorised, given.Given.GivenHow));
        Assert.Equal([Modality.InClinic, Modality.Hydrotherapy], balance.Lines.Where(line => line.AuthorityId == given.Id).Select(line => line.Modality!.Value.Value));
        var stored = await database.StoredAs(referral.Id);
        Assert.Equal(("answer_extension", "Go on.", "everyone", "answer_extension", "extension_answered"), (stored.LastAction, stored.LastWords, stored.LastAudience, stored.LastAudit, stored.LastMessage));
        // Sent twice, it is answered once.
        Assert.Equal(ExtensionState.Authorised, (await Answered(Funder, request, All)).Value);
        Assert.Equal(16, (await database.Balance(referral.Id)).SessionsAuthorised);
    }

    [Fact]
    public async Task A_part_is_granted_line_by_line_and_the_ledger_holds_just_that() => await Gen.Select(Gen.Int[0, 6], Gen.Int[0, 2]).Where(part => part.Item1 + part.Item2 > 0).SampleAsync(async part =>
    {
        var referral = await InTreatment();
        var (request, _) = await database.Asked(referral.Id);
        var outcome = await Answered(Funder, request, new([part.Item1, part.Item2], ExtensionReason.LimitReached, ""));
        Assert.Equal(part is (6, 2) ? ExtensionState.Authorised : ExtensionState.Part, outcome.Value);
        var balance = await database.Balance(referral.Id);
        Assert.Equal(8 + part.Item1 + part.Item2, balance.SessionsAuthorised);
        Assert.Equal(part.Item1 * 45m + part.Item2 * 60m, balance.Authorities[^1].Sum.PoundsAuthorised);
        Assert.Equal(new int?[] { part.Item1, part.Item2 }, (await Read.One(await database.Actor(Solicitor), request, Ct))!.Lines.Select(line => line.Granted));
    }, iter: 5, threads: 1);

    [Fact]
    public async Task The_second_answer_extends_the_authority_of_the_first_and_moves_its_last_day()
    {
        var referral = await InTreatment();
        var (first, _) = await database.Asked(referral.Id);
        await Answered(Funder, first, new([2, 0], null, ""));
        var (second, _) = await database.Asked(referral.Id);
        await Answered(Funder, second, All);
        var balance = await database.Balance(referral.Id);
        Assert.Equal((2, 10, 480m), (balance.Authorities.Count, balance.Authorities[^1].Sum.SessionsAuthorised, balance.Authorities[^1].Sum.PoundsAuthorised));
        Assert.Equal([AuthorityEntryKind.Authorised, AuthorityEntryKind.Extended, AuthorityEntryKind.Extended], balance.Lines.Where(line => line.AuthorityId == balance.Authorities[^1].Id).Select(line => line.Kind.Value));
    }

    [Fact]
    public async Task Declining_takes_a_reason_and_authorises_nothing()
    {
        var referral = await InTreatment();
        var (request, _) = await database.Asked(referral.Id);
        Assert.Equal(["Reason"], Assert.IsType<Failure.Invalid>((await Answered(Funder, request, None with { Reason = null })).Failure).Errors.Keys);
        Assert.Equal(["Words"], Assert.IsType<Failure.Invalid>((await Answered(Funder, request, None with { Reason = ExtensionReason.Other, Words = " " })).Failure).Errors.Keys);
        foreach (var impossible in (int[][])[[7, 0], [6], [6, 2, 1], [-1, 2]])
            Assert.IsType<Failure.Invalid>((await Answered(Funder, request, new(impossible, ExtensionReason.GoalsMet, ""))).Failure);
        Assert.Equal(ExtensionState.Declined, (await Answered(Funder, request, None)).Value);
        Assert.Equal(8, (await database.Balance(referral.Id)).SessionsAuthorised);
        Assert.Equal("Not now.", (await Read.One(await database.Actor(Solicitor), request, Ct))!.Row.AnswerWords);
    }

    [Fact]
    public async Task Of_eight_answers_at_once_one_counts_and_the_others_are_told_of_it()
    {
        var referral = await InTreatment();
        var (request, _) = await database.Asked(referral.Id);
        var people = new[] { await database.Actor(Funder), await database.Actor(SecondFunder) };
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(place => Answer.Handle(people[place % 2], new(request, 2, place % 2 == 0 ? All : None), Ct)));

        var won = outcomes.First(outcome => outcome.IsDone).Value;
        foreach (var (outcome, place) in outcomes.Select((outcome, place) => (outcome, place)))
            if (place % 2 == 0 == (won == ExtensionState.Authorised)) Assert.Equal(won, outcome.Value);
            else Assert.Contains("answered this request", Assert.IsType<Failure.Conflict>(outcome.Failure).WhatChanged);
        Assert.Equal(1, await database.Ask<int>("select count(*)::int from referral_event where referral_id = @Id and action = 'answer_extension'", new { referral.Id }));
        Assert.Equal(won == ExtensionState.Authorised ? 16 : 8, (await database.Balance(referral.Id)).SessionsAuthorised);
    }

    [Fact]
    public async Task A_request_that_was_withdrawn_is_answered_no_more_and_one_that_was_answered_is_not_withdrawn()
    {
        var referral = await InTreatment();
        var (request, _) = await database.Asked(referral.Id);
        Assert.Equal(["Reason"], Assert.IsType<Failure.Invalid>((await Withdraw.Handle(await database.Actor(Clinician), new(request, 2, " "), Ct)).Failure).Errors.Keys);
        foreach (var person in (string[])[Funder, Solicitor, Lead]) Assert.IsType<Failure.Refused>((await Withdraw.Handle(await database.Actor(person), new(request, 2, "Why"), Ct)).Failure);
        Assert.True((await Withdraw.Handle(await database.Actor(Triage), new(request, 2, "The patient moved away."), Ct)).IsDone);
        Assert.Equal(("withdraw_extension", "extension_withdrawn"), ((await database.StoredAs(referral.Id)).LastAction, (await database.StoredAs(referral.Id)).LastMessage));
        Assert.IsType<Failure.Refused>((await Answered(Funder, request, All)).Failure);

        var (answered, _) = await database.Asked(referral.Id);
        await Answered(Funder, answered, All);
        Assert.IsType<Failure.Conflict>((await Withdraw.Handle(await database.Actor(Triage), new(answered, 2, "Why"), Ct)).Failure);
    }

    [Fact]
    public async Task Another_funder_a_firm_and_an_employer_get_nothing_through_either_wall_alone()
    {
        var referral = await InTreatment();
        var (request, report) = await database.Asked(referral.Id);
        var open = database.WithoutRowLevelSecurity();
        var funder = await database.Actor(Funder);
        foreach (var person in (string[])[OtherFunder, Stranger, Employer, Intermediary])
        {
            var actor = await database.Actor(person);
            // The use case alone,
            Assert.Null(await new ReadExtension(open).One(actor, request, Ct));
            Assert.Null(await new ReadExtension(open).OfReport(actor, report, Ct));
            Assert.True((await new AnswerExtension(open).Handle(actor, new(request, 2, All), Ct)).Failure is Failure.Missing or Failure.Refused);
            Assert.IsType<Failure.Missing>((await new ReadFunding(open).Handle(actor, referral.Id, Ct)).Failure);
            Assert.DoesNotContain(((await new ListRequests(open).Handle(actor, new(false, null), Ct)).Value?.Rows ?? []), row => row.Id == request);
            // and row-level security alone.
            var disguised = actor.DisguisedAs(funder);
            Assert.Null(await Read.One(disguised, request, Ct));
            Assert.IsType<Failure.Missing>((await Answer.Handle(disguised, new(request, 2, All), Ct)).Failure);
            Assert.IsType<Failure.Missing>((await new ReadFunding(database.Database).Handle(disguised, referral.Id, Ct)).Failure);
            Assert.DoesNotContain((await List.Handle(disguised, new(false, null), Ct)).Value!.Rows, row => row.Id == request);
        }
        // With both walls down it is there.
        Assert.NotNull(await new ReadExtension(open).One((await database.Actor(Stranger)).DisguisedAs(funder), request, Ct));
        Assert.True((await Answered(Funder, request, All)).IsDone);
    }

    [Fact]
    public async Task A_party_that_does_not_pay_reads_the_request_and_answers_it_by_neither_door()
    {
        var referral = await database.AddReferral(Employer, ReferralState.InTreatment, redFlag: null, others: [(Funder, PartyRole.Funder), (CaseManager, PartyRole.CaseManager)]);
        var (request, _) = await database.Asked(referral.Id);
        // What is wrong with its worker is not an employer's to know.
        Assert.Null((await Read.One(await database.Actor(Employer), request, Ct))!.Row.OutcomeIfDeclined);
        Assert.Equal("returns-to-bed-rest", (await Read.One(await database.Actor(CaseManager), request, Ct))!.Row.OutcomeIfDeclined);
        foreach (var person in (string[])[Employer, CaseManager, Clinician, Triage]) Assert.IsType<Failure.Refused>((await Answered(person, request, All)).Failure);
        foreach (var person in (string[])[Employer, CaseManager])
        {
            await using var unit = await Acting(person);
            Assert.Equal(0, await unit.ExecuteAsync("update extension_request set state = 'authorised' where id = @request", new { request }));
            Assert.Equal(0, await unit.ExecuteAsync("update extension_line set granted = sessions where request_id = @request", new { request }));
        }
        // The clinic does not answer for the payer either.
        await using var clinic = await Acting(Clinician);
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(() =>
            clinic.ExecuteAsync("update extension_request set state = 'authorised', answered_at = now(), answered_by = requested_by, answered_by_name = 'x', answered_how = 'portal' where id = @request", new { request }))).SqlState);
    }

    async Task<NpgsqlConnection> Acting(string person)
    {
        var connection = new NpgsqlConnection(database.AppConnection);
        await connection.OpenAsync(Ct);
        var actor = await database.Actor(person);
        await connection.ExecuteAsync("begin; select portal.act_as(@id)", new { id = actor.UserId });
        return connection;
    }

    [Fact]
    public async Task A_funder_sees_what_waits_first_and_finds_by_name_reference_and_claim()
    {
        var (waiting, answered) = (await database.AddReferral(state: ReferralState.InTreatment, redFlag: null, givenName: "Zenobia", familyName: "Quick", others: [(Funder, PartyRole.Funder)]), await InTreatment());
        var (first, _) = await database.Asked(waiting.Id);
        var (second, _) = await database.Asked(answered.Id);
        await Answered(Funder, second, All);
        var funder = await database.Actor(Funder);

        Assert.Contains((await List.Handle(funder, new(false, null), Ct)).Value!.Rows, row => row.Id == first && row.State == ExtensionState.Waiting);
        Assert.DoesNotContain((await List.Handle(funder, new(false, null), Ct)).Value!.Rows, row => row.Id == second);
        Assert.Contains((await List.Handle(funder, new(true, null), Ct)).Value!.Rows, row => row.Id == second && row.Granted == 8);
        foreach (var words in (string[])["zenobia q", waiting.Reference, waiting.Reference.Replace("-", "")])
            Assert.Equal(first, Assert.Single((await List.Handle(funder, new(false, words), Ct)).Value!.Rows).Id);
        Assert.Empty((await List.Handle(funder, new(false, "%_"), Ct)).Value!.Rows);
        Assert.IsType<Failure.Refused>((await List.Handle(await database.Actor(Solicitor), new(false, null), Ct)).Failure);
        Assert.Equal((await List.Handle(funder, new(false, null), Ct)).Value!.Waiting, await List.CountWaiting(funder, Ct));
    }

    [Fact]
    public async Task The_payer_is_reminded_once_at_each_moment_and_silence_authorises_nothing()
    {
        var referral = await InTreatment();
        var (request, _) = await database.Asked(referral.Id);
        var (portal, reminding) = (await CurrentActor.Load(database.Sources, Actor.SystemUserId, Ct), new RemindFunder(database.Database));
        foreach (var step in (int[])[1, 1, 2, 2, 1]) await reminding.Handle(portal, new(referral.Id, request, step), Ct);
        Assert.Equal(2, await Queued(referral.Id, "extension_reminded"));
        await reminding.Handle(portal, new(referral.Id, request, 3), Ct);
        await reminding.Handle(portal, new(referral.Id, request, 3), Ct);
        Assert.Equal((1, 0), (await Queued(referral.Id, "extension_overdue"), await Queued(referral.Id, "extension_answered")));
        Assert.Equal((8, ExtensionState.Waiting), ((await database.Balance(referral.Id)).SessionsAuthorised, (await Read.One(await database.Actor(Funder), request, Ct))!.Row.State.Value));
        // It can still be answered, late.
        Assert.True((await Answered(Funder, request, All)).IsDone);
        await reminding.Handle(portal, new(referral.Id, request, 3), Ct);
        Assert.Equal(1, await Queued(referral.Id, "extension_overdue"));
    }

    [Fact]
    public async Task Where_the_contract_says_so_silence_counts_as_authorised_and_the_timeline_says_that_it_does()
    {
        await database.Terms(deemed: true);
        var referral = await InTreatment();
        var (request, _) = await database.Asked(referral.Id);
        var (portal, reminding) = (await CurrentActor.Load(database.Sources, Actor.SystemUserId, Ct), new RemindFunder(database.Database));
        await reminding.Handle(portal, new(referral.Id, request, 2), Ct);
        Assert.Equal(8, (await database.Balance(referral.Id)).SessionsAuthorised);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => reminding.Handle(portal, new(referral.Id, request, 3), Ct)));

        Assert.Equal(16, (await database.Balance(referral.Id)).SessionsAuthorised);
        var answered = (await Read.One(await database.Actor(Funder), request, Ct))!.Row;
        Assert.Equal((ExtensionState.Authorised, "contract"), (answered.State.Value, answered.AnsweredHow));
        Assert.Contains("\"how\": \"contract\"", (await database.StoredAs(referral.Id)).LastDetail);
        Assert.IsType<Failure.Conflict>((await Answered(Funder, request, None)).Failure);
    }
}
