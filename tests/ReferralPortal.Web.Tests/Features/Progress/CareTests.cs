using Dapper;
using ReferralPortal.Domain.Organisations;
using ReferralPortal.Domain.Progress;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Progress;
using ReferralPortal.Web.Features.Progress.Reports;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Tests.Features.Progress;

public sealed class CareTests(PortalTestDatabase world) : IClassFixture<PortalTestDatabase>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    CatalogueStore Catalogue => new(world.Sources, TimeProvider.System);
    WriteReport Write => new(world.Database, Catalogue);
    ReadReport Read => new(world.Database);
    EndCare End => new(world.Database, Catalogue);

    [Fact]
    public async Task A_report_starts_from_the_record()
    {
        var (id, _) = await Assessed();
        var draft = await Draft(id, ReportKind.InitialAssessment);
        string Text(string key) => draft.Sections.Single(section => section.Key == key).Text;

        Assert.Equal("Neck pain since the accident.", Text("subjective"));
        Assert.Contains("Lift my daughter", Text("goals"));
        Assert.Contains("NPRS: 7", Text("scores"));
        Assert.Contains("Sessions planned: 6", Text("plan"));
    }

    [Fact]
    public async Task A_draft_is_its_authors_alone()
    {
        var (id, _) = await Assessed();
        var draft = await Draft(id, ReportKind.Progress);
        foreach (var userName in new[] { "clinician2@clinic.example", "triage@clinic.example", "solicitor@northgate-law.example" })
        {
            var reader = await world.Actor(userName);
            Assert.IsType<Failure.Missing>((await Write.Open(reader, draft.Id, Ct)).Failure);
            Assert.IsType<Failure.Missing>((await Read.Handle(reader, draft.Id, AuditAction.ViewReport, Ct)).Failure);
            Assert.IsType<Failure.Missing>((await Write.Save(reader, draft.Id, draft.Version, draft.Sections, Ct)).Failure);
        }
    }

    [Fact]
    public async Task A_report_is_not_signed_with_a_part_missing_or_under_another_name()
    {
        var (id, _) = await Assessed();
        var draft = await Draft(id, ReportKind.Progress);
        var clinician = await Clinician();

        Assert.Contains("Sections.treatment", Assert.IsType<Failure.Invalid>((await Write.Sign(clinician, draft.Id, draft.Version, clinician.DisplayName, Ct)).Failure).Errors);
        var version = await Fill(draft);
        Assert.Contains("Signature", Assert.IsType<Failure.Invalid>((await Write.Sign(clinician, draft.Id, version, "Somebody Else", Ct)).Failure).Errors);
        Assert.IsType<Failure.Conflict>((await Write.Sign(clinician, draft.Id, version - 1, clinician.DisplayName, Ct)).Failure);
    }

    [Fact]
    public async Task A_signed_report_is_read_by_its_parties_and_by_nobody_else()
    {
        var (id, reference) = await Assessed();
        var reportId = await Signed(id, ReportKind.Progress);

        var read = (await Read.Handle(await world.Actor("solicitor@northgate-law.example"), reportId, AuditAction.ViewReport, Ct)).Value!;
        Assert.Equal(reference, read.Reference);
        Assert.Contains(read.Sections, section => section.Key == "treatment");
        Assert.Equal(ReportContent.Hash(read.Sections), read.ContentHash);

        foreach (var stranger in new[] { "solicitor@harbour-legal.example", "auditor@clinic.example", "oh@tame-logistics.example" })
            Assert.IsType<Failure.Missing>((await Read.Handle(await world.Actor(stranger), reportId, AuditAction.ViewReport, Ct)).Failure);
    }

    [Fact]
    public async Task Each_wall_round_a_signed_report_holds_alone()
    {
        var (id, _) = await Assessed();
        var reportId = await Signed(id, ReportKind.Progress);
        var (member, stranger) = (await world.Actor("solicitor@northgate-law.example"), await world.Actor("solicitor@harbour-legal.example"));

        // Row-level security away: the use case's own predicate holds.
        Assert.IsType<Failure.Missing>((await new ReadReport(world.WithoutRowLevelSecurity()).Handle(stranger, reportId, AuditAction.ViewReport, Ct)).Failure);
        // The use case taken in by a disguise: row-level security holds.
        Assert.IsType<Failure.Missing>((await Read.Handle(stranger.DisguisedAs(member), reportId, AuditAction.ViewReport, Ct)).Failure);
        // Both away: the report is there to be seen, so the two assertions above mean something.
        Assert.True((await new ReadReport(world.WithoutRowLevelSecurity()).Handle(stranger.DisguisedAs(member), reportId, AuditAction.ViewReport, Ct)).IsDone);
    }

    [Fact]
    public async Task An_employer_reads_fitness_for_work_and_no_clinical_detail()
    {
        var (id, _) = await Assessed("oh@tame-logistics.example");
        var reportId = await Signed(id, ReportKind.Progress);
        var read = (await Read.Handle(await world.Actor("oh@tame-logistics.example"), reportId, AuditAction.ViewReport, Ct)).Value!;

        Assert.Equal(["attendance", "work"], read.Sections.Select(section => section.Key).Order());
        Assert.True(read.PartOnly);
    }

    [Fact]
    public async Task A_signed_report_cannot_be_changed_even_in_the_database()
    {
        var (id, _) = await Assessed();
        var reportId = await Signed(id, ReportKind.Progress);
        await using var owner = await world.Owner();
        var fault = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => owner.ExecuteAsync("update report set content = '[]' where id = @reportId", new { reportId }));
        Assert.Equal("RP002", fault.SqlState);
        Assert.IsType<Failure.Conflict>((await Write.Save(await Clinician(), reportId, 99, [], Ct)).Failure);
    }

    [Fact]
    public async Task Reading_a_report_is_written_down_once_a_person_and_audited_every_time()
    {
        var (id, _) = await Assessed();
        var reportId = await Signed(id, ReportKind.Progress);
        var reader = await world.Actor("solicitor@northgate-law.example");
        await Read.Handle(reader, reportId, AuditAction.ViewReport, Ct);
        await Read.Handle(reader, reportId, AuditAction.PrintReport, Ct);

        await using var owner = await world.Owner();
        Assert.Equal(1, await owner.ExecuteScalarAsync<int>("select count(*)::int from report_read where report_id = @reportId", new { reportId }));
        Assert.Equal(["print_report", "view_report"], (await owner.QueryAsync<string>("select action from audit_entry where subject_id = @reportId and actor_id = @person", new { reportId, person = reader.UserId })).Order());
    }

    [Fact]
    public async Task Discharge_waits_for_the_signed_discharge_report()
    {
        var (id, _) = await Assessed();
        var clinician = await Clinician();
        Assert.IsType<Failure.Refused>((await End.Discharge(clinician, id, await Version(id), Ct)).Failure);

        await Signed(id, ReportKind.Discharge);
        Assert.Equal(ReferralState.Discharged, (await End.Discharge(clinician, id, await Version(id), Ct)).Value);
        Assert.Equal(ReferralState.Closed, (await End.Close(await world.Actor("triage@clinic.example"), id, await Version(id), nothingOwed: true, "The firm has closed.", Ct)).Value);
        Assert.Equal(ReferralState.InTreatment, (await End.Reopen(await world.Actor("triage@clinic.example"), id, await Version(id), "Pain came back.", Ct)).Value);
    }

    [Fact]
    public async Task The_clinics_record_is_missing_for_everybody_else()
    {
        var (_, reference) = await Assessed();
        var care = new OpenCare(world.Database);
        Assert.True((await care.Handle(await Clinician(), reference, Ct)).IsDone);
        foreach (var userName in new[] { "solicitor@northgate-law.example", "manager@pennine-case.example", "claims@ribble-insurance.example", "auditor@clinic.example" })
            Assert.IsType<Failure.Missing>((await care.Handle(await world.Actor(userName), reference, Ct)).Failure);
    }

    Task<Actor> Clinician() => world.Actor("clinician@clinic.example");

    Task<(Guid Id, string Reference)> Assessed(string referrer = "solicitor@northgate-law.example") => world.Assessed(referrer);

    async Task<ReportDraft> Draft(Guid referralId, ReportKind kind)
    {
        var clinician = await Clinician();
        var started = await Write.Start(clinician, Guid.CreateVersion7(), referralId, kind, Ct);
        Assert.True(started.IsDone, started.Failure?.ToString());
        return (await Write.Open(clinician, started.Value, Ct)).Value!;
    }

    async Task<int> Fill(ReportDraft draft) =>
        (await Write.Save(await Clinician(), draft.Id, draft.Version, [.. draft.Sections.Select(section => section.Text.Length > 0 ? section : section with { Text = "Written by the clinician." })], Ct)).Value;

    async Task<Guid> Signed(Guid referralId, ReportKind kind)
    {
        var draft = await Draft(referralId, kind);
        var clinician = await Clinician();
        var outcome = await Write.Sign(clinician, draft.Id, await Fill(draft), clinician.DisplayName, Ct);
        Assert.True(outcome.IsDone, outcome.Failure?.ToString());
        return draft.Id;
    }

    Task<int> Version(Guid id) => world.Version(id);
}
