using System.Reflection;
using ArchUnitNET.Domain;
using ArchUnitNET.Fluent;
using ArchUnitNET.Loader;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;
using static ArchUnitNET.Fluent.ArchRuleDefinition;
using Assembly = System.Reflection.Assembly;

namespace ReferralPortal.Web.Tests.Architecture;

/// <summary>The rules that keep the house small, held by the build.</summary>
public sealed class HouseRulesTests
{
    static readonly Assembly Domain = typeof(ReferralPortal.Domain.EnumText).Assembly;
    static readonly Assembly Web = typeof(Program).Assembly;

    static readonly ArchUnitNET.Domain.Architecture House = new ArchLoader().LoadAssemblies(Domain, Web, typeof(ReferralPortal.Database.Migrations).Assembly).Build();

    static readonly IObjectProvider<IType> Features = Types().That().ResideInNamespaceMatching(@"^ReferralPortal\.Web\.Features(\.|$)").As("features");

    [Fact]
    public void The_domain_knows_no_database_and_no_web() =>
        Hold(Types().That().ResideInAssembly(Domain).Should().NotDependOnAnyTypesThat().ResideInNamespaceMatching(@"^(Npgsql|Dapper|Microsoft\.AspNetCore|ReferralPortal\.Web|ReferralPortal\.Database)"));

    [Fact]
    public void The_platform_knows_no_feature() =>
        Hold(Types().That().ResideInNamespaceMatching(@"^ReferralPortal\.Web\.Platform(\.|$)").And().DoNotResideInNamespaceMatching(@"\.Hosting$")
            .Should().NotDependOnAny(Features));

    [Fact]
    public void Pages_hold_no_SQL_library() =>
        Hold(Classes().That().AreAssignableTo(typeof(ComponentBase)).Should().NotDependOnAnyTypesThat().ResideInNamespaceMatching(@"^Dapper"));

    // A file that a spreadsheet program opens can hold formulas: one place writes them, and defuses every cell.
    [Fact]
    public void Spreadsheets_are_read_and_written_in_one_place() =>
        Hold(Types().That().ResideInAssembly(Web).And().DoNotResideInNamespaceMatching(@"^ReferralPortal\.Web\.Platform\.Spreadsheets$")
            .Should().NotDependOnAnyTypesThat().ResideInNamespaceMatching(@"^(CsvHelper|MiniExcelLibs|DocumentFormat\.OpenXml\.Spreadsheet|ClosedXML|OfficeOpenXml)(\.|$)"));

    [Fact]
    public void Nothing_else_answers_with_a_spreadsheet()
    {
        var source = Path.Combine(AppContext.BaseDirectory.Split(Path.DirectorySeparatorChar + "tests" + Path.DirectorySeparatorChar)[0], "src");
        var others = Directory.EnumerateFiles(source, "*.*", SearchOption.AllDirectories)
            .Where(file => file.EndsWith(".cs", StringComparison.Ordinal) || file.EndsWith(".razor", StringComparison.Ordinal))
            .Where(file => !file.Contains(Path.Combine("Platform", "Spreadsheets")) && !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}"))
            .Where(file => System.Text.RegularExpressions.Regex.IsMatch(File.ReadAllText(file), @"""text/csv|spreadsheetml|\bCsvWriter\b|\bMiniExcel\b") && !file.EndsWith("FileUpload.razor", StringComparison.Ordinal))
            .Select(Path.GetFileName);
        Assert.Empty(others);
    }

    [Fact]
    public void The_domain_needs_no_package_but_the_telephone_library()
    {
        var own = new[] { "libphonenumber", "PhoneNumbers" };
        Assert.DoesNotContain(Domain.GetReferencedAssemblies(), reference => !reference.Name!.StartsWith("System", StringComparison.Ordinal) && !own.Contains(reference.Name));
    }

    [Fact]
    public void Every_page_says_who_may_open_it()
    {
        var silent = Web.GetTypes()
            .Where(type => type.GetCustomAttributes<RouteAttribute>().Any())
            .Where(type => type.GetCustomAttribute<AuthorizeAttribute>() is null && type.GetCustomAttribute<AllowAnonymousAttribute>() is null)
            .Select(type => type.FullName);
        Assert.Empty(silent);
    }

    static void Hold(IArchRule rule)
    {
        var broken = rule.Evaluate(House).Where(result => !result.Passed).Select(result => result.Description).ToList();
        Assert.True(broken.Count == 0, string.Join('\n', broken));
    }
}
