using System.Linq.Expressions;
using ReferralPortal.Domain.Organisations;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Components.Forms;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Referrals.Submit;
using static ReferralPortal.Web.Features.Referrals.Submit.ReferralForm;

namespace ReferralPortal.Web.Features.Referrals.Import;

/// <summary>
/// Every column that a file may have, in the order of the form. Which of them an organisation's template has follows from the form's own table of
/// fields (<see cref="FormFields"/>), and which of those must be filled in from the form's own rules: read this as the table that it is.
/// </summary>
public static class ImportColumns
{
    /// <summary>What the template's example row says for a last name: a row that says it is not taken.</summary>
    public const string ExampleName = "EXAMPLE ROW – DELETE";

    static readonly ImportColumn[] Table =
    [
        //  heading                       the field, and how its cell is read                       example                    hint                                                      also called
        new("First name",                  new TextCell(form => form.Patient.GivenName),             "Alex",                    "",                                                       "forename, given name, christian name, firstname, patient first name, client first name"),
        new("Last name",                   new TextCell(form => form.Patient.FamilyName),            ExampleName,               "",                                                       "surname, family name, lastname, patient last name, client last name, patient surname"),
        new("Date of birth",               new DateCell(form => form.Patient.DateOfBirth),           "12/03/1984",              "Day first",                                              "dob, birth date, birthdate, d o b, born"),
        new("Sex",                         new ChoiceCell<Sex>(form => form.Patient.Sex),            "Female",                  "",                                                       "gender"),
        new("Address",                     new TextCell(form => form.Patient.Address),               "1 Example Street, Salford", "Without the postcode",                                 "home address, patient address, address line 1"),
        new("Postcode",                    new TextCell(form => form.Patient.Postcode),              "M1 4BT",                  "",                                                       "post code, zip, postal code"),
        new("Telephone",                   DigitsCell.Phone(form => form.Patient.Phone),             "0161 496 0123",           "Give the column the format ‘Text’, or the first zero is lost", "telephone number, phone, phone number, mobile, mobile number, tel, contact number"),
        new("Email",                       new TextCell(form => form.Patient.Email),                 "alex@example.org",        "",                                                       "email address, e mail"),
        new("Preferred contact",           new ChoiceCell<PreferredContact>(form => form.Patient.PreferredContact), "Phone",    "",                                                       "contact preference, preferred contact method, how to contact"),
        new("NHS number",                  DigitsCell.Nhs(form => form.Patient.NhsNumber),           "943 476 5919",            "",                                                       "nhs no, nhs"),
        new("NHS number not known",        new YesNoCell(form => form.Patient.NhsNumberNotKnown),    "No",                      "",                                                       ""),
        new("Why NHS number not known",    new TextCell(form => form.Patient.NhsNumberNotKnownReason), "",                      "Where it is not known",                                  "nhs number not known reason"),
        new("GP practice",                 new TextCell(form => form.Patient.GpPracticeName),        "Example Surgery",         "",                                                       "gp, gp surgery, surgery, gp practice name"),
        new("GP practice code",            new TextCell(form => form.Patient.GpPracticeCode),        "P84001",                  "A letter and five digits",                               "ods code, practice code"),
        new("Guardian name",               new TextCell(form => form.Patient.GuardianName),          "",                        "For a patient under 18",                                 "parent name, parent or guardian"),
        new("Guardian relationship",       new TextCell(form => form.Patient.GuardianRelationship),  "",                        "For a patient under 18",                                 "relationship"),
        new("Guardian telephone",          DigitsCell.Phone(form => form.Patient.GuardianPhone),     "",                        "For a patient under 18",                                 "guardian phone, parent phone"),
        new("Guardian email",              new TextCell(form => form.Patient.GuardianEmail),         "",                        "For a patient under 18",                                 "parent email"),
        new("Guardian has parental responsibility", new YesNoOrNothingCell(form => form.Patient.GuardianResponsibility), "", "For a patient under 18",                           "parental responsibility"),
        new("Interpreter language",        new TextCell(form => form.Patient.InterpreterLanguage),   "",                        "Where an interpreter is needed",                         "interpreter, language"),
        new("Communication needs",         new TextCell(form => form.Patient.CommunicationNeeds),    "",                        "Large print, easy read, hearing loop ...",               ""),
        new("Access needs",                new TextCell(form => form.Patient.AccessNeeds),           "",                        "Wheelchair, ground floor ...",                           ""),
        new("Home visit needed",           new YesNoCell(form => form.Patient.HomeVisitNeeded),      "No",                      "",                                                       "home visit"),
        new("Availability",                new TextCell(form => form.Patient.Availability),          "",                        "When the patient can come",                              ""),

        new("Work-related",                new YesNoOrNothingCell(form => form.Incident.WorkRelated), "No",                     "",                                                       "work related, at work, has to do with work"),
        new("Date of incident",            new DateCell(form => form.Incident.Date),                 "01/09/2025",              "Day first",                                              "incident date, accident date, date of accident, doa, date of injury, date of loss"),
        new("How it happened",             new ChoiceCell<IncidentMechanism>(form => form.Incident.Mechanism), "Slip, trip or fall", "",                                                  "mechanism, incident type, accident type, cause"),
        new("What happened",               new TextCell(form => form.Incident.Account),              "Slipped on a wet floor.", "In a few words",                                         "account, accident circumstances, circumstances, incident description, description of accident"),

        new("Injured parts",               new RegionsCell(),                                        "Left knee; Neck",         "With left, right or both; a semicolon between several",  "body parts, body regions, injured part, body part, regions, injury site"),
        new("Condition",                   new ConditionCell(),                                      "Knee pain after a fall",  "From the list, or in your own words",                    "injury, presenting condition, diagnosis"),
        new("Symptoms",                    new TextCell(form => form.Injury.Symptoms),               "Pain on stairs.",         "",                                                       "presenting symptoms"),
        new("Symptoms began",              new TextCell(form => form.Injury.Onset),                  "The same day",            "",                                                       "onset"),
        new("Pain now",                    new NumberCell(form => form.Injury.Pain),                 "5",                       "From 0 to 10",                                           "pain, pain score, pain level"),
        new("Work status",                 new ChoiceCell<WorkStatus>(form => form.Injury.WorkStatus), "Off sick",              "",                                                       "work, employment status, working"),
        new("Occupation",                  new TextCell(form => form.Injury.Occupation),             "Warehouse operative, lifts up to 15 kg", "The job and its physical demands",        "job, job title"),
        new("Clinical history",            new TextCell(form => form.Injury.ClinicalHistory),        "None known",              "",                                                       "medical history, history, past medical history"),

        new("Medication",                  new TextCell(form => form.Injury.Medication),             "None",                    "",                                                       "medicines, current medication, drugs"),
        new("Imaging",                     new TextCell(form => form.Injury.Imaging),                "None",                    "X-rays and scans with what they showed, or ‘none’",      "imaging done, scans, x rays"),

        new("Job demands",                 new TextCell(form => form.Work.JobDemands),               "Lifts up to 15 kg, walks all day.", "",                                             "physical demands, demands of the job"),
        new("Current duties",              new TextCell(form => form.Work.CurrentDuties),            "Full duties",             "What the patient does at present",                       "present duties"),
        new("Adjusted duties possible",    new TextCell(form => form.Work.AdjustedDuties),           "Seated work for four weeks", "What you can offer meanwhile",                        "adjusted duties, light duties"),
        new("Off work since",              new DateCell(form => form.Work.AbsentSince),              "01/09/2025",              "Day first; where the patient is off sick",               "absent since, first day of absence"),
        new("Back at work by",             new DateCell(form => form.Work.ReturnTarget),             "",                        "Day first",                                              "return to work target, return target, target return date"),

        new("Claim type",                  new ChoiceCell<ClaimType>(form => form.Claim.Type),       "Public liability",        "",                                                       "type of claim"),
        new("Claim reference",             new TextCell(form => form.Claim.ClaimReference),          "",                        "",                                                       "claim number, claim no, claim ref"),
        new("Our reference",               new TextCell(form => form.Claim.OurReference),            "EX/2026/0001",            "Yours, for this client",                                 "our ref, your reference, reference, file reference, matter, matter number, case reference"),
        new("Other insurer",               new TextCell(form => form.Claim.OtherInsurer),            "",                        "The other side’s",                                       "third party insurer, tpi, insurer"),
        new("Other insurer’s reference",   new TextCell(form => form.Claim.OtherInsurerReference),   "",                        "",                                                       "other insurer reference, third party insurer reference, insurer reference, insurer ref"),
        new("Liability",                   new ChoiceCell<LiabilityPosition>(form => form.Claim.Liability), "Not known",        "",                                                       "liability position, liability status"),
        new("Lower-value claim",           new YesNoOrNothingCell(form => form.Claim.LowerValue),    "Yes",                     "",                                                       "lower value, low value claim"),
        new("Case manager",                new OrganisationCell(form => form.Claim.CaseManagerId, PartyRole.CaseManager), "",      "An organisation that uses this portal; it will see the referral", "case management company"),
        new("Instructing party",           new OrganisationCell(form => form.Claim.InstructingPartyId, PartyRole.InstructingParty), "", "An organisation that uses this portal; it will see the referral", "on behalf of, instructed by, instructing solicitor, client organisation"),

        new("Instructing party in words",  new TextCell(form => form.Claim.InstructingPartyName),    "Example & Co Solicitors", "One that does not use this portal",                      "instructing party name"),

        new("Who pays",                    new ChoiceCell<PayerKind>(form => form.Funding.Kind, Payer), "Somebody else",        "",                                                       "payer type, funded by, funding"),
        new("Funder",                      new OrganisationCell(form => form.Funding.PayerId, PartyRole.Funder), "",             "Where a funder pays that uses this portal; it will see the referral", "insurer or funder, paying insurer"),
        new("Other payer",                 new TextCell(form => form.Funding.PayerName),             "Example Mutual",          "Where somebody else pays",                               "payer, payer name"),
        new("Sessions authorised",         new TextCell(form => form.Funding.Sessions),              "6",                       "",                                                       "sessions, authorised sessions, number of sessions"),
        new("Pounds authorised",           new TextCell(form => form.Funding.Pounds),                "450.00",                  "",                                                       "amount, amount authorised, authority amount, authorised amount"),
        new("Authority expires",           new DateCell(form => form.Funding.ExpiresOn),             "",                        "Day first",                                              "expiry, authority expiry, expires"),
        new("Payer’s reference",           new TextCell(form => form.Funding.Reference),             "",                        "Purchase order or claim reference",                      "purchase order, po number, po, funding reference, authority reference"),

        new("Asked for",                   new ChoicesCell<ServiceAskedFor>(form => form.Services.AskedFor), "Initial assessment; Treatment", "A semicolon between several",            "services, services requested, service, what is asked for"),
        new("Priority",                    new ChoiceCell<Priority>(form => form.Services.Priority), "Routine",                 "",                                                       "urgency, how soon"),
        new("Why urgent",                  new TextCell(form => form.Services.PriorityReason),       "",                        "Where the priority is urgent",                           "priority reason, reason for urgency"),
        new("Notes",                       new TextCell(form => form.Services.Notes),                "",                        "",                                                       "comments, further information, additional information"),

        new("Consent taken by",            new TextCell(form => form.Consent.TakenBy),               "Sam Example",             "",                                                       "consent by"),
        new("Consent taken on",            new DateCell(form => form.Consent.TakenOn),               "02/09/2025",              "Day first",                                              "consent date, date of consent"),
        new("Consent given",               new ChoiceCell<ConsentMethod>(form => form.Consent.Method), "In writing",            "",                                                       "consent method, how was consent given"),
        new("Reports may go to",           new ChoicesCell<PartyRole>(form => form.Consent.ShareWith), "Referrer",              "A semicolon between several",                            "share with, consent to share with"),
        new("Reports may cover",           new ChoicesCell<ConsentScope>(form => form.Consent.Covers), "Attendance; Reports",   "A semicolon between several",                            "consent covers, what may be shared"),
        new("Who agreed",                  new ChoiceCell<ConsentGiver>(form => form.Consent.GivenBy), "",                      "For a patient under 18",                                 "consent given by"),
        new("Signed form",                 new ChoiceCell<SignedForm>(form => form.Consent.SignedForm), "Held",                 "Where consent was in writing",                           "signed consent form, consent form"),
        new("Patient agrees",              new YesNoCell(form => form.Consent.Confirmed),            "Yes",                     ConsentWords,                                             "consent confirmed, consent, patient consent"),
    ];

    /// <summary>The columns of one kind of organisation's file. One for each safety question stands where the form asks it.</summary>
    public static IReadOnlyList<ImportColumn> For(OrganisationKind kind, CatalogueContent catalogue)
    {
        var parts = FormParts.For(kind).ToList();
        return
        [
            .. Table.Concat(Safety(catalogue))
                .Where(column => parts.Contains(column.Part))
                .Where(column => FormFields.MayAsk(column.Field == "Claim.InstructingPartyName" ? "Claim.InstructingPartyId" : column.Field, kind))
                .OrderBy(column => column.Part),
        ];
    }

    /// <summary>The fields that the form's rules miss when nothing is filled in.</summary>
    public static IReadOnlySet<string> Required(ReferralFormRules rules) => rules.Check(new ReferralForm()).Keys.ToHashSet();

    static IEnumerable<ImportColumn> Safety(CatalogueContent catalogue) => catalogue.RedFlagQuestions.Select(question =>
        new ImportColumn($"Safety: {question.Topic}", new SafetyCell(question.Key), "No", question.Question, question.Key));

    // Those who may pay differ by who refers; one that may not be chosen has no words.
    static string? Payer(PayerKind payer, ImportLists lists) => !FormParts.Payers(lists.Kind).Contains(payer) ? null : payer switch
    {
        PayerKind.Funder => "Funder",
        PayerKind.Referrer => "Referrer",
        PayerKind.Nhs => "NHS",
        PayerKind.Patient => "Patient",
        _ => "Somebody else",
    };
}
