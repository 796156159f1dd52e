using ReferralPortal.Domain;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Referrals.View;
using Xunit;

namespace ReferralPortal.Web.Tests.Features.Referrals.View;

public sealed class TimelineWordsTests(PortalTestDatabase database) : IClassFixture<PortalTestDatabase>
{
    static TimelineEvent Event(string action, string? reason = null, string? words = null, string detail = "{}") =>
        new(1, DateTimeOffset.UtcNow, "Dana Whitfield", "Physio.co.uk", action, null, ReferralState.InTriage, reason, words, detail, "everyone");

    async Task<TimelineLine> Say(TimelineEvent happened) => new TimelineWords(await database.Catalogue().Get(TestContext.Current.CancellationToken)).Of(happened);

    [Theory]
    [InlineData("submit", null, "Dana Whitfield of Physio.co.uk sent the referral to the clinic.")]
    [InlineData("start_triage", null, "Dana Whitfield started triage.")]
    [InlineData("ask_for_information", null, "Dana Whitfield asked the referrer for information.")]
    [InlineData("answer", null, "Dana Whitfield of Physio.co.uk answered.")]
    [InlineData("accept", null, "Dana Whitfield accepted the referral.")]
    [InlineData("decline", "outside_area", "Dana Whitfield declined the referral: ")]
    [InlineData("book_first_appointment", null, "Dana Whitfield booked the initial assessment.")]
    [InlineData("record_attendance", null, "Dana Whitfield saw the patient for the initial assessment.")]
    [InlineData("did_not_attend", null, "The patient did not attend an appointment.")]
    [InlineData("discharge", null, "Dana Whitfield discharged the patient.")]
    [InlineData("close", null, "Dana Whitfield closed the referral.")]
    [InlineData("reopen", null, "Dana Whitfield reopened the referral.")]
    [InlineData("withdraw", "referred_in_error", "Dana Whitfield of Physio.co.uk withdrew the referral: ")]
    [InlineData("something_of_a_later_release", null, "Dana Whitfield of Physio.co.uk changed the referral.")]
    public async Task Everything_that_happens_is_said_in_plain_words(string action, string? reason, string words) =>
        Assert.StartsWith(words, (await Say(Event(action, reason))).What);

    [Fact]
    public async Task Every_action_of_the_lifecycle_has_words_of_its_own()
    {
        foreach (var action in Enum.GetValues<ReferralAction>())
            Assert.DoesNotContain("changed the referral", (await Say(Event(EnumText.Of(action)))).What);
    }

    [Fact]
    public async Task Every_coded_reason_is_said_by_its_label_and_never_by_its_code()
    {
        var catalogue = await database.Catalogue().Get(TestContext.Current.CancellationToken);
        foreach (var (list, action) in ((string, string)[])[("decline_reason", "decline"), ("withdraw_reason", "withdraw")])
        {
            Assert.NotEmpty(catalogue.List(list));
            foreach (var reason in catalogue.List(list))
            {
                var said = (await Say(Event(action, reason.Code))).What;
                Assert.Contains(reason.Label[1..], said);
                Assert.DoesNotContain("_", said);
            }
        }
    }

    [Theory]
    [InlineData("move_appointment", """{"from":"2026-07-01T09:00:00Z","startsAt":"2026-12-01T10:00:00Z","askedBy":"referrer","why":"patient_cannot_come"}""",
        "Dana Whitfield moved an appointment from 1 Jul 2026 at 10:00 to 1 Dec 2026 at 10:00.", "Asked for by the referrer: the patient cannot come then.")]
    [InlineData("cancel_appointment", """{"startsAt":"2026-12-01T10:00:00Z","askedBy":"clinic","why":"other"}""", "Dana Whitfield cancelled an appointment for 1 Dec 2026 at 10:00.", "Asked for by the clinic.")]
    [InlineData("move_appointment", """{"startsAt":"2026-12-01T10:00:00Z"}""", "Dana Whitfield moved an appointment to 1 Dec 2026 at 10:00.", null)]
    [InlineData("book_appointment", """{"sessions":6,"startsAt":"2026-12-01T10:00:00Z","lastAt":"2027-01-07T10:00:00Z"}""", "Dana Whitfield booked 6 treatments, from 1 Dec 2026 to 7 Jan 2027.", null)]
    public async Task A_change_of_an_appointment_says_from_when_to_when_and_who_asked(string action, string detail, string what, string? consequence)
    {
        var said = await Say(Event(action, detail: detail));
        Assert.Equal((what, consequence), (said.What, said.Consequence));
    }

    [Fact]
    public async Task What_was_written_stands_as_it_was_written() =>
        Assert.Equal("Which side?\nAnd since when?", (await Say(Event("ask_for_information", words: "Which side?\nAnd since when?"))).Words);

    [Fact]
    public async Task A_booking_says_when_in_London_s_time() =>
        Assert.Equal("Dana Whitfield booked an appointment for 3 Jul 2026 at 10:30.",
            (await Say(Event("book_appointment", detail: """{ "startsAt": "2026-07-03T09:30:00Z" }"""))).What);

    [Fact]
    public async Task A_move_says_to_when() =>
        Assert.Equal("Dana Whitfield moved an appointment to 3 Jan 2027 at 09:30, Sale.",
            (await Say(Event("move_appointment", detail: """{ "startsAt": "2027-01-03T09:30:00Z", "clinic": "Sale" }"""))).What);
}
