-- An auditor reads the audit trail and nothing else: the trail holds ids of referrals, and a person knows them by their references.
-- This leads from one to the other and tells an auditor nothing but that.

create function portal.audited_references(ids uuid[], given text) returns table (id uuid, reference text)
language sql stable security definer set search_path = pg_catalog, public as $$
    select r.id, r.reference from referral r
    where portal.has_any_role(array['auditor']) and (r.id = any (ids) or r.reference = given)
$$;

revoke execute on function portal.audited_references(uuid[], text) from public;
grant execute on function portal.audited_references(uuid[], text) to portal_app;

-- Entries come in the order of time, so that a block of the table is a span of it.
create index audit_entry_at on audit_entry using brin (at);
