namespace ReferralPortal.Web.Features.Invoices;

/// <summary>
/// What can be billed and is not: attended appointments, missed ones that are charged, and signed reports, each at the price of its day; and, below nothing, what was billed of an
/// appointment that was recorded otherwise since. The one place where it is decided, for a single referral and for a month of all of them.
/// </summary>
static class ChargeSql
{
    /// <summary>
    /// Common table expressions, without their <c>with</c>, that end in
    /// <c>charge (referral_id, reference, initials, payer_reference, source_id, round, kind, happened_on, pounds, vat_note, payer_key, payer_id, payer_name, payer_address, credits_line_id)</c>.
    /// They ask for <c>@organisationId</c>, the clinic group's.
    /// </summary>
    /// <param name="appointments">Which rows of <c>appointment a</c>.</param>
    /// <param name="reports">Which rows of <c>report</c>.</param>
    internal static string Charges(string appointments, string reports) => $"""
        source as (
            select a.id, a.referral_id, case a.state when 'attended' then a.kind else 'did_not_attend' end as kind, a.starts_at as at
            from appointment a
            where a.state in ('attended', 'did_not_attend') and {appointments}
            union all
            -- A report is charged once, however often it is amended, and not before its readers have it: a payer would learn of it here.
            select report.id, report.referral_id, report.kind || '_report', report.signed_at
            from report
            where report.state in ('signed', 'superseded') and report.supersedes_id is null and {reports}
                and exists (
                    with recursive version (id) as (
                        select report.id
                        union
                        select later.id from version join report later on later.supersedes_id = version.id)
                    select from version join report released on released.id = version.id where released.released_at is not null)),
        priced as (
            select r.id as referral_id, r.reference, upper(left(p.given_name, 1)) || '. ' || upper(left(p.family_name, 1)) || '.' as initials,
                   -- An employer knows its worker by its own reference; the claim is none of its business.
                   case when payer.kind = 'employer' then coalesce(d.purchase_order, case when payer.id = r.referring_organisation_id then r.our_reference end)
                        else coalesce(d.purchase_order, r.claim_reference) end as payer_reference,
                   source.id as source_id, billed.charged + 1 as round, source.kind, day.happened_on, price.pounds, coalesce(agreed.vat_note, own.vat_note) as vat_note,
                   coalesce(payer.id::text, '=' || named.name) as payer_key, payer.id as payer_id, coalesce(payer.name, named.name) as payer_name, concat_ws(E'\n', payer.address, payer.postcode) as payer_address
            from source
            cross join lateral (select (source.at at time zone 'Europe/London')::date as happened_on) day
            join referral r on r.id = source.referral_id and @organisationId = any (r.readers)
            join patient p on p.id = r.patient_id
            join referral_detail d on d.referral_id = r.id
            left join lateral (
                select party.organisation_id from referral_party party
                where party.referral_id = r.id and party.role = 'funder'
                order by party.organisation_id limit 1) funder on true
            left join organisation payer on payer.id = coalesce(funder.organisation_id, case when d.payer_kind = 'referrer' then r.referring_organisation_id end)
            cross join lateral (select case d.payer_kind when 'nhs' then 'The NHS' when 'patient' then 'The patient, ' || r.reference else coalesce(nullif(d.payer_name, ''), 'Payer not known, ' || r.reference) end as name) named
            left join lateral (
                select s.fees, s.vat_note from fee_schedule s
                where s.payer_organisation_id = payer.id and s.valid_from <= day.happened_on
                order by s.valid_from desc limit 1) agreed on true
            left join lateral (
                select s.fees, s.vat_note from fee_schedule s
                where s.payer_organisation_id is null and s.valid_from <= day.happened_on
                order by s.valid_from desc limit 1) own on true
            cross join lateral (select coalesce(agreed.fees ->> source.kind, own.fees ->> source.kind)::numeric(9, 2) as pounds) price
            cross join lateral (
                select count(*) filter (where line.credits_line_id is null)::int as charged,
                       coalesce(bool_or(line.credits_line_id is null and line.kind = source.kind and not {Credited}), false) as stands,
                       coalesce(bool_or(line.credits_line_id is not null and not line.bill_again), false) as settled
                from invoice_line line where line.source_id = source.id) billed
            where price.pounds > 0 and not billed.stands and not billed.settled),
        -- The payer that was billed gets it back, whoever pays by now.
        undone as (
            select line.referral_id, line.reference, line.initials, line.payer_reference, line.source_id, line.round, line.kind, line.happened_on, -line.pounds as pounds, i.vat_note,
                   i.payer_key, i.payer_organisation_id as payer_id, i.payer_name, i.payer_address, line.id as credits_line_id
            from appointment a
            join invoice_line line on line.source_id = a.id and line.credits_line_id is null
            join invoice i on i.id = line.invoice_id
            where (case a.state when 'attended' then a.kind when 'did_not_attend' then 'did_not_attend' end) is distinct from line.kind and not {Credited} and {appointments}),
        charge as (
            select priced.*, null::uuid as credits_line_id from priced
            union all
            select * from undone)
        """;

    const string Credited = "exists (select from invoice_line credit where credit.credits_line_id = line.id)";

    /// <summary>Of one referral, <c>@referralId</c>.</summary>
    internal static readonly string OfReferral = Charges("a.referral_id = @referralId", "report.referral_id = @referralId");

    /// <summary>What took place before <c>@until</c>, of all referrals. Before the first price there is nothing to charge.</summary>
    internal static readonly string OfMonth = Charges("a.starts_at >= @since and a.starts_at < @until", "report.signed_at >= @since and report.signed_at < @until");

    /// <summary>When the first price began to hold: midnight in London; null without any.</summary>
    internal const string Since = "select min(valid_from) from fee_schedule";

    internal const string Columns = "referral_id, reference, initials, payer_reference, source_id, round, kind, happened_on, pounds, vat_note, payer_key, payer_id, payer_name, payer_address, credits_line_id";
}
