namespace ReferralPortal.Domain.Referrals;

#pragma warning disable CS1591 // the names are the terms

/// <summary>How soon the patient is to be seen.</summary>
public enum Priority { Routine, Urgent }

/// <summary>What an organisation is on one referral.</summary>
public enum PartyRole { Referrer, InstructingParty, CaseManager, Funder, TreatingClinic }

/// <summary>How the injury came about.</summary>
public enum IncidentMechanism { RoadTraffic, Workplace, SlipTripFall, Lifting, Sport, Assault, PublicPlace, Clinical, RepetitiveStrain, Other }

/// <summary>The other side's position on the claim.</summary>
public enum LiabilityPosition { Admitted, Denied, Part, NotKnown }

/// <summary>The kind of claim.</summary>
public enum ClaimType { RoadTraffic, EmployersLiability, PublicLiability, ClinicalNegligence, CriminalInjuries, Other }

/// <summary>The patient's work at present.</summary>
public enum WorkStatus { Working, WorkingAdjusted, OffSick, NotWorking, Student, Retired }

/// <summary>As the patient states it.</summary>
public enum Sex { Female, Male, Other, NotStated }

/// <summary>How the patient wishes to be reached.</summary>
public enum PreferredContact { Phone, Text, Email, Post }

/// <summary>What the referrer asks the clinic for.</summary>
public enum ServiceAskedFor { TriageReport, InitialAssessment, Treatment, ImmediateNeedsAssessment, DischargeReport }

/// <summary>How consent was given.</summary>
public enum ConsentMethod { InWriting, Verbally, Electronically }

/// <summary>Who agreed to the referral of a child.</summary>
public enum ConsentGiver { Patient, Guardian }

/// <summary>Where a signed consent form is: with the referral, or at the referrer's, who sends it when asked.</summary>
public enum SignedForm { Attached, Held }

/// <summary>What the patient agrees may be shared.</summary>
public enum ConsentScope { Attendance, FitnessForWork, Reports }

/// <summary>The side of a sided body region; <see cref="NotApplicable"/> for the midline.</summary>
public enum BodySide { Left, Right, Both, NotApplicable }

/// <summary>What an attached document is.</summary>
public enum DocumentKind { LetterOfInstruction, MedicalReport, GpRecords, ConsentForm, ImagingReport, Other }

/// <summary>Why the clinic does not take a referral on.</summary>
public enum DeclineReason { OutsideArea, OutsideScope, UnsafeForOutpatient, Duplicate, NoConsent, NoFundingAuthority, PatientDeclined, ConflictOfInterest, CouldNotBeReached, Other }

/// <summary>Why a referral is taken back.</summary>
public enum WithdrawReason { PatientDeclined, TreatedElsewhere, ClaimEnded, ReferredInError, CouldNotBeReached, Other }
#pragma warning restore CS1591
