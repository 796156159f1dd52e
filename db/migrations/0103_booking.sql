-- Holding, booking in series, and what stands in the way of a time.

alter table appointment add column series_id uuid;   -- booked together, in one unit
create index appointment_series on appointment (series_id) where series_id is not null;
create index appointment_held_by on appointment (held_by, referral_id) where state = 'held';

-- A hold is no step of the referral's and has no event: open calendars are told by the row itself. That it has run out, they see by their own clock.
create function portal.tell_of_hold() returns trigger
language plpgsql as $$
begin
    perform pg_notify('referral_event', coalesce(new.referral_id, old.referral_id)::text);
    return null;
end $$;
create trigger tell_of_hold after insert on appointment for each row when (new.state = 'held') execute function portal.tell_of_hold();
create trigger tell_of_hold_ended after delete on appointment for each row when (old.state = 'held') execute function portal.tell_of_hold();

-- Why a clinician cannot see somebody at a clinic at a time, as a code; null when nothing stands in the way. It is asked under the caller's own rights,
-- so it knows nothing to anybody but the clinic's people.
create function portal.in_the_way(clinic uuid, clinician uuid, starts timestamptz, ends timestamptz) returns text
language sql stable set search_path = pg_catalog, public as $$
    select case
        when not (select open_on_bank_holidays from clinic_group_settings) and exists (select from bank_holiday where bank_holiday.day = london.day) then 'bank_holiday'
        when exists (select from clinic_closure closure where (closure.clinic_id is null or closure.clinic_id = in_the_way.clinic) and london.day between closure.starts_on and closure.ends_on) then 'closed'
        when not exists (
            select from clinic_hours own
            where own.clinic_id = in_the_way.clinic and own.weekday = london.weekday and own.opens <= london.starts and own.closes >= london.ends
            union all
            select from clinic_group_settings settings
            cross join lateral jsonb_each(settings.opening_hours) times
            where not exists (select from clinic_hours own where own.clinic_id = in_the_way.clinic)
                and times.key = trim(to_char(london.day, 'day')) and jsonb_typeof(times.value) = 'object'
                and (times.value ->> 'opens')::time <= london.starts and (times.value ->> 'closes')::time >= london.ends) then 'closed_then'
        when exists (select from leave where leave.clinician_id = in_the_way.clinician and leave.starts_at < in_the_way.ends and leave.ends_at > in_the_way.starts) then 'leave'
        when not exists (
            select from working_pattern pattern
            where pattern.clinician_id = in_the_way.clinician and pattern.clinic_id = in_the_way.clinic and pattern.weekday = london.weekday
                and pattern.valid_from <= london.day and (pattern.valid_until is null or pattern.valid_until >= london.day)
                and pattern.starts <= london.starts and pattern.ends >= london.ends) then 'not_working'
        when exists (
            select from appointment a
            where a.clinician_id = in_the_way.clinician and (a.state = 'booked' or a.state = 'held' and a.held_until > now())
                and tstzrange(a.starts_at, a.ends_at) && tstzrange(in_the_way.starts, in_the_way.ends)) then 'busy'
        when portal.free_room(in_the_way.clinic, null, in_the_way.starts, in_the_way.ends) is null then 'no_room'
    end
    from (
        select (in_the_way.starts at time zone 'Europe/London')::date as day,
               extract(isodow from in_the_way.starts at time zone 'Europe/London')::int as weekday,
               (in_the_way.starts at time zone 'Europe/London')::time as starts,
               (in_the_way.ends at time zone 'Europe/London')::time as ends) london
$$;

revoke execute on function portal.tell_of_hold(), portal.in_the_way(uuid, uuid, timestamptz, timestamptz) from public;
grant execute on function portal.tell_of_hold(), portal.in_the_way(uuid, uuid, timestamptz, timestamptz) to portal_app;
