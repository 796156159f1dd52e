using ReferralPortal.Web.Platform.Security;

namespace ReferralPortal.Web.Features.Progress.Reports;

/// <summary>How often one network address may verify copies of reports or open a patient's link: often enough for an office, too seldom to guess.</summary>
sealed class OpenReportLimit(PortalLimits limits) : AddressLimit(limits.ReportChecksPerMinute, "Too many tries from your network just now. Please wait a minute, then try again.")
{
    public const string Name = "open-reports";
}
