using System.Text.RegularExpressions;
using ReferralPortal.Domain;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Components.Body;
using ReferralPortal.Web.Features.Catalogue;

namespace ReferralPortal.Web.Features.Referrals.Submit.Letters;

/// <summary>Finds where it hurts, on which side, what the condition is called, and the sentence about the symptoms. What a letter says is not hurt is left out.</summary>
static class LetterInjuries
{
    // The longer words first: "lower back" is not the back, and "shoulder blade" not the shoulder.
    static readonly (string Region, string Words)[] Words =
    [
        ("scapula", "shoulder[- ]blades?|scapulae?"), ("jaw_joint", "jaw|temporomandibular joint|tmj"), ("cervical_spine", "cervical spine|c-spine"),
        ("lumbar_spine", "lower back|low back|lumbar spine|lumbar region|lumbar|lower spine|base of (?:the|his|her) spine"), ("thoracic_spine", "upper back|mid[- ]?back|middle back|thoracic spine|thoracic"),
        ("neck", "neck"), ("sacroiliac", "sacroiliac joints?|si joints?"), ("coccyx", "coccyx|tailbone"), ("sacrum", "sacrum"), ("rib", "ribs?|rib ?cage"), ("chest", "chest|sternum|breastbone"), ("pelvis", "pelvis"),
        ("upper_arm", "upper arms?|humerus|biceps|triceps"), ("shoulder", "shoulders?|rotator cuff|collar ?bones?|clavicles?"), ("elbow", "elbows?"), ("forearm", "forearms?"), ("wrist", "wrists?|scaphoid"),
        ("thumb", "thumbs?"), ("finger", "(?:index |middle |ring |little )?fingers?|knuckles?"), ("hand", "hands?"),
        ("buttock", "buttocks?"), ("hip", "hips?"), ("thigh", "thighs?|hamstrings?|quadriceps"), ("knee", "knees?|kneecaps?|patellas?"), ("achilles_tendon", "achilles(?: tendons?)?"),
        ("lower_leg", "lower legs?|cal(?:f|ves)|shins?|tibia|fibula"), ("ankle", "ankles?"), ("toe", "(?:big |great )?toes?"), ("foot", "foot|feet|heels?"), ("head", "head"), ("back", "back"),
    ];

    static readonly Regex Region = Pattern.Any($@"\b(?:{string.Join('|', Words.Select((word, place) => $"(?<r{place}>{word.Words})"))})\b");
    static readonly Regex Cue = Pattern.Any(@"\b(?:pains?|painful|hurts?|injur\w*|sprain\w*|strain\w*|fractur\w*|brok(?:e|en)|break|whiplash|bruis\w*|stiff\w*|aches?|aching|swell\w*|swollen|tears?|torn|spasms?|sore\w*|tender\w*|dislocat\w*|damage\w*|soft[- ]tissue|discomfort|twisted|wrenched|ruptur\w*|crush\w*|tendon\w*|sympto\w*|numb\w*|tingl\w*|impingement|capsulitis|weak\w*|laceration|jarred|ligament\w*|meniscus|cartilage|restricted|problems?|\w{3,}itis|\w{3,}opathy|\w{4,}algia)\b");
    static readonly Regex Side = Pattern.Any(@"\b(?<s>left|right|both|bilateral|l|r|lt|rt)\b");
    static readonly Regex SideAfter = Pattern.Any(@"^\s?(?:[(,\-–]\s?|on (?:the|his|her|their) |of (?:the|his|her) )(?<s>left|right|both|bilateral)(?: sides?| hand side)?\b");
    static readonly Regex Negates = Pattern.Any(@"\b(?:no|not|\w+n['’]t|without|den(?:y|ies|ied)|neither|nor|never|rather than|excluding|apart from|other than|free (?:of|from)|unaffected|ruled out|negative for)\b");
    static readonly Regex NotReallyNo = Pattern.Any(@"\b(?:not only|no longer able|cannot|can['’]t|can not|not yet (?:settled|resolved|recovered)|has not (?:settled|resolved|recovered|improved)|have not (?:settled|resolved|recovered)|not (?:resolved|settled|recovered|improved|improving|healed)|no better|not able|not sleep\w*|no relief|no improvement)\b");
    static readonly Regex NegationEnds = Pattern.Any(@"[;.]|\b(?:but|however|although|though|yet|whereas|which|who|and (?:has|he|she|they|there|is|had|now|with|a|an|pain|his|her)|he|she|they)\b");
    static readonly Regex IsWell = Pattern.Any(@"\b(?:is|are|was|were|remains?|remained|appears?|feels?)\s(?:all |both |now |entirely |completely |otherwise )*(?:normal|unaffected|uninjured|fine|unremarkable|asymptomatic|not (?:affected|injured|painful|hurt|involved|a problem)|spared)\b|\bhas not been (?:hurt|injured|affected)\b|\b(?:escaped|uninjured)\b");
    static readonly Regex Earlier = Pattern.Any(@"\b(?:previous(?:ly)?|prior|pre-existing|earlier|historic(?:al)?|years ago|in childhood|as a child|old|in (?:19|20)[0-9]{2})\b");
    static readonly Regex NotBody = Pattern.Any(@"^\s(?:seat|door|of|to|from|garden|into|pocket|at|up|on|in|yard|wheel|end|road|row|gate|office|injury claim|teacher|chef|quarters?|rest|restraint|over|off|along)\b");
    static readonly Regex BackMeant = Pattern.Any(@"(?:^|[,;(/:&\-]|\b(?:his|her|their|my|the|and|or|of|to|whole|entire|sore|stiff|painful|bad|injured|your|s|in))\s*$");
    static readonly Regex HeadMoves = Pattern.Any(@"\b(?:turn(?:s|ed|ing)?|mov(?:e|es|ed|ing)|lift(?:s|ed|ing)?|rais(?:e|es|ed|ing)|nod(?:s|ding)?|above|over|overhead|behind|shak(?:e|es|ing)|rotat(?:e|es|ing)) (?:his|her|their|the) $");
    static readonly Regex HandMeant = Pattern.Any(@"(?:\b(?:other|second|first|one|by|at|in|to|on the right|on the left|right|left) )$");
    static readonly Regex FeetMeasured = Pattern.Any(@"(?:\b(?:[0-9]+|six|five|four|ten|twelve|eight|on|at|square|three|two|by) )$");

    internal sealed record Site(string Region, BodySide? Side, Passage Source, int Start);

    /// <summary>Regions with their sides, and the names of those whose side the letter does not say.</summary>
    internal static (IReadOnlyList<Found> Regions, IReadOnlyList<string> WithoutSide) Regions(LetterText letter, CatalogueContent catalogue)
    {
        var known = catalogue.BodyRegions.ToDictionary(region => region.Key);
        var sites = letter.Passages.Where(MayHurt).SelectMany(Sites).Where(site => known.ContainsKey(site.Region)).ToList();
        // A side that is said of the same part in another sentence ("fell on her right foot") goes for this one.
        var elsewhere = letter.Passages.Where(passage => passage.IsProse && !passage.AboutAnother).SelectMany(Sites).ToList();
        List<Found> found = [];
        List<string> sideless = [];
        foreach (var region in sites.GroupBy(site => site.Region))
        {
            var place = known[region.Key];
            var said = place.Sided ? region.FirstOrDefault(site => site.Side is not null) ?? Sided(region.First(), elsewhere) : region.First();
            if (said is null)
            {
                sideless.Add(place.Name);
                continue;
            }
            BodySide[] sides = place.Sided ? [.. region.Append(said).Select(site => site.Side).OfType<BodySide>().Distinct()] : [BodySide.NotApplicable];
            var side = sides.Length > 1 ? BodySide.Both : sides[0];
            found.Add(new(LetterField.Region, Code(region.Key, side), BodySite.Words(place.Name, side), said.Source.Text, said.Source.Label is Label.Injuries or Label.Condition ? Certainty.Stated : sides.Length > 1 ? Certainty.Unsure : Certainty.Likely));
        }
        // The general place is no news beside the exact one.
        if (found.Any(one => one.Value is "lumbar_spine" or "thoracic_spine")) found.RemoveAll(one => one.Value == "back");
        if (found.Any(one => one.Value == "neck")) found.RemoveAll(one => one.Value == "cervical_spine");
        return (found, sideless);
    }

    static Site? Sided(Site site, List<Site> elsewhere)
    {
        BodySide[] same = [.. elsewhere.Where(other => other.Region == site.Region).Select(other => other.Side).OfType<BodySide>().Distinct()];
        if (same.Length == 1) return site with { Side = same[0] };
        // A finger is on the hand that the sentence, or the one before, speaks of.
        string[] near = site.Region switch { "finger" or "thumb" => ["hand", "wrist"], "toe" => ["foot", "ankle"], _ => [] };
        BodySide[] limb = [.. elsewhere.Where(other => near.Contains(other.Region)).Select(other => other.Side).OfType<BodySide>().Distinct()];
        return limb.Length == 1 ? site with { Side = limb[0] } : null;
    }

    internal static string Code(string region, BodySide side) => side == BodySide.NotApplicable ? region : $"{region}:{EnumText.Of(side)}";

    static bool MayHurt(Passage passage) => passage.Label switch
    {
        Label.Injuries or Label.Condition => true,
        Label.Symptoms or Label.Account => Cue.IsMatch(passage.Value),
        null => passage.Zone == Zone.Body && !passage.AboutAnother && Cue.IsMatch(passage.Value),
        Label.Person or Label.Ignored => passage.Words.StartsWith("Subject", StringComparison.OrdinalIgnoreCase) && Cue.IsMatch(passage.Value),
        _ => false,
    };

    static IEnumerable<Site> Sites(Passage passage)
    {
        var text = passage.Value;
        BodySide? carried = null;
        var carriedTo = -1;
        foreach (Match match in Region.Matches(text))
        {
            var place = Enumerable.Range(0, Words.Length).First(index => match.Groups[$"r{index}"].Success);
            var (region, before, after) = (Words[place].Region, text[..match.Index], text[(match.Index + match.Length)..]);
            if (!IsBody(region, match.Value, before, after)) continue;
            var side = SideBefore(before, carriedTo < 0 ? 0 : carriedTo) ?? (SideAfter.Match(after) is { Success: true } late ? Read(late.Groups["s"].Value) : null);
            // "left shoulder and elbow": one word for both; "left shoulder and the elbow": for the first.
            if (side is null && carried is not null && carriedTo > 0 && before[carriedTo..].Trim() is "and" or "," or "/" or "&" or ", and" or "and her" or "and his") side = carried;
            if (side is null && match.Value.EndsWith('s') && region is "shoulder" or "knee" or "wrist" or "hip" or "ankle" or "elbow" or "hand" && match.Value is not "achilles" && match.Value.EndsWith('s')) side = BodySide.Both;
            (carried, carriedTo) = (side, match.Index + match.Length);
            if (IsDenied(text, match.Index, match.Index + match.Length) || Earlier.IsMatch(Clause(text, match.Index))) continue;
            yield return new(region, side, passage, match.Index);
        }
    }

    static bool IsBody(string region, string word, string before, string after) => region switch
    {
        "back" => BackMeant.IsMatch(before) && !NotBody.IsMatch(after),
        "hand" => !after.StartsWith("-", StringComparison.Ordinal) && !after.StartsWith(" side", StringComparison.OrdinalIgnoreCase) && !after.StartsWith(" lane", StringComparison.OrdinalIgnoreCase) && !after.StartsWith(" over", StringComparison.OrdinalIgnoreCase)
            && (!HandMeant.IsMatch(before) || before.EndsWith("right ", StringComparison.OrdinalIgnoreCase) || before.EndsWith("left ", StringComparison.OrdinalIgnoreCase)) && !before.EndsWith("other ", StringComparison.OrdinalIgnoreCase),
        "foot" => !FeetMeasured.IsMatch(before) && !after.StartsWith(" of", StringComparison.OrdinalIgnoreCase),
        "head" => !HeadMoves.IsMatch(before) && !after.StartsWith(" of", StringComparison.OrdinalIgnoreCase) && !after.StartsWith("-", StringComparison.Ordinal) && !after.StartsWith(" office", StringComparison.OrdinalIgnoreCase) && !after.StartsWith(" teacher", StringComparison.OrdinalIgnoreCase) && !after.StartsWith(" chef", StringComparison.OrdinalIgnoreCase),
        "chest" => !after.StartsWith(" of", StringComparison.OrdinalIgnoreCase) && !after.StartsWith(" height", StringComparison.OrdinalIgnoreCase),
        "shoulder" => !after.StartsWith(" height", StringComparison.OrdinalIgnoreCase) && !after.StartsWith(" of the", StringComparison.OrdinalIgnoreCase) && !after.StartsWith(" level", StringComparison.OrdinalIgnoreCase) && !before.EndsWith("hard ", StringComparison.OrdinalIgnoreCase),
        "thumb" => !after.StartsWith(" of", StringComparison.OrdinalIgnoreCase),
        "neck" => !after.StartsWith(" of", StringComparison.OrdinalIgnoreCase),
        _ => true,
    };

    static BodySide? SideBefore(string before, int from)
    {
        var near = before[Math.Max(from, before.Length - 45)..];
        var clause = near[(near.LastIndexOfAny([',', ';', '.', ':', '(']) + 1)..];
        var last = Side.Matches(clause).LastOrDefault();
        if (last is null) return null;
        var between = clause[(last.Index + last.Length)..];
        return between.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length <= 3 && !between.Contains(" and ", StringComparison.OrdinalIgnoreCase) ? Read(last.Groups["s"].Value) : null;
    }

    static BodySide Read(string word) => char.ToLowerInvariant(word[0]) switch { 'l' => BodySide.Left, 'r' => BodySide.Right, _ => BodySide.Both };

    static string Clause(string text, int at)
    {
        var from = text.LastIndexOfAny([';', '.', ','], at) + 1;
        var to = text.IndexOfAny([';', '.', ','], at);
        return text[from..(to < 0 ? text.Length : to)];
    }

    /// <summary>Whether a "no" reaches the words, or they are said to be well.</summary>
    internal static bool IsDenied(string text, int start, int end)
    {
        var from = Math.Max(0, start - 200);
        var before = text[from..start];
        var plain = NotReallyNo.Replace(before, match => new string('~', match.Length));
        if (Negates.Matches(plain).LastOrDefault() is { } no && !NegationEnds.IsMatch(plain[(no.Index + no.Length)..])) return true;
        var rest = text[end..];
        var stop = rest.IndexOfAny([';', '.']);
        var clause = stop < 0 ? rest : rest[..stop];
        return IsWell.Match(clause) is { Success: true } well && !NegationEnds.IsMatch(clause[..well.Index].Replace("he ", "", StringComparison.Ordinal)) && well.Index < 90;
    }

    // Condition

    static readonly HashSet<string> Weak = new(StringComparer.OrdinalIgnoreCase)
        { "rta", "rtc", "road traffic accident", "rear-end shunt", "boot", "plate", "plaster", "radius", "office", "keyboard", "weakness", "unfit", "rehab", "return to work", "vibration", "cramp", "thoracic", "cervical", "dizzy", "plate and screws", "assembly line", "patella", "sternum", "femur", "tibia", "humerus", "clavicle", "collar bone", "instability", "knots", "trapezius", "head injury", "multiple injuries", "fall on bottom", "upper back", "lower back", "mid back", "between the shoulder blades", "back of thigh", "kneecap", "scaphoid", "metacarpal", "long-term pain", "chronic pain", "trapped nerve", "clenching", "vertigo", "pins and needles" };
    static readonly HashSet<string> Symptomatic = new(StringComparer.OrdinalIgnoreCase) { "pain", "ache", "stiff", "stiffness", "painful", "numb", "tingl", "bad", "sore", "locked", "lock" };
    static readonly HashSet<string> Small = new(StringComparer.OrdinalIgnoreCase) { "the", "in", "of", "a", "an", "and", "at", "from", "on", "after", "my", "or", "out", "to", "disc" };
    static readonly Regex Diagnosed = Pattern.Any(@"\b(?:diagnos\w*|condition|suffer(?:s|ing|ed) (?:from|with)|sustained|injur(?:y|ies)|confirmed|suspects?)\b");
    static readonly Regex WordForm = Pattern.Any(@"[\p{L}\p{M}]+");

    internal static Found? ConditionOf(LetterText letter, CatalogueContent catalogue, IReadOnlyList<Found> regions)
    {
        var places = regions.Select(region => region.Value.Split(':')[0]).ToHashSet();
        var callings = Callings(catalogue);
        (Condition Condition, Passage Source, int Rank)? best = null;
        foreach (var passage in letter.Passages.Where(passage => passage.Label is Label.Injuries or Label.Condition or Label.Symptoms || passage.Label is null && passage.Zone == Zone.Body && !passage.AboutAnother))
            foreach (var clause in passage.Value.Split([';', ',']))
            {
                var said = WordForm.Matches(clause).Select(word => Stem(word.Value)).ToHashSet();
                foreach (var (condition, name, isName, words, symptomatic) in callings)
                {
                    if (!words.All(said.Contains)) continue;
                    if (symptomatic && passage.Label is not Label.Condition && !(passage.Label is Label.Injuries || Diagnosed.IsMatch(passage.Value) && !passage.Value.Contains("pain in", StringComparison.OrdinalIgnoreCase))) continue;
                    var here = Sites(passage).Select(site => site.Region).ToHashSet();
                    // A single general word ("fracture") counts where the condition's place does.
                    if (words.Length == 1 && !condition.BodyRegions.Any(region => here.Contains(region) || here.Count == 0 && (places.Count == 0 || places.Contains(region)))) continue;
                    if (places.Count > 0 && !condition.BodyRegions.Any(places.Contains) && passage.Label is not Label.Condition) continue;
                    var at = IndexOfWord(passage.Value, clause, name);
                    if (IsDenied(passage.Value, at, Math.Min(passage.Value.Length, at + 1)) || Earlier.IsMatch(clause)) continue;
                    var rank = words.Length * 10 + words.Sum(word => word.Length) + (isName ? 3 : 0) + (passage.Label is Label.Condition ? 40 : passage.Label is Label.Injuries ? 10 : 0) - (symptomatic ? 25 : 0) + (clause.Contains(name, StringComparison.OrdinalIgnoreCase) ? 5 : 0) + 2 * condition.BodyRegions.Count(places.Contains);
                    if (best is null || rank > best.Value.Rank) best = (condition, passage, rank);
                }
            }
        return best is var (found, source, _) ? new(LetterField.Condition, found.Slug, found.Name, source.Text, source.Label is Label.Condition ? Certainty.Stated : Certainty.Likely) : null;
    }

    /// <summary>What a condition may be called: its name and its keywords, but for those that could mean anything.</summary>
    static List<(Condition Condition, string Name, bool IsName, string[] Words, bool Symptomatic)> Callings(CatalogueContent catalogue) =>
    [
        .. from condition in catalogue.Conditions
           from calling in condition.Keywords.Select(keyword => (Name: keyword, IsName: false)).Append((Name: condition.Name.Split('(')[0], IsName: true))
           where !Weak.Contains(calling.Name)
           let words = WordForm.Matches(calling.Name).Select(word => Stem(word.Value)).Where(word => !Small.Contains(word)).ToArray()
           where words.Length > 0
           select (condition, calling.Name, calling.IsName, words, words.Any(Symptomatic.Contains)),
    ];

    static int IndexOfWord(string text, string clause, string name)
    {
        var within = Math.Max(0, text.IndexOf(clause, StringComparison.Ordinal));
        var first = WordForm.Matches(name).Select(word => word.Value).Where(word => !Small.Contains(word)).Select(word => clause.IndexOf(Stem(word), StringComparison.OrdinalIgnoreCase)).Where(at => at >= 0).DefaultIfEmpty(0).Min();
        return within + first;
    }

    /// <summary>The word without its ending: sprained, sprains and spraining are one.</summary>
    static string Stem(string word)
    {
        var plain = word.ToLowerInvariant();
        foreach (var ending in new[] { "ing", "ed", "es", "s", "e" })
            if (plain.Length - ending.Length >= 4 && plain.EndsWith(ending, StringComparison.Ordinal) && !plain.EndsWith("ss", StringComparison.Ordinal)) return plain[..^ending.Length];
        return plain is "lower" ? "low" : plain;
    }

    // Symptoms

    static readonly Regex Limits = Pattern.Any(@"\b(?:cannot|can't|can’t|can not|unable|not able|difficult\w*|struggl\w*|restricted|limited|sleep\w*|wak(?:es|ing)|woken|worse|wary|avoids?|stops? (?:him|her|them)|prevents?|no longer able|keeps? (?:him|her|them)|hard to|finds? it|afraid|limps?|disturbed|aggravat\w*|radiat\w*)\b");
    static readonly Regex Feels = Pattern.Any(@"\b(?:pains?|painful|stiff\w*|aches?|aching|numb\w*|tingl\w*|sore\w*|tender\w*|swell\w*|swollen|discomfort|spasms?|headaches?|bruised|symptoms?|pins and needles|weak\w*|complains? of|constant)\b");
    static readonly Regex NotSymptoms = Pattern.Any(@"\b(?:grateful|please|arrange|report|liability|insur\w*|enclosed|we act|reference|authori\w*|fund\w*|invoice|appointment|bladder|bowels?|thank you)\b");

    internal static Found? Symptoms(LetterText letter)
    {
        foreach (var entry in letter.Entries(Label.Symptoms))
            if (entry.Value.Length > 5) return new(LetterField.Symptoms, entry.Value, entry.Value, entry.Text, Certainty.Stated);
        (Passage Passage, int Rank)? best = null;
        foreach (var passage in letter.Passages.Where(passage => passage.IsProse && passage.Owner != Owner.Sender && !passage.AboutAnother))
        {
            var rank = Math.Min(Limits.Count(passage.Text), 3) * 3 + Math.Min(Feels.Count(passage.Text), 3) * 2 - (NotSymptoms.IsMatch(passage.Text) ? 6 : 0) - (LetterDates.In(passage.Text).Count > 0 ? 2 : 0);
            if (rank >= 2 && (best is null || rank > best.Value.Rank)) best = (passage, rank);
        }
        return best is { } found ? new(LetterField.Symptoms, found.Passage.Text, found.Passage.Text, found.Passage.Text, Certainty.Likely) : null;
    }
}
