using System.Reflection;
using ReferralPortal.Domain.Organisations;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Referrals.Submit;

namespace ReferralPortal.Web.Tests.Features.Referrals.Submit;

/// <summary>The table of fields against the form, and the rules against the table.</summary>
public sealed class FormFieldsTests(PortalTestDatabase world) : IClassFixture<PortalTestDatabase>
{
    static readonly OrganisationKind[] Audiences =
        [OrganisationKind.Solicitor, OrganisationKind.CaseManager, OrganisationKind.Intermediary, OrganisationKind.HealthOrganisation, OrganisationKind.Employer];

    // Not asked by themselves: the second half of a field that is in the table, or what the page notes down about an answer.
    static readonly string[] WithAnotherField = ["Injury.ConditionSlug", "Patient.SomebodyElse", "Claim.InstructingPartyName", "Safety.Wordings", "Safety.Read", "Safety.OnceYes", "Funding.WhoPays"];

    [Fact]
    public void Every_property_of_the_form_is_in_the_table_and_nothing_else_is() =>
        Assert.Equal(
            FormPaths().Select(property => property.Path).Except(WithAnotherField).Order(),
            FormFields.All.Order());

    [Fact]
    public void What_single_kinds_are_asked_beyond_the_others_is_this()
    {
        string[] Own(OrganisationKind kind) => [.. FormFields.All.Where(field => FormFields.MayAsk(field, kind) && Audiences.Where(other => other != kind).All(other => !FormFields.MayAsk(field, other)))];
        Assert.Empty(Own(OrganisationKind.Solicitor));
        Assert.Empty(Own(OrganisationKind.CaseManager));
        Assert.Empty(Own(OrganisationKind.Intermediary));
        Assert.Equal(["Patient.NhsNumberNotKnown", "Patient.NhsNumberNotKnownReason", "Injury.Medication", "Injury.Imaging"], Own(OrganisationKind.HealthOrganisation));
        Assert.Equal(["Incident.WorkRelated", "Work.JobDemands", "Work.CurrentDuties", "Work.AdjustedDuties", "Work.AbsentSince", "Work.ReturnTarget"], Own(OrganisationKind.Employer));
    }

    [Fact]
    public void Those_who_do_not_refer_are_asked_nothing()
    {
        foreach (var kind in (OrganisationKind[])[OrganisationKind.Funder, OrganisationKind.ClinicGroup])
            Assert.DoesNotContain(FormFields.All, field => FormFields.MayAsk(field, kind));
    }

    [Theory]
    [InlineData(OrganisationKind.Solicitor)]
    [InlineData(OrganisationKind.CaseManager)]
    [InlineData(OrganisationKind.Intermediary)]
    [InlineData(OrganisationKind.HealthOrganisation)]
    [InlineData(OrganisationKind.Employer)]
    public async Task A_field_left_empty_is_an_error_exactly_where_the_table_requires_it(OrganisationKind kind)
    {
        var catalogue = await Catalogue();
        var rules = ReferralFormRules.For(kind, catalogue, TimeProvider.System);
        foreach (var child in (bool[])[false, true])
            foreach (var field in FormFields.All)
            {
                var form = ExampleForms.Of(kind, catalogue);
                if (child) form.OfAChild();
                Empty(form, field);
                var need = rules.NeedOf(form, field);
                var found = rules.Check(form).Keys.Any(path => path == field || path.StartsWith(field + ".", StringComparison.Ordinal));
                Assert.True(found == (need == Need.Required), $"{field}, empty, is {need} for {kind}{(child ? ", a child" : "")}, and there is {(found ? "an error" : "none")}.");
            }
    }

    [Fact]
    public async Task What_is_not_asked_is_not_checked()
    {
        var catalogue = await Catalogue();
        foreach (var kind in Audiences)
        {
            var rules = ReferralFormRules.For(kind, catalogue, TimeProvider.System);
            var form = ExampleForms.Of(kind, catalogue);
            foreach (var (path, part, property) in FormPaths())
                if (property.PropertyType == typeof(string) && !WithAnotherField.Contains(path) && rules.NeedOf(form, path) == Need.Absent)
                    property.SetValue(part.GetValue(form), new string('x', 5000) + "\0");
            Assert.Empty(rules.Check(form));
        }
    }

    static void Empty(ReferralForm form, string field)
    {
        foreach (var (path, part, property) in FormPaths())
            if (path == field || field == "Injury.ConditionInWords" && path == "Injury.ConditionSlug" || field == "Claim.InstructingPartyId" && path == "Claim.InstructingPartyName"
                || field == "Funding.Kind" && part.Name == "Funding" && property.CanWrite)
                property.SetValue(part.GetValue(form), property.GetValue(Activator.CreateInstance(part.PropertyType)));
        if (field == "Consent.Covers") form.Consent.Covers = [];
    }

    static IEnumerable<(string Path, PropertyInfo Part, PropertyInfo Property)> FormPaths() =>
        from part in typeof(ReferralForm).GetProperties()
        where part.PropertyType.DeclaringType == typeof(ReferralForm)
        from property in part.PropertyType.GetProperties()
        select ($"{part.Name}.{property.Name}", part, property);

    ValueTask<CatalogueContent> Catalogue() => new CatalogueStore(world.Sources, TimeProvider.System).Get(TestContext.Current.CancellationToken);
}
