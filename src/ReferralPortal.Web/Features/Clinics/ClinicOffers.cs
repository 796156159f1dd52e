using ReferralPortal.Domain;
using ReferralPortal.Domain.Places;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Components.Display;
using ReferralPortal.Web.Features.Catalogue;

namespace ReferralPortal.Web.Features.Clinics;

/// <summary>A clinic as it is offered for one patient.</summary>
/// <param name="Clinic">Which.</param>
/// <param name="Miles">How far from the patient's postcode, as the crow flies; null when that is not known.</param>
/// <param name="NextFree">The next time at which a clinician and a room are free, as the bookings stand now; null when that is not known.</param>
public sealed record ClinicOffer(Clinic Clinic, double? Miles, DateTimeOffset? NextFree)
{
    /// <summary>What is asked for and not offered there.</summary>
    public IReadOnlyList<ServiceAskedFor> Lacks { get; init; } = [];

    /// <summary>"about 3 miles", or that it is not known.</summary>
    public string Distance => Miles is { } miles ? Nearness.Words(miles) : "distance not known";
}

/// <summary>The clinics for a referral that was sent, in the order in which they are suggested for what it asks for.</summary>
public sealed record ReferralClinics(ClinicOffers Offers, IReadOnlyList<ClinicOffer> Ranked);

/// <summary>All clinics, for one patient's postcode.</summary>
/// <param name="Postcode">The outward half of the postcode: <c>M3</c>; null when what was given is no postcode.</param>
/// <param name="Place">What that district is called; null when its whereabouts are not known here.</param>
/// <param name="Clinics">Every open clinic.</param>
/// <param name="OpenNow">How the clinics stand now: "Open now, until 20:00"; on a bank holiday, that one has to ask.</param>
/// <param name="Phone">Where to ask what is not known.</param>
public sealed record ClinicOffers(string? Postcode, string? Place, IReadOnlyList<ClinicOffer> Clinics, string OpenNow, string Phone)
{
    /// <summary>
    /// Those that offer everything that is asked for first, and among them those that have time for the patient until <paramref name="dueBy"/>; then
    /// the nearest, and by name where distances are not known.
    /// </summary>
    public IReadOnlyList<ClinicOffer> For(IReadOnlyCollection<ServiceAskedFor> asked, DateTimeOffset? dueBy = null) => Nearness.Ranked(
        Clinics.Select(offer => offer with { Lacks = [.. asked.Where(service => !offer.Clinic.Services.Contains(EnumText.Of(service)))] }),
        offer => offer.Lacks.Count * 2 + (offer.NextFree is { } free && !(free > dueBy) ? 0 : 1), offer => offer.Miles, offer => offer.Clinic.Name);

    /// <summary>"next free 26 Nov 2026, 09:00", or where to ask.</summary>
    public string NextFree(ClinicOffer offer) =>
        offer.NextFree is { } at ? $"next free appointment {Formats.DateTime(at)}" : $"next free appointment not known: ring {Phone}";

    /// <summary>What was measured, in a sentence, and what was not.</summary>
    public string Measured => (Postcode, Place) switch
    {
        (null, _) => "Clinics are listed by name: without the patient’s postcode we cannot say which is nearest.",
        ({ } outward, null) => $"We do not know how far these are from {outward}, so they are listed by name.",
        ({ } outward, { } place) => $"Distances are as the crow flies from the middle of {outward} ({place}).",
    };
}
