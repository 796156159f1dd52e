using ReferralPortal.Domain.Organisations;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Components.Body;
using ReferralPortal.Web.Components.Forms;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Referrals.Submit;

namespace ReferralPortal.Web.Tests.Features.Referrals.Import;

/// <summary>Forms of any kind of organisation that their rules find nothing wrong with, with whatever people type in their texts.</summary>
static class RandomForms
{
    static readonly string[] Texts =
    [
        "Zoë", "O’Connor-Blythe", "'tHart", "=1+1", "@home", "-", "+44", "a,b;c", "\"quoted\" \t tab", "two\nlines", "田中 太郎", "👩‍👩‍👧‍👦", "<script>alert(1)</script>", "null", "007", "1e5", "  spaces  ", "'=x", "true",
    ];

    static readonly string[] Names = ["Zoë", "O’Connor-Blythe", "'tHart", "=1+1", "@home", "-", "田中 太郎", "X", "Null", "007"];

    /// <summary>The same seed gives the same form.</summary>
    public static ReferralForm Make(int seed, OrganisationKind kind, CatalogueContent catalogue, IReadOnlyList<ListedOrganisation> organisations)
    {
        var random = new Random(seed);
        var today = DateOnly.FromDateTime(DateTime.UtcNow);
        var child = random.Next(4) == 0;
        var born = today.AddYears(child ? -random.Next(2, 16) : -random.Next(20, 90)).AddDays(-random.Next(300));
        var form = new ReferralForm
        {
            Patient = new()
            {
                GivenName = One(Names), FamilyName = One(Names), DateOfBirth = DateParts.Of(born), Sex = Any<Sex>(), Address = One(Texts), Postcode = One(["M1 4BT", "m36bz", "SW1A 1AA"]),
                Phone = One(["0161 496 0123", "+353 1 234 5678", "07700 900123"]), Email = One(["a@example.org", "zoë@example.org"]), PreferredContact = Any<PreferredContact>(),
                NhsNumber = One(["943 476 5919", "6541003238"]), GpPracticeName = One(Texts), GpPracticeCode = One(["", "P84001"]),
                GuardianName = child ? One(Names) : "", GuardianRelationship = child ? "Mother" : "", GuardianPhone = child ? "0161 496 0123" : "",
                GuardianEmail = child ? One(["", "a@example.org"]) : "", GuardianResponsibility = child ? true : null,
                InterpreterLanguage = Maybe(), CommunicationNeeds = Maybe(), AccessNeeds = Maybe(), HomeVisitNeeded = Coin(), Availability = Maybe(),
            },
            Incident = new() { WorkRelated = Asks("Incident.WorkRelated") ? Coin() : null, Date = DateParts.Of(born.AddDays(random.Next(1, 300))), Mechanism = Any<IncidentMechanism>(), Account = One(Texts) },
            Injury = new()
            {
                Regions = [.. catalogue.BodyRegions.OrderBy(_ => random.Next()).Take(random.Next(1, 4)).Select(region => new BodySite(region.Key, region.Sided ? One([BodySide.Left, BodySide.Right, BodySide.Both]) : BodySide.NotApplicable))],
                Symptoms = One(Texts), Onset = Maybe(), Pain = random.Next(11), WorkStatus = Any<WorkStatus>(), Occupation = One(Texts), ClinicalHistory = Asks("Injury.ClinicalHistory") ? One(Texts) : "",
                Medication = Asks("Injury.Medication") ? One(Texts) : "", Imaging = Asks("Injury.Imaging") ? One(Texts) : "",
            },
            Services = new() { AskedFor = [.. Enum.GetValues<ServiceAskedFor>().OrderBy(_ => random.Next()).Take(random.Next(1, 5))], Priority = Any<Priority>(), PriorityReason = One(Texts), Notes = Maybe() },
            Consent = new() { TakenBy = One(Names), TakenOn = DateParts.Of(today.AddDays(-random.Next(100))), Method = Any<ConsentMethod>(), ShareWith = Coin() ? [] : [PartyRole.Funder, PartyRole.Referrer], Confirmed = true },
        };
        form.Consent.Covers = [.. Enum.GetValues<ConsentScope>().OrderBy(_ => random.Next()).Take(random.Next(1, 4))];
        if (form.Incident.WorkRelated == false && form.Incident.Mechanism == IncidentMechanism.Workplace) form.Incident.WorkRelated = true;
        if (child) form.Consent.GivenBy = Any<ConsentGiver>();
        if (form.Consent.Method == ConsentMethod.InWriting) form.Consent.SignedForm = Any<SignedForm>();
        if (FormParts.Of(FormSection.Work, kind) != PartRule.Absent)
            form.Work = new() { JobDemands = One(Texts), CurrentDuties = One(Texts), AdjustedDuties = One(Texts), AbsentSince = DateParts.Of(today.AddDays(-random.Next(1, 60))), ReturnTarget = Coin() ? DateParts.Empty : DateParts.Of(today.AddDays(random.Next(60))) };
        if (Coin()) form.Injury.ConditionSlug = One(catalogue.Conditions).Slug;
        else form.Injury.ConditionInWords = One(Texts);
        foreach (var question in catalogue.RedFlagQuestions)
        {
            form.Safety.Answers[question.Key] = question.Tier == "urgent" ? Any<RedFlagAnswer>() : One([RedFlagAnswer.No, RedFlagAnswer.NotAsked]);
            form.Safety.Wordings[question.Key] = question.WordingVersion;
        }
        if (FormParts.Of(FormSection.Claim, kind) != PartRule.Absent)
            form.Claim = new() { Type = Any<ClaimType>(), ClaimReference = Maybe(), OurReference = One(Texts), OtherInsurer = Maybe(), OtherInsurerReference = Maybe(), Liability = Any<LiabilityPosition>(), LowerValue = Coin() };
        if (FormParts.NamesCaseManager(kind) && Coin()) form.Claim.CaseManagerId = Named(PartyRole.CaseManager);
        if (FormParts.NamesInstructingParty(kind) && Coin()) form.Claim.InstructingPartyId = Named(PartyRole.InstructingParty);
        else if (FormParts.NamesInstructingParty(kind)) form.Claim.InstructingPartyName = One(Names);
        form.Funding = new() { Kind = One(FormParts.Payers(kind)), Sessions = One(["", "6"]), Pounds = One(["", "450.00", "£1,250"]), ExpiresOn = Coin() ? DateParts.Empty : DateParts.Of(today.AddDays(30)), Reference = Maybe() };
        if (form.Funding.Kind == PayerKind.Funder) form.Funding.PayerId = Named(PartyRole.Funder);
        if (kind == OrganisationKind.Employer && form.Funding.Kind == PayerKind.Referrer) form.Funding.Reference = One(Texts);
        if (form.Funding.Kind == PayerKind.SomebodyElse) form.Funding.PayerName = One(Texts);
        return form;

        bool Asks(string field) => FormFields.MayAsk(field, kind);
        T One<T>(IReadOnlyList<T> list) => list[random.Next(list.Count)];
        T Any<T>() where T : struct, Enum => One(Enum.GetValues<T>());
        bool Coin() => random.Next(2) == 0;
        string Maybe() => Coin() ? "" : One(Texts);
        Guid Named(PartyRole role) => organisations.First(one => FormOrganisations.KindsFor(role).Any(allowed => Domain.EnumText.Of(allowed) == one.Kind)).Id;
    }
}
