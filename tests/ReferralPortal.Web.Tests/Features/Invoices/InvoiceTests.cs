using Npgsql;
using ReferralPortal.Domain;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Invoices;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Tests.Features.Referrals;
using ReferralPortal.Web.Tests.Features.Triaging;
using static ReferralPortal.Web.Tests.Features.Invoices.InvoiceWorld;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Invoices;

public sealed class InvoiceTests(InvoiceWorld world) : IClassFixture<InvoiceWorld>
{
    static CancellationToken Ct => Xunit.TestContext.Current.CancellationToken;

    static IEnumerable<string> Lines(IEnumerable<Charge> charges) => charges.Select(charge => $"{charge.Kind} {charge.Pounds}");

    [Fact]
    public async Task A_statement_charges_what_took_place_at_the_payers_price_and_else_at_the_clinics_own()
    {
        var referral = await world.Referral();
        await world.Took(referral, "2026-09-10 09:00", "initial_assessment");
        await world.Took(referral, "2026-09-17 09:00");
        await world.Took(referral, "2026-09-24 09:00", state: "did_not_attend");
        await world.Took(referral, "2026-10-01 09:00", state: "cancelled");
        await world.Took(referral, "2026-10-08 09:00", state: "booked");
        await world.Took(referral, "2026-10-15 09:00", "review"); // free of charge
        await world.Signed(referral, "2026-09-11 09:00"); // free of charge for this payer
        await world.Signed(referral, "2026-09-12 09:00", "progress"); // has no price

        var statement = await world.Statement(referral.Reference);
        Assert.Equal(["initial_assessment 90.00", "treatment 50.00", "did_not_attend 25.00"], Lines(statement.ToBill));
        Assert.Equal((165m, "Ribble Insurance"), (statement.ToBillTotal, statement.PayerName));

        // The same without an agreement: whoever pays is not on the portal.
        var other = await world.Referral(funded: false);
        await world.Took(other, "2026-09-17 09:00");
        await world.Signed(other, "2026-09-11 09:00");
        Assert.Equal(["initial_assessment_report 60.50", "treatment 55.00"], Lines((await world.Statement(other.Reference)).ToBill));
    }

    [Fact]
    public async Task What_takes_place_costs_the_price_of_its_day()
    {
        var payer = (await world.Database.Actor(Employer)).OrganisationId;
        var referral = await world.Referral(Employer, funded: false);
        await world.Database.Run("update referral_detail set payer_kind = 'referrer' where referral_id = @Id", new { referral.Id });
        await world.SetPrices(payer, new(2026, 10, 12), ("treatment", "47.25"));
        // Half past eleven at night in London is still the day before the new price, whatever the day is in UTC.
        await world.Took(referral, "2026-10-11 23:30");
        await world.Took(referral, "2026-10-12 00:15");
        Assert.Equal(["treatment 55.00", "treatment 47.25"], Lines((await world.Statement(referral.Reference)).ToBill));
    }

    [Fact]
    public async Task What_was_billed_is_not_billed_again_and_a_repeat_is_the_same_invoice()
    {
        var referral = await world.Referral();
        await world.Took(referral, "2026-09-17 09:00");
        var key = Guid.CreateVersion7();
        var first = await world.IssueStatement(referral.Id, key);
        Assert.True(first.IsDone, first.Failure?.ToString());
        Assert.Equal(first.Value, (await world.Issuing.Handle(await world.Database.Actor(Triage), new(key, null, null, referral.Id, 1, 50), Ct)).Value);

        // Somebody else who had the page open before is told who was first.
        var late = Assert.IsType<Failure.Conflict>((await world.Issuing.Handle(await world.Database.Actor(Lead), new(Guid.CreateVersion7(), null, null, referral.Id, 1, 50), Ct)).Failure);
        Assert.Equal(((await world.Database.Actor(Triage)).DisplayName, $"issued {InvoiceRules.Number(first.Value)}"), (late.ChangedBy, late.WhatChanged));

        await world.Took(referral, "2026-09-24 09:00");
        Assert.Equal(50, (await world.Statement(referral.Reference)).ToBillTotal);
        await world.IssueStatement(referral.Id);
        var statement = await world.Statement(referral.Reference);
        Assert.Equal((2, 100m, 0m), (statement.Billed.Count, statement.BilledTotal, statement.ToBillTotal));
        Assert.Equal(["issue_invoice"], await world.Database.AuditOf(await world.Database.Ask<Guid>("select id from invoice where number = @Value", new { first.Value })));
    }

    [Fact]
    public async Task What_changed_since_it_was_looked_at_is_not_issued_unseen()
    {
        var referral = await world.Referral();
        await world.Took(referral, "2026-09-17 09:00");
        await world.Took(referral, "2026-09-18 09:00");
        Assert.Contains("2 lines, £100.00", Assert.IsType<Failure.Refused>((await world.Issuing.Handle(await world.Database.Actor(Triage), new(Guid.CreateVersion7(), null, null, referral.Id, 1, 50), Ct)).Failure).Words, StringComparison.Ordinal);
        Assert.IsType<Failure.Refused>((await world.Issuing.Handle(await world.Database.Actor(Triage), new(Guid.CreateVersion7(), null, null, (await world.Referral()).Id, 0, 0), Ct)).Failure);
    }

    [Fact]
    public async Task Eight_people_who_issue_at_once_get_eight_numbers_without_a_gap_and_eight_for_one_thing_get_one()
    {
        var referrals = new List<TestReferral>();
        for (var one = 0; one < 8; one++)
        {
            referrals.Add(await world.Referral());
            await world.Took(referrals[^1], "2026-09-17 09:00");
        }
        var before = await world.Database.Ask<int>("select last from invoice_counter");
        // Half of them want something that is not so: what they took is given back.
        var refused = referrals.Select(async referral => await world.Issuing.Handle(await world.Database.Actor(Lead), new(Guid.CreateVersion7(), null, null, referral.Id, 7, 1), Ct));
        var issued = referrals.Select(referral => world.IssueStatement(referral.Id));
        var outcomes = await Task.WhenAll(issued.Concat(refused));

        Assert.Equal(Enumerable.Range(before + 1, 8), outcomes.Where(outcome => outcome.IsDone).Select(outcome => outcome.Value).Order());
        Assert.Equal(before + 8, await world.Database.Ask<int>("select last from invoice_counter"));

        var wanted = await world.Referral();
        await world.Took(wanted, "2026-09-17 09:00");
        var same = await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ => await world.Issuing.Handle(await world.Database.Actor(Triage), new(Guid.CreateVersion7(), null, null, wanted.Id, 1, 50), Ct)));
        Assert.Single(same, outcome => outcome.IsDone);
        Assert.All(same.Where(outcome => !outcome.IsDone), outcome => Assert.IsType<Failure.Conflict>(outcome.Failure));
        Assert.Equal(1, await world.Database.Ask<int>("select count(*)::int from invoice_line where referral_id = @Id", new { wanted.Id }));
        Assert.Equal(await world.Database.Ask<int>("select count(*)::int from invoice"), await world.Database.Ask<int>("select max(number) from invoice"));
    }

    [Fact]
    public async Task An_issued_invoice_cannot_be_changed_even_in_the_database()
    {
        var referral = await world.Referral();
        await world.Took(referral, "2026-09-17 09:00");
        var number = (await world.IssueStatement(referral.Id)).Value;
        foreach (var change in new[]
        {
            "update invoice set total = 1 where number = @number", "delete from invoice where number = @number",
            "update invoice_line set pounds = 1 where invoice_id = (select id from invoice where number = @number)", "delete from invoice_line where invoice_id = (select id from invoice where number = @number)",
            """
            insert into invoice_line (id, invoice_id, position, referral_id, reference, initials, source_id, round, kind, happened_on, pounds)
            select gen_random_uuid(), invoice_id, 2, referral_id, reference, initials, gen_random_uuid(), 1, kind, happened_on, 5 from invoice_line where invoice_id = (select id from invoice where number = @number)
            """,
        })
            Assert.Equal("RP002", (await Assert.ThrowsAsync<PostgresException>(() => world.Database.Run(change, new { number }))).SqlState);
    }

    [Fact]
    public async Task A_credit_takes_a_line_back_and_it_is_billed_anew_or_never_again()
    {
        var referral = await world.Referral();
        await world.Took(referral, "2026-09-17 09:00");
        await world.Took(referral, "2026-09-18 09:00");
        var invoice = (await world.Invoice((await world.IssueStatement(referral.Id)).Value))!;
        var credit = new CreditLine(world.Database.On(world.Clock));
        var lead = await world.Database.Actor(Lead);

        Assert.Equal(["BillAgain", "CreditReason"], Assert.IsType<Failure.Invalid>((await credit.Handle(lead, new(invoice.Lines[0].Id, " ", null), Ct)).Failure).Errors.Keys.Order());
        var again = await credit.Handle(lead, new(invoice.Lines[0].Id, "The wrong price.", true), Ct);
        Assert.Equal(again.Value, (await credit.Handle(lead, new(invoice.Lines[0].Id, "Twice.", false), Ct)).Value);
        Assert.True((await credit.Handle(lead, new(invoice.Lines[1].Id, "As a courtesy.", false), Ct)).IsDone);

        var note = (await world.Invoice(again.Value))!;
        Assert.Equal(("Credit note", -50m, invoice.Number, "The wrong price."), (note.Title, note.Total, note.Credits, note.Reason));
        Assert.IsType<Failure.Refused>((await credit.Handle(lead, new(note.Lines[0].Id, "Back again.", true), Ct)).Failure);
        Assert.Equal([again.Value, again.Value + 1], (await world.Invoice(invoice.Number))!.Lines.Select(line => line.CreditedBy!.Value));
        Assert.Equal((100m, 100m), (invoice.Total, (await world.Invoice(invoice.Number))!.Total)); // what was issued stays

        var statement = await world.Statement(referral.Reference);
        Assert.Equal((50m, 0m, 2), (statement.ToBillTotal, statement.BilledTotal, Assert.Single(statement.ToBill).Round));
        Assert.True((await world.IssueStatement(referral.Id)).IsDone);
        Assert.Equal((0m, 50m), ((await world.Statement(referral.Reference)).ToBillTotal, (await world.Statement(referral.Reference)).BilledTotal));
    }

    [Fact]
    public async Task An_appointment_that_was_recorded_otherwise_since_is_credited_and_charged_anew_by_the_next_statement()
    {
        var referral = await world.Referral();
        var (seen, called) = (await world.Took(referral, "2026-09-17 09:00", state: "did_not_attend"), await world.Took(referral, "2026-09-18 09:00"));
        await world.IssueStatement(referral.Id);
        await world.Database.Run("update appointment set state = 'attended' where id = @seen; update appointment set state = 'cancelled' where id = @called", new { seen, called });

        var statement = await world.Statement(referral.Reference);
        Assert.Equal(["did_not_attend -25.00", "treatment 50.00", "treatment -50.00"], Lines(statement.ToBill));
        var number = (await world.IssueStatement(referral.Id)).Value;
        Assert.Equal(-25m, (await world.Invoice(number))!.Total);
        statement = await world.Statement(referral.Reference);
        Assert.Equal((50m, 0), (statement.BilledTotal, statement.ToBill.Count));
        // And back again.
        await world.Database.Run("update appointment set state = 'did_not_attend' where id = @seen", new { seen });
        Assert.Equal(["did_not_attend 25.00", "treatment -50.00"], Lines((await world.Statement(referral.Reference)).ToBill).Order());
    }

    [Fact]
    public async Task A_report_is_charged_once_however_often_it_is_amended()
    {
        var referral = await world.Referral(funded: false);
        var report = await world.Signed(referral, "2026-09-11 09:00");
        await world.IssueStatement(referral.Id);
        await world.Signed(referral, "2026-09-20 09:00", amends: report);
        Assert.Empty((await world.Statement(referral.Reference)).ToBill);
    }

    [Fact]
    public async Task A_report_that_the_patient_is_still_checking_is_not_charged_and_shows_on_no_statement()
    {
        var referral = await world.Referral(funded: false);
        await world.Signed(referral, "2026-09-11 09:00");
        var charged = (await world.Statement(referral.Reference)).ToBill.Count;
        await world.Database.Run("alter table report disable trigger signed_reports_are_frozen; update report set released_at = null, release_due_at = now() where referral_id = @Id; alter table report enable trigger signed_reports_are_frozen", new { referral.Id });
        Assert.Equal((1, 0), (charged, (await world.Statement(referral.Reference)).ToBill.Count));
    }

    [Fact]
    public async Task Only_the_payer_and_the_clinic_read_an_invoice_and_each_wall_holds_alone()
    {
        var referral = await world.Database.AddReferral(Solicitor, ReferralState.InTreatment, submittedAt: TestClock.Moment("2026-09-01 09:00"),
            others: [(Funder, PartyRole.Funder), (CaseManager, PartyRole.CaseManager), (Employer, PartyRole.InstructingParty)]);
        var number = (await world.IssueStatement(referral.Id)).Value;

        foreach (var reader in new[] { Funder, Lead, Triage }) Assert.Equal(number, (await world.Invoice(number, reader))!.Number);
        foreach (var reader in new[] { Solicitor, Partner, CaseManager, Employer, Stranger, Clinician, Auditor }) Assert.Null(await world.Invoice(number, reader));
        Assert.Equal(90m, (await world.Statement(referral.Reference, Funder)).BilledTotal);
        foreach (var reader in new[] { Solicitor, CaseManager, Employer, Stranger, Clinician }) Assert.Null(await world.Statement(referral.Reference, reader));

        var (payer, party) = (await world.Database.Actor(Funder), await world.Database.Actor(Solicitor));
        var behindNoWall = world.Database.WithoutRowLevelSecurity();
        Assert.IsType<Failure.Missing>((await new ReadInvoice(behindNoWall).Handle(party, number, AuditAction.ViewInvoice, Ct)).Failure);
        Assert.IsType<Failure.Missing>((await new ReadStatement(behindNoWall).Handle(party, referral.Reference, Ct)).Failure);
        Assert.DoesNotContain((await new ListInvoices(behindNoWall).Handle(party, null, null, Ct)).Value!.Rows, row => row.Number == number);
        Assert.IsType<Failure.Missing>((await new ReadInvoice(world.Database.Database).Handle(party.DisguisedAs(payer), number, AuditAction.ViewInvoice, Ct)).Failure);
        Assert.Empty((await new ListInvoices(world.Database.Database).Handle(party.DisguisedAs(payer), null, null, Ct)).Value!.Rows);
        Assert.True((await new ReadInvoice(behindNoWall).Handle(party.DisguisedAs(payer), number, AuditAction.ViewInvoice, Ct)).IsDone);

        // A party in an administrator's coat writes nothing: the database asks who it is.
        await world.Took(new(referral.Id, referral.Reference, 3), "2026-09-20 09:00");
        var disguised = party.DisguisedAs(await world.Database.Actor(Triage));
        Assert.False((await world.Issuing.Handle(disguised, new(Guid.CreateVersion7(), null, null, referral.Id, 1, 50), Ct)).IsDone);
    }

    [Fact]
    public async Task A_referrer_reads_its_invoice_only_where_it_pays()
    {
        var referral = await world.Referral(Intermediary, funded: false);
        await world.Database.Run("update referral_detail set payer_kind = 'referrer' where referral_id = @Id", new { referral.Id });
        await world.Took(referral, "2026-09-17 09:00");
        var number = (await world.IssueStatement(referral.Id)).Value;
        Assert.Equal("Mersey Rehab", (await world.Invoice(number, Intermediary))!.PayerName);
        Assert.Contains((await new ListInvoices(world.Database.Database).Handle(await world.Database.Actor(Intermediary), null, null, Ct)).Value!.Rows, row => row.Number == number);
        Assert.Null(await world.Invoice(number, Funder));
    }

    [Theory]
    [InlineData(Clinician, typeof(Failure.Refused))]
    [InlineData(Auditor, typeof(Failure.Refused))]
    [InlineData(Funder, typeof(Failure.Missing))]
    [InlineData(Solicitor, typeof(Failure.Missing))]
    public async Task Nobody_else_bills(string person, Type failure)
    {
        var actor = await world.Database.Actor(person);
        Assert.IsType(failure, (await world.Issuing.Handle(actor, new(Guid.CreateVersion7(), October, "x", null, 1, 1), Ct)).Failure);
        Assert.IsType(failure, (await new CreditLine(world.Database.Database).Handle(actor, new(Guid.NewGuid(), "x", true), Ct)).Failure);
        Assert.IsType(failure, (await new PreviewRun(world.Database.Database).Handle(actor, October, null, Ct)).Failure);
    }

    [Theory]
    [InlineData("INV-000042", 42)]
    [InlineData("inv-7", 7)]
    [InlineData("INV-0", null)]
    [InlineData("42", null)]
    [InlineData("INV--1", null)]
    [InlineData("INV-99999999999", null)]
    public void A_number_is_read_as_it_is_written(string text, int? number) => Assert.Equal(number, InvoiceRules.ReadNumber(text));
}
