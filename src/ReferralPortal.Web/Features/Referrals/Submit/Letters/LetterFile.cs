using System.Text;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Referrals.Submit.Letters;

/// <summary>A file's letter as plain text.</summary>
/// <param name="Text">The words, line by line.</param>
/// <param name="Note">What was left aside, such as an attachment; null when nothing was.</param>
public sealed record LetterContent(string Text, string? Note = null);

/// <summary>
/// Turns an uploaded letter into text: PDF, Word, e-mail or plain text, told apart by content and not by name. The file is read into memory of its own size
/// and forgotten; a few are read at once on a node, so that many large letters cannot use up its memory. Nothing is written down anywhere.
/// </summary>
public static class LetterFile
{
    /// <summary>The largest file that is taken, in bytes.</summary>
    public const int LargestBytes = 10 * 1024 * 1024;

    /// <summary>The most characters of text that are taken from a file.</summary>
    public const int MostCharacters = 300_000;

    const int AtOnce = 3;

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    static readonly SemaphoreSlim Turn = new(AtOnce, AtOnce);

    static readonly byte[] Pdf = "%PDF-"u8.ToArray(), Zip = [0x50, 0x4B, 0x03, 0x04], OldOffice = [0xD0, 0xCF, 0x11, 0xE0], Png = [0x89, 0x50, 0x4E, 0x47], Jpeg = [0xFF, 0xD8, 0xFF], Rtf = @"{\rtf"u8.ToArray();

    /// <summary>Reads the letter, or says in plain words why it cannot be read.</summary>
    /// <param name="open">Opens the upload; it is asked for no more than <see cref="LargestBytes"/>.</param>
    /// <param name="size">The file's size in bytes, as the browser says.</param>
    /// <param name="ct">Stops the reading.</param>
    public static async Task<Outcome<LetterContent>> Read(Func<Stream> open, long size, CancellationToken ct)
    {
        if (size > LargestBytes) return Refuse("The file is larger than 10 MB. Choose a smaller one, or paste the letter’s text.");
        if (size == 0) return Refuse("The file is empty.");
        if (!await Turn.WaitAsync(Patience, ct)) return Refuse("Several letters are being read at the moment. Please try again in a minute.");

        var released = false;
        try
        {
            var bytes = await Whole(open, (int)size, ct);
            // A malformed file can keep a reader busy: the person is told in time, and the turn is given back when the reader ends.
            var reading = Task.Run(() => Read(bytes), CancellationToken.None);
            released = true;
            _ = reading.ContinueWith(_ => Turn.Release(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            return await reading.WaitAsync(Patience, ct);
        }
        catch (TimeoutException)
        {
            return Refuse("Reading this file takes too long. Please paste the letter’s text instead.");
        }
        catch (IOException)
        {
            return Refuse("The file did not arrive whole. Please try again.");
        }
        finally
        {
            if (!released) Turn.Release();
        }
    }

    static async Task<byte[]> Whole(Func<Stream> open, int size, CancellationToken ct)
    {
        var bytes = new byte[size];
        await using var stream = open();
        await stream.ReadExactlyAsync(bytes, ct);
        return bytes;
    }

    /// <summary>Reads bytes that are all there.</summary>
    internal static Outcome<LetterContent> Read(byte[] bytes)
    {
        try
        {
            var outcome = Begins(Pdf, within: 1024) ? PdfLetter.Read(bytes)
                : Begins(Zip) ? WordLetter.Read(bytes)
                : Begins(OldOffice) ? Refuse("This is an older Office file, an Outlook message, or one that is protected by a password. Save it as .docx, PDF or .eml without a password, or paste the letter’s text.")
                : Begins(Png) || Begins(Jpeg) || Begins([0x49, 0x49, 0x2A, 0x00]) || Begins([0x4D, 0x4D, 0x00, 0x2A]) ? Refuse("This is a picture, and the portal does not read pictures. Please paste the letter’s text, or type the form.")
                : Begins(Rtf) ? Refuse("This is a rich-text file. Save it as .docx or PDF, or paste the letter’s text.")
                : MailLetter.Looks(bytes) ? MailLetter.Read(bytes)
                : PlainLetter.Read(bytes);
            return outcome.Value is { } letter && string.IsNullOrWhiteSpace(letter.Text) ? Refuse("There are no words in this file.") : outcome;
        }
        // A file from outside can break its reader in any way; whatever the way, this is what it means to the person.
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            return Refuse("The file is damaged, or is not what its name says. Open it on your computer to check, save it again, or paste the letter’s text.");
        }

        bool Begins(ReadOnlySpan<byte> mark, int within = 0) => within == 0 ? bytes.AsSpan().StartsWith(mark) : bytes.AsSpan(0, Math.Min(bytes.Length, within)).IndexOf(mark) >= 0;
    }

    internal static Outcome<LetterContent> Refuse(string words) => Outcome.Refused(words);

    /// <summary>Appends as much as is taken; false when there is no room for more.</summary>
    internal static bool AppendBounded(this StringBuilder text, string more)
    {
        var room = MostCharacters - text.Length;
        text.Append(more.Length <= room ? more : more[..Math.Max(0, room)]);
        return more.Length <= room;
    }
}
