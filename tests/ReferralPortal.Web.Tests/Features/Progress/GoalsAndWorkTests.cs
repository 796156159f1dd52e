using ReferralPortal.Domain;
using ReferralPortal.Domain.Progress;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Components.Forms;
using ReferralPortal.Web.Features.Progress;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Tests.Features.Referrals;

namespace ReferralPortal.Web.Tests.Features.Progress;

public sealed class GoalsAndWorkTests(PortalTestDatabase world) : IClassFixture<PortalTestDatabase>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;
    static DateOnly Today => LondonTime.DateOf(DateTimeOffset.UtcNow);

    RecordGoals Goals => new(world.Database);
    RecordWork Work => new(world.Database);

    [Fact]
    public async Task Each_judgement_of_a_goal_is_kept_and_the_last_one_holds()
    {
        var (id, reference) = await world.Assessed();
        var goal = Assert.Single((await Record(reference)).Goals);
        var version = CareWorld.Done(await Goals.Judge(await Clinician(), new(goal.Id, goal.Version, GoalOutcome.Partly, "Ten minutes."), Ct));
        CareWorld.Done(await Goals.Judge(await Clinician(), new(goal.Id, version, GoalOutcome.Achieved, ""), Ct));

        var record = await Record(reference);
        Assert.Equal(GoalOutcome.Achieved, Assert.Single(record.Goals).Outcome.Value);
        Assert.Equal([(GoalOutcome.Achieved, null), (GoalOutcome.Partly, "Ten minutes.")], record.Reviews.Select(review => (review.Outcome.Value, review.Words)));
        // The parties read how it stands, by the same table.
        var shared = await world.Database.Read(await world.Actor(People.Solicitor), unit => SharedRecord.Read(unit, id, goals: true), Ct);
        Assert.Equal(GoalOutcome.Achieved, Assert.Single(shared.Goals).Outcome.Value);
    }

    [Fact]
    public async Task The_second_of_two_judgements_is_told_of_the_first_and_the_same_again_is_none()
    {
        var (_, reference) = await world.Assessed();
        var goal = Assert.Single((await Record(reference)).Goals);
        var mine = new RecordGoals.Judgement(goal.Id, goal.Version, GoalOutcome.Partly, "");
        var version = CareWorld.Done(await Goals.Judge(await Clinician(), mine, Ct));
        Assert.Equal(version, CareWorld.Done(await Goals.Judge(await Clinician(), mine, Ct)));

        var conflict = Assert.IsType<Failure.Conflict>((await Goals.Judge(await world.Actor("clinician2@clinic.example"), mine with { Outcome = GoalOutcome.NotAchieved }, Ct)).Failure);
        Assert.Equal((await Clinician()).DisplayName, conflict.ChangedBy);
        Assert.Single((await Record(reference)).Reviews);
    }

    [Fact]
    public async Task Another_goal_is_added_once()
    {
        var (id, reference) = await world.Assessed();
        var goal = new RecordGoals.NewGoal(Guid.CreateVersion7(), id, "Cycle to work", DateParts.Of(Today.AddDays(30)));
        for (var time = 0; time < 2; time++) CareWorld.Done(await Goals.Add(await Clinician(), goal, Ct));
        Assert.Equal(["Lift my daughter", "Cycle to work"], (await Record(reference)).Goals.Select(kept => kept.Words));

        var errors = Assert.IsType<Failure.Invalid>((await Goals.Add(await Clinician(), goal with { Words = " ", Target = DateParts.Of(Today.AddDays(-1)) }, Ct)).Failure).Errors;
        Assert.Equal(["Target", "Words"], errors.Keys.Order());
    }

    [Fact]
    public async Task Work_is_kept_over_time_and_every_party_reads_it()
    {
        var (id, reference) = await world.Assessed(People.Employer);
        var command = new RecordWork.Command(Guid.CreateVersion7(), id, WorkStatus.OffSick, DateParts.Of(Today), "No lifting over 5 kg.");
        for (var time = 0; time < 2; time++) CareWorld.Done(await Work.Handle(await Clinician(), command, Ct));

        Assert.Equal([WorkStatus.OffSick, WorkStatus.WorkingAdjusted], (await Record(reference)).Work.Select(entry => entry.Status.Value));
        var shared = await world.Database.Read(await world.Actor(People.Employer), unit => SharedRecord.Read(unit, id, goals: true), Ct);
        Assert.Equal("No lifting over 5 kg.", shared.Work[^1].Note);
        Assert.Empty(shared.Goals);
        var errors = Assert.IsType<Failure.Invalid>((await Work.Handle(await Clinician(), command with { Status = null, From = DateParts.Of(Today.AddDays(2)) }, Ct)).Failure).Errors;
        Assert.Equal(["From", "Status"], errors.Keys.Order());
    }

    [Theory]
    [InlineData(People.Triage)]
    [InlineData(People.Solicitor)]
    [InlineData(People.Stranger)]
    public async Task Only_a_clinician_writes_into_the_record(string person)
    {
        var (id, reference) = await world.Assessed();
        var (actor, goal) = (await world.Actor(person), Assert.Single((await Record(reference)).Goals));
        Assert.IsType<Failure.Refused>((await Goals.Judge(actor, new(goal.Id, goal.Version, GoalOutcome.Achieved, ""), Ct)).Failure);
        Assert.IsType<Failure.Refused>((await Goals.Add(actor, new(Guid.CreateVersion7(), id, "Mine", DateParts.Empty), Ct)).Failure);
        Assert.IsType<Failure.Refused>((await Work.Handle(actor, new(Guid.CreateVersion7(), id, WorkStatus.Working, DateParts.Of(Today), ""), Ct)).Failure);
    }

    [Fact]
    public async Task Nothing_is_added_before_treatment_begins_and_after_the_referral_is_closed()
    {
        foreach (var state in new[] { ReferralState.Accepted, ReferralState.Closed })
        {
            var referral = await world.AddReferral(state: state);
            Assert.IsType<Failure.Refused>((await Work.Handle(await Clinician(), new(Guid.CreateVersion7(), referral.Id, WorkStatus.Working, DateParts.Of(Today), ""), Ct)).Failure);
        }
    }

    Task<Actor> Clinician() => world.Actor(People.Clinician);

    async Task<TreatmentRecord> Record(string reference) => CareWorld.Done(await new OpenCare(world.Database).Handle(await Clinician(), reference, Ct)).Notes;
}
