using Npgsql;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Appointments;
using ReferralPortal.Web.Features.Referrals.Duplicates;
using ReferralPortal.Web.Features.Triage;
using ReferralPortal.Web.Features.Triage.Conflicts;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Tests.Features.Referrals;
using ReferralPortal.Web.Tests.Features.Referrals.Duplicates;
using Xunit;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Triaging;

/// <summary>The other side of the same accident: found, and declared before anything is accepted.</summary>
public sealed class ConflictTests(PortalTestDatabase database) : IClassFixture<PortalTestDatabase>
{
    const string Insurer = "Calder Mutual Insurance";

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    AcceptReferral Accept => new(database.Database, database.Catalogue());
    DeclareIndependence Declaring => new(database.Database);

    /// <summary>Northgate's claimant against somebody whom Calder insures; Harbour's patient of the same day, for whom Calder pays and whom a clinician treated.</summary>
    async Task<(TestReferral Ours, TestReferral Theirs)> BothSides(ReferralState theirs = ReferralState.Closed)
    {
        var (claimant, other) = (DuplicateWorld.Somebody(), DuplicateWorld.Somebody());
        var ours = await database.Refer(claimant);
        var opposite = await database.Refer(other with { IncidentDate = claimant.IncidentDate }, Stranger, theirs);
        await database.Run("update referral_detail set other_insurer = @Insurer, payer_name = 'Northgate Law' where referral_id = @Id", new { ours.Id, Insurer });
        await database.Run("update referral_detail set payer_name = 'CALDER MUTUAL Insurance Ltd' where referral_id = @Id", new { opposite.Id });
        return (ours, opposite);
    }

    async Task<IReadOnlyList<ConflictingReferral>> Found(TestReferral referral, string person = Triage) =>
        await new FindConflicts(database.Database).Handle(await database.Actor(person), referral.Id, Ct);

    async Task<Outcome<ReferralState>> Try(TestReferral referral, int version, string? clinician = null) =>
        await Accept.Handle(await database.Actor(Triage), new(referral.Id, version, await database.Clinic(), clinician is null ? null : (await database.Actor(clinician)).UserId, Priority.Routine), Ct);

    async Task<Outcome<bool>> Declare(TestReferral ours, TestReferral theirs, int version, string by = Triage, string? about = null, string words = "Another team treats this side.") =>
        await Declaring.Handle(await database.Actor(by), new(ours.Id, version, theirs.Id, about is null ? null : (await database.Actor(about)).UserId, words), Ct);

    [Fact]
    public async Task The_clinic_is_shown_the_other_side_of_the_accident_and_who_treated_and_reported_there()
    {
        var (ours, theirs) = await BothSides();
        var conflict = Assert.Single(await Found(ours));
        Assert.Equal((theirs.Id, "Harbour Legal", false), (conflict.Id, conflict.ReferringOrganisation, conflict.IsDeclared));
        Assert.Contains("The other side’s insurer here pays for that referral", conflict.Reasons);
        // The clinician of the tests' world assessed the patient and signed a report.
        var involved = Assert.Single(conflict.Clinicians);
        Assert.Equal(((await database.Actor(Clinician)).UserId, true), (involved.Id, involved.Reported));
        Assert.Equal(ours.Id, Assert.Single(await Found(theirs)).Id);
        Assert.Single(await Found(ours, Clinician));
        Assert.Single(await Found(ours, Lead));
    }

    [Fact]
    public async Task A_declined_referral_the_same_patient_and_another_day_are_no_other_side()
    {
        var (ours, theirs) = await BothSides(ReferralState.Declined);
        Assert.Empty(await Found(ours));

        (ours, theirs) = await BothSides();
        await database.Run("update referral set incident_date = incident_date + 1 where id = @Id", theirs);
        Assert.Empty(await Found(ours));

        (ours, theirs) = await BothSides();
        await database.Run("update patient set nhs_number = (select nhs_number from patient where id = @Id), given_name = (select given_name from patient where id = @Id), family_name = (select family_name from patient where id = @Id), date_of_birth = (select date_of_birth from patient where id = @Id) where id = @Theirs", new { ours.Id, Theirs = theirs.Id });
        Assert.Empty(await Found(ours));
        // Father and son of one name: once the clinic has said that they are two, it is asked about the accident.
        await new DecideDuplicate(database.Database).Handle(await database.Actor(Triage), new(ours.Id, theirs.Id, DuplicateDecision.KeepApart, "Father and son."), Ct);
        Assert.Single(await Found(ours));
    }

    [Fact]
    public async Task Two_whom_the_clinic_takes_for_one_patient_are_not_opposed()
    {
        var (ours, theirs) = await BothSides();
        await new DecideDuplicate(database.Database).Handle(await database.Actor(Triage), new(ours.Id, theirs.Id, DuplicateDecision.Merge, "One patient with two claims."), Ct);
        Assert.Empty(await Found(ours));
    }

    [Fact]
    public async Task Nothing_is_accepted_before_independence_is_declared_where_it_runs()
    {
        var (ours, theirs) = await BothSides();
        var refused = Assert.IsType<Failure.Refused>((await Try(ours, ours.Version)).Failure);
        Assert.Contains(theirs.Reference, refused.Words);
        Assert.Equal("in_triage", (await database.StoredAs(ours.Id)).State);

        Assert.True((await Declare(ours, theirs, ours.Version)).Value);
        var stored = await database.StoredAs(ours.Id);
        Assert.Equal(("declare_independence", "clinic", "Another team treats this side.", "declare_independence"), (stored.LastAction, stored.LastAudience, stored.LastWords, stored.LastAudit));
        var declaration = Assert.Single(Assert.Single(await Found(ours)).Declarations);
        Assert.Equal(((await database.Actor(Triage)).DisplayName, theirs.Id, null), (declaration.DeclaredBy, declaration.OtherReferralId, declaration.Clinician));

        Assert.True((await Try(ours, stored.Version)).IsDone);
    }

    [Fact]
    public async Task A_clinician_of_the_other_side_is_declared_for_by_name_or_somebody_else_treats()
    {
        var (ours, theirs) = await BothSides();
        await Declare(ours, theirs, ours.Version);
        var refused = Assert.IsType<Failure.Refused>((await Try(ours, ours.Version + 1, Clinician)).Failure);
        Assert.Contains((await database.Actor(Clinician)).DisplayName, refused.Words);

        Assert.True((await Declare(ours, theirs, ours.Version + 1, Clinician, Clinician)).Value);
        Assert.True((await Try(ours, ours.Version + 2, Clinician)).IsDone);

        (ours, theirs) = await BothSides();
        await Declare(ours, theirs, ours.Version);
        Assert.True((await Try(ours, ours.Version + 1, TriageWorld.SecondClinician)).IsDone);
    }

    [Fact]
    public async Task Booking_does_not_lead_round_the_declaration()
    {
        var (ours, theirs) = await BothSides();
        await Declare(ours, theirs, ours.Version);
        await Try(ours, ours.Version + 1);
        var (clinic, triage) = (await database.Clinic(), await database.Actor(Triage));
        var book = new BookAppointment(database.Database, database.Catalogue(), TimeProvider.System);

        var involved = await book.Handle(triage, new(ours.Id, ours.Version + 2, TriageWorld.Form(clinic, (await database.Actor(Clinician)).UserId, hour: 15)), Ct);
        Assert.IsType<Failure.Refused>(involved.Failure);
        Assert.True((await book.Handle(triage, new(ours.Id, ours.Version + 2, TriageWorld.Form(clinic, (await database.Actor(TriageWorld.SecondClinician)).UserId, hour: 15)), Ct)).IsDone);
    }

    [Fact]
    public async Task A_declaration_says_why_about_a_real_other_side_and_for_somebody_who_was_involved()
    {
        var (ours, theirs) = await BothSides();
        Assert.IsType<Failure.Invalid>((await Declare(ours, theirs, ours.Version, words: " ")).Failure);
        Assert.IsType<Failure.Invalid>((await Declare(ours, theirs, ours.Version, about: TriageWorld.SecondClinician)).Failure);
        Assert.IsType<Failure.Missing>((await Declare(ours, await database.Refer(DuplicateWorld.Somebody()), ours.Version)).Failure);
        Assert.IsType<Failure.Conflict>((await Declare(ours, theirs, ours.Version - 1)).Failure);
    }

    [Fact]
    public async Task Declaring_the_same_again_adds_nothing()
    {
        var (ours, theirs) = await BothSides();
        Assert.True((await Declare(ours, theirs, ours.Version)).Value);
        var again = await Declare(ours, theirs, ours.Version + 1, words: "Said again.");
        Assert.Equal((true, false), (again.IsDone, again.Value));
        Assert.Single(Assert.Single(await Found(ours)).Declarations);
        Assert.Equal(ours.Version + 1, (await database.StoredAs(ours.Id)).Version);
    }

    [Theory, InlineData(Solicitor), InlineData(Stranger), InlineData(Lead), InlineData(Funder), InlineData(Auditor)]
    public async Task Nobody_else_declares_and_a_clinician_only_for_oneself(string person)
    {
        var (ours, theirs) = await BothSides();
        Assert.IsType<Failure.Refused>((await Declare(ours, theirs, ours.Version, person)).Failure);
        Assert.IsType<Failure.Refused>((await Declare(ours, theirs, ours.Version, Clinician)).Failure);
        Assert.IsType<Failure.Refused>((await Declare(ours, theirs, ours.Version, TriageWorld.SecondClinician, Clinician)).Failure);
    }

    [Fact]
    public async Task Each_of_the_two_walls_holds_alone()
    {
        var (ours, theirs) = await BothSides();
        var (member, stranger) = (await database.Actor(Triage), await database.Actor(Solicitor));
        Task<IReadOnlyList<ConflictingReferral>> Look(PortalDatabase through, Actor actor) => new FindConflicts(through).Handle(actor, ours.Id, Ct);
        async Task<bool> Declares(PortalDatabase through, Actor actor) => (await new DeclareIndependence(through).Handle(actor, new(ours.Id, ours.Version, theirs.Id, null, "Mine."), Ct)).IsDone;

        foreach (var person in (string[])[Solicitor, Stranger, Funder, Auditor])
        {
            Assert.Empty(await Look(database.WithoutRowLevelSecurity(), await database.Actor(person)));
            Assert.False(await Declares(database.WithoutRowLevelSecurity(), await database.Actor(person)));
        }
        await database.Run("update portal_user set roles = array['referrer', 'clinic_administrator', 'clinician', 'clinic_manager'] where user_name = @Solicitor", new { Solicitor });
        try
        {
            Assert.Empty(await Look(database.Database, stranger.DisguisedAs(member)));
            Assert.False(await Declares(database.Database, stranger.DisguisedAs(member)));
        }
        finally
        {
            await database.Run("update portal_user set roles = array['referrer'] where user_name = @Solicitor", new { Solicitor });
        }
        Assert.Single(await Look(database.WithoutRowLevelSecurity(), member));
        Assert.True(await Declares(database.Database, member));

        // The table by itself, for a party to both the referral and what it knows of it.
        foreach (var person in (string[])[Solicitor, Stranger, Auditor])
        {
            var actor = await database.Actor(person);
            Assert.Equal(0, await database.Database.Read(actor, unit => unit.One<int>("select count(*)::int from conflict_declaration"), Ct));
            await Assert.ThrowsAsync<PostgresException>(() => database.Database.Write<int>(actor, async unit => await unit.Run("""
                insert into conflict_declaration (id, referral_id, other_referral_id, words, declared_by, declared_by_name, declared_at)
                values (gen_random_uuid(), @ours, @theirs, 'Mine.', @by, 'Somebody', now())
                """, new { ours = ours.Id, theirs = theirs.Id, by = actor.UserId }), Ct));
        }
    }

    [Fact]
    public async Task A_declaration_is_neither_changed_nor_taken_away()
    {
        var triage = await database.Actor(Triage);
        foreach (var statement in (string[])["update conflict_declaration set words = 'x'", "delete from conflict_declaration"])
            await Assert.ThrowsAsync<PostgresException>(() => database.Database.Write<int>(triage, async unit => await unit.Run(statement), Ct));
    }
}
