using Dapper;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Audit;
using ReferralPortal.Web.Features.Referrals.View;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Tests.Features.Referrals;
using Xunit;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Audit;

public sealed class ReadAuditTests(PortalTestDatabase database) : IClassFixture<PortalTestDatabase>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    async Task<Outcome<ReadAudit.Page>> Read(string person, AuditFilter filter, PortalDatabase? through = null) =>
        await new ReadAudit(through ?? database.Database).Handle(await database.Actor(person), filter, Ct);

    async Task<TestReferral> OpenedByItsSolicitor()
    {
        var referral = await database.AddReferral();
        await new ViewReferral(database.Database).Handle(await database.Actor(Solicitor), referral.Reference, Ct);
        return referral;
    }

    [Fact]
    public async Task An_auditor_finds_by_reference_who_read_a_referral()
    {
        var referral = await OpenedByItsSolicitor();
        var line = Assert.Single((await Read(Auditor, new AuditFilter { Referral = referral.Reference.ToLowerInvariant() })).Value!.Lines);
        Assert.Equal(("view_referral", "Amara Okafor", Solicitor, "Northgate Law", referral.Reference), (line.Action, line.ActorName, line.UserName, line.Organisation, line.Reference));
    }

    [Fact]
    public async Task Nobody_but_an_auditor_reads_it()
    {
        foreach (var person in Everybody.Where(person => person != Auditor))
            Assert.Same(Outcome.Missing, (await Read(person, new AuditFilter())).Failure);
    }

    [Fact]
    public async Task Row_level_security_keeps_it_from_a_person_whom_the_use_case_takes_for_an_auditor()
    {
        await OpenedByItsSolicitor();
        var auditor = await database.Actor(Auditor);
        foreach (var person in (string[])[Solicitor, Triage, Lead])
        {
            var page = (await new ReadAudit(database.Database).Handle((await database.Actor(person)).DisguisedAs(auditor), new AuditFilter(), Ct)).Value!;
            Assert.Empty(page.Lines);
        }
    }

    [Fact]
    public async Task The_use_case_keeps_it_without_row_level_security()
    {
        await OpenedByItsSolicitor();
        Assert.NotEmpty((await Read(Auditor, new AuditFilter(), database.WithoutRowLevelSecurity())).Value!.Lines);
        var disguised = (await database.Actor(Lead)).DisguisedAs(await database.Actor(Auditor));
        Assert.Empty((await new ReadAudit(database.WithoutRowLevelSecurity()).Handle(disguised, new AuditFilter(), Ct)).Value!.Lines);
        Assert.Same(Outcome.Missing, (await Read(Lead, new AuditFilter(), database.WithoutRowLevelSecurity())).Failure);
    }

    [Fact]
    public async Task Reading_it_is_recorded_itself()
    {
        await Read(Auditor, new AuditFilter { Action = AuditAction.Submit, Person = "amara" });
        await using var owner = await database.Owner();
        var detail = await owner.QueryFirstAsync<string>("select detail::text from audit_entry where action = 'view_audit' order by sequence desc limit 1");
        Assert.Contains("\"submit\"", detail);
        Assert.DoesNotContain("amara", detail);
    }

    [Fact]
    public async Task Pages_go_back_through_all_of_it()
    {
        await using var owner = await database.Owner();
        await owner.ExecuteAsync("""
            insert into audit_entry (id, at, actor_id, organisation_id, action)
            select gen_random_uuid(), now(), u.id, u.organisation_id, 'save_draft' from portal_user u, generate_series(1, 120) where u.user_name = 'agent@mersey-rehab.example'
            """);
        var seen = new List<long>();
        for (AuditFilter? filter = new() { Action = AuditAction.SaveDraft, Person = "AGENT@mersey" }; filter is not null;)
        {
            var page = (await Read(Auditor, filter)).Value!;
            seen.AddRange(page.Lines.Select(line => line.Sequence));
            filter = page.Next is { } next ? filter with { Before = next } : null;
        }
        Assert.Equal(120, seen.Distinct().Count());
        Assert.Equal(seen.OrderDescending(), seen);
    }

    [Fact]
    public async Task Dates_are_London_s_and_both_included()
    {
        await using var owner = await database.Owner();
        // In summer London's day begins at 23:00 UTC of the day before.
        await owner.ExecuteAsync("""
            insert into audit_entry (id, at, actor_id, organisation_id, action)
            select gen_random_uuid(), at, u.id, u.organisation_id, 'print_report' from portal_user u, unnest(array['2025-07-01 22:59Z', '2025-07-01 23:00Z', '2025-07-02 22:59Z', '2025-07-02 23:00Z']::timestamptz[]) at
            where u.user_name = 'agent@mersey-rehab.example'
            """);
        var day = new DateOnly(2025, 7, 2);
        Assert.Equal(2, (await Read(Auditor, new AuditFilter { Action = AuditAction.PrintReport, From = day, To = day })).Value!.Lines.Count);
    }

    [Fact]
    public async Task What_is_no_reference_is_said_to_be_none() =>
        Assert.True((await Read(Auditor, new AuditFilter { Referral = "nonsense" })).Value!.NoSuchReferral);

    [Fact]
    public async Task The_way_from_an_id_to_a_reference_is_an_auditor_s_alone()
    {
        var referral = await database.AddReferral();
        async Task<int> Found(string person) => await database.Database.Read(await database.Actor(person),
            async unit => (await unit.Many<string>("select reference from portal.audited_references(@ids, null)", new { ids = new[] { referral.Id } })).Count, Ct);
        Assert.Equal(1, await Found(Auditor));
        foreach (var person in Everybody.Where(person => person != Auditor)) Assert.Equal(0, await Found(person));
    }

    [Fact]
    public void An_address_holds_the_whole_question()
    {
        var filter = new AuditFilter { Action = AuditAction.ViewReferral, Person = "O’Rourke", Referral = "R-7K3M-92QX", From = new(2026, 1, 2), To = new(2026, 2, 3), Before = 99 };
        Assert.Equal("/audit?action=view_referral&person=O%E2%80%99Rourke&referral=R-7K3M-92QX&from=2026-01-02&to=2026-02-03&before=99", filter.Address);
        Assert.Equal(filter, AuditFilter.Read("view_referral", "O’Rourke", "R-7K3M-92QX", "2026-01-02", "2026-02-03", "99"));
        Assert.Equal("/audit", AuditFilter.Read("nonsense", " ", null, "yesterday", "", "-1").Address);
    }
}
