using Microsoft.AspNetCore.RateLimiting;
using ReferralPortal.Web.Features.Progress.Measures.Questionnaires;
using ReferralPortal.Web.Features.Progress.Measures.Wording;
using ReferralPortal.Web.Features.Progress.Recovery;
using ReferralPortal.Web.Platform.Background;

namespace ReferralPortal.Web.Features.Progress.Measures;

/// <summary>Registers outcome measures (filling in, correcting, alerts, wording, the patient's questionnaires) and the recovery that they tell of.</summary>
public static class MeasuresFeature
{
    public static IServiceCollection AddMeasures(this IServiceCollection services) => services
        .AddScoped<ReadMeasures>()
        .AddScoped<RecordMeasure>()
        .AddScoped<CorrectScore>()
        .AddScoped<AcknowledgeMeasureAlert>()
        .AddScoped<ListMeasureAlerts>()
        .AddScoped<ListWording>()
        .AddScoped<LoadWording>()
        .AddScoped<SendQuestionnaire>()
        .AddScoped<ShowQuestionnaire>()
        .AddScoped<RevokeQuestionnaire>()
        .AddScoped<AnswerQuestionnaire>()
        .AddScoped<QuestionnairePages>()
        .AddScoped<ReadRecovery>()
        .AddMessageHandler<MeasureAlertReminder, RemindOfMeasureAlert>()
        .Configure<RateLimiterOptions>(limiter => limiter.AddPolicy<string, QuestionnaireLimit>(QuestionnaireLimit.Name));
}
