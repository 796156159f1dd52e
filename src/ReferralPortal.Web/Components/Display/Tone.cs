namespace ReferralPortal.Web.Components.Display;

/// <summary>Which of the tinted grounds a chip or a notice has. A word always says the same.</summary>
public enum Tone { Neutral, Primary, Tertiary, Info, Success, Warning, Error }
