using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Time.Testing;
using ReferralPortal.Domain.Funding;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Funding.Extensions;
using ReferralPortal.Web.Features.Funding.Links;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Platform.Mail;
using ReferralPortal.Web.Platform.SignIn;
using ReferralPortal.Web.Tests.Features.Referrals;
using ReferralPortal.Web.Tests.Features.Triaging;
using Xunit;
using static ReferralPortal.Web.Tests.Features.Funding.FundingWorld;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Funding;

public sealed class FunderLinkTests(PortalTestDatabase database) : IClassFixture<PortalTestDatabase>
{
    const string Address = "handler@calder-claims.example";

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    readonly Post post = new();
    readonly FakeTimeProvider clock = new(DateTimeOffset.UtcNow);

    static readonly IConfiguration Mail = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
    {
        ["Mail:Host"] = "mail.example", ["Mail:From"] = "portal@clinic.example", ["PublicAddress"] = "https://portal.example",
    }).Build();

    FollowLink Link => new(database.On(clock), database.Sources, post, Mail);
    SendFunderLink Sending => new(database.On(clock), post, Mail);

    static ExtensionAnswer All => new([6, 2], null, "");

    /// <summary>What is mailed, kept.</summary>
    sealed class Post : IMailSender
    {
        internal List<OutgoingMail> Sent { get; } = [];

        public Task Send(MailOptions options, OutgoingMail mail, CancellationToken ct)
        {
            Sent.Add(mail);
            return Task.CompletedTask;
        }
    }

    /// <summary>A request to a payer without an account, and the token that it was mailed.</summary>
    async Task<(TestReferral Referral, Guid Request, string Token)> Sent()
    {
        var referral = await database.AddReferral(state: ReferralState.InTreatment, redFlag: null);
        var (request, _) = await database.Asked(referral.Id, Form(Address), clock);
        await Send(referral, request);
        return (referral, request, Token());
    }

    async Task Send(TestReferral referral, Guid request) => await Sending.Handle(await CurrentActor.Load(database.Sources, Actor.SystemUserId, Ct), new ExtensionAsked(referral.Id, request), Ct);

    string Token() => post.Sent.Last(mail => mail.Text.Contains("/f/")).Text.Split("https://portal.example/f/")[1][..64];

    string Code() => post.Sent[^1].Text.Split("Your code is ")[1][..6];

    async Task<string> Visit(string token)
    {
        Assert.True((await Link.SendCode(token, Ct)).IsDone);
        return (await Link.EnterCode(token, Code(), Ct)).Value!.Visit!;
    }

    static string Another(string code) => code == "000000" ? "000001" : "000000";

    [Fact]
    public async Task A_payer_without_an_account_is_mailed_a_link_that_names_nobody_and_stands_nowhere_else()
    {
        var (referral, request, token) = await Sent();
        var mail = Assert.Single(post.Sent);
        Assert.Equal(Address, mail.To);
        Assert.Contains(referral.Reference, mail.Subject);
        foreach (var never in (string[])["Maud", "Ollerenshaw", "CLAIM-4711", "shoulder", "bed-rest"]) Assert.DoesNotContain(never, mail.Text + mail.Subject + mail.Html, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(0, await database.Ask<int>("""
            select (select count(*) from outbox_message where payload::text like @like) + (select count(*) from audit_entry where detail::text like @like) + (select count(*) from referral_event where detail::text like @like)
                 + (select count(*) from funder_link where funder_link::text like @like)
            """, new { like = $"%{token}%" }));

        // A payer with an account answers in the portal.
        var other = await database.AddReferral(state: ReferralState.InTreatment, redFlag: null, others: [(Funder, PartyRole.Funder)]);
        var (asked, _) = await database.Asked(other.Id, Form(Address), clock);
        await Send(other, asked);
        Assert.Single(post.Sent);
        Assert.NotEqual(request, asked);
    }

    [Fact]
    public async Task Behind_the_door_is_nothing_until_the_code_is_entered_and_then_what_a_payer_may_read()
    {
        var (referral, _, token) = await Sent();
        Assert.Equal(("h•••••@calder-claims.example", false), ((await Link.Open(token, Ct)).Value!.SentTo, (await Link.Open(token, Ct)).Value!.CodeIsOut));
        foreach (var visit in (string?[])[null, "", new string('0', 64)]) Assert.IsType<Failure.Refused>((await Link.Read(token, visit, Ct)).Failure);

        var known = await Visit(token);
        var page = (await Link.Read(token, known, Ct)).Value!;
        Assert.Equal(("Maud Ollerenshaw", "returns-to-bed-rest", 8), (page.PatientName, page.OutcomeIfDeclined, page.Lines.Sum(line => line.Sessions)));
        Assert.Contains(page.Sections, section => section.Text == "lifts-with-both-arms");
        // The visit ends by itself.
        clock.Advance(FollowLink.VisitLasts);
        Assert.IsType<Failure.Refused>((await Link.Read(token, known, Ct)).Failure);
        Assert.NotEqual(Guid.Empty, referral.Id);
    }

    [Fact]
    public async Task The_answer_comes_once_and_every_step_stands_in_the_audit_trail()
    {
        var (referral, request, token) = await Sent();
        await Link.Open(token, Ct);
        var visit = await Visit(token);
        Assert.Equal(["Name"], Assert.IsType<Failure.Invalid>((await Link.Answer(token, visit, 2, " ", All, Ct)).Failure).Errors.Keys);
        Assert.Equal(ExtensionState.Part, (await Link.Answer(token, visit, 2, "A. Handler", new([4, 0], ExtensionReason.LimitReached, "Four."), Ct)).Value);

        Assert.Equal(12, (await database.Balance(referral.Id)).SessionsAuthorised);
        var view = (await new ReadExtension(database.Database).One(await database.Actor(Solicitor), request, Ct))!.Row;
        Assert.Equal((ExtensionState.Part, "A. Handler, Ribble Insurance", "link", "Four."), (view.State.Value, view.AnsweredByName, view.AnsweredHow, view.AnswerWords));
        Assert.Equal(["send_funder_link", "open_funder_link", "send_funder_code", "enter_funder_code", "answer_extension"],
            (await database.Ask<string[]>("select array_agg(action order by sequence) from audit_entry where referral_id = @Id and action in ('send_funder_link', 'open_funder_link', 'send_funder_code', 'enter_funder_code', 'answer_extension')", new { referral.Id }))!);
        await OpensNothing(token, visit);
    }

    [Fact]
    public async Task Of_eight_answers_through_one_link_one_counts()
    {
        var (referral, _, token) = await Sent();
        var visit = await Visit(token);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Link.Answer(token, visit, 2, "A. Handler", All, Ct)));
        Assert.Single(outcomes, outcome => outcome.IsDone);
        Assert.All(outcomes.Where(outcome => !outcome.IsDone), outcome => Assert.IsType<Failure.Missing>(outcome.Failure));
        Assert.Equal(16, (await database.Balance(referral.Id)).SessionsAuthorised);
    }

    async Task OpensNothing(string token, string? visit = null)
    {
        Assert.IsType<Failure.Missing>((await Link.Open(token, Ct)).Failure);
        Assert.IsType<Failure.Missing>((await Link.SendCode(token, Ct)).Failure);
        Assert.IsType<Failure.Missing>((await Link.EnterCode(token, "123456", Ct)).Failure);
        Assert.IsType<Failure.Missing>((await Link.Read(token, visit, Ct)).Failure);
        Assert.IsType<Failure.Missing>((await Link.Answer(token, visit, 2, "A. Handler", All, Ct)).Failure);
    }

    [Fact]
    public async Task A_link_that_is_unknown_replaced_too_old_or_of_a_request_that_waits_no_more_opens_nothing()
    {
        foreach (var unknown in (string[])["", "x", new string('a', 64), new string('A', 64), "' or 1=1 --"]) await OpensNothing(unknown);

        var (referral, request, token) = await Sent();
        var sent = post.Sent.Count;
        await Sending.Handle(await CurrentActor.Load(database.Sources, Actor.SystemUserId, Ct), new ExtensionReminded(referral.Id, request), Ct);
        Assert.Equal(sent + 1, post.Sent.Count);
        await OpensNothing(token);
        var newer = Token();
        Assert.True((await Link.Open(newer, Ct)).IsDone);

        clock.Advance(TimeSpan.FromDays(61));
        await OpensNothing(newer);

        var (_, withdrawn, third) = await Sent();
        var visit = await Visit(third);
        await new WithdrawExtension(database.Database).Handle(await database.Actor(Clinician), new(withdrawn, 2, "Why"), Ct);
        await OpensNothing(third, visit);
    }

    [Fact]
    public async Task A_code_is_tried_five_times_and_then_holds_no_more_even_when_it_is_right()
    {
        var (_, _, token) = await Sent();
        Assert.Equal(CodeCheck.TooOld, (await Link.EnterCode(token, "123456", Ct)).Value!.Check);
        await Link.SendCode(token, Ct);
        var code = Code();
        var guesses = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Link.EnterCode(token, Another(code), Ct)));
        Assert.Equal(4, guesses.Count(guess => guess.Value!.Check == CodeCheck.Wrong));
        Assert.Equal(CodeCheck.TooManyTries, (await Link.EnterCode(token, code, Ct)).Value!.Check);

        // The next one must be waited for, and there are ten in all.
        Assert.IsType<Failure.Refused>((await Link.SendCode(token, Ct)).Failure);
        for (var sent = 1; sent < FollowLink.MostCodes; sent++)
        {
            clock.Advance(FollowLink.BetweenCodes);
            Assert.True((await Link.SendCode(token, Ct)).IsDone);
        }
        clock.Advance(FollowLink.BetweenCodes);
        Assert.Contains("Too many codes", Assert.IsType<Failure.Refused>((await Link.SendCode(token, Ct)).Failure).Words);
        Assert.Equal(CodeCheck.Right, (await Link.EnterCode(token, Code().Insert(3, " "), Ct)).Value!.Check);
    }

    [Fact]
    public async Task A_code_holds_ten_minutes_opens_once_and_only_with_its_own_link()
    {
        var (_, _, token) = await Sent();
        await Link.SendCode(token, Ct);
        var code = Code();
        clock.Advance(FollowLink.CodeHolds);
        Assert.Equal(CodeCheck.TooOld, (await Link.EnterCode(token, code, Ct)).Value!.Check);

        await Link.SendCode(token, Ct);
        code = Code();
        var (_, _, other) = await Sent();
        clock.Advance(TimeSpan.FromMinutes(1));
        await Link.SendCode(other, Ct);
        if (Code() != code) Assert.Equal(CodeCheck.Wrong, (await Link.EnterCode(other, code, Ct)).Value!.Check);
        Assert.NotNull((await Link.EnterCode(token, code, Ct)).Value!.Visit);
        Assert.Equal(CodeCheck.TooOld, (await Link.EnterCode(token, code, Ct)).Value!.Check);
    }

    [Fact]
    public async Task Only_the_portal_itself_reads_a_link_and_the_clinic_sees_that_it_was_sent()
    {
        var (referral, request, _) = await Sent();
        foreach (var (person, rows) in ((string, int)[])[(Clinician, 1), (Triage, 1), (Solicitor, 0), (Funder, 0), (Stranger, 0), (Auditor, 0)])
            Assert.Equal(rows, await database.Database.Read(await database.Actor(person), unit => unit.One<int>("select count(*)::int from funder_link where referral_id = @Id", new { referral.Id }), Ct));
        Assert.Equal(0, await database.Database.Read(await database.Actor(Clinician), async unit => await unit.Run("update funder_link set used_at = null where referral_id = @Id", new { referral.Id }), Ct));

        Assert.NotNull((await new ReadExtension(database.Database).One(await database.Actor(Clinician), request, Ct))!.Row.LinkSentAt);
        Assert.Null((await new ReadExtension(database.Database).One(await database.Actor(Solicitor), request, Ct))!.Row.LinkSentAt);

        // It is sent again when the clinic asks for that, not at once.
        var again = new AskLinkAgain(database.Database);
        Assert.IsType<Failure.Refused>((await again.Handle(await database.Actor(Clinician), request, Ct)).Failure);
        await database.Run("update funder_link set sent_at = now() - interval '10 minutes' where request_id = @request", new { request });
        foreach (var person in (string[])[Solicitor, Funder, Lead]) Assert.IsType<Failure.Refused>((await again.Handle(await database.Actor(person), request, Ct)).Failure);
        Assert.True((await again.Handle(await database.Actor(Clinician), request, Ct)).IsDone);
        Assert.Equal("funder_link_wanted", (await database.StoredAs(referral.Id)).LastMessage);
    }
}
