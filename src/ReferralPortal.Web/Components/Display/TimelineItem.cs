namespace ReferralPortal.Web.Components.Display;

/// <summary>One thing that happened.</summary>
/// <param name="At">When.</param>
/// <param name="What">In plain words with who did it: "Sam Okafor accepted the referral".</param>
/// <param name="Words">What that person wrote to the readers.</param>
/// <param name="Glyph">An icon constant of MudBlazor's; a dot without.</param>
/// <param name="Tone">The tint of the icon's ground.</param>
/// <param name="Changes">What it changed, value by value, as far as the reader may see them.</param>
/// <param name="Note">Who else sees it or what came of it, quietly: "Seen by the clinic only".</param>
public sealed record TimelineItem(DateTimeOffset At, string What, string? Words = null, string? Glyph = null, Tone Tone = Tone.Neutral, string? Note = null, IReadOnlyList<TimelineChange>? Changes = null);

/// <summary>Something that was one thing and is another; null where there was or is nothing.</summary>
public sealed record TimelineChange(string Label, string? Old, string? New);
