-- Every promise is a clock: since when it runs, how far it has been escalated, why it stands still, and what became of those that ended.

alter table referral
    add column clock_started_at timestamptz,                         -- null: with the submission, or with the state (see portal.clock_began)
    add column clock_waits_until date,                               -- the patient asked to wait until then; null while only the referrer is waited for
    add column escalation_level smallint not null default 0 check (escalation_level in (0, 50, 80, 100)),
    drop constraint referral_due_for_check,
    add constraint referral_due_for_check check (due_for in ('acknowledgement', 'red_flag_review', 'triage', 'contact', 'first_appointment', 'initial_report', 'discharge_report'));

-- Since when the running target runs: rows from before this was kept say it by their state.
create function portal.clock_began(r referral) returns timestamptz
language sql stable parallel safe as $$
    select coalesce(r.clock_started_at, case when r.due_for in ('red_flag_review', 'triage', 'acknowledgement') then r.submitted_at else r.state_since end) $$;

-- What was promised and has ended: kept when the next target takes over, so that one that was missed stays missed.
create table clock_history (
    id          uuid primary key,
    referral_id uuid not null references referral,
    target      text not null,
    started_at  timestamptz not null,
    due_at      timestamptz not null,
    ended_at    timestamptz not null,
    ended_by    text not null,          -- the step or the note that ended it
    version     int not null default 1,
    created_at  timestamptz not null default now()
);
create index clock_history_referral on clock_history (referral_id, ended_at);

-- Once each per target and level, however often and by however many nodes the clock is looked at.
create table clock_escalation (
    id          uuid primary key,
    referral_id uuid not null references referral,
    target      text not null,
    started_at  timestamptz not null,
    level       smallint not null check (level in (50, 80, 100)),
    at          timestamptz not null,
    version     int not null default 1,
    created_at  timestamptz not null default now(),
    unique (referral_id, target, started_at, level)
);

do $$
declare
    name text;
begin
    foreach name in array array['clock_history', 'clock_escalation'] loop
        execute format('alter table %I enable row level security', name);
        execute format('alter table %I force row level security', name);
        execute format('create policy owner_everything on %I to current_user using (true) with check (true)', name);
    end loop;
end $$;

create policy party on clock_history for select to portal_app using (exists (select from referral r where r.id = referral_id));
create policy party_append on clock_history for insert to portal_app
    with check ((select portal.current_person()) is not null and exists (select from referral r where r.id = referral_id));
-- What the clinic is reminded of is its own affair.
create policy clinic_reads on clock_escalation for select to portal_app
    using ((select portal.is_clinic()) and exists (select from referral r where r.id = referral_id));
create policy portal_writes on clock_escalation for insert to portal_app
    with check ((select portal.has_any_role(array['system'])) and exists (select from referral r where r.id = referral_id));

grant select, insert on clock_history, clock_escalation to portal_app;

-- The clocks that run already are looked at once, and from then on by themselves.
insert into outbox_message (kind, referral_id, payload)
select 'clock_check', id, jsonb_build_object('referralId', id, 'dueAt', due_at)
from referral
where due_at is not null and clock_paused_at is null;

revoke execute on function portal.clock_began(referral) from public;
grant execute on function portal.clock_began(referral) to portal_app;
