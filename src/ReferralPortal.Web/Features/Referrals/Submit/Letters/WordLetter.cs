using System.Text;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Wordprocessing;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Referrals.Submit.Letters;

/// <summary>A Word document (.docx): its headers, paragraphs and tables, a table's row as one line with its cells apart.</summary>
static class WordLetter
{
    // A small file can unfold into a very large one; no letter has this much in one part.
    const long MostCharactersInPart = 8_000_000;

    internal static Outcome<LetterContent> Read(byte[] bytes)
    {
        using var stream = new MemoryStream(bytes, writable: false);
        using var document = WordprocessingDocument.Open(stream, isEditable: false, new OpenSettings { MaxCharactersInPart = MostCharactersInPart, AutoSave = false });
        if (document.MainDocumentPart is not { } main) return LetterFile.Refuse("This is no Word document. Use PDF, Word (.docx), an e-mail (.eml) or plain text, or paste the letter’s text.");
        var text = new StringBuilder();
        foreach (var header in main.HeaderParts) Append(header.Header, text);
        Append(main.Document?.Body, text);
        return new LetterContent(text.ToString());
    }

    static void Append(OpenXmlElement? parent, StringBuilder text)
    {
        foreach (var element in parent?.ChildElements ?? Enumerable.Empty<OpenXmlElement>())
        {
            if (text.Length >= LetterFile.MostCharacters) return;
            switch (element)
            {
                case Paragraph paragraph:
                    text.AppendBounded(WordsOf(paragraph) + "\n");
                    if (paragraph.ParagraphProperties?.SpacingBetweenLines?.After?.Value is { } after && after != "0") text.AppendBounded("\n");
                    break;
                case Table table:
                    foreach (var row in table.Descendants<TableRow>())
                        text.AppendBounded(string.Join("    ", row.Elements<TableCell>().Select(cell => string.Join(", ", cell.Elements<Paragraph>().Select(paragraph => Pattern.Flat(WordsOf(paragraph))).Where(words => words.Length > 0)))) + "\n");
                    text.AppendBounded("\n");
                    break;
                case SdtElement content:
                    Append(content.Elements().FirstOrDefault(child => child is SdtContentBlock or SdtContentRun or SdtContentCell), text);
                    break;
            }
        }
    }

    static string WordsOf(Paragraph paragraph)
    {
        var text = new StringBuilder();
        foreach (var piece in paragraph.Descendants())
            switch (piece)
            {
                case Text words: text.Append(words.Text); break;
                case TabChar: text.Append("    "); break;
                case Break or CarriageReturn: text.Append('\n'); break;
                case NoBreakHyphen: text.Append('-'); break;
            }
        return text.ToString();
    }
}
