using System.Globalization;
using Dapper;
using Npgsql;
using NpgsqlTypes;
using ReferralPortal.Domain;
using ReferralPortal.Domain.Referrals;

namespace ReferralPortal.Database.Seeds;

/// <summary>
/// Made-up referrals in any number, for trying the portal at size and for measuring it. The same number gives the same referrals, apart from
/// the day from which their dates count back. One in fifty is open, as in a clinic group some years old, unless another share is asked for.
/// </summary>
public static class GeneratedReferrals
{
    /// <summary>Adds referrals to a migrated and seeded database, by COPY, in one transaction.</summary>
    /// <param name="ownerConnectionString">The schema's owner.</param>
    /// <param name="count">How many.</param>
    /// <param name="tell">Takes lines of progress.</param>
    /// <param name="ct">Gives up; nothing is kept.</param>
    /// <param name="openPerMille">How many of a thousand are open.</param>
    public static async Task Load(string ownerConnectionString, int count, Action<string> tell, CancellationToken ct, int openPerMille = UsuallyOpen)
    {
        await using var connection = new NpgsqlConnection(ownerConnectionString);
        await connection.OpenAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        async Task Run(string sql) => await connection.ExecuteAsync(new CommandDefinition(sql, commandTimeout: 1800, cancellationToken: ct));

        var world = await World.Read(connection, await connection.ExecuteScalarAsync<int>("select count(*)::int from referral"), count, openPerMille);
        // COPY is refused where row-level security is forced; it is forced again before anybody else can look.
        foreach (var table in Tables) await Run($"alter table {table} no force row level security");
        await Run("drop index referral_search_words");

        foreach (var (table, columns, write) in Copies)
        {
            await using (var copy = await connection.BeginBinaryImportAsync($"copy {table} ({columns}) from stdin (format binary)", ct))
            {
                copy.Timeout = TimeSpan.FromMinutes(30);
                for (var index = 0; index < count; index++) await write(copy, world.Referral(index), ct);
                await copy.CompleteAsync(ct);
            }
            tell($"  {table}: done");
        }

        await Run("create index referral_search_words on referral_search using gin (words gin_trgm_ops)");
        foreach (var table in Tables) await Run($"alter table {table} force row level security");
        await transaction.CommitAsync(ct);
        foreach (var table in Tables) await Run($"vacuum (analyze) {table}");
    }

    const int UsuallyOpen = 20;

    static readonly string[] Tables = ["patient", "referral", "referral_detail", "referral_party", "referral_event", "referral_search", "funding_authority", "authority_entry"];

    static readonly (string Table, string Columns, Func<NpgsqlBinaryImporter, Made, CancellationToken, Task> Write)[] Copies =
    [
        ("patient", "id, given_name, family_name, date_of_birth, sex, address, postcode, phone, preferred_contact, readers, created_at", async (copy, made, ct) =>
        {
            await copy.StartRowAsync(ct);
            await copy.WriteAsync(made.Id, NpgsqlDbType.Uuid, ct);
            await copy.WriteAsync(made.GivenName, NpgsqlDbType.Text, ct);
            await copy.WriteAsync(made.FamilyName, NpgsqlDbType.Text, ct);
            await copy.WriteAsync(made.DateOfBirth, NpgsqlDbType.Date, ct);
            await copy.WriteAsync(made.Index % 2 == 0 ? "female" : "male", NpgsqlDbType.Text, ct);
            await copy.WriteAsync($"{made.Index % 180 + 1} Example Street", NpgsqlDbType.Text, ct);
            await copy.WriteAsync("M1 4BT", NpgsqlDbType.Text, ct);
            await copy.WriteAsync($"+4477009{made.Index % 100000:00000}", NpgsqlDbType.Text, ct);
            await copy.WriteAsync("phone", NpgsqlDbType.Text, ct);
            await copy.WriteAsync(made.Readers, NpgsqlDbType.Array | NpgsqlDbType.Uuid, ct);
            await copy.WriteAsync(made.SubmittedAt, NpgsqlDbType.TimestampTz, ct);
        }),
        ("referral", "id, reference, state, priority, patient_id, referring_organisation_id, referrer_id, condition_slug, our_reference, claim_reference, incident_date, due_for, due_at, submitted_at, state_since, readers, version, created_at", async (copy, made, ct) =>
        {
            await copy.StartRowAsync(ct);
            await copy.WriteAsync(made.Id, NpgsqlDbType.Uuid, ct);
            await copy.WriteAsync(made.Reference, NpgsqlDbType.Text, ct);
            await copy.WriteAsync(EnumText.Of(made.State), NpgsqlDbType.Text, ct);
            await copy.WriteAsync(made.Index % 12 == 0 ? "urgent" : "routine", NpgsqlDbType.Text, ct);
            await copy.WriteAsync(made.Id, NpgsqlDbType.Uuid, ct);
            await copy.WriteAsync(made.Referrer.Organisation, NpgsqlDbType.Uuid, ct);
            await copy.WriteAsync(made.Referrer.Person, NpgsqlDbType.Uuid, ct);
            await copy.WriteAsync(made.Condition, NpgsqlDbType.Text, ct);
            await copy.WriteAsync(made.OurReference, NpgsqlDbType.Text, ct);
            await copy.WriteAsync(made.ClaimReference, NpgsqlDbType.Text, ct);
            await copy.WriteAsync(DateOnly.FromDateTime(made.SubmittedAt).AddDays(-30), NpgsqlDbType.Date, ct);
            if (made.DueAt is { } due)
            {
                await copy.WriteAsync("triage", NpgsqlDbType.Text, ct);
                await copy.WriteAsync(due, NpgsqlDbType.TimestampTz, ct);
            }
            else
            {
                await copy.WriteNullAsync(ct);
                await copy.WriteNullAsync(ct);
            }
            await copy.WriteAsync(made.SubmittedAt, NpgsqlDbType.TimestampTz, ct);
            await copy.WriteAsync(made.SubmittedAt, NpgsqlDbType.TimestampTz, ct);
            await copy.WriteAsync(made.Readers, NpgsqlDbType.Array | NpgsqlDbType.Uuid, ct);
            await copy.WriteAsync(1, NpgsqlDbType.Integer, ct);
            await copy.WriteAsync(made.SubmittedAt, NpgsqlDbType.TimestampTz, ct);
        }),
        ("referral_detail", "referral_id, incident_mechanism, injury_regions, symptoms, pain_now, services", async (copy, made, ct) =>
        {
            await copy.StartRowAsync(ct);
            await copy.WriteAsync(made.Id, NpgsqlDbType.Uuid, ct);
            await copy.WriteAsync("road_traffic", NpgsqlDbType.Text, ct);
            await copy.WriteAsync("""[{"region":"neck","side":"not_applicable"}]""", NpgsqlDbType.Jsonb, ct);
            await copy.WriteAsync("Generated for trying the portal at size.", NpgsqlDbType.Text, ct);
            await copy.WriteAsync(made.Index % 11, NpgsqlDbType.Integer, ct);
            await copy.WriteAsync(Services, NpgsqlDbType.Array | NpgsqlDbType.Text, ct);
        }),
        ("referral_party", "referral_id, organisation_id, role, state, submitted_at", async (copy, made, ct) =>
        {
            for (var party = 0; party < made.Readers.Length; party++)
            {
                await copy.StartRowAsync(ct);
                await copy.WriteAsync(made.Id, NpgsqlDbType.Uuid, ct);
                await copy.WriteAsync(made.Readers[party], NpgsqlDbType.Uuid, ct);
                await copy.WriteAsync(Roles[party], NpgsqlDbType.Text, ct);
                await copy.WriteAsync(EnumText.Of(made.State), NpgsqlDbType.Text, ct);
                await copy.WriteAsync(made.SubmittedAt, NpgsqlDbType.TimestampTz, ct);
            }
        }),
        ("referral_event", "id, referral_id, at, actor_id, actor_name, organisation_id, action, from_state, to_state, version", async (copy, made, ct) =>
        {
            await copy.StartRowAsync(ct);
            await copy.WriteAsync(made.Id, NpgsqlDbType.Uuid, ct);
            await copy.WriteAsync(made.Id, NpgsqlDbType.Uuid, ct);
            await copy.WriteAsync(made.SubmittedAt, NpgsqlDbType.TimestampTz, ct);
            await copy.WriteAsync(made.Referrer.Person, NpgsqlDbType.Uuid, ct);
            await copy.WriteAsync(made.Referrer.Name, NpgsqlDbType.Text, ct);
            await copy.WriteAsync(made.Referrer.Organisation, NpgsqlDbType.Uuid, ct);
            await copy.WriteAsync("submit", NpgsqlDbType.Text, ct);
            await copy.WriteAsync("draft", NpgsqlDbType.Text, ct);
            await copy.WriteAsync("submitted", NpgsqlDbType.Text, ct);
            await copy.WriteAsync(1, NpgsqlDbType.Integer, ct);
        }),
        ("referral_search", "referral_id, readers, submitted_at, words", async (copy, made, ct) =>
        {
            await copy.StartRowAsync(ct);
            await copy.WriteAsync(made.Id, NpgsqlDbType.Uuid, ct);
            await copy.WriteAsync(made.Readers, NpgsqlDbType.Array | NpgsqlDbType.Uuid, ct);
            await copy.WriteAsync(made.SubmittedAt, NpgsqlDbType.TimestampTz, ct);
            var words = string.Join(" ", made.Reference, made.Reference.Replace("-", "", StringComparison.Ordinal), made.GivenName, made.FamilyName,
                made.DateOfBirth.ToString("dd/MM/yyyy", CultureInfo.InvariantCulture), made.DateOfBirth.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), made.ClaimReference, made.OurReference);
            await copy.WriteAsync(words.ToLowerInvariant(), NpgsqlDbType.Text, ct);
        }),
        ("funding_authority", "id, referral_id, payer_name, sessions, given_at", async (copy, made, ct) =>
        {
            await copy.StartRowAsync(ct);
            await copy.WriteAsync(made.Id, NpgsqlDbType.Uuid, ct);
            await copy.WriteAsync(made.Id, NpgsqlDbType.Uuid, ct);
            await copy.WriteAsync("Ribble Insurance", NpgsqlDbType.Text, ct);
            await copy.WriteAsync(made.Index % 10 + 1, NpgsqlDbType.Integer, ct);
            await copy.WriteAsync(made.SubmittedAt, NpgsqlDbType.TimestampTz, ct);
        }),
    ];

    static string[] Services => ["initial_assessment", "treatment"];
    static string[] Roles => ["referrer", "treating_clinic", "case_manager", "funder"];

    sealed record Sender(Guid Organisation, Guid Person, string Name);

    sealed record Made(
        int Index, Guid Id, string Reference, ReferralState State, string GivenName, string FamilyName, DateOnly DateOfBirth, Sender Referrer,
        string Condition, string OurReference, string ClaimReference, Guid[] Readers, DateTime SubmittedAt, DateTime? DueAt);

    /// <summary>The organisations and lists from which referrals are put together.</summary>
    sealed class World(int first, int count, int openPerMille, DateTime now, Sender[] referrers, string[] conditions, Guid clinic, Guid caseManager, Guid funder)
    {
        static readonly string[] Given = ["Aisha", "Ben", "Carys", "Daniel", "Ewa", "Farid", "Grace", "Hamza", "Isla", "Jack", "Kasia", "Liam", "Mei", "Noor", "Oliver", "Priya", "Quentin", "Rosa", "Samuel", "Tariq"];
        static readonly string[] Start = ["Ash", "Bar", "Cald", "Dun", "Ec", "Fair", "Green", "Hal", "Ing", "Ken", "Lang", "Mar", "Nor", "Old", "Pem", "Rad", "Sal", "Thorn", "Wal", "York"];
        static readonly string[] Middle = ["ber", "cot", "der", "ford", "ger", "ham", "ing", "ker", "lin", "mer"];
        static readonly string[] End = ["bank", "croft", "dale", "field", "gate", "head", "ley", "shaw", "ton", "worth"];

        internal static async Task<World> Read(NpgsqlConnection connection, int first, int count, int openPerMille)
        {
            var people = await connection.QueryAsync<(Guid Organisation, Guid Id, string Name, string Kind, string OrganisationName)>("""
                select distinct on (o.id) o.id, u.id, u.display_name, o.kind, o.name
                from portal_user u join organisation o on o.id = u.organisation_id
                where 'referrer' = any (u.roles) order by o.id, u.user_name
                """);
            var known = people.ToList();
            Sender Of(string kind, int nth = 0) => known.Where(person => person.Kind == kind).OrderBy(person => person.Organisation).Skip(nth).Select(person => new Sender(person.Organisation, person.Id, person.Name)).First();
            var solicitor = Of("solicitor");
            Sender[] weighted = [solicitor, solicitor, solicitor, solicitor, Of("solicitor", 1), Of("solicitor", 1), Of("intermediary"), Of("health_organisation"), Of("health_organisation"), Of("employer")];
            var conditions = (await connection.QueryAsync<string>("select slug from condition order by position")).ToArray();
            async Task<Guid> Organisation(string kind) => await connection.ExecuteScalarAsync<Guid>("select id from organisation where kind = @kind order by id limit 1", new { kind });
            var now = await connection.ExecuteScalarAsync<DateTime>("select date_trunc('minute', now())");
            return new World(first, count, openPerMille, now, weighted, conditions, await Organisation("clinic_group"), await Organisation("case_manager"), await Organisation("funder"));
        }

        internal Made Referral(int index)
        {
            var number = first + index;
            var mixed = Mix((ulong)number);
            var state = StateOf(Usual((int)(mixed % 1000)));
            var open = state is not (ReferralState.Closed or ReferralState.Declined or ReferralState.Withdrawn);
            // Open ones came in over the last thirty days, the others over the three years before.
            var age = open ? TimeSpan.FromMinutes(30.0 * 24 * 60 * ((mixed >> 10) % 10_000) / 10_000) : TimeSpan.FromDays(31) + TimeSpan.FromMinutes(3.0 * 365 * 24 * 60 * index / count);
            var submitted = now - age;
            var referrer = referrers[(mixed >> 24) % (ulong)referrers.Length];
            var born = new DateOnly(1940, 1, 1).AddDays((int)((mixed >> 28) % 25_000));
            // A third of solicitors' referrals have a case manager and a funder on them.
            Guid[] readers = (mixed >> 44) % 3 == 0 && referrer == referrers[0] ? [referrer.Organisation, clinic, caseManager, funder] : [referrer.Organisation, clinic];
            return new Made(
                number, Id(submitted, number), Reference.FromNumber(unchecked((long)((ulong)number * 0x5_9E37_79B1UL + 12345) & ((1L << 35) - 1))).ToString(), state,
                Given[(mixed >> 32) % 20], Start[(mixed >> 36) % 20] + Middle[(mixed >> 41) % 10] + End[(mixed >> 46) % 10], born, referrer,
                conditions[(mixed >> 50) % (ulong)conditions.Length], $"GEN/{number:0000000}", $"CL-{number * 7L % 9_999_991:0000000}", readers, submitted,
                state is ReferralState.Submitted or ReferralState.InTriage or ReferralState.InformationRequested or ReferralState.Accepted ? submitted.AddHours(36 + (mixed >> 20) % 48) : null);
        }

        // Stretches the open share to what was asked for, and the rest to what is left.
        int Usual(int perMille) => perMille < openPerMille ? perMille * UsuallyOpen / openPerMille : UsuallyOpen + (perMille - openPerMille) * (1000 - UsuallyOpen) / (1000 - openPerMille);

        static ReferralState StateOf(int perMille) => perMille switch
        {
            < 3 => ReferralState.Submitted,
            < 6 => ReferralState.InTriage,
            < 8 => ReferralState.InformationRequested,
            < 12 => ReferralState.Accepted,
            < 16 => ReferralState.AppointmentBooked,
            < 20 => ReferralState.InTreatment,
            < 100 => ReferralState.Declined,
            < 160 => ReferralState.Withdrawn,
            _ => ReferralState.Closed,
        };

        /// <summary>Version 7 by its time, with the number in place of chance, so that every table's row finds the others.</summary>
        static Guid Id(DateTime at, int number)
        {
            var milliseconds = new DateTimeOffset(at).ToUnixTimeMilliseconds();
            Span<byte> bytes = stackalloc byte[16];
            for (var place = 5; place >= 0; place--, milliseconds >>= 8) bytes[place] = (byte)milliseconds;
            bytes[6] = 0x7F;
            bytes[7] = 0xFF;
            bytes[8] = 0x9E;
            System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(bytes[12..], number);
            return new Guid(bytes, bigEndian: true);
        }

        static ulong Mix(ulong value)
        {
            value += 0x9E3779B97F4A7C15;
            value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
            value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
            return value ^ (value >> 31);
        }
    }
}
