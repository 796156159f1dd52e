using System.Text.Json;
using Dapper;
using Npgsql;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Appointments;
using ReferralPortal.Web.Features.Referrals.Duplicates;
using ReferralPortal.Web.Features.Referrals.View;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Tests.Features.Triaging;
using Xunit;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Referrals.Duplicates;

/// <summary>What the clinic sees across organisations, what it decides, and that nobody else learns of it.</summary>
public sealed class DecideDuplicateTests(PortalTestDatabase database) : IClassFixture<PortalTestDatabase>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    FindDuplicates Search => new(database.Database);
    DecideDuplicate Deciding => new(database.Database);
    UndoDuplicateDecision Undoing => new(database.Database);

    /// <summary>One patient, referred by two firms.</summary>
    async Task<(TestReferral Northgate, TestReferral Harbour, PatientFacts Patient)> Twice()
    {
        var patient = DuplicateWorld.Somebody();
        return (await database.Refer(patient), await database.Refer(patient with { FamilyName = patient.FamilyName[1..] }, Stranger, ReferralState.Submitted), patient);
    }

    async Task<DuplicateView> See(TestReferral referral) => (await Search.Handle(await database.Actor(Triage), referral.Id, Ct)).Value!;

    async Task<Guid> Decide(TestReferral one, TestReferral other, DuplicateDecision decision) =>
        Assert.IsType<Guid>((await Deciding.Handle(await database.Actor(Triage), new(one.Id, other.Id, decision, "Spoke to the patient."), Ct)).Value);

    Task<Guid?> Person(TestReferral referral) => database.Ask<Guid?>("select person_id from person_patient where patient_id = (select patient_id from referral where id = @Id)", new { referral.Id });

    [Fact]
    public async Task The_clinic_sees_the_same_patient_of_another_firm_with_the_reasons_and_side_by_side()
    {
        var (northgate, harbour, _) = await Twice();
        var view = await See(northgate);
        var other = Assert.Single(view.Open);
        Assert.Equal(harbour.Id, other.Referral.Id);
        Assert.Equal(["Same NHS number", "Name that differs by one letter, same date of birth and same postcode", "Name that differs by one letter and same date of the incident"], other.Match!.Reasons);
        var lines = Comparison.Of(view.Mine, other.Referral).ToDictionary(line => line.What);
        Assert.Equal(("Northgate Law", "Harbour Legal"), (lines["Referred by"].Mine, lines["Referred by"].Theirs));
        Assert.Equal(lines["NHS number"].Mine, lines["NHS number"].Theirs);
        Assert.Equal(1, await database.Ask<int>("select count(*)::int from audit_entry where action = 'find_duplicates' and referral_id = @Id", new { northgate.Id }));
        Assert.Empty((await See(await database.Refer(DuplicateWorld.Somebody()))).Others);
    }

    [Theory, InlineData(Solicitor), InlineData(Partner), InlineData(Stranger), InlineData(CaseManager), InlineData(Funder), InlineData(Auditor)]
    public async Task Nobody_outside_the_clinic_sees_or_decides(string person)
    {
        var (northgate, harbour, _) = await Twice();
        var actor = await database.Actor(person);
        Assert.IsType<Failure.Missing>((await Search.Handle(actor, northgate.Id, Ct)).Failure);
        Assert.IsType<Failure.Refused>((await Deciding.Handle(actor, new(northgate.Id, harbour.Id, DuplicateDecision.Merge, "x"), Ct)).Failure);
        Assert.Empty(await new ListTogether(database.Database).Handle(actor, northgate.Id, Ct));
    }

    [Theory, InlineData(Clinician), InlineData(Lead)]
    public async Task The_clinic_s_others_see_and_leave_the_decision_to_an_administrator(string person)
    {
        var (northgate, harbour, _) = await Twice();
        var actor = await database.Actor(person);
        Assert.Single((await Search.Handle(actor, northgate.Id, Ct)).Value!.Open);
        Assert.IsType<Failure.Refused>((await Deciding.Handle(actor, new(northgate.Id, harbour.Id, DuplicateDecision.Link, "x"), Ct)).Failure);
        var decision = await Decide(northgate, harbour, DuplicateDecision.Link);
        Assert.IsType<Failure.Refused>((await Undoing.Handle(actor, new(decision, 1, "x"), Ct)).Failure);
    }

    [Fact]
    public async Task Linked_referrals_are_shown_to_each_other_and_both_go_on()
    {
        var (northgate, harbour, _) = await Twice();
        await Decide(northgate, harbour, DuplicateDecision.Link);
        Assert.Equal(harbour.Id, Assert.Single((await See(northgate)).Together).Referral.Id);
        Assert.Equal(northgate.Id, Assert.Single((await See(harbour)).Together).Referral.Id);
        var together = Assert.Single(await new ListTogether(database.Database).Handle(await database.Actor(Clinician), harbour.Id, Ct));
        Assert.Equal((northgate.Reference, false), (together.Reference, together.SamePerson));
        Assert.Null(await Person(northgate));
    }

    [Fact]
    public async Task Merging_makes_one_person_of_them_and_shows_neither_firm_what_the_other_wrote()
    {
        var (northgate, harbour, patient) = await Twice();
        await database.Run("update patient set address = 'only-northgate-wrote-this', phone = '+441610000001' where id = @Id", northgate);
        await database.Run("update patient set address = 'only-harbour-wrote-this', phone = '+441610000002' where id = @Id", harbour);
        var before = await Snapshot(northgate, harbour);

        await Decide(harbour, northgate, DuplicateDecision.Merge);

        Assert.NotNull(await Person(northgate));
        Assert.Equal(await Person(northgate), await Person(harbour));
        Assert.Equal(before, await Snapshot(northgate, harbour));
        Assert.DoesNotContain("harbour", await Whole(Solicitor, northgate), StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(harbour.Reference, await Whole(Solicitor, northgate));
        Assert.DoesNotContain("northgate", await Whole(Stranger, harbour), StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(northgate.Reference, await Whole(Stranger, harbour));
        Assert.Contains(harbour.Reference, await Whole(Triage, northgate));
        Assert.Equal([northgate.Id], await new FindOwnReferrals(database.Database).Found(await database.Actor(Solicitor), patient));
    }

    async Task<string> Whole(string person, TestReferral referral) =>
        JsonSerializer.Serialize((await new ViewReferral(database.Database).Handle(await database.Actor(person), referral.Reference, Ct)).Value);

    async Task<string> Snapshot(TestReferral one, TestReferral other) =>
        (await database.Ask<string>("""
            select string_agg(p::text || r.patient_id || r.readers::text || s.readers::text || (select string_agg(party::text, ',' order by party.role) from referral_party party where party.referral_id = r.id), ';' order by r.id)
            from referral r join patient p on p.id = r.patient_id join referral_search s on s.referral_id = r.id where r.id = @One or r.id = @Other
            """, new { One = one.Id, Other = other.Id }))!;

    [Fact]
    public async Task A_third_referral_joins_the_person_and_leaves_it_when_its_decision_is_undone()
    {
        var (one, two, patient) = await Twice();
        var three = await database.Refer(patient, Health);
        var lone = await database.Refer(patient, Health);
        await Decide(one, two, DuplicateDecision.Merge);
        var person = await Person(one);
        var middle = await Decide(two, three, DuplicateDecision.Merge);
        Assert.Equal((person, person, person, null), (await Person(one), await Person(two), await Person(three), await Person(lone)));
        // By way of the second: nobody decided about the first and the third.
        Assert.Contains((await See(one)).Together, other => other.Referral.Id == three.Id && other is { SamePerson: true, Decision: null });

        Assert.True((await Undoing.Handle(await database.Actor(Triage), new(middle, 1, "Another person after all."), Ct)).IsDone);
        Assert.Equal((person, person, null), (await Person(one), await Person(two), await Person(three)));
    }

    [Fact]
    public async Task Two_people_become_one_and_two_again()
    {
        var patient = DuplicateWorld.Somebody();
        var referrals = new List<TestReferral>();
        for (var count = 0; count < 4; count++) referrals.Add(await database.Refer(patient));
        await Decide(referrals[0], referrals[1], DuplicateDecision.Merge);
        await Decide(referrals[2], referrals[3], DuplicateDecision.Merge);
        Assert.NotEqual(await Person(referrals[0]), await Person(referrals[2]));

        var bridge = await Decide(referrals[1], referrals[2], DuplicateDecision.Merge);
        Assert.Equal(await Person(referrals[0]), await Person(referrals[3]));

        await Undoing.Handle(await database.Actor(Triage), new(bridge, 1, "Two after all."), Ct);
        Assert.Equal(await Person(referrals[0]), await Person(referrals[1]));
        Assert.Equal(await Person(referrals[2]), await Person(referrals[3]));
        Assert.NotEqual(await Person(referrals[0]), await Person(referrals[2]));
    }

    [Fact]
    public async Task One_person_is_not_booked_twice_at_one_time()
    {
        var (one, two, _) = await Twice();
        await database.Run("update referral set state = 'in_treatment' where id = any (@ids)", new { ids = new[] { one.Id, two.Id } });
        var (clinic, triage) = (await database.Clinic(), await database.Actor(Triage));
        var (first, second) = ((await database.Actor(Clinician)).UserId, (await database.Actor(TriageWorld.SecondClinician)).UserId);
        var book = new BookAppointment(database.Database, database.Catalogue(), TimeProvider.System);
        await Decide(one, two, DuplicateDecision.Merge);

        Assert.True((await book.Handle(triage, new(one.Id, one.Version + 1, TriageWorld.Form(clinic, first, kind: AppointmentKind.Treatment)), Ct)).IsDone);
        var again = await book.Handle(triage, new(two.Id, two.Version + 1, TriageWorld.Form(clinic, second, kind: AppointmentKind.Treatment)), Ct);
        Assert.Contains("another appointment", Assert.IsType<Failure.Invalid>(again.Failure).Errors.Values.Single());
    }

    [Fact]
    public async Task Kept_apart_is_not_asked_again_until_it_is_undone()
    {
        var (one, two, _) = await Twice();
        var decision = await Decide(one, two, DuplicateDecision.KeepApart);
        Assert.Empty((await See(two)).Open);
        Assert.Single((await See(two)).Apart);

        Assert.IsType<Failure.Invalid>((await Undoing.Handle(await database.Actor(Triage), new(decision, 1, " "), Ct)).Failure);
        Assert.True((await Undoing.Handle(await database.Actor(Triage), new(decision, 1, "Pressed by mistake."), Ct)).IsDone);
        Assert.Single((await See(two)).Open);
        Assert.IsType<Failure.Conflict>((await Undoing.Handle(await database.Actor(TriageWorld.SecondTriage), new(decision, 1, "Me too."), Ct)).Failure);
    }

    [Fact]
    public async Task A_decision_needs_a_choice_and_a_reason()
    {
        var (one, two, _) = await Twice();
        var outcome = await Deciding.Handle(await database.Actor(Triage), new(one.Id, two.Id, null, "  "), Ct);
        Assert.Equal(["Decision", "Reason"], Assert.IsType<Failure.Invalid>(outcome.Failure).Errors.Keys);
        Assert.IsType<Failure.Missing>((await Deciding.Handle(await database.Actor(Triage), new(one.Id, Guid.NewGuid(), DuplicateDecision.Link, "x"), Ct)).Failure);
        Assert.IsType<Failure.Missing>((await Deciding.Handle(await database.Actor(Triage), new(one.Id, one.Id, DuplicateDecision.Link, "x"), Ct)).Failure);
    }

    [Fact]
    public async Task Of_two_who_decide_the_second_is_told_and_the_first_may_repeat_herself()
    {
        var (one, two, _) = await Twice();
        var first = await Decide(one, two, DuplicateDecision.Merge);
        Assert.Equal(first, await Decide(two, one, DuplicateDecision.Merge));
        Assert.Equal(1, await database.Ask<int>("select count(*)::int from referral_event where referral_id = @Id and action = 'merge_patients'", new { one.Id }));

        var outcome = await Deciding.Handle(await database.Actor(TriageWorld.SecondTriage), new(two.Id, one.Id, DuplicateDecision.KeepApart, "Two people."), Ct);
        Assert.Equal("decided about these two already", Assert.IsType<Failure.Conflict>(outcome.Failure).WhatChanged);
    }

    [Fact]
    public async Task Many_who_merge_at_once_leave_one_person()
    {
        var patient = DuplicateWorld.Somebody();
        var referrals = new List<TestReferral>();
        for (var count = 0; count < 4; count++) referrals.Add(await database.Refer(patient));
        var triage = await database.Actor(Triage);
        var outcomes = await Task.WhenAll(
            from one in Enumerable.Range(0, 4)
            from other in Enumerable.Range(0, 4)
            where one != other
            select Deciding.Handle(triage, new(referrals[one].Id, referrals[other].Id, DuplicateDecision.Merge, "One."), Ct));
        Assert.All(outcomes, outcome => Assert.True(outcome.IsDone));
        Assert.Single((await Task.WhenAll(referrals.Select(Person))).Distinct());
    }

    [Fact]
    public async Task It_is_written_down_for_the_clinic_s_eyes_on_both()
    {
        var (one, two, _) = await Twice();
        await Decide(one, two, DuplicateDecision.Link);
        foreach (var referral in new[] { one, two })
        {
            var stored = await database.StoredAs(referral.Id);
            Assert.Equal(("link_referrals", "clinic", "Spoke to the patient.", "decide_duplicate"), (stored.LastAction, stored.LastAudience, stored.LastWords, stored.LastAudit));
        }
    }

    public static readonly TheoryData<string> Ways = ["find", "decide", "undo", "together"];

    async Task<bool> Reaches(string way, PortalDatabase through, Actor actor, TestReferral one, TestReferral two, Guid decision) => way switch
    {
        "find" => (await new FindDuplicates(through).Handle(actor, one.Id, Ct)).IsDone,
        "decide" => (await new DecideDuplicate(through).Handle(actor, new(one.Id, two.Id, DuplicateDecision.KeepApart, "x"), Ct)).Failure is Failure.Conflict,
        "undo" => (await new UndoDuplicateDecision(through).Handle(actor, new(decision, 99, "x"), Ct)).Failure is Failure.Conflict,
        _ => (await new ListTogether(through).Handle(actor, one.Id, Ct)).Count > 0,
    };

    [Theory, MemberData(nameof(Ways))]
    public async Task Each_of_the_two_walls_holds_alone(string way)
    {
        var (one, two, _) = await Twice();
        var decision = await Decide(one, two, DuplicateDecision.Link);
        var (member, solicitor) = (await database.Actor(Triage), await database.Actor(Solicitor));

        Assert.True(await Reaches(way, database.Database, member, one, two, decision));
        foreach (var person in (string[])[Solicitor, Stranger, Funder, Auditor])
            Assert.False(await Reaches(way, database.WithoutRowLevelSecurity(), await database.Actor(person), one, two, decision));
        Assert.False(await Reaches(way, database.Database, solicitor.DisguisedAs(member), one, two, decision));
        Assert.False(await Reaches(way, database.WithoutRowLevelSecurity(), member with { OrganisationId = solicitor.OrganisationId, OrganisationKind = solicitor.OrganisationKind }, one, two, decision));

        // The roles of a clinic at another organisation, in the database itself: what is left is whose row it is.
        await database.Run("update portal_user set roles = array['referrer', 'clinic_administrator', 'clinician', 'clinic_manager'] where user_name = @Solicitor", new { Solicitor });
        try
        {
            Assert.False(await Reaches(way, database.Database, solicitor.DisguisedAs(member), one, two, decision));
        }
        finally
        {
            await database.Run("update portal_user set roles = array['referrer'] where user_name = @Solicitor", new { Solicitor });
        }
    }

    [Fact]
    public async Task A_party_reads_and_writes_no_row_of_it()
    {
        var (one, two, _) = await Twice();
        await Decide(one, two, DuplicateDecision.Merge);
        foreach (var person in (string[])[Solicitor, Stranger, Auditor])
        {
            var actor = await database.Actor(person);
            foreach (var table in (string[])["person", "person_patient", "duplicate_decision"])
                Assert.Equal((table, 0), (table, await database.Database.Read(actor, unit => unit.One<int>($"select count(*)::int from {table}"), Ct)));
            await Assert.ThrowsAsync<PostgresException>(() => database.Database.Write<int>(actor, async unit =>
                await unit.Run("insert into person_patient (patient_id, person_id) select @patient, gen_random_uuid()", new { patient = one.Id }), Ct));
        }
        Assert.NotEqual(0, await database.Database.Read(await database.Actor(Triage), unit => unit.One<int>("select count(*)::int from person_patient"), Ct));
    }
}
