namespace ReferralPortal.Web.Features.Referrals.Submit.Letters;

/// <summary>A question of the form that a letter may answer. The safety questions are not among them: they have to be asked.</summary>
public enum LetterField
{
    GivenName, FamilyName, DateOfBirth, GuardianName, GuardianRelationship, GuardianPhone, Address, Postcode, Phone, Email, NhsNumber, GpPracticeName, GpPracticeCode,
    IncidentDate, Mechanism, Account,
    Region, Condition, Symptoms, Occupation,
    OurReference, ClaimReference, OtherInsurer, OtherInsurerReference, Liability, CaseManager,
    Payer,
    Service, Priority,
}

/// <summary>How sure the reader is that a value is what the form asks for.</summary>
public enum Certainty
{
    /// <summary>The letter says it under its own label, or it carries its own proof.</summary>
    Stated,
    /// <summary>The sentence reads like it.</summary>
    Likely,
    /// <summary>It could be something else.</summary>
    Unsure,
}

/// <summary>A value that was found in a letter.</summary>
/// <param name="Field">The question that it would answer.</param>
/// <param name="Value">As the form keeps it: text, <c>2026-08-22</c>, a code, a region with its side as <c>shoulder:left</c>, an organisation's id.</param>
/// <param name="Text">As a person reads it.</param>
/// <param name="Source">The sentence or line that it came from.</param>
/// <param name="Certainty">How sure the reader is.</param>
public sealed record Found(LetterField Field, string Value, string Text, string Source, Certainty Certainty);

/// <summary>A sentence that smells of a safety question. It answers nothing: the question is to be put to the patient.</summary>
/// <param name="Question">The question's key in the catalogue.</param>
/// <param name="Topic">What the question is about.</param>
/// <param name="Source">The sentence.</param>
public sealed record SafetyHint(string Question, string Topic, string Source);

/// <summary>All that was found in one letter, in the order of the form.</summary>
/// <param name="Values">To be confirmed one by one.</param>
/// <param name="SafetyHints">To be asked about.</param>
/// <param name="Notes">What was seen and is not offered, and why.</param>
public sealed record LetterFindings(IReadOnlyList<Found> Values, IReadOnlyList<SafetyHint> SafetyHints, IReadOnlyList<string> Notes);

/// <summary>An organisation of the portal that a letter may name.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name.</param>
/// <param name="IsFunder">A funder; otherwise a case manager.</param>
public sealed record NamedOrganisation(Guid Id, string Name, bool IsFunder);
