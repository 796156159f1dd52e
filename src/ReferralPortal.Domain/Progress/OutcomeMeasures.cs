namespace ReferralPortal.Domain.Progress;

/// <summary>
/// The measures that the portal scores. Only the rules are here: the wording is data, and for the licensed ones (NDI, ODI, QuickDASH, LEFS, MSK-HQ, EQ-5D-5L)
/// a clinic loads its own. Each rule names the paper that it follows.
/// </summary>
public static class OutcomeMeasures
{
    /// <summary>Numeric pain rating scale: one item. Change: Farrar et al., Pain 2001.</summary>
    public static OutcomeMeasure Nprs { get; } = new()
    {
        Key = "nprs", ShortName = "NPRS", RuleVersion = "nprs-1", Better = Direction.Lower,
        Items = Alike(1, 0, 10), FewestAnswers = 1, Rule = Sum, LowestScore = 0, HighestScore = 10, MeaningfulChange = 2,
    };

    /// <summary>Patient-specific functional scale: the mean of the one to five activities that the patient names; 3 points matter for a single one. Stratford et al., Physiotherapy Canada 1995.</summary>
    public static OutcomeMeasure Psfs { get; } = new()
    {
        Key = "psfs", ShortName = "PSFS", RuleVersion = "psfs-1", Better = Direction.Higher,
        Items = Alike(5, 0, 10), FewestAnswers = 1, Rule = Mean, LowestScore = 0, HighestScore = 10,
        MeaningfulChange = 2, ChangeRule = static (_, activities) => activities == 1 ? 3 : 2,
    };

    /// <summary>Global rating of change: one item that is itself a change, so there is nothing to compare it with. Jaeschke et al., Controlled Clinical Trials 1989.</summary>
    public static OutcomeMeasure Groc { get; } = new()
    {
        Key = "groc", ShortName = "GROC", RuleVersion = "groc-1", Better = Direction.Higher,
        Items = Alike(1, -7, 7), FewestAnswers = 1, Rule = Sum, LowestScore = -7, HighestScore = 7,
        Bands =
        [
            new(-7, "Much worse"), new(-5, "Moderately worse"), new(-3, "A little worse"), new(0, "No change"),
            new(1, "A little better"), new(4, "Moderately better"), new(6, "Much better"),
        ],
    };

    /// <summary>Patient health questionnaire: with one or two items missing, nine times the mean of the others. Kroenke, Spitzer and Williams, J Gen Intern Med 2001.</summary>
    public static OutcomeMeasure Phq9 { get; } = new()
    {
        Key = "phq9", ShortName = "PHQ-9", RuleVersion = "phq9-1", Better = Direction.Lower,
        Items = Alike(9, 0, 3), FewestAnswers = 7, Rule = static (sum, count) => sum * 9m / count, LowestScore = 0, HighestScore = 27, MeaningfulChange = 5,
        Bands = [new(0, "Minimal"), new(5, "Mild"), new(10, "Moderate"), new(15, "Moderately severe"), new(20, "Severe")],
        SelfHarmItem = 8,
    };

    /// <summary>Generalised anxiety disorder scale; every item is needed. Spitzer et al., Arch Intern Med 2006; its change of 4 is to be checked with the clinical lead.</summary>
    public static OutcomeMeasure Gad7 { get; } = new()
    {
        Key = "gad7", ShortName = "GAD-7", RuleVersion = "gad7-1", Better = Direction.Lower,
        Items = Alike(7, 0, 3), FewestAnswers = 7, Rule = Sum, LowestScore = 0, HighestScore = 21, MeaningfulChange = 4,
        Bands = [new(0, "Minimal"), new(5, "Mild"), new(10, "Moderate"), new(15, "Severe")],
    };

    /// <summary>
    /// Roland-Morris: 24 statements, 1 for each that is true (Roland and Morris, Spine 1983). A statement without an answer is not a "no", so all are needed.
    /// Five points matter, or 30 % of the baseline where that is less.
    /// </summary>
    public static OutcomeMeasure Rmdq { get; } = new()
    {
        Key = "rmdq", ShortName = "RMDQ", RuleVersion = "rmdq-1", Better = Direction.Lower,
        Items = Alike(24, 0, 1), FewestAnswers = 24, Rule = Sum, LowestScore = 0, HighestScore = 24,
        MeaningfulChange = 5, ChangeRule = static (baseline, _) => baseline > 0 ? Math.Min(5, baseline * 0.3m) : 5,
    };

    /// <summary>
    /// Neck disability index as a percentage of what was answered (Vernon and Mior, J Manipulative Physiol Ther 1991). Its bands are laid down on the sum of 50,
    /// 0-4, 5-14, 15-24, 25-34 and 35 up, and its meaningful change is 7.5 of 50; both are doubled here.
    /// </summary>
    public static OutcomeMeasure Ndi { get; } = new()
    {
        Key = "ndi", ShortName = "NDI", RuleVersion = "ndi-1", Better = Direction.Lower,
        Items = Alike(10, 0, 5), FewestAnswers = 1, Rule = PercentOfFives, LowestScore = 0, HighestScore = 100, MeaningfulChange = 15,
        Bands = [new(0, "No disability"), new(10, "Mild disability"), new(30, "Moderate disability"), new(50, "Severe disability"), new(70, "Complete disability")],
    };

    /// <summary>Oswestry disability index 2 as a percentage of what was answered; 20, 40, 60 and 80 still belong to the band below them. Fairbank and Pynsent, Spine 2000.</summary>
    public static OutcomeMeasure Odi { get; } = new()
    {
        Key = "odi", ShortName = "ODI", RuleVersion = "odi-1", Better = Direction.Lower,
        Items = Alike(10, 0, 5), FewestAnswers = 1, Rule = PercentOfFives, LowestScore = 0, HighestScore = 100, MeaningfulChange = 10,
        // Scores have two decimal places, so this is "over 20".
        Bands =
        [
            new(0, "Minimal disability"), new(20.01m, "Moderate disability"), new(40.01m, "Severe disability"),
            new(60.01m, "Very severe disability"), new(80.01m, "Extreme disability"),
        ],
    };

    /// <summary>QuickDASH: ((sum / n) - 1) x 25 with at most one item missing. Beaton et al., J Bone Joint Surg Am 2005.</summary>
    public static OutcomeMeasure QuickDash { get; } = new()
    {
        Key = "quickdash", ShortName = "QuickDASH", RuleVersion = "quickdash-1", Better = Direction.Lower,
        Items = Alike(11, 1, 5), FewestAnswers = 10, Rule = static (sum, count) => (sum - count) * 25m / count, LowestScore = 0, HighestScore = 100, MeaningfulChange = 14,
    };

    /// <summary>Lower extremity functional scale; every item is needed. Binkley et al., Phys Ther 1999.</summary>
    public static OutcomeMeasure Lefs { get; } = new()
    {
        Key = "lefs", ShortName = "LEFS", RuleVersion = "lefs-1", Better = Direction.Higher,
        Items = Alike(20, 0, 4), FewestAnswers = 20, Rule = Sum, LowestScore = 0, HighestScore = 80, MeaningfulChange = 9,
    };

    /// <summary>Musculoskeletal health questionnaire; every item is needed. Hill et al., BMJ Open 2016.</summary>
    public static OutcomeMeasure MskHq { get; } = new()
    {
        Key = "mskhq", ShortName = "MSK-HQ", RuleVersion = "mskhq-1", Better = Direction.Higher,
        Items = Alike(14, 0, 4), FewestAnswers = 14, Rule = Sum, LowestScore = 0, HighestScore = 56, MeaningfulChange = 6,
    };

    /// <summary>EQ-5D-5L: five levels and a scale of 0 to 100, recorded only: its index value needs a licensed value set. Herdman et al., Qual Life Res 2011.</summary>
    public static OutcomeMeasure Eq5d5l { get; } = new()
    {
        Key = "eq5d5l", ShortName = "EQ-5D-5L", RuleVersion = "eq5d5l-1", Better = Direction.None,
        Items = [.. Alike(5, 1, 5), new(0, 100)], FewestAnswers = 6,
    };

    /// <summary>Every measure, in the order in which they are offered.</summary>
    public static IReadOnlyList<OutcomeMeasure> All { get; } = [Nprs, Psfs, Groc, Phq9, Gad7, Rmdq, Ndi, Odi, QuickDash, Lefs, MskHq, Eq5d5l];

    static readonly Dictionary<string, OutcomeMeasure> ByKey = All.ToDictionary(measure => measure.Key);

    /// <summary>The measure with this key, or null when the portal cannot score it.</summary>
    public static OutcomeMeasure? Find(string key) => ByKey.GetValueOrDefault(key);

    /// <summary>The answers of the measure with this key make a score; taken for granted of one that the portal does not know.</summary>
    public static bool HasScore(string key) => Find(key)?.HasScore ?? true;

    static ItemRange[] Alike(int items, int least, int most) => [.. Enumerable.Repeat(new ItemRange(least, most), items)];

    static decimal Sum(int sum, int count) => sum;

    static decimal Mean(int sum, int count) => (decimal)sum / count;

    static decimal PercentOfFives(int sum, int count) => sum * 100m / (5 * count);
}
