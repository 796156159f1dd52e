using CsCheck;
using Dapper;
using ReferralPortal.Domain;
using ReferralPortal.Domain.Organisations;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Referrals.Import;
using ReferralPortal.Web.Features.Referrals.Submit;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Platform.Spreadsheets;

namespace ReferralPortal.Web.Tests.Features.Referrals.Import;

public sealed class ImportColumnsTests(PortalTestDatabase world) : IClassFixture<PortalTestDatabase>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static readonly TheoryData<OrganisationKind> Kinds =
        [OrganisationKind.Solicitor, OrganisationKind.CaseManager, OrganisationKind.Intermediary, OrganisationKind.HealthOrganisation, OrganisationKind.Employer];

    async Task<CatalogueContent> Catalogue() => await world.Catalogue().Get(Ct);

    async Task<List<ListedOrganisation>> Organisations()
    {
        await using var owner = await world.Owner();
        return (await owner.QueryAsync<ListedOrganisation>("select id, name, kind from organisation")).AsList();
    }

    static Dictionary<string, string> Wordings(CatalogueContent catalogue) => catalogue.RedFlagQuestions.ToDictionary(question => question.Key, question => question.WordingVersion);

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_form_written_as_a_row_and_read_again_is_the_same_form(OrganisationKind kind)
    {
        var (catalogue, organisations) = (await Catalogue(), await Organisations());
        var columns = ImportColumns.For(kind, catalogue);
        var lists = new ImportLists(kind, catalogue, organisations);
        var rules = ReferralFormRules.For(kind, catalogue, TimeProvider.System);
        Gen.Int.Sample(seed =>
        {
            var form = RandomForms.Make(seed, kind, catalogue, organisations);
            Assert.Empty(rules.Check(form));
            var read = RowReading.Read(RowReading.Write(form, columns, lists), columns, lists, Wordings(catalogue));
            Assert.Empty(read.Problems);
            Assert.Equal(PortalJson.Text(form), PortalJson.Text(read.Form));
        }, iter: 60, threads: 1);
    }

    [Theory]
    [InlineData(SpreadsheetFormat.Csv)]
    [InlineData(SpreadsheetFormat.Xlsx)]
    public async Task It_is_also_the_same_after_a_file(SpreadsheetFormat format)
    {
        var (catalogue, organisations) = (await Catalogue(), await Organisations());
        var columns = ImportColumns.For(OrganisationKind.Intermediary, catalogue);
        var lists = new ImportLists(OrganisationKind.Intermediary, catalogue, organisations);
        var forms = Enumerable.Range(0, 40).Select(seed => RandomForms.Make(seed, OrganisationKind.Intermediary, catalogue, organisations)).ToList();
        using var file = new MemoryStream();
        await SpreadsheetWriter.Write(file, format, [new Sheet("Rows", SpreadsheetWriter.Of(
        [
            [.. columns.Select(column => column.Name)],
            .. forms.Select(IReadOnlyList<string> (form) => [.. columns.Select(column => column.Cell.Write(form, lists))]),
        ]))], Ct);
        file.Position = 0;

        var sheet = (await SpreadsheetReader.Read(file, new(), Ct)).Value!;
        var mapping = ImportMapping.Guess(sheet.Headings, columns);
        Assert.Equal(columns.Select(column => column.Field), mapping.OrderBy(one => one.Value).Select(one => one.Key));
        foreach (var (form, row) in forms.Zip(sheet.Rows))
            Assert.Equal(PortalJson.Text(form), PortalJson.Text(RowReading.Read(mapping.ToDictionary(one => one.Key, one => row.Cells[one.Value]), columns, lists, Wordings(catalogue)).Form));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Every_field_that_a_form_needs_has_a_column_and_no_heading_means_two(OrganisationKind kind)
    {
        var catalogue = await Catalogue();
        var columns = ImportColumns.For(kind, catalogue);
        Assert.Subset(columns.Select(column => column.Field).ToHashSet(), ImportColumns.Required(ReferralFormRules.For(kind, catalogue, TimeProvider.System)).ToHashSet());
        Assert.Equal(columns.Count, columns.Select(column => ImportCell.Plain(column.Name)).Distinct().Count());
        Assert.Equal(columns.Count, columns.Select(column => column.Field).Distinct().Count());
        Assert.All(columns, column => Assert.Contains(column.Part, FormParts.For(kind)));
    }

    // A new field of the form needs a line in the table of columns, or one here that says why it cannot be imported.
    static readonly string[] NotInFiles =
    [
        "Patient.SomebodyElse", "Services.PreferredClinicId", "Consent.Words", // chosen beside what a page suggests, or words that the organisation has settled
        "Injury.ConditionSlug", // the column of ConditionInWords takes both
        "Safety.Answers", "Safety.Wordings", "Safety.Read", "Safety.OnceYes", // a column for each question; the others follow from answers on a page
        "Safety.ToldBy", "Safety.ToldOn", "Safety.ToldAt", "Safety.ToldHow", // asked on the page that an emergency answer leads to
    ];

    [Fact]
    public async Task Every_field_of_the_form_has_a_column()
    {
        var catalogue = await Catalogue();
        var columns = Enum.GetValues<OrganisationKind>().SelectMany(kind => ImportColumns.For(kind, catalogue)).Select(column => column.Field).ToHashSet();
        var fields = Enum.GetNames<FormSection>().Where(part => part != nameof(FormSection.Documents)).SelectMany(part => typeof(ReferralForm).GetProperty(part)!.PropertyType.GetProperties().Where(field => field.CanWrite).Select(field => $"{part}.{field.Name}"));
        Assert.Equal(NotInFiles.Order(), fields.Where(field => !columns.Contains(field)).Order());
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task The_templates_example_is_right_in_everything_but_that_it_is_an_example(OrganisationKind kind)
    {
        var catalogue = await Catalogue();
        foreach (var format in Enum.GetValues<SpreadsheetFormat>())
        {
            using var file = new MemoryStream();
            await SpreadsheetWriter.Write(file, format, ImportTemplate.Sheets(kind, catalogue, format, TimeProvider.System), Ct);
            file.Position = 0;
            var sheet = (await SpreadsheetReader.Read(file, new(), Ct)).Value!;

            var columns = ImportColumns.For(kind, catalogue);
            var mapping = ImportMapping.Guess(sheet.Headings, columns);
            Assert.True(ImportMapping.IsPlain(mapping, sheet.Headings, columns.Select(column => column.Field).ToHashSet(), columns));
            var row = Assert.Single(sheet.Rows);
            var read = RowReading.Read(mapping.ToDictionary(one => one.Key, one => row.Cells[one.Value]), columns, new ImportLists(kind, catalogue, []), Wordings(catalogue));
            Assert.Contains("template’s example", Assert.Single(read.Problems).Value);
            Assert.Equal("Patient.FamilyName", read.Problems.Keys.Single());
            Assert.Empty(ReferralFormRules.For(kind, catalogue, TimeProvider.System).Check(read.Form));
        }
    }

    [Fact]
    public async Task Others_headings_are_understood()
    {
        var columns = ImportColumns.For(OrganisationKind.Solicitor, await Catalogue());
        var mapping = ImportMapping.Guess(["Surname", "FORENAME", "d.o.b.", "Post Code", "Mobile", "Accident date", "Matter number", "Shoe size"], columns);
        Assert.Equal(
            new Dictionary<string, int> { ["Patient.FamilyName"] = 0, ["Patient.GivenName"] = 1, ["Patient.DateOfBirth"] = 2, ["Patient.Postcode"] = 3, ["Patient.Phone"] = 4, ["Incident.Date"] = 5, ["Claim.OurReference"] = 6 },
            mapping);
        Assert.False(ImportMapping.IsPlain(mapping, ["Surname"], new HashSet<string> { "Patient.Sex" }, columns));
    }

    [Theory]
    [InlineData("Patient.DateOfBirth", "1984-03-12", null)]
    [InlineData("Patient.DateOfBirth", "12 March 1984", null)]
    [InlineData("Patient.DateOfBirth", "12/03/1984 00:00:00", null)]
    [InlineData("Patient.DateOfBirth", "30753", "counts it")]
    [InlineData("Patient.DateOfBirth", "yesterday", "is not a date")]
    [InlineData("Patient.Phone", "1614960123", "0161 496 0123|zero at the beginning is lost")]
    [InlineData("Patient.Phone", "4.4161E+11", "shortened")]
    [InlineData("Patient.NhsNumber", "943476591", null)]
    [InlineData("Patient.Sex", "F", "is not one of: Female, Male")]
    [InlineData("Patient.Sex", "female", null)]
    [InlineData("Patient.HomeVisitNeeded", "perhaps", "neither yes nor no")]
    [InlineData("Injury.Regions", "left knee; NECK", null)]
    [InlineData("Injury.Regions", "Knee (right)", null)]
    [InlineData("Injury.Regions", "left neck", "leave out left or right")]
    [InlineData("Injury.Regions", "wing", "no part of the body")]
    [InlineData("Injury.Pain", "bad", "is not a whole number")]
    [InlineData("Injury.Symptoms", "#REF!", "came to nothing")]
    [InlineData("Claim.CaseManagerId", "Nobody & Sons", "No case manager with the name")]
    [InlineData("Funding.Kind", "NHS", "is not one of")]
    [InlineData("Safety.Answers.cauda_equina", "dunno", "yes, no, not asked")]
    [InlineData("Services.AskedFor", "Treatment; magic", "Put a semicolon")]
    public async Task What_cannot_be_read_says_why(string field, string text, string? words)
    {
        var catalogue = await Catalogue();
        var columns = ImportColumns.For(OrganisationKind.Solicitor, catalogue);
        var read = RowReading.Read(new Dictionary<string, string> { [field] = text }, columns, new ImportLists(OrganisationKind.Solicitor, catalogue, await Organisations()), Wordings(catalogue));
        if (words is null) Assert.Empty(read.Problems);
        else Assert.Contains(words.Split('|')[^1], read.Problems[field]);
    }

    [Fact]
    public async Task A_row_says_the_same_however_its_file_is_laid_out()
    {
        var catalogue = await Catalogue();
        var columns = ImportColumns.For(OrganisationKind.Solicitor, catalogue);
        var lists = new ImportLists(OrganisationKind.Solicitor, catalogue, []);
        ReadRow Read(params (string Field, string Text)[] texts) => RowReading.Read(texts.ToDictionary(one => one.Field, one => one.Text), columns, lists, Wordings(catalogue));
        var one = Read(("Patient.GivenName", "Zoë"), ("Patient.DateOfBirth", "12/03/1984"), ("Patient.Sex", "Female"));
        Assert.Equal(one.Digest, Read(("Patient.Sex", "female"), ("Patient.DateOfBirth", "1984-03-12"), ("Patient.GivenName", "Zoë"), ("Injury.Symptoms", " ")).Digest);
        Assert.NotEqual(one.Digest, Read(("Patient.GivenName", "Zoe"), ("Patient.DateOfBirth", "12/03/1984"), ("Patient.Sex", "Female")).Digest);
    }
}
