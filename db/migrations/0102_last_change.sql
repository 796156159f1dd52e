-- Who changed a thing last, for the person whose own change came second. The trail itself is the auditor's; this tells a clinic manager one name and one moment.
create index audit_entry_subject on audit_entry (subject_id, sequence desc) where subject_id is not null;

create function portal.last_change(subject uuid) returns table (name text, at timestamptz)
language sql stable security definer set search_path = pg_catalog, public as $$
    select person.display_name, entry.at
    from audit_entry entry left join portal_user person on person.id = entry.actor_id
    where entry.subject_id = subject and portal.manages_clinic()
    order by entry.sequence desc limit 1
$$;
revoke execute on function portal.last_change(uuid) from public;
grant execute on function portal.last_change(uuid) to portal_app;
