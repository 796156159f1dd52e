using Microsoft.AspNetCore.RateLimiting;
using ReferralPortal.Web.Features.Appointments.Calendars;
using ReferralPortal.Web.Features.Appointments.Diary;
using ReferralPortal.Web.Features.Appointments.Series;

namespace ReferralPortal.Web.Features.Appointments;

/// <summary>Registers holding, booking, moving and cancelling appointments, their views and their calendars.</summary>
public static class AppointmentsFeature
{
    public static IServiceCollection AddAppointments(this IServiceCollection services) => services
        .AddScoped<FindFreeSlots>()
        .AddScoped<ListAppointments>()
        .AddScoped<ReadDiary>()
        .AddScoped<OpenBooking>()
        .AddScoped<HoldSlot>()
        .AddScoped<ReleaseSlot>()
        .AddScoped<BookAppointment>()
        .AddScoped<MoveAppointment>()
        .AddScoped<CancelAppointment>()
        .AddScoped<RecordMissed>()
        .AddScoped<RecordSeen>()
        .AddScoped<CorrectAttendance>()
        .AddScoped<PlanSeries>()
        .AddScoped<BookSeries>()
        .AddScoped<ManageCalendar>()
        .AddScoped<ReadCalendar>()
        .AddScoped<ReadAppointmentFile>()
        .Configure<RateLimiterOptions>(limiter => limiter.AddPolicy<string, CalendarLimit>(CalendarLimit.Name));
}
