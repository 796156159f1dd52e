using ReferralPortal.Domain.Referrals;
using Xunit;

namespace ReferralPortal.Domain.Tests.Referrals;

public class LifecycleTests
{
    // The lifecycle once more, as a grid written from the specification and not from the code: a row a state, a column an action.
    // Each cell: who may (r referrer, a clinic administrator, c clinician) > the state after; a dot where nobody may.
    const string Grid = """
        state                  Submit StartTriage AskForInformation Answer Accept Decline BookFirstAppointment RecordAttendance BookAppointment MoveAppointment CancelAppointment DidNotAttend Discharge Close Reopen Withdraw Amend Forward ChangePriority LogContact Undo
        Draft                  r>Submitted . . . . . . . . . . . . . . r>Withdrawn . . . . .
        Submitted              . a>InTriage a>InformationRequested . . a>Declined . . . . . . . . . ra>Withdrawn r>Submitted . a>Submitted ac>Submitted .
        InTriage               . . a>InformationRequested . a>Accepted a>Declined . . . . . . . . . ra>Withdrawn r>InTriage a>InTriage a>InTriage ac>InTriage .
        InformationRequested   . . . r>InTriage . . . . . . . . . . . ra>Withdrawn r>InformationRequested . a>InformationRequested ac>InformationRequested a>InTriage
        Accepted               . . . . . . ac>AppointmentBooked . . . . . . . . ra>Withdrawn r>Accepted a>Accepted a>Accepted ac>Accepted a>InTriage
        AppointmentBooked      . . . . . . . c>InTreatment ac>AppointmentBooked ac>AppointmentBooked ac>AppointmentBooked ac>AppointmentBooked . . . ra>Withdrawn . . . ac>AppointmentBooked .
        InTreatment            . . . . . . . . ac>InTreatment ac>InTreatment ac>InTreatment ac>InTreatment c>Discharged . . ra>Withdrawn . . . ac>InTreatment .
        Discharged             . . . . . . . . . . . . . a>Closed a>InTreatment . . . . . .
        Closed                 . . . . . . . . . . . . . . a>InTreatment . . . . . .
        Declined               . . . . . . . . . . . . . . . . . . . . a>InTriage
        Withdrawn              . . . . . . . . . . . . . . . . . . . . .
        """;

    static readonly ReferralState[] States = Enum.GetValues<ReferralState>();
    static readonly ReferralAction[] Actions = Enum.GetValues<ReferralAction>();
    static readonly Capacity[] Capacities = Enum.GetValues<Capacity>();

    static readonly Dictionary<(ReferralState, ReferralAction), (string Who, ReferralState To)?> Expected = Read();

    [Fact]
    public void The_grid_has_every_cell() => Assert.Equal(States.Length * Actions.Length, Expected.Count);

    [Fact]
    public void Every_cell_of_state_action_and_capacity_is_as_specified()
    {
        foreach (var state in States)
            foreach (var action in Actions)
                foreach (var capacity in Capacities)
                {
                    var may = Expected[(state, action)]?.Who.Contains(Letter(capacity), StringComparison.Ordinal) ?? false;
                    Assert.True(may == Lifecycle.Allows(state, action, capacity), $"{capacity} {(may ? "may" : "may not")} {action} in {state}");
                }
    }

    [Fact]
    public void Every_step_leads_where_it_is_specified_and_others_are_refused()
    {
        foreach (var state in States)
            foreach (var action in Actions)
            {
                if (Expected[(state, action)] is var (_, to))
                {
                    Assert.Equal(to, Lifecycle.Next(state, action));
                    Assert.Equal((state, action, to), (Lifecycle.Find(state, action)!.From, Lifecycle.Find(state, action)!.Action, Lifecycle.Find(state, action)!.To));
                }
                else
                {
                    Assert.Null(Lifecycle.Find(state, action));
                    Assert.Throws<InvalidOperationException>(() => Lifecycle.Next(state, action));
                }
            }
    }

    [Fact]
    public void What_is_offered_is_what_is_allowed_for_every_set_of_capacities()
    {
        foreach (var state in States)
            for (var set = 0; set < 1 << Capacities.Length; set++)
            {
                var held = Capacities.Where((_, place) => (set & 1 << place) != 0).ToArray();
                var allowed = Actions.Where(action => held.Any(capacity => Lifecycle.Allows(state, action, capacity)));
                Assert.Equal(allowed.ToHashSet(), Lifecycle.AllowedActions(state, held).ToHashSet());
                Assert.Equal(Lifecycle.AllowedActions(state, held).Distinct().Count(), Lifecycle.AllowedActions(state, held).Count());
            }
    }

    [Fact]
    public void A_draft_is_discarded_by_its_referrer_alone()
    {
        Assert.True(Lifecycle.Allows(ReferralState.Draft, ReferralAction.Withdraw, Capacity.Referrer));
        Assert.False(Lifecycle.Allows(ReferralState.Draft, ReferralAction.Withdraw, Capacity.ClinicAdministrator));
    }

    [Fact]
    public void Nothing_leads_out_of_an_end_but_taking_back_a_slip() =>
        Assert.DoesNotContain(Lifecycle.Table, row => row.From is ReferralState.Declined or ReferralState.Withdrawn && row.Action != ReferralAction.Undo);

    [Fact]
    public void What_can_be_taken_back_are_the_decisions_of_triage_to_where_they_came_from()
    {
        var undoable = from state in States from action in Actions where Lifecycle.IsUndoable(state, action) select (state, action);
        Assert.Equal(
            [
                (ReferralState.Submitted, ReferralAction.AskForInformation), (ReferralState.Submitted, ReferralAction.Decline),
                (ReferralState.InTriage, ReferralAction.AskForInformation), (ReferralState.InTriage, ReferralAction.Accept), (ReferralState.InTriage, ReferralAction.Decline),
            ], undoable);
    }

    [Fact]
    public void Every_state_can_be_reached_from_a_draft()
    {
        HashSet<ReferralState> reached = [ReferralState.Draft];
        while (Lifecycle.Table.Where(row => reached.Contains(row.From)).Select(row => row.To).Any(reached.Add)) { }
        Assert.Equal(States.ToHashSet(), reached);
    }

    [Fact]
    public void Every_state_and_action_has_words()
    {
        Assert.Equal(States.Length, States.Select(StateWords.Of).Where(words => words.Length > 0).Distinct().Count());
        Assert.Equal(Actions.Length, Actions.Select(StateWords.Done).Where(words => words.Length > 0).Distinct().Count());
        Assert.Equal(Actions.Length, Actions.Select(StateWords.ToDo).Where(words => words.Length > 0).Distinct().Count());
    }

    static char Letter(Capacity capacity) => capacity switch { Capacity.Referrer => 'r', Capacity.ClinicAdministrator => 'a', Capacity.Clinician => 'c', _ => throw new NotSupportedException() };

    static Dictionary<(ReferralState, ReferralAction), (string, ReferralState)?> Read()
    {
        var lines = Grid.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToArray();
        var cells = new Dictionary<(ReferralState, ReferralAction), (string, ReferralState)?>();
        foreach (var line in lines[1..])
            for (var column = 1; column < line.Length; column++)
                cells.Add((Enum.Parse<ReferralState>(line[0]), Enum.Parse<ReferralAction>(lines[0][column])),
                    line[column] == "." ? null : (line[column].Split('>')[0], Enum.Parse<ReferralState>(line[column].Split('>')[1])));
        return cells;
    }
}
