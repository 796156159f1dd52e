using ReferralPortal.Domain.Progress;

namespace ReferralPortal.Domain.Funding;

/// <summary>How treatment is given, where a payer authorises one way and not another.</summary>
public enum Modality
{
    /// <summary>At a clinic.</summary>
    InClinic,
    /// <summary>By telephone or video.</summary>
    Remote,
    /// <summary>In the water.</summary>
    Hydrotherapy,
}

/// <summary>Which treatments are given in which way. What a clinician gives is never refused for it: it is said.</summary>
public static class ModalityRules
{
    /// <summary>
    /// What was given of none of the ways that are authorised; all of it, where nothing of it is what was authorised. Nothing without a limit. Advice goes with every way,
    /// and is none by itself.
    /// </summary>
    /// <param name="authorised">The ways that are authorised; null for any.</param>
    /// <param name="given">What was given at one session.</param>
    public static IReadOnlyList<Treatment> Outside(IReadOnlyCollection<Modality>? authorised, IReadOnlyCollection<Treatment> given)
    {
        if (authorised is null || authorised.Count == 0) return [];
        var outside = given.Where(one => one != Treatment.Education && !authorised.Any(way => Is(way, one))).ToList();
        return outside.Count > 0 || given.Any(one => authorised.Any(way => Is(way, one))) ? outside : [.. given];
    }

    static bool Is(Modality way, Treatment given) => way switch
    {
        Modality.Hydrotherapy => given == Treatment.Hydrotherapy,
        // By telephone or video nobody is touched.
        Modality.Remote => given is Treatment.Exercise or Treatment.Education,
        _ => given != Treatment.Hydrotherapy,
    };
}
