-- Views of the queue that somebody keeps under a name, for themselves or for everybody at the clinic; and how a person likes the pages to look.

create table saved_view (
    id              uuid primary key,
    organisation_id uuid not null references organisation,
    owner_id        uuid not null references portal_user,
    name            text not null check (length(name) between 1 and 60),
    query           text not null check (length(query) <= 600),   -- of the queue's address
    shared          boolean not null default false,
    version         int not null default 1,
    created_at      timestamptz not null default now()
);
create unique index saved_view_name on saved_view (owner_id, lower(name));
create index saved_view_shared on saved_view (organisation_id) where shared;

create table person_setting (
    id         uuid primary key,
    person_id  uuid not null references portal_user,
    key        text not null check (key ~ '^[a-z_]{1,40}$'),
    value      jsonb not null check (length(value::text) <= 4000),
    version    int not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    unique (person_id, key)
);

do $$
declare
    name text;
begin
    foreach name in array array['saved_view', 'person_setting'] loop
        execute format('alter table %I enable row level security', name);
        execute format('alter table %I force row level security', name);
        execute format('create policy owner_everything on %I to current_user using (true) with check (true)', name);
    end loop;
end $$;

create policy own_and_shared on saved_view for select to portal_app
    using ((select portal.is_treating_clinic()) and organisation_id = (select portal.reader()) and (shared or owner_id = (select portal.current_person())));
create policy own_insert on saved_view for insert to portal_app
    with check ((select portal.is_treating_clinic()) and organisation_id = (select portal.reader()) and owner_id = (select portal.current_person()));
create policy own_update on saved_view for update to portal_app
    using (owner_id = (select portal.current_person()))
    with check (organisation_id = (select portal.reader()) and owner_id = (select portal.current_person()));
create policy own_delete on saved_view for delete to portal_app using (owner_id = (select portal.current_person()));

create policy own on person_setting to portal_app
    using (person_id = (select portal.current_person())) with check (person_id = (select portal.current_person()));

grant select, insert, update, delete on saved_view to portal_app;
grant select, insert, update on person_setting to portal_app;
