-- Which clinic is near, and when it has time.

create table postcode_area (
    outward   text primary key check (outward ~ '^[A-Z]{1,2}[0-9][0-9A-Z]?$'),
    place     text not null,
    latitude  double precision not null check (latitude between 49 and 61),
    longitude double precision not null check (longitude between -9 and 2)
);
grant select on postcode_area to portal_app;

alter table referral_detail add column preferred_clinic_id uuid references clinic;

-- The first free time of each clinic. A referrer sees no appointment but those of its own referrals, and is told no more than this: when a
-- clinician and a room are free. The days' openings come from the caller, who knows hours and holidays.
create function portal.next_free_times(after timestamptz, length interval, step interval, opens timestamptz[], closes timestamptz[])
returns table (clinic_id uuid, starts_at timestamptz)
language sql stable security definer set search_path = pg_catalog, public as $$
    with clinician as (
        select u.id from portal_user u
        where u.organisation_id = portal.clinic_group() and 'clinician' = any (u.roles) and u.disabled_at is null),
    slot as materialized (
        select start as at, tstzrange(start, start + length) as during
        from unnest(opens, closes) day (opens_at, closes_at)
        cross join lateral generate_series(day.opens_at, day.closes_at - length, step) start
        where start > after and portal.reader() is not null),
    -- Slots against appointments once, not once for each clinic and clinician: a full fortnight is some hundred thousand pairs, not hundreds of millions.
    taken as materialized (
        select slot.at, a.clinician_id, a.clinic_id
        from slot join appointment a on tstzrange(a.starts_at, a.ends_at) && slot.during
        where a.state = 'booked' and a.starts_at > opens[1] - interval '1 day' and a.starts_at < closes[cardinality(closes)]),
    staff_taken as (select taken.at, count(distinct taken.clinician_id) as number from taken join clinician on clinician.id = taken.clinician_id group by taken.at),
    rooms_taken as (select taken.at, taken.clinic_id, count(*) as number from taken group by taken.at, taken.clinic_id),
    staffed as (
        select slot.at from slot left join staff_taken on staff_taken.at = slot.at
        where coalesce(staff_taken.number, 0) < (select count(*) from clinician))
    select clinic.id, min(staffed.at) filter (where coalesce(rooms_taken.number, 0) < clinic.rooms)
    from clinic
    left join staffed on true
    left join rooms_taken on rooms_taken.at = staffed.at and rooms_taken.clinic_id = clinic.id
    where clinic.closed_at is null and portal.reader() is not null
    group by clinic.id
$$;
revoke execute on function portal.next_free_times(timestamptz, interval, interval, timestamptz[], timestamptz[]) from public;
grant execute on function portal.next_free_times(timestamptz, interval, interval, timestamptz[], timestamptz[]) to portal_app;
