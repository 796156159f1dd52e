using ReferralPortal.Web.Features.Clocks.Agreements;
using ReferralPortal.Web.Platform.Background;

namespace ReferralPortal.Web.Features.Clocks;

/// <summary>Registers what promises need: agreements, pauses, escalation, and the words in which they are shown.</summary>
public static class ClocksFeature
{
    public static IServiceCollection AddClocks(this IServiceCollection services) => services
        .AddScoped<PauseClock>()
        .AddScoped<ResumeClock>()
        .AddScoped<ReadPromises>()
        .AddScoped<ReadAgreements>()
        .AddScoped<SaveAgreement>()
        .AddMessageHandler<ClockCheck, CheckClock>()
        .AddMessageHandler<PatientWaitOver, EndPatientWait>();
}
