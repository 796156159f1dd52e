-- A clinician's appointments at a secret address, for the calendar on a telephone. The secret itself is not kept, only its hash.

create table calendar_feed (
    id          uuid primary key,
    person_id   uuid not null unique references portal_user,   -- one address a person: a new one ends the one before
    token_hash  bytea not null unique check (length(token_hash) = 32),
    last_read_on date,                                          -- the day is enough to see whether anybody uses it
    version     int not null default 1,
    created_at  timestamptz not null default now()
);
alter table calendar_feed enable row level security;
alter table calendar_feed force row level security;
create policy owner_everything on calendar_feed to current_user using (true) with check (true);
create policy own_feed on calendar_feed to portal_app
    using (person_id = (select portal.current_person()) and (select portal.at_clinic()))
    with check (person_id = (select portal.current_person()) and (select portal.at_clinic()));
grant select, insert, update, delete on calendar_feed to portal_app;

-- Whose calendar a secret opens: asked before anybody is known, and answers nothing else. What is in the calendar is read as that person.
create function portal.calendar_owner(secret_hash bytea) returns uuid
language sql stable security definer set search_path = pg_catalog, public as $$
    select feed.person_id from calendar_feed feed
    join portal_user person on person.id = feed.person_id
    where feed.token_hash = secret_hash and person.disabled_at is null and 'clinician' = any (person.roles) and person.organisation_id = portal.clinic_group()
$$;
revoke execute on function portal.calendar_owner(bytea) from public;
grant execute on function portal.calendar_owner(bytea) to portal_app;
