using ReferralPortal.Domain.Patients;
using ReferralPortal.Web.Components.Display;
using ReferralPortal.Web.Features.Invoices;

namespace ReferralPortal.Web.Features.Notifications;

/// <summary>Every mail that the portal sends. The names stand in the database.</summary>
public enum MailTemplate
{
    ReferralReceived, ReferralNamesYou, NewReferral, AnswersCorrected, Question, QuestionAnswered, TriageBegan, Accepted, Declined, Withdrawn,
    AppointmentBooked, AppointmentMoved, AppointmentCancelled, AppointmentMissed, Assessed, ReportSigned, Discharged, Closed, Reopened,
    PriorityChanged, Forwarded, ClockStopped, ClockRuns, UrgentAlert, AlertStillStands, ClockHalf, ClockNearlyOver, ClockOver,
    SessionsAsked, SessionsStillAsked, SessionsUnanswered, SessionsAnswered, SessionsNotAsked, AuthorityGiven, AuthorityWithdrawn,
    ReportUnseen, ReferrerToRing,
    SeriesBooked, PatientBooked, PatientSeries, PatientMoved, PatientCancelled, PatientReminder,
    Concern,
    AnswerAlert, AnswerAlertStands, PatientQuestionnaire, PatientQuestionnaireReminder,
    ReportAmended, ReportAskedAbout, ReportAnswered, ReportChecked, CheckReport,
    InvoiceReady, CreditNoteReady,
}

/// <summary>The words of one mail. <paramref name="Tab"/> is where on the referral's page its link leads; null for the clinic's triage page.</summary>
sealed record MailWords(string Says, string Next, string? Tab = "");

/// <summary>
/// What mail says. It names a referral by its reference and leads to it; whoever reads it signs in. It holds no name of a patient, nothing of the injury, nothing of
/// the claim, and nothing that somebody typed.
/// </summary>
static class MailTemplates
{
    /// <summary>What happened, as the subject and the first sentence say it after the reference; and what the reader may do next.</summary>
    internal static MailWords Of(MailTemplate template) => template switch
    {
        MailTemplate.ReferralReceived => new("the clinic received your referral", "The clinic looks at it now. You can follow it in the portal, and you will be told when it is decided."),
        MailTemplate.ReferralNamesYou => new("a referral that names your organisation was sent", "Your organisation is a party to it, so you can follow it in the portal."),
        MailTemplate.NewReferral => new("a new referral has come in", "It waits in the triage queue.", null),
        MailTemplate.AnswersCorrected => new("answers were corrected", "The page of the referral shows what was changed, and by whom."),
        MailTemplate.Question => new("the clinic asks for information", "The clinic cannot go on without your answer, and its clock stands still until then. You can answer in the portal."),
        MailTemplate.QuestionAnswered => new("the referrer has answered", "Triage can go on, and the clock runs again.", null),
        MailTemplate.TriageBegan => new("the clinic has begun triage", "You will be told when it is decided."),
        MailTemplate.Accepted => new("the clinic accepted the referral", "The clinic now arranges the first appointment with the patient."),
        MailTemplate.Declined => new("the clinic declined the referral", "The reason stands on the page of the referral. Ring the clinic where you would like to talk about it."),
        MailTemplate.Withdrawn => new("the referral was withdrawn", "Nothing more is done with it. The reason stands on its page."),
        MailTemplate.AppointmentBooked => new("an appointment was booked", "Its time and place stand on the page of the referral.", "appointments"),
        MailTemplate.SeriesBooked => new("appointments were booked", "Their times and places stand on the page of the referral.", "appointments"),
        MailTemplate.AppointmentMoved => new("an appointment was moved", "Its new time and place stand on the page of the referral.", "appointments"),
        MailTemplate.AppointmentCancelled => new("an appointment was cancelled", "The page of the referral says by whom, and what comes next.", "appointments"),
        MailTemplate.AppointmentMissed => new("an appointment was missed", "The page of the referral says what comes next.", "appointments"),
        MailTemplate.Assessed => new("the initial assessment has taken place", "The report follows when the clinician has signed it."),
        MailTemplate.ReportSigned => new("a report is ready to read", "It opens in the portal, where you can also print it.", "progress"),
        MailTemplate.ReportAmended => new("a report was amended", "A new version replaces the one that you may have read. It opens in the portal and says why.", "progress"),
        MailTemplate.ReportAskedAbout => new("a reader asks about your report", "The question stands on the page of the report, and when an answer is due.", "progress"),
        MailTemplate.ReportAnswered => new("your question about a report was answered", "The answer stands on the page of the report, or a new version of it.", "progress"),
        MailTemplate.ReportChecked => new("the patient has checked your report", "The page of the report says whether something is to be corrected before it is released.", "progress"),
        MailTemplate.CheckReport => new("Please check what we have written", "You can read it before anybody else does, and tell us if a fact in it is wrong."),
        MailTemplate.Discharged => new("treatment has ended", "The discharge report can be read in the portal. Please say there that you have seen it, and answer one question about the clinic."),
        MailTemplate.Closed => new("the referral is closed", "Nothing is owed on it any more. It stays readable in the portal."),
        MailTemplate.Reopened => new("the referral was reopened", "The patient is in treatment again."),
        MailTemplate.ReportUnseen => new("the discharge report waits for you", "Treatment has ended. Please read the report and say in the portal that you have seen it; the clinic can then close the referral.", "progress"),
        MailTemplate.ReferrerToRing => new("nobody has acknowledged the discharge report", "The referrer was reminded twice. Please ring them; the referral stays open until then."),
        MailTemplate.PriorityChanged => new("the clinic changed the priority", "The page of the referral says to what, and why."),
        MailTemplate.Forwarded => new("another clinic takes the referral", "The page of the referral says which."),
        MailTemplate.ClockStopped => new("the clinic’s clock stands still", "The page of the referral says why, and until when."),
        MailTemplate.ClockRuns => new("the clinic’s clock runs again", "The page of the referral says what comes next, and by when."),
        MailTemplate.UrgentAlert => new("urgent: safety answers wait for a review", "Somebody at the clinic must put their name to the alert now. Until then the portal goes on reminding.", null),
        MailTemplate.AlertStillStands => new("urgent: nobody has acknowledged the alert", "The review is due, and nobody has put their name to it.", null),
        MailTemplate.ClockHalf => new("half of the time for the next step is over", "The queue shows what is due, and when.", null),
        MailTemplate.ClockNearlyOver => new("the time for the next step is nearly over", "The queue shows what is due, and when.", null),
        MailTemplate.ClockOver => new("the next step is overdue", "The time that was promised is over. The queue shows what is due.", null),
        MailTemplate.Concern => new("the clinician has written to you", "What was written stands on the timeline of the referral, for your organisation alone."),
        MailTemplate.SessionsAsked => new("the clinic asks for more sessions", "The report says why. You can authorise them, authorise a part, or decline, under Approvals.", "funding"),
        MailTemplate.SessionsStillAsked => new("the clinic still waits for your answer", "It has asked for more sessions. You can answer under Approvals.", "funding"),
        MailTemplate.SessionsUnanswered => new("the payer has not answered", "The time for its answer about more sessions is over.", "funding"),
        MailTemplate.SessionsAnswered => new("the payer has answered about more sessions", "What it authorised stands on the page of the referral.", "funding"),
        MailTemplate.SessionsNotAsked => new("the clinic has withdrawn its request for more sessions", "There is nothing to be answered any more.", "funding"),
        MailTemplate.AuthorityGiven => new("an authority was added", "What is authorised, used and left stands on the page of the referral.", "funding"),
        MailTemplate.AuthorityWithdrawn => new("an authority was withdrawn", "The page of the referral says why, and what is left.", "funding"),
        MailTemplate.InvoiceReady => new("An invoice is ready", "It can be read and downloaded in the portal."),
        MailTemplate.CreditNoteReady => new("A credit note is ready", "It can be read and downloaded in the portal, and says which invoice it is of."),
        MailTemplate.PatientBooked => new("Your appointment is booked", "If you cannot come, or would like another time, please ring the clinic as soon as you can."),
        MailTemplate.PatientSeries => new("Your appointments are booked", "If you cannot come to one of them, or would like another time, please ring the clinic as soon as you can."),
        MailTemplate.PatientMoved => new("Your appointment has a new time or place", "If this does not suit you, please ring the clinic as soon as you can."),
        MailTemplate.PatientCancelled => new("Your appointment is cancelled", "You need not come. The clinic will arrange what comes next with you; you can also ring it."),
        MailTemplate.PatientReminder => new("A reminder of your appointment", "If you cannot come, please ring the clinic as soon as you can, so that somebody else can have the time."),
        MailTemplate.AnswerAlert => new("urgent: an answer needs a clinician today", "A clinician must read it and put a name to it. Until then the portal goes on reminding.", "progress"),
        MailTemplate.AnswerAlertStands => new("urgent: nobody has looked at the answer", "A clinician must read it and put a name to it now.", "progress"),
        MailTemplate.PatientQuestionnaire => new("A short questionnaire from your clinic", "It takes a few minutes. The link is yours alone: please do not pass it on."),
        MailTemplate.PatientQuestionnaireReminder => new("A reminder: a short questionnaire from your clinic", "If you would rather not answer it, you need do nothing."),
        _ => throw new ArgumentOutOfRangeException(nameof(template), template, "This is no template."),
    };

    internal static bool IsForThePatient(MailTemplate template) => template.ToString().StartsWith("Patient", StringComparison.Ordinal);

    /// <summary>A mail to somebody who signs in to the portal.</summary>
    /// <param name="template">Which.</param>
    /// <param name="reference">The referral's reference.</param>
    /// <param name="portal">The portal's own address.</param>
    /// <param name="group">The clinic group, as it is called and reached.</param>
    internal static Written Portal(MailTemplate template, string reference, Uri portal, Sender group)
    {
        var words = Of(template);
        var link = new Uri(portal, words.Tab is null ? $"/triage/{reference}" : words.Tab.Length == 0 ? $"/referrals/{reference}" : $"/referrals/{reference}?tab={words.Tab}");
        return new Written($"{reference}: {words.Says}",
        [
            new($"Referral {reference}: {words.Says}."),
            new(words.Next),
            new("Open it in the portal; you will be asked to sign in:", link),
            new($"{group.Name} sends this because your organisation is on the referral. Answers to this address are not read: ring {group.Phone} instead. Choose what you are told, and what not:", new Uri(portal, "/notifications"), Small: true),
        ]);
    }

    /// <summary>A mail to a payer: that an invoice is there, and its address; no patient and no amount.</summary>
    internal static Written Invoice(MailTemplate template, int number, Uri portal, Sender group)
    {
        var words = Of(template);
        return new Written(words.Says,
        [
            new($"{words.Says}. {words.Next}"),
            new("Open it; you will be asked to sign in:", new Uri(portal, $"/invoices/{InvoiceRules.Number(number)}")),
            new($"{group.Name} sends this because it is addressed to your organisation. Answers to this address are not read: ring {group.Phone} instead. Choose what you are told, and what not:", new Uri(portal, "/notifications"), Small: true),
        ]);
    }

    /// <summary>A mail to a patient: when and where, and nothing of why.</summary>
    internal static Written Patient(MailTemplate template, IReadOnlyList<DateTimeOffset> at, Place place, Sender group)
    {
        var words = Of(template);
        return new Written($"{words.Says}: {(at.Count == 1 ? When(at[0]) : $"{Formats.Date(at[0])} to {Formats.Date(at[^1])}")}",
        [
            new($"{words.Says}."),
            new($"When: {string.Join("\n", at.Select(When))}\nWhere: {place.Name}, {place.Address}, {place.Postcode}\nTelephone: {place.Number}"),
            new(words.Next),
            new($"{group.Name} sends this because you asked to be reached this way. Answers to it are not read. To be reached in another way, ring {group.Phone}.", Small: true),
        ]);
    }

    /// <summary>A mail that asks a patient to answer a questionnaire: a link and a day, and nothing of what is asked or why.</summary>
    internal static Written Questionnaire(MailTemplate template, Uri link, DateTimeOffset until, Sender group)
    {
        var words = Of(template);
        return new Written(words.Says,
        [
            new($"{words.Says}. It can be answered once, until {When(until)}:", link),
            new(words.Next),
            new($"{group.Name} sends this because you asked to be reached this way. Answers to it are not read. With questions, or to be reached in another way, ring {group.Phone}.", Small: true),
        ]);
    }

    /// <summary>A mail to a patient who is to read something first: a link that asks for the date of birth, and nothing of what is behind it.</summary>
    internal static Written ToCheck(Uri link, DateTimeOffset until, Sender group)
    {
        var words = Of(MailTemplate.CheckReport);
        return new Written(words.Says,
        [
            new($"{words.Says}. {words.Next}"),
            new($"The link works until {When(until)} and for one answer. It asks for your date of birth first. Please do not pass it on:", link),
            new($"If you would rather talk about it, or cannot open it, ring {group.Phone}."),
            new($"{group.Name} sends this because you are its patient. Answers to it are not read.", Small: true),
        ]);
    }

    /// <summary>The same for a telephone's screen.</summary>
    internal static string QuestionnaireText(MailTemplate template, Uri link, DateTimeOffset until, Sender group) =>
        $"{Of(template).Says}, until {Formats.Date(until)}: {link.AbsoluteUri} Questions? Ring {group.Phone}.";

    /// <summary>The same as a patient's mail for a telephone's screen.</summary>
    internal static string PatientText(MailTemplate template, IReadOnlyList<DateTimeOffset> at, Place place) =>
        $"{Of(template).Says}: {When(at[0])}{(at.Count > 1 ? $" and {at.Count - 1} more" : "")}, {place.Name}, {place.Postcode}. To change it ring {place.Number}.";

    static string When(DateTimeOffset at) => $"{Formats.Date(at)} at {Formats.Time(at)}";
}

/// <summary>The clinic group as a mail names it.</summary>
sealed record Sender(string Name, string Phone, string Email);

/// <summary>A clinic as a patient finds it.</summary>
sealed record Place(string Name, string Address, string Postcode, string Phone)
{
    /// <summary>The telephone number as people write it.</summary>
    internal string Number => PhoneNumber.TryParse(Phone, out var number) ? number.ToString() : Phone;
}
