using ReferralPortal.Domain.Organisations;
using ReferralPortal.Domain.Patients;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Referrals.Submit;

namespace ReferralPortal.Web.Tests.Features.Referrals.Submit;

public sealed class ReferralFormRulesTests(PortalTestDatabase world) : IClassFixture<PortalTestDatabase>
{
    // Monday 23 November 2026, 14:30 in London.
    static readonly FixedClock Clock = new(new DateTimeOffset(2026, 11, 23, 14, 30, 0, TimeSpan.Zero));

    const OrganisationKind Solicitor = OrganisationKind.Solicitor, Health = OrganisationKind.HealthOrganisation, Employer = OrganisationKind.Employer;

    static readonly Action<ReferralForm> Emergency = form => form.Safety.Answers["cauda_equina"] = RedFlagAnswer.Yes;

    [Theory]
    [InlineData(OrganisationKind.Solicitor)]
    [InlineData(OrganisationKind.CaseManager)]
    [InlineData(OrganisationKind.Intermediary)]
    [InlineData(OrganisationKind.HealthOrganisation)]
    [InlineData(OrganisationKind.Employer)]
    public async Task The_example_has_no_mistake(OrganisationKind kind) => Assert.Empty(await Check(kind, _ => { }));

    public static TheoryData<string, OrganisationKind, Action<ReferralForm>, string, string?> Rules() => new()
    {
        { "first name missing", Solicitor, form => form.Patient.GivenName = " ", "Patient.GivenName", "Enter the patient’s first name" },
        { "last name missing", Solicitor, form => form.Patient.FamilyName = "", "Patient.FamilyName", "Enter the patient’s last name" },
        { "name too long", Solicitor, form => form.Patient.GivenName = new string('x', 101), "Patient.GivenName", "The first name must be 100 characters or fewer, on one line" },
        { "name of one letter", Solicitor, form => form.Patient.GivenName = "O", "Patient.GivenName", null },
        { "name in another script", Solicitor, form => form.Patient.FamilyName = "阮氏", "Patient.FamilyName", null },
        { "date of birth missing", Solicitor, form => form.Patient.DateOfBirth = new(), "Patient.DateOfBirth", "Date of birth must be entered" },
        { "date of birth half", Solicitor, form => form.Patient.DateOfBirth = new("1", "", "1984"), "Patient.DateOfBirth", "Date of birth must include a month" },
        { "no such date of birth", Solicitor, form => form.Patient.DateOfBirth = new("31", "2", "1984"), "Patient.DateOfBirth", "Date of birth must be a real date" },
        { "born today", Solicitor, form => form.Patient.DateOfBirth = new("23", "11", "2026"), "Patient.DateOfBirth", "Date of birth must be in the past" },
        { "born too long ago", Solicitor, form => form.Patient.DateOfBirth = new("22", "11", "1905"), "Patient.DateOfBirth", "Date of birth must be within the last 120 years; check the year" },
        { "sex missing", Solicitor, form => form.Patient.Sex = null, "Patient.Sex", "Choose the patient’s sex, or ‘not stated’" },
        { "address missing", Solicitor, form => form.Patient.Address = "", "Patient.Address", "Enter the patient’s address" },
        { "address too long", Solicitor, form => form.Patient.Address = new string('x', 501), "Patient.Address", "Address must be 500 characters or fewer" },
        { "postcode missing", Solicitor, form => form.Patient.Postcode = "", "Patient.Postcode", "Enter the patient’s postcode" },
        { "postcode wrong", Solicitor, form => form.Patient.Postcode = "M1", "Patient.Postcode", "Enter a full UK postcode, for example M1 4BT" },
        { "telephone wrong", Solicitor, form => form.Patient.Phone = "12", "Patient.Phone", PhoneNumber.Problem },
        { "telephone needed", Solicitor, form => form.Patient.Phone = "", "Patient.Phone", "Enter a telephone number: the patient prefers to be contacted by phone or text" },
        { "email wrong", Solicitor, form => form.Patient.Email = "nobody", "Patient.Email", "Enter an email address, for example name@example.com" },
        { "email needed", Solicitor, form => (form.Patient.Email, form.Patient.PreferredContact) = ("", PreferredContact.Email), "Patient.Email", "Enter an email address: the patient prefers to be contacted by email" },
        { "contact missing", Solicitor, form => form.Patient.PreferredContact = null, "Patient.PreferredContact", "Choose how the patient prefers to be contacted" },
        { "by post without a telephone", Solicitor, form => (form.Patient.Phone, form.Patient.PreferredContact) = ("", PreferredContact.Post), "Patient.Phone", null },
        { "NHS number wrong", Solicitor, form => form.Patient.NhsNumber = "123 456 1234", "Patient.NhsNumber", NhsNumber.Problem },
        { "NHS number may be left out", Solicitor, form => form.Patient.NhsNumber = "", "Patient.NhsNumber", null },
        { "NHS number needed", Health, form => form.Patient.NhsNumber = "", "Patient.NhsNumber", "Enter the NHS number, or say that it is not known" },
        { "NHS number not known", Health, form => (form.Patient.NhsNumber, form.Patient.NhsNumberNotKnown) = ("", true), "Patient.NhsNumberNotKnownReason", "Say why the NHS number is not known" },
        { "GP practice needed", Health, form => form.Patient.GpPracticeName = "", "Patient.GpPracticeName", "Enter the patient’s GP practice, or ‘not registered’" },
        { "practice code wrong", Solicitor, form => form.Patient.GpPracticeCode = "84012", "Patient.GpPracticeCode", "Enter the practice code as a letter and five digits, for example P84012" },
        { "guardian missing", Solicitor, form => form.Patient.DateOfBirth = new("24", "11", "2008"), "Patient.GuardianName", "Enter the name of a parent or guardian" },
        { "guardian’s relation missing", Solicitor, form => form.Patient.DateOfBirth = new("24", "11", "2008"), "Patient.GuardianRelationship", "Say how they are related to the patient" },
        { "guardian’s telephone missing", Solicitor, form => form.Patient.DateOfBirth = new("24", "11", "2008"), "Patient.GuardianPhone", "Enter the parent’s or guardian’s telephone number" },
        { "guardian’s telephone wrong", Solicitor, form => form.OfAChild().Patient.GuardianPhone = "12", "Patient.GuardianPhone", PhoneNumber.Problem },
        { "guardian’s email wrong", Solicitor, form => form.OfAChild().Patient.GuardianEmail = "nobody", "Patient.GuardianEmail", "Enter an email address, for example name@example.com" },
        { "guardian’s email may be left out", Solicitor, form => form.OfAChild().Patient.GuardianEmail = "", "Patient.GuardianEmail", null },
        { "parental responsibility not said", Solicitor, form => form.OfAChild().Patient.GuardianResponsibility = null, "Patient.GuardianResponsibility", "Say whether they have parental responsibility" },
        { "an adult’s guardian is not asked", Solicitor, form => form.Patient.GuardianEmail = "nobody", "Patient.GuardianEmail", null },
        { "ten equal digits", Health, form => form.Patient.NhsNumber = "999 999 9999", "Patient.NhsNumber", NhsNumber.Problem },
        { "not known leaves the number alone", Health, form => (form.Patient.NhsNumber, form.Patient.NhsNumberNotKnown, form.Patient.NhsNumberNotKnownReason) = ("12", true, "Visitor"), "Patient.NhsNumber", null },
        { "eighteen today", Solicitor, form => form.Patient.DateOfBirth = new("23", "11", "2008"), "Patient.GuardianName", null },
        { "language too long", Solicitor, form => form.Patient.InterpreterLanguage = new string('x', 201), "Patient.InterpreterLanguage", "Language must be 200 characters or fewer" },
        { "availability too long", Solicitor, form => form.Patient.Availability = new string('x', 4001), "Patient.Availability", "Availability must be 4,000 characters or fewer" },

        { "mechanism missing", Solicitor, form => form.Incident.Mechanism = null, "Incident.Mechanism", "Choose how the injury happened" },
        { "mechanism may be left out", Health, form => form.Incident.Mechanism = null, "Incident.Mechanism", null },
        { "incident’s date missing", Solicitor, form => form.Incident.Date = new(), "Incident.Date", "Date of the incident must be entered" },
        { "incident tomorrow", Solicitor, form => form.Incident.Date = new("24", "11", "2026"), "Incident.Date", "Date of the incident must not be in the future" },
        { "incident today", Solicitor, form => form.Incident.Date = new("23", "Nov", "2026"), "Incident.Date", null },
        { "incident before birth", Solicitor, form => form.Incident.Date = new("11", "3", "1984"), "Incident.Date", "Date of the incident must not be before the patient's date of birth" },
        { "account missing", Solicitor, form => form.Incident.Account = "", "Incident.Account", "Say briefly what happened" },
        { "not at work", Employer, form => form.Incident = new() { WorkRelated = false }, "Incident.Date", null },
        { "work or not, not said", Employer, form => form.Incident.WorkRelated = null, "Incident.WorkRelated", "Say whether the injury has to do with work" },
        { "work says one answer and not the other", Employer, form => form.Incident.WorkRelated = false, "Incident.WorkRelated", "You chose “workplace” below; say that the injury has to do with work, or choose another cause" },
        { "work brought it on, no cause", Employer, form => form.Incident.Mechanism = null, "Incident.Mechanism", "Choose how the injury happened" },
        { "work is not asked of others", Solicitor, form => form.Incident.WorkRelated = false, "Incident.WorkRelated", null },
        { "incident’s date not real", Health, form => form.Incident.Date = new("31", "6", "2026"), "Incident.Date", "Date of the incident must be a real date" },
        { "incident’s date may be left out", Health, form => form.Incident.Date = new(), "Incident.Date", null },
        { "at work, no date", Employer, form => (form.Incident.Mechanism, form.Incident.Date) = (IncidentMechanism.Workplace, new()), "Incident.Date", "Date of the incident must be entered" },
        { "at work, no account", Employer, form => (form.Incident.Mechanism, form.Incident.Account) = (IncidentMechanism.Workplace, ""), "Incident.Account", "Say briefly what happened" },

        { "no region", Solicitor, form => form.Injury.Regions = [], "Injury.Regions", "Choose at least one injured part of the body" },
        { "unknown region", Solicitor, form => form.Injury.Regions = [new("tail", BodySide.NotApplicable)], "Injury.Regions", "Choose parts of the body from the list" },
        { "knee without a side", Solicitor, form => form.Injury.Regions = [new("knee", BodySide.NotApplicable)], "Injury.Regions", "Choose left, right or both for: knee" },
        { "unknown condition", Solicitor, form => form.Injury.ConditionSlug = "no-such-condition", "Injury.ConditionInWords", "Choose a condition from the list, or describe it in your own words" },
        { "no condition", Solicitor, form => form.Injury.ConditionSlug = "", "Injury.ConditionInWords", "Choose the condition from the list, or describe it in your own words" },
        { "condition in words", Solicitor, form => (form.Injury.ConditionSlug, form.Injury.ConditionInWords) = ("", "Torn muscle"), "Injury.ConditionInWords", null },
        { "no symptoms", Solicitor, form => form.Injury.Symptoms = "", "Injury.Symptoms", "Describe the patient’s symptoms" },
        { "no pain given", Solicitor, form => form.Injury.Pain = null, "Injury.Pain", "Choose the patient’s pain now, from 0 to 10" },
        { "pain out of range", Solicitor, form => form.Injury.Pain = 11, "Injury.Pain", "Pain must be from 0 to 10" },
        { "no work status", Solicitor, form => form.Injury.WorkStatus = null, "Injury.WorkStatus", "Choose the patient’s work at present" },
        { "employer without the job", Employer, form => form.Injury.Occupation = "", "Injury.Occupation", "Enter the patient’s job" },
        { "health organisation without history", Health, form => form.Injury.ClinicalHistory = "", "Injury.ClinicalHistory", "Enter the relevant clinical history, or ‘none known’" },

        { "history is not an employer’s business", Employer, form => form.Injury.ClinicalHistory = new string('x', 5000), "Injury.ClinicalHistory", null },
        { "no medicines given", Health, form => form.Injury.Medication = "", "Injury.Medication", "Enter the medicines that the patient takes, or ‘none’" },
        { "no imaging given", Health, form => form.Injury.Imaging = "", "Injury.Imaging", "Enter the imaging done and its result, or ‘none’" },
        { "symptoms that cannot be seen", Solicitor, form => form.Injury.Symptoms = "\u200B\u2060 \u00AD", "Injury.Symptoms", "Describe the patient’s symptoms" },
        { "a character that cannot be kept", Solicitor, form => form.Injury.Symptoms = "stiff\0neck", "Injury.Symptoms", "Symptoms has a character that cannot be kept (it shows as �); delete it and type it again" },
        { "half an emoji", Solicitor, form => form.Claim.OurReference = "NL\uD83D1", "Claim.OurReference", "Your reference has a character that cannot be kept (it shows as �); delete it and type it again" },

        { "no job demands", Employer, form => form.Work.JobDemands = " ", "Work.JobDemands", "Say what the job asks of the body" },
        { "no present duties", Employer, form => form.Work.CurrentDuties = "", "Work.CurrentDuties", "Say what the patient does at work at present, or ‘none’" },
        { "no adjusted duties", Employer, form => form.Work.AdjustedDuties = "", "Work.AdjustedDuties", "Say which adjusted duties are possible, or ‘none’" },
        { "off sick since when", Employer, form => form.Work.AbsentSince = new(), "Work.AbsentSince", "First day of absence must be entered" },
        { "at work, no absence", Employer, form => (form.Injury.WorkStatus, form.Work.AbsentSince) = (WorkStatus.Working, new()), "Work.AbsentSince", null },
        { "absent from tomorrow", Employer, form => form.Work.AbsentSince = new("24", "11", "2026"), "Work.AbsentSince", "First day of absence must not be in the future" },
        { "absent before birth", Employer, form => form.Work.AbsentSince = new("11", "3", "1984"), "Work.AbsentSince", "First day of absence must not be before the patient's date of birth" },
        { "back yesterday", Employer, form => form.Work.ReturnTarget = new("22", "11", "2026"), "Work.ReturnTarget", "Target date for the return to work must be today or later" },
        { "back today", Employer, form => form.Work.ReturnTarget = new("23", "11", "2026"), "Work.ReturnTarget", null },
        { "no target", Employer, form => form.Work.ReturnTarget = new(), "Work.ReturnTarget", null },

        { "question without an answer", Solicitor, form => form.Safety.Answers.Remove("weight_loss"), "Safety.Answers.weight_loss", "Answer yes, no or not asked: unexplained weight loss" },
        { "answer to older words", Solicitor, form => form.Safety.Wordings["weight_loss"] = "2019-01", "Safety.Answers.weight_loss", "Answer again, the wording has changed: unexplained weight loss" },
        { "yes to older words stays yes", Solicitor, form => (form.Safety.Wordings["weight_loss"], form.Safety.Answers["weight_loss"]) = ("2019-01", RedFlagAnswer.Yes), "Safety.Answers.weight_loss", null },
        { "emergency, nobody told", Solicitor, Emergency, "Safety.ToldBy", "Enter who told the patient to get help now" },
        { "emergency, no day", Solicitor, Emergency, "Safety.ToldOn", "Date when the patient was told must be entered" },
        { "emergency, no time", Solicitor, Emergency, "Safety.ToldAt", "Enter the time when the patient was told, for example 14:30" },
        { "emergency, no way", Solicitor, Emergency, "Safety.ToldHow", "Say how the patient was told, for example by telephone" },
        { "told tomorrow", Solicitor, Emergency + (form => form.Safety.ToldOn = new("24", "11", "2026")), "Safety.ToldOn", "Date when the patient was told must not be in the future" },
        { "told later today", Solicitor, Emergency + (form => (form.Safety.ToldOn, form.Safety.ToldAt) = (new("23", "11", "2026"), "15:00")), "Safety.ToldAt", "The time when the patient was told must not be in the future" },
        { "told just now", Solicitor, Emergency + (form => (form.Safety.ToldOn, form.Safety.ToldAt) = (new("23", "11", "2026"), "14.30")), "Safety.ToldAt", null },
        { "urgent, nobody to name", Solicitor, form => form.Safety.Answers["weight_loss"] = RedFlagAnswer.Yes, "Safety.ToldBy", null },

        { "nobody instructed the intermediary", OrganisationKind.Intermediary, form => form.Claim.InstructingPartyName = " ", "Claim.InstructingPartyId", "Enter the organisation that instructed you" },
        { "instructed by one of the portal", OrganisationKind.Intermediary, form => (form.Claim.InstructingPartyName, form.Claim.InstructingPartyId) = ("", Guid.NewGuid()), "Claim.InstructingPartyId", null },
        { "instructed by a long name", OrganisationKind.Intermediary, form => form.Claim.InstructingPartyName = new string('x', 201), "Claim.InstructingPartyId", "The name of the organisation must be 200 characters or fewer" },
        { "a case manager may be instructed by nobody", OrganisationKind.CaseManager, form => form.Claim.InstructingPartyName = "", "Claim.InstructingPartyId", null },
        { "no claim type", Solicitor, form => form.Claim.Type = null, "Claim.Type", "Choose the type of claim" },
        { "no own reference", Solicitor, form => form.Claim.OurReference = "", "Claim.OurReference", "Enter your own reference for this client" },
        { "no liability", Solicitor, form => form.Claim.Liability = null, "Claim.Liability", "Choose the other side’s position on liability, or ‘not known’" },
        { "lower value not said", Solicitor, form => form.Claim.LowerValue = null, "Claim.LowerValue", "Say whether this is a lower-value claim" },
        { "employers have no claim", Employer, form => form.Claim = new(), "Claim.Type", null },

        { "nobody pays", Solicitor, form => form.Funding = new(), "Funding.Kind", "Choose who pays for the treatment" },
        { "a payer that is not offered", Solicitor, form => form.Funding.Kind = PayerKind.Nhs, "Funding.Kind", "Choose who pays for the treatment" },
        { "funder not picked", Solicitor, form => form.Funding.Kind = PayerKind.Funder, "Funding.PayerId", "Choose the insurer or funder from the list, or choose somebody else" },
        { "payer not named", Solicitor, form => form.Funding.PayerName = "", "Funding.PayerName", "Enter the name of whoever pays for the treatment" },
        { "no sessions", Solicitor, form => form.Funding.Sessions = "0", "Funding.Sessions", "Sessions authorised must be a whole number from 1 to 200" },
        { "half a session", Solicitor, form => form.Funding.Sessions = "1.5", "Funding.Sessions", "Sessions authorised must be a whole number from 1 to 200" },
        { "money in words", Solicitor, form => form.Funding.Pounds = "lots", "Funding.Pounds", "Amount authorised must be in pounds, for example 1,250.00" },
        { "tenths of a penny", Solicitor, form => form.Funding.Pounds = "1.005", "Funding.Pounds", "Amount authorised must be in pounds, for example 1,250.00" },
        { "money with a sign", Solicitor, form => form.Funding.Pounds = " £1,250.00 ", "Funding.Pounds", null },
        { "authority ran out", Solicitor, form => form.Funding.ExpiresOn = new("22", "11", "2026"), "Funding.ExpiresOn", "The authority has expired; enter a date from today on, or ask the payer to renew it" },
        { "authority ends today", Solicitor, form => form.Funding.ExpiresOn = new("23", "11", "2026"), "Funding.ExpiresOn", null },

        { "employer pays without an order", Employer, form => form.Funding.Reference = "", "Funding.Reference", "Enter the purchase order to quote on the invoice, or ‘none’" },
        { "somebody else pays the employer’s bill", Employer, form => form.Funding = new() { Kind = PayerKind.SomebodyElse, PayerName = "Ribble Insurance" }, "Funding.Reference", null },

        { "nothing asked for", Solicitor, form => form.Services.AskedFor = [], "Services.AskedFor", "Choose at least one thing that you are asking the clinic for" },
        { "no priority", Solicitor, form => form.Services.Priority = null, "Services.Priority", "Choose routine or urgent" },
        { "urgent without a reason", Solicitor, form => form.Services.Priority = Priority.Urgent, "Services.PriorityReason", "Say why the referral is urgent" },

        { "consent by nobody", Solicitor, form => form.Consent.TakenBy = "", "Consent.TakenBy", "Enter who took the patient’s consent" },
        { "consent tomorrow", Solicitor, form => form.Consent.TakenOn = new("24", "11", "2026"), "Consent.TakenOn", "Date of consent must not be in the future" },
        { "consent before birth", Solicitor, form => (form.Consent.TakenOn, form.Incident.Date) = (new("11", "3", "1984"), new()), "Consent.TakenOn", "Date of consent must not be before the patient's date of birth" },
        { "consent before the incident", Solicitor, form => form.Consent.TakenOn = new("31", "8", "2025"), "Consent.TakenOn", "Date of consent must not be before the incident" },
        { "consent on the day of the incident", Solicitor, form => form.Consent.TakenOn = new("1", "9", "2025"), "Consent.TakenOn", null },
        { "signed form, where", Solicitor, form => form.Consent.Method = ConsentMethod.InWriting, "Consent.SignedForm", "Say where the signed form is" },
        { "no signed form by word of mouth", Solicitor, form => form.Consent.Method = ConsentMethod.Verbally, "Consent.SignedForm", null },
        { "shared, but what", Solicitor, form => form.Consent.Covers = [], "Consent.Covers", "Choose what the clinic may share with them" },
        { "shared with nobody", Solicitor, form => (form.Consent.ShareWith, form.Consent.Covers) = ([], []), "Consent.Covers", null },
        { "who agreed for the child", Solicitor, form => form.OfAChild().Consent.GivenBy = null, "Consent.GivenBy", "Say who agreed to the referral" },
        { "agreed without parental responsibility", Solicitor, form => form.OfAChild().Patient.GuardianResponsibility = false, "Consent.GivenBy", "The parent or guardian whom you named has no parental responsibility; name somebody who has, or who agreed instead" },
        { "an adult agrees", Solicitor, form => form.Consent.GivenBy = null, "Consent.GivenBy", null },
        { "consent without a way", Solicitor, form => form.Consent.Method = null, "Consent.Method", "Choose how consent was given" },
        { "consent not confirmed", Solicitor, form => form.Consent.Confirmed = false, "Consent.Confirmed", "Confirm that the patient agrees to this referral and to sharing the information in it" },
    };

    [Theory]
    [MemberData(nameof(Rules))]
    public async Task A_field_says_what_is_wrong_with_it(string what, OrganisationKind kind, Action<ReferralForm> change, string field, string? words)
    {
        var errors = await Check(kind, change);
        Assert.True(words == errors.GetValueOrDefault(field), $"{what}: {errors.GetValueOrDefault(field) ?? "no error"}");
    }

    [Fact]
    public async Task Answers_only_ever_escalate()
    {
        var catalogue = await Catalogue();
        var safety = ExampleForms.Solicitor(catalogue).Safety;
        var question = catalogue.RedFlagQuestions.First(question => question.Tier == "emergency");

        safety.Give(question, RedFlagAnswer.Yes);
        Assert.Equal(RedFlagTier.Emergency, SafetyAnswers.Weigh(catalogue, safety).Tier);
        Assert.Equal([question], SafetyAnswers.NotYetRead(catalogue, safety));

        safety.Read.Add(question.Key);
        Assert.Empty(SafetyAnswers.NotYetRead(catalogue, safety));

        safety.Give(question, RedFlagAnswer.No);
        Assert.Equal(RedFlagTier.Urgent, SafetyAnswers.Weigh(catalogue, safety).Tier);
    }

    [Fact]
    public async Task A_slip_of_the_mouse_can_be_taken_back_before_it_is_acted_upon()
    {
        var catalogue = await Catalogue();
        var safety = ExampleForms.Solicitor(catalogue).Safety;
        var question = catalogue.RedFlagQuestions.First(question => question.Tier == "emergency");

        safety.Give(question, RedFlagAnswer.Yes);
        safety.TakeBack([question]);

        Assert.Null(safety.AnswerTo(question));
        Assert.Null(SafetyAnswers.Weigh(catalogue, safety).Tier);
    }

    async Task<IReadOnlyDictionary<string, string>> Check(OrganisationKind kind, Action<ReferralForm> change)
    {
        var catalogue = await Catalogue();
        var form = ExampleForms.Of(kind, catalogue);
        change(form);
        return ReferralFormRules.For(kind, catalogue, Clock).Check(form);
    }

    ValueTask<CatalogueContent> Catalogue() => new CatalogueStore(world.Sources, TimeProvider.System).Get(TestContext.Current.CancellationToken);

    sealed class FixedClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
