-- A role of the clinic is worth something at the clinic group and nowhere else. Policies ask for roles by their names (portal.is_clinic, portal.has_any_role), most of them without
-- asking whose person that is: somebody of a firm who was given one by mistake would have read the notes, the drafts and the clinic's own events of the firm's own referrals.
-- So nobody acts with it. It is settled here, once a unit, and every policy and trigger is what it was.
create or replace function portal.act_as(person uuid) returns void
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
    who record;
begin
    select u.organisation_id, array_to_string(worth.roles, ',') as roles,
           worth.roles && array['referrer', 'organisation_administrator', 'funder', 'clinic_administrator', 'clinician', 'clinic_manager', 'system'] as reads,
           (select clinic.id from organisation clinic where clinic.kind = 'clinic_group') as clinic_group
    into who
    from portal_user u join organisation o on o.id = u.organisation_id
    cross join lateral (
        select case when o.kind = 'clinic_group' then u.roles
                    else array(select role from unnest(u.roles) role where role in ('referrer', 'organisation_administrator', 'funder')) end as roles) worth
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
