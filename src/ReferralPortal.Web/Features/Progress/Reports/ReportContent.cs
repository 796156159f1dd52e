using System.Security.Cryptography;
using System.Text;
using ReferralPortal.Domain.Organisations;
using ReferralPortal.Domain.Progress;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Progress.Reports;

/// <summary>One part of a report as written.</summary>
public sealed record ReportSection(string Key, string Heading, string Text);

/// <summary>What a report says, and what of it a reader sees.</summary>
public static class ReportContent
{
    /// <summary>The parts for one kind of reader. The clinic and clinical parties read all; an employer reads fitness for work and attendance.</summary>
    public static IReadOnlyList<ReportSection> For(OrganisationKind reader, ReportKind kind, IReadOnlyList<ReportSection> sections)
    {
        if (reader != OrganisationKind.Employer) return sections;
        var shown = ReportForms.Of(kind).Where(part => part.ForEmployer).Select(part => part.Key).ToHashSet();
        return [.. sections.Where(section => shown.Contains(section.Key))];
    }

    /// <summary>SHA-256, in hexadecimal, of the content as it was signed: sections in order, as UTF-8 JSON.</summary>
    public static string Hash(IReadOnlyList<ReportSection> sections) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(PortalJson.Text(sections))));

    /// <summary>What keeps a report from being signed: part to words.</summary>
    public static IReadOnlyDictionary<string, string> Missing(ReportKind kind, IReadOnlyList<ReportSection> sections) =>
        ReportForms.Of(kind)
            .Where(part => part.Required && string.IsNullOrWhiteSpace(sections.FirstOrDefault(section => section.Key == part.Key)?.Text))
            .ToDictionary(part => $"Sections.{part.Key}", part => $"Write something under “{part.Heading}”");
}
