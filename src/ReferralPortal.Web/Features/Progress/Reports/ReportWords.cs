using ReferralPortal.Domain.Progress;

namespace ReferralPortal.Web.Features.Progress.Reports;

/// <summary>Readers of reports, in words.</summary>
static class ReportWords
{
    internal static string Of(ReportAudience audience) => audience switch
    {
        ReportAudience.Clinic => "Clinic",
        ReportAudience.Referrer => "Referrer",
        ReportAudience.InstructingParty => "Instructing party",
        ReportAudience.CaseManager => "Case manager",
        ReportAudience.Funder => "Funder",
        ReportAudience.Employer => "Employer",
        ReportAudience.Patient => "Patient",
        _ => throw new ArgumentOutOfRangeException(nameof(audience), audience, null),
    };

    /// <summary>What a copy holds that is not the whole report.</summary>
    internal static string PartOnly(ReportAudience audience) => audience == ReportAudience.Employer
        ? "This copy holds fitness for work and attendance only." : "This copy leaves out what the patient told in confidence.";
}
