using Dapper;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Referrals.Submit;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Tests.Features.Referrals.Submit;

public sealed class SubmitReferralTests(PortalTestDatabase world) : IClassFixture<PortalTestDatabase>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    CatalogueStore Catalogue => new(world.Sources, TimeProvider.System);
    SubmitReferral Submit => new(world.Database, Catalogue, TimeProvider.System);

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
                   (select count(*)::int from outbox_message where referral_id = r.id),
                   (select count(*)::int from funding_authority where referral_id = r.id)
            from referral r where r.id = @id
            """, new { id });
        Assert.Equal((reference, 1, 1, 2, 1, 1, 1, 1), rows);
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
}
