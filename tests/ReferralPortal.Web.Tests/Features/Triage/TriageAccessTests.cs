using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Components.Forms;
using ReferralPortal.Web.Features.Appointments;
using ReferralPortal.Web.Features.Appointments.Calendars;
using ReferralPortal.Web.Features.Appointments.Diary;
using ReferralPortal.Web.Features.Appointments.Series;
using ReferralPortal.Web.Features.Referrals.View;
using ReferralPortal.Web.Features.Triage;
using ReferralPortal.Web.Features.Triage.Contact;
using ReferralPortal.Web.Features.Triage.Decide;
using ReferralPortal.Web.Features.Triage.Queue;
using ReferralPortal.Web.Features.Triage.Undo;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Tests.Features.Referrals;
using Xunit;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Triaging;

/// <summary>
/// Who reaches a referral by way of triage and appointments. Two walls stand in each of these ways: the use case's own check and predicate, and
/// row-level security. Each of them holds alone.
/// </summary>
public sealed class TriageAccessTests(PortalTestDatabase database) : IClassFixture<PortalTestDatabase>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Every way. Commands are tried with a version that is long past, so that nothing changes: who is told of a conflict has reached it.</summary>
    public static readonly TheoryData<string> Ways =
        ["queue", "queue by received", "queue search", "again", "next", "export", "picked", "senders", "assign", "pool", "open", "start", "ask", "accept", "decline", "forward", "priority", "undo", "contacts", "log contact", "acknowledge", "clear", "booking", "booking by appointment", "day", "book", "move", "cancel", "missed", "seen", "hold", "diary", "calendar file", "plan series", "book series"];

    sealed record Scene(TestReferral Referral, Guid Appointment, DateOnly Day, Guid Clinic, Guid Clinician);

    async Task<Scene> Northgates()
    {
        var referral = await database.AddReferral(state: ReferralState.Submitted, redFlag: RedFlagTier.Urgent, dueAt: DateTimeOffset.UtcNow.AddYears(-1), submittedAt: DateTimeOffset.UtcNow.AddYears(-1));
        await database.Run("update referral set triage_owner_id = null where id = @Id", referral);
        var appointment = await database.Ask<Guid>("select id from appointment where referral_id = @Id", referral);
        var startsAt = await database.Ask<DateTime>("select starts_at from appointment where referral_id = @Id", referral);
        return new Scene(referral, appointment, Domain.LondonTime.DateOf(startsAt), await database.Clinic(), (await database.Actor(Clinician)).UserId);
    }

    async Task<bool> Reaches(string way, PortalDatabase through, Actor actor, Scene scene)
    {
        var (referral, catalogue, queue) = (scene.Referral, database.Catalogue(), new ListQueue(through));
        var form = TriageWorld.Form(scene.Clinic, scene.Clinician);
        return way switch
        {
            "queue" => Holds((await queue.Handle(actor, new QueueFilter { Tab = QueueTab.AllOpen }, Ct)).Value),
            "queue by received" => Holds((await queue.Handle(actor, new QueueFilter { Tab = QueueTab.Alerts, Sort = QueueSort.Received }, Ct)).Value),
            "queue search" => Holds((await queue.Handle(actor, new QueueFilter { Search = referral.Reference }, Ct)).Value),
            "again" => (await queue.Again(actor, new QueueFilter(), [referral.Id], Ct)).Value is { } again && (again.Rows.Count > 0 || again.Counts.Tabs.Values.Sum() > 0),
            "next" => await queue.Next(actor, Guid.Empty, Ct) is not null,
            "export" => (await queue.Stretch(actor, new QueueFilter { Tab = QueueTab.AllOpen, Sort = QueueSort.Organisation }, 10, Ct)).Count > 0,
            "picked" => (await queue.Picked(actor, [referral.Id], Ct)).Count > 0,
            "senders" => (await queue.Senders(actor, Ct)).Count > 0,
            "assign" => Told(await new AssignReferral(through).Handle(actor, new(referral.Id, 0, null), Ct)),
            "pool" => Told(await new AcceptToPool(new StartTriage(through), new AcceptReferral(through, catalogue)).Handle(actor, new(referral.Id, 0, ReferralState.Submitted, scene.Clinic, Priority.Urgent), Ct)),
            "open" => (await new OpenTriage(through, new ViewReferral(through)).Handle(actor, referral.Reference, Ct)).IsDone,
            "start" => Told(await new StartTriage(through).Handle(actor, new(referral.Id, 0), Ct)),
            "ask" => Told(await new AskForInformation(through, catalogue).Handle(actor, new(referral.Id, 0, [], "Why?"), Ct)),
            "accept" => Told(await new AcceptReferral(through, catalogue).Handle(actor, new(referral.Id, 0, scene.Clinic, null, Priority.Urgent), Ct)),
            "decline" => Told(await new DeclineReferral(through, catalogue).Handle(actor, new(referral.Id, 0, DeclineReason.Other, "No."), Ct)),
            "forward" => Told(await new ForwardReferral(through, catalogue).Handle(actor, new(referral.Id, 0, scene.Clinic, "Nearer."), Ct)),
            "priority" => Told(await new ChangePriority(through, catalogue).Handle(actor, new(referral.Id, 0, Priority.Urgent, "Worse."), Ct)),
            "undo" => Told(await new UndoDecision(through).Handle(actor, new(referral.Id, 0), Ct)),
            "contacts" => (await new ReadContacts(through, catalogue).Handle(actor, referral.Id, Ct)).IsDone,
            "log contact" => Told(await new LogContact(through, catalogue).Handle(actor, new(referral.Id, 0, ContactChannel.Call, ContactOutcome.NoAnswer, null, ""), Ct)),
            "acknowledge" => Told(await new AcknowledgeAlert(through).Handle(actor, new(referral.Id, 0), Ct)),
            "clear" => Told(await new ClearRedFlag(through, catalogue).Handle(actor, new(referral.Id, 0, "Fine."), Ct)),
            "booking" => (await new OpenBooking(through).Handle(actor, referral.Reference, Ct)).IsDone,
            "booking by appointment" => (await new OpenBooking(through).Handle(actor, scene.Appointment, Ct)).IsDone,
            "day" => (await new ListAppointments(through).Handle(actor, new DiaryFilter(scene.Day), Ct)).Value?.Rows.Count > 0,
            "book" => Told(await new BookAppointment(through, catalogue, TimeProvider.System).Handle(actor, new(referral.Id, 0, form), Ct)),
            "move" => Told(await new MoveAppointment(through, catalogue, TimeProvider.System).Handle(actor, new(referral.Id, 0, scene.Appointment, form, AskedBy.Patient, ChangeReason.PatientCannotCome, ""), Ct)),
            "cancel" => Told(await new CancelAppointment(through, catalogue).Handle(actor, new(referral.Id, 0, scene.Appointment, AskedBy.Patient, ChangeReason.PatientCannotCome, ""), Ct)),
            "missed" => Told(await new RecordMissed(through, catalogue).Handle(actor, new(referral.Id, 0, scene.Appointment, AttendanceCode.DidNotAttend, ""), Ct)),
            "seen" => Told(await new RecordSeen(through).Handle(actor, new(referral.Id, 0, scene.Appointment, AttendanceCode.OnTime), Ct)),
            "hold" => Told(await new HoldSlot(through, catalogue, TimeProvider.System).Handle(actor, new(referral.Id, 0, form), Ct)),
            "diary" => (await new ReadDiary(through, catalogue).Handle(actor, new DiaryFilter(scene.Day), Ct)).Value?.Entries.Count > 0,
            "calendar file" => (await new ReadAppointmentFile(through, TimeProvider.System).Handle(actor, scene.Appointment, Ct)).IsDone,
            "plan series" => (await new PlanSeries(through, catalogue, TimeProvider.System).Handle(actor, referral.Id, Series(scene), Ct)).IsDone,
            "book series" => Told(await new BookSeries(through, TimeProvider.System).Handle(actor, new(referral.Id, 0, Guid.CreateVersion7(), scene.Clinic, 45, [new(DateTimeOffset.UtcNow.AddDays(3), scene.Clinician, "")], ""), Ct)),
            _ => throw new ArgumentOutOfRangeException(nameof(way)),
        };

        static SeriesForm Series(Scene scene) => new() { Clinic = scene.Clinic, Clinician = scene.Clinician, From = DateParts.Of(Domain.LondonTime.DateOf(DateTimeOffset.UtcNow.AddDays(2))), Time = "10:00", Every = "2", ByWeekday = false };
        static bool Holds(ListQueue.Page? page) => page is not null && (page.Rows.Count > 0 || page.Counts.Tabs.Values.Sum() > 0);
        static bool Told<T>(Outcome<T> outcome) => outcome.Failure is Failure.Conflict;
    }

    static bool IsForClinicians(string way) => way is "clear";

    static bool MayGo(string way, string person) => person switch
    {
        Triage => !IsForClinicians(way),
        Clinician => way is not ("start" or "ask" or "accept" or "decline" or "forward" or "priority" or "undo" or "assign" or "pool"),
        Lead => way is "queue" or "queue by received" or "queue search" or "again" or "next" or "export" or "picked" or "senders" or "contacts" or "open" or "booking" or "booking by appointment" or "day" or "diary" or "calendar file",
        _ => false,
    };

    [Theory, MemberData(nameof(Ways))]
    public async Task Exactly_the_clinic_s_own_people_reach_it_each_by_their_role(string way)
    {
        var scene = await Northgates();
        foreach (var person in Everybody)
            Assert.Equal((person, MayGo(way, person)), (person, await Reaches(way, database.Database, await database.Actor(person), scene)));
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task The_use_case_holds_alone_without_row_level_security(string way)
    {
        var scene = await Northgates();
        foreach (var person in (string[])[Solicitor, Stranger, Funder, Employer, Auditor])
            Assert.Equal((person, false), (person, await Reaches(way, database.WithoutRowLevelSecurity(), await database.Actor(person), scene)));
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task The_party_predicate_holds_alone_for_the_same_roles_at_an_organisation_that_is_no_party(string way)
    {
        var scene = await Northgates();
        var member = await database.Actor(IsForClinicians(way) ? Clinician : Triage);
        var elsewhere = member with { OrganisationId = (await database.Actor(Stranger)).OrganisationId };

        Assert.False(await Reaches(way, database.WithoutRowLevelSecurity(), elsewhere, scene));
        Assert.True(await Reaches(way, database.WithoutRowLevelSecurity(), member, scene));
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task Row_level_security_holds_alone_when_the_use_case_is_taken_in(string way)
    {
        var scene = await Northgates();
        // The database thinks that this stranger has every role of a clinic, though at another organisation: what is left is whose row it is.
        await database.Run("update portal_user set roles = array['referrer', 'clinic_administrator', 'clinician', 'clinic_manager'] where user_name = @Stranger", new { Stranger });
        try
        {
            var member = await database.Actor(IsForClinicians(way) ? Clinician : Triage);
            var disguised = (await database.Actor(Stranger)).DisguisedAs(member);

            Assert.False(await Reaches(way, database.Database, disguised, scene));
            // Both down. Statements ask the database too whether it is one of the clinic's people, and elsewhere no role of the clinic counts: so it is one now.
            await database.Run("update portal_user set organisation_id = (select id from organisation where kind = 'clinic_group') where user_name = @Stranger", new { Stranger });
            Assert.True(await Reaches(way, database.WithoutRowLevelSecurity(), disguised, scene));
        }
        finally
        {
            await database.Run("update portal_user set roles = array['referrer'], organisation_id = (select id from organisation where name = 'Harbour Legal') where user_name = @Stranger", new { Stranger });
        }
    }
}
