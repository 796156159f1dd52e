using System.Text;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Referrals.Submit.Letters;

/// <summary>A letter as a plain text file: UTF-8 or UTF-16 with or without its mark, or else Windows-1252.</summary>
static class PlainLetter
{
    static readonly Encoding Western = CodePagesEncodingProvider.Instance.GetEncoding(1252)!;

    internal static Outcome<LetterContent> Read(byte[] bytes)
    {
        var text = Decode(bytes);
        var odd = text.Count(letter => char.IsControl(letter) && letter is not ('\r' or '\n' or '\t' or '\f' or '\v'));
        if (odd > text.Length / 50) return LetterFile.Refuse("This kind of file cannot be read. Use PDF, Word (.docx), an e-mail (.eml) or plain text, or paste the letter’s text.");
        return new LetterContent(text.Length > LetterFile.MostCharacters ? text[..LetterFile.MostCharacters] : text);
    }

    internal static string Decode(byte[] bytes)
    {
        if (bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble)) return Encoding.UTF8.GetString(bytes.AsSpan(3));
        if (bytes.AsSpan().StartsWith(Encoding.Unicode.Preamble)) return Encoding.Unicode.GetString(bytes.AsSpan(2));
        if (bytes.AsSpan().StartsWith(Encoding.BigEndianUnicode.Preamble)) return Encoding.BigEndianUnicode.GetString(bytes.AsSpan(2));

        // Western text in UTF-16 has a zero in every other place.
        var sample = bytes.AsSpan(0, Math.Min(bytes.Length & ~1, 2_000));
        var (even, uneven) = (0, 0);
        for (var at = 0; at < sample.Length; at += 2)
        {
            if (sample[at] == 0) even++;
            if (sample[at + 1] == 0) uneven++;
        }
        if (sample.Length >= 8 && uneven > sample.Length / 2 * 0.6 && even == 0) return Encoding.Unicode.GetString(bytes);
        if (sample.Length >= 8 && even > sample.Length / 2 * 0.6 && uneven == 0) return Encoding.BigEndianUnicode.GetString(bytes);
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return Western.GetString(bytes);
        }
    }
}
