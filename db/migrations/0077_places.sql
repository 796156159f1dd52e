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
    with busy as materialized (
        select a.clinician_id, a.clinic_id, tstzrange(a.starts_at, a.ends_at) as during
        from appointment a
        where a.state = 'booked' and a.starts_at > opens[1] - interval '1 day' and a.starts_at < closes[cardinality(closes)]),
    slot as (
        select start as starts_at, tstzrange(start, start + length) as during
        from unnest(opens, closes) day (opens_at, closes_at)
        cross join lateral generate_series(day.opens_at, day.closes_at - length, step) start
        where start > after),
    clinician as (
        select u.id from portal_user u
        where u.organisation_id = portal.clinic_group() and 'clinician' = any (u.roles) and u.disabled_at is null)
    select clinic.id, (
        select slot.starts_at from slot
        where exists (select from clinician where not exists (select from busy where busy.clinician_id = clinician.id and busy.during && slot.during))
            and (select count(*) from busy where busy.clinic_id = clinic.id and busy.during && slot.during) < clinic.rooms
        order by slot.starts_at limit 1)
    from clinic
    where clinic.closed_at is null and portal.reader() is not null
$$;
revoke execute on function portal.next_free_times(timestamptz, interval, interval, timestamptz[], timestamptz[]) from public;
grant execute on function portal.next_free_times(timestamptz, interval, interval, timestamptz[], timestamptz[]) to portal_app;
