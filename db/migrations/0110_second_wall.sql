-- What the second wall left to the use cases alone.

-- A firm's administrator keeps the firm's people, and gives none of them a role of the clinic: policies elsewhere trust the name of a role.
drop policy administrators_write on portal_user;
create policy administrators_write on portal_user for update to portal_app
    using (not 'system' = any (roles) and ((select portal.manages_clinic())
           or (organisation_id = (select portal.current_organisation()) and (select portal.has_any_role(array['organisation_administrator'])))))
    with check (not 'system' = any (roles) and ((select portal.manages_clinic())
           or (organisation_id = (select portal.current_organisation()) and (select portal.has_any_role(array['organisation_administrator']))
               and roles <@ array['referrer', 'organisation_administrator', 'funder'])));

-- A secret calendar address ends with the right to it, and does not come back when the right does.
create function portal.calendar_feed_ends() returns trigger
language plpgsql security definer set search_path = pg_catalog, public as $$
begin
    delete from calendar_feed where person_id = new.id;
    return null;
end $$;
revoke execute on function portal.calendar_feed_ends() from public;
create trigger calendar_feed_ends after update of disabled_at, roles on portal_user
    for each row when (new.disabled_at is not null or not 'clinician' = any (new.roles)) execute function portal.calendar_feed_ends();
