using ReferralPortal.Domain;
using ReferralPortal.Domain.Funding;
using ReferralPortal.Domain.Organisations;
using ReferralPortal.Domain.Progress;
using ReferralPortal.Web.Features.Funding.Extensions;
using ReferralPortal.Web.Features.Notifications;
using ReferralPortal.Web.Features.Progress.Reports;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Features.Referrals.Submit;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Platform.Mail;
using ReferralPortal.Web.Platform.SignIn;

namespace ReferralPortal.Web.Features.Funding.Links;

/// <summary>What the page of a link shows before it is known who reads: nothing of the referral.</summary>
/// <param name="SentTo">The address on file, as far as its owner knows it again.</param>
/// <param name="CodeIsOut">A code was sent that still holds.</param>
public sealed record LinkDoor(string SentTo, bool CodeIsOut);

/// <summary>What whoever entered the code reads: what is asked for, and the signed report as a payer may read it.</summary>
public sealed record LinkPage(
    Guid RequestId, int Version, string Reference, string PatientName, DateOnly DateOfBirth, string PayerName, DateOnly? DueOn, DateOnly Until, string OutcomeIfDeclined, IReadOnlyList<ExtensionLine> Lines,
    string ReportName, IReadOnlyList<ReportSection> Sections, string AuthorName, string AuthorHcpc, DateTimeOffset SignedAt);

/// <summary>What became of a code.</summary>
public enum CodeCheck { Right, Wrong, TooManyTries, TooOld }

/// <summary>An entered code, and the secret of the visit where it was right.</summary>
public sealed record CodeEntered(CodeCheck Check, string? Visit = null);

/// <summary>
/// Follows a payer's single-use link: shows its door, sends a code to the address on file, takes the code, shows what is asked for, and takes the answer. Nobody is signed in, so
/// it is the portal's own account that reads and writes; every step is audited. A link that is unknown, used, replaced or over is missing, whichever of them it is.
/// </summary>
public sealed class FollowLink(PortalDatabase database, PortalDataSources sources, IMailSender mail, IConfiguration configuration)
{
    /// <summary>How long a code holds, how often it may be tried, how many there are for one link, and how long one waits for the next.</summary>
    public static readonly TimeSpan CodeHolds = TimeSpan.FromMinutes(10), BetweenCodes = TimeSpan.FromMinutes(1), VisitLasts = TimeSpan.FromMinutes(30);
    public const int Tries = 5, MostCodes = 10;

    /// <summary>What stands at the door.</summary>
    public async Task<Outcome<LinkDoor>> Open(string token, CancellationToken ct) => await InLink<LinkDoor>(token, async (unit, link) =>
    {
        if (link.OpenedAt is null)
        {
            await unit.Run("update funder_link set opened_at = @now, version = version + 1 where id = @id", new { link.Id, unit.Now });
            unit.Audit(AuditAction.OpenFunderLink, link.ReferralId, link.Id);
        }
        return new LinkDoor(Masked(link.SentTo), link.CodeHolds(unit.Now));
    }, ct);

    /// <summary>Sends a code to the address on file. One that is out already holds no more.</summary>
    /// <exception cref="MailNotSentException">The mail server did not take it.</exception>
    public async Task<Outcome<LinkDoor>> SendCode(string token, CancellationToken ct)
    {
        var code = FunderSecret.NewCode();
        var (id, thread, to, now) = (Guid.CreateVersion7(), Guid.Empty, "", DateTimeOffset.MinValue);
        Sender? group = null;
        var outcome = await InLink<LinkDoor>(token, async (unit, link) =>
        {
            if (link.CodesSent >= MostCodes) return Outcome.Refused("Too many codes were asked for with this link. Ring the clinic for a new link.");
            if (link.CodeSentAt + BetweenCodes > unit.Now) return Outcome.Refused("A code has just been sent. Wait a minute before you ask for another.");
            await unit.Run(NewCode, new { link.Id, hash = FunderSecret.Hash(token, code), unit.Now });
            unit.Audit(AuditAction.SendFunderCode, link.ReferralId, link.Id);
            (thread, to, now, group) = (link.RequestId, link.SentTo, unit.Now, await unit.One<Sender>("select name, phone, email from clinic_group_settings"));
            return new LinkDoor(Masked(link.SentTo), true);
        }, ct);
        if (!outcome.IsDone) return outcome;

        var options = MailOptions.Read(configuration, out _) ?? throw new MailNotSentException(Domain.Notifications.MailFault.NoConnection);
        var written = FunderMail.Code(code, group!);
        await mail.Send(options, new OutgoingMail(id, thread, now, to, written.Subject, written.Text, written.Html), ct);
        return outcome;
    }

    /// <summary>Takes a code. The fifth wrong one ends it; the next must be asked for.</summary>
    public async Task<Outcome<CodeEntered>> EnterCode(string token, string typed, CancellationToken ct) => await InLink<CodeEntered>(token, async (unit, link) =>
    {
        if (link.CodeHash is null || !link.CodeHolds(unit.Now)) return new CodeEntered(link.CodeTries >= Tries ? CodeCheck.TooManyTries : CodeCheck.TooOld);
        var digits = string.Concat(typed.Where(char.IsAsciiDigit));
        if (digits.Length == 6 && FunderSecret.Same(link.CodeHash, FunderSecret.Hash(token, digits)))
        {
            var visit = FunderSecret.NewToken();
            await unit.Run(Confirmed, new { link.Id, hash = FunderSecret.Hash(visit), unit.Now, ends = unit.Now + VisitLasts });
            unit.Audit(AuditAction.EnterFunderCode, link.ReferralId, link.Id, new { right = true });
            return new CodeEntered(CodeCheck.Right, visit);
        }
        await unit.Run("update funder_link set code_tries = code_tries + 1, version = version + 1 where id = @id", new { link.Id });
        unit.Audit(AuditAction.EnterFunderCode, link.ReferralId, link.Id, new { right = false });
        return new CodeEntered(link.CodeTries + 1 >= Tries ? CodeCheck.TooManyTries : CodeCheck.Wrong);
    }, ct);

    /// <summary>What is asked for, for the browser in which the code was entered; refused while it was not.</summary>
    public async Task<Outcome<LinkPage>> Read(string token, string? visit, CancellationToken ct) => await InLink<LinkPage>(token, async (unit, link) =>
    {
        if (!link.Knows(visit, unit.Now)) return NotConfirmed;
        await using var sets = await unit.Results(Page, new { link.RequestId });
        var row = await sets.ReadSingleOrDefaultAsync<Row>();
        var lines = (await sets.ReadAsync<ExtensionLine>()).ToList();
        if (row is null) return Outcome.Missing;

        unit.Audit(AuditAction.ViewReport, link.ReferralId, row.ReportId, new { by = "link" });
        var sections = ReportContent.For(ReportAudience.Funder, row.Kind, PortalJson.Read<List<ReportSection>>(row.Content));
        return new LinkPage(link.RequestId, row.Version, row.Reference, $"{row.GivenName} {row.FamilyName}", row.DateOfBirth, row.PayerName, row.DueOn, row.Until, row.OutcomeIfDeclined, lines,
            ReportForms.Name(row.Kind), sections, row.AuthorName, row.AuthorHcpc, row.SignedAt);
    }, ct);

    /// <summary>Takes the answer, once: the link ends with it.</summary>
    /// <param name="token">The token in the address.</param>
    /// <param name="visit">The secret of the visit.</param>
    /// <param name="version">The version of the request that was read.</param>
    /// <param name="name">Who answers.</param>
    /// <param name="answer">The answer.</param>
    /// <param name="ct">Cancels before anything is stored.</param>
    public async Task<Outcome<ExtensionState>> Answer(string token, string? visit, int version, string name, ExtensionAnswer answer, CancellationToken ct)
    {
        var errors = AnswerExtension.Check(answer);
        if (!TypedText.IsSeen(name) || name.Length > 100) errors["Name"] = "Enter your name, with 100 characters or fewer";
        return await InLink<ExtensionState>(token, async (unit, link) =>
        {
            if (!link.Knows(visit, unit.Now)) return NotConfirmed;
            if (errors.Count > 0) return Outcome.Invalid(errors);
            var referral = await unit.One<LockedReferral>(LockReferral, new { link.ReferralId });
            var request = referral is null ? null : await unit.LockedRequest(link.RequestId);
            if (referral is null || request is null) return Outcome.Missing;

            var outcome = await unit.Answer(referral, request, version, answer, new Answerer(unit.Actor.UserId, $"{TypedText.Storable(name)!.Trim()}, {request.PayerName}", "link"));
            if (outcome.IsDone) await unit.Run("update funder_link set used_at = @now, visit_hash = null, code_hash = null, version = version + 1 where id = @id", new { link.Id, unit.Now });
            return outcome;
        }, ct);
    }

    static readonly Failure NotConfirmed = Outcome.Refused("Confirm who you are with a code first.");

    async Task<Outcome<T>> InLink<T>(string token, Func<PortalUnit, Link, Task<Outcome<T>>> work, CancellationToken ct)
    {
        // What cannot be a token is not looked up.
        if (token.Length != 64 || !token.All(char.IsAsciiHexDigitLower)) return Outcome.Missing;
        var portal = await CurrentActor.Load(sources, Actor.SystemUserId, ct);
        return await database.Write<T>(portal, async unit =>
        {
            // The referral's row first, as everywhere; whether the link still opens is asked under that lock.
            var link = await unit.One<Link>(Live, new { hash = FunderSecret.Hash(token), unit.Now });
            return link is null ? Outcome.Missing : await work(unit, link);
        }, ct);
    }

    /// <summary>"c•••••@ribble.example".</summary>
    internal static string Masked(string address) => address.IndexOf('@', StringComparison.Ordinal) is > 0 and var at ? $"{address[0]}•••••{address[at..]}" : "the address on file";

    sealed record Link(
        Guid Id, Guid RequestId, Guid ReferralId, string SentTo, DateTimeOffset? OpenedAt, string? CodeHash, DateTimeOffset? CodeSentAt, int CodeTries, int CodesSent, string? VisitHash, DateTimeOffset? VisitEndsAt)
    {
        internal bool CodeHolds(DateTimeOffset now) => CodeHash is not null && CodeSentAt + FollowLink.CodeHolds > now && CodeTries < Tries;
        internal bool Knows(string? visit, DateTimeOffset now) => visit is not null && VisitEndsAt > now && FunderSecret.Same(VisitHash, FunderSecret.Hash(visit));
    }

    sealed record Row(
        Guid ReportId, int Version, string Reference, string GivenName, string FamilyName, DateOnly DateOfBirth, string PayerName, DateOnly? DueOn, DateOnly Until, string OutcomeIfDeclined,
        Coded<ReportKind> Kind, string Content, string AuthorName, string AuthorHcpc, DateTimeOffset SignedAt);

    const string Live = """
        select link.id, link.request_id, link.referral_id, link.sent_to, link.opened_at, link.code_hash, link.code_sent_at, link.code_tries, link.codes_sent, link.visit_hash, link.visit_ends_at
        from funder_link link
        join referral r on r.id = link.referral_id
        join extension_request request on request.id = link.request_id and request.state = 'waiting'
        where link.token_hash = @hash and link.used_at is null and link.replaced_at is null and link.expires_at > @now
        for update of r, link
        """;

    const string NewCode = """
        update funder_link set code_hash = @hash, code_sent_at = @now, code_tries = 0, codes_sent = codes_sent + 1, version = version + 1 where id = @id
        """;

    const string Confirmed = """
        update funder_link set
            code_hash = null, confirmed_at = coalesce(confirmed_at, @now), visit_hash = @hash, visit_ends_at = @ends, version = version + 1
        where id = @id
        """;

    const string LockReferral = $"select {LockedReferral.Columns} from referral r where r.id = @referralId for update";

    const string Page = """
        select report.id as report_id, request.version, r.reference, patient.given_name, patient.family_name, patient.date_of_birth, request.payer_name, request.due_on, request.until, request.outcome_if_declined,
               report.kind, report.content::text as content, report.author_name, report.author_hcpc, report.signed_at
        from extension_request request
        join referral r on r.id = request.referral_id
        join patient on patient.id = r.patient_id
        -- The version that stands: what was corrected since the payer was asked must not decide its answer.
        join lateral (
            with recursive version (id) as (
                select request.report_id
                union
                select later.id from version join report later on later.supersedes_id = version.id)
            select report.* from version join report on report.id = version.id
            where report.state = 'signed' and report.released_at is not null limit 1) report on true
        where request.id = @requestId;

        select line.place, line.modality, line.sessions, line.unit_price, line.granted from extension_line line where line.request_id = @requestId order by line.place;
        """;
}
