using System.Text.RegularExpressions;
using ReferralPortal.Web.Features.Catalogue;

namespace ReferralPortal.Web.Features.Referrals.Submit.Letters;

/// <summary>
/// Sentences that touch on a safety question, whether they say yes or no: a letter answers none of them. The words are wide on purpose;
/// a hint too many costs a glance, and one too few is what the questions themselves are for.
/// </summary>
static class LetterSafety
{
    static readonly (string Question, Regex Words)[] Smells =
    [
        ("cauda_equina", Pattern.Any(@"\b(?:bladder|bowels?|incontinen\w*|saddle|perine\w*|urin\w*|passing water|cauda equina|genital\w*|sexual function|both legs)\b")),
        ("cord_compression", Pattern.Any(@"\b(?:band[- ]like|cord compression|unsteady|unsteadiness|legs? (?:gives?|giving) way|myelopath\w*|tight band)\b")),
        ("spinal_infection", Pattern.Any(@"\b(?:fevers?|feverish|shiver\w*|night sweats?|discitis|immunosuppress\w*|immune system)\b")),
        ("septic_joint", Pattern.Any(@"\b(?:septic|hot,? (?:red,? |and )?(?:swollen|joint)|red,? hot)\b")),
        ("blood_clot", Pattern.Any(@"\b(?:dvt|deep vein|blood clots?|thrombos\w*|pulmonary embol\w*|breathless\w*|short(?:ness)? of breath|swollen calf|chest pains?|coughing (?:up )?blood)\b")),
        ("compartment_syndrome", Pattern.Any(@"\b(?:compartment syndrome|out of proportion)\b")),
        ("cervical_artery", Pattern.Any(@"\b(?:worst[- ](?:ever )?headache|sudden headache|severe headaches?|double vision|slurr\w*|dizz\w*|swallowing|drop attacks?|facial droop|visual disturbance)\b")),
        ("head_injury", Pattern.Any(@"\b(?:loss of consciousness|lost consciousness|knocked out|unconscious\w*|concuss\w*|head injur\w*|drows\w*|vomit\w*|confus(?:ed|ion)|blackout|seizures?)\b")),
        ("suicidal_thoughts", Pattern.Any(@"\b(?:suicid\w*|self[- ]harm\w*|end(?:ing)? (?:his|her|their) (?:own )?life|not worth living|low mood|depress\w*|hopeless\w*)\b")),
        ("cancer_history", Pattern.Any(@"\b(?:cancer|tumour|carcinoma|lymphoma|myeloma|oncolog\w*|metasta\w*|chemotherapy)\b")),
        ("weight_loss", Pattern.Any(@"\b(?:weight loss|lost (?:a lot of )?weight|losing weight)\b")),
        ("night_pain", Pattern.Any(@"\b(?:night pain|pain at night|wak(?:es|ing|en|ens)(?: (?:him|her|them))?\b.{0,40}\b(?:night|pain)|keeps? (?:him|her|them) awake|unremitting)\b")),
        ("minor_fall", Pattern.Any(@"\b(?:osteoporo\w*|steroids?|prednisolone|fragility)\b")),
        ("clumsy_hands", Pattern.Any(@"\b(?:clums\w*|dropping things|drops things|change in (?:gait|walking))\b")),
        ("major_weakness", Pattern.Any(@"\b(?:foot drop|paralys\w*|(?:marked|severe|major|profound|new) weakness|cannot (?:lift|move|raise) (?:his|her|their|the) (?:foot|arm|leg) at all)\b")),
        ("unhealed_fracture", Pattern.Any(@"\b(?:non-?union|not (?:yet )?(?:healed|united)|delayed union|unhealed|suspected fracture|possible fracture|query fracture)\b")),
    ];

    internal static IEnumerable<SafetyHint> Find(LetterText letter, CatalogueContent catalogue)
    {
        foreach (var (key, words) in Smells)
            if (catalogue.RedFlagQuestions.FirstOrDefault(question => question.Key == key) is { } question
                && letter.Passages.FirstOrDefault(passage => passage.Zone != Zone.SignOff && (passage.Label is null ? passage.Zone == Zone.Body : passage.Label is not Label.Ignored) && words.IsMatch(passage.Value)) is { } source)
                yield return new(key, question.Topic, source.Text);
    }
}
