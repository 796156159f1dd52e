using System.Text;
using ReferralPortal.Web.Platform;
using UglyToad.PdfPig;
using UglyToad.PdfPig.Content;
using UglyToad.PdfPig.Exceptions;

namespace ReferralPortal.Web.Features.Referrals.Submit.Letters;

/// <summary>A PDF's words, put together again into lines with their columns apart.</summary>
static class PdfLetter
{
    const int MostPages = 40;

    internal static Outcome<LetterContent> Read(byte[] bytes)
    {
        try
        {
            using var document = PdfDocument.Open(bytes, new ParsingOptions { SkipMissingFonts = true, UseLenientParsing = true, FilterProvider = new BoundedFilters() });
            var text = new StringBuilder();
            var pages = Math.Min(document.NumberOfPages, MostPages);
            for (var number = 1; number <= pages && text.Length < LetterFile.MostCharacters; number++) Append(document.GetPage(number), text);
            if (!text.ToString().Any(char.IsLetter)) return LetterFile.Refuse("This PDF holds only pictures of pages, such as a scan makes, and no text. Please paste the letter’s text, or type the form.");
            return new LetterContent(text.ToString(), document.NumberOfPages > MostPages ? $"Only the first {MostPages} pages were read." : null);
        }
        catch (PdfDocumentEncryptedException)
        {
            return LetterFile.Refuse("This PDF is protected by a password. Save a copy without it, or paste the letter’s text.");
        }
    }

    static void Append(Page page, StringBuilder text)
    {
        var words = page.GetWords().Where(word => word.Text.Length > 0).ToList();
        List<List<Word>> lines = [];
        foreach (var word in words.OrderByDescending(Middle))
            if (lines.LastOrDefault() is { } line && Math.Abs(Middle(line[0]) - Middle(word)) < Math.Max(2, Math.Min(line[0].BoundingBox.Height, word.BoundingBox.Height) * 0.5)) line.Add(word);
            else lines.Add([word]);

        var (lastBottom, usual, margin) = (double.NaN, Usual(lines), lines.Count == 0 ? 0 : words.Min(word => word.BoundingBox.Left));
        foreach (var line in lines)
        {
            line.Sort((one, other) => one.BoundingBox.Left.CompareTo(other.BoundingBox.Left));
            // A gap taller than the usual step between lines is an empty line.
            if (!double.IsNaN(lastBottom) && lastBottom - Middle(line[0]) > usual * 1.45) text.AppendBounded("\n");
            lastBottom = Middle(line[0]);
            for (var at = 0; at < line.Count; at++)
            {
                if (at > 0)
                {
                    var gap = line[at].BoundingBox.Left - line[at - 1].BoundingBox.Right;
                    var letter = line[at - 1].Letters.Average(one => one.PointSize);
                    text.AppendBounded(gap > letter * 1.1 ? "    " : " ");
                }
                else if (line[0].BoundingBox.Left - margin > 30) text.AppendBounded("        ");
                text.AppendBounded(line[at].Text);
            }
            if (!text.AppendBounded("\n")) return;
        }
        text.AppendBounded("\n");
    }

    static double Middle(Word word) => word.Letters.Count > 0 ? word.Letters[0].StartBaseLine.Y : word.BoundingBox.Bottom;

    static double Usual(List<List<Word>> lines)
    {
        var steps = lines.Zip(lines.Skip(1), (one, next) => Middle(one[0]) - Middle(next[0])).Where(step => step > 1).Order().ToList();
        return steps.Count == 0 ? 14 : steps[steps.Count / 4];
    }
}
