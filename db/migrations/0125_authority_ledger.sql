-- What a payer authorised is what its ledger adds up to: lines are added, never changed. A mistake is put right by another line.

alter table funding_authority
    add column modality      text check (modality in ('in_clinic', 'remote', 'hydrotherapy')),   -- null: however it is given
    add column session_price numeric(10, 2) check (session_price > 0),                          -- what a session takes of an amount, where that was agreed
    add column given_by      text check (length(given_by) between 1 and 200),                   -- the person at the payer who gave it
    add column given_how     text not null default 'form' check (given_how in ('form', 'portal', 'phone', 'letter', 'email', 'link', 'contract')),
    add column document_id   uuid references document,
    add column recorded_by   uuid references portal_user;

create table authority_entry (
    id             uuid primary key,
    authority_id   uuid references funding_authority,      -- null: a session that no authority covered
    referral_id    uuid not null references referral,
    kind           text not null check (kind in ('authorised', 'extended', 'used', 'withdrawn')),
    sessions       int,                                     -- below nothing only where a use is taken back
    pounds         numeric(10, 2),
    modality       text check (modality in ('in_clinic', 'remote', 'hydrotherapy')),
    expires_on     date,
    appointment_id uuid references appointment,
    words          text check (length(words) between 1 and 1000),
    at             timestamptz not null,
    by_id          uuid not null references portal_user,
    by_organisation_id uuid not null references organisation,   -- whose person that is: parties do not read each other's people
    sequence       bigint generated always as identity,    -- the order of the ledger
    created_at     timestamptz not null default now(),
    check (kind = 'used' or (authority_id is not null and appointment_id is null)),
    check (kind <> 'used' or appointment_id is not null),
    check (kind = 'used' or (coalesce(sessions, 0) >= 0 and coalesce(pounds, 0) >= 0))
);
create index authority_entry_referral on authority_entry (referral_id, sequence);
create index authority_entry_authority on authority_entry (authority_id, sequence);
create index authority_entry_appointment on authority_entry (appointment_id) where appointment_id is not null;

create function portal.ledger_is_append_only() returns trigger
language plpgsql as $$
begin
    raise exception 'a line of the ledger cannot be changed' using errcode = 'RP002';
end $$;
create trigger ledger_is_append_only before update or delete on authority_entry for each row execute function portal.ledger_is_append_only();

-- No authority is without its first line, whoever wrote it: the form, an import, the clinic, the seeds. It has the authority's id.
create function portal.authority_begins() returns trigger
language plpgsql as $$
begin
    insert into authority_entry (id, authority_id, referral_id, kind, sessions, pounds, modality, expires_on, at, by_id, by_organisation_id)
    select given.id, given.id, given.referral_id, 'authorised', given.sessions, given.pounds, given.modality, given.expires_on, given.given_at,
           coalesce(portal.current_person(), r.referrer_id), coalesce(portal.current_organisation(), r.referring_organisation_id)
    from given join referral r on r.id = given.referral_id;
    return null;
end $$;
create trigger authority_begins after insert on funding_authority referencing new table as given for each statement execute function portal.authority_begins();

-- The ledger, added up: one row an authority.
create view authority_balance with (security_invoker = true) as
    select given.id, given.referral_id, given.payer_organisation_id, given.payer_name, given.reference, given.modality, given.session_price,
           given.given_at, given.given_by, given.given_how, given.withdrawn_at,
           ledger.sessions, ledger.pounds, ledger.sessions_used, ledger.pounds_used, ledger.expires_on
    from funding_authority given
    cross join lateral (
        select sum(line.sessions) filter (where line.kind in ('authorised', 'extended'))::int as sessions,
               sum(line.pounds) filter (where line.kind in ('authorised', 'extended')) as pounds,
               coalesce(sum(line.sessions) filter (where line.kind = 'used'), 0)::int as sessions_used,
               coalesce(sum(line.pounds) filter (where line.kind = 'used'), 0) as pounds_used,
               (array_agg(line.expires_on order by line.sequence desc) filter (where line.expires_on is not null))[1] as expires_on
        from authority_entry line where line.authority_id = given.id) ledger;

-- One session is used by an appointment that took place (or is charged for all the same), once, under the authority that covered its day: the one that has
-- something left before one that has not, the older first. Where none covered it, it stands in the ledger by itself.
create function portal.use_session(entry uuid, of_appointment uuid, why text, person uuid, instant timestamptz) returns void
language sql set search_path = pg_catalog, public as $$
    insert into authority_entry (id, authority_id, referral_id, kind, sessions, pounds, appointment_id, words, at, by_id, by_organisation_id)
    select entry, payer.id, a.referral_id, 'used', 1, payer.session_price, a.id, why, instant, who.id, who.organisation_id
    from appointment a
    join portal_user who on who.id = person
    left join lateral (
        select balance.id, balance.session_price
        from authority_balance balance
        where balance.referral_id = a.referral_id
            and (balance.withdrawn_at is null or balance.withdrawn_at > a.starts_at)
            and (balance.expires_on is null or balance.expires_on >= (a.starts_at at time zone 'Europe/London')::date)
        order by coalesce(balance.sessions > balance.sessions_used, true) and coalesce(balance.pounds > balance.pounds_used, true) desc, balance.given_at, balance.id
        limit 1) payer on true
    where a.id = of_appointment
        and coalesce((select sum(line.sessions) from authority_entry line where line.appointment_id = a.id), 0) = 0 $$;

-- Takes it back, where it was used, under the authority on which it stands.
create function portal.return_session(entry uuid, of_appointment uuid, why text, person uuid, instant timestamptz) returns void
language sql set search_path = pg_catalog, public as $$
    insert into authority_entry (id, authority_id, referral_id, kind, sessions, pounds, appointment_id, words, at, by_id, by_organisation_id)
    select entry, line.authority_id, line.referral_id, 'used', -1, -line.pounds, line.appointment_id, why, instant, who.id, who.organisation_id
    from authority_entry line
    join portal_user who on who.id = person
    where line.appointment_id = of_appointment and line.sessions = 1
        and (select sum(all_of_it.sessions) from authority_entry all_of_it where all_of_it.appointment_id = of_appointment) = 1
    order by line.sequence desc
    limit 1 $$;

revoke execute on all functions in schema portal from public;
grant execute on function portal.use_session, portal.return_session to portal_app;

alter table authority_entry enable row level security;
alter table authority_entry force row level security;
create policy owner_everything on authority_entry to current_user using (true) with check (true);

create policy party_read on authority_entry for select to portal_app using (exists (select from referral r where r.id = referral_id));
-- The line with which an authority begins, from whoever could write the authority.
create policy first_line on authority_entry for insert to portal_app
    with check (id = authority_id and kind = 'authorised' and by_id = (select portal.current_person())
        and exists (select from funding_authority given where given.id = authority_id and given.referral_id = authority_entry.referral_id));
create policy clinic_append on authority_entry for insert to portal_app
    with check ((select portal.is_clinic()) and by_id = (select portal.current_person()) and exists (select from referral r where r.id = referral_id));
create policy payer_append on authority_entry for insert to portal_app
    with check (kind in ('extended', 'withdrawn') and (select portal.has_any_role(array['funder'])) and by_id = (select portal.current_person())
        and exists (select from funding_authority given where given.id = authority_id and given.referral_id = authority_entry.referral_id
                                                          and given.payer_organisation_id = (select portal.reader())));
grant select, insert on authority_entry to portal_app;
grant select on authority_balance to portal_app;

-- Every party reads an authority; it is written by who sends the referral, by the clinic, and by the payer itself.
drop policy party on funding_authority;
create policy party_read on funding_authority for select to portal_app using (exists (select from referral r where r.id = referral_id));
create policy referrer_insert on funding_authority for insert to portal_app
    with check (exists (select from referral r where r.id = referral_id and r.referring_organisation_id = (select portal.reader())));
create policy clinic_insert on funding_authority for insert to portal_app
    with check ((select portal.is_clinic()) and exists (select from referral r where r.id = referral_id));
create policy payer_insert on funding_authority for insert to portal_app
    with check (payer_organisation_id = (select portal.reader()) and (select portal.has_any_role(array['funder']))
        and exists (select from referral_party payer where payer.referral_id = funding_authority.referral_id and payer.organisation_id = (select portal.reader()) and payer.role = 'funder'));
create policy clinic_withdraw on funding_authority for update to portal_app
    using ((select portal.is_clinic()) and exists (select from referral r where r.id = referral_id));
create policy payer_withdraw on funding_authority for update to portal_app
    using (payer_organisation_id = (select portal.reader()) and (select portal.has_any_role(array['funder'])) and exists (select from referral r where r.id = referral_id));
-- What was given stands as it was given; that it was taken back is noted beside it.
revoke update on funding_authority from portal_app;
grant update (withdrawn_at, version) on funding_authority to portal_app;

-- What was agreed with a payer about its answers and its sessions; one without a row has the defaults.
create table payer_terms (
    organisation_id uuid primary key references organisation,
    answer_days     int not null default 21 check (answer_days between 1 and 90),   -- calendar days for an answer: 21 by the Rehabilitation Code
    deemed_approval boolean not null default false,                                 -- a request that is not answered in time counts as authorised
    charges_missed  boolean not null default false,                                 -- an appointment that is missed without notice uses a session
    note            text check (length(note) <= 1000),
    saved_by        uuid not null references portal_user,
    saved_at        timestamptz not null,
    version         int not null default 1,
    created_at      timestamptz not null default now()
);
alter table payer_terms enable row level security;
alter table payer_terms force row level security;
create policy owner_everything on payer_terms to current_user using (true) with check (true);
create policy own_read on payer_terms for select to portal_app using (organisation_id = (select portal.reader()));
create policy clinic_read on payer_terms for select to portal_app
    using ((select portal.is_clinic()) and (select portal.current_organisation()) = (select portal.clinic_group()));
create policy manager_insert on payer_terms for insert to portal_app
    with check (saved_by = (select portal.current_person())
        and (select portal.has_any_role(array['clinic_manager'])) and (select portal.current_organisation()) = (select portal.clinic_group()));
create policy manager_update on payer_terms for update to portal_app
    using ((select portal.has_any_role(array['clinic_manager'])) and (select portal.current_organisation()) = (select portal.clinic_group()))
    with check (saved_by = (select portal.current_person()));
grant select, insert, update on payer_terms to portal_app;

-- What was there before: as given, as used, as withdrawn.
insert into authority_entry (id, authority_id, referral_id, kind, sessions, pounds, expires_on, at, by_id, by_organisation_id)
select given.id, given.id, given.referral_id, 'authorised', given.sessions, given.pounds, given.expires_on, given.given_at, r.referrer_id, r.referring_organisation_id
from funding_authority given join referral r on r.id = given.referral_id
order by given.given_at, given.id;

do $$
declare
    one record;
begin
    for one in select id, clinician_id, ends_at from appointment where state = 'attended' order by starts_at, id loop
        perform portal.use_session(gen_random_uuid(), one.id, null, one.clinician_id, one.ends_at);
    end loop;
end $$;

insert into authority_entry (id, authority_id, referral_id, kind, at, by_id, by_organisation_id)
select gen_random_uuid(), given.id, given.referral_id, 'withdrawn', given.withdrawn_at, r.referrer_id, r.referring_organisation_id
from funding_authority given join referral r on r.id = given.referral_id
where given.withdrawn_at is not null;
