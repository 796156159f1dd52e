using System.Text;
using System.Text.RegularExpressions;
using MimeKit;
using MimeKit.Text;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Referrals.Submit.Letters;

/// <summary>A letter that came by e-mail, as a mail programme saves it (.eml): its text, or the words of its HTML. Attachments are not opened.</summary>
static class MailLetter
{
    static readonly Regex Header = Pattern.Any(@"^(?:from|to|date|subject|message-id|mime-version|received|return-path|delivered-to|x-[a-z\-]+):[ \t]?");
    static readonly Regex Proof = Pattern.Any(@"(?:^|\n)(?:mime-version|message-id|received|content-type|return-path):");

    /// <summary>A saved message begins with headers that no person types.</summary>
    internal static bool Looks(byte[] bytes)
    {
        var head = Encoding.Latin1.GetString(bytes, 0, Math.Min(bytes.Length, 8_000));
        var end = head.IndexOf("\n\n", StringComparison.Ordinal) is var unix and > 0 ? unix : head.IndexOf("\r\n\r\n", StringComparison.Ordinal) is var dos and > 0 ? dos : head.Length;
        return Header.IsMatch(head.TrimStart()) && Proof.IsMatch(head[..end]);
    }

    internal static Outcome<LetterContent> Read(byte[] bytes)
    {
        using var stream = new MemoryStream(bytes, writable: false);
        var message = MimeMessage.Load(stream, persistent: true);
        var body = message.TextBody is { } plain && !string.IsNullOrWhiteSpace(plain) ? plain : message.HtmlBody is { } html ? Words(html) : "";
        var text = new StringBuilder();
        // The headings as a reader sees them: they tell the sender's address from the patient's.
        text.AppendBounded($"From: {Line(message.From.ToString())}\nTo: {Line(message.To.ToString())}\nSubject: {Line(message.Subject ?? "")}\n\n");
        text.AppendBounded(body);
        var attached = message.Attachments.Count();
        if (string.IsNullOrWhiteSpace(body)) return LetterFile.Refuse(attached > 0 ? "The e-mail has no text of its own. If the letter is its attachment, save the attachment and choose that file." : "The e-mail has no text.");
        return new LetterContent(text.ToString(), attached == 0 ? null : $"The e-mail has {(attached == 1 ? "an attachment" : $"{attached} attachments")}, which {(attached == 1 ? "was" : "were")} not read. To read one, save it and choose that file.");
    }

    static string Line(string header) => Pattern.Flat(header);

    static readonly HashSet<HtmlTagId> Breaks = [HtmlTagId.Br, HtmlTagId.P, HtmlTagId.Div, HtmlTagId.TR, HtmlTagId.LI, HtmlTagId.H1, HtmlTagId.H2, HtmlTagId.H3, HtmlTagId.H4, HtmlTagId.Table, HtmlTagId.UL, HtmlTagId.OL, HtmlTagId.BlockQuote, HtmlTagId.HR];
    static readonly HashSet<HtmlTagId> Unseen = [HtmlTagId.Script, HtmlTagId.Style, HtmlTagId.Head, HtmlTagId.Title];

    /// <summary>The words of HTML in their lines: cells become columns, paragraphs are set apart, and nothing is run or fetched.</summary>
    internal static string Words(string html)
    {
        var text = new StringBuilder();
        var unseen = 0;
        using var source = new StringReader(html);
        var tokens = new HtmlTokenizer(source) { DecodeCharacterReferences = true };
        while (tokens.ReadNextToken(out var token) && text.Length < LetterFile.MostCharacters)
            switch (token)
            {
                case HtmlTagToken tag when Unseen.Contains(tag.Id):
                    unseen = Math.Max(0, unseen + (tag.IsEndTag ? -1 : tag.IsEmptyElement ? 0 : 1));
                    break;
                case HtmlTagToken { Id: HtmlTagId.TD or HtmlTagId.TH, IsEndTag: true }:
                    text.Append("    ");
                    break;
                case HtmlTagToken { Id: HtmlTagId.P or HtmlTagId.H1 or HtmlTagId.H2 or HtmlTagId.H3 or HtmlTagId.Table, IsEndTag: true }:
                    text.Append("\n\n");
                    break;
                case HtmlTagToken tag when Breaks.Contains(tag.Id) && (!tag.IsEndTag || tag.Id is HtmlTagId.TR or HtmlTagId.Div):
                    if (tag.Id == HtmlTagId.Br || text.Length > 0 && text[^1] != '\n') text.Append('\n');
                    break;
                case HtmlDataToken data when unseen == 0 && token.Kind == HtmlTokenKind.Data:
                    var words = Pattern.Flat(data.Data);
                    if (words.Length == 0) break;
                    // A blank between two pieces of one line, not at its beginning.
                    if (char.IsWhiteSpace(data.Data[0]) && text.Length > 0 && !char.IsWhiteSpace(text[^1])) text.Append(' ');
                    text.Append(words);
                    if (char.IsWhiteSpace(data.Data[^1])) text.Append(' ');
                    break;
            }
        return text.ToString();
    }
}
