-- Who is signed in. A session lives in the database as well as in the cookie, so that signing out, disabling a person
-- or disabling an organisation ends every copy of the cookie and every open page, on every node.

create table portal_session (
    id         uuid primary key,
    person_id  uuid not null references portal_user,
    started_at timestamptz not null default now(),
    ended_at   timestamptz
);
create index portal_session_person on portal_session (person_id, started_at);

-- The portal reaches sessions through the functions below and in no other way: no grant, no policy for it.
alter table portal_session enable row level security;
alter table portal_session force row level security;
create policy owner_everything on portal_session to current_user using (true) with check (true);

-- Lets in a person whom a directory vouches for, or says why not. Runs before anybody is known, so it carries its own checks:
-- the directory must be an organisation's, and the person one of that organisation's, found by tenant and object id and never by a name;
-- the one exception is the first sign-in of an account that an administrator prepared: the name finds it once, and links it for good.
create function portal.sign_in(tenant uuid, object uuid, user_name text)
returns table (outcome text, session_id uuid, person_id uuid, organisation_id uuid, display_name text, roles text[])
language plpgsql security definer set search_path = pg_catalog, public as $$
#variable_conflict use_column
declare
    home organisation;
    who  portal_user;
    done text := 'signed_in';
    visit uuid := gen_random_uuid();
begin
    select o.* into home from organisation o where o.directory_tenant_id = sign_in.tenant;
    if not found then
        return query select 'unknown_directory', null::uuid, null::uuid, null::uuid, null::text, null::text[];
        return;
    end if;

    select u.* into who from portal_user u where u.directory_tenant_id = sign_in.tenant and u.directory_object_id = sign_in.object;
    if not found then
        update portal_user u set directory_object_id = sign_in.object, version = u.version + 1
        where u.directory_tenant_id = sign_in.tenant and u.organisation_id = home.id and lower(u.user_name) = lower(sign_in.user_name)
            and u.directory_object_id is null and u.disabled_at is null
        returning u.* into who;
        if found then
            done := 'linked';
        else -- two first sign-ins of one person at once: the other one has just linked it
            select u.* into who from portal_user u where u.directory_tenant_id = sign_in.tenant and u.directory_object_id = sign_in.object;
        end if;
    end if;

    if who.id is null or who.organisation_id <> home.id then
        return query select 'unknown_person', null::uuid, null::uuid, null::uuid, null::text, null::text[];
        return;
    end if;
    if who.disabled_at is not null or home.disabled_at is not null then
        return query select 'disabled', null::uuid, null::uuid, null::uuid, null::text, null::text[];
        return;
    end if;

    update portal_user u set last_signed_in_at = now() where u.id = who.id;
    delete from portal_session s where s.person_id = who.id and s.started_at < now() - interval '30 days';
    insert into portal_session (id, person_id) values (visit, who.id);
    if done = 'linked' then
        insert into audit_entry (id, at, actor_id, organisation_id, action, subject_id)
        values (gen_random_uuid(), clock_timestamp(), who.id, home.id, 'link_account', who.id);
    end if;
    insert into audit_entry (id, at, actor_id, organisation_id, action, subject_id)
    values (gen_random_uuid(), clock_timestamp(), who.id, home.id, 'sign_in', who.id);

    return query select done, visit, who.id, home.id, who.display_name, who.roles;
end $$;

-- What a session is worth now: no row when it has ended, or when the person, the organisation or its directory may no longer come in.
create function portal.standing(session uuid)
returns table (person_id uuid, organisation_id uuid, display_name text, roles text[])
language sql stable security definer set search_path = pg_catalog, public as $$
    select u.id, o.id, u.display_name, u.roles
    from portal_session s
    join portal_user u on u.id = s.person_id
    join organisation o on o.id = u.organisation_id and o.directory_tenant_id = u.directory_tenant_id
    where s.id = session and s.ended_at is null and u.disabled_at is null and o.disabled_at is null
$$;

create function portal.sign_out(session uuid) returns void
language sql security definer set search_path = pg_catalog, public as $$
    with ended as (
        update portal_session s set ended_at = now() where s.id = session and s.ended_at is null returning s.person_id)
    insert into audit_entry (id, at, actor_id, organisation_id, action, subject_id)
    select gen_random_uuid(), clock_timestamp(), u.id, u.organisation_id, 'sign_out', u.id
    from ended join portal_user u on u.id = ended.person_id
$$;

revoke execute on function portal.sign_in(uuid, uuid, text), portal.standing(uuid), portal.sign_out(uuid) from public;
grant execute on function portal.sign_in(uuid, uuid, text), portal.standing(uuid), portal.sign_out(uuid) to portal_app;
