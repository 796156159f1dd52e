using System.Net;
using System.Text;

namespace ReferralPortal.Web.Features.Notifications;

/// <summary>A piece of a mail: words, and the address that they lead to.</summary>
sealed record Piece(string Words, Uri? Link = null, bool Small = false);

/// <summary>A mail in words; both of its forms say the same.</summary>
sealed record Written(string Subject, IReadOnlyList<Piece> Pieces)
{
    /// <summary>For programs that show plain text, and for people who prefer it.</summary>
    internal string Text
    {
        get
        {
            var text = new StringBuilder();
            foreach (var piece in Pieces)
            {
                text.Append(piece.Words).Append('\n');
                if (piece.Link is { } link) text.Append(link.AbsoluteUri).Append('\n');
                text.Append('\n');
            }
            return text.ToString().TrimEnd() + "\n";
        }
    }

    /// <summary>No image and nothing from elsewhere: opening it tells nobody.</summary>
    internal string Html
    {
        get
        {
            var html = new StringBuilder($"<!doctype html><html lang=\"en-GB\"><head><meta charset=\"utf-8\"><title>{Encoded(Subject)}</title></head>")
                .Append("<body style=\"margin:0;padding:24px;font:16px/24px Arial,sans-serif;color:#1c2530;background:#ffffff\"><div style=\"max-width:560px\">");
            foreach (var piece in Pieces)
            {
                html.Append(piece.Small ? "<p style=\"margin:24px 0 0;font-size:13px;line-height:20px;color:#52606d\">" : "<p style=\"margin:0 0 16px\">")
                    .Append(Encoded(piece.Words).Replace("\n", "<br>", StringComparison.Ordinal));
                if (piece.Link is { } link) html.Append($"<br><a href=\"{Encoded(link.AbsoluteUri)}\" style=\"color:#00566b\">{Encoded(link.AbsoluteUri)}</a>");
                html.Append("</p>");
            }
            return html.Append("</div></body></html>").ToString();
        }
    }

    static string Encoded(string words) => WebUtility.HtmlEncode(words);
}
