namespace ReferralPortal.Web.Features.Documents;

/// <summary>How much may be added to a referral.</summary>
public static class DocumentLimits
{
    /// <summary>The largest file, in bytes: 25 MB. The table checks it too.</summary>
    public const int FileBytes = 25 << 20;

    /// <summary>Documents of one referral: those that are there, being checked or on their way.</summary>
    public const int PerReferral = 20;

    /// <summary>Everything ever added to one referral, with what was refused: after that somebody is trying things out.</summary>
    public const int Attempts = 100;

    /// <summary>A file arrives in pieces of at most this many bytes: 1 MB.</summary>
    public const int ChunkBytes = 1 << 20;

    /// <summary>An upload that nobody has gone on with for this long is given up.</summary>
    public static readonly TimeSpan Abandoned = TimeSpan.FromHours(24);

    /// <summary>The limits in words.</summary>
    public const string Words = "PDF, Word (DOCX), JPEG, PNG, HEIC, TIFF and e-mails (MSG, EML), up to 25 MB each and 20 a referral.";

    /// <summary>"3.2 MB", "48 KB".</summary>
    public static string Size(long bytes) => bytes >= 1 << 20
        ? (bytes / (double)(1 << 20)).ToString("0.#", System.Globalization.CultureInfo.InvariantCulture) + " MB"
        : Math.Max(1, (bytes + 512) / 1024).ToString(System.Globalization.CultureInfo.InvariantCulture) + " KB";
}
