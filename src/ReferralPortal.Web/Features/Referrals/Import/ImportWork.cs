using Npgsql;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Referrals.Submit;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Platform.Background;
using ReferralPortal.Web.Platform.SignIn;

namespace ReferralPortal.Web.Features.Referrals.Import;

/// <summary>
/// Checks and sends an import's rows in the background, some at a time, on behalf of the person who began it: one who may no longer refer sends
/// nothing any more. Each piece moves the import's step and queues the next piece in its own transaction, so that a piece that is interrupted
/// is done again whole, and one that comes twice is done once. A row's id becomes its referral's id.
/// </summary>
public sealed class ImportWork(PortalDatabase database, PortalDataSources sources, RowChecks checks, CatalogueStore catalogue, TimeProvider clock) : IMessageHandler<ContinueImport>
{
    /// <summary>Rows in one piece.</summary>
    public const int CheckedAtOnce = 250, SentAtOnce = 100;

    const int Tries = 3;

    public async Task Handle(Actor portal, ContinueImport message, CancellationToken ct)
    {
        var import = await database.View(portal, unit => unit.One<StoredImport>(StoredImport.Select + "where id = @importId and step = @step and state in ('checking', 'sending')", new { message.ImportId, message.Step }), ct);
        if (import is null) return;

        try
        {
            var person = await CurrentActor.Load(sources, import.AuthorId, ct);
            if (!person.MayRefer || person.OrganisationId != import.OrganisationId) throw new StandingLostException();
            await (import.State.Value == ImportState.Checking ? CheckSome(person, import, ct) : SendSome(person, import, ct));
        }
        catch (StandingLostException)
        {
            await database.Write<int>(portal, async unit =>
            {
                unit.Audit(AuditAction.StopImport, subjectId: import.Id);
                return await unit.Run(Stop, new { importId = import.Id, import.Step });
            }, ct);
        }
    }

    async Task CheckSome(Actor person, StoredImport import, CancellationToken ct)
    {
        var rows = await Some(person, import, ImportRowState.Waiting, CheckedAtOnce, ct);
        var found = await checks.Check(person, import, rows, ct);
        await database.Write<int>(person, async unit =>
        {
            if (await unit.One<int?>(Begin, Asked(person, import)) is null) return Outcome.Missing;
            await unit.Run(RowStanding.Update, RowStanding.Arrays(found, await Twins.Find(unit, import.Id, found)));
            await unit.Run(Advance(rows.Count == CheckedAtOnce), Asked(person, import));
            if (rows.Count == CheckedAtOnce) unit.Queue(new ContinueImport(import.Id, import.Step + 1), notBefore: import.WorkBeganAt);
            return 0;
        }, ct);
    }

    async Task SendSome(Actor person, StoredImport import, CancellationToken ct)
    {
        var content = await catalogue.Get(ct);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var rows = await Some(person, import, ImportRowState.Ready, SentAtOnce, ct);
                var found = await checks.Check(person, import, rows, ct);
                await database.Write<int>(person, unit => Send(unit, person, import, found, content), ct);
                return;
            }
            // A reference drawn twice, or a form that was sent by hand at the same moment: look again.
            catch (PostgresException fault) when (fault.SqlState == PostgresErrorCodes.UniqueViolation && attempt < Tries) { }
        }
    }

    async Task<Outcome<int>> Send(PortalUnit unit, Actor person, StoredImport import, IReadOnlyList<CheckedRow> rows, CatalogueContent content)
    {
        if (await unit.One<int?>(Begin, Asked(person, import)) is null) return Outcome.Missing;
        // Two people of one organisation with the same file: the second finds what the first has sent.
        await unit.Many<object>("select pg_advisory_xact_lock(hashtextextended('import ' || @organisationId, 0))", new { person.OrganisationId });
        var twins = await Twins.Find(unit, import.Id, rows);
        var there = (await unit.Many<There>(AlreadyThere, new { ids = rows.Select(row => row.Row.Id).ToArray(), person.OrganisationId })).ToDictionary(one => one.Id, one => one.Reference);

        var agreed = ReferralClock.On(content).For(person.OrganisationId);
        var referrals = rows
            .Where(row => !there.ContainsKey(row.Row.Id) && row.State(twins.GetValueOrDefault(row.Row.Id)) == ImportRowState.Ready)
            .Select(row => (Row: row, Referral: NewReferral.From(row.Form, content, person, row.Row.Id, unit.Now))).ToList();
        var kept = rows.Where(row => !there.ContainsKey(row.Row.Id) && referrals.TrueForAll(sent => sent.Row != row)).ToList();
        var sent = referrals.Select(one => (one.Referral.Id, one.Referral.Reference, one.Row.Digest))
            .Concat(there.Select(one => (Id: one.Key, Reference: one.Value, rows.First(row => row.Row.Id == one.Key).Digest))).ToList();
        var goesOn = rows.Count == SentAtOnce;

        await unit.Batch(batch =>
        {
            foreach (var (_, referral) in referrals)
                SubmitReferral.Store(batch, referral, agreed.After(ReferralAction.Submit, referral.Priority, referral.RedFlags, referral.SubmittedAt), agreed);
            batch.Run(RowStanding.Update, RowStanding.Arrays(kept, twins));
            batch.Run(MarkSent, new { ids = sent.Select(one => one.Id).ToArray(), references = sent.Select(one => one.Reference).ToArray(), digests = sent.Select(one => one.Digest).ToArray(), person.OrganisationId });
            batch.Run(Advance(goesOn), Asked(person, import));
            // Its place in the queue is the one that it had when it began: behind the messages of its own referrals it would wait for all of them.
            if (goesOn) batch.Queue(new ContinueImport(import.Id, import.Step + 1), notBefore: import.WorkBeganAt);
        });
        return 0;
    }

    Task<List<StoredRow>> Some(Actor person, StoredImport import, ImportRowState state, int most, CancellationToken ct) => database.View(person, unit =>
        unit.Many<StoredRow>(StoredRow.Select + "where import_id = @importId and organisation_id = @organisationId and state = @state order by number limit @most",
            new { importId = import.Id, person.OrganisationId, state = Domain.EnumText.Of(state), most }), ct);

    object Asked(Actor person, StoredImport import) => new { importId = import.Id, organisationId = person.OrganisationId, authorId = person.UserId, import.Step, at = clock.GetUtcNow() };

    sealed record There(Guid Id, string Reference);

    const string Begin = $"select step from import_batch where {StoredImport.Own} and step = @Step and state in ('checking', 'sending') for update";

    static string Advance(bool goesOn) => $"""
        with moved as (
            update import_batch set step = step + 1, touched_at = @at, state = {(goesOn ? "state" : "'open'")}, version = version + {(goesOn ? 0 : 1)}
            where {StoredImport.Own} and step = @Step)
        {ImportText.Tell}
        """;

    const string AlreadyThere = "select id, reference from referral where id = any (@ids) and referring_organisation_id = @organisationId";

    const string MarkSent = """
        with sent as (
            select * from unnest(@ids, @references, @digests) one (id, reference, digest)
        ), marked as (
            update import_row set state = 'sent', problems = '{}', twin = null, reference = sent.reference, version = version + 1
            from sent where import_row.id = sent.id)
        insert into import_sent (id, organisation_id, digest) select id, @OrganisationId, digest from sent on conflict (id) do nothing
        """;

    const string Stop = $"""
        with stopped as (
            update import_batch set state = 'stopped', step = step + 1, version = version + 1 where id = @importId and step = @Step)
        {ImportText.Tell}
        """;
}
