namespace ReferralPortal.Web.Features.Progress.Reports;

/// <summary>A line of a text that is to be replaced: kept, taken away (<see cref="Change"/> below zero) or added (above).</summary>
sealed record DifferentLine(int Change, string Text);

/// <summary>What would change, line by line, if one text replaced another.</summary>
static class LineDifference
{
    /// <summary>The lines of both, in their order: the longest common run of lines is kept.</summary>
    internal static IReadOnlyList<DifferentLine> Of(string before, string after)
    {
        var (old, fresh) = (Lines(before), Lines(after));
        var common = new int[old.Length + 1, fresh.Length + 1];
        for (var i = old.Length - 1; i >= 0; i--)
            for (var j = fresh.Length - 1; j >= 0; j--)
                common[i, j] = old[i] == fresh[j] ? common[i + 1, j + 1] + 1 : Math.Max(common[i + 1, j], common[i, j + 1]);

        var lines = new List<DifferentLine>();
        for (int i = 0, j = 0; i < old.Length || j < fresh.Length;)
            if (i < old.Length && j < fresh.Length && old[i] == fresh[j])
            {
                lines.Add(new(0, old[i++]));
                j++;
            }
            else if (i < old.Length && (j == fresh.Length || common[i + 1, j] >= common[i, j + 1])) lines.Add(new(-1, old[i++]));
            else lines.Add(new(1, fresh[j++]));
        return lines;
    }

    static string[] Lines(string text) => text.Length == 0 ? [] : [.. text.ReplaceLineEndings("\n").Split('\n').Take(MostLines)];

    // The table is square: a text of one character a line must not make it large.
    const int MostLines = 400;
}
