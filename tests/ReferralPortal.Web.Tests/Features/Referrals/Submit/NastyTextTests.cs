using System.Reflection;
using System.Text;
using Bunit;
using Microsoft.Extensions.DependencyInjection;
using ReferralPortal.Domain.Organisations;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Components.Forms;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Referrals.Submit;
using ReferralPortal.Web.Features.Referrals.Submit.Drafts;
using ReferralPortal.Web.Features.Referrals.View;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Tests.Features.Referrals.Submit;

/// <summary>
/// Every text of the form with every nasty string: it comes back from the draft, and from the referral, as it was typed, or the form says beside
/// that very field what is wrong with it. Many strings share a form, each field one further along the list than the field before, so that after as
/// many forms as there are strings every pair has been met.
/// </summary>
public sealed class NastyTextTests(PortalTestDatabase world) : IClassFixture<PortalTestDatabase>
{
    const int AtOnce = 4;

    static CancellationToken Ct => Xunit.TestContext.Current.CancellationToken;

    /// <summary>A text of the form: where it is typed, and where the referral shows it (nowhere for a number, a date or a code, which are read and shown anew).</summary>
    sealed record TextField(string Path, Action<ReferralForm, string> Type, Func<ReferralForm, string> Typed, Func<ReferralView, string?>? Shown, bool IsName = false);

    static readonly Dictionary<string, Func<ReferralView, string?>> ShownAs = new()
    {
        ["Patient.GivenName"] = view => view.Header.GivenName,
        ["Patient.FamilyName"] = view => view.Header.FamilyName,
        ["Patient.GuardianName"] = view => view.Contact!.GuardianName,
        ["Patient.GuardianRelationship"] = view => view.Contact!.GuardianRelationship,
        ["Patient.GuardianEmail"] = view => view.Contact!.GuardianEmail,
        ["Patient.Address"] = view => view.Contact!.Address,
        ["Patient.Email"] = view => view.Contact!.Email,
        ["Patient.Availability"] = view => view.Contact!.Availability,
        ["Patient.NhsNumberNotKnownReason"] = view => view.Contact!.NhsNumberUnknownReason,
        ["Patient.GpPracticeName"] = view => view.Contact!.GpPracticeName,
        ["Patient.InterpreterLanguage"] = view => view.Contact!.InterpreterLanguage,
        ["Patient.CommunicationNeeds"] = view => view.Contact!.CommunicationNeeds,
        ["Patient.AccessNeeds"] = view => view.Contact!.AccessNeeds,
        ["Incident.Account"] = view => view.Incident!.Account,
        ["Injury.ConditionInWords"] = view => view.Injury!.Condition,
        ["Injury.Symptoms"] = view => view.Clinical!.Symptoms,
        ["Injury.Onset"] = view => view.Clinical!.Onset,
        ["Injury.Occupation"] = view => view.Work!.Occupation,
        ["Injury.ClinicalHistory"] = view => view.Clinical!.ClinicalHistory,
        ["Injury.Medication"] = view => view.Clinical!.Medication,
        ["Injury.Imaging"] = view => view.Clinical!.Imaging,
        ["Work.JobDemands"] = view => view.Work!.JobDemands,
        ["Work.CurrentDuties"] = view => view.Work!.CurrentDuties,
        ["Work.AdjustedDuties"] = view => view.Work!.AdjustedDuties,
        ["Safety.ToldBy"] = view => view.Safety!.ToldBy,
        ["Safety.ToldHow"] = view => view.Safety!.ToldHow,
        ["Claim.InstructingPartyName"] = view => view.Claim!.InstructingPartyName,
        ["Claim.OurReference"] = view => view.Claim!.OurReference,
        ["Claim.ClaimReference"] = view => view.Claim!.ClaimReference,
        ["Claim.OtherInsurer"] = view => view.Claim!.OtherInsurer,
        ["Claim.OtherInsurerReference"] = view => view.Claim!.OtherInsurerReference,
        ["Funding.PayerName"] = view => view.Funding!.PayerName,
        ["Funding.Reference"] = view => view.Funding!.PurchaseOrder,
        ["Services.PriorityReason"] = view => view.Clinical!.PriorityReason,
        ["Services.Notes"] = view => view.Clinical!.Notes,
        ["Consent.TakenBy"] = view => view.Consent!.TakenBy,
        ["Consent.Words"] = view => view.Consent!.Words == ReferralForm.ConsentWords ? null : view.Consent.Words,
    };

    // Read and shown anew, or a key of the catalogue.
    static readonly string[] NotShownAsTyped = ["Patient.Postcode", "Patient.Phone", "Patient.GuardianPhone", "Patient.NhsNumber", "Patient.GpPracticeCode", "Injury.ConditionSlug", "Safety.ToldAt", "Funding.Sessions", "Funding.Pounds"];

    static readonly IReadOnlyList<TextField> Fields = [.. AllTexts()];

    [Fact]
    public void Every_text_of_the_form_is_among_them() =>
        Assert.Equal(ShownAs.Keys.Concat(NotShownAsTyped).Order(), Fields.Where(field => !field.Path.Contains(':')).Select(field => field.Path).Order());

    [Fact]
    public async Task Every_text_comes_back_from_the_draft_as_it_was_typed()
    {
        var strings = await NastyStrings.All();
        var solicitor = await world.Actor(People.Solicitor);
        var (save, load) = (new SaveDraft(world.Database), new LoadDraft(world.Database));
        await InParallel(strings.Count, async round =>
        {
            var id = (await new StartDraft(world.Database).Handle(solicitor, Ct)).Value;
            var form = new ReferralForm();
            for (var place = 0; place < Fields.Count; place++) Fields[place].Type(form, strings[(round + place) % strings.Count]);
            Assert.True((await save.Handle(solicitor, new(id, 1, form), Ct)).IsDone);
            var kept = (await load.Handle(solicitor, id, Ct)).Value!.Form;
            for (var place = 0; place < Fields.Count; place++)
            {
                var typed = strings[(round + place) % strings.Count];
                if (Fields[place].Typed(kept) is var text && text != Signed(typed)) Assert.Fail($"{Fields[place].Path}: {Shown(typed)} came back as {Shown(text)}");
            }
        });
    }

    [Theory]
    [InlineData(OrganisationKind.Intermediary, People.Intermediary)]
    [InlineData(OrganisationKind.HealthOrganisation, People.Health)]
    [InlineData(OrganisationKind.Employer, People.Employer)]
    public async Task Every_text_is_refused_beside_its_field_or_shown_on_the_referral_as_it_was_typed(OrganisationKind kind, string person)
    {
        var strings = await NastyStrings.All();
        var catalogue = new CatalogueStore(world.Sources, TimeProvider.System);
        var content = await catalogue.Get(Ct);
        var (referrer, clinic) = (await world.Actor(person), await world.Actor(People.Triage));
        var rules = ReferralFormRules.For(kind, content, TimeProvider.System);
        var submit = new SubmitReferral(world.Database, catalogue, new FormOrganisations(world.Database), TimeProvider.System);
        // The intermediary's form meets what all kinds are asked; the others' what they are asked beyond it.
        var fields = Fields.Where(field => field.Path != "Injury.ConditionSlug" && rules.NeedOf(Example(kind, content), Asked(field.Path)) != Need.Absent && (kind == OrganisationKind.Intermediary || FormFields.Rule(Asked(field.Path), OrganisationKind.Intermediary) != FormFields.Rule(Asked(field.Path), kind))).ToList();
        var (shown, refused) = (0, 0);

        await InParallel(strings.Count, async round =>
        {
            var form = Example(kind, content);
            var typed = fields.Select((field, place) => (Field: field, Text: strings[(round + place) % strings.Count])).ToList();
            foreach (var (field, text) in typed) field.Type(form, text);

            // What is wrong is put right, field by field, as a person would; a date of birth that can be read again makes others be asked again.
            var good = Example(kind, content);
            for (var errors = rules.Check(form); errors.Count > 0; errors = rules.Check(form))
            {
                var wrong = typed.Where(entry => errors.ContainsKey(Asked(entry.Field.Path))).ToList();
                if (wrong.Count == 0) Assert.Fail($"After every field with an error was put right: {string.Join("; ", errors)}");
                foreach (var (field, text) in wrong)
                {
                    Assert.False(string.IsNullOrWhiteSpace(errors[Asked(field.Path)]));
                    field.Type(form, field.Typed(good));
                    typed.Remove((field, text));
                    Interlocked.Increment(ref refused);
                }
            }
            var outcome = await submit.Handle(referrer, new(Guid.CreateVersion7(), form), Ct);
            Assert.True(outcome.IsDone, $"Round {round}: {outcome.Failure}");
            var view = (await new ViewReferral(world.Database).Handle(clinic, outcome.Value!.Reference, Ct)).Value!;
            foreach (var (field, text) in typed)
                if (field.Shown is { } read)
                {
                    var expected = text.Trim() is { Length: > 0 } trimmed ? field.IsName ? trimmed.Normalize(NormalizationForm.FormC) : trimmed : null;
                    if (read(view) != expected) Assert.Fail($"{field.Path}: {Shown(text)} is shown as {Shown(read(view))}");
                    Interlocked.Increment(ref shown);
                }
        });
        Xunit.TestContext.Current.TestOutputHelper!.WriteLine($"{strings.Count} strings in {fields.Count} fields: {shown} shown as typed, {refused} refused beside their field.");
        Assert.True(shown > strings.Count && refused > 0);
    }

    [Fact]
    public async Task The_page_shows_them_as_text()
    {
        var referrer = await world.Actor(People.Health);
        string[] hard = ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "=cmd|' /C calc'!A0", "&amp;&lt;", "\u202Egnp.exe", "👩‍👩‍👧‍👦 李 阮氏", "'; drop table patient; --", "line one\nline two"];
        var content = await new CatalogueStore(world.Sources, TimeProvider.System).Get(Ct);
        var (_, reference) = await ExampleForms.Submitted(world, referrer, form =>
        {
            (form.Patient.GivenName, form.Patient.Address, form.Injury.Symptoms, form.Injury.ClinicalHistory) = (hard[0], hard[7], hard[1], hard[5]);
            (form.Injury.Medication, form.Injury.Imaging, form.Services.Notes, form.Incident.Account) = (hard[2], hard[3], hard[4], hard[6]);
        });
        var view = (await new ViewReferral(world.Database).Handle(await world.Actor(People.Triage), reference, Ct)).Value!;
        await using var browser = new BunitContext();
        browser.JSInterop.Mode = JSRuntimeMode.Loose;
        browser.Services.AddSingleton(TimeProvider.System);
        var page = browser.Render<DetailsTab>(tab => tab.Add(details => details.Referral, view).Add(details => details.Catalogue, content));
        var answers = page.FindAll("dd").Select(answer => answer.TextContent).ToList();
        foreach (var text in hard) Assert.Contains(answers, answer => answer.Contains(text, StringComparison.Ordinal));
        Assert.Empty(page.FindAll("script, img"));
    }

    /// <summary>A form on which every text that the kind may be asked is asked: a child, an emergency, urgent, paid for by somebody named.</summary>
    static ReferralForm Example(OrganisationKind kind, CatalogueContent content)
    {
        var form = ExampleForms.Of(kind, content).OfAChild();
        (form.Injury.ConditionSlug, form.Injury.ConditionInWords) = ("", "Torn muscle");
        form.Safety.Answers["cauda_equina"] = RedFlagAnswer.Yes;
        (form.Safety.ToldBy, form.Safety.ToldOn, form.Safety.ToldAt, form.Safety.ToldHow) = ("Amara Okafor", new("1", "10", "2025"), "09:05", "By telephone");
        (form.Services.Priority, form.Services.PriorityReason) = (Priority.Urgent, "Getting worse");
        (form.Funding.Sessions, form.Funding.Reference) = ("6", "PO 1");
        if (kind == OrganisationKind.Intermediary) (form.Funding.Kind, form.Funding.PayerName) = (PayerKind.SomebodyElse, "Ribble Insurance");
        if (kind == OrganisationKind.HealthOrganisation) (form.Patient.NhsNumber, form.Patient.NhsNumberNotKnown, form.Patient.NhsNumberNotKnownReason) = ("", true, "New to the country");
        form.Work.ReturnTarget = DateParts.Empty;
        return form;
    }

    /// <summary>Where the form says what is wrong with a text.</summary>
    static string Asked(string path) => path.Split(':')[0] switch
    {
        "Injury.ConditionSlug" => "Injury.ConditionInWords",
        "Claim.InstructingPartyName" => "Claim.InstructingPartyId",
        var field => field,
    };

    /// <summary>What a draft keeps of it: what is no character has a sign in its place.</summary>
    static string Signed(string text)
    {
        var kept = new StringBuilder();
        foreach (var letter in text.EnumerateRunes()) kept.Append(letter.Value == 0 ? "\uFFFD" : letter.ToString());
        return kept.ToString();
    }

    static string Shown(string? text) => text is null ? "nothing" : $"“{(text.Length > 60 ? text[..60] + "…" : text)}” ({string.Join(' ', text.Take(12).Select(letter => ((int)letter).ToString("X4")))})";

    static IEnumerable<TextField> AllTexts()
    {
        foreach (var part in typeof(ReferralForm).GetProperties().Where(part => part.PropertyType.DeclaringType == typeof(ReferralForm)))
            foreach (var property in part.PropertyType.GetProperties())
            {
                var path = $"{part.Name}.{property.Name}";
                if (property.PropertyType == typeof(string))
                    yield return new(path, (form, text) => property.SetValue(part.GetValue(form), text), form => (string)property.GetValue(part.GetValue(form))!, ShownAs.GetValueOrDefault(path),
                        path is "Patient.GivenName" or "Patient.FamilyName" or "Patient.GuardianName");
                else if (property.PropertyType == typeof(DateParts))
                    foreach (var third in typeof(DateParts).GetProperties().Where(third => third.PropertyType == typeof(string)))
                        yield return new($"{path}:{third.Name}", (form, text) => Set(form, part, property, third, text), form => (string)third.GetValue(property.GetValue(part.GetValue(form)))!, null);
            }
    }

    static void Set(ReferralForm form, PropertyInfo part, PropertyInfo property, PropertyInfo third, string text)
    {
        var date = (DateParts)property.GetValue(part.GetValue(form))!;
        property.SetValue(part.GetValue(form), third.Name switch
        {
            nameof(DateParts.Day) => date with { Day = text },
            nameof(DateParts.Month) => date with { Month = text },
            _ => date with { Year = text },
        });
    }

    static Task InParallel(int rounds, Func<int, Task> round) =>
        Parallel.ForEachAsync(Enumerable.Range(0, rounds), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = Ct }, async (number, _) => await round(number));
}
