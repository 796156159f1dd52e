using System.Text.Json.Serialization;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Components.Body;
using ReferralPortal.Web.Components.Forms;

namespace ReferralPortal.Web.Features.Referrals.Submit;

/// <summary>
/// The referral as it is being typed: texts stay exactly as the person left them, right or wrong, so that a draft loses nothing.
/// <see cref="ReferralFormRules"/> says what is wrong with it; <see cref="SubmitReferral"/> turns it into a referral.
/// </summary>
public sealed class ReferralForm
{
    /// <summary>What the patient agrees to where the organisation has no words of its own, as the form shows it and the referral keeps it.</summary>
    public const string ConsentWords =
        "The patient knows that this referral is being made, agrees to it, and agrees that the clinic may share reports about this injury and its treatment with the people ticked here. The patient can change their mind at any time.";

    public PatientPart Patient { get; set; } = new();
    public IncidentPart Incident { get; set; } = new();
    public InjuryPart Injury { get; set; } = new();
    public WorkPart Work { get; set; } = new();
    public SafetyPart Safety { get; set; } = new();
    public ClaimPart Claim { get; set; } = new();
    public FundingPart Funding { get; set; } = new();
    public ServicesPart Services { get; set; } = new();
    public ConsentPart Consent { get; set; } = new();

    /// <summary>The referral from which some of the answers were taken over; null where all were typed.</summary>
    public FormOrigin? Origin { get; set; }

    /// <summary>Sections in which the person typed something.</summary>
    public HashSet<FormSection> Started { get; set; } = [];

    /// <summary>Sections that the person went through with Continue: the task list shows them as completed while they stay free of errors.</summary>
    public HashSet<FormSection> Visited { get; set; } = [];

    public sealed class PatientPart
    {
        public string GivenName { get; set; } = "";
        public string FamilyName { get; set; } = "";
        public DateParts DateOfBirth { get; set; } = DateParts.Empty;
        public Sex? Sex { get; set; }
        public string Address { get; set; } = "";
        public string Postcode { get; set; } = "";
        public string Phone { get; set; } = "";
        public string Email { get; set; } = "";
        public PreferredContact? PreferredContact { get; set; }
        public string NhsNumber { get; set; } = "";
        public bool NhsNumberNotKnown { get; set; }
        public string NhsNumberNotKnownReason { get; set; } = "";
        public string GpPracticeName { get; set; } = "";
        public string GpPracticeCode { get; set; } = "";
        public string GuardianName { get; set; } = "";
        public string GuardianRelationship { get; set; } = "";
        public string GuardianPhone { get; set; } = "";
        public string GuardianEmail { get; set; } = "";
        /// <summary>Whether the guardian has parental responsibility, as far as the referrer was told.</summary>
        public bool? GuardianResponsibility { get; set; }
        public string InterpreterLanguage { get; set; } = "";
        public string CommunicationNeeds { get; set; } = "";
        public string AccessNeeds { get; set; } = "";
        public bool HomeVisitNeeded { get; set; }
        public string Availability { get; set; } = "";
        /// <summary>Referrals that looked like this patient's, of which the person has said that they are somebody else's.</summary>
        public HashSet<Guid> SomebodyElse { get; set; } = [];
    }

    public sealed class IncidentPart
    {
        /// <summary>Whether the injury has to do with work, as its employer sees it.</summary>
        public bool? WorkRelated { get; set; }
        public DateParts Date { get; set; } = DateParts.Empty;
        public IncidentMechanism? Mechanism { get; set; }
        public string Account { get; set; } = "";
    }

    public sealed class InjuryPart
    {
        public IReadOnlyCollection<BodySite> Regions { get; set; } = [];
        /// <summary>Slug of a condition of the catalogue, or empty when <see cref="ConditionInWords"/> says it.</summary>
        public string ConditionSlug { get; set; } = "";
        public string ConditionInWords { get; set; } = "";
        public string Symptoms { get; set; } = "";
        public string Onset { get; set; } = "";
        /// <summary>Pain now, 0 to 10.</summary>
        public int? Pain { get; set; }
        public WorkStatus? WorkStatus { get; set; }
        public string Occupation { get; set; } = "";
        public string ClinicalHistory { get; set; } = "";
        public string Medication { get; set; } = "";
        public string Imaging { get; set; } = "";
    }

    /// <summary>What the patient is to be fit for, from the employer who knows the job.</summary>
    public sealed class WorkPart
    {
        public string JobDemands { get; set; } = "";
        public string CurrentDuties { get; set; } = "";
        /// <summary>What the employer can offer meanwhile.</summary>
        public string AdjustedDuties { get; set; } = "";
        public DateParts AbsentSince { get; set; } = DateParts.Empty;
        public DateParts ReturnTarget { get; set; } = DateParts.Empty;
    }

    public sealed class SafetyPart
    {
        /// <summary>Question key to answer; a question without an entry was not asked.</summary>
        public Dictionary<string, RedFlagAnswer> Answers { get; set; } = [];
        /// <summary>Question key to the version of the wording that was on the screen when it was answered.</summary>
        public Dictionary<string, string> Wordings { get; set; } = [];
        /// <summary>Emergency questions answered with "yes" whose direction to 999 or A&amp;E the person has read.</summary>
        public HashSet<string> Read { get; set; } = [];
        /// <summary>Questions that were answered with "yes", that was acted upon, and were answered otherwise later: a clinician still looks at them.</summary>
        public HashSet<string> OnceYes { get; set; } = [];
        /// <summary>After an emergency "yes": who told the patient to call 999 or go to A&amp;E, when and how.</summary>
        public string ToldBy { get; set; } = "";
        public DateParts ToldOn { get; set; } = DateParts.Empty;
        public string ToldAt { get; set; } = "";
        public string ToldHow { get; set; } = "";
    }

    public sealed class ClaimPart
    {
        public ClaimType? Type { get; set; }
        public string ClaimReference { get; set; } = "";
        public string OurReference { get; set; } = "";
        public string OtherInsurer { get; set; } = "";
        public string OtherInsurerReference { get; set; } = "";
        public LiabilityPosition? Liability { get; set; }
        public bool? LowerValue { get; set; }
        /// <summary>The case manager's organisation on this referral, which becomes a party.</summary>
        public Guid? CaseManagerId { get; set; }
        /// <summary>For whom an intermediary refers, where it uses the portal; it becomes a party.</summary>
        public Guid? InstructingPartyId { get; set; }
        /// <summary>The same in words, where it does not.</summary>
        public string InstructingPartyName { get; set; } = "";
    }

    public sealed class FundingPart
    {
        public PayerKind? Kind { get; set; }
        /// <summary>With <see cref="PayerKind.Funder"/>: a funder that uses the portal, which becomes a party.</summary>
        public Guid? PayerId { get; set; }
        /// <summary>With <see cref="PayerKind.SomebodyElse"/>.</summary>
        public string PayerName { get; set; } = "";
        /// <summary>The kind chosen, or the one that follows from what is filled in.</summary>
        [JsonIgnore]
        public PayerKind? WhoPays => Kind ?? (PayerId is not null ? PayerKind.Funder : string.IsNullOrWhiteSpace(PayerName) ? null : PayerKind.SomebodyElse);
        public string Sessions { get; set; } = "";
        public string Pounds { get; set; } = "";
        public DateParts ExpiresOn { get; set; } = DateParts.Empty;
        public string Reference { get; set; } = "";
    }

    public sealed class ServicesPart
    {
        public IReadOnlyCollection<ServiceAskedFor> AskedFor { get; set; } = [];
        public Priority? Priority { get; set; }
        public string PriorityReason { get; set; } = "";
        public string Notes { get; set; } = "";
        /// <summary>The clinic to which the patient would rather go; the treating clinic decides.</summary>
        public Guid? PreferredClinicId { get; set; }
    }

    public sealed class ConsentPart
    {
        public string TakenBy { get; set; } = "";
        public DateParts TakenOn { get; set; } = DateParts.Empty;
        public ConsentMethod? Method { get; set; }
        public IReadOnlyCollection<PartyRole> ShareWith { get; set; } = [];
        /// <summary>What may be shared with them; at first what <see cref="ConsentWords"/> says.</summary>
        public IReadOnlyCollection<ConsentScope> Covers { get; set; } = [ConsentScope.Attendance, ConsentScope.Reports];
        /// <summary>For a child: who agreed.</summary>
        public ConsentGiver? GivenBy { get; set; }
        /// <summary>After consent in writing: where the signed form is.</summary>
        public SignedForm? SignedForm { get; set; }
        public bool Confirmed { get; set; }
        /// <summary>The words that the patient agrees to, as they were when the form was opened; empty for <see cref="ConsentWords"/>.</summary>
        public string Words { get; set; } = "";
    }
}

/// <summary>Where a form's first answers came from.</summary>
/// <param name="Reference">The referral's reference.</param>
/// <param name="As">What was taken over.</param>
public sealed record FormOrigin(string Reference, CopyAs As);

/// <summary>How a new referral follows another one.</summary>
public enum CopyAs
{
    /// <summary>Another patient, with the organisation's usual arrangements of that referral.</summary>
    Another,
    /// <summary>Another patient who was hurt in the same incident.</summary>
    SameIncident,
    /// <summary>The same patient and claim, a further referral.</summary>
    SamePatient,
}

/// <summary>The sections of the form, in the order in which the task list shows them.</summary>
public enum FormSection { Patient, Incident, Injury, Work, Safety, Claim, Funding, Services, Consent, Documents }

/// <summary>Who pays for the treatment.</summary>
public enum PayerKind
{
    /// <summary>An insurer or other funder that uses the portal.</summary>
    Funder,
    /// <summary>The organisation that refers.</summary>
    Referrer,
    /// <summary>The National Health Service.</summary>
    Nhs,
    /// <summary>The patient.</summary>
    Patient,
    /// <summary>Somebody who is named in words.</summary>
    SomebodyElse,
}
