using ReferralPortal.Domain;
using ReferralPortal.Web.Features.Referrals.Submit;
using ReferralPortal.Web.Features.Referrals.View;

namespace ReferralPortal.Web.Features.Referrals.Amend;

/// <summary>One corrected answer in words: what was asked, what it was, what it is. Null where there was or is no answer.</summary>
public sealed record AnswerChange(FormSection Part, string Label, string? Old, string? New)
{
    /// <summary>What a reader must see of a referral to see this. A question that is not named here is seen only by those who see the most delicate of its part.</summary>
    public Sight Sight => Sights.TryGetValue((Part, Label), out var named) ? named : Part switch
    {
        FormSection.Patient => Sight.Contact,
        FormSection.Incident => Sight.Incident,
        FormSection.Injury => Sight.Clinical,
        FormSection.Work => Sight.Work,
        FormSection.Safety => Sight.Safety,
        FormSection.Claim => Sight.Claim,
        FormSection.Funding => Sight.Funding,
        FormSection.Services => Sight.Clinical,
        _ => Sight.Consent,
    };

    static readonly Dictionary<(FormSection, string), Sight> Sights = new()
    {
        // The referral's head tells every reader of these.
        [(FormSection.Patient, "First name")] = Sight.None,
        [(FormSection.Patient, "Last name")] = Sight.None,
        [(FormSection.Patient, "Date of birth")] = Sight.None,
        [(FormSection.Injury, "Injured parts")] = Sight.Injury,
        [(FormSection.Injury, "Condition")] = Sight.Injury,
        [(FormSection.Services, "Asked for")] = Sight.Services,
        [(FormSection.Services, "How soon")] = Sight.Services,
        [(FormSection.Services, "Preferred clinic")] = Sight.Services,
    };

    /// <summary>The field's name for the timeline: <c>patient.postcode</c>. Of the safety questions, only that they were concerned.</summary>
    public string Field => Part == FormSection.Safety ? "safety" : $"{EnumText.Of(Part)}.{string.Join('_', Label.ToLowerInvariant().Split([' ', '’', '-'], StringSplitOptions.RemoveEmptyEntries))}";

    /// <summary>What differs between two forms, as people read them, in the order of the pages.</summary>
    internal static IReadOnlyList<AnswerChange> Between(FormDesk before, FormDesk after, IEnumerable<FormSection> parts)
    {
        // Who is a party does not change here, so the names of the organisations are not needed.
        var (was, now) = (new FormSummary(before, NoNames), new FormSummary(after, NoNames));
        List<AnswerChange> changes = [];
        foreach (var part in parts)
        {
            var (old, fresh) = (was.Of(part).ToList(), now.Of(part).ToList());
            foreach (var label in fresh.Concat(old).Select(answer => answer.Label).Distinct())
            {
                var (from, to) = (Words(old, label), Words(fresh, label));
                if (from != to) changes.Add(new AnswerChange(part, label, from, to));
            }
        }
        return changes;
    }

    static readonly IReadOnlyDictionary<Guid, string> NoNames = new Dictionary<Guid, string>();

    static string? Words(List<(string Label, string? Text)> answers, string label) =>
        answers.FirstOrDefault(answer => answer.Label == label).Text?.Trim() is { Length: > 0 } words ? words : null;
}

/// <summary>Which parts of a sent form can be corrected.</summary>
public static class AmendableParts
{
    /// <summary>
    /// Those that the organisation fills in and still sees. Who pays and what is authorised is left out: it makes parties of organisations and is a
    /// payer's word, so it is told to the clinic, who records it as what it is.
    /// </summary>
    public static IReadOnlyList<FormSection> For(Domain.Organisations.OrganisationKind kind, Sight sight) =>
        [.. FormParts.For(kind).Where(part => part is not (FormSection.Funding or FormSection.Documents) && sight.HasFlag(Needed(part)))];

    static Sight Needed(FormSection part) => part switch
    {
        FormSection.Patient => Sight.Contact,
        FormSection.Incident => Sight.Incident,
        FormSection.Injury => Sight.Injury | Sight.Clinical,
        FormSection.Work => Sight.Work,
        FormSection.Safety => Sight.Safety,
        FormSection.Claim => Sight.Claim,
        FormSection.Services => Sight.Services,
        _ => Sight.Consent,
    };
}
