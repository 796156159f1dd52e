using Dapper;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Catalogue;

/// <summary>An injury presentation as the catalogue describes it.</summary>
public sealed record Condition(
    string Slug, string Name, string WhatItIs, string[] Causes, string[] Symptoms, string[] WhatToDo, string[] WhatNotToDo,
    string Physiotherapy, string[] TreatmentOptions, string LongTermEffects, string? UrgentAdvice, string[] BodyRegions, string? SnomedCode, string[] Keywords);

/// <summary>A place on the body chart. <paramref name="Sided"/> places need a side.</summary>
public sealed record BodyRegion(string Key, string Name, string SnomedCode, bool Sided, string[] Views, string RegionGroup);

/// <summary>A safety question in the wording that is current. <paramref name="Tier"/> is <c>emergency</c> or <c>urgent</c>.</summary>
public sealed record RedFlagQuestion(string Key, string WordingVersion, string Tier, string Topic, string Question, string Why, string Advice);

/// <summary>What to tell somebody whose answer asks for help now.</summary>
public sealed record RedFlagAdvice(string Tier, string WordingVersion, string Heading, string[] Advice);

/// <summary>An entry of a short coded list, with the standard wording where the list has one. A retired one is offered no more; what was said with it keeps its words.</summary>
public sealed record CodedText(string List, string Code, string Label, string? Words, string Detail, bool Retired = false);

/// <summary>A clinic of the group.</summary>
public sealed record Clinic(Guid Id, string Name, string Address, string Postcode, double Latitude, double Longitude, string Phone, string[] Services);

/// <summary>
/// An outcome measure as the clinic has it loaded; <paramref name="Items"/> is JSON, an empty list where its wording may not be shipped and the clinic has loaded none under
/// a <paramref name="Licence"/> of its own.
/// </summary>
public sealed record Measure(string Key, string Name, string ShortName, string Direction, decimal? MeaningfulChange, string RuleVersion, bool WordingShipped, string? Citation, string Items, string? Licence = null);

/// <summary>The clinic group as people reach it. <paramref name="OpeningHours"/> and <paramref name="Targets"/> are JSON.</summary>
public sealed record ClinicGroup(Guid Id, string Name, string Phone, string Email, string OpeningHours, string Targets);

/// <summary>An organisation that a referral may name.</summary>
public sealed record ListedOrganisation(Guid Id, string Name, string Kind);

/// <summary>What was agreed with an organisation from a day on. <paramref name="Targets"/> is JSON: the clinic's own where nothing else was agreed.</summary>
public sealed record AgreedTargets(Guid OrganisationId, DateOnly ValidFrom, string Targets);

/// <summary>Everything that a clinic edits and no tenant owns, as of one moment.</summary>
public sealed record CatalogueContent(
    ClinicGroup Group,
    IReadOnlyList<Condition> Conditions,
    IReadOnlyList<BodyRegion> BodyRegions,
    IReadOnlyList<RedFlagQuestion> RedFlagQuestions,
    IReadOnlyList<RedFlagAdvice> RedFlagAdvice,
    IReadOnlyList<CodedText> CodedTexts,
    IReadOnlyList<Clinic> Clinics,
    IReadOnlyList<Measure> Measures,
    IReadOnlyList<DateOnly> BankHolidays)
{
    /// <summary>The targets of organisations with an agreement of their own, the latest first.</summary>
    public ILookup<Guid, AgreedTargets> Agreements { get; init; } = Array.Empty<AgreedTargets>().ToLookup(agreed => agreed.OrganisationId);

    public Condition? Condition(string slug) => Conditions.FirstOrDefault(condition => condition.Slug == slug);

    /// <summary>The entries of one list (<c>decline_reason</c>, <c>treatment</c>, ...) that are in use, in the clinic's order.</summary>
    public IEnumerable<CodedText> List(string list) => CodedTexts.Where(text => text.List == list && !text.Retired);

    /// <summary>One entry, in use or not: for what was said with it.</summary>
    public CodedText? Coded(string list, string? code) => CodedTexts.FirstOrDefault(text => text.List == list && text.Code == code);
}

/// <summary>Keeps the catalogue in memory and reads it again after five minutes, so that an edit by the clinic shows without a restart.</summary>
public sealed class CatalogueStore(PortalDataSources sources, TimeProvider clock)
{
    static readonly TimeSpan FreshFor = TimeSpan.FromMinutes(5);

    readonly SemaphoreSlim reading = new(1, 1);
    (CatalogueContent Content, DateTimeOffset ReadAt)? kept;

    /// <summary>The catalogue, at most five minutes old.</summary>
    public async ValueTask<CatalogueContent> Get(CancellationToken ct)
    {
        if (kept is var (content, readAt) && clock.GetUtcNow() - readAt < FreshFor) return content;

        await reading.WaitAsync(ct);
        try
        {
            if (kept is var (other, otherReadAt) && clock.GetUtcNow() - otherReadAt < FreshFor) return other;
            var fresh = await Read(ct);
            kept = (fresh, clock.GetUtcNow());
            return fresh;
        }
        finally
        {
            reading.Release();
        }
    }

    /// <summary>Reads anew when it is next asked for: after an edit that this node has just stored.</summary>
    public void Forget() => kept = null;

    async Task<CatalogueContent> Read(CancellationToken ct)
    {
        await using var connection = await sources.Reading.OpenConnectionAsync(ct);
        await using var sets = await connection.QueryMultipleAsync(new CommandDefinition(Everything, cancellationToken: ct));
        return new CatalogueContent(
            await sets.ReadSingleAsync<ClinicGroup>(),
            (await sets.ReadAsync<Condition>()).AsList(),
            (await sets.ReadAsync<BodyRegion>()).AsList(),
            (await sets.ReadAsync<RedFlagQuestion>()).AsList(),
            (await sets.ReadAsync<RedFlagAdvice>()).AsList(),
            (await sets.ReadAsync<CodedText>()).AsList(),
            (await sets.ReadAsync<Clinic>()).AsList(),
            (await sets.ReadAsync<Measure>()).AsList(),
            (await sets.ReadAsync<DateOnly>()).AsList())
        {
            Agreements = (await sets.ReadAsync<AgreedTargets>()).ToLookup(agreed => agreed.OrganisationId),
        };
    }

    const string Everything = """
        select portal.clinic_group() as id, name, phone, email, opening_hours::text, targets::text from clinic_group_settings;
        select slug, name, what_it_is, causes, symptoms, what_to_do, what_not_to_do, physiotherapy, treatment_options, long_term_effects,
               urgent_advice, body_regions, snomed_code, keywords
        from condition order by position;
        select key, name, snomed_code, sided, views, region_group from body_region order by position;
        select key, wording_version, tier, topic, question, why, advice from red_flag_question where current order by position;
        select tier, wording_version, heading, advice from red_flag_advice where current;
        select list, code, label, words, detail::text, retired from coded_text order by list, position, code;
        select id, name, address, postcode, latitude, longitude, phone, services from clinic where closed_at is null order by name;
        select key, name, short_name, direction, meaningful_change, rule_version, wording_shipped, citation, items::text, licence
        from outcome_measure order by position;
        select day from bank_holiday order by day;
        select organisation_id, valid_from, targets::text from portal.agreements() order by valid_from desc;
        """;
}
