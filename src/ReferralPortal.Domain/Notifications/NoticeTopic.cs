namespace ReferralPortal.Domain.Notifications;

/// <summary>What a person may choose to be told, or not to be told, by mail.</summary>
public enum NoticeTopic
{
    /// <summary>A referral reached the clinic.</summary>
    Received,
    /// <summary>The clinic asks for something or writes about a concern, or the referrer has answered.</summary>
    Questions,
    /// <summary>A referral was accepted, declined or withdrawn.</summary>
    Decisions,
    /// <summary>Triage has begun; answers, the priority or the clinic changed; the clock was stopped.</summary>
    Changes,
    /// <summary>The initial assessment was booked, moved, cancelled or missed.</summary>
    FirstAppointment,
    /// <summary>A later appointment was booked, moved, cancelled or missed.</summary>
    LaterAppointments,
    /// <summary>The patient was assessed, discharged, or is in treatment again; the referral is closed.</summary>
    Progress,
    /// <summary>A report was signed.</summary>
    Reports,
    /// <summary>A safety answer asks for a review; for the clinic.</summary>
    Alerts,
    /// <summary>The time that the clinic promised is running out; for the clinic.</summary>
    Clocks,
    /// <summary>An invoice or a credit note was issued; for whoever pays.</summary>
    Invoices,
}

/// <summary>What people are told as long as they choose nothing else.</summary>
public static class NoticeTopics
{
    /// <summary>
    /// Topics that come by mail unless a person says otherwise: what somebody waits for or has to act on. At the clinic new referrals stand in the queue and its
    /// own decisions are its own, so its people are told of what comes back to them.
    /// </summary>
    public static IReadOnlyList<NoticeTopic> ByDefault(bool clinic) => clinic
        ? [NoticeTopic.Questions, NoticeTopic.Decisions, NoticeTopic.Changes, NoticeTopic.FirstAppointment, NoticeTopic.Alerts, NoticeTopic.Clocks]
        : [NoticeTopic.Received, NoticeTopic.Questions, NoticeTopic.Decisions, NoticeTopic.FirstAppointment, NoticeTopic.Progress, NoticeTopic.Reports, NoticeTopic.Invoices];

    /// <summary>Topics that there are for a person at all.</summary>
    public static IReadOnlyList<NoticeTopic> For(bool clinic) =>
        [.. Enum.GetValues<NoticeTopic>().Where(topic => clinic ? topic is not (NoticeTopic.Reports or NoticeTopic.Invoices) : topic is not (NoticeTopic.Alerts or NoticeTopic.Clocks))];
}
