-- The clinical record as it is written: notes are typed as drafts, signed by name, and amended by another note that takes their place.

-- A draft keeps what is typed as it is typed (form); its columns are filled when it is signed.
alter table assessment
    alter column subjective drop not null,
    alter column objective drop not null,
    alter column analysis drop not null,
    alter column plan drop not null,
    add column form jsonb,
    add column state text not null default 'signed' check (state in ('draft', 'signed', 'superseded')),
    add column signed_at timestamptz,
    add column author_name text,
    add column author_hcpc text,
    add column supersedes_id uuid references assessment,
    add column amendment_reason text,
    add column updated_at timestamptz not null default now();

-- What was recorded before notes were signed counts as signed by whoever recorded it.
update assessment a set signed_at = a.assessed_at, author_name = u.display_name, author_hcpc = coalesce(u.hcpc_number, 'not recorded'), updated_at = a.created_at
from portal_user u where u.id = a.clinician_id;

alter table assessment
    alter column state set default 'draft',
    add constraint assessment_is_whole check (case when state = 'draft' then form is not null
        else num_nulls(subjective, objective, analysis, plan, signed_at, author_name, author_hcpc) = 0 and form is null end),
    add constraint assessment_says_why check (state = 'draft' or supersedes_id is null or amendment_reason is not null);
create unique index assessment_one_draft on assessment (clinician_id, referral_id) where state = 'draft';
create unique index assessment_one_successor on assessment (supersedes_id) where state <> 'draft';

create table treatment_session (
    id               uuid primary key,
    referral_id      uuid not null references referral,
    appointment_id   uuid references appointment,
    clinician_id     uuid not null references portal_user,
    held_at          timestamptz not null,
    treatments       text[] not null default '{}'
                     check (treatments <@ array['exercise', 'manual_therapy', 'massage', 'hydrotherapy', 'ultrasound', 'megapulse', 'acupuncture', 'taping', 'education']),
    response         text,
    work_status      text,
    concern          text not null default 'none' check (concern in ('none', 'tell_referrer', 'clinic_only')),
    concern_words    text,            -- for the referrer, or for the clinic's eyes alone
    form             jsonb,           -- as typed, while it is a draft
    state            text not null default 'draft' check (state in ('draft', 'signed', 'superseded')),
    signed_at        timestamptz,
    author_name      text,
    author_hcpc      text,
    supersedes_id    uuid references treatment_session,
    amendment_reason text,
    version          int not null default 1,
    created_at       timestamptz not null default now(),
    updated_at       timestamptz not null default now(),
    constraint session_is_whole check (case when state = 'draft' then form is not null
        else num_nulls(response, signed_at, author_name, author_hcpc) = 0 and form is null end),
    constraint session_says_why check (state = 'draft' or supersedes_id is null or amendment_reason is not null),
    constraint concern_has_words check (state = 'draft' or (concern = 'none') = (concern_words is null))
);
create index treatment_session_referral on treatment_session (referral_id, held_at);
create unique index treatment_session_one_draft on treatment_session (clinician_id, appointment_id) where state = 'draft';
create unique index treatment_session_one_signed on treatment_session (appointment_id) where state = 'signed';
create unique index treatment_session_one_successor on treatment_session (supersedes_id) where state <> 'draft';

-- A signed note is frozen, every column of it: afterwards only its being superseded may be recorded.
create function portal.signed_notes_are_frozen() returns trigger
language plpgsql as $$
declare
    may_change constant text[] := array['state', 'version', 'updated_at'];
begin
    if old.state <> 'draft' and to_jsonb(new) - may_change is distinct from to_jsonb(old) - may_change
       or old.state = 'signed' and new.state = 'draft' or old.state = 'superseded' and new.state <> 'superseded' then
        raise exception 'a signed note cannot be changed' using errcode = 'RP002';
    end if;
    return new;
end $$;
revoke execute on function portal.signed_notes_are_frozen() from public;
create trigger signed_notes_are_frozen before update on assessment for each row execute function portal.signed_notes_are_frozen();
create trigger signed_notes_are_frozen before update on treatment_session for each row execute function portal.signed_notes_are_frozen();

-- How a goal was judged, each time; goal.outcome is the latest of it.
create table goal_review (
    id          uuid primary key,
    goal_id     uuid not null references goal,
    referral_id uuid not null references referral,
    outcome     text not null check (outcome in ('open', 'achieved', 'partly', 'not_achieved')),
    words       text,
    reviewed_at timestamptz not null,
    reviewed_by uuid not null references portal_user,
    version     int not null default 1,
    created_at  timestamptz not null default now()
);
create index goal_review_goal on goal_review (goal_id, reviewed_at);
create index goal_review_referral on goal_review (referral_id);

-- The patient's work over time. The note says what the patient can and cannot do at work; an employer who is a party reads it.
create table work_status_entry (
    id          uuid primary key,
    referral_id uuid not null references referral,
    status      text not null,
    from_date   date not null,
    note        text,
    recorded_by uuid not null references portal_user,
    recorded_at timestamptz not null,
    version     int not null default 1,
    created_at  timestamptz not null default now()
);
create index work_status_entry_referral on work_status_entry (referral_id, from_date);

insert into work_status_entry (id, referral_id, status, from_date, recorded_by, recorded_at, created_at)
select gen_random_uuid(), referral_id, work_status, (assessed_at at time zone 'Europe/London')::date, clinician_id, assessed_at, created_at
from assessment where work_status is not null;

do $$
declare
    name text;
begin
    foreach name in array array['treatment_session', 'goal_review', 'work_status_entry'] loop
        execute format('alter table %I enable row level security', name);
        execute format('alter table %I force row level security', name);
        execute format('create policy owner_everything on %I to current_user using (true) with check (true)', name);
    end loop;
end $$;

create function portal.reads_as_employer() returns boolean
language sql stable security definer set search_path = pg_catalog, public as $$
    select exists (select from organisation where id = portal.reader() and kind = 'employer') $$;
revoke execute on function portal.reads_as_employer() from public;
grant execute on function portal.reads_as_employer() to portal_app;

-- The record is the clinic's own; parties read signed reports, never this. A draft is changed and thrown away by its author alone.
drop policy clinic_only on assessment;
create policy clinic_reads on assessment for select to portal_app using ((select portal.is_clinic()) and exists (select from referral r where r.id = referral_id));
create policy author_writes on assessment for insert to portal_app
    with check ((select portal.is_clinic()) and clinician_id = (select portal.current_person()) and exists (select from referral r where r.id = referral_id));
create policy author_changes on assessment for update to portal_app
    using ((select portal.is_clinic()) and (state <> 'draft' or clinician_id = (select portal.current_person())) and exists (select from referral r where r.id = referral_id));
create policy author_discards on assessment for delete to portal_app using (state = 'draft' and (select portal.is_clinic()) and clinician_id = (select portal.current_person()));

create policy clinic_reads on treatment_session for select to portal_app using ((select portal.is_clinic()) and exists (select from referral r where r.id = referral_id));
create policy author_writes on treatment_session for insert to portal_app
    with check ((select portal.is_clinic()) and clinician_id = (select portal.current_person()) and exists (select from referral r where r.id = referral_id));
create policy author_changes on treatment_session for update to portal_app
    using ((select portal.is_clinic()) and (state <> 'draft' or clinician_id = (select portal.current_person())) and exists (select from referral r where r.id = referral_id));
create policy author_discards on treatment_session for delete to portal_app using (state = 'draft' and (select portal.is_clinic()) and clinician_id = (select portal.current_person()));

create policy clinic_reads on goal_review for select to portal_app using ((select portal.is_clinic()) and exists (select from referral r where r.id = referral_id));
create policy clinic_writes on goal_review for insert to portal_app
    with check ((select portal.is_clinic()) and reviewed_by = (select portal.current_person()) and exists (select from goal g where g.id = goal_id and g.referral_id = goal_review.referral_id));

-- Goals are clinical: an employer reads none. Nobody outside the clinic writes any.
drop policy party on goal;
create policy party_reads on goal for select to portal_app using (not (select portal.reads_as_employer()) and exists (select from referral r where r.id = referral_id));
create policy clinic_writes on goal for insert to portal_app with check ((select portal.is_clinic()) and exists (select from referral r where r.id = referral_id));
create policy clinic_changes on goal for update to portal_app using ((select portal.is_clinic()) and exists (select from referral r where r.id = referral_id));

create policy party_reads on work_status_entry for select to portal_app using (exists (select from referral r where r.id = referral_id));
create policy clinic_writes on work_status_entry for insert to portal_app
    with check ((select portal.is_clinic()) and recorded_by = (select portal.current_person()) and exists (select from referral r where r.id = referral_id));

grant select, insert, update, delete on treatment_session to portal_app;
grant delete on assessment to portal_app;
grant select, insert on goal_review, work_status_entry to portal_app;

-- What is written to the referrer alone: not for the other parties.
alter table referral_event drop constraint referral_event_audience_check,
    add constraint referral_event_audience_check check (audience in ('everyone', 'referrer', 'clinic'));
drop policy party_read on referral_event;
create policy party_read on referral_event for select to portal_app
    using (exists (select from referral r where r.id = referral_id)
           and (audience = 'everyone' or (select portal.is_clinic())
                or audience = 'referrer' and exists (select from referral r where r.id = referral_id and r.referring_organisation_id = (select portal.reader()))));
