using ReferralPortal.Domain;
using ReferralPortal.Domain.Calendars;
using ReferralPortal.Domain.Organisations;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Referrals.View;

/// <summary>One referral as one reader may see it. A part that the reader may not see is null (or empty) and was not read.</summary>
public sealed record ReferralView(ReferralHeader Header, Sight Sight, IReadOnlyList<TimelineEvent> Timeline, IReadOnlyList<Party> Parties)
{
    public PatientContact? Contact { get; init; }
    public IncidentDetail? Incident { get; init; }
    public InjuryDetail? Injury { get; init; }
    public ClinicalDetail? Clinical { get; init; }
    public WorkDetail? Work { get; init; }
    public SafetyDetail? Safety { get; init; }
    public ClaimDetail? Claim { get; init; }
    public FundingDetail? Funding { get; init; }
    public ServicesDetail? Services { get; init; }
    public ConsentDetail? Consent { get; init; }
    public IReadOnlyList<Authority> Authorities { get; init; } = [];
    public IReadOnlyList<BookedAppointment> Appointments { get; init; } = [];
    public IReadOnlyList<SignedReport> Reports { get; init; } = [];
    public IReadOnlyList<AmendedAnswer> Amendments { get; init; } = [];

    /// <summary>What the reader is on this referral: all that the lifecycle looks at.</summary>
    public IReadOnlyList<Capacity> Capacities { get; init; } = [];

    /// <summary>Whether the reader may do this to the referral now.</summary>
    public bool Allows(ReferralAction action) => Capacities.Any(capacity => Lifecycle.Allows(Header.State, action, capacity));

    /// <summary>The next appointment that stands, after <paramref name="now"/>.</summary>
    public BookedAppointment? NextAppointment(DateTimeOffset now) =>
        Appointments.Where(appointment => appointment.State == "booked" && appointment.StartsAt > now).MinBy(appointment => appointment.StartsAt);

    /// <summary>How the sessions stand.</summary>
    public SessionCount Sessions => SessionCount.Of(Authorities, Appointments);
}

/// <summary>What stands at the head of the page.</summary>
public sealed record ReferralHeader(
    Guid Id, string Reference, Coded<ReferralState> State, Coded<Priority> Priority, int Version,
    string GivenName, string FamilyName, DateOnly DateOfBirth,
    Guid ReferringOrganisationId, string ReferringOrganisation, Coded<OrganisationKind> ReferringKind,
    string? TriageOwner, string? Clinic, string? Clinician,
    string? DueFor, DateTimeOffset? DueAt, DateTimeOffset? ClockPausedAt, DateOnly? ClockWaitsUntil,
    Coded<RedFlagTier>? RedFlagTier, DateTimeOffset? RedFlagClearedAt, DateTimeOffset? AlertAcknowledgedAt,
    DateTimeOffset SubmittedAt, DateTimeOffset StateSince, string[] MyRoles)
{
    public string PatientName => $"{GivenName} {FamilyName}";

    /// <summary>A safety answer that no clinician has cleared.</summary>
    public RedFlagTier? StandingRedFlag => RedFlagClearedAt is null ? RedFlagTier?.Value : null;

    /// <summary>The same for a reader who does not see safety answers: neither their mark nor that a review of them is due.</summary>
    internal ReferralHeader WithoutSafety() => this with
    {
        RedFlagTier = null,
        RedFlagClearedAt = null,
        AlertAcknowledgedAt = null,
        DueFor = DueFor == EnumText.Of(Target.RedFlagReview) ? EnumText.Of(Target.Triage) : DueFor,
    };

    /// <summary>Who has the referral now, in words.</summary>
    public string WhoHasIt(string clinicGroup) => State.Value switch
    {
        ReferralState.Submitted => $"{clinicGroup}, waiting for triage",
        ReferralState.InTriage => TriageOwner is null ? $"{clinicGroup}, in triage" : $"{TriageOwner}, {clinicGroup}",
        ReferralState.InformationRequested => $"{ReferringOrganisation}, to answer",
        ReferralState.Accepted or ReferralState.AppointmentBooked or ReferralState.InTreatment => (Clinician, Clinic) switch
        {
            ({ } clinician, { } clinic) => $"{clinician}, {clinic}",
            ({ } clinician, null) => $"{clinician}, {clinicGroup}",
            (null, { } clinic) => clinic,
            _ => clinicGroup,
        },
        ReferralState.Discharged => $"{clinicGroup}, to close",
        _ => "Nobody: it has ended",
    };
}

/// <summary>Something that happened, as stored. <see cref="TimelineWords"/> says it in plain words.</summary>
public sealed record TimelineEvent(
    long Sequence, DateTimeOffset At, string ActorName, string Organisation, string Action, string? FromState, Coded<ReferralState> ToState,
    string? ReasonCode, string? Words, string Detail, string Audience, int Version = 0);

/// <summary>An answer that the referrer corrected, as this reader may see it; <paramref name="Version"/> is the referral's after it, and its event's.</summary>
public sealed record AmendedAnswer(int Version, DateTimeOffset At, string Part, string Label, string? OldWords, string? NewWords);

/// <summary>An organisation on the referral, and as what.</summary>
public sealed record Party(string Organisation, Coded<PartyRole> Role, Coded<OrganisationKind> Kind);

/// <summary>How to reach the patient, and what the patient needs.</summary>
public sealed record PatientContact(
    string Sex, string? NhsNumber, string? NhsNumberUnknownReason, string? GpPracticeName, string? GpPracticeCode, string Address, string Postcode,
    string? Phone, string? Email, string PreferredContact, string? GuardianName, string? GuardianRelationship, string? GuardianPhone,
    string? GuardianEmail, bool? GuardianHasResponsibility,
    string? InterpreterLanguage, string? CommunicationNeeds, string? AccessNeeds, bool HomeVisitNeeded, string? Availability);

/// <summary><paramref name="Told"/> is never null, unlike the rest: a row whose first column is null is no row to Dapper. So in the parts below.</summary>
public sealed record IncidentDetail(bool Told, bool? WorkRelated, DateOnly? IncidentDate, string? Mechanism, string? Account);

/// <summary><paramref name="Regions"/> is JSON: region keys with sides.</summary>
public sealed record InjuryDetail(string Regions, string? ConditionSlug, string? Condition);

public sealed record ClinicalDetail(bool Told, string? Symptoms, string? Onset, int? PainNow, string? WorkStatus, string? Occupation, string? ClinicalHistory, string? Medication, string? Imaging, string? PriorityReason, string? Notes);

/// <summary>The patient's work: what an employer told of the job, and what everybody is asked about it.</summary>
public sealed record WorkDetail(
    bool Told, string? WorkStatus, string? Occupation, string? JobDemands, string? CurrentDuties, string? AdjustedDuties, DateOnly? AbsentSince, DateOnly? ReturnTarget);

/// <summary><paramref name="Answers"/> is JSON: each question's key, its answer, and the version of its wording.</summary>
public sealed record SafetyDetail(string Answers, string? ToldBy, DateTimeOffset? ToldAt, string? ToldHow, string? AcknowledgedBy);

/// <summary><paramref name="InstructingPartyName"/> is one that does not use the portal; one that does is a party.</summary>
public sealed record ClaimDetail(bool Told, string? InstructingPartyName, string? ClaimType, string? ClaimReference, string? OurReference, string? OtherInsurer, string? OtherInsurerReference, string? Liability, bool? LowerValueClaim);

/// <summary>Who pays, and the reference to quote, as the referrer told; what is authorised are the <see cref="ReferralView.Authorities"/>.</summary>
public sealed record FundingDetail(bool Told, string? PurchaseOrder, string? PayerName);

public sealed record ServicesDetail(string[] Services, Guid? PreferredClinicId, string? PreferredClinic);

public sealed record ConsentDetail(string[] Covers, string? GivenBy, string? Form, string? TakenBy, DateOnly? TakenOn, string? Method, string[] ShareWith, string? Words);

/// <summary>What a payer authorised: sessions, pounds, or both.</summary>
public sealed record Authority(Guid Id, string PayerName, int? Sessions, decimal? Pounds, DateOnly? ExpiresOn, string? Reference, DateTimeOffset GivenAt, DateTimeOffset? WithdrawnAt);

public sealed record BookedAppointment(Guid Id, string Kind, string Clinic, string? Clinician, DateTimeOffset StartsAt, DateTimeOffset EndsAt, string State, string? AttendanceCode);

public sealed record SignedReport(Guid Id, string Kind, int Number, string State, string? AuthorName, DateTimeOffset SignedAt);

/// <summary>Sessions that took place, were missed, are booked, and are authorised (null when no number was given).</summary>
public sealed record SessionCount(int Used, int Missed, int Booked, int? Authorised)
{
    public int? Left => Authorised - Used;

    internal static SessionCount Of(IReadOnlyList<Authority> authorities, IReadOnlyList<BookedAppointment> appointments)
    {
        var standing = authorities.Where(authority => authority is { WithdrawnAt: null, Sessions: not null }).ToList();
        return new SessionCount(
            appointments.Count(appointment => appointment.State == "attended"),
            appointments.Count(appointment => appointment.State == "did_not_attend"),
            appointments.Count(appointment => appointment.State == "booked"),
            standing.Count == 0 ? null : standing.Sum(authority => authority.Sessions));
    }
}
