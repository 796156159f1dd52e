using ReferralPortal.Web.Features.Catalogue;

namespace ReferralPortal.Benchmarks;

/// <summary>The rows of one submission as a pipelined pgbench script: nothing between the statements, one synchronisation at the end.</summary>
static class PgbenchScript
{
    public static string Text(Guid person, Guid organisation, Guid clinic, string condition, IEnumerable<RedFlagQuestion> questions) => $$"""
        \set r random(1, 140737488355327)
        \set s random(1, 34359738367)
        \startpipeline
        begin;
        select portal.act_as('{{person}}');
        insert into patient (id, given_name, family_name, date_of_birth, sex, nhs_number, address, postcode, phone, email, preferred_contact, home_visit_needed, readers, created_at) values (('01900000-0000-7000-8000-' || lpad(to_hex(:r::bigint), 12, '0'))::uuid, 'Niamh', 'O''Connor-Blythe', '1984-03-12', 'female', '9434765919', '7 Weavers Court, Salford', 'M3 6BZ', '+447700900123', 'niamh@example.org', 'phone', false, array['{{organisation}}', '{{clinic}}']::uuid[], now());
        insert into referral (id, reference, state, priority, patient_id, referring_organisation_id, referrer_id, condition_slug, our_reference, claim_reference, incident_date, due_for, due_at, submitted_at, state_since, readers, created_at) values (('01900000-0000-7000-8000-' || lpad(to_hex(:r::bigint), 12, '0'))::uuid, 'B-' || to_hex(:r::bigint), 'submitted', 'routine', ('01900000-0000-7000-8000-' || lpad(to_hex(:r::bigint), 12, '0'))::uuid, '{{organisation}}', '{{person}}', '{{condition}}', 'NL/2026/00123', 'RB-778812', '2025-09-01', 'triage', now() + interval '1 day', now(), now(), array['{{organisation}}', '{{clinic}}']::uuid[], now());
        insert into referral_detail (referral_id, incident_mechanism, incident_account, injury_regions, symptoms, pain_now, work_status, red_flag_answers, claim_type, liability, lower_value_claim, payer_kind, payer_name, consent_taken_by, consent_taken_on, consent_method, consent_to_share_with, consent_covers, consent_words, services) values (('01900000-0000-7000-8000-' || lpad(to_hex(:r::bigint), 12, '0'))::uuid, 'road_traffic', 'Struck from behind while waiting at traffic lights.', '[{"region":"neck","side":"not_applicable"},{"region":"shoulder","side":"left"}]', 'Stiff neck, worse in the morning.', 6, 'working_adjusted', (select jsonb_agg(jsonb_build_object('key', key, 'answer', 'no', 'wording', wording, 'onceYes', false)) from (values {{string.Join(", ", questions.Select(question => $"('{question.Key}', '{question.WordingVersion}')"))}}) question (key, wording)), 'road_traffic', 'admitted', true, 'somebody_else', 'Ribble Insurance', 'Amara Okafor', '2025-09-02', 'verbally', '{referrer}', '{attendance,reports}', 'The patient knows that this referral is being made, agrees to it, and agrees that the clinic may share reports about this injury and its treatment with the people ticked here. The patient can change their mind at any time.', '{initial_assessment,treatment}');
        insert into referral_party (referral_id, organisation_id, role, state, submitted_at) values (('01900000-0000-7000-8000-' || lpad(to_hex(:r::bigint), 12, '0'))::uuid, '{{organisation}}', 'referrer', 'submitted', now()), (('01900000-0000-7000-8000-' || lpad(to_hex(:r::bigint), 12, '0'))::uuid, '{{clinic}}', 'treating_clinic', 'submitted', now());
        insert into funding_authority (id, referral_id, payer_name, sessions, pounds, given_at, created_at) values (gen_random_uuid(), ('01900000-0000-7000-8000-' || lpad(to_hex(:r::bigint), 12, '0'))::uuid, 'Ribble Insurance', 6, 450, now(), now());
        insert into referral_search (referral_id, readers, submitted_at, words) values (('01900000-0000-7000-8000-' || lpad(to_hex(:r::bigint), 12, '0'))::uuid, array['{{organisation}}', '{{clinic}}']::uuid[], now(), portal.search_words('B-' || to_hex(:r::bigint) || ' B' || to_hex(:r::bigint) || ' Niamh O''Connor-Blythe 12/03/1984 1984-03-12 9434765919 RB-778812 NL/2026/00123'));
        insert into referral_event (id, referral_id, at, actor_id, actor_name, organisation_id, action, from_state, to_state, version) values (gen_random_uuid(), ('01900000-0000-7000-8000-' || lpad(to_hex(:r::bigint), 12, '0'))::uuid, now(), '{{person}}', 'Amara Okafor', '{{organisation}}', 'submit', 'draft', 'submitted', 1);
        delete from referral_draft where id = ('01900000-0000-7000-8000-' || lpad(to_hex(:r::bigint), 12, '0'))::uuid;
        insert into outbox_message (kind, referral_id, payload) values ('referral_submitted', ('01900000-0000-7000-8000-' || lpad(to_hex(:r::bigint), 12, '0'))::uuid, '{"referralId":"01900000-0000-7000-8000-000000000000","redFlags": null}');
        insert into outbox_message (kind, referral_id, payload, available_at) values ('clock_check', ('01900000-0000-7000-8000-' || lpad(to_hex(:r::bigint), 12, '0'))::uuid, '{"referralId":"01900000-0000-7000-8000-000000000000","dueAt":"2026-11-27T20:00:00+00:00"}', now() + interval '11 hours');
        insert into audit_entry (id, at, actor_id, organisation_id, action, referral_id, detail) values (gen_random_uuid(), now(), '{{person}}', '{{organisation}}', 'submit', ('01900000-0000-7000-8000-' || lpad(to_hex(:r::bigint), 12, '0'))::uuid, '{}');
        commit;
        \endpipeline
        """;
}
