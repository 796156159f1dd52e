using ReferralPortal.Domain;
using ReferralPortal.Domain.Calendars;
using ReferralPortal.Domain.Patients;
using ReferralPortal.Domain.Places;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Appointments;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Help;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Clinics;

/// <summary>
/// Says which clinics are near a patient, what they offer, and when they next have time. It suggests; the clinic decides. For everybody who
/// reads referrals; what it knows of other people's appointments is when a clinic is free, and nothing else.
/// </summary>
public sealed class SuggestClinics(PortalDatabase database, CatalogueStore catalogue)
{
    static readonly TimeSpan Length = TimeSpan.FromMinutes(45);

    /// <param name="actor">Who asks.</param>
    /// <param name="postcode">The patient's postcode as it was typed; may be wrong or empty.</param>
    /// <param name="ct">Ends the asking when the page goes away.</param>
    public async Task<Outcome<ClinicOffers>> Handle(Actor actor, string? postcode, CancellationToken ct)
    {
        if (!actor.ReadsReferrals()) return Outcome.Missing;

        var content = await catalogue.Get(ct);
        return await database.Read<Outcome<ClinicOffers>>(actor, async unit => await Offers(unit, content, postcode), ct);
    }

    /// <summary>The same for a referral that was sent: which clinics are near its patient, for what it asks for. Reading the postcode is a read of the patient's record, and audited.</summary>
    public async Task<Outcome<ReferralClinics>> ForReferral(Actor actor, Guid referralId, CancellationToken ct)
    {
        if (!actor.ReadsReferrals()) return Outcome.Missing;

        var content = await catalogue.Get(ct);
        return await database.View<Outcome<ReferralClinics>>(actor, async unit =>
        {
            var wanted = await unit.One<Wanted>(Referred, new { referralId, organisationId = actor.OrganisationId });
            if (wanted is null) return Outcome.Missing;
            unit.Audit(AuditAction.SuggestClinics, referralId);
            var offers = await Offers(unit, content, wanted.Postcode);
            return new ReferralClinics(offers, offers.For([.. wanted.Services.Select(service => EnumText.Parse<ServiceAskedFor>(service))]));
        }, ct);
    }

    static async Task<ClinicOffers> Offers(PortalUnit unit, CatalogueContent content, string? typed)
    {
        var outward = Postcode.TryParse(typed, out var postcode) ? postcode.Outward : null;
        await using var sets = await unit.Results(Asked, new
        {
            outward,
            after = unit.Now.UtcDateTime,
            until = unit.Now.UtcDateTime.AddDays(FindFreeSlots.Days),
            length = Length,
        });
        var area = (await sets.ReadAsync<Area>()).FirstOrDefault();
        var free = (await sets.ReadAsync<Free>()).ToDictionary(row => row.ClinicId, row => row.StartsAt);
        var from = area is null ? (GeoPoint?)null : new GeoPoint(area.Latitude, area.Longitude);
        return new ClinicOffers(outward, area?.Place,
            [.. content.Clinics.Select(clinic => new ClinicOffer(clinic, from?.MilesTo(new GeoPoint(clinic.Latitude, clinic.Longitude)), free.GetValueOrDefault(clinic.Id)))],
            OpenNow(content, unit.Now), content.Group.Phone);
    }

    static string OpenNow(CatalogueContent content, DateTimeOffset now)
    {
        var today = LondonTime.DateOf(now);
        var holiday = today.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday) && !new WorkingDays(content.BankHolidays).IsWorkingDay(today);
        return holiday ? $"Today is a bank holiday: ring {content.Group.Phone} to ask who is open" : OpeningWeek.Read(content.Group.OpeningHours).Now(now);
    }

    sealed record Area(string Place, double Latitude, double Longitude);

    sealed record Free(Guid ClinicId, DateTimeOffset? StartsAt);

    sealed record Wanted
    {
        public string Postcode { get; init; } = "";
        public string[] Services { get; init; } = [];
    }

    const string Asked = """
        select place, latitude, longitude from postcode_area where outward = @outward;
        select clinic_id, starts_at from portal.next_free_times(@after, @until, @length);
        """;

    // Whoever may see where the patient lives: the referrer and the clinic, not a payer.
    const string Referred = """
        select patient.postcode, detail.services
        from referral
        join patient on patient.id = referral.patient_id
        join referral_detail detail on detail.referral_id = referral.id
        where referral.id = @referralId
            and exists (select from referral_party mine
                where mine.referral_id = referral.id and mine.organisation_id = @organisationId and mine.role in ('referrer', 'treating_clinic'))
        """;
}
