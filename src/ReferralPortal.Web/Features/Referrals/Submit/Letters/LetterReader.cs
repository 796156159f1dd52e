using ReferralPortal.Web.Features.Catalogue;

namespace ReferralPortal.Web.Features.Referrals.Submit.Letters;

/// <summary>
/// Reads the text of a letter of instruction: pure, by patterns, in time proportional to the text, and without ever failing on one. What it finds is
/// only offered: a person confirms each value. The safety questions are never answered from a letter.
/// </summary>
public static class LetterReader
{
    /// <summary>Everything found, in the order of the form.</summary>
    /// <param name="text">The letter as plain text.</param>
    /// <param name="catalogue">The conditions, regions and safety questions to look for.</param>
    /// <param name="organisations">Organisations of the portal that may be case manager or funder.</param>
    /// <param name="today">The day on which it is read, in London.</param>
    public static LetterFindings Read(string text, CatalogueContent catalogue, IReadOnlyList<NamedOrganisation> organisations, DateOnly today)
    {
        var letter = LetterText.Of(text);
        List<Found?> found = [.. LetterPeople.Name(letter)];
        var birth = LetterPeople.BirthDate(letter, today);
        found.Add(birth);
        found.AddRange(LetterPeople.Guardian(letter));
        found.AddRange(LetterContacts.Find(letter, today));
        var (nhs, wrong) = LetterPeople.Nhs(letter);
        found.Add(nhs);
        found.AddRange(LetterPeople.GpPractice(letter));

        found.Add(LetterIncident.Day(letter, today, birth?.Value));
        var account = LetterIncident.Account(letter);
        found.Add(LetterIncident.Mechanism(letter, account?.Source));
        found.Add(account?.Found);

        var (regions, withoutSide) = LetterInjuries.Regions(letter, catalogue);
        found.AddRange(regions);
        found.Add(LetterInjuries.ConditionOf(letter, catalogue, regions));
        found.Add(LetterInjuries.Symptoms(letter));
        found.Add(LetterPeople.Occupation(letter));

        found.AddRange(LetterClaim.References(letter));
        found.AddRange(LetterClaim.OtherSide(letter));
        found.AddRange(LetterClaim.Organisations(letter, organisations));
        found.AddRange(LetterServices.AskedFor(letter));
        found.Add(LetterServices.PriorityOf(letter));

        List<string> notes = [];
        if (wrong) notes.Add("The letter has an NHS number that cannot be right: its check digit does not fit. Please ask the patient.");
        if (LetterPeople.HasNationalInsuranceNumber(letter)) notes.Add("The letter has a National Insurance number. The clinic does not need it, so it is left out.");
        if (withoutSide.Count > 0) notes.Add($"The letter does not say which side: {string.Join(", ", withoutSide.Select(name => name.ToLowerInvariant()))}. Please choose it on the page about the injury.");
        return new([.. found.OfType<Found>().OrderBy(value => value.Field).Select(Fit)], [.. LetterSafety.Find(letter, catalogue)], notes);
    }

    // What the form's fields take.
    static Found Fit(Found found) => found.Field is LetterField.Account or LetterField.Symptoms
        ? found with { Value = Short(found.Value, 4000), Text = Short(found.Text, 4000), Source = Short(found.Source, 600) }
        : found with { Value = Short(found.Value, 200), Text = Short(found.Text, 200), Source = Short(found.Source, 600) };

    static string Short(string text, int most) => text.Length <= most ? text : text[..most].TrimEnd() + "…";
}
