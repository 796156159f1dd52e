using Npgsql;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Components.Forms;
using ReferralPortal.Web.Features.Appointments;
using ReferralPortal.Web.Features.Funding;
using ReferralPortal.Web.Features.Funding.Terms;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Tests.Features.Referrals;
using ReferralPortal.Web.Tests.Features.Triaging;
using Xunit;
using static ReferralPortal.Web.Tests.Features.Funding.FundingWorld;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Funding;

public sealed class GiveAndWithdrawTests(PortalTestDatabase database) : IClassFixture<PortalTestDatabase>, IAsyncLifetime
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    GiveAuthority Give => new(database.Database, TimeProvider.System);
    WithdrawAuthority Withdraw => new(database.Database);
    ReadFunding Read => new(database.Database);
    KeepTerms Terms => new(database.Database);

    public async ValueTask InitializeAsync()
    {
        await database.AddFunders();
        await database.Run("update appointment set state = 'cancelled', attendance_code = '4' where state = 'booked'");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    Task<TestReferral> InTreatment() => database.AddReferral(state: ReferralState.InTreatment, redFlag: null, others: [(Funder, PartyRole.Funder), (CaseManager, PartyRole.CaseManager)]);

    static AuthorityForm ByPhone => new() { PayerName = "Ribble Insurance", Sessions = "4", GivenBy = "J. Holroyd", Came = AuthorityCame.Phone, Reference = "RB-77", ExpiresOn = DateParts.Of(Domain.LondonTime.DateOf(DateTimeOffset.UtcNow).AddDays(40)) };

    async Task<Outcome<Guid>> Given(string person, TestReferral referral, AuthorityForm form, Guid? key = null) => await Give.Handle(await database.Actor(person), new(key ?? Guid.CreateVersion7(), referral.Id, form), Ct);

    [Fact]
    public async Task The_clinic_records_what_came_by_telephone_with_who_gave_it_once()
    {
        var (referral, key) = (await InTreatment(), Guid.CreateVersion7());
        Assert.Equal(key, (await Given(Triage, referral, ByPhone, key)).Value);
        Assert.Equal(key, (await Given(Triage, referral, ByPhone, key)).Value);

        var balance = await database.Balance(referral.Id);
        Assert.Equal((12, 11), (balance.SessionsAuthorised, balance.SessionsLeft));
        var given = balance.Authorities[^1].Given;
        Assert.Equal(("J. Holroyd", "phone", "RB-77", true), (given.GivenBy, given.GivenHow, given.Reference, given.PayerOrganisationId is not null));
        var stored = await database.StoredAs(referral.Id);
        Assert.Equal(("give_authority", "give_authority", "authority_given"), (stored.LastAction, stored.LastAudit, stored.LastMessage));
    }

    [Fact]
    public async Task A_funder_adds_an_authority_by_itself_and_nobody_else_does()
    {
        var referral = await InTreatment();
        Assert.True((await Given(Funder, referral, new() { Pounds = "1,250.00", SessionPrice = "50" })).IsDone);
        var given = (await database.Balance(referral.Id)).Authorities[^1];
        Assert.Equal(("Ribble Insurance", "portal", 1250m, 50m), (given.Given.PayerName, given.Given.GivenHow, given.Sum.PoundsAuthorised!.Value, given.Given.SessionPrice!.Value));
        foreach (var person in (string[])[Solicitor, CaseManager, Stranger, Lead, Auditor]) Assert.IsType<Failure.Refused>((await Given(person, referral, ByPhone)).Failure);
        Assert.IsType<Failure.Missing>((await Given(OtherFunder, referral, new() { Sessions = "1" })).Failure);
    }

    [Fact]
    public async Task A_session_takes_its_price_from_an_amount_and_beyond_it_takes_a_reason()
    {
        var referral = await InTreatment();
        await database.Run("insert into authority_entry (id, authority_id, referral_id, kind, at, by_id, by_organisation_id) select gen_random_uuid(), a.id, a.referral_id, 'withdrawn', now(), u.id, u.organisation_id from funding_authority a, portal_user u where a.referral_id = @Id and u.user_name = @Triage; update funding_authority set withdrawn_at = now() - interval '30 days' where referral_id = @Id", new { referral.Id, Triage });
        await Given(Funder, referral, new() { Pounds = "100", SessionPrice = "50" });
        var appointment = await database.AddAppointment(referral.Id, daysAgo: 0, state: "booked");
        await database.Run("update appointment set starts_at = now() - interval '1 hour', ends_at = now() - interval '30 minutes' where id = @appointment", new { appointment });
        var version = await database.Ask<int>("select version from referral where id = @Id", new { referral.Id });
        Assert.True((await new RecordSeen(database.Database).Handle(await database.Actor(Clinician), new(referral.Id, version, appointment, AttendanceCode.OnTime), Ct)).IsDone);
        var balance = await database.Balance(referral.Id);
        Assert.Equal((50m, 50m), (balance.PoundsUsed, balance.PoundsLeft!.Value));
        var today = Domain.LondonTime.DateOf(DateTimeOffset.UtcNow);
        Assert.Null(balance.Beyond(1, today));
        Assert.Contains("£50.00 is left", balance.Beyond(2, today));
    }

    [Fact]
    public async Task What_is_typed_wrong_is_said_beside_its_field()
    {
        var referral = await InTreatment();
        var wrong = await Given(Triage, referral, new() { Pounds = "12.345", SessionPrice = "-1", ExpiresOn = new("31", "2", "2027"), Reference = new string('x', 101) });
        Assert.Equal(["Came", "ExpiresOn", "GivenBy", "PayerName", "Pounds", "Reference", "SessionPrice"], Assert.IsType<Failure.Invalid>(wrong.Failure).Errors.Keys.Order());
        Assert.Equal(["Sessions"], Assert.IsType<Failure.Invalid>((await Given(Funder, referral, new())).Failure).Errors.Keys);
        Assert.Equal(["Document"], Assert.IsType<Failure.Invalid>((await Given(Triage, referral, new() { PayerName = "P", Sessions = "1", GivenBy = "G", Came = AuthorityCame.Letter, Document = Guid.NewGuid() })).Failure).Errors.Keys);
    }

    [Fact]
    public async Task A_payer_takes_its_own_authority_back_and_the_clinic_sees_what_is_booked_beyond_it()
    {
        var referral = await InTreatment();
        var own = (await Given(Funder, referral, new() { Sessions = "4" })).Value;
        var withdrawn = new WithdrawAuthority.Command(referral.Id, own, 1, "The claim was settled.");
        var before = (await database.Balance(referral.Id)).Authorities[0].Id;
        Assert.IsType<Failure.Missing>((await Withdraw.Handle(await database.Actor(Funder), withdrawn with { Authority = before }, Ct)).Failure);
        Assert.IsType<Failure.Invalid>((await Withdraw.Handle(await database.Actor(Funder), withdrawn with { Reason = " " }, Ct)).Failure);
        Assert.IsType<Failure.Missing>((await Withdraw.Handle(await database.Actor(OtherFunder), withdrawn, Ct)).Failure);
        foreach (var person in (string[])[Solicitor, CaseManager, Lead]) Assert.IsType<Failure.Refused>((await Withdraw.Handle(await database.Actor(person), withdrawn, Ct)).Failure);

        // Of the eight before seven are left; nine are booked.
        for (var session = 1; session <= 9; session++) await database.AddAppointment(referral.Id, daysAgo: -session);
        Assert.Empty((await database.Balance(referral.Id)).BookedBeyond);
        Assert.Equal(2, (await Withdraw.Handle(await database.Actor(Funder), withdrawn, Ct)).Value);
        Assert.Equal(2, (await Withdraw.Handle(await database.Actor(Funder), withdrawn, Ct)).Value);
        Assert.IsType<Failure.Conflict>((await Withdraw.Handle(await database.Actor(Triage), withdrawn, Ct)).Failure);

        Assert.Equal(2, (await Read.Handle(await database.Actor(Triage), referral.Id, Ct)).Value!.Balance.BookedBeyond.Count);
        var stored = await database.StoredAs(referral.Id);
        Assert.Equal(("withdraw_authority", "The claim was settled.", "authority_withdrawn"), (stored.LastAction, stored.LastWords, stored.LastMessage));
        Assert.Equal(1, await database.Ask<int>("select count(*)::int from authority_entry where authority_id = @own and kind = 'withdrawn'", new { own }));
    }

    [Fact]
    public async Task The_funding_of_a_referral_is_there_for_its_parties_and_each_may_do_what_is_its_own()
    {
        var referral = await InTreatment();
        await Given(Funder, referral, new() { Sessions = "4" });
        foreach (var person in (string[])[Stranger, Health, Intermediary, OtherFunder, Auditor]) Assert.IsType<Failure.Missing>((await Read.Handle(await database.Actor(person), referral.Id, Ct)).Failure);
        foreach (var (person, gives, asks, withdraws) in ((string, bool, bool, int)[])[(Solicitor, false, false, 0), (CaseManager, false, false, 0), (Funder, true, false, 1), (Triage, true, false, 2), (Clinician, true, true, 2), (Lead, false, false, 0)])
        {
            var view = (await Read.Handle(await database.Actor(person), referral.Id, Ct)).Value!;
            Assert.Equal((gives, asks, withdraws, 12), (view.MayGive, view.MayAsk, view.Balance.Authorities.Count(view.MayWithdraw), view.Balance.SessionsAuthorised));
        }
        Assert.Equal(["view_funding"], (await database.Ask<string[]>("select array_agg(distinct action) from audit_entry where referral_id = @Id and action like 'view%'", new { referral.Id }))!);
    }

    [Fact]
    public async Task Booking_beyond_the_balance_or_after_the_last_day_takes_a_reason_which_is_kept()
    {
        var referral = await InTreatment();
        var (clinic, beth) = (await database.Clinic(), (await database.Actor(Clinician)).UserId);
        for (var session = 1; session <= 7; session++) await database.AddAppointment(referral.Id, daysAgo: -20 - session);
        var form = TriageWorld.Form(clinic, beth, kind: AppointmentKind.Treatment);
        var book = new BookAppointment(database.Database, database.Catalogue(), TimeProvider.System);
        var refused = await book.Handle(await database.Actor(Triage), new(referral.Id, referral.Version, form), Ct);
        Assert.Equal(["WhyBeyond"], Assert.IsType<Failure.Invalid>(refused.Failure).Errors.Keys);

        form.WhyBeyond = "The payer agreed by telephone.";
        Assert.True((await book.Handle(await database.Actor(Triage), new(referral.Id, referral.Version, form), Ct)).IsDone);
        var stored = await database.StoredAs(referral.Id);
        Assert.Equal("The payer agreed by telephone.", stored.LastWords);
        Assert.Contains("\"beyondAuthority\": true", stored.LastDetail);
    }

    [Fact]
    public async Task What_is_agreed_with_a_payer_is_kept_by_the_clinic_manager_alone_and_read_by_that_payer()
    {
        var ribble = (await database.Actor(Funder)).OrganisationId;
        var before = (await Terms.All(await database.Actor(Lead), Ct)).Value!.Single(payer => payer.OrganisationId == ribble);
        var command = new KeepTerms.Command(ribble, before.Version, "15", true, true, "Contract 7");
        foreach (var person in Everybody.Where(person => person != Lead)) Assert.IsType<Failure.Refused>((await Terms.Save(await database.Actor(person), command, Ct)).Failure);
        Assert.Equal(before.Version + 1, (await Terms.Save(await database.Actor(Lead), command, Ct)).Value);
        Assert.IsType<Failure.Conflict>((await Terms.Save(await database.Actor(Lead), command, Ct)).Failure);
        Assert.IsType<Failure.Invalid>((await Terms.Save(await database.Actor(Lead), command with { AnswerDays = "91" }, Ct)).Failure);
        Assert.IsType<Failure.Missing>((await Terms.Save(await database.Actor(Lead), command with { Organisation = (await database.Actor(Solicitor)).OrganisationId }, Ct)).Failure);
        Assert.Equal((15, true, true), (await Terms.All(await database.Actor(Lead), Ct)).Value!.Where(payer => payer.OrganisationId == ribble).Select(payer => (payer.AnswerDays, payer.DeemedApproval, payer.ChargesMissed)).Single());

        // Behind the use case the database says the same.
        foreach (var (person, rows) in ((string, int)[])[(Funder, 1), (Triage, 1), (OtherFunder, 0), (Solicitor, 0)])
            Assert.Equal(rows, await database.Database.Read(await database.Actor(person), unit => unit.One<int>("select count(*)::int from payer_terms"), Ct));
        await database.Terms();
    }
}
