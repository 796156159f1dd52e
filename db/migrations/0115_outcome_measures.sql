-- Outcome measures: a score is corrected by a row that takes its place, what the patient answered is the clinic's own, an answer may raise an alert, and a
-- clinic that holds a licence loads the wording.

-- Every row that was ever recorded. outcome_score below is what stands: whoever reads scores reads that.
alter table outcome_score rename to outcome_entry;
alter table outcome_entry
    add column source text not null default 'clinic' check (source in ('clinic', 'patient')),
    add column supersedes_id uuid unique,              -- the row whose place this takes; one successor a row, so that of two corrections one is refused
    add column reason text check (length(reason) between 1 and 1000),
    add column struck_out boolean not null default false, -- takes its place and stands for nothing: there should have been no score
    add column version int not null default 1,
    add constraint outcome_entry_same unique (id, referral_id, measure_key),
    add constraint outcome_entry_supersedes foreign key (supersedes_id, referral_id, measure_key) references outcome_entry (id, referral_id, measure_key),
    add constraint outcome_entry_reason check ((supersedes_id is null) = (reason is null)),
    add constraint outcome_entry_struck_out check (not struck_out or supersedes_id is not null);

-- The answers behind a score: parties read scores, never these.
create table outcome_answer (
    entry_id    uuid primary key references outcome_entry,
    referral_id uuid not null references referral,
    answers     jsonb not null,                        -- one an item, in order; null for an item without one
    names       text[] not null default '{}',          -- what the patient called the items that the patient names
    version     int not null default 1,
    created_at  timestamptz not null default now()
);
create index outcome_answer_referral on outcome_answer (referral_id);
insert into outcome_answer (entry_id, referral_id, answers, created_at)
select id, referral_id, answers, created_at from outcome_entry where answers is not null;
alter table outcome_entry drop column answers;

create view outcome_score with (security_invoker = true) as
    select id, referral_id, measure_key, taken_at, recorded_by, answered, score, rule_version, source, supersedes_id, reason, created_at
    from outcome_entry entry
    where not struck_out and not exists (select from outcome_entry later where later.supersedes_id = entry.id);

-- An answer that a clinician must look at. Ends with a clinician's name and words, and with nothing else.
create table measure_alert (
    id              uuid primary key,
    referral_id     uuid not null references referral,
    entry_id        uuid not null unique references outcome_entry,
    kind            text not null check (kind in ('thoughts_of_self_harm', 'thoughts_of_self_harm_not_answered')),
    raised_at       timestamptz not null,
    reminders       int not null default 0,
    acknowledged_at timestamptz,
    acknowledged_by uuid references portal_user,
    words           text check (length(words) between 1 and 4000),
    version         int not null default 1,
    created_at      timestamptz not null default now(),
    check ((acknowledged_at is null) = (acknowledged_by is null) and (acknowledged_at is null) = (words is null))
);
create index measure_alert_referral on measure_alert (referral_id);
create index measure_alert_open on measure_alert (raised_at, id) where acknowledged_at is null;

do $$
declare
    name text;
begin
    foreach name in array array['outcome_answer', 'measure_alert'] loop
        execute format('alter table %I enable row level security', name);
        execute format('alter table %I force row level security', name);
        execute format('create policy owner_everything on %I to current_user using (true) with check (true)', name);
        execute format('create policy clinic_only on %I to portal_app using ((select portal.at_clinic()) and exists (select from referral r where r.id = referral_id))', name);
    end loop;
end $$;

-- A party reads scores, an employer none; the clinic records them, and only the portal itself those that a patient gave.
drop policy party on outcome_entry;
create policy party_read on outcome_entry for select to portal_app
    using (not (select portal.reads_as_employer()) and exists (select from referral r where r.id = referral_id));
create policy clinic_insert on outcome_entry for insert to portal_app
    with check ((select portal.at_clinic()) and recorded_by = (select portal.current_person()) and (source = 'clinic' or (select portal.has_any_role(array['system'])))
                and exists (select from referral r where r.id = referral_id));

-- An alert stays what it was raised as, and is acknowledged once.
create function portal.measure_alerts_stay() returns trigger
language plpgsql as $$
begin
    if portal.current_person() is null then return new; end if; -- the schema's owner
    if (new.referral_id, new.entry_id, new.kind, new.raised_at) is distinct from (old.referral_id, old.entry_id, old.kind, old.raised_at)
       or old.acknowledged_at is not null
       or (new.acknowledged_at is not null and not (portal.has_any_role(array['clinician']) and new.acknowledged_by = portal.current_person())) then
        raise exception 'an alert is acknowledged once, by a clinician' using errcode = 'RP003';
    end if;
    return new;
end $$;
create trigger measure_alerts_stay before update on measure_alert for each row execute function portal.measure_alerts_stay();
revoke execute on function portal.measure_alerts_stay() from public;
grant execute on function portal.measure_alerts_stay() to portal_app;

grant select, insert on outcome_score, outcome_answer to portal_app;
grant select, insert, update on measure_alert to portal_app;

-- Wording under a clinic's own licence. What ships with the portal is not the clinic's to change.
alter table outcome_measure
    add column licence text check (length(licence) between 1 and 300),
    add column worded_at timestamptz,
    add column worded_by uuid references portal_user,
    add column version int not null default 1,
    add column created_at timestamptz not null default now();
alter table outcome_measure enable row level security;
alter table outcome_measure force row level security;
create policy owner_everything on outcome_measure to current_user using (true) with check (true);
create policy everybody_reads on outcome_measure for select to portal_app using (true);
create policy clinic_manager_words on outcome_measure for update to portal_app
    using (not wording_shipped and (select portal.manages_clinic())) with check (not wording_shipped and (select portal.manages_clinic()));
grant update (items, licence, worded_at, worded_by, version) on outcome_measure to portal_app;
