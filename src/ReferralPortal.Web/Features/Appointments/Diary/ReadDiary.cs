using ReferralPortal.Domain;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Triage;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Appointments.Diary;

/// <summary>A time at which somebody and a room are free.</summary>
public sealed record FreeTime(DateTimeOffset StartsAt, Guid ClinicianId, string Clinician, Guid ClinicId, string Clinic);

/// <summary>What stands in the diary for some days, and what is free in them.</summary>
/// <param name="Entries">What takes up time, in the order in which it begins.</param>
/// <param name="Free">Free times of <see cref="FreeMinutes"/> each, from now on.</param>
/// <param name="FreeMinutes">How long the free times are.</param>
/// <param name="Clinicians">Whom the page offers to choose from.</param>
/// <param name="IsCut">There is more than is shown: too much for a grid.</param>
public sealed record DiaryDays(IReadOnlyList<DiaryEntry> Entries, IReadOnlyList<FreeTime> Free, int FreeMinutes, IReadOnlyList<ListedClinician> Clinicians, bool IsCut);

/// <summary>Reads the diary for a day or a week. For the treating clinic's people.</summary>
public sealed class ReadDiary(PortalDatabase database, CatalogueStore catalogue)
{
    /// <summary>The most appointments that a grid holds.</summary>
    public const int Most = 400;

    /// <summary>Free time is shown in pieces of the shortest appointment, or of the usual one where somebody is to be booked.</summary>
    const int MostFree = 120;

    public async Task<Outcome<DiaryDays>> Handle(Actor actor, DiaryFilter filter, CancellationToken ct)
    {
        if (!actor.TreatsReferrals()) return ListAppointments.Refusal;

        var clinics = (await catalogue.Get(ct)).Clinics.Where(clinic => filter.Clinic is null || clinic.Id == filter.Clinic).Select(clinic => clinic.Id).ToArray();
        return await database.View<Outcome<DiaryDays>>(actor, async unit =>
        {
            unit.Audit(AuditAction.ListReferrals, detail: new { list = "diary", day = filter.First, days = filter.Days });
            var entries = await unit.Many<DiaryEntry>(ListAppointments.Rows(filter with { After = null }, "appointment.state <> 'cancelled'"), ListAppointments.Asked(unit, filter with { After = null }, Most + 1));
            var minutes = filter.Referral is null ? AppointmentTime.Lengths[0] : AppointmentTime.UsualMinutes;
            var free = filter.Until <= unit.Now ? [] : await unit.Many<FreeTime>(Free, new
            {
                clinics,
                filter.Clinician,
                after = (filter.From > unit.Now ? filter.From.AddTicks(-10) : unit.Now).UtcDateTime,
                until = filter.Until.UtcDateTime,
                length = TimeSpan.FromMinutes(minutes),
                most = MostFree,
            });
            return new DiaryDays(entries.Count > Most ? [.. entries.Take(Most)] : entries, free, minutes, await unit.WorkingClinicians(), entries.Count > Most);
        }, ct);
    }

    const string Free = """
        select free.starts_at, free.clinician_id, clinician.display_name as clinician, free.clinic_id, clinic.name as clinic
        from portal.free_slots(@clinics, @clinician, null, @after, @until, @length, @most) free
        join portal_user clinician on clinician.id = free.clinician_id
        join clinic on clinic.id = free.clinic_id
        where portal.at_clinic()
        order by free.starts_at, clinician.display_name, clinician.id
        """;
}
