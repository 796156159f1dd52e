using ReferralPortal.Domain.Progress;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Progress.Reports;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Tests.Features.Referrals;
using ReferralPortal.Web.Tests.Features.Triaging;

namespace ReferralPortal.Web.Tests.Features.Progress.Reports;

/// <summary>Reports as tests write and sign them.</summary>
static class ReportWorld
{
    internal const string Written = "Written by the clinician.";

    internal static WriteReport Write(this PortalTestDatabase database, TimeProvider? clock = null) => new(database.On(clock ?? TimeProvider.System), database.Catalogue());

    /// <summary>A referral in treatment without any report, of which a solicitor, its case manager and an insurer are parties.</summary>
    internal static async Task<TestReferral> Treated(this PortalTestDatabase database, string referrer = People.Solicitor, Domain.Referrals.ReferralState state = Domain.Referrals.ReferralState.InTreatment)
    {
        var referral = await database.AddReferral(referrer, state, redFlag: null, others: [(People.CaseManager, Domain.Referrals.PartyRole.CaseManager), (People.Funder, Domain.Referrals.PartyRole.Funder)]);
        await database.Run("""
            delete from report where referral_id = @Id and state = 'draft';
            update patient set email = 'maud@example.org', preferred_contact = 'email' where id = @Id
            """, new { referral.Id });
        return referral;
    }

    internal static async Task<ReportDraft> Draft(this PortalTestDatabase database, TestReferral referral, ReportKind kind, TimeProvider? clock = null, string by = People.Clinician)
    {
        var author = await database.Actor(by);
        var started = await database.Write(clock).Start(author, Guid.CreateVersion7(), referral.Id, kind, CancellationToken.None);
        Assert.True(started.IsDone, started.Failure?.ToString());
        return (await database.Write(clock).Open(author, started.Value, CancellationToken.None)).Value!;
    }

    /// <summary>Writes something in every part, and returns the draft's version.</summary>
    internal static async Task<int> Fill(this PortalTestDatabase database, ReportDraft draft, string words = Written, TimeProvider? clock = null, string by = People.Clinician)
    {
        var saved = await database.Write(clock).Save(await database.Actor(by), draft.Id, draft.Version,
            [.. ReportForms.Of(draft.Kind).Select(part => new ReportSection(part.Key, part.Heading, $"{words} [{part.Key}]"))], CancellationToken.None);
        Assert.True(saved.IsDone, saved.Failure?.ToString());
        return saved.Value;
    }

    internal static async Task<Outcome<Guid>> Sign(this PortalTestDatabase database, Guid report, int version, bool patientChecks = false, TimeProvider? clock = null, string by = People.Clinician)
    {
        var author = await database.Actor(by);
        return await database.Write(clock).Sign(author, report, version, author.DisplayName, CancellationToken.None, patientChecks);
    }

    internal static async Task<Guid> Signed(this PortalTestDatabase database, TestReferral referral, ReportKind kind, bool patientChecks = false, TimeProvider? clock = null, string words = Written)
    {
        var draft = await database.Draft(referral, kind, clock);
        var outcome = await database.Sign(draft.Id, await database.Fill(draft, words, clock), patientChecks, clock);
        Assert.True(outcome.IsDone, outcome.Failure?.ToString());
        return draft.Id;
    }

    internal static async Task<Outcome<ReportCopy>> Opened(this PortalTestDatabase database, string reader, Guid report) =>
        await new ReadReport(database.Database).Handle(await database.Actor(reader), report, AuditAction.ViewReport, CancellationToken.None);
}
