using System.Security.Cryptography;
using System.Text.Json;
using Dapper;
using Npgsql;
using ReferralPortal.Domain;
using ReferralPortal.Domain.Calendars;
using ReferralPortal.Domain.Funding;

namespace ReferralPortal.Database.Seeds;

/// <summary>The reports of an example referral: their versions, what was asked about them, and the requests for more sessions that were sent with them.</summary>
static class DemoReports
{
    internal static async Task Insert(NpgsqlConnection connection, DemoReferral referral, DemoWorld world, IReadOnlyDictionary<string, Guid> keys)
    {
        foreach (var one in referral.Reports)
        {
            await InsertReport(connection, referral, one, world, keys);
            foreach (var query in one.Queries ?? []) await InsertQuery(connection, referral, one, query, world, keys);
        }
        foreach (var one in referral.Extensions)
        {
            var id = await Ask(connection, referral, one, world, keys);
            if (one.Answer is { } answer) await Answer(connection, referral, one, answer, id, world);
        }
    }

    static Task InsertReport(NpgsqlConnection connection, DemoReferral referral, DemoReport one, DemoWorld world, IReadOnlyDictionary<string, Guid> keys)
    {
        var (author, at, signed) = (world.People[one.Author], world.Past((one.SignedAt ?? one.SavedAt)!), one.State != "draft");
        return connection.ExecuteAsync(AddReport, new
        {
            id = keys[one.Key], referralId = referral.Id, one.Kind, one.Number,
            // The version before stands no more: the next one was released with its signature.
            state = referral.Reports.Any(next => next.Supersedes == one.Key && next.State != "draft") ? "superseded" : one.State,
            content = JsonSerializer.Serialize(one.Sections, JsonSerializerOptions.Web),
            authorId = author.Id,
            authorName = signed ? author.DisplayName : null,
            hcpc = signed ? author.HcpcNumber : null,
            signedAt = signed ? at : (DateTime?)null,
            hash = signed ? Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(one.Sections, JsonSerializerOptions.Web))) : null,
            supersedes = one.Supersedes is { } before ? keys[before] : (Guid?)null, one.AmendmentReason, at,
        });
    }

    /// <summary>Asked by a reader, who has opened the report, and answered by its author, whom the time to do so is promised.</summary>
    static Task InsertQuery(NpgsqlConnection connection, DemoReferral referral, DemoReport report, DemoReport.Query one, DemoWorld world, IReadOnlyDictionary<string, Guid> keys)
    {
        var (asker, author, at) = (world.People[one.By], world.People[report.Author], world.Past(one.AskedAt));
        return connection.ExecuteAsync(AddQuery, new
        {
            id = Guid.CreateVersion7(at), report = keys[report.Key], referralId = referral.Id, one.Part, one.Question, by = asker.Id, name = asker.DisplayName, organisation = asker.OrganisationId, at,
            due = world.Clock.AnswerDue(at).UtcDateTime, state = one.Answer is null ? "open" : "answered", one.Answer,
            answeredBy = one.Answer is null ? null : (Guid?)author.Id, answeredByName = one.Answer is null ? null : author.DisplayName, answeredAt = one.AnsweredAt is { } answered ? world.Past(answered) : (DateTime?)null,
        });
    }

    static async Task<Guid> Ask(NpgsqlConnection connection, DemoReferral referral, DemoExtension one, DemoWorld world, IReadOnlyDictionary<string, Guid> keys)
    {
        var report = referral.Reports.First(signed => signed.Key == one.Report);
        var at = world.Past(report.SignedAt!);
        var id = Guid.CreateVersion7(at);
        await connection.ExecuteAsync(AddExtension, new
        {
            id, referralId = referral.Id, report = keys[one.Report], payer = world.Organisations[referral.Parties.Funder!], payerName = referral.Parties.Funder, by = world.People[report.Author].Id, at,
            until = one.Until(world), one.OutcomeIfDeclined, due = LondonTime.DateOf(at).AddDays(RehabilitationCode.RequestDays),
            ids = one.Lines.Select(_ => Guid.CreateVersion7(at)).ToArray(), modalities = one.Lines.Select(line => line.Modality).ToArray(),
            sessions = one.Lines.Select(line => line.Sessions).ToArray(), prices = one.Lines.Select(line => line.UnitPrice).ToArray(),
        });
        return id;
    }

    /// <summary>What is granted grows the authority on which the payer stands, line by line.</summary>
    static Task Answer(NpgsqlConnection connection, DemoReferral referral, DemoExtension one, DemoExtension.Verdict answer, Guid id, DemoWorld world)
    {
        var (payer, at) = (world.People[answer.By], world.Past(answer.At));
        return connection.ExecuteAsync(AnswerExtension, new
        {
            id, referralId = referral.Id, state = EnumText.Of(one.Outcome), by = payer.Id, name = payer.DisplayName, organisation = payer.OrganisationId, at, answer.Words,
            until = one.Until(world), granted = answer.Granted.ToArray(), entries = answer.Granted.Select(_ => Guid.CreateVersion7(at)).ToArray(),
        });
    }

    const string AddReport = """
        insert into report (id, referral_id, kind, number, state, content, author_id, author_name, author_hcpc, signed_at, content_hash, supersedes_id, amendment_reason, created_at, updated_at)
        values (@id, @referralId, @Kind, @Number, @state, @content::jsonb, @authorId, @authorName, @hcpc, @signedAt, @hash, @supersedes, @AmendmentReason, @at, @at)
        """;

    const string AddQuery = """
        insert into report_query (id, report_id, referral_id, part, question, asked_by, asked_by_name, organisation_id, asked_at, due_at, state, answer, answered_by, answered_by_name, answered_at, version, created_at)
        values (@id, @report, @referralId, @Part, @Question, @by, @name, @organisation, @at, @due, @state, @Answer, @answeredBy, @answeredByName, @answeredAt, case when @Answer::text is null then 1 else 2 end, @at);
        insert into report_read (report_id, person_id, organisation_id, first_read_at, questions_seen_at) values (@report, @by, @organisation, @at, @at) on conflict do nothing;
        """;

    const string AddExtension = """
        insert into extension_request (id, referral_id, report_id, payer_organisation_id, payer_name, until, outcome_if_declined, state, requested_by, asked_at, due_on, version, created_at)
        values (@id, @referralId, @report, @payer, @payerName, @until, @outcomeIfDeclined, 'waiting', @by, @at, @due, 2, @at);
        insert into extension_line (id, request_id, place, modality, sessions, unit_price, created_at)
        select line.id, @id, line.place - 1, line.modality, line.sessions, line.unit_price, @at
        from unnest(@ids, @modalities, @sessions, @prices::numeric[]) with ordinality line (id, modality, sessions, unit_price, place);
        """;

    const string AnswerExtension = """
        update extension_line line set granted = answer.granted
        from unnest(@granted) with ordinality answer (granted, place)
        where line.request_id = @id and line.place = answer.place - 1;
        update extension_request set state = @state, answered_at = @at, answered_by = @by, answered_by_name = @name, answered_how = 'portal', answer_words = @Words, version = version + 1 where id = @id;
        insert into authority_entry (id, authority_id, referral_id, kind, sessions, pounds, modality, expires_on, at, by_id, by_organisation_id, extension_id)
        select entry.id, standing.id, @referralId, 'extended', line.granted, case when standing.pounds is not null then line.granted * line.unit_price end, line.modality, @until, @at, @by, @organisation, @id
        from extension_line line
        join unnest(@entries) with ordinality entry (id, place) on line.place = entry.place - 1
        cross join lateral (
            select balance.id, balance.pounds from authority_balance balance
            where balance.referral_id = @referralId and balance.payer_organisation_id = @organisation and balance.withdrawn_at is null and balance.sessions is not null
            order by balance.given_at desc, balance.id desc limit 1) standing
        where line.request_id = @id and line.granted > 0
        order by line.place;
        """;
}
