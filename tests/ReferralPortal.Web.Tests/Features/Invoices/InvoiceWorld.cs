using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Invoices;
using ReferralPortal.Web.Features.Invoices.Fees;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Tests.Features.Referrals;
using ReferralPortal.Web.Tests.Features.Triaging;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Invoices;

/// <summary>A clinic with prices, and referrals on which something took place. Today is 5 November 2026.</summary>
public sealed class InvoiceWorld : IAsyncLifetime
{
    static CancellationToken Ct => Xunit.TestContext.Current.CancellationToken;

    public PortalTestDatabase Database { get; } = new();
    public Microsoft.Extensions.Time.Testing.FakeTimeProvider Clock { get; } = TestClock.At("2026-11-05 10:00");

    internal static readonly DateOnly October = new(2026, 10, 1), November = new(2026, 11, 1);

    public async ValueTask InitializeAsync()
    {
        await Database.InitializeAsync();
        await SetPrices(null, new(2026, 1, 1), ("initial_assessment", "90.00"), ("treatment", "55.00"), ("did_not_attend", "25"), ("initial_assessment_report", "60.50"), ("review", "0"));
        await SetPrices((await Database.Actor(Funder)).OrganisationId, new(2026, 1, 1), ("treatment", "50"), ("initial_assessment_report", "0"));
    }

    public ValueTask DisposeAsync() => Database.DisposeAsync();

    internal async Task<Outcome<int>> SetPrices(Guid? payer, DateOnly from, params (string Kind, string Pounds)[] prices)
    {
        var version = (await new ReadFees(Database.Database).Of(await Database.Actor(Lead), payer, Ct)).Value!.Version;
        return await new SaveFees(Database.On(Clock), Clock).Handle(await Database.Actor(Lead), new(payer, version, from, prices.ToDictionary(price => price.Kind, price => price.Pounds), "Exempt from VAT.", ""), Ct);
    }

    /// <summary>A referral on which nothing chargeable took place yet. Its payer is Ribble Insurance on the portal, unless it says otherwise.</summary>
    internal async Task<TestReferral> Referral(string referrer = Solicitor, bool funded = true)
    {
        var referral = await Database.AddReferral(referrer, ReferralState.InTreatment, submittedAt: TestClock.Moment("2026-09-01 09:00"), others: funded ? [(Funder, PartyRole.Funder)] : []);
        await Database.Run($"update appointment set state = 'cancelled' where referral_id = @Id; {TriageWorld.NoReports}", new { referral.Id });
        return referral;
    }

    /// <summary>An appointment that took place or was missed.</summary>
    internal async Task<Guid> Took(TestReferral referral, string london, string kind = "treatment", string state = "attended")
    {
        var id = Guid.CreateVersion7();
        await Database.Run("""
            insert into appointment (id, referral_id, kind, clinic_id, clinician_id, starts_at, ends_at, state)
            select @id, @referral, @kind, (select id from clinic order by name limit 1), u.id, @at, @at + interval '30 minutes', @state from portal_user u where u.user_name = @Clinician
            """, new { id, referral = referral.Id, kind, state, at = TestClock.Moment(london), Clinician });
        return id;
    }

    /// <summary>A report that was signed.</summary>
    internal async Task<Guid> Signed(TestReferral referral, string london, string kind = "initial_assessment", Guid? amends = null)
    {
        var id = Guid.CreateVersion7();
        await Database.Run("""
            update report set state = 'superseded' where id = @amends;
            insert into report (id, referral_id, kind, state, content, author_id, author_name, author_hcpc, signed_at, content_hash, supersedes_id, amendment_reason)
            select @id, @referral, @kind, 'signed', '[]'::jsonb, u.id, u.display_name, 'PH104512', @at, 'f00d', @amends, case when @amends::uuid is not null then 'A slip' end from portal_user u where u.user_name = @Clinician
            """, new { id, referral = referral.Id, kind, amends, at = TestClock.Moment(london), Clinician });
        return id;
    }

    internal async Task<ReferralStatement> Statement(string reference, string reader = Triage) => (await new ReadStatement(Database.On(Clock)).Handle(await Database.Actor(reader), reference, Ct)).Value!;

    internal async Task<Outcome<int>> IssueStatement(Guid referral, Guid? key = null, string biller = Triage)
    {
        var reference = await Database.Ask<string>("select reference from referral where id = @referral", new { referral });
        var statement = await Statement(reference!);
        return await Issuing.Handle(await Database.Actor(biller), new(key ?? Guid.CreateVersion7(), null, null, referral, statement.ToBill.Count, statement.ToBillTotal), Ct);
    }

    internal IssueInvoice Issuing => new(Database.On(Clock));

    internal async Task<MonthlyRun> Run(DateOnly month) => (await new PreviewRun(Database.On(Clock)).Handle(await Database.Actor(Lead), month, null, Ct)).Value!;

    internal async Task<Outcome<int>> Issue(PayerToBill payer, DateOnly month, Guid? key = null, string biller = Lead) =>
        await Issuing.Handle(await Database.Actor(biller), new(key ?? Guid.CreateVersion7(), month, payer.PayerKey, null, payer.Charges.Count, payer.Total), Ct);

    internal async Task<Invoice?> Invoice(int number, string reader = Lead) => (await new ReadInvoice(Database.On(Clock)).Handle(await Database.Actor(reader), number, AuditAction.ViewInvoice, Ct)).Value;
}
