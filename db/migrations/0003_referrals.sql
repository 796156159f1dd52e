-- A referral from the first key press of its draft to every event after it.

-- What somebody is typing. Its id is the submission's idempotency key: one draft becomes one referral or none.
create table referral_draft (
    id              uuid primary key,
    organisation_id uuid not null references organisation,
    author_id       uuid not null references portal_user,
    form            jsonb not null default '{}',
    form_version    int not null default 1,     -- shape of the form, for drafts older than a release
    version         int not null default 1,     -- goes up with every save; a stale save is refused
    created_at      timestamptz not null default now(),
    updated_at      timestamptz not null default now(),
    discarded_at    timestamptz
);
create index referral_draft_of_author on referral_draft (organisation_id, author_id, updated_at desc) where discarded_at is null;

create table patient (
    id                  uuid primary key,
    given_name          text not null check (length(given_name) between 1 and 100),
    family_name         text not null check (length(family_name) between 1 and 100),
    date_of_birth       date not null,
    sex                 text not null check (sex in ('female', 'male', 'other', 'not_stated')),
    nhs_number          text check (nhs_number ~ '^[0-9]{10}$'),
    nhs_number_unknown_reason text,
    gp_practice_name    text,
    gp_practice_code    text,
    address             text not null,
    postcode            text not null,
    phone               text,
    email               text,
    preferred_contact   text not null check (preferred_contact in ('phone', 'email', 'text', 'post')),
    guardian_name       text,
    guardian_relationship text,
    guardian_phone      text,
    interpreter_language text,
    communication_needs text,
    access_needs        text,
    home_visit_needed   boolean not null default false,
    readers             uuid[] not null,
    version             int not null default 1,
    created_at          timestamptz not null default now()
);

-- The worklist's row: narrow on purpose; what the form says beyond it stands in referral_detail.
create table referral (
    id                        uuid primary key,
    reference                 text not null unique,
    state                     text not null check (state in ('submitted', 'in_triage', 'information_requested', 'accepted', 'appointment_booked',
                                                             'in_treatment', 'discharged', 'closed', 'declined', 'withdrawn')),
    priority                  text not null check (priority in ('routine', 'urgent')),
    patient_id                uuid not null references patient,
    referring_organisation_id uuid not null references organisation,
    referrer_id               uuid not null references portal_user,
    condition_slug            text references condition,
    our_reference             text,
    claim_reference           text,
    incident_date             date,
    red_flag_tier             text check (red_flag_tier in ('urgent', 'emergency')),
    red_flag_cleared_at       timestamptz,
    alert_acknowledged_at     timestamptz,
    alert_acknowledged_by     uuid references portal_user,
    triage_owner_id           uuid references portal_user,   -- the clinic administrator who claimed it
    clinic_id                 uuid references clinic,
    clinician_id              uuid references portal_user,
    due_for                   text check (due_for in ('red_flag_review', 'triage', 'contact', 'first_appointment', 'initial_report', 'discharge_report')),
    due_at                    timestamptz,
    clock_paused_at           timestamptz,
    submitted_at              timestamptz not null,
    state_since               timestamptz not null,
    -- Organisations that may read it: kept with referral_party in the same unit, because a policy that reads
    -- an array on the row costs next to nothing and one that looks elsewhere for every row does not.
    readers                   uuid[] not null,
    version                   int not null default 1,
    created_at                timestamptz not null default now()
);
create index referral_queue_due on referral (due_at, id) where state in ('submitted', 'in_triage', 'information_requested', 'accepted');
create index referral_patient on referral (patient_id);
create index referral_clinician on referral (clinician_id, state, submitted_at desc, id desc) where clinician_id is not null;
create index referral_alerts on referral (submitted_at, id) where red_flag_tier is not null and red_flag_cleared_at is null;

create table referral_detail (
    referral_id           uuid primary key references referral,
    incident_mechanism    text,
    incident_account      text,
    injury_regions        jsonb not null default '[]',   -- [{ "region": "knee", "side": "left" }]
    presenting_condition  text,                          -- in the referrer's words where the catalogue has none
    symptoms              text,
    onset                 text,
    pain_now              int check (pain_now between 0 and 10),
    work_status           text,
    occupation            text,
    clinical_history      text,
    red_flag_answers      jsonb not null default '[]',   -- [{ "key": "...", "answer": "no", "wording": "2026-11" }]
    red_flag_told_by      text,
    red_flag_told_at      timestamptz,
    red_flag_told_how     text,
    claim_type            text,
    liability             text,
    lower_value_claim     boolean,
    other_insurer         text,
    other_insurer_reference text,
    payer_kind            text,
    payer_name            text,
    purchase_order        text,
    consent_taken_by      text,
    consent_taken_on      date,
    consent_method        text,
    consent_to_share_with text[] not null default '{}',
    consent_words         text,
    services              text[] not null default '{}',
    priority_reason       text,
    availability          text,
    notes                 text
);

create table referral_party (
    referral_id     uuid not null references referral,
    organisation_id uuid not null references organisation,
    role            text not null check (role in ('referrer', 'instructing_party', 'case_manager', 'funder', 'treating_clinic')),
    -- Copies of the referral's own, so that every party's list is one index range (see referral_party_follows_state).
    state           text not null,
    submitted_at    timestamptz not null,
    primary key (referral_id, organisation_id, role)
);
create index referral_party_list on referral_party (organisation_id, submitted_at desc, referral_id desc);
create index referral_party_list_by_state on referral_party (organisation_id, state, submitted_at desc, referral_id desc);

create function portal.referral_party_follows_state() returns trigger
language plpgsql security definer set search_path = pg_catalog, public as $$
begin
    update referral_party set state = new.state where referral_id = new.id;
    return null;
end $$;
create trigger referral_party_follows_state after update of state on referral
    for each row when (old.state is distinct from new.state) execute function portal.referral_party_follows_state();

-- The truth of the lifecycle; referral.state is its projection, written in the same unit.
create table referral_event (
    id            uuid primary key,
    sequence      bigint generated always as identity unique,
    referral_id   uuid not null references referral,
    at            timestamptz not null,
    actor_id      uuid not null references portal_user,
    actor_name    text not null,      -- as it was then
    organisation_id uuid not null references organisation,
    action        text not null,
    from_state    text,
    to_state      text not null,
    reason_code   text,
    words         text,               -- what the actor wrote for the readers
    detail        jsonb not null default '{}',
    audience      text not null default 'everyone' check (audience in ('everyone', 'clinic')),
    version       int not null        -- the referral's version after it
);
create index referral_event_timeline on referral_event (referral_id, sequence);

-- A hint to open pages; they read again from the sequence that they last saw.
create function portal.tell_listeners() returns trigger
language plpgsql as $$
begin
    perform pg_notify('referral_event', new.referral_id::text);
    return null;
end $$;
create trigger tell_listeners after insert on referral_event for each row execute function portal.tell_listeners();

create table funding_authority (
    id            uuid primary key,
    referral_id   uuid not null references referral,
    payer_organisation_id uuid references organisation,
    payer_name    text not null,
    sessions      int check (sessions > 0),
    pounds        numeric(10, 2) check (pounds > 0),
    expires_on    date,
    reference     text,
    given_at      timestamptz not null,
    withdrawn_at  timestamptz,
    version       int not null default 1,
    created_at    timestamptz not null default now()
);
create index funding_authority_referral on funding_authority (referral_id);

create table referral_search (
    referral_id  uuid primary key references referral,
    readers      uuid[] not null,
    submitted_at timestamptz not null,
    words        text not null      -- lower case, without accents: reference, name, date of birth, NHS number, claim references
);

revoke execute on all functions in schema portal from public;
grant execute on all functions in schema portal to portal_app;
