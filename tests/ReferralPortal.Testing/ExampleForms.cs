using ReferralPortal.Domain.Organisations;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Components.Forms;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Referrals.Submit;
using ReferralPortal.Web.Features.Referrals.Submit.Drafts;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Testing;

/// <summary>Referral forms that are right as they are, for tests to start from.</summary>
public static class ExampleForms
{
    /// <summary>A solicitor's routine referral after a road-traffic accident, every required field filled in, every safety answer no.</summary>
    public static ReferralForm Solicitor(CatalogueContent catalogue) => new()
    {
        Patient = new()
        {
            GivenName = "Niamh",
            FamilyName = "O’Connor-Blythe",
            DateOfBirth = new() { Day = "12", Month = "3", Year = "1984" },
            Sex = Sex.Female,
            Address = "7 Weavers Court, Salford",
            Postcode = "m3 6bz",
            Phone = "07700 900123",
            Email = "niamh@example.org",
            PreferredContact = PreferredContact.Phone,
            NhsNumber = "943 476 5919",
        },
        Incident = new() { Date = new() { Day = "1", Month = "9", Year = "2025" }, Mechanism = IncidentMechanism.RoadTraffic, Account = "Struck from behind while waiting at traffic lights." },
        Injury = new()
        {
            Regions = [new("neck", BodySide.NotApplicable), new("shoulder", BodySide.Left)],
            ConditionSlug = catalogue.Conditions[0].Slug,
            Symptoms = "Stiff neck, worse in the morning.",
            Pain = 6,
            WorkStatus = WorkStatus.WorkingAdjusted,
        },
        Safety = new() { Answers = catalogue.RedFlagQuestions.ToDictionary(question => question.Key, _ => RedFlagAnswer.No), Wordings = catalogue.RedFlagQuestions.ToDictionary(question => question.Key, question => question.WordingVersion) },
        Claim = new() { Type = ClaimType.RoadTraffic, OurReference = "NL/2026/00123", ClaimReference = "RB-778812", Liability = LiabilityPosition.Admitted, LowerValue = true },
        Funding = new() { Kind = PayerKind.SomebodyElse, PayerName = "Ribble Insurance", Sessions = "6", Pounds = "450.00" },
        Services = new() { AskedFor = [ServiceAskedFor.InitialAssessment, ServiceAskedFor.Treatment], Priority = Priority.Routine },
        Consent = new() { TakenBy = "Amara Okafor", TakenOn = new() { Day = "2", Month = "9", Year = "2025" }, Method = ConsentMethod.Verbally, ShareWith = [PartyRole.Referrer], Confirmed = true },
    };

    /// <summary>Keeps the solicitor's form as a draft of <paramref name="referrer"/>, ready to be submitted, and returns its id.</summary>
    public static async Task<Guid> Drafted(PortalTestDatabase world, Actor referrer)
    {
        var form = Solicitor(await new CatalogueStore(world.Sources, TimeProvider.System).Get(CancellationToken.None));
        var id = (await new StartDraft(world.Database).Handle(referrer, CancellationToken.None)).Value;
        await new SaveDraft(world.Database).Handle(referrer, new(id, 1, form), CancellationToken.None);
        return id;
    }

    /// <summary>A form as one kind of organisation fills it in, every field that it may be asked answered.</summary>
    public static ReferralForm Of(OrganisationKind kind, CatalogueContent catalogue)
    {
        var form = Solicitor(catalogue);
        switch (kind)
        {
            case OrganisationKind.CaseManager:
                form.Claim.InstructingPartyName = "Thornley & Cross Solicitors";
                break;
            case OrganisationKind.Intermediary:
                form.Claim.InstructingPartyName = "Thornley & Cross Solicitors";
                break;
            case OrganisationKind.HealthOrganisation:
                (form.Patient.GpPracticeName, form.Patient.GpPracticeCode) = ("Chapel Street Surgery", "P84012");
                (form.Injury.ClinicalHistory, form.Injury.Medication, form.Injury.Imaging) = ("Low back pain in 2019, settled.", "Amlodipine 5 mg", "X-ray in September 2025: no fracture.");
                form.Funding = new() { Kind = PayerKind.Nhs };
                break;
            case OrganisationKind.Employer:
                form.Incident = new() { WorkRelated = true, Mechanism = IncidentMechanism.Workplace, Date = form.Incident.Date, Account = "Lifted a pallet and felt the neck give." };
                (form.Injury.Occupation, form.Injury.WorkStatus) = ("Warehouse picker", WorkStatus.OffSick);
                form.Work = new()
                {
                    JobDemands = "Lifts up to 20 kg, walks all day.",
                    CurrentDuties = "None",
                    AdjustedDuties = "Checking deliveries, seated.",
                    AbsentSince = new("2", "9", "2025"),
                    ReturnTarget = DateParts.Of(DateOnly.FromDateTime(DateTime.UtcNow).AddMonths(2)),
                };
                form.Funding = new() { Kind = PayerKind.Referrer, Reference = "PO 40012345" };
                form.Consent.Covers = [ConsentScope.Attendance, ConsentScope.FitnessForWork];
                break;
        }
        return form;
    }

    /// <summary>The same form about a child, with a parent who agreed.</summary>
    public static ReferralForm OfAChild(this ReferralForm form)
    {
        form.Patient.DateOfBirth = DateParts.Of(DateOnly.FromDateTime(DateTime.UtcNow).AddYears(-12));
        (form.Patient.GuardianName, form.Patient.GuardianRelationship, form.Patient.GuardianPhone) = ("Róisín O’Connor", "Mother", "07700 900124");
        (form.Patient.GuardianEmail, form.Patient.GuardianResponsibility, form.Consent.GivenBy) = ("roisin@example.org", true, ConsentGiver.Guardian);
        return form;
    }

    /// <summary>Submits the form of <paramref name="referrer"/>'s kind of organisation and returns the referral's id and reference.</summary>
    public static async Task<(Guid Id, string Reference)> Submitted(PortalTestDatabase world, Actor referrer, Action<ReferralForm>? change = null)
    {
        var catalogue = new CatalogueStore(world.Sources, TimeProvider.System);
        var form = Of(referrer.OrganisationKind, await catalogue.Get(CancellationToken.None));
        change?.Invoke(form);
        var id = Guid.CreateVersion7();
        var outcome = await new SubmitReferral(world.Database, catalogue, new FormOrganisations(world.Database), TimeProvider.System).Handle(referrer, new(id, form), CancellationToken.None);
        return outcome.Value is { } receipt ? (id, receipt.Reference) : throw new InvalidOperationException($"The example was not accepted: {outcome.Failure}");
    }
}
