using System.Security.Cryptography;
using System.Text;
using ReferralPortal.Domain.Progress;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Progress.Reports;

/// <summary>One part of a report as written.</summary>
public sealed record ReportSection(string Key, string Heading, string Text);

/// <summary>What a report says, and what of it a reader sees.</summary>
public static class ReportContent
{
    /// <summary>The longest text of one part, in characters.</summary>
    public const int LongestPart = 12000;

    /// <summary>The parts for one kind of reader, by the one rule of <see cref="ReportAudiences"/>.</summary>
    public static IReadOnlyList<ReportSection> For(ReportAudience audience, ReportKind kind, IReadOnlyList<ReportSection> sections)
    {
        var hidden = ReportForms.Of(kind).Where(part => !ReportAudiences.Sees(audience, kind, part.Matter)).ToList();
        if (hidden.Count == 0) return sections;
        // What the form does not know is shown to nobody who is not to see all.
        var shown = ReportForms.Of(kind).Except(hidden).Select(part => part.Key).ToHashSet();
        return [.. sections.Where(section => shown.Contains(section.Key))];
    }

    /// <summary>What was typed, as the form of its kind has it: its parts in their order, and no others.</summary>
    public static IReadOnlyList<ReportSection> Fitted(ReportKind kind, IReadOnlyList<ReportSection> typed) =>
        [.. ReportForms.Of(kind).Select(part => new ReportSection(part.Key, part.Heading, typed.FirstOrDefault(section => section.Key == part.Key)?.Text ?? ""))];

    /// <summary>SHA-256, in hexadecimal, of the content as it was signed: sections in order, as UTF-8 JSON.</summary>
    public static string Hash(IReadOnlyList<ReportSection> sections) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(PortalJson.Text(sections))));

    /// <summary>What keeps a report from being signed: part to words.</summary>
    public static IReadOnlyDictionary<string, string> Missing(ReportKind kind, IReadOnlyList<ReportSection> sections) =>
        ReportForms.Of(kind)
            .Where(part => part.Required && string.IsNullOrWhiteSpace(sections.FirstOrDefault(section => section.Key == part.Key)?.Text))
            .ToDictionary(part => $"Sections.{part.Key}", part => $"Write something under “{part.Heading}”");
}
