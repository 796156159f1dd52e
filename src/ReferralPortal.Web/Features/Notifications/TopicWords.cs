using ReferralPortal.Domain.Notifications;
using ReferralPortal.Web.Components.Forms;

namespace ReferralPortal.Web.Features.Notifications;

/// <summary>The topics as a person chooses among them.</summary>
static class TopicWords
{
    internal static IReadOnlyList<Option<NoticeTopic>> Options(bool clinic) => Option.From(NoticeTopics.For(clinic), topic => topic, topic => Of(topic, clinic));

    static string Of(NoticeTopic topic, bool clinic) => topic switch
    {
        NoticeTopic.Received => clinic ? "a new referral comes in" : "the clinic has received a referral",
        NoticeTopic.Questions => clinic ? "a referrer has answered a question" : "the clinic asks for information, or the clinician writes about a concern",
        NoticeTopic.Decisions => clinic ? "a referral is withdrawn" : "a referral is accepted, declined or withdrawn",
        NoticeTopic.Changes => clinic ? "answers are corrected" : "triage begins, or something changes: answers, priority, clinic, or the clock stands still",
        NoticeTopic.FirstAppointment => "the initial assessment is booked, moved, cancelled or missed",
        NoticeTopic.LaterAppointments => "a later appointment is booked, moved, cancelled or missed",
        NoticeTopic.Progress => "the patient is assessed or discharged, and when a referral is closed or reopened",
        NoticeTopic.Reports => "a report is ready to read",
        NoticeTopic.Invoices => "an invoice or a credit note for your organisation is ready",
        NoticeTopic.Alerts => "a safety answer needs a review, and while nobody has acknowledged it",
        NoticeTopic.Clocks => "the time for the next step is running out",
        _ => throw new ArgumentOutOfRangeException(nameof(topic), topic, "This is no topic."),
    };
}
