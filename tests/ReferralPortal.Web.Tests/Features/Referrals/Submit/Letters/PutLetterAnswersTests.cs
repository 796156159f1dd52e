using Dapper;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Components.Body;
using ReferralPortal.Web.Features.Referrals.Submit;
using ReferralPortal.Web.Features.Referrals.Submit.Drafts;
using ReferralPortal.Web.Features.Referrals.Submit.Letters;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Tests.Features.Referrals.Submit.Letters;

public sealed class PutLetterAnswersTests(PortalTestDatabase world) : IClassFixture<PortalTestDatabase>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_kind_of_value_lands_where_the_form_keeps_it()
    {
        var solicitor = await world.Actor(People.Solicitor);
        var draft = await Started(solicitor);
        var organisations = await new LetterOrganisations(world.Database).Handle(solicitor, Ct);
        var letter = LetterFixture.One("d08-intermediary").Text.Replace("Case manager: none", "Case manager: Pennine Case Management");
        var found = LetterReader.Read(letter, await world.Catalogue().Get(Ct), organisations, LetterFixture.Today).Values;

        Assert.True((await Put(world.Database).Handle(solicitor, new(draft.Id, draft.Version, found), Ct)).IsDone);

        var form = (await Loaded(solicitor, draft.Id)).Form;
        Assert.Equal(("Jean-Luc", "D'Arcy", new("29", "2", "1984"), "WA10 9ZZ"), (form.Patient.GivenName, form.Patient.FamilyName, form.Patient.DateOfBirth, form.Patient.Postcode));
        Assert.Equal((IncidentMechanism.RoadTraffic, LiabilityPosition.Admitted, Priority.Urgent), (form.Incident.Mechanism, form.Claim.Liability, form.Services.Priority));
        Assert.Contains(new BodySite("shoulder", BodySide.Both), form.Injury.Regions);
        Assert.Equal("whiplash", form.Injury.ConditionSlug);
        Assert.Equal([ServiceAskedFor.TriageReport, ServiceAskedFor.InitialAssessment, ServiceAskedFor.Treatment, ServiceAskedFor.DischargeReport], form.Services.AskedFor);
        Assert.Equal(organisations.Single(one => one.Name == "Pennine Case Management").Id, form.Claim.CaseManagerId);
        Assert.Equal((PayerKind.Funder, organisations.Single(one => one.Name == "Ribble Insurance").Id), (form.Funding.Kind!.Value, form.Funding.PayerId!.Value));
        Assert.Empty(form.Safety.Answers);
        Assert.Empty(form.Visited);
    }

    [Fact]
    public async Task A_stale_version_is_a_conflict_and_nothing_is_put_in()
    {
        var solicitor = await world.Actor(People.Solicitor);
        var draft = await Started(solicitor);
        draft.Form.Patient.FamilyName = "Typed";
        await new SaveDraft(world.Database).Handle(solicitor, new(draft.Id, draft.Version, draft.Form), Ct);

        Assert.IsType<Failure.Conflict>((await Put(world.Database).Handle(solicitor, new(draft.Id, draft.Version, [Name]), Ct)).Failure);
        Assert.Equal("Typed", (await Loaded(solicitor, draft.Id)).Form.Patient.FamilyName);
    }

    [Fact]
    public async Task Two_answers_to_a_question_that_takes_one_are_refused()
    {
        var solicitor = await world.Actor(People.Solicitor);
        var draft = await Started(solicitor);
        Assert.IsType<Failure.Refused>((await Put(world.Database).Handle(solicitor, new(draft.Id, draft.Version, [Name, Name with { Value = "Other" }]), Ct)).Failure);
    }

    [Theory]
    [InlineData(People.Stranger)]
    [InlineData(People.Partner)]
    [InlineData(People.Triage)]
    [InlineData(People.Funder)]
    [InlineData(People.Auditor)]
    public async Task Somebody_elses_draft_looks_missing(string userName)
    {
        var solicitor = await world.Actor(People.Solicitor);
        var draft = await Started(solicitor);
        var other = await world.Actor(userName);

        Assert.IsType<Failure.Missing>((await Put(world.Database).Handle(other, new(draft.Id, draft.Version, [Name]), Ct)).Failure);
        Assert.IsType<Failure.Missing>((await Put(world.WithoutRowLevelSecurity()).Handle(other, new(draft.Id, draft.Version, [Name]), Ct)).Failure);
        Assert.IsType<Failure.Missing>((await Put(world.Database).Handle(other, new(Guid.CreateVersion7(), draft.Version, [Name]), Ct)).Failure);
        Assert.Equal("", (await Loaded(solicitor, draft.Id)).Form.Patient.FamilyName);
    }

    [Fact]
    public async Task Nothing_of_the_letter_but_the_confirmed_values_reaches_the_database()
    {
        var solicitor = await world.Actor(People.Solicitor);
        var draft = await Started(solicitor);
        await Put(world.Database).Handle(solicitor, new(draft.Id, draft.Version, [Name with { Source = "Re: Mr Sam Berry, the sentence" }]), Ct);

        await using var owner = await world.Owner();
        Assert.DoesNotContain("the sentence", await owner.ExecuteScalarAsync<string>("select form::text from referral_draft where id = @Id", new { draft.Id }));
        Assert.Equal(0, await owner.ExecuteScalarAsync<int>("select count(*)::int from audit_entry where detail::text ~ 'Berry'"));
    }

    [Fact]
    public async Task Those_who_do_not_refer_are_told_of_no_organisations() =>
        Assert.Empty(await new LetterOrganisations(world.Database).Handle(await world.Actor(People.Funder), Ct));

    static readonly Found Name = new(LetterField.FamilyName, "Berry", "Berry", "Re: Mr Sam Berry", Certainty.Stated);

    async Task<Draft> Started(Actor actor) => await Loaded(actor, (await new StartDraft(world.Database).Handle(actor, Ct)).Value);

    async Task<Draft> Loaded(Actor actor, Guid id) => (await new LoadDraft(world.Database).Handle(actor, id, Ct)).Value!;

    static PutLetterAnswers Put(PortalDatabase database) => new(new LoadDraft(database), new SaveDraft(database));
}
