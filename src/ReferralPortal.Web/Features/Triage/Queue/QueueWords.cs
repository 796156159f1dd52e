namespace ReferralPortal.Web.Features.Triage.Queue;

/// <summary>What the parts and columns of the queue are called on the screen.</summary>
static class QueueWords
{
    internal static readonly (QueueTab Tab, string Label)[] Tabs =
    [
        (QueueTab.Alerts, "Urgent alerts"), (QueueTab.New, "New"), (QueueTab.Mine, "Mine"), (QueueTab.InTriage, "In triage"), (QueueTab.Waiting, "Waiting for the referrer"),
        (QueueTab.ToBook, "Accepted, not booked"), (QueueTab.ToRebook, "To rebook"), (QueueTab.Booked, "Booked"), (QueueTab.Overdue, "Overdue"), (QueueTab.AllOpen, "All open"),
    ];

    internal static readonly (QueueColumn Column, string Label)[] Columns =
    [
        (QueueColumn.Born, "Date of birth"), (QueueColumn.Condition, "Condition"), (QueueColumn.ReferredBy, "Referred by"), (QueueColumn.State, "State"), (QueueColumn.With, "With"),
        (QueueColumn.Clinic, "Clinic"), (QueueColumn.Appointment, "Appointment"), (QueueColumn.Target, "Target"), (QueueColumn.Received, "Received"),
    ];
}

/// <summary>Columns of the queue that a person may show or leave out; the referral and its patient always show.</summary>
public enum QueueColumn { Born, Condition, ReferredBy, State, With, Clinic, Appointment, Target, Received }

/// <summary>How a person likes the queue to look.</summary>
public sealed record QueueLook
{
    /// <summary>Under which this is kept.</summary>
    public const string Key = "triage_queue";

    public IReadOnlyList<QueueColumn> Columns { get; init; } = [QueueColumn.Condition, QueueColumn.ReferredBy, QueueColumn.State, QueueColumn.Target, QueueColumn.Received];

    /// <summary>More rows on the screen, less air.</summary>
    public bool Compact { get; init; }

    /// <summary>Shows the referral that has the focus beside the list, where there is room.</summary>
    public bool Preview { get; init; } = true;

    public bool Shows(QueueColumn column) => Columns.Contains(column);
}
