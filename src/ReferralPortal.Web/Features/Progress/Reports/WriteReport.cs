using ReferralPortal.Domain;
using ReferralPortal.Domain.Organisations;
using ReferralPortal.Domain.Progress;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Funding;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Progress.Reports;

/// <summary>A report that its author is still writing. <paramref name="Content"/> is JSON.</summary>
/// <param name="PatientHasEmail">A link to check it can be sent to the patient, or to a child's guardian.</param>
public sealed record ReportDraft(
    Guid Id, Guid ReferralId, string Reference, string GivenName, string FamilyName, Coded<ReferralState> ReferralState, int ReferralVersion,
    Coded<ReportKind> Kind, int Number, string State, string Content, Guid AuthorId, int Version, DateTimeOffset UpdatedAt,
    Guid? SupersedesId, string? AmendmentReason, Guid ReferringOrganisationId, bool PatientHasEmail)
{
    public IReadOnlyList<ReportSection> Sections { get; } = PortalJson.Read<List<ReportSection>>(Content);
}

/// <summary>
/// Writing a report: a draft filled from the record, so that nothing is typed twice; saved as it is typed; signed by name. By its author alone, who is a clinician, or the
/// clinic's manager where the author of the version before has left; nobody else ever sees a draft.
/// </summary>
public sealed class WriteReport(PortalDatabase database, CatalogueStore catalogue)
{
    /// <summary>Opens the author's draft of this kind, or makes one from the record.</summary>
    /// <param name="actor">A clinician.</param>
    /// <param name="key">The new report's id, made when the page opened: a repeat opens the same draft.</param>
    /// <param name="referralId">The referral.</param>
    /// <param name="kind">Which report.</param>
    /// <param name="ct">Cancels before anything is stored.</param>
    public async Task<Outcome<Guid>> Start(Actor actor, Guid key, Guid referralId, ReportKind kind, CancellationToken ct)
    {
        if (!actor.Has(Role.Clinician)) return NotAClinician;
        var content = await catalogue.Get(ct);
        return await database.Write<Guid>(actor, unit => Begin(unit, content, key, referralId, kind), ct);
    }

    /// <summary>The same within a unit of the caller's, for a report that begins with something else: what the caller knows already stands in <paramref name="given"/>, by part.</summary>
    public static async Task<Outcome<Guid>> Begin(PortalUnit unit, CatalogueContent content, Guid key, Guid referralId, ReportKind kind, IReadOnlyDictionary<string, string>? given = null)
    {
        if (!unit.Actor.Has(Role.Clinician)) return NotAClinician;
        var referral = await unit.One<LockedReferral>(OneReferral, new { referralId, organisationId = unit.Actor.OrganisationId });
        if (referral is null) return Outcome.Missing;
        if (!ReportRules.MayBegin(kind, referral.State, unit.Actor.CapacitiesOn(referral.ReferringOrganisationId)))
            return Outcome.Refused($"A report of this kind is not written while the referral is {StateWords.Of(referral.State.Value).ToLowerInvariant()}.");
        if (await unit.One<Guid?>(OwnDraft, new { referralId, kind = EnumText.Of(kind), authorId = unit.Actor.UserId }) is { } existing) return existing;

        var known = await Known(unit, content, referralId, kind);
        IReadOnlyList<ReportSection> sections = [.. known.Select(section => given?.GetValueOrDefault(section.Key) is { Length: > 0 } words ? section with { Text = words } : section)];
        await unit.Run(Insert, new { id = key, referralId, kind = EnumText.Of(kind), authorId = unit.Actor.UserId, content = PortalJson.Text(sections), at = unit.Now });
        if (kind == ReportKind.Discharge && referral is { State.Value: ReferralState.InTreatment, DueFor: null })
            await unit.Note(referral, "begin_discharge_report", AuditAction.WriteReport, key, clinicOnly: true,
                clock: ReferralClock.On(content).For(referral).ForDischargeReport(referral.Priority, await unit.One<DateTimeOffset?>(LastSeen, new { referralId, now = unit.Now }) ?? unit.Now));
        else unit.Audit(AuditAction.WriteReport, referralId, key);
        return key;
    }

    /// <summary>Opens a draft for writing. Only its author's.</summary>
    public async Task<Outcome<ReportDraft>> Open(Actor actor, Guid reportId, CancellationToken ct)
    {
        if (!Writes(actor)) return Outcome.Missing;
        return await database.View(actor, async unit =>
        {
            var draft = await unit.One<ReportDraft>(OneDraft, Mine(actor, reportId));
            if (draft is null) return (Outcome<ReportDraft>)Outcome.Missing;
            unit.Audit(AuditAction.ViewReport, draft.ReferralId, draft.Id);
            return draft;
        }, ct);
    }

    /// <summary>What the record would fill the parts of this draft with now; nothing is changed.</summary>
    public async Task<Outcome<IReadOnlyList<ReportSection>>> FromRecord(Actor actor, Guid reportId, CancellationToken ct)
    {
        if (!Writes(actor)) return Outcome.Missing;
        var content = await catalogue.Get(ct);
        return await database.View(actor, async unit =>
        {
            var draft = await unit.One<ReportDraft>(OneDraft, Mine(actor, reportId));
            if (draft is null) return Outcome.Missing;
            unit.Audit(AuditAction.ViewReferral, draft.ReferralId, draft.Id);
            return Outcome.Done(await Known(unit, content, draft.ReferralId, draft.Kind));
        }, ct);
    }

    /// <summary>Keeps what is typed; returns the draft's new version.</summary>
    /// <param name="actor">The author.</param>
    /// <param name="reportId">The draft.</param>
    /// <param name="version">The version that the author has before them.</param>
    /// <param name="sections">What is typed.</param>
    /// <param name="ct">Cancels before anything is stored.</param>
    /// <param name="unanswered">What was sent before without hearing whether it was kept: finding that in the database is no conflict.</param>
    public async Task<Outcome<int>> Save(Actor actor, Guid reportId, int version, IReadOnlyList<ReportSection> sections, CancellationToken ct, IReadOnlyList<string>? unanswered = null)
    {
        if (!Writes(actor)) return Outcome.Missing;
        if (sections.FirstOrDefault(section => section.Text.Length > ReportContent.LongestPart) is { } tooLong)
            return Outcome.Invalid($"Sections.{tooLong.Key}", $"Shorten this part to {ReportContent.LongestPart} characters");

        return await database.Write<int>(actor, async unit =>
        {
            var standing = await unit.One<Standing>(DraftStanding, Mine(actor, reportId));
            if (standing is null) return Outcome.Missing;
            var content = PortalJson.Text(ReportContent.Fitted(standing.Kind, sections));
            var saved = await unit.One<int?>(Update, new { reportId, version, authorId = actor.UserId, content, unanswered = unanswered?.ToArray() ?? [], at = unit.Now });
            return saved is { } newVersion ? newVersion : Outcome.Conflict("You", "changed this report in another tab, or signed it", standing.UpdatedAt);
        }, ct);
    }

    /// <summary>Throws a draft away. What is signed stays.</summary>
    public async Task<Outcome<string>> Discard(Actor actor, Guid reportId, CancellationToken ct)
    {
        if (!Writes(actor)) return Outcome.Missing;
        return await database.Write<string>(actor, async unit =>
        {
            var draft = await unit.One<ReportDraft>(OneDraft, Mine(actor, reportId));
            if (draft is null) return Outcome.Missing;
            if (await unit.Run("delete from report where id = @reportId and author_id = @authorId and state = 'draft'", new { reportId, authorId = actor.UserId }) == 0) return Outcome.Refused("This report is signed already.");
            unit.Audit(AuditAction.DiscardReport, draft.ReferralId, reportId);
            // The version that it was to replace may have waited for it.
            if (draft.SupersedesId is { } waiting) unit.Queue(new ReportWindowEnds(draft.ReferralId, waiting), draft.ReferralId);
            return draft.Reference;
        }, ct);
    }

    /// <summary>
    /// Signs the report: what it says is frozen. It is released to its readers with the signature, or, where the patient is to check the facts first, when the patient's time
    /// is over or its author releases it.
    /// </summary>
    /// <param name="actor">The author.</param>
    /// <param name="reportId">The draft.</param>
    /// <param name="version">The version that the author has before them.</param>
    /// <param name="typedName">The author's name, typed as a signature.</param>
    /// <param name="ct">Cancels before anything is stored.</param>
    /// <param name="patientChecks">Whether the patient reads it first.</param>
    public async Task<Outcome<Guid>> Sign(Actor actor, Guid reportId, int version, string typedName, CancellationToken ct, bool patientChecks = false)
    {
        if (!Writes(actor)) return Outcome.Missing;
        var content = await catalogue.Get(ct);
        return await database.Write<Guid>(actor, async unit =>
        {
            // The referral's row first, as everywhere: two locks taken in two orders wait for each other for ever.
            var referral = await unit.One<LockedReferral>(ReferralOf, new { reportId, organisationId = actor.OrganisationId });
            var draft = referral is null ? null : await unit.One<ReportDraft>(OneDraft + " for update of report", Mine(actor, reportId));
            if (referral is null || draft is null) return Outcome.Missing;
            if (draft.State == "signed") return reportId;
            if (draft.Version != version) return Outcome.Conflict("You", "changed this report in another tab", draft.UpdatedAt);
            if (!ReportRules.MaySign(draft.Kind, referral.State)) return Outcome.Refused($"A report of this kind is not signed while the referral is {StateWords.Of(referral.State.Value).ToLowerInvariant()}. The draft is kept.");
            if (ReportContent.Missing(draft.Kind, draft.Sections) is { Count: > 0 } missing) return Outcome.Invalid(missing);
            if (patientChecks && !draft.PatientHasEmail) return Outcome.Invalid("Release", "The patient’s e-mail address is not known, so no link can be sent: release it at once, or read it to the patient before you sign");
            var hcpc = await unit.One<string?>("select hcpc_number from portal_user where id = @id", new { id = actor.UserId });
            if (hcpc is null) return Outcome.Refused("Your HCPC number is not on your account; ask the clinic manager to add it. The draft is kept.");
            if (!string.Equals(typedName.Trim(), actor.DisplayName, StringComparison.OrdinalIgnoreCase))
                return Outcome.Invalid("Signature", $"Type your name as it stands on your account: {actor.DisplayName}");

            var clock = ReferralClock.On(content).For(referral);
            DateTimeOffset? until = patientChecks ? clock.TargetClock.AfterWorkingDays(unit.Now, clock.AgreementAt(unit.Now).PatientCheckDays) : null;
            await unit.Run(Freeze, new { reportId, at = unit.Now, name = actor.DisplayName, hcpc, hash = ReportContent.Hash(draft.Sections), until });

            var signed = new SignedReport(reportId, draft.Kind, draft.SupersedesId);
            if (until is { } end) await ReleaseReport.AskThePatient(unit, referral, signed, end);
            else await ReleaseReport.Release(unit, referral, signed, signed.Supersedes is null ? ("sign_report", AuditAction.SignReport) : ("amend_report", AuditAction.AmendReport));
            return reportId;
        }, ct);
    }

    /// <summary>May have drafts at all: a clinician, and the clinic's manager, who stands in for authors who have left.</summary>
    internal static bool Writes(Actor actor) => actor.Has(Role.Clinician) || actor.Has(Role.ClinicManager);

    static readonly Failure NotAClinician = Outcome.Refused("Only a clinician writes reports.");

    static async Task<IReadOnlyList<ReportSection>> Known(PortalUnit unit, CatalogueContent content, Guid referralId, ReportKind kind)
    {
        var record = (await RecordedCare.Read(unit, referralId)).Sections(kind, content.Measures);
        var facts = await ReportFacts.Read(unit, referralId);
        var asked = kind == ReportKind.TreatmentExtension ? await ExtensionRequests.InReport(unit, referralId) : null;
        return [.. record.Select(section => section with { Text = asked?.GetValueOrDefault(section.Key) ?? Both(section.Key, section.Text, facts.Known(section.Key, content)) })];
    }

    // What the clinic found itself goes before what the referrer told; only the dates of treatment stand beside it.
    static string Both(string part, string recorded, string told) => recorded.Length == 0 ? told : part == "attendance" && told.Length > 0 ? $"{recorded}\n{told}" : recorded;

    static object Mine(Actor actor, Guid reportId) => new { reportId, authorId = actor.UserId, organisationId = actor.OrganisationId };

    sealed record Standing(Coded<ReportKind> Kind, DateTimeOffset UpdatedAt);

    const string LastSeen = "select max(ends_at) from appointment where referral_id = @referralId and state = 'attended' and ends_at <= @now";

    const string OneReferral = $"select {LockedReferral.Columns} from referral r where r.id = @referralId and @organisationId = any (r.readers) for update";

    internal const string ReferralOf = $"""
        select {LockedReferral.Columns} from referral r
        where r.id = (select referral_id from report where id = @reportId) and @organisationId = any (r.readers)
        for update
        """;

    const string OwnDraft = "select id from report where referral_id = @referralId and kind = @kind and author_id = @authorId and state = 'draft' and supersedes_id is null";

    const string Insert = """
        insert into report (id, referral_id, kind, state, content, author_id, created_at, updated_at)
        values (@id, @referralId, @kind, 'draft', @content::jsonb, @authorId, @at, @at)
        on conflict (id) do nothing
        """;

    const string OneDraft = """
        select report.id, report.referral_id, r.reference, p.given_name, p.family_name, r.state as referral_state, r.version as referral_version,
               report.kind, report.number, report.state, report.content::text as content, report.author_id, report.version, report.updated_at,
               report.supersedes_id, report.amendment_reason, r.referring_organisation_id, coalesce(case when p.date_of_birth > now() - interval '18 years' then p.guardian_email end, p.email) is not null as patient_has_email
        from report
        join referral r on r.id = report.referral_id
        join patient p on p.id = r.patient_id
        where report.id = @reportId and report.author_id = @authorId and report.state in ('draft', 'signed') and @organisationId = any (r.readers)
        """;

    const string DraftStanding = """
        select report.kind, report.updated_at from report join referral r on r.id = report.referral_id
        where report.id = @reportId and report.author_id = @authorId and @organisationId = any (r.readers)
        """;

    const string Update = """
        update report set content = @content::jsonb, version = version + 1, updated_at = @at
        where id = @reportId and author_id = @authorId and state = 'draft' and (version = @version or content = any (@unanswered::text[]::jsonb[]))
        returning version
        """;

    const string Freeze = """
        update report set state = 'signed', signed_at = @at, author_name = @name, author_hcpc = @hcpc, content_hash = @hash, release_due_at = @until, version = version + 1, updated_at = @at
        where id = @reportId
        """;
}

/// <summary>A report that has just been signed, or waits for its release.</summary>
sealed record SignedReport(Guid Id, ReportKind Kind, Guid? Supersedes);
