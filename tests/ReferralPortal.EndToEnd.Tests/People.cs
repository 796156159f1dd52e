namespace ReferralPortal.EndToEnd.Tests;

/// <summary>The demo accounts, by what they are in these tests.</summary>
static class People
{
    public const string Solicitor = "solicitor@northgate-law.example", Partner = "partner@northgate-law.example", Stranger = "solicitor@harbour-legal.example", CaseManager = "manager@pennine-case.example", Intermediary = "agent@mersey-rehab.example", Health = "referrals@irwell-health.example",
        Funder = "claims@ribble-insurance.example", Employer = "oh@tame-logistics.example", Triage = "triage@clinic.example", SecondTriage = "triage2@clinic.example", Clinician = "clinician@clinic.example",
        Lead = "lead@clinic.example", Auditor = "auditor@clinic.example";
}
