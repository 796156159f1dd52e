using ReferralPortal.Domain;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Components.Display;
using ReferralPortal.Web.Components.Forms;
using ReferralPortal.Web.Features.Referrals.View;

namespace ReferralPortal.Web.Features.Clinics;

/// <summary>The clinics as triage chooses from them: what offers everything that is asked for and can see the patient in time first, the nearest among them.</summary>
public static class ClinicOptions
{
    /// <param name="offers">The clinics, for the patient's postcode.</param>
    /// <param name="services">What is asked for.</param>
    /// <param name="dueBy">By when the patient is to be seen; null where no time runs.</param>
    public static IReadOnlyList<ClinicOffer> Ranked(ClinicOffers offers, ServicesDetail? services, DateTimeOffset? dueBy) =>
        offers.For([.. (services?.Services ?? []).Select(service => EnumText.Parse<ServiceAskedFor>(service))], dueBy);

    /// <summary>All of them as lines of a list, where no more than that has room.</summary>
    public static IReadOnlyList<Option<Guid?>> Of(ClinicOffers offers, ServicesDetail? services, out string near)
    {
        var ranked = Ranked(offers, services, dueBy: null);
        near = Near(offers, ranked, services);
        return [.. ranked.Select(offer => Option(offer, services?.PreferredClinicId, dueBy: null))];
    }

    /// <summary>What the order means, and the patient's wish.</summary>
    public static string Near(ClinicOffers offers, IReadOnlyList<ClinicOffer> ranked, ServicesDetail? services) => string.Join(" ", new[]
    {
        ranked.FirstOrDefault() is { Miles: not null } first ? $"We suggest {first.Clinic.Name}, {first.Distance} away." : null,
        offers.Measured,
        services?.PreferredClinic is { } preferred ? $"The patient prefers {preferred}." : null,
        ranked.All(offer => offer.Lacks.Count > 0) && ranked.Count > 0 ? "None offers all that is asked for." : null,
    }.Where(words => words is not null));

    /// <summary>One clinic as a line of a list.</summary>
    public static Option<Guid?> Option(ClinicOffer offer, Guid? preferred, DateTimeOffset? dueBy) =>
        new(offer.Clinic.Id, string.Join(" · ", new[] { offer.Clinic.Name, offer.Clinic.Id == preferred ? "preferred" : null, About(offer, dueBy) }.Where(words => words is { Length: > 0 })));

    /// <summary>How far, when it has time, and what it lacks: "about 2 miles · free 27 Nov 2026 08:00".</summary>
    public static string About(ClinicOffer offer, DateTimeOffset? dueBy) => string.Join(" · ", new[]
    {
        offer.Miles is null ? null : offer.Distance,
        offer.NextFree is not { } at ? "no free time known" : at > dueBy ? $"free {Formats.DateTime(at)}, after the target" : $"free {Formats.DateTime(at)}",
        offer.Lacks.Count > 0 ? $"lacks {string.Join(", ", offer.Lacks.Select(service => PlainText.Of(service).ToLowerInvariant()))}" : null,
    }.Where(words => words is not null));
}
