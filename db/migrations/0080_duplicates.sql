-- Right patient, once: who may be one person, what the clinic decided about it, and whom it takes for one.
--
-- A patient's row stays the referral's own for good, as its referrer wrote it: merging two would show one firm what another firm wrote.
-- What the clinic merges is the person behind the rows (docs/decisions/0008-a-merged-patient-keeps-its-rows.md).

-- Works at the treating clinic; a role of that name at any other organisation is worth nothing.
create function portal.is_treating_clinic() returns boolean
language sql stable as $$ select coalesce(portal.is_clinic() and portal.current_organisation() = portal.clinic_group(), false) $$;

create table person (
    id         uuid primary key,
    version    int not null default 1,
    created_at timestamptz not null default now()
);

create table person_patient (
    patient_id uuid primary key references patient,
    person_id  uuid not null references person,
    version    int not null default 1,
    created_at timestamptz not null default now()
);
create index person_patient_person on person_patient (person_id);

create table duplicate_decision (
    id                 uuid primary key,
    first_referral_id  uuid not null references referral,   -- the lower id of the two
    second_referral_id uuid not null references referral,
    decision           text not null check (decision in ('link', 'merge', 'keep_apart')),
    reason             text not null check (length(reason) between 1 and 4000),
    decided_by         uuid not null references portal_user,
    decided_by_name    text not null,
    decided_at         timestamptz not null,
    undone_by          uuid references portal_user,
    undone_by_name     text,
    undone_at          timestamptz,
    undone_reason      text,
    version            int not null default 1,
    created_at         timestamptz not null default now(),
    check (first_referral_id < second_referral_id),
    check ((undone_at is null) = (undone_by is null) and (undone_at is null) = (undone_reason is null))
);
-- One decision stands for two referrals at a time.
create unique index duplicate_decision_standing on duplicate_decision (first_referral_id, second_referral_id) where undone_at is null;
create index duplicate_decision_second on duplicate_decision (second_referral_id) where undone_at is null;

do $$
declare
    name text;
begin
    foreach name in array array['person', 'person_patient', 'duplicate_decision'] loop
        execute format('alter table %I enable row level security', name);
        execute format('alter table %I force row level security', name);
        execute format('create policy owner_everything on %I to current_user using (true) with check (true)', name);
    end loop;
end $$;

-- The clinic's own: no party learns that another firm's referral exists, let alone that it is the same patient's.
create policy clinic_only on person to portal_app
    using ((select portal.is_treating_clinic())) with check ((select portal.is_treating_clinic()));
create policy clinic_only on person_patient to portal_app
    using ((select portal.is_treating_clinic()) and exists (select from patient p where p.id = patient_id))
    with check ((select portal.is_treating_clinic()) and exists (select from patient p where p.id = patient_id));
create policy clinic_only on duplicate_decision to portal_app
    using ((select portal.is_treating_clinic()) and exists (select from referral r where r.id = first_referral_id) and exists (select from referral r where r.id = second_referral_id))
    with check ((select portal.is_treating_clinic()) and exists (select from referral r where r.id = first_referral_id) and exists (select from referral r where r.id = second_referral_id));

grant select, insert on person to portal_app;
grant select, insert, update, delete on person_patient to portal_app;
grant select, insert, update on duplicate_decision to portal_app;

-- Who looks for a duplicate asks for equal values only, never for a likeness: equality is leakproof, so these are used under row-level security,
-- and no function has to step round it. (What a date of birth is like is a short list of dates; what a name is like is judged on the few rows found.)
create index patient_nhs_number on patient (nhs_number) where nhs_number is not null;
create index patient_postcode_birth on patient (postcode, date_of_birth);
create index referral_incident on referral (incident_date) where incident_date is not null;

revoke execute on function portal.is_treating_clinic() from public;
grant execute on function portal.is_treating_clinic() to portal_app;
