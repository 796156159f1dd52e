using ReferralPortal.Domain.Progress;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Progress.Reports;

/// <summary>A report as one kind of reader has it: on the page, in the preview, on paper and behind the patient's link.</summary>
public sealed record ReportCopy(
    Guid Id, Guid ReferralId, ReportAudience Audience, string Reference, string GivenName, string FamilyName, DateOnly DateOfBirth, string? ClaimReference, string? OurReference,
    DateOnly? IncidentDate, string ReferringOrganisation, ReportKind Kind, int Number, IReadOnlyList<ReportSection> Sections, bool PartOnly)
{
    public string? AuthorName { get; init; }
    public string? AuthorHcpc { get; init; }

    /// <summary>Null for a draft in its preview.</summary>
    public DateTimeOffset? SignedAt { get; init; }
    public string? ContentHash { get; init; }

    /// <summary>Since when its readers have it; null for a draft, and while the patient checks it.</summary>
    public DateTimeOffset? ReleasedAt { get; init; }

    /// <summary>When the patient's time to check it ends; null where the patient was not asked.</summary>
    public DateTimeOffset? ReleaseDueAt { get; init; }
    public bool Superseded { get; init; }

    /// <summary>The version that stands now, where this one was replaced.</summary>
    public Guid? CurrentId { get; init; }

    /// <summary>Why it replaces the version before it; an employer is not told.</summary>
    public string? AmendmentReason { get; init; }

    /// <summary>Who wrote the version before it, where that person has left the clinic.</summary>
    public string? AuthorLeft { get; init; }

    /// <summary>What the clinic's people see beside it; null for everybody else.</summary>
    public ReportDesk? Desk { get; init; }

    /// <summary>How its kind is called.</summary>
    public string Name => ReportForms.Name(Kind);
}

/// <summary>What the clinic's people see beside a report.</summary>
/// <param name="MayAnswerFor">The reader is its author, or stands in for one who has left.</param>
/// <param name="AmendmentId">The amendment that somebody is writing.</param>
/// <param name="AmendmentIsMine">It is the reader's.</param>
/// <param name="Check">The patient's look at it, where there is one.</param>
public sealed record ReportDesk(bool MayAnswerFor, Guid? AmendmentId, bool AmendmentIsMine, PatientCheck? Check);

/// <summary>How far the patient is with checking a report.</summary>
public sealed record PatientCheck(DateTimeOffset ExpiresAt, DateTimeOffset? OpenedAt, DateTimeOffset? AnsweredAt, string? Correction);

/// <summary>A report as the database has it.</summary>
sealed record StoredReport
{
    public required Guid Id { get; init; }
    public required Guid ReferralId { get; init; }
    public required string Reference { get; init; }
    public required string GivenName { get; init; }
    public required string FamilyName { get; init; }
    public required DateOnly DateOfBirth { get; init; }
    public string? ClaimReference { get; init; }
    public string? OurReference { get; init; }
    public DateOnly? IncidentDate { get; init; }
    public required string ReferringOrganisation { get; init; }
    public required Coded<ReportKind> Kind { get; init; }
    public required int Number { get; init; }
    public required string State { get; init; }
    public required string Content { get; init; }
    public required Guid AuthorId { get; init; }
    public string? AuthorName { get; init; }
    public string? AuthorHcpc { get; init; }
    public required bool AuthorHasLeft { get; init; }
    public DateTimeOffset? SignedAt { get; init; }
    public string? ContentHash { get; init; }
    public DateTimeOffset? ReleasedAt { get; init; }
    public DateTimeOffset? ReleaseDueAt { get; init; }
    public string? AmendmentReason { get; init; }
    public string? AuthorLeft { get; init; }
    public Guid? CurrentId { get; init; }

    /// <summary>As an audience has it; null where there is nothing in it for that audience.</summary>
    internal ReportCopy? For(ReportAudience audience)
    {
        if (!ReportAudiences.Reads(audience, Kind)) return null;
        var written = PortalJson.Read<List<ReportSection>>(Content);
        var shown = ReportContent.For(audience, Kind, written);
        var employer = audience == ReportAudience.Employer;
        return new ReportCopy(Id, ReferralId, audience, Reference, GivenName, FamilyName, DateOfBirth, employer ? null : ClaimReference, OurReference, IncidentDate, ReferringOrganisation,
            Kind, Number, shown, shown.Count < written.Count)
        {
            AuthorName = AuthorName, AuthorHcpc = AuthorHcpc, SignedAt = SignedAt, ContentHash = ContentHash, ReleasedAt = ReleasedAt, ReleaseDueAt = ReleaseDueAt,
            Superseded = State == "superseded", CurrentId = CurrentId, AmendmentReason = employer ? null : AmendmentReason, AuthorLeft = AuthorLeft,
        };
    }

    /// <summary>Its columns, from <c>report</c>, <c>r</c> (referral), <c>p</c> (patient), <c>sender</c> and <c>author</c>: see <see cref="Tables"/>.</summary>
    internal const string Columns = """
        report.id, r.id as referral_id, r.reference, p.given_name, p.family_name, p.date_of_birth, r.claim_reference, r.our_reference, r.incident_date,
        sender.name as referring_organisation, report.kind, report.number, report.state, report.content::text as content, report.author_id,
        coalesce(report.author_name, author.display_name) as author_name, coalesce(report.author_hcpc, author.hcpc_number) as author_hcpc, author.id is null or author.disabled_at is not null or not 'clinician' = any (author.roles) as author_has_left,
        report.signed_at, report.content_hash, report.released_at, report.release_due_at, report.amendment_reason, report.author_left
        """;

    internal const string Tables = """
        report
        join referral r on r.id = report.referral_id
        join patient p on p.id = r.patient_id
        join organisation sender on sender.id = r.referring_organisation_id
        left join portal_user author on author.id = report.author_id
        """;
}
