-- Who may come in: organisations, their people, and how the database knows who is asking.
--
-- The schema belongs to whoever migrates. The portal itself runs as portal_app, which owns nothing,
-- so row-level security holds for every statement that it sends.

create extension if not exists pg_trgm;
create extension if not exists btree_gist;
create extension if not exists unaccent;

do $$
begin
    if not exists (select from pg_roles where rolname = 'portal_app') then
        create role portal_app nologin;
    end if;
exception when duplicate_object then null; -- another database of this server was migrated at the same moment
end $$;

create schema portal;
grant usage on schema public, portal to portal_app;

create table organisation (
    id                  uuid primary key,
    kind                text not null check (kind in ('solicitor', 'case_manager', 'intermediary', 'health_organisation', 'employer', 'funder', 'clinic_group')),
    name                text not null check (length(name) between 1 and 200),
    directory_tenant_id uuid unique,
    address             text,
    postcode            text,
    phone               text,
    email               text,
    -- What a new referral of this organisation starts with: usual case manager, funder, consent wording, claim conventions.
    defaults            jsonb not null default '{}',
    disabled_at         timestamptz,
    version             int not null default 1,
    created_at          timestamptz not null default now()
);
-- There is one clinic group; it is a party to every submitted referral.
create unique index organisation_one_clinic_group on organisation (kind) where kind = 'clinic_group';

create table portal_user (
    id                  uuid primary key,
    organisation_id     uuid not null references organisation,
    directory_tenant_id uuid not null,
    directory_object_id uuid,              -- null until the first sign-in links the account
    user_name           text not null check (length(user_name) between 3 and 254),
    display_name        text not null check (length(display_name) between 1 and 100),
    roles               text[] not null check (
        cardinality(roles) > 0
        and roles <@ array['referrer', 'organisation_administrator', 'funder', 'clinic_administrator', 'clinician', 'clinic_manager', 'auditor', 'system']),
    hcpc_number         text,
    job_title           text,
    last_signed_in_at   timestamptz,
    disabled_at         timestamptz,
    version             int not null default 1,
    created_at          timestamptz not null default now(),
    unique (directory_tenant_id, directory_object_id)
);
create unique index portal_user_name on portal_user (directory_tenant_id, lower(user_name));
create index portal_user_organisation on portal_user (organisation_id);

-- Names the person behind the statements that follow, from the database's own record of them and not from what the caller says,
-- and refuses anybody who is disabled. Called first in every unit of work, in the same round trip.
create function portal.act_as(person uuid) returns void
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
    who record;
begin
    select u.organisation_id, array_to_string(u.roles, ',') as roles into who
    from portal_user u join organisation o on o.id = u.organisation_id
    where u.id = person and u.disabled_at is null and o.disabled_at is null;
    if not found then
        raise exception 'this account may not use the portal' using errcode = 'RP001';
    end if;
    perform set_config('app.user_id', person::text, true),
            set_config('app.organisation_id', who.organisation_id::text, true),
            set_config('app.roles', who.roles, true);
end $$;

create function portal.current_person() returns uuid
language sql stable parallel safe as $$ select nullif(current_setting('app.user_id', true), '')::uuid $$;

create function portal.current_organisation() returns uuid
language sql stable parallel safe as $$ select nullif(current_setting('app.organisation_id', true), '')::uuid $$;

create function portal.has_any_role(wanted text[]) returns boolean
language sql stable parallel safe as $$ select coalesce(string_to_array(current_setting('app.roles', true), ',') && wanted, false) $$;

-- The organisation whose referrals may be read now: null for an auditor, who reads the audit trail and nothing else.
create function portal.reader() returns uuid
language sql stable parallel safe as $$
    select case when portal.has_any_role(array['referrer', 'organisation_administrator', 'funder', 'clinic_administrator', 'clinician', 'clinic_manager', 'system'])
                then portal.current_organisation() end $$;

create function portal.is_clinic() returns boolean
language sql stable parallel safe as $$
    select portal.has_any_role(array['clinic_administrator', 'clinician', 'clinic_manager', 'system']) $$;

create function portal.clinic_group() returns uuid
language sql stable security definer set search_path = pg_catalog, public as $$ select id from organisation where kind = 'clinic_group' $$;

revoke execute on all functions in schema portal from public;
grant execute on all functions in schema portal to portal_app;

alter table organisation enable row level security;
alter table organisation force row level security;
create policy owner_everything on organisation to current_user using (true) with check (true);
-- Names of organisations are not secret between the people of the portal (a solicitor picks a case manager from them).
create policy signed_in_read on organisation for select to portal_app using ((select portal.current_person()) is not null);
create policy clinic_manager_write on organisation to portal_app
    using ((select portal.has_any_role(array['clinic_manager']))) with check ((select portal.has_any_role(array['clinic_manager'])));

alter table portal_user enable row level security;
alter table portal_user force row level security;
create policy owner_everything on portal_user to current_user using (true) with check (true);
-- One's own colleagues, and the clinic's people (a referrer sees who has the referral).
create policy colleagues_read on portal_user for select to portal_app using (
    organisation_id = (select portal.current_organisation())
    or ((select portal.current_person()) is not null and organisation_id = (select portal.clinic_group()))
    or (select portal.has_any_role(array['clinic_administrator', 'clinician', 'clinic_manager', 'auditor', 'system'])));
create policy administrators_write on portal_user for update to portal_app
    using ((select portal.has_any_role(array['clinic_manager']))
           or (organisation_id = (select portal.current_organisation()) and (select portal.has_any_role(array['organisation_administrator']))));

grant select, insert, update on organisation to portal_app;
grant select, update on portal_user to portal_app;
