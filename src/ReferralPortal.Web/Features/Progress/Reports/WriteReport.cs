using System.Globalization;
using ReferralPortal.Domain;
using ReferralPortal.Domain.Organisations;
using ReferralPortal.Domain.Progress;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Progress.Reports;

/// <summary>A report that its author is still writing. <paramref name="Content"/> is JSON.</summary>
public sealed record ReportDraft(
    Guid Id, Guid ReferralId, string Reference, string GivenName, string FamilyName, Coded<ReferralState> ReferralState, int ReferralVersion,
    Coded<ReportKind> Kind, string State, string Content, Guid AuthorId, int Version, DateTimeOffset UpdatedAt)
{
    public IReadOnlyList<ReportSection> Sections { get; } = PortalJson.Read<List<ReportSection>>(Content);
}

/// <summary>
/// Writing a report: a draft filled from the record, so that nothing is typed twice; saved as it is typed; signed by name. Clinicians only;
/// nobody else ever sees a draft.
/// </summary>
public sealed class WriteReport(PortalDatabase database, CatalogueStore catalogue)
{
    static readonly ReferralState[] Written = [ReferralState.InTreatment, ReferralState.Discharged, ReferralState.Closed];

    /// <summary>Opens the author's draft of this kind, or makes one from the record.</summary>
    /// <param name="key">The new report's id, made when the page opened: a repeat opens the same draft.</param>
    public async Task<Outcome<Guid>> Start(Actor actor, Guid key, Guid referralId, ReportKind kind, CancellationToken ct)
    {
        if (!actor.Has(Role.Clinician)) return Outcome.Refused("Only a clinician writes reports.");
        if (ReportForms.Of(kind).Count == 0) return Outcome.Refused("This kind of report is not written here.");
        var content = await catalogue.Get(ct);

        return await database.Write<Guid>(actor, async unit =>
        {
            var referral = await unit.One<LockedReferral>(OneReferral, new { referralId, organisationId = actor.OrganisationId });
            if (referral is null) return Outcome.Missing;
            if (!Written.Contains(referral.State)) return Outcome.Refused("A report can be written once the first assessment is recorded.");
            if (await unit.One<Guid?>(OwnDraft, new { referralId, kind = EnumText.Of(kind), authorId = actor.UserId }) is { } existing) return existing;

            var record = await RecordedCare.Read(unit, referralId);
            await unit.Run(Insert, new { id = key, referralId, kind = EnumText.Of(kind), authorId = actor.UserId, content = PortalJson.Text(record.Sections(kind, content.Measures)), at = unit.Now });
            if (kind == ReportKind.Discharge && referral is { State.Value: ReferralState.InTreatment, DueFor: null })
                await unit.Note(referral, "begin_discharge_report", AuditAction.WriteReport, key, clinicOnly: true,
                    clock: new ReferralClock(content).For(referral).ForDischargeReport(referral.Priority, await unit.One<DateTimeOffset?>(LastSeen, new { referralId, now = unit.Now }) ?? unit.Now));
            else unit.Audit(AuditAction.WriteReport, referralId, key);
            return key;
        }, ct);
    }

    /// <summary>Opens a draft for writing. Only its author's.</summary>
    public async Task<Outcome<ReportDraft>> Open(Actor actor, Guid reportId, CancellationToken ct)
    {
        if (!actor.Has(Role.Clinician)) return Outcome.Missing;
        return await database.View(actor, async unit =>
        {
            var draft = await unit.One<ReportDraft>(OneDraft, new { reportId, authorId = actor.UserId, organisationId = actor.OrganisationId });
            if (draft is null) return (Outcome<ReportDraft>)Outcome.Missing;
            unit.Audit(AuditAction.ViewReport, draft.ReferralId, draft.Id);
            return draft;
        }, ct);
    }

    /// <summary>Keeps what is typed; returns the draft's new version.</summary>
    public async Task<Outcome<int>> Save(Actor actor, Guid reportId, int version, IReadOnlyList<ReportSection> sections, CancellationToken ct)
    {
        if (!actor.Has(Role.Clinician)) return Outcome.Missing;
        return await database.Write<int>(actor, async unit =>
        {
            var saved = await unit.One<int?>(Update, new { reportId, version, authorId = actor.UserId, content = PortalJson.Text(sections), at = unit.Now });
            if (saved is { } newVersion) return newVersion;
            return await unit.One<DateTimeOffset?>(ChangedAt, new { reportId, authorId = actor.UserId }) is { } at
                ? Outcome.Conflict("You", "changed this report in another tab, or signed it", at)
                : Outcome.Missing;
        }, ct);
    }

    /// <summary>Signs the report: what it says is frozen, and every party may read what is theirs of it.</summary>
    /// <param name="actor">The author.</param>
    /// <param name="reportId">The draft.</param>
    /// <param name="version">The version that the author has before them.</param>
    /// <param name="typedName">The author's name, typed as a signature.</param>
    /// <param name="ct">Cancels before anything is stored.</param>
    public async Task<Outcome<Guid>> Sign(Actor actor, Guid reportId, int version, string typedName, CancellationToken ct)
    {
        if (!actor.Has(Role.Clinician)) return Outcome.Missing;
        return await database.Write<Guid>(actor, async unit =>
        {
            // The referral's row first, as everywhere: two locks taken in two orders wait for each other for ever.
            var referral = await unit.One<LockedReferral>(ReferralOf, new { reportId, organisationId = actor.OrganisationId });
            var draft = referral is null ? null : await unit.One<ReportDraft>(OneDraft + " for update of report", new { reportId, authorId = actor.UserId, organisationId = actor.OrganisationId });
            if (referral is null || draft is null) return Outcome.Missing;
            if (draft.State == "signed") return reportId;
            if (draft.Version != version) return Outcome.Conflict("You", "changed this report in another tab", draft.UpdatedAt);
            if (ReportContent.Missing(draft.Kind, draft.Sections) is { Count: > 0 } missing) return Outcome.Invalid(missing);
            var hcpc = await unit.One<string?>("select hcpc_number from portal_user where id = @id", new { id = actor.UserId });
            if (hcpc is null) return Outcome.Refused("Your HCPC number is not on your account; ask the clinic manager to add it. The draft is kept.");
            if (!string.Equals(typedName.Trim(), actor.DisplayName, StringComparison.OrdinalIgnoreCase))
                return Outcome.Invalid("Signature", $"Type your name as it stands on your account: {actor.DisplayName}");

            await unit.Run(Freeze, new { reportId, at = unit.Now, name = actor.DisplayName, hcpc, hash = ReportContent.Hash(draft.Sections) });
            await unit.Note(referral, "sign_report", AuditAction.SignReport, reportId, new { kind = draft.Kind.Text, reportId },
                referral.DueFor == DueAs(draft.Kind) ? LifecycleStep.Clock.Stopped : null);
            unit.Queue(new ReportSigned(referral.Id, reportId), referral.Id);
            await ReferralPortal.Web.Features.Funding.ExtensionRequests.Send(unit, referral.Id, reportId);
            return reportId;
        }, ct);
    }

    static string? DueAs(ReportKind kind) => kind switch { ReportKind.InitialAssessment => "initial_report", ReportKind.Discharge => "discharge_report", _ => null };

    const string LastSeen = "select max(ends_at) from appointment where referral_id = @referralId and state = 'attended' and ends_at <= @now";

    const string OneReferral = $"select {LockedReferral.Columns} from referral r where r.id = @referralId and @organisationId = any (r.readers) for update";

    const string ReferralOf = $"""
        select {LockedReferral.Columns} from referral r
        where r.id = (select referral_id from report where id = @reportId) and @organisationId = any (r.readers)
        for update
        """;

    const string OwnDraft = "select id from report where referral_id = @referralId and kind = @kind and author_id = @authorId and state = 'draft'";

    const string Insert = """
        insert into report (id, referral_id, kind, state, content, author_id, created_at, updated_at)
        values (@id, @referralId, @kind, 'draft', @content::jsonb, @authorId, @at, @at)
        on conflict (id) do nothing
        """;

    const string OneDraft = """
        select report.id, report.referral_id, r.reference, p.given_name, p.family_name, r.state as referral_state, r.version as referral_version,
               report.kind, report.state, report.content::text as content, report.author_id, report.version, report.updated_at
        from report
        join referral r on r.id = report.referral_id
        join patient p on p.id = r.patient_id
        where report.id = @reportId and report.author_id = @authorId and report.state in ('draft', 'signed') and @organisationId = any (r.readers)
        """;

    const string Update = """
        update report set content = @content::jsonb, version = version + 1, updated_at = @at
        where id = @reportId and author_id = @authorId and state = 'draft' and version = @version
        returning version
        """;

    const string ChangedAt = "select updated_at from report where id = @reportId and author_id = @authorId";

    const string Freeze = """
        update report set state = 'signed', signed_at = @at, author_name = @name, author_hcpc = @hcpc, content_hash = @hash, version = version + 1, updated_at = @at
        where id = @reportId
        """;
}

/// <summary>A report was signed: its readers are told.</summary>
public sealed record ReportSigned(Guid ReferralId, Guid ReportId);
