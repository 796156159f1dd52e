-- What was agreed with an organisation, where it differs from the clinic's own targets. One row each time it changed: a target keeps the agreement
-- of the day on which it begins.

create table organisation_agreement (
    id              uuid primary key,
    organisation_id uuid not null references organisation,
    valid_from      date not null,
    targets         jsonb not null default '{}',    -- only what differs: { "triageDays": 2 }; {} is the clinic's own again
    note            text check (length(note) <= 1000),
    agreed_by       uuid not null references portal_user,
    agreed_at       timestamptz not null,
    version         int not null default 1,
    created_at      timestamptz not null default now(),
    unique (organisation_id, valid_from),
    check (jsonb_typeof(targets) = 'object')
);

alter table organisation_agreement enable row level security;
alter table organisation_agreement force row level security;
create policy owner_everything on organisation_agreement to current_user using (true) with check (true);

create policy own_read on organisation_agreement for select to portal_app using (organisation_id = (select portal.reader()));
create policy clinic_read on organisation_agreement for select to portal_app
    using ((select portal.is_clinic()) and (select portal.current_organisation()) = (select portal.clinic_group()));
create policy manager_insert on organisation_agreement for insert to portal_app
    with check (agreed_by = (select portal.current_person())
        and (select portal.has_any_role(array['clinic_manager'])) and (select portal.current_organisation()) = (select portal.clinic_group()));
create policy manager_update on organisation_agreement for update to portal_app
    using ((select portal.has_any_role(array['clinic_manager'])) and (select portal.current_organisation()) = (select portal.clinic_group()))
    with check (agreed_by = (select portal.current_person()));

grant select, insert, update on organisation_agreement to portal_app;

-- For the portal's own memory of what the clinic edits, which is read when nobody is asking: whoever acts for a person gets nothing from it.
create function portal.agreements() returns table (organisation_id uuid, valid_from date, targets jsonb)
language sql stable security definer set search_path = pg_catalog, public as $$
    select a.organisation_id, a.valid_from, s.targets || a.targets
    from organisation_agreement a cross join clinic_group_settings s
    where portal.current_person() is null $$;

revoke execute on function portal.agreements() from public;
grant execute on function portal.agreements() to portal_app;
