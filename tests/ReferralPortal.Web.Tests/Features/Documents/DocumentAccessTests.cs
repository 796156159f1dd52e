using ReferralPortal.Domain;
using ReferralPortal.Domain.Organisations;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Components.Forms;
using ReferralPortal.Web.Features.Documents;
using ReferralPortal.Web.Features.Referrals.View;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Tests.Features.Referrals;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Documents;

/// <summary>Who reaches the documents of a referral, by which of the two walls, and which kinds of them.</summary>
public sealed class DocumentAccessTests(DocumentWorld world) : IClassFixture<DocumentWorld>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Every way to a document, and whether it led there.</summary>
    public static readonly TheoryData<string> Ways = ["list", "open", "preview", "add"];

    async Task<bool> Reaches(string way, PortalDatabase through, Actor actor, Guid referral, Guid document) => way switch
    {
        "list" => (await new ListDocuments(through).Handle(actor, referral, false, Ct)).Value?.Documents.Any(one => one.Id == document) == true,
        "open" => (await new OpenDocument(through).Handle(actor, document, AuditAction.OpenDocument, Ct)).IsDone,
        "preview" => (await new OpenDocument(through).Handle(actor, document, AuditAction.PreviewDocument, Ct)).IsDone,
        "add" => (await new BeginUpload(through).Handle(actor, new(referral, "x.pdf", 0, 1), Ct)).Failure is Failure.Refused, // an empty file: refused for that, after the rest
        _ => throw new ArgumentOutOfRangeException(nameof(way)),
    };

    async Task<(Guid Referral, Guid Document)> Northgates()
    {
        var referral = await world.Database.AddReferral(others: [(CaseManager, PartyRole.CaseManager)]);
        return (referral.Id, await world.AddChecked(await world.Database.Actor(Solicitor), referral.Id, ExampleFiles.Png, "scan.png", DocumentKind.MedicalReport));
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task Exactly_the_parties_people_reach_it(string way)
    {
        var (referral, document) = await Northgates();
        string[] parties = [Solicitor, Partner, CaseManager, Triage, Clinician, Lead];
        foreach (var person in Everybody)
            Assert.Equal((person, parties.Contains(person)), (person, await Reaches(way, world.Units, await world.Database.Actor(person), referral, document)));
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task The_use_case_holds_alone_without_row_level_security(string way)
    {
        var (referral, document) = await Northgates();
        foreach (var person in (string[])[Stranger, Intermediary, Employer, Funder, Auditor])
            Assert.Equal((person, false), (person, await Reaches(way, world.Database.WithoutRowLevelSecurity(world.Clock), await world.Database.Actor(person), referral, document)));
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task Row_level_security_holds_alone_when_the_use_case_is_taken_in(string way)
    {
        var (referral, document) = await Northgates();
        var solicitor = await world.Database.Actor(Solicitor);
        foreach (var person in (string[])[Stranger, Intermediary, Employer, Funder, Auditor])
            Assert.Equal((person, false), (person, await Reaches(way, world.Units, (await world.Database.Actor(person)).DisguisedAs(solicitor), referral, document)));
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task With_both_walls_down_a_stranger_would_reach_it(string way)
    {
        var (referral, document) = await Northgates();
        var disguised = (await world.Database.Actor(Stranger)).DisguisedAs(await world.Database.Actor(Solicitor));
        Assert.True(await Reaches(way, world.Database.WithoutRowLevelSecurity(world.Clock), disguised, referral, document));
    }

    [Fact]
    public async Task An_upload_is_gone_on_with_by_nobody_but_who_began_it()
    {
        var (referral, _) = await Northgates();
        var begun = (await new BeginUpload(world.Units).Handle(await world.Database.Actor(Solicitor), new(referral, "x.pdf", 100, 1), Ct)).Value!;
        var uploads = new ReceiveChunk(world.Units, world.Store);
        foreach (var person in Everybody.Where(person => person != Solicitor))
        {
            var actor = await world.Database.Actor(person);
            Assert.IsType<Failure.Missing>((await uploads.Find(actor, begun.Id, Ct)).Failure);
            Assert.IsType<Failure.Missing>((await uploads.Handle(actor, begun.Id, 0, new MemoryStream(new byte[10]), Ct)).Failure);
            Assert.IsType<Failure.Missing>((await new RemoveDocument(world.Units).Handle(actor, begun.Id, Ct)).Failure);
            Assert.IsType<Failure.Missing>((await new DescribeDocument(world.Units, world.Clock).Handle(actor, new(begun.Id, 1, DocumentKind.Other, DateParts.Empty, ""), Ct)).Failure);
        }
    }

    [Theory]
    [InlineData(OrganisationKind.Solicitor, PartyRole.Referrer, "letter_of_instruction medical_report gp_records consent_form imaging_report other")]
    [InlineData(OrganisationKind.CaseManager, PartyRole.CaseManager, "letter_of_instruction medical_report gp_records consent_form imaging_report other")]
    [InlineData(OrganisationKind.ClinicGroup, PartyRole.TreatingClinic, "letter_of_instruction medical_report gp_records consent_form imaging_report other")]
    [InlineData(OrganisationKind.Employer, PartyRole.Referrer, "consent_form")]
    [InlineData(OrganisationKind.Employer, PartyRole.InstructingParty, "consent_form")]
    [InlineData(OrganisationKind.Funder, PartyRole.Funder, "consent_form")]
    public void Who_sees_which_kind_is_one_table(OrganisationKind kind, PartyRole role, string seen) => Assert.Equal(seen, string.Join(' ', PartySight.Of(role, kind).KindsSeen()));

    [Fact]
    public void Every_kind_is_in_the_table() => Assert.All(Enum.GetValues<DocumentKind>(), kind => Assert.True(Sight.All.Sees(kind), EnumText.Of(kind)));

    [Fact]
    public async Task An_employer_sees_no_medical_document_of_others_and_what_it_added_itself()
    {
        var employer = await world.Database.Actor(Employer);
        var clinician = await world.Database.Actor(Clinician);
        var referral = await world.Database.AddReferral(Employer);
        var medical = await world.AddChecked(clinician, referral.Id, ExampleFiles.Png, "mri.png", DocumentKind.ImagingReport);
        var consent = await world.AddChecked(clinician, referral.Id, ExampleFiles.Png, "consent.png", DocumentKind.ConsentForm);
        var own = await world.AddChecked(employer, referral.Id, ExampleFiles.Png, "fit note.png", DocumentKind.MedicalReport);

        var listed = (await new ListDocuments(world.Units).Handle(employer, referral.Id, false, Ct)).Value!.Documents.Select(one => one.Id).ToHashSet();
        Assert.True(listed.SetEquals([consent, own]));
        var open = new OpenDocument(world.Units);
        Assert.IsType<Failure.Missing>((await open.Handle(employer, medical, AuditAction.OpenDocument, Ct)).Failure);
        Assert.True((await open.Handle(employer, consent, AuditAction.OpenDocument, Ct)).IsDone);
        Assert.True((await open.Handle(employer, own, AuditAction.OpenDocument, Ct)).IsDone);
        Assert.Equal(3, (await new ListDocuments(world.Units).Handle(clinician, referral.Id, false, Ct)).Value!.Documents.Count);
    }

    [Fact]
    public async Task What_is_unfinished_refused_or_infected_is_seen_by_the_organisation_that_added_it_alone()
    {
        var solicitor = await world.Database.Actor(Solicitor);
        var referral = await world.Database.AddReferral();
        await world.AddChecked(solicitor, referral.Id, ExampleFiles.Eicar, "threat.pdf");
        await world.AddChecked(solicitor, referral.Id, "MZ nothing"u8.ToArray(), "program.pdf");
        await new BeginUpload(world.Units).Handle(solicitor, new(referral.Id, "half.pdf", 100, 1), Ct);

        Assert.Equal(3, (await new ListDocuments(world.Units).Handle(solicitor, referral.Id, false, Ct)).Value!.Documents.Count);
        Assert.Empty((await new ListDocuments(world.Units).Handle(await world.Database.Actor(Triage), referral.Id, false, Ct)).Value!.Documents);
    }
}
