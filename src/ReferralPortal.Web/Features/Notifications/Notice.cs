using ReferralPortal.Domain.Notifications;

namespace ReferralPortal.Web.Features.Notifications;

/// <summary>Whose people are told.</summary>
[Flags]
public enum Told
{
    /// <summary>The organisation that sent the referral.</summary>
    Referrer = 1,
    /// <summary>The other parties: case manager, funder, whoever instructs.</summary>
    Parties = 2,
    /// <summary>The clinic's people who have it.</summary>
    Clinic = 4,
    /// <summary>The funder alone.</summary>
    Funder = 8,
    /// <summary>Everybody outside the clinic.</summary>
    Outside = Referrer | Parties,
    /// <summary>Everybody who may see it.</summary>
    Everybody = Outside | Clinic,
}

/// <summary>Whether the clinic group's own inbox gets it too.</summary>
public enum ToInbox
{
    /// <summary>No.</summary>
    Never,
    /// <summary>While nobody at the clinic has the referral.</summary>
    WhileNobodyHasIt,
    /// <summary>Always.</summary>
    Always,
}

/// <summary>One thing to tell, and whom.</summary>
/// <param name="Template">Which mail.</param>
/// <param name="Topic">What a person switches it off by.</param>
/// <param name="Told">Whose people.</param>
/// <param name="Inbox">Whether the clinic's inbox too.</param>
/// <param name="AlsoWhoDidIt">Also the person whose own act it was: a receipt.</param>
/// <param name="People">These people of theirs and nobody else, whoever has the referral.</param>
/// <param name="Employers">False where there is nothing in it for an employer, who then does not learn of it.</param>
public sealed record Notice(MailTemplate Template, NoticeTopic Topic, Told Told, ToInbox Inbox = ToInbox.Never, bool AlsoWhoDidIt = false, IReadOnlyList<Guid>? People = null, bool Employers = true);

/// <summary>What a message has people told: nothing, one thing, or different things to different people. The patient is told of appointments besides.</summary>
/// <typeparam name="TMessage">The message in the outbox.</typeparam>
/// <param name="Of">What to tell, as the message and the referral are when it is handled; empty when it is not true any more.</param>
public sealed record NoticePlan<TMessage>(Func<TMessage, Subject, IEnumerable<Notice>> Of);

/// <summary>Where an appointment stands among those that were booked with it. The first one speaks for all.</summary>
public enum InSeries { Alone, First, Later }

/// <summary>What the plans look at of a referral.</summary>
/// <param name="State">Its state.</param>
/// <param name="FromImport">It came in a file with many others.</param>
/// <param name="AppointmentKind">Of the appointment that the message names; null where it names none.</param>
/// <param name="Series">The appointment was booked with others: its place among them.</param>
public sealed record Subject(string State, bool FromImport, string? AppointmentKind, InSeries Series = InSeries.Alone)
{
    /// <summary>Which of the two topics an appointment belongs to.</summary>
    public NoticeTopic AppointmentTopic => AppointmentKind == "initial_assessment" ? NoticeTopic.FirstAppointment : NoticeTopic.LaterAppointments;
}
