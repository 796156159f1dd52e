namespace ReferralPortal.Domain.Patients;

/// <summary>Who is one person, as it follows from decisions about two at a time.</summary>
public static class PersonGroups
{
    /// <summary>
    /// The groups of <paramref name="members"/> that <paramref name="same"/> pairs hold together, each with two members or more; who is held to nobody is in none.
    /// </summary>
    public static IReadOnlyList<IReadOnlySet<T>> Of<T>(IEnumerable<T> members, IEnumerable<(T One, T Other)> same) where T : notnull
    {
        var groups = members.Distinct().ToDictionary(member => member, member => new HashSet<T> { member });
        foreach (var (one, other) in same)
        {
            if (!groups.TryGetValue(one, out var here) || !groups.TryGetValue(other, out var there) || ReferenceEquals(here, there)) continue;
            here.UnionWith(there);
            foreach (var member in there) groups[member] = here;
        }
        return [.. groups.Values.Distinct<HashSet<T>>(ReferenceEqualityComparer.Instance).Where(group => group.Count > 1)];
    }
}
