using ReferralPortal.Domain.Referrals;

namespace ReferralPortal.Web.Components.Body;

/// <summary>A place on the body chart.</summary>
/// <param name="Key">As the catalogue writes it, for example <c>upper_arm</c>.</param>
/// <param name="Name">As people say it: "Upper arm".</param>
/// <param name="Sided">Left and right are told apart.</param>
/// <param name="Views">Where it can be pointed at: <c>front</c>, <c>back</c> or both.</param>
/// <param name="Group">Which heading of the list it stands under: "Arm".</param>
public sealed record ChartRegion(string Key, string Name, bool Sided, IReadOnlyCollection<string> Views, string Group);

/// <summary>One chosen place: a region of the chart with its side, which is <see cref="BodySide.NotApplicable"/> on the midline.</summary>
public sealed record BodySite(string Region, BodySide Side)
{
    /// <summary>"Left knee", "Knee, both sides", "Neck".</summary>
    public static string Words(string name, BodySide side) => side switch
    {
        BodySide.Left => $"Left {Lower(name)}",
        BodySide.Right => $"Right {Lower(name)}",
        BodySide.Both => $"{name}, both sides",
        _ => name,
    };

    // "Achilles tendon" keeps its capital: it is a name.
    static string Lower(string name) => name.StartsWith("Achilles", StringComparison.Ordinal) ? name : char.ToLowerInvariant(name[0]) + name[1..];
}
