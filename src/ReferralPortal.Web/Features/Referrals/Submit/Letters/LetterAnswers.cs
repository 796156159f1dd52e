using ReferralPortal.Domain;
using ReferralPortal.Domain.Patients;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Components.Body;
using ReferralPortal.Web.Components.Forms;
using ReferralPortal.Web.Features.Referrals.View;
using static ReferralPortal.Web.Features.Referrals.Submit.Letters.LetterField;

namespace ReferralPortal.Web.Features.Referrals.Submit.Letters;

/// <summary>How a question of the form takes a value from a letter. Read it as the table that it is.</summary>
static class LetterAnswers
{
    /// <param name="Part">The part of the form.</param>
    /// <param name="Label">What the question is called.</param>
    /// <param name="Now">What the form has, in words; empty when nothing.</param>
    /// <param name="Put">Answers the question with a found value.</param>
    sealed record Slot(FormSection Part, string Label, Func<ReferralForm, string> Now, Action<ReferralForm, string> Put)
    {
        /// <summary>One of several answers, which are added and never replaced.</summary>
        internal bool IsOneOfMany { get; init; }
    }

    static readonly Dictionary<LetterField, Slot> Table = new()
    {
        [GivenName] = new(FormSection.Patient, "First name", form => form.Patient.GivenName, (form, value) => form.Patient.GivenName = value),
        [FamilyName] = new(FormSection.Patient, "Last name", form => form.Patient.FamilyName, (form, value) => form.Patient.FamilyName = value),
        [DateOfBirth] = new(FormSection.Patient, "Date of birth", form => FormWords.Date(form.Patient.DateOfBirth) ?? "", (form, value) => form.Patient.DateOfBirth = DateParts.Of(Day(value))),
        [GuardianName] = new(FormSection.Patient, "Name of a parent or guardian", form => form.Patient.GuardianName, (form, value) => form.Patient.GuardianName = value),
        [GuardianRelationship] = new(FormSection.Patient, "How they are related to the patient", form => form.Patient.GuardianRelationship, (form, value) => form.Patient.GuardianRelationship = value),
        [GuardianPhone] = new(FormSection.Patient, "Telephone number of the parent or guardian", form => Telephone(form.Patient.GuardianPhone), (form, value) => form.Patient.GuardianPhone = value),
        [Address] = new(FormSection.Patient, "Address", form => form.Patient.Address, (form, value) => form.Patient.Address = value),
        [LetterField.Postcode] = new(FormSection.Patient, "Postcode", form => Domain.Patients.Postcode.TryParse(form.Patient.Postcode, out var code) ? code.ToString() : form.Patient.Postcode, (form, value) => form.Patient.Postcode = value),
        [Phone] = new(FormSection.Patient, "Telephone number", form => Telephone(form.Patient.Phone), (form, value) => form.Patient.Phone = value),
        [Email] = new(FormSection.Patient, "Email address", form => form.Patient.Email, (form, value) => form.Patient.Email = value),
        [LetterField.NhsNumber] = new(FormSection.Patient, "NHS number", form => Domain.Patients.NhsNumber.TryParse(form.Patient.NhsNumber, out var number) ? number.ToString() : form.Patient.NhsNumber, (form, value) => (form.Patient.NhsNumber, form.Patient.NhsNumberNotKnown) = (value, false)),
        [GpPracticeName] = new(FormSection.Patient, "GP practice", form => form.Patient.GpPracticeName, (form, value) => form.Patient.GpPracticeName = value),
        [GpPracticeCode] = new(FormSection.Patient, "GP practice code", form => form.Patient.GpPracticeCode, (form, value) => form.Patient.GpPracticeCode = value),

        [IncidentDate] = new(FormSection.Incident, "Date of the incident", form => FormWords.Date(form.Incident.Date) ?? "", (form, value) => form.Incident.Date = DateParts.Of(Day(value))),
        [Mechanism] = new(FormSection.Incident, "How the injury happened", form => Words(form.Incident.Mechanism), (form, value) => form.Incident.Mechanism = EnumText.Parse<IncidentMechanism>(value)),
        [Account] = new(FormSection.Incident, "What happened", form => form.Incident.Account, (form, value) => form.Incident.Account = value),

        [Region] = new(FormSection.Injury, "Injured part", _ => "", AddRegion) { IsOneOfMany = true },
        [Condition] = new(FormSection.Injury, "Condition", form => form.Injury.ConditionSlug.Length > 0 ? form.Injury.ConditionSlug : form.Injury.ConditionInWords, (form, value) => (form.Injury.ConditionSlug, form.Injury.ConditionInWords) = (value, "")),
        [Symptoms] = new(FormSection.Injury, "Symptoms", form => form.Injury.Symptoms, (form, value) => form.Injury.Symptoms = value),
        [Occupation] = new(FormSection.Injury, "Occupation", form => form.Injury.Occupation, (form, value) => form.Injury.Occupation = value),

        [OurReference] = new(FormSection.Claim, "Your reference", form => form.Claim.OurReference, (form, value) => form.Claim.OurReference = value),
        [ClaimReference] = new(FormSection.Claim, "Claim reference", form => form.Claim.ClaimReference, (form, value) => form.Claim.ClaimReference = value),
        [OtherInsurer] = new(FormSection.Claim, "The other side’s insurer", form => form.Claim.OtherInsurer, (form, value) => form.Claim.OtherInsurer = value),
        [OtherInsurerReference] = new(FormSection.Claim, "That insurer’s reference", form => form.Claim.OtherInsurerReference, (form, value) => form.Claim.OtherInsurerReference = value),
        [Liability] = new(FormSection.Claim, "The other side’s position on liability", form => Words(form.Claim.Liability), (form, value) => form.Claim.Liability = EnumText.Parse<LiabilityPosition>(value)),
        [CaseManager] = new(FormSection.Claim, "Case manager", form => form.Claim.CaseManagerId?.ToString() ?? "", (form, value) => form.Claim.CaseManagerId = Guid.Parse(value)),

        [Payer] = new(FormSection.Funding, "Who pays for the treatment", PayerNow, (form, value) => (form.Funding.Kind, form.Funding.PayerId) = (PayerKind.Funder, Guid.Parse(value))),

        [Service] = new(FormSection.Services, "Asked for", _ => "", (form, value) => form.Services.AskedFor = [.. form.Services.AskedFor.Append(EnumText.Parse<ServiceAskedFor>(value)).Distinct().Order()]) { IsOneOfMany = true },
        [LetterField.Priority] = new(FormSection.Services, "How soon", form => Words(form.Services.Priority), (form, value) => form.Services.Priority = EnumText.Parse<Priority>(value)),
    };

    /// <summary>The part of the form that a question stands in.</summary>
    internal static FormSection PartOf(LetterField field) => Table[field].Part;

    /// <summary>What the question is called.</summary>
    internal static string LabelOf(LetterField field) => Table[field].Label;

    /// <summary>Whether the question takes several answers, each of which is confirmed by itself.</summary>
    internal static bool IsOneOfMany(LetterField field) => Table[field].IsOneOfMany;

    /// <summary>What the form has for the question now: empty when nothing, an id or slug where a name stands for it.</summary>
    internal static string Now(ReferralForm form, LetterField field) => Table[field].Now(form).Trim();

    /// <summary>Whether the form says the same as the letter already.</summary>
    internal static bool IsThere(ReferralForm form, Found found) => found.Field switch
    {
        Region => Site(found.Value) is var site && form.Injury.Regions.Any(other => other.Region == site.Region && (other.Side == site.Side || other.Side == BodySide.Both)),
        Service => form.Services.AskedFor.Contains(EnumText.Parse<ServiceAskedFor>(found.Value)),
        _ => Now(form, found.Field) is { Length: > 0 } now && (string.Equals(now, found.Text, StringComparison.OrdinalIgnoreCase) || string.Equals(now, found.Value, StringComparison.OrdinalIgnoreCase)),
    };

    /// <summary>Answers the question with the value.</summary>
    internal static void Put(ReferralForm form, Found found) => Table[found.Field].Put(form, found.Value);

    static DateOnly Day(string iso) => DateOnly.ParseExact(iso, "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);

    static string Telephone(string typed) => PhoneNumber.TryParse(typed, out var number) ? number.ToString() : typed;

    static string Words<T>(T? value) where T : struct, Enum => value is { } chosen ? PlainText.Of(chosen) : "";

    static string PayerNow(ReferralForm form) => form.Funding.WhoPays switch
    {
        PayerKind.Funder => form.Funding.PayerId?.ToString() ?? "An insurer or other funder",
        PayerKind.SomebodyElse => form.Funding.PayerName,
        PayerKind.Referrer => "Us, who refer",
        PayerKind.Nhs => "The NHS",
        PayerKind.Patient => "The patient",
        _ => "",
    };

    static BodySite Site(string value) => value.Split(':') is [var region, var side] ? new(region, EnumText.Parse<BodySide>(side)) : new(value, BodySide.NotApplicable);

    // Left beside right is both: the chart keeps one entry a region.
    static void AddRegion(ReferralForm form, string value)
    {
        var site = Site(value);
        var same = form.Injury.Regions.FirstOrDefault(other => other.Region == site.Region);
        if (same is not null && same.Side != site.Side && site.Side != BodySide.NotApplicable && same.Side != BodySide.NotApplicable) site = site with { Side = BodySide.Both };
        form.Injury.Regions = [.. form.Injury.Regions.Where(other => other.Region != site.Region), site];
    }
}
