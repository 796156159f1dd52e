using ReferralPortal.Domain;
using ReferralPortal.Domain.Organisations;
using ReferralPortal.Domain.Progress;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Progress.Reports;

/// <summary>A report as each of its readers would see it, before it is signed.</summary>
/// <param name="OtherSideAway">The other side's insurer, where the referral names one that is not on the portal.</param>
public sealed record ReportPreview(Guid Id, string Reference, ReportKind Kind, IReadOnlyList<ReportPreview.Reader> Readers, string? OtherSideAway)
{
    /// <summary>One kind of reader.</summary>
    /// <param name="Audience">As what they read.</param>
    /// <param name="Who">Who that is on this referral.</param>
    /// <param name="Copy">What they see; null where they do not learn of the report.</param>
    public sealed record Reader(ReportAudience Audience, string Who, ReportCopy? Copy);
}

/// <summary>Shows a draft to its author as each party to the referral will see it, and as the patient will: by the same rule by which the signed report is opened.</summary>
public sealed class PreviewReport(PortalDatabase database)
{
    public async Task<Outcome<ReportPreview>> Handle(Actor actor, Guid reportId, CancellationToken ct)
    {
        if (!WriteReport.Writes(actor)) return Outcome.Missing;
        return await database.View(actor, async unit =>
        {
            var draft = await unit.One<StoredReport>(Draft, new { reportId, actor.UserId, actor.OrganisationId });
            if (draft is null) return (Outcome<ReportPreview>)Outcome.Missing;
            var parties = await unit.Many<Party>(Parties, new { draft.ReferralId });
            unit.Audit(AuditAction.ViewReport, draft.ReferralId, draft.Id);

            var readers = parties
                .Select(party => (party.Name, Audience: ReportAudiences.Of(party.Roles.Select(role => EnumText.Parse<PartyRole>(role)), party.Kind)))
                .Where(party => party.Audience is not null)
                .GroupBy(party => party.Audience!.Value, party => party.Name)
                .OrderBy(group => group.Key)
                .Select(group => new ReportPreview.Reader(group.Key, string.Join(", ", group), draft.For(group.Key)))
                .Append(new(ReportAudience.Patient, $"{draft.GivenName} {draft.FamilyName}", draft.For(ReportAudience.Patient)))
                .ToList();
            var away = draft.Kind.Value == ReportKind.ImmediateNeeds && readers.All(reader => reader.Audience != ReportAudience.Funder) ? await unit.One<string?>(OtherInsurer, new { draft.ReferralId }) : null;
            return new ReportPreview(draft.Id, draft.Reference, draft.Kind, readers, away);
        }, ct);
    }

    // Dapper fits constructors by the reader's types, and does not know an array there.
    sealed record Party
    {
        public string Name { get; init; } = "";
        public Coded<OrganisationKind> Kind { get; init; }
        public string[] Roles { get; init; } = [];
    }

    const string Draft = $"select {StoredReport.Columns} from {StoredReport.Tables} where report.id = @reportId and report.author_id = @userId and report.state = 'draft' and @organisationId = any (r.readers)";

    const string Parties = """
        select o.name, o.kind, array_agg(party.role) as roles
        from referral_party party join organisation o on o.id = party.organisation_id
        where party.referral_id = @referralId and party.role <> 'treating_clinic'
        group by o.id, o.name, o.kind
        order by o.name
        """;

    const string OtherInsurer = "select other_insurer from referral_detail where referral_id = @referralId";
}
