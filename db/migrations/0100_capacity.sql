-- Who can see a patient where and when: rooms, opening hours, closures, working patterns, leave; and from them the free times.

-- Works for the clinic group. A role of that name at any other organisation is worth nothing.
create function portal.at_clinic() returns boolean
language sql stable as $$ select portal.is_clinic() and portal.current_organisation() = portal.clinic_group() $$;

create function portal.manages_clinic() returns boolean
language sql stable as $$ select portal.has_any_role(array['clinic_manager']) and portal.current_organisation() = portal.clinic_group() $$;

grant execute on function portal.at_clinic(), portal.manages_clinic() to portal_app;

alter table clinic_group_settings add column open_on_bank_holidays boolean not null default false;

alter table clinic add column created_at timestamptz not null default now();
comment on column clinic.rooms is 'No longer read: see room. A node of the release before still does while this one is rolled out.';

create table room (
    id         uuid primary key,
    clinic_id  uuid not null references clinic,
    name       text not null check (length(name) between 1 and 100),
    services   text[] not null default '{}',   -- codes of the list service: what can be done in it
    closed_at  timestamptz,
    version    int not null default 1,
    created_at timestamptz not null default now(),
    unique (clinic_id, id)
);
create unique index room_name on room (clinic_id, lower(name)) where closed_at is null;

insert into room (id, clinic_id, name, services)
select gen_random_uuid(), clinic.id, 'Room ' || number, clinic.services
from clinic cross join lateral generate_series(1, clinic.rooms) number;

-- A clinic with no row here has the group's opening hours; a clinic with some is closed on the weekdays that it leaves out.
create table clinic_hours (
    clinic_id uuid not null references clinic,
    weekday   int not null check (weekday between 1 and 7),   -- Monday 1
    opens     time not null,
    closes    time not null,
    primary key (clinic_id, weekday),
    check (closes > opens)
);

create table clinic_closure (
    id         uuid primary key,
    clinic_id  uuid references clinic,     -- null: all clinics
    starts_on  date not null,
    ends_on    date not null,              -- the last day of it
    reason     text not null check (length(reason) between 1 and 200),
    version    int not null default 1,
    created_at timestamptz not null default now(),
    check (ends_on >= starts_on)
);
create index clinic_closure_days on clinic_closure (ends_on, starts_on);

alter table portal_user add column skills text[] not null default '{}', add column languages text[] not null default '{}';

create table working_pattern (
    id           uuid primary key,
    clinician_id uuid not null references portal_user,
    clinic_id    uuid not null references clinic,
    weekday      int not null check (weekday between 1 and 7),
    starts       time not null,             -- London time, in summer and winter
    ends         time not null,
    valid_from   date not null,
    valid_until  date,                      -- the last day of it
    version      int not null default 1,
    created_at   timestamptz not null default now(),
    check (ends > starts),
    check (valid_until >= valid_from),
    constraint working_pattern_not_in_two_places exclude using gist (
        clinician_id with =, weekday with =, daterange(valid_from, valid_until, '[]') with &&, tsrange(date '2000-01-01' + starts, date '2000-01-01' + ends) with &&)
);
create index working_pattern_clinic on working_pattern (clinic_id, weekday);

create table leave (
    id           uuid primary key,
    clinician_id uuid not null references portal_user,
    starts_at    timestamptz not null,
    ends_at      timestamptz not null,
    reason       text not null default '' check (length(reason) <= 200),
    version      int not null default 1,
    created_at   timestamptz not null default now(),
    check (ends_at > starts_at)
);
create index leave_clinician on leave (clinician_id, ends_at);

-- An appointment is in a room, and a time can be held for a few minutes while the patient is on the telephone.
alter table appointment
    add column room_id uuid references room,
    add column held_until timestamptz,
    add column held_by uuid references portal_user,
    add constraint appointment_room_of_its_clinic foreign key (clinic_id, room_id) references room (clinic_id, id),
    drop constraint appointment_state_check,
    add constraint appointment_state_check check (state in ('held', 'booked', 'attended', 'cancelled', 'did_not_attend')),
    add constraint appointment_hold_ends check (state <> 'held' or (held_until is not null and held_by is not null));

-- What is booked ahead gets a room, as long as there are any; what finds none still counts as one (see openings).
do $$
declare
    booked record;
begin
    for booked in select id, clinic_id, starts_at, ends_at from appointment where state = 'booked' and ends_at > now() order by starts_at, id loop
        update appointment set room_id = (
            select room.id from room
            where room.clinic_id = booked.clinic_id
                and not exists (select from appointment other where other.room_id = room.id and other.state = 'booked' and other.starts_at < booked.ends_at and other.ends_at > booked.starts_at)
            order by room.name limit 1)
        where id = booked.id;
    end loop;
end $$;

alter table appointment
    drop constraint appointment_not_double_booked,
    add constraint appointment_not_double_booked exclude using gist (clinician_id with =, tstzrange(starts_at, ends_at) with &&) where (state in ('booked', 'held')),
    add constraint appointment_room_not_double_booked exclude using gist (room_id with =, tstzrange(starts_at, ends_at) with &&) where (state in ('booked', 'held'));
create index appointment_without_room on appointment (clinic_id, starts_at) where room_id is null and state in ('booked', 'held');

do $$
declare
    name text;
begin
    foreach name in array array['clinic', 'room', 'clinic_hours', 'clinic_closure', 'working_pattern', 'leave'] loop
        execute format('alter table %I enable row level security', name);
        execute format('alter table %I force row level security', name);
        execute format('create policy owner_everything on %I to current_user using (true) with check (true)', name);
        execute format('create policy manager_writes on %I to portal_app using ((select portal.manages_clinic())) with check ((select portal.manages_clinic()))', name);
    end loop;
    foreach name in array array['room', 'clinic_closure', 'working_pattern', 'leave'] loop
        execute format('create policy clinic_reads on %I for select to portal_app using ((select portal.at_clinic()))', name);
    end loop;
end $$;
-- Where the clinics are and when they open is no secret, and is read before anybody is known.
create policy everybody_reads on clinic for select to portal_app using (true);
create policy everybody_reads on clinic_hours for select to portal_app using (true);
grant insert, update on clinic to portal_app;
grant select, insert, update on room, clinic_closure, working_pattern, leave to portal_app;
grant select, insert, delete on clinic_hours to portal_app;
grant delete on clinic_closure, working_pattern, leave to portal_app;

-- A held time is nobody's business but the clinic's; only a hold can be taken away without a trace.
create policy held_for_the_clinic on appointment as restrictive for select to portal_app using (state <> 'held' or (select portal.at_clinic()));
create policy holds_end on appointment as restrictive for delete to portal_app using (state = 'held' and (select portal.at_clinic()));
grant delete on appointment to portal_app;

-- Accounts and organisations are written by the clinic group's manager, not by whoever has a role of that name.
drop policy clinic_manager_write on organisation;
create policy clinic_manager_write on organisation to portal_app using ((select portal.manages_clinic())) with check ((select portal.manages_clinic()));
drop policy administrators_write on portal_user;
create policy administrators_write on portal_user for update to portal_app
    using (not 'system' = any (roles) and ((select portal.manages_clinic())
           or (organisation_id = (select portal.current_organisation()) and (select portal.has_any_role(array['organisation_administrator'])))));
create policy clinic_manager_add on portal_user for insert to portal_app with check ((select portal.manages_clinic()) and not 'system' = any (roles));
grant insert on portal_user to portal_app;

-- A free room of a clinic for a service (null: any), or null. Called by whoever books, in the transaction that books.
create function portal.free_room(clinic uuid, service text, starts timestamptz, ends timestamptz, except_appointment uuid default null) returns uuid
language sql stable security definer set search_path = pg_catalog, public as $$
    select room.id from room
    where room.clinic_id = free_room.clinic and room.closed_at is null and (free_room.service is null or free_room.service = any (room.services))
        and portal.at_clinic()
        and not exists (
            select from appointment a
            where a.room_id = room.id and a.state in ('booked', 'held') and (a.state = 'booked' or a.held_until > now())
                and a.starts_at < free_room.ends and a.ends_at > free_room.starts and a.id is distinct from except_appointment)
    order by room.name, room.id
    offset (select count(*) from appointment a
            where a.clinic_id = free_room.clinic and a.room_id is null and a.state in ('booked', 'held') and (a.state = 'booked' or a.held_until > now())
                and a.starts_at < free_room.ends and a.ends_at > free_room.starts and a.id is distinct from except_appointment)
    limit 1
$$;

-- The openings: for each clinic its first max_each times at which somebody and a room are free, and everybody who is free then. A time begins where
-- the person becomes free, at a quarter of an hour, and then every length after it, so that no gaps are left that nobody can use.
-- It is asked by the functions below, which say who may ask.
create function portal.openings(clinics uuid[], clinician uuid, service text, after timestamptz, until timestamptz, length interval, max_each int,
                                language text, skill text, day_from time, day_until time)
returns table (clinic_id uuid, clinician_id uuid, room_id uuid, starts_at timestamptz)
language plpgsql stable set search_path = pg_catalog, public as $$
#variable_conflict use_column
declare
    wanted   int[] := array_fill(max_each, array[cardinality(clinics)]);
    today    date := (after at time zone 'Europe/London')::date;
    last_day date := (until at time zone 'Europe/London')::date;
    span     int := 2;
    found_at record;
    previous timestamptz;
    previous_clinic uuid;
begin
    -- A few days first and then ever more: most clinics have time soon, and those are asked no further.
    while today <= last_day and exists (select from unnest(wanted) still where still > 0) loop
        for found_at in
            with asked as materialized (
                select clinic.id, still.wanted from unnest(clinics, wanted) still (id, wanted)
                join clinic on clinic.id = still.id and clinic.closed_at is null and (openings.service is null or openings.service = any (clinic.services))
                where still.wanted > 0),
            day as materialized (
                select dawn::date as day, extract(isodow from dawn)::int as weekday
                from generate_series(today::timestamp, least(today + span - 1, last_day)::timestamp, interval '1 day') dawn
                where (select open_on_bank_holidays from clinic_group_settings) or not exists (select from bank_holiday holiday where holiday.day = dawn::date)),
            hours as materialized (
                select own.clinic_id, own.weekday, own.opens, own.closes from asked join clinic_hours own on own.clinic_id = asked.id
                union all
                select asked.id, week.weekday, (times.value ->> 'opens')::time, (times.value ->> 'closes')::time
                from asked
                cross join (select settings.opening_hours from clinic_group_settings settings) settings
                cross join lateral jsonb_each(settings.opening_hours) times
                join (values ('monday', 1), ('tuesday', 2), ('wednesday', 3), ('thursday', 4), ('friday', 5), ('saturday', 6), ('sunday', 7)) week (name, weekday) on week.name = times.key
                where jsonb_typeof(times.value) = 'object' and not exists (select from clinic_hours own where own.clinic_id = asked.id)),
            shift as materialized (
                select pattern.clinic_id, pattern.clinician_id, range_agg(tstzrange(working.starts, working.ends)) as during
                from day
                join hours on hours.weekday = day.weekday
                join working_pattern pattern on pattern.clinic_id = hours.clinic_id and pattern.weekday = day.weekday
                    and pattern.valid_from <= day.day and (pattern.valid_until is null or pattern.valid_until >= day.day)
                join portal_user person on person.id = pattern.clinician_id and person.disabled_at is null and 'clinician' = any (person.roles)
                    and person.organisation_id = portal.clinic_group()
                    and (openings.clinician is null or person.id = openings.clinician)
                    and (openings.language is null or openings.language = any (person.languages))
                    and (openings.skill is null or openings.skill = any (person.skills))
                cross join lateral (
                    select greatest((day.day + greatest(hours.opens, pattern.starts, openings.day_from)) at time zone 'Europe/London', openings.after) as starts,
                           (day.day + least(hours.closes, pattern.ends)) at time zone 'Europe/London' as ends) working
                where working.starts + openings.length <= working.ends
                    and not exists (select from clinic_closure closure where day.day between closure.starts_on and closure.ends_on and (closure.clinic_id is null or closure.clinic_id = pattern.clinic_id))
                group by pattern.clinic_id, pattern.clinician_id),
            bounds as materialized (
                select min(lower(during)) as first, max(upper(during)) as last from shift),
            taken as materialized (
                select a.clinician_id, a.clinic_id, a.room_id, tstzrange(a.starts_at, a.ends_at) as during
                from bounds, appointment a
                where a.state in ('booked', 'held') and (a.state = 'booked' or a.held_until > now())
                    -- No appointment lasts a day: the index on its beginning finds all that reach into these days.
                    and a.starts_at > bounds.first - interval '1 day' and a.starts_at < bounds.last),
            busy as materialized (
                select each.clinician_id, range_agg(each.during) as during
                from (select taken.clinician_id, taken.during from taken
                      union all
                      select leave.clinician_id, tstzrange(leave.starts_at, leave.ends_at) from bounds, leave where leave.ends_at > bounds.first and leave.starts_at < bounds.last) each
                group by each.clinician_id),
            candidate as materialized (
                select shift.clinic_id, shift.clinician_id, start
                from shift
                left join busy on busy.clinician_id = shift.clinician_id
                cross join lateral unnest(shift.during - coalesce(busy.during, '{}'::tstzmultirange)) gap
                cross join lateral generate_series(
                    -- The next quarter of an hour; strictly after the moment from which the search goes.
                    case when lower(gap) = openings.after then date_bin('15 minutes', lower(gap), 'epoch') + interval '15 minutes'
                         else date_bin('15 minutes', lower(gap) + interval '15 minutes' - interval '1 microsecond', 'epoch') end,
                    upper(gap) - openings.length, openings.length) start
                where start < openings.until and (start at time zone 'Europe/London')::time < openings.day_until),
            room_taken as materialized (
                select room.id, room.clinic_id, row_number() over (partition by room.clinic_id order by room.name, room.id) as place,
                       coalesce((select range_agg(taken.during) from taken where taken.room_id = room.id), '{}'::tstzmultirange) as during
                from asked join room on room.clinic_id = asked.id and room.closed_at is null and (openings.service is null or openings.service = any (room.services))),
            roomless as materialized (
                select taken.clinic_id, taken.during from taken where taken.room_id is null)
            select asked.id as clinic, chosen.room, chosen.start, candidate.clinician_id as person
            from asked
            cross join lateral (
                select moment.start, free.id as room
                from (select distinct candidate.start from candidate where candidate.clinic_id = asked.id order by candidate.start) moment
                cross join lateral (
                    select room_taken.id from room_taken
                    where room_taken.clinic_id = asked.id and not room_taken.during && tstzrange(moment.start, moment.start + openings.length)
                    order by room_taken.place
                    offset (select count(*) from roomless where roomless.clinic_id = asked.id and roomless.during && tstzrange(moment.start, moment.start + openings.length))
                    limit 1) free
                order by moment.start
                limit asked.wanted) chosen
            join candidate on candidate.clinic_id = asked.id and candidate.start = chosen.start
            join portal_user named on named.id = candidate.clinician_id
            order by asked.id, chosen.start, named.display_name, named.id
        loop
            if found_at.clinic is distinct from previous_clinic or found_at.start is distinct from previous then
                wanted[array_position(clinics, found_at.clinic)] := wanted[array_position(clinics, found_at.clinic)] - 1;
                previous_clinic := found_at.clinic;
                previous := found_at.start;
            end if;
            clinic_id := found_at.clinic;
            clinician_id := found_at.person;
            room_id := found_at.room;
            starts_at := found_at.start;
            return next;
        end loop;
        today := today + span;
        span := span * 3;
    end loop;
end $$;

-- For the treating clinic's people. max_each counts times, not people: all who are free at a time are named.
create function portal.free_slots(clinics uuid[], clinician uuid, service text, after timestamptz, until timestamptz, length interval, max_each int,
                                  language text default null, skill text default null, day_from time default '00:00', day_until time default '24:00')
returns table (clinic_id uuid, clinician_id uuid, room_id uuid, starts_at timestamptz)
language sql stable security definer set search_path = pg_catalog, public as $$
    select o.clinic_id, o.clinician_id, o.room_id, o.starts_at
    from (select where portal.at_clinic()) allowed
    cross join lateral portal.openings(clinics, clinician, service, after, until, length, max_each, language, skill, day_from, day_until) o
$$;

-- The first free time of each open clinic. A referrer sees no appointment but those of its own referrals, and is told no more than this.
drop function portal.next_free_times(timestamptz, interval, interval, timestamptz[], timestamptz[]);
create function portal.next_free_times(after timestamptz, until timestamptz, length interval)
returns table (clinic_id uuid, starts_at timestamptz)
language sql stable security definer set search_path = pg_catalog, public as $$
    select clinic.id, min(o.starts_at)
    from clinic
    left join (
        select o.clinic_id, o.starts_at
        from (select array(select id from clinic where closed_at is null) as clinics where portal.reader() is not null) all_of_them
        cross join lateral portal.openings(all_of_them.clinics, null, null, after, until, length, 1, null, null, '00:00', '24:00') o) o on o.clinic_id = clinic.id
    where clinic.closed_at is null and portal.reader() is not null
    group by clinic.id
$$;

revoke execute on function portal.at_clinic(), portal.manages_clinic(), portal.free_room(uuid, text, timestamptz, timestamptz, uuid),
    portal.openings(uuid[], uuid, text, timestamptz, timestamptz, interval, int, text, text, time, time),
    portal.free_slots(uuid[], uuid, text, timestamptz, timestamptz, interval, int, text, text, time, time),
    portal.next_free_times(timestamptz, timestamptz, interval) from public;
grant execute on function portal.free_room(uuid, text, timestamptz, timestamptz, uuid),
    portal.free_slots(uuid[], uuid, text, timestamptz, timestamptz, interval, int, text, text, time, time),
    portal.next_free_times(timestamptz, timestamptz, interval) to portal_app;
