using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace ReferralPortal.EndToEnd.Tests;

/// <summary>One answer on a page of the form: how a person gives it, and how to see that it is there again.</summary>
abstract record Answer(string Label)
{
    public abstract Task Give(Visitor visitor);

    public abstract Task IsThere(Visitor visitor);
}

sealed record Typed(string Label, string Text) : Answer(Label)
{
    public override Task Give(Visitor visitor) => visitor.Fill(Label, Text);
    public override Task IsThere(Visitor visitor) => Expect(visitor.Field(Label)).ToHaveValueAsync(Text);
}

sealed record Dated(string Label, string Day, string Month, string Year) : Answer(Label)
{
    public static Dated On(string label, DateOnly day) => new(label, $"{day.Day}", $"{day.Month}", $"{day.Year}");
    public override Task Give(Visitor visitor) => visitor.FillDate(Label, Day, Month, Year);

    public override async Task IsThere(Visitor visitor)
    {
        await Expect(visitor.Group(Label).GetByLabel("Day")).ToHaveValueAsync(Day);
        await Expect(visitor.Group(Label).GetByLabel("Month")).ToHaveValueAsync(Month);
        await Expect(visitor.Group(Label).GetByLabel("Year")).ToHaveValueAsync(Year);
    }
}

sealed record Chosen(string Label, string Option) : Answer(Label)
{
    public override Task Give(Visitor visitor) => visitor.Choose(Label, Option);

    // The first: "Admitted" stands before "Admitted in part".
    public override Task IsThere(Visitor visitor) => Expect(visitor.Group(Label).GetByRole(AriaRole.Radio, new() { NameRegex = new Regex("^" + Regex.Escape(Option)) }).First).ToBeCheckedAsync();
}

sealed record Ticked(string Label, params string[] Options) : Answer(Label)
{
    public override async Task Give(Visitor visitor)
    {
        foreach (var option in Options) await visitor.Tick(Label, option);
    }

    public override async Task IsThere(Visitor visitor)
    {
        foreach (var option in Options) await Expect(visitor.Group(Label).GetByRole(AriaRole.Checkbox, new() { NameRegex = new Regex("^" + Regex.Escape(option)) })).ToBeCheckedAsync();
    }
}

sealed record Listed(string Label, string Option) : Answer(Label)
{
    ILocator In(Visitor visitor) => visitor.Page.GetByRole(AriaRole.Combobox, new() { NameRegex = new Regex("^" + Regex.Escape(Label)) });
    public override Task Give(Visitor visitor) => In(visitor).SelectOptionAsync(new SelectOptionValue { Label = Option });
    public override Task IsThere(Visitor visitor) => Expect(In(visitor).Locator("option:checked")).ToHaveTextAsync(Option);
}

/// <summary>Picked from what a box offers while one types.</summary>
sealed record Picked(string Label, string Text, string Entry) : Answer(Label)
{
    public override Task Give(Visitor visitor) => visitor.Pick(Label, Text, Entry);
    public override Task IsThere(Visitor visitor) => Expect(visitor.Page.GetByRole(AriaRole.Combobox, new() { NameRegex = new Regex("^" + Regex.Escape(Label)) })).ToHaveValueAsync(new Regex("^" + Regex.Escape(Entry)));
}

/// <summary>Typed into such a box, which has nothing like it.</summary>
sealed record Named(string Label, string Text) : Answer(Label)
{
    ILocator In(Visitor visitor) => visitor.Page.GetByRole(AriaRole.Combobox, new() { NameRegex = new Regex("^" + Regex.Escape(Label)) });
    public override Task Give(Visitor visitor) => In(visitor).FillAsync(Text);
    public override Task IsThere(Visitor visitor) => Expect(In(visitor)).ToHaveValueAsync(Text);
}

/// <summary>A place on the body chart, by its box in the list.</summary>
sealed record Injured(string Place) : Answer(Place)
{
    ILocator In(Visitor visitor) => visitor.Page.GetByRole(AriaRole.Checkbox, new() { Name = Place, Exact = true });
    public override Task Give(Visitor visitor) => In(visitor).CheckAsync();
    public override Task IsThere(Visitor visitor) => Expect(In(visitor)).ToBeCheckedAsync();
}

sealed record Checked(string Label) : Answer(Label)
{
    ILocator In(Visitor visitor) => visitor.Page.GetByRole(AriaRole.Checkbox, new() { NameRegex = new Regex("^" + Regex.Escape(Label)) });
    public override Task Give(Visitor visitor) => In(visitor).CheckAsync();
    public override Task IsThere(Visitor visitor) => Expect(In(visitor)).ToBeCheckedAsync();
}

/// <summary>Every safety question answered with no.</summary>
sealed record AllNo() : Answer("Safety questions")
{
    static ILocator In(Visitor visitor) => visitor.Page.Locator(".question").GetByRole(AriaRole.Radio, new() { Name = "No", Exact = true });

    public override async Task Give(Visitor visitor)
    {
        foreach (var no in await In(visitor).AllAsync()) await no.ClickAsync();
    }

    public override async Task IsThere(Visitor visitor)
    {
        foreach (var no in await In(visitor).AllAsync()) await Expect(no).ToBeCheckedAsync();
    }
}

/// <summary>The patient could not be asked the safety questions: one press for all of them.</summary>
sealed record NoneAsked() : Answer("Safety questions")
{
    public override async Task Give(Visitor visitor)
    {
        var rest = visitor.Page.GetByRole(AriaRole.Button, new() { NameRegex = new Regex("^The patient was not asked") });
        await rest.ClickAsync();
        await Expect(rest).ToHaveCountAsync(0);
    }

    public override async Task IsThere(Visitor visitor)
    {
        var notAsked = visitor.Page.Locator(".question").GetByRole(AriaRole.Radio, new() { Name = "Not asked", Exact = true });
        await Expect(notAsked.First).ToBeCheckedAsync();
        foreach (var answer in await notAsked.AllAsync()) await Expect(answer).ToBeCheckedAsync();
    }
}

/// <summary>Whoever fills the form in took the patient's consent: one press.</summary>
sealed record TakenByMe(string Name) : Answer("Who took the patient’s consent?")
{
    public override Task Give(Visitor visitor) => visitor.Page.GetByRole(AriaRole.Button, new() { NameRegex = new Regex("^I did:") }).ClickAsync();
    public override Task IsThere(Visitor visitor) => Expect(visitor.Field(Label)).ToHaveValueAsync(Name.Length > 0 ? new Regex(Regex.Escape(Name)) : new Regex("."));
}

/// <summary>One page of the form: its heading, the last segment of its address, and the answers in the order in which they are given.</summary>
sealed record FormPart(string Heading, string Segment, params Answer[] Answers);

/// <summary>What people of each kind of organisation answer, page by page.</summary>
static class Audiences
{
    static DateOnly Today => DateOnly.FromDateTime(DateTime.UtcNow);

    static Answer[] Adult(string givenName, string familyName) =>
    [
        new Typed("First name", givenName), new Typed("Last name", familyName), new Dated("Date of birth", "12", "3", "1984"), new Chosen("Sex", "Female"),
        new Typed("Address", "7 Weavers Court, Salford"), new Typed("Postcode", "M3 6BZ"),
        new Chosen("How does the patient prefer to be contacted?", "Phone"), new Typed("Telephone number", "07700 900123"),
    ];

    static FormPart RoadTraffic => new("The incident", "incident",
        new Listed("How did the injury happen?", "Road traffic collision"), new Dated("Date of the incident", "1", "9", "2025"), new Typed("What happened?", "Struck from behind while waiting at traffic lights."));

    static FormPart Whiplash(string symptoms, params Answer[] more) => new("The injury", "injury",
    [
        new Injured("Neck"), new Picked("What is the condition?", "whiplash", "Whiplash"), new Typed("Symptoms", symptoms), new Listed("Pain now, from 0 to 10", "6"), new Chosen("The patient’s work at present", "Working with adjusted duties"), .. more,
    ]);

    static FormPart Services => new("What is asked for", "services", new Ticked("What do you ask the clinic for?", "Initial assessment", "Treatment"), new Chosen("How soon?", "Routine"));

    static FormPart Consent(params Answer[] more) => new("Consent", "consent",
        [.. more, new TakenByMe(""), new Dated("On which day?", "2", "9", "2025"), new Chosen("How was it given?", "Verbally"), new Checked("I confirm")]);

    static FormPart ClaimOf(string reference, params Answer[] others) => new("The claim", "claim",
        [.. others, new Chosen("Type of claim", "Road traffic collision"), new Typed("Your reference", reference), new Chosen("Is it a lower-value claim?", "Yes"), new Chosen("The other side’s position on liability", "Admitted")]);

    static FormPart Insured => new("Funding", "funding",
        new Chosen("Who pays for the treatment?", "An insurer or other funder"), new Picked("Insurer or funder", "ribb", "Ribble Insurance"), new Typed("Sessions", "6"), new Typed("Amount in pounds", "450"));

    public static FormPart[] Solicitor(string givenName = "Niamh", string familyName = "O’Connor-Blythe", string symptoms = "Stiff neck, worse in the morning.") =>
    [
        new("The patient", "patient", Adult(givenName, familyName)), RoadTraffic, Whiplash(symptoms), new("Safety questions", "safety", new AllNo()),
        ClaimOf("NL/2026/00123", new Picked("Case manager", "penn", "Pennine Case Management")), Insured, Services,
        Consent(new Ticked("With whom may the clinic share reports?", "Us, who refer", "The case manager")),
    ];

    /// <summary>A case manager's, for a child whose mother agreed in writing; instructed by a firm that does not use the portal.</summary>
    public static FormPart[] CaseManager(string symptoms = "Limps after a long walk.") =>
    [
        new("The patient", "patient",
            new Typed("First name", "Idris"), new Typed("Last name", "Achebe"), Dated.On("Date of birth", Today.AddYears(-12)), new Chosen("Sex", "Male"),
            new Typed("Name of a parent or guardian", "Ngozi Achebe"), new Typed("How are they related to the patient?", "Mother"), new Typed("Telephone number of the parent or guardian", "07700 900124"),
            new Typed("Email address of the parent or guardian", "ngozi@example.org"), new Chosen("Have they parental responsibility?", "Yes"),
            new Typed("Address", "2 Kiln Yard, Stockport"), new Typed("Postcode", "SK4 2HL"), new Chosen("How does the patient prefer to be contacted?", "Post"), new Typed("Interpreter for which language?", "Igbo"),
            new Checked("The patient cannot travel")),
        RoadTraffic,
        new("The injury", "injury",
            new Injured("Left knee"), new Injured("Right ankle"), new Named("What is the condition?", "Bruised growth plate"), new Typed("Symptoms", symptoms), new Listed("Pain now, from 0 to 10", "4"), new Chosen("The patient’s work at present", "Student")),
        new("Safety questions", "safety", new NoneAsked()),
        ClaimOf("PCM-1234", new Named("Who instructed you?", "Thornley & Cross")),
        Insured,
        new("What is asked for", "services", new Ticked("What do you ask the clinic for?", "Immediate needs assessment"), new Chosen("How soon?", "Urgent"), new Typed("Why is it urgent?", "School sports begin in a month.")),
        new("Consent", "consent",
            new Chosen("The patient is under 18. Who agreed?", "The parent or guardian"), new Ticked("With whom may the clinic share reports?", "Us, who refer"), new Ticked("What may it share with them?", "What the patient is fit for at work"),
            new TakenByMe(""), new Dated("On which day?", "2", "9", "2025"), new Chosen("How was it given?", "In writing"), new Chosen("Where is the signed form?", "We hold it"), new Checked("I confirm")),
    ];

    /// <summary>An intermediary's, instructed by Northgate Law.</summary>
    public static FormPart[] Intermediary(string symptoms = "Cannot turn the head to the left.") =>
    [
        new("The patient", "patient", Adult("Yetunde", "Adebayo")), RoadTraffic, Whiplash(symptoms), new("Safety questions", "safety", new NoneAsked()),
        ClaimOf("MR26/1234", new Picked("Who instructed you?", "north", "Northgate Law")), Insured, Services,
        Consent(new Ticked("With whom may the clinic share reports?", "Us, who refer", "Whoever instructed us")),
    ];

    /// <summary>A health organisation's, without an NHS number and without an incident.</summary>
    public static FormPart[] HealthOrganisation(string symptoms = "Aches after gardening.") =>
    [
        new("The patient", "patient",
            [.. Adult("Siân", "Prydderch"), new Checked("The NHS number is not known"), new Typed("Why is it not known?", "New to the country"), new Typed("GP practice", "Chapel Street Surgery"), new Typed("GP practice code", "P84012")]),
        new("The incident", "incident"),
        Whiplash(symptoms, new Typed("Relevant clinical history", "Low back pain in 2019, settled."), new Typed("Medicines", "Amlodipine 5 mg"), new Typed("Imaging done", "X-ray in September: no fracture.")),
        new("Safety questions", "safety", new NoneAsked()),
        new("Funding", "funding", new Chosen("Who pays for the treatment?", "The NHS")), Services,
        Consent(new Ticked("With whom may the clinic share reports?", "Us, who refer")),
    ];

    /// <summary>An employer's, after an accident at work.</summary>
    public static FormPart[] Employer(string symptoms = "Pain when lifting above the shoulder.") =>
    [
        new("The patient", "patient", Adult("Dougal", "Fairhurst")),
        new("The incident", "incident",
            new Chosen("Has the injury to do with work?", "Yes"), new Listed("How did the injury happen?", "Workplace"), new Dated("Date of the incident", "1", "9", "2025"), new Typed("What happened?", "Lifted a pallet and felt the shoulder give.")),
        new("The injury", "injury",
            new Injured("Left shoulder"), new Named("What is the condition?", "Strained shoulder"), new Typed("Symptoms", symptoms), new Listed("Pain now, from 0 to 10", "7"), new Chosen("The patient’s work at present", "Off sick"), new Typed("Occupation", "Warehouse picker")),
        new("Fitness for work", "work",
            new Typed("What does the job ask of the body?", "Lifts up to 20 kg all day."), new Typed("What does the patient do at work at present?", "None"), new Typed("Which adjusted duties are possible?", "Checking deliveries, seated."),
            new Dated("First day of absence", "2", "9", "2025"), Dated.On("Target date for the return to work", Today.AddMonths(2))),
        new("Safety questions", "safety", new NoneAsked()),
        new("Funding", "funding", new Chosen("Who pays for the treatment?", "We pay, as the employer"), new Typed("Purchase order", "PO 40012345")), Services,
        Consent(new Ticked("With whom may the clinic share reports?", "Us, who refer")),
    ];

    /// <summary>Whoever refers, and what they answer.</summary>
    public static (string Person, FormPart[] Parts) Of(string kind, string? symptoms = null) => kind switch
    {
        "solicitor" => (People.Solicitor, symptoms is null ? Solicitor() : Solicitor(symptoms: symptoms)),
        "case manager" => (People.CaseManager, symptoms is null ? CaseManager() : CaseManager(symptoms)),
        "intermediary" => (People.Intermediary, symptoms is null ? Intermediary() : Intermediary(symptoms)),
        "health organisation" => (People.Health, symptoms is null ? HealthOrganisation() : HealthOrganisation(symptoms)),
        "employer" => (People.Employer, symptoms is null ? Employer() : Employer(symptoms)),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };
}
