using ReferralPortal.Domain.Organisations;
using ReferralPortal.Domain.Referrals;
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

    /// <summary>Submits the solicitor's form for <paramref name="referrer"/> and returns the referral's id and reference.</summary>
    public static async Task<(Guid Id, string Reference)> Submitted(PortalTestDatabase world, Actor referrer, Action<ReferralForm>? change = null)
    {
        var catalogue = new CatalogueStore(world.Sources, TimeProvider.System);
        var form = Solicitor(await catalogue.Get(CancellationToken.None));
        change?.Invoke(form);
        var id = Guid.CreateVersion7();
        var outcome = await new SubmitReferral(world.Database, catalogue, new FormOrganisations(world.Database), TimeProvider.System).Handle(referrer, new(id, form), CancellationToken.None);
        return outcome.Value is { } receipt ? (id, receipt.Reference) : throw new InvalidOperationException($"The example was not accepted: {outcome.Failure}");
    }
}
