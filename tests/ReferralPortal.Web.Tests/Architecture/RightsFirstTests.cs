using System.Reflection;
using System.Runtime.CompilerServices;
using Npgsql;
using ReferralPortal.Domain.Organisations;
using ReferralPortal.Web.Features.Documents;
using ReferralPortal.Web.Features.Notifications;
using ReferralPortal.Web.Features.Organisations;
using ReferralPortal.Web.Features.Progress;
using ReferralPortal.Web.Features.Referrals.Submit;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Platform.Background;
using Xunit;

namespace ReferralPortal.Web.Tests.Architecture;

/// <summary>
/// Every use case asks for the right before it does anything: for somebody who holds no role at all it answers without the database being asked and without
/// the command being looked at. Row-level security stands behind this and would hide a missing question, so here there is no database.
/// </summary>
public sealed class RightsFirstTests
{
    /// <summary>What asks for the right by other means, each with its reason.</summary>
    static readonly Dictionary<Type, string> AskedElsewhere = new()
    {
        [typeof(EndCare)] = "the lifecycle's table, inside the unit",
        [typeof(ListDocuments)] = "who may see a document hangs on the referral or draft that it belongs to",
        [typeof(DescribeDocument)] = "as above",
        [typeof(OpenDocument)] = "as above",
        [typeof(ReceiveChunk)] = "as above",
        [typeof(RemoveDocument)] = "as above",
        [typeof(ReadChoice)] = "everybody's own choice",
        [typeof(ReadOrganisation)] = "everybody's own organisation",
        [typeof(FormOrganisations)] = "the names of organisations that can be a party, for everybody who is signed in",
    };

    public static TheoryData<string, string> UseCases => [.. Found.Select(found => new TheoryDataRow<string, string>(found.Type.FullName!, found.Method.ToString()!))];

    static IEnumerable<(Type Type, MethodInfo Method)> Found =>
        from known in typeof(PortalDatabase).Assembly.GetTypes()
        let type = known == typeof(NoteDrafts<>) ? typeof(NoteDrafts<SessionForm>) : known
        where type is { IsClass: true, IsAbstract: false, IsPublic: true } && type.Namespace?.Contains(".Features.", StringComparison.Ordinal) == true
        where type.GetConstructors() is [var only] && only.GetParameters().Any(parameter => parameter.ParameterType == typeof(PortalDatabase))
        from method in type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
        where method.GetParameters() is [var first, ..] && first.ParameterType == typeof(Actor) && typeof(Task).IsAssignableFrom(method.ReturnType)
        where !AskedElsewhere.ContainsKey(type) && !type.GetInterfaces().Any(held => held.IsGenericType && held.GetGenericTypeDefinition() == typeof(IMessageHandler<>)) // those run as the portal itself
        select (type, method);

    [Theory, MemberData(nameof(UseCases))]
    public async Task Nobody_without_a_role_gets_as_far_as_the_database(string type, string method)
    {
        var (of, call) = Found.Single(found => found.Type.FullName == type && found.Method.ToString() == method);
        var nobody = new Actor(Guid.NewGuid(), Guid.NewGuid(), OrganisationKind.Solicitor, "An organisation", "A person", new HashSet<Role>());
        object?[] arguments = [nobody, .. call.GetParameters().Skip(1).Select(parameter => Something(parameter.ParameterType))];
        var task = (Task)call.Invoke(Made(of), arguments)!;
        await task; // a fault here is the database that was asked, or the command that was read

        var answer = task.GetType().GetProperty("Result")!.GetValue(task);
        var failure = answer?.GetType().GetProperty(nameof(Outcome<int>.Failure))?.GetValue(answer);
        Assert.True(failure is null or Failure.Missing or Failure.Refused, $"{of.Name}.{call.Name} answered {failure}");
    }

    [Fact]
    public void There_are_use_cases_to_ask() => Assert.True(Found.Count() > 80);

    static object Made(Type type) => Activator.CreateInstance(type, [.. type.GetConstructors().Single().GetParameters().Select(parameter => Part(parameter.ParameterType))])!;

    static object? Part(Type type) =>
        type == typeof(PortalDatabase) ? new PortalDatabase(Nowhere, TimeProvider.System)
        : type == typeof(PortalDataSources) ? Nowhere
        : type == typeof(TimeProvider) ? TimeProvider.System
        : type is { IsClass: true, IsAbstract: false } && type.Assembly == typeof(PortalDatabase).Assembly && type.GetConstructors() is [var only] && only.GetParameters().Length > 0
          && type.Namespace!.Contains(".Features.", StringComparison.Ordinal) && type.GetMethod("<Clone>$") is null ? Made(type)
        : null;

    static readonly PortalDataSources Nowhere = Unreachable();

    static PortalDataSources Unreachable()
    {
        var source = NpgsqlDataSource.Create("Host=127.0.0.1;Port=1;Username=nobody;Database=none;Timeout=1");
        return new(source, source);
    }

    static object? Something(Type type) =>
        type == typeof(CancellationToken) ? CancellationToken.None
        : type == typeof(string) ? ""
        : type.IsValueType ? Activator.CreateInstance(type)
        : type.IsArray ? Array.CreateInstance(type.GetElementType()!, 0)
        : type.IsInterface || type.IsAbstract || typeof(Delegate).IsAssignableFrom(type) ? null
        : RuntimeHelpers.GetUninitializedObject(type);
}
