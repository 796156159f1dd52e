using Dapper;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Organisations;
using ReferralPortal.Web.Features.Referrals.Submit;
using ReferralPortal.Web.Features.Referrals.Submit.Drafts;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Tests.Features.Triaging;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Organisations;

public sealed class OrganisationTests(PortalTestDatabase database) : IClassFixture<PortalTestDatabase>
{
    const string Words = "I agree that the clinic may write to my solicitor about my shoulder, and to nobody else.";

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    async Task<OwnOrganisation> Read(string person) => await new ReadOrganisation(database.Database).Handle(await database.Actor(person), Ct);

    async Task<SaveOrganisation.Command> Unchanged(string person)
    {
        var (actor, own) = (await database.Actor(person), await Read(person));
        return new(actor.OrganisationId, own.Settings.Version) { Branch = own.Settings.Branch ?? "", ConsentWords = own.Settings.ConsentWords ?? "", CaseManagerId = own.Settings.CaseManagerId, PayerId = own.Settings.PayerId };
    }

    async Task<Outcome<int>> Save(string person, SaveOrganisation.Command command, PortalDatabase? through = null) =>
        await new SaveOrganisation(through ?? database.Database).Handle(await database.Actor(person), command, Ct);

    [Fact]
    public async Task What_the_administrator_saves_is_what_the_next_referral_starts_with()
    {
        var command = await Unchanged(Partner) with
        {
            Branch = " Leeds ", Postcode = "ls1 4dy", ContactName = "Amara Okafor", ContactPhone = "0161 496 0111", ConsentWords = Words,
            Services = [ServiceAskedFor.TriageReport], OwnReferenceHint = "NL/1",
        };
        var audited = await Audited();
        var saved = await Save(Partner, command);
        Assert.Equal(command.Version + 1, saved.Value);

        var settings = (await Read(Solicitor)).Settings;
        Assert.Equal(("Leeds", "LS1 4DY", "+441614960111", Words), (settings.Branch, settings.Postcode, settings.ContactPhone, settings.ConsentWords));
        Assert.Equal((await database.Actor(Partner)).DisplayName, settings.UpdatedBy);

        var solicitor = await database.Actor(Solicitor);
        var draft = (await new LoadDraft(database.Database).Handle(solicitor, (await new StartDraft(database.Database).Handle(solicitor, Ct)).Value, Ct)).Value!;
        Assert.Equal([ServiceAskedFor.TriageReport], draft.Form.Services.AskedFor);
        Assert.Equal(Words, draft.Form.Consent.Words);
        Assert.False(draft.Form.Consent.Confirmed);
        Assert.Equal("NL/1", draft.Conventions.ClaimReferenceHint);
        Assert.Equal(audited + 1, await Audited());

        Task<int> Audited() => database.Ask<int>("select count(*)::int from audit_entry where action = 'save_organisation' and subject_id = @Organisation", new { command.Organisation });
    }

    [Fact]
    public async Task The_words_that_the_patient_agreed_to_stay_with_the_referral_when_the_organisation_changes_them()
    {
        var solicitor = await database.Actor(Solicitor);
        var (own, _) = await ExampleForms.Submitted(database, solicitor, form => form.Consent.Words = "I agree to be seen by the clinic, in our words of spring.");
        var (plain, _) = await ExampleForms.Submitted(database, solicitor);
        await Save(Partner, await Unchanged(Partner) with { ConsentWords = Words });

        Assert.Equal("I agree to be seen by the clinic, in our words of spring.", await database.Ask<string>("select consent_words from referral_detail where referral_id = @own", new { own }));
        Assert.Equal(ReferralForm.ConsentWords, await database.Ask<string>("select consent_words from referral_detail where referral_id = @plain", new { plain }));
    }

    [Fact]
    public async Task The_second_of_two_who_save_is_told_who_was_first_and_changes_nothing()
    {
        var command = await Unchanged(Partner);
        await Save(Partner, command with { Branch = "First" });
        var conflict = Assert.IsType<Failure.Conflict>((await Save(Partner, command with { Branch = "Second" })).Failure);
        Assert.Equal((await database.Actor(Partner)).DisplayName, conflict.ChangedBy);
        Assert.Equal("First", (await Read(Partner)).Settings.Branch);
    }

    [Fact]
    public async Task An_organisation_that_never_saved_anything_begins()
    {
        await database.Run("""
            delete from organisation_settings where organisation_id = (select organisation_id from portal_user where user_name = @Stranger);
            update portal_user set roles = array['referrer', 'organisation_administrator'] where user_name = @Stranger
            """, new { Stranger });
        Assert.Equal(0, (await Read(Stranger)).Settings.Version);
        Assert.Equal(1, (await Save(Stranger, await Unchanged(Stranger) with { Branch = "Liverpool" })).Value);
        Assert.IsType<Failure.Conflict>((await Save(Stranger, (await Unchanged(Stranger)) with { Version = 0 })).Failure);
    }

    [Fact]
    public async Task Everything_wrong_is_said_beside_its_field()
    {
        var outcome = await Save(Partner, await Unchanged(Partner) with
        {
            Postcode = "nowhere", ContactName = "Amara", ContactPhone = "", ConsentWords = "Yes.", OwnReferenceHint = new string('x', 51), Branch = new string('x', 201), Address = new string('x', 501),
        });
        var errors = Assert.IsType<Failure.Invalid>(outcome.Failure).Errors;
        Assert.Equal(["Address", "Branch", "ConsentWords", "ContactPhone", "OwnReferenceHint", "Postcode"], errors.Keys.Order());
    }

    [Fact]
    public async Task Only_an_organisation_of_the_right_kind_can_be_the_usual_one()
    {
        var (funder, northgate) = ((await database.Actor(Funder)).OrganisationId, (await database.Actor(Partner)).OrganisationId);
        foreach (var wrong in (Guid[])[funder, northgate, Guid.NewGuid()])
            Assert.Contains("CaseManagerId", Assert.IsType<Failure.Invalid>((await Save(Partner, await Unchanged(Partner) with { CaseManagerId = wrong })).Failure).Errors.Keys);
    }

    [Fact]
    public async Task A_referrer_reads_and_does_not_write()
    {
        Assert.IsType<Failure.Refused>((await Save(Solicitor, await Unchanged(Solicitor))).Failure);
        Assert.NotEmpty((await Read(Solicitor)).People);
    }

    [Fact]
    public async Task Its_people_are_its_own_and_the_clinics_account_for_the_portals_work_is_nobody()
    {
        var people = (await Read(Solicitor)).People;
        Assert.Contains(people, person => person.Name == "Amara Okafor" || person.Roles.Contains("organisation_administrator"));
        var northgate = (await database.Actor(Solicitor)).OrganisationId;
        await using var owner = await database.Owner();
        Assert.Equal((await owner.QueryAsync<Guid>("select id from portal_user where organisation_id = @northgate", new { northgate })).Order(), people.Select(person => person.Id).Order());
        Assert.DoesNotContain((await Read(Lead)).People, person => person.Id == Actor.SystemUserId);
    }

    /// <summary>What stands of Northgate's settings to be seen or changed by somebody else: by the use case's own rule, then by the database's.</summary>
    [Theory, InlineData(Stranger), InlineData(CaseManager), InlineData(Funder), InlineData(Auditor)]
    public async Task Another_organisation_neither_reads_nor_writes_it(string person)
    {
        var (stranger, partner) = (await database.Actor(person), await database.Actor(Partner));
        var command = await Unchanged(Partner) with { Branch = "Stolen" };

        // The use case alone.
        Assert.IsType<Failure.Missing>((await Save(person, command, database.WithoutRowLevelSecurity())).Failure);
        Assert.NotEqual(partner.OrganisationName, (await new ReadOrganisation(database.WithoutRowLevelSecurity()).Handle(stranger, Ct)).Name);

        // The database alone: the use case takes the stranger for the partner.
        var disguised = stranger.DisguisedAs(partner);
        Assert.False((await new SaveOrganisation(database.Database).Handle(disguised, command, Ct)).IsDone);
        Assert.Equal(0, (await new ReadOrganisation(database.Database).Handle(disguised, Ct)).Settings.Version);

        // Both down: it would.
        Assert.True((await new SaveOrganisation(database.WithoutRowLevelSecurity()).Handle(disguised, command with { Branch = "Leak" }, Ct)).IsDone);
        Assert.NotEqual(0, (await new ReadOrganisation(database.WithoutRowLevelSecurity()).Handle(disguised, Ct)).Settings.Version);
    }

    [Theory, InlineData(Solicitor), InlineData(Triage), InlineData(Clinician)]
    public async Task Somebody_without_the_role_does_not_write_although_the_use_case_is_taken_in(string person)
    {
        var disguised = (await database.Actor(person)).DisguisedAs(await database.Actor(Partner));
        Assert.False((await new SaveOrganisation(database.Database).Handle(disguised, await Unchanged(Partner) with { Branch = "Not theirs" }, Ct)).IsDone);
        Assert.NotEqual("Not theirs", (await Read(Partner)).Settings.Branch);
    }

    [Fact]
    public async Task The_clinics_manager_may_and_its_people_know_whom_to_ring()
    {
        var northgate = (await database.Actor(Partner)).OrganisationId;
        Assert.True((await Save(Lead, await Unchanged(Partner) with { ContactName = "Desk", ContactPhone = "0161 496 0112" })).IsDone);
        Assert.Equal(("Desk", "+441614960112"), await Contact(Triage));
        Assert.Equal((null, null), await Contact(Stranger));
        Assert.Equal((null, null), await Contact(Solicitor));

        async Task<(string?, string?)> Contact(string person) => await new ReadContact(database.Database).Handle(await database.Actor(person), northgate, Ct) is { } found ? (found.Name, found.Phone) : (null, null);
    }

    [Fact]
    public async Task The_settings_table_shows_a_stranger_no_row_whatever_is_asked()
    {
        var stranger = await database.Actor(CaseManager);
        var rows = await database.Database.Read(stranger, unit => unit.Many<Guid>("select organisation_id from organisation_settings"), Ct);
        Assert.DoesNotContain(rows, row => row != stranger.OrganisationId);
    }
}
