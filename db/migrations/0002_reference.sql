-- Reference data that a clinic edits: loaded from seeds/, read by everybody signed in, no row of it belongs to a tenant.

create table clinic_group_settings (
    id            boolean primary key default true check (id),
    name          text not null,
    phone         text not null,
    email         text not null,
    opening_hours jsonb not null,   -- { "monday": { "opens": "08:00", "closes": "20:00" }, ... }
    targets       jsonb not null default '{}'
);

create table clinic (
    id           uuid primary key,
    name         text not null,
    address      text not null,
    postcode     text not null,
    latitude     double precision not null,
    longitude    double precision not null,
    phone        text not null,
    services     text[] not null default '{}',
    rooms        int not null default 1,
    is_example   boolean not null default false,
    closed_at    timestamptz,
    version      int not null default 1
);

create table condition (
    slug              text primary key check (slug ~ '^[a-z0-9-]+$'),
    name              text not null,
    position          int not null,
    what_it_is        text not null,
    causes            text[] not null,
    symptoms          text[] not null,
    what_to_do        text[] not null,
    what_not_to_do    text[] not null,
    physiotherapy     text not null,
    treatment_options text[] not null,
    long_term_effects text not null,
    urgent_advice     text,
    body_regions      text[] not null default '{}',
    snomed_code       text,
    keywords          text[] not null default '{}'
);

create table body_region (
    key         text primary key,
    name        text not null,
    position    int not null,
    snomed_code text not null,
    sided       boolean not null,
    views       text[] not null,
    region_group text not null
);

create table red_flag_question (
    key             text not null,
    wording_version text not null,
    position        int not null,
    tier            text not null check (tier in ('emergency', 'urgent')),
    topic           text not null,
    question        text not null,
    why             text not null,
    advice          text not null,
    current         boolean not null,
    primary key (key, wording_version)
);
create table red_flag_advice (
    tier            text not null check (tier in ('emergency', 'urgent', 'mental_health')),
    wording_version text not null,
    heading         text not null,
    advice          text[] not null,
    current         boolean not null,
    primary key (tier, wording_version)
);

-- Short lists with a code and words: decline and withdraw reasons, questions to a referrer, attendance codes, treatments, services.
create table coded_text (
    list     text not null check (list in ('decline_reason', 'withdraw_reason', 'information_question', 'attendance', 'treatment', 'service')),
    code     text not null,
    position int not null,
    label    text not null,
    words    text,                  -- standard wording to the reader, where the list has one
    detail   jsonb not null default '{}',
    retired  boolean not null default false,
    primary key (list, code)
);

create table bank_holiday (
    day   date primary key,
    title text not null
);

create table outcome_measure (
    key               text primary key,
    name              text not null,
    short_name        text not null,
    position          int not null,
    direction         text not null check (direction in ('higher', 'lower', 'none')),
    meaningful_change numeric,
    rule_version      text not null,
    wording_shipped   boolean not null,
    citation          text,
    items             jsonb not null default '[]'
);

grant select on clinic_group_settings, clinic, condition, body_region, red_flag_question, red_flag_advice,
                coded_text, bank_holiday, outcome_measure to portal_app;
