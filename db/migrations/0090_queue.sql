-- The triage queue at any size: what is open up to the first appointment, and nothing of the years behind it.

-- One index for the counts of all tabs (everything that a tab or a filter looks at stands in it, so that nothing else is read) and for one state's tab in order.
drop index referral_queue_state, referral_queue_rebook, referral_queue_due, referral_queue_received;
create index referral_queue_state on referral (state, due_at, id)
    include (triage_owner_id, clock_paused_at, red_flag_tier, red_flag_cleared_at, priority, referring_organisation_id, clinic_id, submitted_at, readers)
    where state in ('submitted', 'in_triage', 'information_requested', 'accepted', 'appointment_booked');
-- Everything open, in the orders that are read page by page.
create index referral_queue_due on referral (due_at, id) where state in ('submitted', 'in_triage', 'information_requested', 'accepted', 'appointment_booked');
create index referral_queue_received on referral (submitted_at, id) where state in ('submitted', 'in_triage', 'information_requested', 'accepted', 'appointment_booked');

-- What the queue is searched by: the referral's own words and its sender's name, for what is in the queue and for nothing else. A search over a
-- hundred thousand old referrals of the same name would find two hundred of those and none that is open.
alter table referral_search add column queue_words text;

create function portal.referral_search_queue_words() returns trigger
language plpgsql security definer set search_path = pg_catalog, public as $$
begin
    new.queue_words := (
        select new.words || ' ' || portal.search_words(sender.name)
        from referral r join organisation sender on sender.id = r.referring_organisation_id
        where r.id = new.referral_id and r.state in ('submitted', 'in_triage', 'information_requested', 'accepted', 'appointment_booked'));
    return new;
end $$;
create trigger referral_search_queue_words before insert or update of words on referral_search
    for each row execute function portal.referral_search_queue_words();

-- Into the queue or out of it: the words are put together again.
create function portal.referral_search_follows_state() returns trigger
language plpgsql security definer set search_path = pg_catalog, public as $$
begin
    update referral_search set words = words where referral_id = new.id;
    return null;
end $$;
create trigger referral_search_follows_state after update of state on referral
    for each row when ((old.state in ('submitted', 'in_triage', 'information_requested', 'accepted', 'appointment_booked'))
        is distinct from (new.state in ('submitted', 'in_triage', 'information_requested', 'accepted', 'appointment_booked')))
    execute function portal.referral_search_follows_state();

create function portal.referral_search_follows_name() returns trigger
language plpgsql security definer set search_path = pg_catalog, public as $$
begin
    update referral_search s set words = s.words
    from referral r
    where r.id = s.referral_id and r.referring_organisation_id = new.id
        and r.state in ('submitted', 'in_triage', 'information_requested', 'accepted', 'appointment_booked');
    return null;
end $$;
create trigger referral_search_follows_name after update of name on organisation
    for each row when (old.name is distinct from new.name) execute function portal.referral_search_follows_name();

update referral_search s set words = s.words
from referral r
where r.id = s.referral_id and r.state in ('submitted', 'in_triage', 'information_requested', 'accepted', 'appointment_booked');

create index referral_search_queue on referral_search using gin (queue_words gin_trgm_ops) where queue_words is not null;

-- Outside row-level security like portal.search_referrals, and for the same reason: it carries its own predicate. The newest first.
create function portal.search_queue(terms text[], row_limit int) returns table (referral_id uuid)
language plpgsql stable security definer set search_path = pg_catalog, public as $$
declare
    conditions text;
begin
    select string_agg(format(' and s.queue_words like %L', '%' || replace(replace(replace(portal.search_words(term), '\', '\\'), '%', '\%'), '_', '\_') || '%'), '')
    into conditions from unnest(terms) term where length(term) > 0;
    if conditions is null or not portal.is_treating_clinic() then return; end if;

    return query execute
        'select s.referral_id from referral_search s where s.queue_words is not null and $1 = any (s.readers)' || conditions
        || ' order by s.submitted_at desc, s.referral_id desc limit least($2, 1000)'
        using portal.reader(), row_limit;
end $$;

revoke execute on function portal.referral_search_queue_words(), portal.referral_search_follows_state(), portal.referral_search_follows_name(), portal.search_queue(text[], int) from public;
grant execute on function portal.referral_search_queue_words(), portal.referral_search_follows_state(), portal.referral_search_follows_name(), portal.search_queue(text[], int) to portal_app;
