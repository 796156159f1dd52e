using Dapper;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Referrals.Submit;
using ReferralPortal.Web.Features.Referrals.Submit.Drafts;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Tests.Features.Referrals.Submit;

public sealed class SubmitReferralTests(PortalTestDatabase world) : IClassFixture<PortalTestDatabase>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    CatalogueStore Catalogue => new(world.Sources, TimeProvider.System);
    SubmitReferral Submit => new(world.Database, Catalogue, new FormOrganisations(world.Database), TimeProvider.System);

    [Fact]
    public async Task A_submitted_referral_is_whole()
    {
        var solicitor = await world.Actor("solicitor@northgate-law.example");
        var (id, reference) = await ExampleForms.Submitted(world, solicitor);

        await using var owner = await world.Owner();
        var rows = await owner.QuerySingleAsync<(string Reference, int Patients, int Details, int Parties, int Events, int Audits, int Messages, int Authorities)>("""
            select r.reference,
                   (select count(*)::int from patient where id = r.patient_id),
                   (select count(*)::int from referral_detail where referral_id = r.id),
                   (select count(*)::int from referral_party where referral_id = r.id),
                   (select count(*)::int from referral_event where referral_id = r.id),
                   (select count(*)::int from audit_entry where referral_id = r.id and action = 'submit'),
                   (select count(*)::int from outbox_message where referral_id = r.id and kind in ('referral_submitted', 'clock_check')),
                   (select count(*)::int from funding_authority where referral_id = r.id)
            from referral r where r.id = @id
            """, new { id });
        Assert.Equal((reference, 1, 1, 2, 1, 1, 2, 1), rows);
    }

    [Fact]
    public async Task Submitting_twice_with_one_key_makes_one_referral()
    {
        var solicitor = await world.Actor("solicitor@northgate-law.example");
        var form = ExampleForms.Solicitor(await Catalogue.Get(Ct));
        var key = Guid.CreateVersion7();

        var first = await Submit.Handle(solicitor, new(key, form), Ct);
        var second = await Submit.Handle(solicitor, new(key, form), Ct);

        Assert.False(first.Value!.AlreadyThere);
        Assert.True(second.Value!.AlreadyThere);
        Assert.Equal(first.Value.Reference, second.Value.Reference);
    }

    [Fact]
    public async Task Eight_submissions_at_once_with_one_key_make_one_referral()
    {
        var solicitor = await world.Actor("solicitor@northgate-law.example");
        var form = ExampleForms.Solicitor(await Catalogue.Get(Ct));
        var key = Guid.CreateVersion7();

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Submit.Handle(solicitor, new(key, form), Ct)));

        Assert.Single(outcomes, outcome => !outcome.Value!.AlreadyThere);
        Assert.Single(outcomes.Select(outcome => outcome.Value!.Reference).Distinct());
    }

    [Fact]
    public async Task A_key_that_another_firm_used_says_nothing_about_its_referral()
    {
        var (id, _) = await ExampleForms.Submitted(world, await world.Actor("solicitor@northgate-law.example"));
        var stranger = await world.Actor("solicitor@harbour-legal.example");

        var outcome = await Submit.Handle(stranger, new(id, ExampleForms.Solicitor(await Catalogue.Get(Ct))), Ct);

        Assert.IsType<Failure.Missing>(outcome.Failure);
    }

    [Theory]
    [InlineData("triage@clinic.example")]
    [InlineData("claims@ribble-insurance.example")]
    [InlineData("auditor@clinic.example")]
    public async Task Only_those_who_refer_may_submit(string userName)
    {
        var outcome = await Submit.Handle(await world.Actor(userName), new(Guid.CreateVersion7(), ExampleForms.Solicitor(await Catalogue.Get(Ct))), Ct);
        Assert.IsType<Failure.Refused>(outcome.Failure);
    }

    [Fact]
    public async Task A_form_with_a_mistake_is_refused_beside_its_field()
    {
        var form = ExampleForms.Solicitor(await Catalogue.Get(Ct));
        form.Patient.NhsNumber = "123 456 1234";
        var outcome = await Submit.Handle(await world.Actor("solicitor@northgate-law.example"), new(Guid.CreateVersion7(), form), Ct);
        Assert.Contains("Patient.NhsNumber", Assert.IsType<Failure.Invalid>(outcome.Failure).Errors);
    }

    [Fact]
    public async Task Organisations_that_the_form_names_become_parties()
    {
        var agent = await world.Actor("agent@mersey-rehab.example");
        var (northgate, pennine, ribble) = (await Organisation("Northgate Law"), await Organisation("Pennine Case Management"), await Organisation("Ribble Insurance"));
        var (id, _) = await ExampleForms.Submitted(world, agent, form =>
        {
            (form.Claim.InstructingPartyId, form.Claim.CaseManagerId) = (northgate, pennine);
            (form.Funding.Kind, form.Funding.PayerId, form.Funding.PayerName) = (PayerKind.Funder, ribble, "");
        });

        await using var owner = await world.Owner();
        var parties = await owner.QueryAsync<(string Role, Guid Organisation)>("select role, organisation_id from referral_party where referral_id = @id", new { id });
        Assert.Equal(
            new HashSet<(string, Guid)> { ("referrer", agent.OrganisationId), ("instructing_party", northgate), ("case_manager", pennine), ("funder", ribble), ("treating_clinic", await Organisation("Physio.co.uk")) },
            parties.ToHashSet());
        Assert.Equal("Ribble Insurance", await owner.ExecuteScalarAsync<string>("select payer_name from funding_authority where referral_id = @id", new { id }));
    }

    [Fact]
    public async Task An_organisation_cannot_be_made_a_party_as_what_it_is_not()
    {
        var solicitor = await world.Actor("solicitor@northgate-law.example");
        var harbour = await Organisation("Harbour Legal");
        var form = ExampleForms.Solicitor(await Catalogue.Get(Ct));
        (form.Claim.CaseManagerId, form.Funding.Kind, form.Funding.PayerId) = (harbour, PayerKind.Funder, Guid.NewGuid());

        var errors = Assert.IsType<Failure.Invalid>((await Submit.Handle(solicitor, new(Guid.CreateVersion7(), form), Ct)).Failure).Errors;

        Assert.Equal(["Claim.CaseManagerId", "Funding.PayerId"], errors.Keys.Order());
    }

    [Theory]
    [InlineData("cauda_equina", "emergency", "urgent")]
    [InlineData("weight_loss", "urgent", "urgent")]
    public async Task A_yes_to_a_safety_question_makes_the_referral_an_alert(string question, string tier, string priority)
    {
        var (id, _) = await ExampleForms.Submitted(world, await world.Actor("solicitor@northgate-law.example"), form =>
        {
            form.Safety.Answers[question] = RedFlagAnswer.Yes;
            (form.Safety.ToldBy, form.Safety.ToldOn, form.Safety.ToldAt, form.Safety.ToldHow) = ("Amara Okafor", new("1", "10", "2025"), "09:05", "By telephone");
        });

        await using var owner = await world.Owner();
        var row = await owner.QuerySingleAsync<(string Tier, string Priority, string Due, string? ToldBy, DateTime? ToldAt)>("""
            select r.red_flag_tier, r.priority, r.due_for, d.red_flag_told_by, d.red_flag_told_at from referral r join referral_detail d on d.referral_id = r.id where r.id = @id
            """, new { id });
        Assert.Equal((tier, priority, "red_flag_review"), (row.Tier, row.Priority, row.Due));
        var told = tier == "emergency" ? ("Amara Okafor", new DateTime(2025, 10, 1, 8, 5, 0, DateTimeKind.Utc)) : default((string?, DateTime?));
        Assert.Equal(told, (row.ToldBy, row.ToldAt));
    }

    [Fact]
    public async Task An_alert_that_the_referrer_took_back_still_reaches_a_clinician()
    {
        var (id, _) = await ExampleForms.Submitted(world, await world.Actor("solicitor@northgate-law.example"), form => form.Safety.OnceYes.Add("cauda_equina"));
        await using var owner = await world.Owner();
        Assert.Equal("urgent", await owner.ExecuteScalarAsync<string>("select red_flag_tier from referral where id = @id", new { id }));
        Assert.True(await owner.ExecuteScalarAsync<bool>("""select red_flag_answers @> '[{"key": "cauda_equina", "answer": "no", "onceYes": true}]' from referral_detail where referral_id = @id""", new { id }));
    }

    [Fact]
    public async Task Submitting_removes_ones_own_draft_and_nobody_elses()
    {
        var partner = await world.Actor("partner@northgate-law.example");
        var solicitor = await world.Actor("solicitor@northgate-law.example");
        var form = ExampleForms.Solicitor(await Catalogue.Get(Ct));
        var (own, colleagues) = ((await new StartDraft(world.Database).Handle(solicitor, Ct)).Value, (await new StartDraft(world.Database).Handle(partner, Ct)).Value);
        await Submit.Handle(solicitor, new(own, form), Ct);
        await Submit.Handle(solicitor, new(colleagues, form), Ct);

        await using var owner = await world.Owner();
        Assert.Equal([colleagues], await owner.QueryAsync<Guid>("select id from referral_draft where id = any (@ids)", new { ids = new[] { own, colleagues } }));
    }

    async Task<Guid> Organisation(string name)
    {
        await using var owner = await world.Owner();
        return await owner.ExecuteScalarAsync<Guid>("select id from organisation where name = @name", new { name });
    }
}
