-- Who reads, and which organisation is the clinic group, are found out once a unit and not once a policy: a page that asks a dozen
-- tables paid for both in each of them.

create or replace function portal.act_as(person uuid) returns void
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
    who record;
begin
    select u.organisation_id, array_to_string(u.roles, ',') as roles,
           u.roles && array['referrer', 'organisation_administrator', 'funder', 'clinic_administrator', 'clinician', 'clinic_manager', 'system'] as reads,
           (select clinic.id from organisation clinic where clinic.kind = 'clinic_group') as clinic_group
    into who
    from portal_user u join organisation o on o.id = u.organisation_id
    where u.id = person and u.disabled_at is null and o.disabled_at is null;
    if not found then
        raise exception 'this account may not use the portal' using errcode = 'RP001';
    end if;
    perform set_config('app.user_id', person::text, true),
            set_config('app.organisation_id', who.organisation_id::text, true),
            set_config('app.roles', who.roles, true),
            set_config('app.reader', case when who.reads then who.organisation_id::text else '' end, true),
            set_config('app.clinic_group', who.clinic_group::text, true);
end $$;

-- The organisation whose referrals may be read now: null for an auditor, who reads the audit trail and nothing else.
create or replace function portal.reader() returns uuid
language sql stable parallel safe as $$ select nullif(current_setting('app.reader', true), '')::uuid $$;

create function portal.find_clinic_group() returns uuid
language sql stable security definer set search_path = pg_catalog, public as $$ select id from organisation where kind = 'clinic_group' $$;
revoke execute on function portal.find_clinic_group() from public;
grant execute on function portal.find_clinic_group() to portal_app;

-- Looked up only where nobody has said who asks (while the catalogue is read at the start).
create or replace function portal.clinic_group() returns uuid
language sql stable parallel safe security invoker as $$
    select coalesce(nullif(current_setting('app.clinic_group', true), '')::uuid, portal.find_clinic_group()) $$;
alter function portal.clinic_group() reset search_path;
