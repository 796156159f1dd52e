using CsCheck;
using Dapper;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Referrals.Submit;
using ReferralPortal.Web.Features.Referrals.Submit.Drafts;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Tests.Features.Referrals.Submit.Drafts;

public sealed class DraftTests(PortalTestDatabase world) : IClassFixture<PortalTestDatabase>
{
    const string Solicitor = "solicitor@northgate-law.example", Colleague = "partner@northgate-law.example", OtherFirm = "solicitor@harbour-legal.example";

    static readonly string[] More = ["", "👩🏽‍🦽", "é", "\\u0000", "\\", "\"", "𝒜"];

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_form_goes_on_where_it_was_left()
    {
        var solicitor = await world.Actor(Solicitor);
        var draft = await Started(solicitor);
        draft.Form.Patient.GivenName = "Zoë";
        draft.Form.Patient.DateOfBirth = new("31", "2", "19");
        draft.Form.Injury.Regions = [new("knee", BodySide.Left)];
        draft.Form.Services.AskedFor = [ServiceAskedFor.Treatment];
        draft.Form.Visited.Add(FormSection.Patient);
        var saved = (await Save(world.Database).Handle(solicitor, new(draft.Id, draft.Version, draft.Form), Ct)).Value!;

        var again = await Loaded(solicitor, draft.Id);

        Assert.Equal(saved.Version, again.Version);
        Assert.NotNull(again.SavedAt);
        Assert.Equal(("Zoë", "31", "2", "19"), (again.Form.Patient.GivenName, again.Form.Patient.DateOfBirth.Day, again.Form.Patient.DateOfBirth.Month, again.Form.Patient.DateOfBirth.Year));
        Assert.Equal(draft.Form.Injury.Regions, again.Form.Injury.Regions);
        Assert.Equal([ServiceAskedFor.Treatment], again.Form.Services.AskedFor);
        Assert.Contains(FormSection.Patient, again.Form.Visited);
    }

    [Fact]
    public async Task Any_unicode_name_survives_saving_and_opening_again()
    {
        var solicitor = await world.Actor(Solicitor);
        var draft = await Started(solicitor);
        var version = draft.Version;
        await Gen.String[Gen.OneOf(Gen.Char['\u0001', '\uD7FF'], Gen.Char['\uE000', '\uFFFF']), 0, 100]
            .Select(Gen.Int[0, More.Length - 1], (text, more) => text + More[more])
            .SampleAsync(async name =>
            {
                draft.Form.Patient.FamilyName = name;
                version = (await Save(world.Database).Handle(solicitor, new(draft.Id, version, draft.Form), Ct)).Value!.Version;
                Assert.Equal(name, (await Loaded(solicitor, draft.Id)).Form.Patient.FamilyName);
            }, iter: 150, threads: 1);
    }

    [Theory]
    [InlineData("a\0b", "a\uFFFDb")]
    [InlineData("\\\0", "\\\uFFFD")]
    [InlineData("\0\0", "\uFFFD\uFFFD")]
    [InlineData("\\u0000", "\\u0000")]
    public async Task What_the_database_cannot_keep_leaves_a_sign_and_the_rest_is_saved(string typed, string kept)
    {
        var solicitor = await world.Actor(Solicitor);
        var draft = await Started(solicitor);
        draft.Form.Injury.Symptoms = typed;
        await Save(world.Database).Handle(solicitor, new(draft.Id, draft.Version, draft.Form), Ct);
        Assert.Equal(kept, (await Loaded(solicitor, draft.Id)).Form.Injury.Symptoms);
    }

    [Fact]
    public async Task A_save_from_a_stale_tab_is_refused_with_the_time_and_changes_nothing()
    {
        var solicitor = await world.Actor(Solicitor);
        var draft = await Started(solicitor);
        draft.Form.Incident.Account = "First tab";
        var first = (await Save(world.Database).Handle(solicitor, new(draft.Id, draft.Version, draft.Form), Ct)).Value!;

        draft.Form.Incident.Account = "Second tab";
        var second = await Save(world.Database).Handle(solicitor, new(draft.Id, draft.Version, draft.Form), Ct);

        var conflict = Assert.IsType<Failure.Conflict>(second.Failure);
        Assert.Equal((solicitor.DisplayName, first.At), (conflict.ChangedBy, conflict.At));
        Assert.Equal("First tab", (await Loaded(solicitor, draft.Id)).Form.Incident.Account);
    }

    [Fact]
    public async Task A_save_that_is_sent_again_because_its_answer_was_lost_counts_once()
    {
        var solicitor = await world.Actor(Solicitor);
        var draft = await Started(solicitor);
        draft.Form.Incident.Account = "Sent twice";
        var first = await Save(world.Database).Handle(solicitor, new(draft.Id, draft.Version, draft.Form), Ct);
        var second = await Save(world.Database).Handle(solicitor, new(draft.Id, draft.Version, draft.Form), Ct);
        Assert.Equal(first.Value!.Version, second.Value!.Version);
    }

    [Theory]
    [InlineData(OtherFirm)]
    [InlineData(Colleague)]
    [InlineData("triage@clinic.example")]
    [InlineData("auditor@clinic.example")]
    public async Task Somebody_elses_draft_looks_missing(string userName)
    {
        var draft = await Started(await world.Actor(Solicitor));
        var other = await world.Actor(userName);

        foreach (var database in new[] { world.Database, new PortalDatabase(world.SourcesWithoutRowLevelSecurity, TimeProvider.System) })
        {
            Assert.IsType<Failure.Missing>((await new LoadDraft(database).Handle(other, draft.Id, Ct)).Failure);
            Assert.IsType<Failure.Missing>((await Save(database).Handle(other, new(draft.Id, draft.Version, draft.Form), Ct)).Failure);
            Assert.IsType<Failure.Missing>((await new DiscardDraft(database).Handle(other, draft.Id, Ct)).Failure);
            Assert.DoesNotContain(await new ListDrafts(database).Handle(other, Ct), unfinished => unfinished.Id == draft.Id);
        }
        Assert.NotNull((await new LoadDraft(world.Database).Handle(await world.Actor(Solicitor), draft.Id, Ct)).Value);
    }

    [Theory]
    [InlineData("triage@clinic.example")]
    [InlineData("claims@ribble-insurance.example")]
    [InlineData("auditor@clinic.example")]
    public async Task Only_those_who_refer_may_start_one(string userName) =>
        Assert.IsType<Failure.Refused>((await new StartDraft(world.Database).Handle(await world.Actor(userName), Ct)).Failure);

    [Fact]
    public async Task The_list_holds_what_was_typed_in_and_not_what_was_only_opened()
    {
        var partner = await world.Actor(Colleague);
        var opened = await Started(partner);
        var typed = await Started(partner);
        typed.Form.Patient.GivenName = "Idris";
        await Save(world.Database).Handle(partner, new(typed.Id, typed.Version, typed.Form), Ct);

        var unfinished = await new ListDrafts(world.Database).Handle(partner, Ct);

        Assert.Equal("Idris", unfinished.Single(draft => draft.Id == typed.Id).GivenName);
        Assert.DoesNotContain(unfinished, draft => draft.Id == opened.Id);
    }

    [Fact]
    public async Task A_discarded_draft_is_gone_with_what_was_typed_in_it()
    {
        var solicitor = await world.Actor(Solicitor);
        var draft = await Started(solicitor);
        draft.Form.Patient.GivenName = "Forgotten";
        var saved = (await Save(world.Database).Handle(solicitor, new(draft.Id, draft.Version, draft.Form), Ct)).Value!;

        Assert.Equal(draft.Id, (await new DiscardDraft(world.Database).Handle(solicitor, draft.Id, Ct)).Value);

        Assert.IsType<Failure.Missing>((await new LoadDraft(world.Database).Handle(solicitor, draft.Id, Ct)).Failure);
        Assert.IsType<Failure.Missing>((await Save(world.Database).Handle(solicitor, new(draft.Id, saved.Version, draft.Form), Ct)).Failure);
        await using var owner = await world.Owner();
        Assert.Equal("{}", await owner.ExecuteScalarAsync<string>("select form::text from referral_draft where id = @Id", new { draft.Id }));
    }

    [Fact]
    public async Task A_page_that_is_still_open_cannot_bring_a_submitted_draft_back()
    {
        var solicitor = await world.Actor(Solicitor);
        var draft = await Started(solicitor);
        var catalogue = new CatalogueStore(world.Sources, TimeProvider.System);
        var form = ExampleForms.Solicitor(await catalogue.Get(Ct));
        var submit = new SubmitReferral(world.Database, catalogue, new FormOrganisations(world.Database), TimeProvider.System);
        Assert.True((await submit.Handle(solicitor, new(draft.Id, form), Ct)).IsDone);

        Assert.IsType<Failure.Missing>((await Save(world.Database).Handle(solicitor, new(draft.Id, draft.Version, draft.Form), Ct)).Failure);
        Assert.NotNull(await submit.Find(solicitor, draft.Id, Ct));
        Assert.Null(await submit.Find(await world.Actor(OtherFirm), draft.Id, Ct));
    }

    [Fact]
    public async Task A_new_form_knows_the_usual_case_manager_and_funder()
    {
        var northgate = await Started(await world.Actor(Solicitor));
        Assert.NotNull(northgate.Form.Claim.CaseManagerId);
        Assert.Equal((PayerKind.Funder, "NL/2026/00123"), (northgate.Form.Funding.WhoPays!.Value, northgate.Conventions.ClaimReferenceHint));

        var manager = await Started(await world.Actor("manager@pennine-case.example"));
        Assert.Null(manager.Form.Claim.CaseManagerId);
        Assert.Equal(northgate.Form.Funding.PayerId, manager.Form.Funding.PayerId);
    }

    [Fact]
    public async Task A_new_form_takes_over_the_last_referrals_case_manager_and_funder_where_the_settings_name_none()
    {
        var harbour = await world.Actor(OtherFirm);
        Assert.Null((await Started(harbour)).Form.Claim.CaseManagerId);
        var northgate = await Started(await world.Actor(Solicitor));
        await ExampleForms.Submitted(world, harbour, form => (form.Claim.CaseManagerId, form.Funding.Kind, form.Funding.PayerId) = (northgate.Form.Claim.CaseManagerId, PayerKind.Funder, northgate.Form.Funding.PayerId));

        var next = await Started(harbour);

        Assert.Equal(northgate.Form.Claim.CaseManagerId, next.Form.Claim.CaseManagerId);
        Assert.Equal(northgate.Form.Funding.PayerId, next.Form.Funding.PayerId);
    }

    [Fact]
    public async Task Every_step_of_a_draft_is_audited_without_a_name()
    {
        var solicitor = await world.Actor(Solicitor);
        var draft = await Started(solicitor);
        draft.Form.Patient.FamilyName = "Unmistakable";
        await Save(world.Database).Handle(solicitor, new(draft.Id, draft.Version, draft.Form), Ct);
        await new DiscardDraft(world.Database).Handle(solicitor, draft.Id, Ct);

        await using var owner = await world.Owner();
        var entries = (await owner.QueryAsync<(string Action, string Detail)>("select action, detail::text from audit_entry where subject_id = @Id order by sequence", new { draft.Id })).ToList();
        Assert.Equal(["start_draft", "open_draft", "save_draft", "discard_draft"], entries.Select(entry => entry.Action));
        Assert.DoesNotContain(entries, entry => entry.Detail.Contains("Unmistakable", StringComparison.Ordinal));
    }

    async Task<Draft> Started(Actor actor) => await Loaded(actor, (await new StartDraft(world.Database).Handle(actor, Ct)).Value);

    async Task<Draft> Loaded(Actor actor, Guid id) => (await new LoadDraft(world.Database).Handle(actor, id, Ct)).Value!;

    static SaveDraft Save(PortalDatabase database) => new(database);
}
