-- The second line: whatever a use case forgets, a row of another organisation does not leave the database.
-- Access follows from being a party to the referral, and nothing else.

do $$
declare
    name text;
begin
    foreach name in array array['referral_draft', 'patient', 'referral', 'referral_detail', 'referral_party', 'referral_event', 'funding_authority',
                                'referral_search', 'appointment', 'assessment', 'goal', 'outcome_score', 'report', 'report_read', 'audit_entry', 'outbox_message'] loop
        execute format('alter table %I enable row level security', name);
        execute format('alter table %I force row level security', name);
        execute format('create policy owner_everything on %I to current_user using (true) with check (true)', name);
    end loop;
end $$;

create policy own_organisation on referral_draft to portal_app
    using (organisation_id = (select portal.reader())) with check (organisation_id = (select portal.reader()));

create policy party on referral to portal_app
    using ((select portal.reader()) = any (readers)) with check ((select portal.reader()) = any (readers));
create policy party on patient to portal_app
    using ((select portal.reader()) = any (readers)) with check ((select portal.reader()) = any (readers));
create policy party_write on referral_search for insert to portal_app with check ((select portal.reader()) = any (readers));

-- A child is there for whoever its referral is there for; the inner select is itself under the referral's policy.
create policy party on referral_detail to portal_app using (exists (select from referral r where r.id = referral_id));
create policy party on funding_authority to portal_app using (exists (select from referral r where r.id = referral_id));
create policy party on appointment to portal_app using (exists (select from referral r where r.id = referral_id));
create policy party on goal to portal_app using (exists (select from referral r where r.id = referral_id));
create policy party on outcome_score to portal_app using (exists (select from referral r where r.id = referral_id));

-- Its own row of the list without a look at the referral (that is the hot path); the rows of the other parties through the referral.
create policy own_row on referral_party for select to portal_app using (organisation_id = (select portal.reader()));
create policy fellow_parties on referral_party for select to portal_app using (exists (select from referral r where r.id = referral_id));
create policy party_write on referral_party for insert to portal_app with check (exists (select from referral r where r.id = referral_id));

create policy party_read on referral_event for select to portal_app
    using (exists (select from referral r where r.id = referral_id) and (audience = 'everyone' or (select portal.is_clinic())));
create policy party_append on referral_event for insert to portal_app
    with check (actor_id = (select portal.current_person()) and exists (select from referral r where r.id = referral_id));

create policy clinic_only on assessment to portal_app
    using ((select portal.is_clinic()) and exists (select from referral r where r.id = referral_id));

create policy signed_to_parties on report for select to portal_app
    using (exists (select from referral r where r.id = referral_id) and (state <> 'draft' or (select portal.is_clinic())));
create policy clinic_insert on report for insert to portal_app
    with check ((select portal.is_clinic()) and exists (select from referral r where r.id = referral_id));
create policy clinic_update on report for update to portal_app
    using ((select portal.is_clinic()) and exists (select from referral r where r.id = referral_id));

create policy readers on report_read for select to portal_app using (exists (select from report r where r.id = report_id));
create policy own_read on report_read for insert to portal_app
    with check (person_id = (select portal.current_person()) and exists (select from report r where r.id = report_id));

create policy own_entry on audit_entry for insert to portal_app with check (actor_id = (select portal.current_person()));
create policy auditors_read on audit_entry for select to portal_app
    using ((select portal.has_any_role(array['auditor'])));

create policy queue on outbox_message for insert to portal_app with check ((select portal.current_person()) is not null);
create policy worker on outbox_message to portal_app using ((select portal.has_any_role(array['system'])));

grant select, insert, update on referral_draft, patient, referral, referral_detail, funding_authority, appointment, assessment, goal, report to portal_app;
grant delete on referral_draft to portal_app;
grant select, insert on referral_party, referral_event, outcome_score, report_read to portal_app;
grant insert on referral_search to portal_app;
