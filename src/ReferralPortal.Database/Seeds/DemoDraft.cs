using System.Text.Encodings.Web;
using System.Text.Json;
using Dapper;
using Npgsql;
using ReferralPortal.Domain.Patients;

namespace ReferralPortal.Database.Seeds;

/// <summary>An example referral that is not sent yet.</summary>
static class DemoDraft
{
    internal static Task Insert(NpgsqlConnection connection, DemoReferral referral, DemoWorld world) => connection.ExecuteAsync(InsertDraft, Row(referral, world));

    /// <summary>The form as a half-filled page would have saved it.</summary>
    static object Row(DemoReferral referral, DemoWorld world)
    {
        var author = world.People[referral.Referrer];
        var form = new Dictionary<string, object>();
        var started = new List<string>();
        foreach (var (name, part) in new[] { ("patient", referral.Patient), ("incident", referral.Incident), ("injury", referral.Injury) })
        {
            if (part.ValueKind != JsonValueKind.Object) continue;
            var fields = part.EnumerateObject().ToDictionary(field => field.Name, field => (object)field.Value);
            if (fields.Remove("dateOfBirth", out var born)) fields["dateOfBirth"] = Parts(DateOnly.Parse(((JsonElement)born).GetString()!, System.Globalization.CultureInfo.InvariantCulture));
            if (fields.Remove("day", out var day)) fields["date"] = Parts(world.Today.AddDays(((JsonElement)day).GetInt32()));
            if (fields.TryGetValue("phone", out var phone) && PhoneNumber.TryParse(((JsonElement)phone).GetString(), out var number)) fields["phone"] = number.ToString();
            if (fields.TryGetValue("regions", out var regions)) fields["regions"] = ((JsonElement)regions).EnumerateArray().Select(site => new { region = site.GetProperty("key"), side = site.GetProperty("side") }).ToList();
            form[name] = fields;
            started.Add(name);
        }
        form["started"] = started;
        return new { referral.Id, organisationId = author.OrganisationId, authorId = author.Id, form = JsonSerializer.Serialize(form, Readable), at = world.Past(referral.SavedAt!) };

        static object Parts(DateOnly date) => new { day = $"{date.Day}", month = $"{date.Month}", year = $"{date.Year}" };
    }

    static readonly JsonSerializerOptions Readable = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    const string InsertDraft = """
        insert into referral_draft (id, organisation_id, author_id, form, version, created_at, updated_at)
        values (@Id, @organisationId, @authorId, @form::jsonb, 2, @at, @at) on conflict do nothing
        """;
}
