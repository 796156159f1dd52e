namespace ReferralPortal.Domain.Places;

/// <summary>In which order places are offered to somebody, and how far away they are in words.</summary>
public static class Nearness
{
    /// <summary>
    /// Those that lack nothing of what is wanted first, then those that lack least; among equals the nearer one, and where distances are not known
    /// (or are the same) by name. Nothing is left out: a place that lacks something may still be the right one.
    /// </summary>
    /// <param name="places">The places.</param>
    /// <param name="lacking">How much of what is wanted a place does not offer.</param>
    /// <param name="miles">How far away it is; null when that is not known.</param>
    /// <param name="name">Its name.</param>
    public static IReadOnlyList<T> Ranked<T>(IEnumerable<T> places, Func<T, int> lacking, Func<T, double?> miles, Func<T, string> name) =>
        [.. places.OrderBy(lacking).ThenBy(place => miles(place) ?? double.MaxValue).ThenBy(name, StringComparer.Ordinal)];

    /// <summary>"under a mile", "about 3 miles": no more exact than the centre of a postcode's district can be.</summary>
    public static string Words(double miles) => Math.Round(miles) switch
    {
        < 1 => "under a mile",
        1 => "about 1 mile",
        var whole => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"about {whole:0} miles"),
    };
}
