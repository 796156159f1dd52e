using Dapper;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Progress;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Tests.Features.Referrals;

namespace ReferralPortal.Web.Tests.Features.Progress;

public sealed class CaseloadTests(PortalTestDatabase world) : IClassFixture<PortalTestDatabase>
{
    const string Colleague = "clinician2@clinic.example";

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    ListCaseload Caseload => new(world.Database);

    [Fact]
    public async Task The_caseload_shows_a_clinicians_own_patients_and_everybodys()
    {
        var (id, _) = await world.Assessed();
        async Task<IEnumerable<Guid>> Shown(string person, bool everybody) => CareWorld.Done(await Caseload.Handle(await world.Actor(person), new(Everybody: everybody), Ct)).Rows.Select(row => row.Id);

        Assert.Contains(id, await Shown(People.Clinician, everybody: false));
        Assert.DoesNotContain(id, await Shown(Colleague, everybody: false));
        Assert.Contains(id, await Shown(Colleague, everybody: true));
    }

    [Fact]
    public async Task Own_patients_are_counted_by_state_and_shown_by_it()
    {
        await world.Assessed();
        var clinician = await world.Actor(People.Clinician);
        var all = CareWorld.Done(await Caseload.Handle(clinician, new(), Ct));
        var treated = CareWorld.Done(await Caseload.Handle(clinician, new(ReferralState.InTreatment), Ct));
        Assert.Equal(all.Rows.Count(row => row.State.Value == ReferralState.InTreatment), all.Counts[ReferralState.InTreatment]);
        Assert.Equal(all.Counts[ReferralState.InTreatment], treated.Rows.Count);
    }

    [Fact]
    public async Task Todays_visits_say_what_is_still_to_be_written()
    {
        var (id, reference) = await world.Assessed();
        var clock = TestClock.At("2027-03-01 12:00");
        var appointment = await world.AddAppointment(id);
        await Owner("update appointment set starts_at = '2027-03-01 09:00+00', ends_at = '2027-03-01 09:30+00' where id = @id", appointment);
        async Task<MyDay.Appointment> Seen() => (await Day(People.Clinician, clock)).Today.Single(visit => visit.Reference == reference);

        Assert.Equal(("booked", false, false), (await Seen()) is var booked ? (booked.State, booked.Written, booked.Signed) : default);
        var sessions = new RecordSession(world.On(clock));
        var clinician = await world.Actor(People.Clinician);
        var draft = CareWorld.Done(await sessions.Begin(clinician, id, await world.Version(id), appointment, AttendanceCode.OnTime, Ct));
        Assert.Equal(("attended", true, false), (await Seen()) is var begun ? (begun.State, begun.Written, begun.Signed) : default);
        CareWorld.Done(await sessions.Sign(clinician, draft, await world.Typed(draft, CareWorld.Treated()), clinician.DisplayName, Ct));
        Assert.True((await Seen()).Signed);
        Assert.Empty((await Day(Colleague, clock)).Today);
    }

    [Fact]
    public async Task A_note_waits_from_when_the_patient_was_seen_until_it_is_signed()
    {
        var (id, reference) = await world.Assessed();
        var appointment = await world.AddAppointment(id, state: "attended");
        async Task<IReadOnlyList<MyDay.Note>> Unsigned(string person = People.Clinician) => [.. (await Day(person)).Unsigned.Where(note => note.Reference == reference)];

        Assert.Equal((appointment, null), Assert.Single(await Unsigned()) is var waiting ? (waiting.AppointmentId, waiting.SavedAt) : default);
        var sessions = new RecordSession(world.Database);
        var clinician = await world.Actor(People.Clinician);
        var draft = CareWorld.Done(await sessions.Begin(clinician, id, await world.Version(id), appointment, null, Ct));
        Assert.NotNull(Assert.Single(await Unsigned()).SavedAt);
        CareWorld.Done(await sessions.Sign(clinician, draft, await world.Typed(draft, CareWorld.Treated()), clinician.DisplayName, Ct));
        Assert.Empty(await Unsigned());

        CareWorld.Done(await sessions.Amend(await world.Actor(Colleague), draft, Ct));
        Assert.True(Assert.Single(await Unsigned(Colleague)).Amends);
        Assert.Empty(await Unsigned());
    }

    [Fact]
    public async Task An_assessment_that_was_begun_waits_to_be_signed()
    {
        var (id, reference) = await world.Booked();
        CareWorld.Done(await new RecordAssessment(world.Database, world.Catalogue()).Begin(await world.Actor(People.Clinician), id, 1, AttendanceCode.OnTime, Ct));
        Assert.Null(Assert.Single((await Day(People.Clinician)).Unsigned, note => note.Reference == reference).AppointmentId);
    }

    [Fact]
    public async Task A_report_is_due_from_the_assessment_on()
    {
        var (_, reference) = await world.Assessed();
        var due = Assert.Single((await Day(People.Clinician)).ReportsDue, report => report.Reference == reference);
        Assert.Equal(("initial_report", null), (due.DueFor, due.DraftId));
        Assert.NotNull(due.DueAt);
        Assert.DoesNotContain((await Day(Colleague)).ReportsDue, report => report.Reference == reference);
    }

    [Theory]
    [InlineData(People.Triage)]
    [InlineData(People.Solicitor)]
    [InlineData(People.Auditor)]
    public async Task The_caseload_is_for_clinicians(string person)
    {
        Assert.IsType<Failure.Refused>((await Caseload.Handle(await world.Actor(person), new(), Ct)).Failure);
        Assert.IsType<Failure.Refused>((await new ReadMyDay(world.Database).Handle(await world.Actor(person), Ct)).Failure);
    }

    [Fact]
    public async Task Each_wall_round_the_day_holds_alone()
    {
        var (id, reference) = await world.Assessed();
        await world.AddAppointment(id, state: "attended");
        var (clinician, stranger) = (await world.Actor(People.Clinician), await world.Actor(People.Stranger));
        var elsewhere = clinician with { OrganisationId = stranger.OrganisationId };

        Assert.Empty(CareWorld.Done(await new ReadMyDay(world.WithoutRowLevelSecurity()).Handle(elsewhere, Ct)).Unsigned);
        Assert.Empty(CareWorld.Done(await new ReadMyDay(world.Database).Handle(stranger.DisguisedAs(clinician), Ct)).Unsigned);
        Assert.Contains(CareWorld.Done(await new ReadMyDay(world.WithoutRowLevelSecurity()).Handle(clinician, Ct)).Unsigned, note => note.Reference == reference);
    }

    async Task<MyDay> Day(string person, TimeProvider? clock = null) => CareWorld.Done(await new ReadMyDay(clock is null ? world.Database : world.On(clock)).Handle(await world.Actor(person), Ct));

    async Task Owner(string statement, Guid id)
    {
        await using var owner = await world.Owner();
        await owner.ExecuteAsync(statement, new { id });
    }
}
