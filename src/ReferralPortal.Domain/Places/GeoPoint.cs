namespace ReferralPortal.Domain.Places;

/// <summary>A place on the ground.</summary>
/// <param name="Latitude">Degrees north, WGS 84.</param>
/// <param name="Longitude">Degrees east, WGS 84; west of Greenwich is negative.</param>
public readonly record struct GeoPoint(double Latitude, double Longitude)
{
    const double EarthRadiusInMiles = 3958.7613;

    /// <summary>The distance in statute miles as the crow flies, by the haversine formula on a sphere: half a per cent off at most.</summary>
    public double MilesTo(GeoPoint other)
    {
        var (from, to) = (Radians(Latitude), Radians(other.Latitude));
        var half = (Math.Sin((to - from) / 2), Math.Sin(Radians(other.Longitude - Longitude) / 2));
        var chord = half.Item1 * half.Item1 + Math.Cos(from) * Math.Cos(to) * half.Item2 * half.Item2;
        return 2 * EarthRadiusInMiles * Math.Asin(Math.Min(1, Math.Sqrt(chord)));
    }

    static double Radians(double degrees) => degrees * Math.PI / 180;
}
