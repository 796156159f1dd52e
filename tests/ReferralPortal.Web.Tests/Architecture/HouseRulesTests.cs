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
