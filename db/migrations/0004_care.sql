-- What happens at the clinic: appointments, the clinical record, scores, reports.

create table appointment (
    id              uuid primary key,
    referral_id     uuid not null references referral,
    kind            text not null check (kind in ('initial_assessment', 'treatment', 'review')),
    clinic_id       uuid not null references clinic,
    clinician_id    uuid not null references portal_user,
    starts_at       timestamptz not null,
    ends_at         timestamptz not null,
    state           text not null default 'booked' check (state in ('booked', 'attended', 'cancelled', 'did_not_attend')),
    attendance_code text check (attendance_code in ('2', '3', '4', '5', '6', '7')),
    note            text,
    version         int not null default 1,
    created_at      timestamptz not null default now(),
    check (ends_at > starts_at),
    -- One clinician, one patient at a time, whoever books and however many at once.
    constraint appointment_not_double_booked exclude using gist (clinician_id with =, tstzrange(starts_at, ends_at) with &&) where (state = 'booked')
);
create index appointment_referral on appointment (referral_id, starts_at);
create index appointment_clinic_day on appointment (clinic_id, starts_at);
create index appointment_clinician_day on appointment (clinician_id, starts_at);

-- The clinical record: the clinic's own; parties read signed reports, never this.
create table assessment (
    id               uuid primary key,
    referral_id      uuid not null references referral,
    appointment_id   uuid references appointment,
    clinician_id     uuid not null references portal_user,
    assessed_at      timestamptz not null,
    subjective       text not null,
    objective        text not null,
    analysis         text not null,
    plan             text not null,
    regions          jsonb not null default '[]',
    sessions_planned int check (sessions_planned between 1 and 100),
    work_status      text,
    prognosis_weeks  int check (prognosis_weeks between 0 and 260),
    version          int not null default 1,
    created_at       timestamptz not null default now()
);
create index assessment_referral on assessment (referral_id);

create table goal (
    id          uuid primary key,
    referral_id uuid not null references referral,
    words       text not null,
    target_date date,
    outcome     text not null default 'open' check (outcome in ('open', 'achieved', 'partly', 'not_achieved')),
    version     int not null default 1,
    created_at  timestamptz not null default now()
);
create index goal_referral on goal (referral_id);

create table outcome_score (
    id           uuid primary key,
    referral_id  uuid not null references referral,
    measure_key  text not null references outcome_measure,
    taken_at     timestamptz not null,
    recorded_by  uuid not null references portal_user,
    answers      jsonb,              -- null where only the score was entered
    answered     int,
    score        numeric,            -- null where too little was answered to score
    rule_version text not null,
    created_at   timestamptz not null default now()
);
create index outcome_score_referral on outcome_score (referral_id, measure_key, taken_at);

create table report (
    id               uuid primary key,
    referral_id      uuid not null references referral,
    kind             text not null check (kind in ('triage', 'initial_assessment', 'progress', 'treatment_extension', 'discharge', 'immediate_needs')),
    number           int not null default 1,      -- the version a reader sees: 1, then amendments
    state            text not null check (state in ('draft', 'signed', 'superseded')),
    content          jsonb not null,              -- sections in order: [{ "key", "heading", "text" | rows, "audience" }]
    author_id        uuid not null references portal_user,
    author_name      text,
    author_hcpc      text,
    signed_at        timestamptz,
    content_hash     text,                        -- SHA-256, hex, of the canonical content when signed
    supersedes_id    uuid references report,
    amendment_reason text,
    version          int not null default 1,
    created_at       timestamptz not null default now(),
    updated_at       timestamptz not null default now(),
    check (state = 'draft' or (signed_at is not null and author_name is not null and author_hcpc is not null and content_hash is not null))
);
create index report_referral on report (referral_id, created_at);

-- A signed report is frozen: afterwards only its being superseded may be recorded.
create function portal.signed_reports_are_frozen() returns trigger
language plpgsql as $$
begin
    if old.state <> 'draft' and (new.content, new.author_id, new.author_name, new.author_hcpc, new.signed_at, new.content_hash, new.referral_id, new.kind, new.number)
                   is distinct from (old.content, old.author_id, old.author_name, old.author_hcpc, old.signed_at, old.content_hash, old.referral_id, old.kind, old.number)
       or old.state = 'signed' and new.state = 'draft' or old.state = 'superseded' and new.state <> 'superseded' then
        raise exception 'a signed report cannot be changed' using errcode = 'RP002';
    end if;
    return new;
end $$;
create trigger signed_reports_are_frozen before update on report for each row execute function portal.signed_reports_are_frozen();

create table report_read (
    report_id  uuid not null references report,
    person_id  uuid not null references portal_user,
    organisation_id uuid not null references organisation,
    first_read_at timestamptz not null,
    primary key (report_id, person_id)
);

revoke execute on all functions in schema portal from public;
grant execute on all functions in schema portal to portal_app;
