using System.Globalization;
using System.Text.Json;
using ReferralPortal.Domain;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Components.Display;
using ReferralPortal.Web.Features.Appointments;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Clocks;

namespace ReferralPortal.Web.Features.Referrals.View;

/// <summary>A line of the timeline: what happened, what followed from it, and what the person wrote.</summary>
public sealed record TimelineLine(string What, string? Consequence, string? Words);

/// <summary>Says in plain words what happened to a referral. The words of a person stand beside it as they were written.</summary>
public sealed class TimelineWords(CatalogueContent catalogue)
{
    public TimelineLine Of(TimelineEvent happened)
    {
        var who = happened.ActorName;
        var (what, consequence) = happened.Action switch
        {
            "submit" => ($"{who} of {happened.Organisation} sent the referral to the clinic", null),
            "start_triage" => ($"{who} started triage", null),
            "ask_for_information" => ($"{who} asked the referrer for information{Topics()}", "The clock stands still until the referrer answers."),
            "answer" => ($"{who} of {happened.Organisation} answered", "Triage goes on, and the clock runs again."),
            "accept" => ($"{who} accepted the referral{Place()}", "The clinic now arranges the first appointment."),
            "decline" => ($"{who} declined the referral{Reason("decline_reason")}", null),
            "book_first_appointment" => ($"{who} booked the initial assessment{When()}{Place()}", null),
            "record_attendance" => ($"{who} saw the patient for the initial assessment", "Treatment has begun."),
            "book_appointment" when Instant("lastAt") is { } last => ($"{who} booked {Number("sessions")} treatments, from {Formats.Date(Instant("startsAt")!.Value)} to {Formats.Date(last)}{Place()}", null),
            "book_appointment" => ($"{who} booked an appointment{When()}{Place()}", null),
            "move_appointment" => ($"{who} moved an appointment{(Instant("from") is { } from ? $" from {Formats.Date(from)} at {Formats.Time(from)}" : "")}{(When() is { Length: > 0 } when ? " to" + when[4..] : "")}{Place()}", Asked()),
            "cancel_appointment" => ($"{who} cancelled an appointment{When()}{Reason("attendance")}", Asked()),
            "did_not_attend" => ($"The patient did not attend an appointment{When()}", $"Recorded by {who}."),
            "attend_appointment" => ($"The patient attended an appointment{When()}", $"Recorded by {who}."),
            "correct_attendance" => ($"{who} put right an appointment{When()}: the patient {(Flag("seen") ? "attended" : "did not attend")}", null),
            "give_authority" => ($"{(Text("how") == "portal" ? $"{who} of {happened.Organisation}" : $"{who} recorded that {Text("payer")}")} authorised {Authorised()}", null),
            "withdraw_authority" => ($"{who} recorded that {Text("payer")}’s authority is withdrawn", Detail("beyond") is { ValueKind: JsonValueKind.Number } beyond && beyond.GetInt32() > 0 ? $"{PlainText.Count(beyond.GetInt32(), "appointment is", "appointments are")} booked that nothing pays for now." : null),
            "answer_extension" => (Answer(), Text("reason") is { } because ? $"Reason: {Lower(because)}." : null),
            "withdraw_extension" => ($"{who} withdrew the request for more sessions", null),
            "sign_report" when Text("kind") == "treatment_extension" => ($"{who} asked for more sessions", "The report can be read under Progress; the request and its answer stand under Funding."),
            "discharge" => ($"{who} discharged the patient", "The discharge report is signed."),
            "close" => ($"{who} closed the referral", "Nothing is owed any more."),
            "reopen" => ($"{who} reopened the referral", "The patient is in treatment again."),
            "assign" => (Text("owner") is { Length: > 0 } owner ? $"{who} gave the referral to {owner}" : $"{who} put the referral back for anybody to take", null),
            "forward" => ($"{who} forwarded the referral{(Place() is { Length: > 0 } place ? " to" + place[1..] : " to another clinic")}", null),
            "change_priority" => ($"{who} changed the priority{(Text("priority") is { } priority ? $" to {priority}" : "")}", Instant("firstAppointmentDue") is { } due ? $"The first appointment is due by {Formats.Date(due)}." : null),
            "log_contact" => ($"The clinic {(Flag("reached") ? "reached" : "tried to reach")} the patient{Channel()}{(Text("waitUntil") is null ? "" : $", who asked to wait until {Day("waitUntil")}")}", Flag("clockWaits") ? "The clock stands still until then." : null),
            "undo" => ($"{who} took back {Undone()} within seconds", null),
            "withdraw" => ($"{who} of {happened.Organisation} withdrew the referral{Reason("withdraw_reason")}", null),
            "amend" => ($"{who} of {happened.Organisation} corrected answers", null),
            "acknowledge_alert" => ($"{who} acknowledged the urgent alert", null),
            "clear_red_flag" => ($"{who} reviewed the safety answers and cleared the flag", null),
            "escalate_alert" => ("Nobody has acknowledged the urgent alert yet: the clinic was reminded", null),
            "pause_clock" => ($"{who} stopped the clock: the patient asked to wait until {Day("until")}", "The clock runs again on that day."),
            "resume_clock" => (Flag("dayCame") ? "The patient’s wait is over" : $"{who} ended the patient’s wait", Instant("dueAt") is { } due ? $"The clock runs again. The {PromiseWords.Name(Text("target"))} is now due by {Formats.DateTime(due)}." : "The clock still stands until the referrer answers."),
            "link_referrals" => ($"{who} linked this referral with {Text("other")}", null),
            "merge_patients" => ($"{who} recorded that {Text("other")} is the same patient’s", null),
            "keep_patients_apart" => ($"{who} recorded that {Text("other")} is somebody else’s", null),
            "undo_duplicate_decision" => ($"{who} undid the decision about {Text("other")}", null),
            "declare_independence" => ($"{who} declared independence from {Text("other")}", null),
            "record_assessment" => ($"{who} recorded the initial assessment", null),
            "amend_assessment" => ($"{who} amended the initial assessment", null),
            "sign_session" => ($"{who} signed the note of a session{When()}", null),
            "amend_session" => ($"{who} amended the note of a session{When()}", null),
            "raise_concern" => ($"{who} wrote to the referrer about a concern", "Only the referrer and the clinic read it."),
            "add_goal" => ($"{who} recorded another goal", null),
            "judge_goal" => ($"{who} judged a goal{(Text("outcome") is { } outcome ? $": {PlainText.Of(outcome).ToLower(CultureInfo.InvariantCulture)}" : "")}", null),
            "record_work" => ($"{who} recorded the patient’s work", null),
            "begin_discharge_report" => ($"{who} began the discharge report", null),
            "sign_report" => ($"{who} signed a report{ReportKind()}", Checked() ?? "It can be read under Progress."),
            "amend_report" => ($"{who} amended a report{ReportKind()}", Checked() ?? "The amended report replaces the one before."),
            "release_report" => ($"A report was released{ReportKind()}", "It can be read under Progress."),
            "acknowledge_report" => ($"{who} of {happened.Organisation} has seen the discharge report", null),
            "remind_of_report" => ("The referrer was reminded of the discharge report", null),
            "report_unseen" => ("The referrer has not acknowledged the discharge report after two reminders", "Somebody at the clinic rings them."),
            _ => ($"{who} of {happened.Organisation} changed the referral", null),
        };
        return new TimelineLine(what + ".", consequence, string.IsNullOrWhiteSpace(happened.Words) ? null : happened.Words);

        string Reason(string list) =>
            happened.ReasonCode is { } code && catalogue.Coded(list, code)?.Label is { Length: > 0 } label ? $": {Lower(label)}" : "";

        string Topics()
        {
            var codes = Detail("topics") is { ValueKind: JsonValueKind.Array } topics ? topics.EnumerateArray().Select(topic => topic.GetString()).ToList() : [happened.ReasonCode];
            var labels = codes.Select(code => catalogue.Coded("information_question", code)).OfType<CodedText>().Select(text => Lower(text.Label)).ToList();
            return labels.Count == 0 ? "" : $": {string.Join("; ", labels)}";
        }

        string Undone() => Text("undone") switch { "accept" => "the acceptance", "decline" => "the decline", "ask_for_information" => "the question to the referrer", _ => "the last decision" };
        string Channel() => Text("channel") switch { "call" => " by telephone", "text" => " by text message", "letter" => " by letter", "email" => " by e-mail", _ => "" };
        string When() => Instant("startsAt") is { } at ? " for " + Formats.Date(at) + " at " + Formats.Time(at) : "";
        string Place() => Text("clinic") is { } name ? $", {name}" : Id("clinicId") is { } id && catalogue.Clinics.FirstOrDefault(clinic => clinic.Id == id) is { } known ? $", {known.Name}" : "";
        string ReportKind() => Text("kind") is { } kind ? $": {PlainText.Of(kind).ToLower(CultureInfo.InvariantCulture)}" : "";

        string Authorised() => string.Join(" and ", new[]
        {
            Detail("sessions") is { ValueKind: JsonValueKind.Number } sessions ? PlainText.Count(sessions.GetInt32(), "session", "sessions") : null,
            Detail("pounds") is { ValueKind: JsonValueKind.Number } pounds ? Formats.Money(pounds.GetDecimal()) : null,
        }.Where(words => words is not null));

        string Answer() => (Text("state"), Text("how")) switch
        {
            (_, "contract") => $"{Text("payer")} did not answer in time: {Number("sessions")} more sessions count as authorised, by contract",
            ("declined", _) => $"{Text("payer")} declined more sessions",
            ("part", _) => $"{Text("payer")} authorised {Number("sessions")} of {Number("asked")} more sessions",
            _ => $"{Text("payer")} authorised {Number("sessions")} more sessions",
        } + (Text("how") == "link" ? ", by the link that it was sent" : "");

        string? Checked() => Instant("patientChecksUntil") is { } until ? $"The patient checks the facts until {Formats.DateTime(until)}; then its readers have it." : null;

        // Who asked, and why as far as everybody may know.
        string? Asked() => Text("askedBy") is { } by && EnumText.TryParse<AskedBy>(by, out var asked)
            ? $"Asked for by {asked.Words()}{(Text("why") is { } code && EnumText.TryParse<ChangeReason>(code, out var why) && why != ChangeReason.Other ? $": {why.Words()}" : "")}." : null;

        string Number(string name) => Detail(name) is { ValueKind: JsonValueKind.Number } value ? Formats.Count(value.GetInt32()) : "several";
        DateTimeOffset? Instant(string name) => Detail(name) is { ValueKind: JsonValueKind.String } value && value.TryGetDateTimeOffset(out var at) ? at : null;
        string Day(string name) => DateOnly.TryParseExact(Text(name), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? Formats.Date(day) : "a later day";
        bool Flag(string name) => Detail(name) is { ValueKind: JsonValueKind.True };
        Guid? Id(string name) => Detail(name) is { ValueKind: JsonValueKind.String } value && value.TryGetGuid(out var id) ? id : null;
        string? Text(string name) => Detail(name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;
        JsonElement? Detail(string name)
        {
            using var document = JsonDocument.Parse(happened.Detail);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty(name, out var value) ? value.Clone() : null;
        }
    }

    // A label that starts like a sentence goes on as part of one; one that starts with an abbreviation stays.
    static string Lower(string label) => label.Length > 1 && char.IsUpper(label[1]) ? label : char.ToLowerInvariant(label[0]) + label[1..];
}

/// <summary>Stored codes as people read them.</summary>
public static class PlainText
{
    /// <summary>The words of a stored code: <c>road_traffic</c> is "Road traffic".</summary>
    public static string Of(string code) => Known.GetValueOrDefault(code) ?? Sentence(code.Replace('_', ' '));

    /// <summary>The words of a stored code, or null when there is none.</summary>
    public static string? OfOptional(string? code) => string.IsNullOrEmpty(code) ? null : Of(code);

    public static string Of(Enum value) => Of(EnumText.Of(value));

    /// <summary>"1 session", "3 sessions".</summary>
    public static string Count(int number, string one, string many) => $"{Formats.Count(number)} {(number == 1 ? one : many)}";

    static string Sentence(string words) => words.Length == 0 ? words : char.ToUpperInvariant(words[0]) + words[1..];

    static readonly Dictionary<string, string> Known = new()
    {
        ["slip_trip_fall"] = "Slip, trip or fall",
        ["road_traffic"] = "Road traffic collision",
        ["employers_liability"] = "Employer’s liability",
        ["part"] = "Admitted in part",
        ["working_adjusted"] = "Working with adjusted duties",
        ["attendance"] = "Attendance and appointments",
        ["text"] = "Text message",
        ["did_not_attend"] = "Did not attend",
        ["red_flag_review"] = "Safety review",
        ["contact"] = "First contact with the patient",
        ["treatment_extension"] = "Request for more sessions",
        ["partly"] = "Partly achieved",
        ["immediate_needs"] = "Immediate needs assessment",
    };
}
