using ReferralPortal.Domain;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Components.Display;
using ReferralPortal.Web.Components.Forms;
using ReferralPortal.Web.Features.Referrals.View;

namespace ReferralPortal.Web.Features.Clinics;

/// <summary>The clinics as triage chooses from them: the nearest that offers what is asked for first.</summary>
public static class ClinicOptions
{
    /// <param name="offers">The clinics, for the patient's postcode.</param>
    /// <param name="services">What is asked for, and which clinic the patient prefers.</param>
    /// <param name="near">What the order means, and the patient's wish.</param>
    public static IReadOnlyList<Option<Guid?>> Of(ClinicOffers offers, ServicesDetail? services, out string near)
    {
        var ranked = offers.For([.. (services?.Services ?? []).Select(service => EnumText.Parse<ServiceAskedFor>(service))]);
        near = string.Join(" ", new[]
        {
            ranked.FirstOrDefault() is { Miles: not null } first ? $"We suggest {first.Clinic.Name}, {first.Distance} away." : null,
            offers.Measured,
            services?.PreferredClinic is { } preferred ? $"The patient prefers {preferred}." : null,
            ranked.All(offer => offer.Lacks.Count > 0) && ranked.Count > 0 ? "None offers all that is asked for." : null,
        }.Where(words => words is not null));
        return [.. ranked.Select(offer => new Option<Guid?>(offer.Clinic.Id, Words(offer, services?.PreferredClinicId)))];
    }

    static string Words(ClinicOffer offer, Guid? preferred) => string.Join(" · ", new[]
    {
        offer.Clinic.Name,
        offer.Clinic.Id == preferred ? "preferred" : null,
        offer.Miles is null ? null : offer.Distance,
        offer.NextFree is { } at ? $"free {Formats.DateTime(at)}" : null,
        offer.Lacks.Count > 0 ? $"lacks {string.Join(", ", offer.Lacks.Select(service => PlainText.Of(service).ToLowerInvariant()))}" : null,
    }.Where(words => words is not null));
}
