using ReferralPortal.Domain;
using ReferralPortal.Domain.Funding;
using ReferralPortal.Domain.Organisations;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Features.Referrals.Submit;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Funding.Extensions;

/// <summary>What a payer answers.</summary>
/// <param name="Granted">Sessions granted of each line, in the order of the lines.</param>
/// <param name="Reason">Why not all of it; required where nothing is granted.</param>
/// <param name="Words">For the clinic and the referrer; required with <see cref="ExtensionReason.Other"/>.</param>
public sealed record ExtensionAnswer(IReadOnlyList<int> Granted, ExtensionReason? Reason, string Words);

/// <summary>
/// Answers a request for more sessions: all of it, a part by line, or nothing. What is granted goes into the ledger, the answer onto the timeline, and clinic and
/// referrer are told. Allowed to the payer's funders while the request waits; the second of two is told what the first did. Safe to repeat.
/// </summary>
public sealed class AnswerExtension(PortalDatabase database)
{
    /// <param name="Request">Which.</param>
    /// <param name="Version">The version of it that the person saw.</param>
    /// <param name="Answer">The answer.</param>
    public sealed record Command(Guid Request, int Version, ExtensionAnswer Answer);

    const int LongestWords = 4000;

    public async Task<Outcome<ExtensionState>> Handle(Actor actor, Command command, CancellationToken ct)
    {
        if (actor.OrganisationKind != OrganisationKind.Funder || !actor.Has(Role.Funder)) return Outcome.Refused("Your role does not allow this: a funder answers.");
        if (Check(command.Answer) is { Count: > 0 } errors) return Outcome.Invalid(errors);

        return await database.Write<ExtensionState>(actor, async unit =>
        {
            // The referral's row first, as everywhere.
            var referral = await unit.One<LockedReferral>(LockReferral, new { command.Request, actor.OrganisationId });
            var request = referral is null ? null : await unit.LockedRequest(command.Request);
            if (referral is null || request is null || request.PayerOrganisationId != actor.OrganisationId) return Outcome.Missing;
            return await unit.Answer(referral, request, command.Version, command.Answer, new Answerer(actor.UserId, actor.DisplayName, "portal"));
        }, ct);
    }

    /// <summary>What is wrong with an answer by itself, by field.</summary>
    public static Dictionary<string, string> Check(ExtensionAnswer answer)
    {
        var errors = new Dictionary<string, string>();
        if (answer.Granted.All(sessions => sessions == 0) && answer.Reason is null) errors[nameof(answer.Reason)] = "Choose why it is declined";
        if (answer.Reason == ExtensionReason.Other && string.IsNullOrWhiteSpace(answer.Words)) errors[nameof(answer.Words)] = "Write the reason";
        else if (answer.Words.Length > LongestWords) errors[nameof(answer.Words)] = $"Use {LongestWords:N0} characters or fewer";
        return errors;
    }

    const string LockReferral = $"""
        select {LockedReferral.Columns} from referral r
        where r.id = (select referral_id from extension_request where id = @request)
            and exists (select from referral_party mine where mine.referral_id = r.id and mine.organisation_id = @organisationId and mine.role = 'funder')
        for update
        """;
}

/// <summary>Who answers, and by which way: portal, link or contract.</summary>
sealed record Answerer(Guid Id, string Name, string How);

/// <summary>A request that this unit may answer: its referral's row is locked.</summary>
sealed record LockedRequest(
    Guid Id, Guid ReferralId, Guid? PayerOrganisationId, string PayerName, string? PayerEmail, string State, DateOnly Until, DateOnly? DueOn, int Reminded,
    Guid? AnsweredBy, string? AnsweredByName, DateTimeOffset? AnsweredAt, int Version)
{
    public IReadOnlyList<ExtensionLine> Lines { get; init; } = [];
    public int[] Asked => [.. Lines.Select(line => line.Sessions)];
}

/// <summary>The answer itself, one for the portal, the link and the contract.</summary>
static class ExtensionAnswers
{
    internal static async Task<LockedRequest?> LockedRequest(this PortalUnit unit, Guid request)
    {
        await using var sets = await unit.Results(Lock, new { request });
        var row = await sets.ReadSingleOrDefaultAsync<LockedRequest>();
        return row is null ? null : row with { Lines = [.. await sets.ReadAsync<ExtensionLine>()] };
    }

    internal static async Task<Outcome<ExtensionState>> Answer(this PortalUnit unit, LockedReferral referral, LockedRequest request, int version, ExtensionAnswer answer, Answerer by)
    {
        if (request.State == "withdrawn") return Outcome.Refused("The clinic has withdrawn this request: nothing is to be answered any more.");
        if (EnumText.Parse<ExtensionState>(request.State) is var state and (ExtensionState.Authorised or ExtensionState.Part or ExtensionState.Declined))
            return request.AnsweredBy == by.Id && request.Lines.Select(line => line.Granted ?? 0).SequenceEqual(answer.Granted)
                ? state // sent twice
                : Outcome.Conflict(request.AnsweredByName!, $"answered this request ({FundingWords.Of(state).ToLowerInvariant()})", request.AnsweredAt!.Value);
        if (request.State != "waiting") return Outcome.Missing;
        if (request.Version != version) return Outcome.Conflict("The clinic", "changed this request", unit.Now);
        if (answer.Granted.Count != request.Lines.Count || answer.Granted.Zip(request.Asked).Any(line => line.First < 0 || line.First > line.Second))
            return Outcome.Invalid("Granted", "Grant from nothing up to what is asked for on each line");

        var outcome = ExtensionRules.Answered(request.Asked, answer.Granted);
        var words = TypedText.Storable(answer.Words)?.Trim() is { Length: > 0 } said ? said : null;
        await unit.Run(Keep, new
        {
            request.Id, state = EnumText.Of(outcome), at = unit.Now, by = by.Id, by.Name, by.How, words, granted = answer.Granted.ToArray(),
            reason = outcome == ExtensionState.Authorised ? null : answer.Reason is { } reason ? EnumText.Of(reason) : null,
        });
        await unit.Grant(request, answer.Granted, by);
        await unit.Note(referral, "answer_extension", AuditAction.AnswerExtension, request.Id, new
        {
            state = EnumText.Of(outcome), payer = request.PayerName, how = by.How, sessions = answer.Granted.Sum(), asked = request.Asked.Sum(), until = request.Until,
            reason = answer.Reason is { } why && outcome != ExtensionState.Authorised ? FundingWords.Of(why) : null,
        }, words: words);
        unit.Queue(new ExtensionAnswered(referral.Id, request.Id, outcome), referral.Id);
        return outcome;
    }

    // What the payer has authorised grows; where nothing of it stands that counts sessions, it is a new authority.
    static async Task Grant(this PortalUnit unit, LockedRequest request, IReadOnlyList<int> granted, Answerer by)
    {
        var standing = await unit.One<Standing>(Stands, new { request.ReferralId, payer = request.PayerOrganisationId, request.PayerName });
        var authority = standing?.Id;
        for (var place = 0; place < granted.Count; place++)
        {
            if (granted[place] == 0) continue;
            var (price, modality) = (request.Lines[place].UnitPrice, request.Lines[place].Modality?.Text);
            var line = new
            {
                id = Guid.CreateVersion7(unit.Now), authority, referral = request.ReferralId, extension = request.Id, sessions = granted[place], modality, price, until = request.Until,
                pounds = standing is { CountsPounds: false } ? null : granted[place] * (price ?? standing?.SessionPrice),
                payer = request.PayerOrganisationId, request.PayerName, givenBy = by.Name, how = by.How, person = unit.Actor.UserId, organisation = unit.Actor.OrganisationId, at = unit.Now,
            };
            await unit.Run(authority is null ? Begin : Extend, line);
            if (authority is null) (authority, standing) = (line.id, new Standing(line.id, line.pounds is not null, price));
        }
    }

    sealed record Standing(Guid Id, bool CountsPounds, decimal? SessionPrice);

    // The lock is the referral's: a row that a payer may not write any more could not be locked, and could not be told of either.
    const string Lock = """
        select request.id, request.referral_id, request.payer_organisation_id, request.payer_name, request.payer_email, request.state, request.until, request.due_on, request.reminded,
               request.answered_by, request.answered_by_name, request.answered_at, request.version
        from extension_request request where request.id = @request;

        select line.place, line.modality, line.sessions, line.unit_price, line.granted from extension_line line where line.request_id = @request order by line.place;
        """;

    // The lines while the request still waits: afterwards nobody may write them.
    const string Keep = """
        update extension_line line set granted = answer.granted
        from unnest(@granted) with ordinality answer (granted, place)
        where line.request_id = @id and line.place = answer.place - 1;
        update extension_request set
            state = @state, answered_at = @at, answered_by = @by, answered_by_name = @name, answered_how = @how, reason_code = @reason, answer_words = @words, version = version + 1
        where id = @id;
        """;

    const string Stands = """
        select id, pounds is not null as counts_pounds, session_price
        from authority_balance
        where referral_id = @referralId and withdrawn_at is null and sessions is not null and payer_organisation_id is not distinct from @payer and (@payer::uuid is not null or payer_name = @payerName)
        order by given_at desc, id desc
        limit 1
        """;

    const string Extend = """
        insert into authority_entry (id, authority_id, referral_id, kind, sessions, pounds, modality, expires_on, at, by_id, by_organisation_id, extension_id)
        values (@id, @authority, @referral, 'extended', @sessions, @pounds, @modality, @until, @at, @person, @organisation, @extension)
        """;

    const string Begin = """
        insert into funding_authority (id, referral_id, payer_organisation_id, payer_name, sessions, pounds, modality, session_price, expires_on, given_by, given_how, recorded_by, given_at, created_at)
        values (@id, @referral, @payer, @payerName, @sessions, @pounds, @modality, @price, @until, @givenBy, @how, @person, @at, @at)
        """;
}
