namespace ReferralPortal.Web.Components.Display;

/// <summary>A score on a day.</summary>
public sealed record ChartPoint(DateOnly Day, decimal Value);
