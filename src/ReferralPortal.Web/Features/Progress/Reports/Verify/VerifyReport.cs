using Dapper;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Progress.Reports.Verify;

/// <summary>What can be said of a copy of a report to whoever holds it.</summary>
public enum Genuineness
{
    /// <summary>No report with this check value was issued.</summary>
    Unknown,
    /// <summary>It was issued, and a later version has replaced it.</summary>
    Superseded,
    /// <summary>It was issued as it is, and stands.</summary>
    Current,
}

/// <summary>
/// Says to anybody who holds a report whether it is genuine and current, and nothing else. A copy is known by the SHA-256 of its content or of its file; a printed one by the first
/// sixteen digits of the former and the reference.
/// </summary>
public sealed class VerifyReport(PortalDataSources sources)
{
    /// <summary>Digits of the content's hash that stand at the foot of each page.</summary>
    public const int Printed = 16;

    /// <param name="reference">The referral's reference, as typed; may be empty where the whole hash is given.</param>
    /// <param name="check">The hash, or its beginning, as typed.</param>
    /// <param name="ct">Given up.</param>
    public async Task<Outcome<Genuineness>> Handle(string? reference, string? check, CancellationToken ct)
    {
        var hash = string.Concat((check ?? "").Where(char.IsAsciiLetterOrDigit)).ToLowerInvariant();
        var errors = new Dictionary<string, string>();
        if (hash.Length is < Printed or > 64 || !hash.All(char.IsAsciiHexDigit)) errors["Hash"] = $"Enter the check value from the foot of the page: at least {Printed} digits and letters from a to f";
        var typed = !string.IsNullOrWhiteSpace(reference);
        Reference known = default;
        if (typed && !Reference.TryParse(reference, out known)) errors["Reference"] = "Enter the reference as it stands on the report, such as R-7K3M-92QX";
        else if (!typed && hash.Length < 64) errors["Reference"] = "Enter the reference that stands on the report";
        if (errors.Count > 0) return Outcome.Invalid(errors);

        await using var connection = await sources.Reading.OpenConnectionAsync(ct);
        var standing = await connection.ExecuteScalarAsync<string?>(new CommandDefinition("select portal.verify_report(@reference, @hash)", new { reference = typed ? known.ToString() : null, hash }, cancellationToken: ct));
        return standing switch { "current" => Genuineness.Current, "superseded" => Genuineness.Superseded, _ => Genuineness.Unknown };
    }
}
