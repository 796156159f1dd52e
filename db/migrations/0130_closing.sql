-- How a referral ends: who has seen the discharge report, who was reminded of it, and what the referrer says of the clinic.

-- Since when treatment goes on again: what was signed before that ended an earlier course and does not end this one. The event is the truth; this is its projection.
alter table referral add column reopened_at timestamptz;
update referral r set reopened_at = reopened.at
from (select referral_id, max(at) as at from referral_event where action = 'reopen' group by referral_id) reopened
where reopened.referral_id = r.id;

-- A reader's own word that the report was read, beside report_read, which says only that it was opened. Names as they were then.
create table report_acknowledgement (
    id                uuid primary key,
    report_id         uuid not null references report,
    referral_id       uuid not null references referral,
    person_id         uuid not null references portal_user,
    person_name       text not null,
    organisation_id   uuid not null references organisation,
    organisation_name text not null,
    acknowledged_at   timestamptz not null,
    version           int not null default 1,
    created_at        timestamptz not null default now(),
    unique (report_id, person_id)
);
create index report_acknowledgement_organisation on report_acknowledgement (report_id, organisation_id);

-- One row a reminder, so that none is sent twice. The third is the clinic's to do.
create table report_chase (
    id          uuid primary key,
    report_id   uuid not null references report,
    referral_id uuid not null references referral,
    step        int not null check (step between 1 and 3),
    at          timestamptz not null,
    version     int not null default 1,
    created_at  timestamptz not null default now(),
    unique (report_id, step)
);

create table satisfaction_answer (
    id              uuid primary key,
    referral_id     uuid not null references referral,
    organisation_id uuid not null references organisation,
    person_id       uuid not null references portal_user,
    score           int not null check (score between 1 and 5),
    words           text check (length(words) between 1 and 1000),
    answered_at     timestamptz not null,
    version         int not null default 1,
    created_at      timestamptz not null default now(),
    unique (organisation_id, referral_id)
);
create index satisfaction_answer_when on satisfaction_answer (answered_at desc, id desc);

do $$
declare
    name text;
begin
    foreach name in array array['report_acknowledgement', 'report_chase', 'satisfaction_answer'] loop
        execute format('alter table %I enable row level security', name);
        execute format('alter table %I force row level security', name);
        execute format('create policy owner_everything on %I to current_user using (true) with check (true)', name);
    end loop;
end $$;

-- The clinic sees who has seen it; outside, a firm sees its own people and not another firm's.
create policy readers on report_acknowledgement for select to portal_app
    using ((organisation_id = (select portal.reader()) or (select portal.is_clinic())) and exists (select from report r where r.id = report_id));
create policy own_word on report_acknowledgement for insert to portal_app
    with check (person_id = (select portal.current_person()) and organisation_id = (select portal.reader()) and not (select portal.is_clinic())
        and exists (select from report r where r.id = report_id and r.referral_id = report_acknowledgement.referral_id and r.kind = 'discharge' and r.state = 'signed'));

create policy clinic_only on report_chase to portal_app
    using ((select portal.is_clinic()) and exists (select from referral r where r.id = referral_id))
    with check ((select portal.is_clinic()) and exists (select from referral r where r.id = referral_id));

create policy own_read on satisfaction_answer for select to portal_app using (organisation_id = (select portal.reader()));
create policy manager_read on satisfaction_answer for select to portal_app using ((select portal.manages_clinic()));
create policy own_answer on satisfaction_answer for insert to portal_app
    with check (person_id = (select portal.current_person()) and organisation_id = (select portal.reader())
        and exists (select from referral r where r.id = referral_id and r.referring_organisation_id = organisation_id and r.state in ('discharged', 'closed')));

grant select, insert on report_acknowledgement, report_chase, satisfaction_answer to portal_app;
