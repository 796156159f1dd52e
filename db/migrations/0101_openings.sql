-- The search for openings again, fast enough for 40 clinics and 12 weeks (see docs/performance.md): who is busy is read through each clinician's own index,
-- and rooms are looked at only for the times that are going to be offered.

create index appointment_room on appointment (room_id, starts_at) where state in ('booked', 'held');

create or replace function portal.openings(clinics uuid[], clinician uuid, service text, after timestamptz, until timestamptz, length interval, max_each int,
                                           language text, skill text, day_from time, day_until time)
returns table (clinic_id uuid, clinician_id uuid, room_id uuid, starts_at timestamptz)
language plpgsql stable set search_path = pg_catalog, public
-- Planning takes longer than running: one plan for all that is asked.
set plan_cache_mode = force_generic_plan set jit = off as $$
#variable_conflict use_column
declare
    wanted   int[] := array_fill(max_each, array[cardinality(clinics)]);
    today    date := (after at time zone 'Europe/London')::date;
    last_day date := (until at time zone 'Europe/London')::date;
    span     int := 4;
    opening  record;
begin
    -- A few days first and then ever more: most clinics have time soon, and those are asked no further.
    while today <= last_day and exists (select from unnest(wanted) still where still > 0) loop
        for opening in
            with asked as materialized (
                select clinic.id, still.wanted, still.place from unnest(clinics, wanted) with ordinality still (id, wanted, place)
                join clinic on clinic.id = still.id and clinic.closed_at is null and (openings.service is null or openings.service = any (clinic.services))
                where still.wanted > 0),
            day as materialized (
                select dawn::date as day, extract(isodow from dawn)::int as weekday
                from generate_series(today::timestamp, least(today + span - 1, last_day)::timestamp, interval '1 day') dawn
                where (select open_on_bank_holidays from clinic_group_settings) or not exists (select from bank_holiday holiday where holiday.day = dawn::date)),
            group_hours as materialized (
                select week.weekday, (times.value ->> 'opens')::time as opens, (times.value ->> 'closes')::time as closes
                from (select settings.opening_hours from clinic_group_settings settings) settings
                cross join lateral jsonb_each(settings.opening_hours) times
                join (values ('monday', 1), ('tuesday', 2), ('wednesday', 3), ('thursday', 4), ('friday', 5), ('saturday', 6), ('sunday', 7)) week (name, weekday) on week.name = times.key
                where jsonb_typeof(times.value) = 'object'),
            hours as materialized (
                select own.clinic_id, own.weekday, own.opens, own.closes from asked join clinic_hours own on own.clinic_id = asked.id
                union all
                select asked.id, group_hours.weekday, group_hours.opens, group_hours.closes
                from asked cross join group_hours
                where not exists (select from clinic_hours own where own.clinic_id = asked.id)),
            person as materialized (
                select person.id, person.display_name from portal_user person
                where person.organisation_id = portal.clinic_group() and 'clinician' = any (person.roles) and person.disabled_at is null
                    and (openings.clinician is null or person.id = openings.clinician)
                    and (openings.language is null or openings.language = any (person.languages))
                    and (openings.skill is null or openings.skill = any (person.skills))),
            shift as materialized (
                select pattern.clinic_id, person.id as clinician_id, person.display_name, range_agg(tstzrange(working.starts, working.ends)) as during,
                       min(working.starts) as first, max(working.ends) as last
                from day
                join hours on hours.weekday = day.weekday
                join working_pattern pattern on pattern.clinic_id = hours.clinic_id and pattern.weekday = day.weekday
                    and pattern.valid_from <= day.day and (pattern.valid_until is null or pattern.valid_until >= day.day)
                join person on person.id = pattern.clinician_id
                cross join lateral (
                    select greatest((day.day + greatest(hours.opens, pattern.starts, openings.day_from)) at time zone 'Europe/London', openings.after) as starts,
                           (day.day + least(hours.closes, pattern.ends)) at time zone 'Europe/London' as ends) working
                where working.starts + openings.length <= working.ends
                    and not exists (select from clinic_closure closure where day.day between closure.starts_on and closure.ends_on and (closure.clinic_id is null or closure.clinic_id = pattern.clinic_id))
                group by pattern.clinic_id, person.id, person.display_name),
            candidate as materialized (
                select shift.clinic_id, start, array_agg(shift.clinician_id order by shift.display_name, shift.clinician_id)::text as people
                from shift
                cross join lateral (
                    select range_agg(busy.during) as during
                    from (select tstzrange(a.starts_at, a.ends_at) as during from appointment a
                          -- No appointment lasts a day: the index on its beginning finds all that reach into these days.
                          where a.clinician_id = shift.clinician_id and a.starts_at > shift.first - interval '1 day' and a.starts_at < shift.last
                              and a.state in ('booked', 'held') and (a.state = 'booked' or a.held_until > now())
                          union all
                          select tstzrange(leave.starts_at, leave.ends_at) from leave
                          where leave.clinician_id = shift.clinician_id and leave.ends_at > shift.first and leave.starts_at < shift.last) busy) busy
                cross join lateral unnest(shift.during - coalesce(busy.during, '{}'::tstzmultirange)) gap
                cross join lateral generate_series(
                    -- The next quarter of an hour; strictly after the moment from which the search goes.
                    case when lower(gap) = openings.after then date_bin('15 minutes', lower(gap), 'epoch') + interval '15 minutes'
                         else date_bin('15 minutes', lower(gap) + interval '15 minutes' - interval '1 microsecond', 'epoch') end,
                    upper(gap) - openings.length, openings.length) start
                where start < openings.until and (start at time zone 'Europe/London')::time < openings.day_until
                group by shift.clinic_id, start),
            -- Two columns side by side, since a join that the planner takes for small would read all of them again for each clinic.
            moments as materialized (
                select candidate.clinic_id, array_agg(candidate.start order by candidate.start) as starts, array_agg(candidate.people order by candidate.start) as people
                from candidate group by candidate.clinic_id)
            select asked.place, asked.id as clinic, chosen.room, chosen.start, chosen.people::uuid[] as people
            from asked
            join moments on moments.clinic_id = asked.id
            cross join lateral (
                -- In their order; nothing is looked up behind the last that is wanted.
                select moment.start, moment.people, free.id as room
                from unnest(moments.starts, moments.people) moment (start, people)
                cross join lateral (
                    select room.id from room
                    where room.clinic_id = asked.id and room.closed_at is null and (openings.service is null or openings.service = any (room.services))
                        -- What stands in a room does not overlap: the last to begin before the end is the only one that can be in the way.
                        and coalesce((
                            select a.ends_at from appointment a
                            where a.room_id = room.id and a.starts_at < moment.start + openings.length
                                and a.state in ('booked', 'held') and (a.state = 'booked' or a.held_until > now())
                            order by a.starts_at desc limit 1), '-infinity') <= moment.start
                    order by room.name, room.id
                    -- What was booked without a room takes one all the same.
                    offset (select count(*) from appointment a
                            where a.clinic_id = asked.id and a.room_id is null and a.state in ('booked', 'held') and (a.state = 'booked' or a.held_until > now())
                                and a.starts_at < moment.start + openings.length and a.starts_at > moment.start - interval '1 day' and a.ends_at > moment.start)
                    limit 1) free
                limit asked.wanted) chosen
        loop
            wanted[opening.place] := wanted[opening.place] - 1;
            clinic_id := opening.clinic;
            room_id := opening.room;
            starts_at := opening.start;
            foreach clinician_id in array opening.people loop
                return next;
            end loop;
        end loop;
        today := today + span;
        span := span * 3;
    end loop;
end $$;
