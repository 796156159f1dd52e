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
    /// <summary>What the patient agrees to, as the form shows it and the referral keeps it.</summary>
    public const string ConsentWords =
        "The patient knows that this referral is being made, agrees to it, and agrees that the clinic may share reports about this injury and its treatment with the people ticked here. The patient can change their mind at any time.";

    public PatientPart Patient { get; set; } = new();
    public IncidentPart Incident { get; set; } = new();
    public InjuryPart Injury { get; set; } = new();
    public SafetyPart Safety { get; set; } = new();
    public ClaimPart Claim { get; set; } = new();
    public FundingPart Funding { get; set; } = new();
    public ServicesPart Services { get; set; } = new();
    public ConsentPart Consent { get; set; } = new();

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
        /// <summary>For whom an intermediary refers; it becomes a party.</summary>
        public Guid? InstructingPartyId { get; set; }
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
    }

    public sealed class ConsentPart
    {
        public string TakenBy { get; set; } = "";
        public DateParts TakenOn { get; set; } = DateParts.Empty;
        public ConsentMethod? Method { get; set; }
        public IReadOnlyCollection<PartyRole> ShareWith { get; set; } = [];
        public bool Confirmed { get; set; }
    }
}

/// <summary>The sections of the form, in the order in which the task list shows them.</summary>
public enum FormSection { Patient, Incident, Injury, Safety, Claim, Funding, Services, Consent }

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
