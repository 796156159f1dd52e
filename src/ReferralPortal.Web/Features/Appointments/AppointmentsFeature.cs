namespace ReferralPortal.Web.Features.Appointments;

/// <summary>Registers booking, moving and cancelling appointments.</summary>
public static class AppointmentsFeature
{
    public static IServiceCollection AddAppointments(this IServiceCollection services) => services
        .AddScoped<FindFreeSlots>()
        .AddScoped<ListAppointments>()
        .AddScoped<OpenBooking>()
        .AddScoped<BookAppointment>()
        .AddScoped<MoveAppointment>()
        .AddScoped<CancelAppointment>()
        .AddScoped<RecordMissed>();
}
