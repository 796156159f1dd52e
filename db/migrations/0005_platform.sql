-- What every feature stands on: the audit trail, the outbox, keys that protect cookies.

-- Append-only by privilege: the portal may add and read, nothing else.
create table audit_entry (
    id              uuid primary key,
    sequence        bigint generated always as identity unique,
    at              timestamptz not null,
    actor_id        uuid not null,
    organisation_id uuid not null,
    action          text not null,
    referral_id     uuid,
    subject_id      uuid,             -- the report, appointment or account concerned
    detail          jsonb not null default '{}'
);
create index audit_entry_referral on audit_entry (referral_id, sequence desc) where referral_id is not null;
create index audit_entry_actor on audit_entry (actor_id, sequence desc);

create table outbox_message (
    id           bigint generated always as identity primary key,
    kind         text not null,
    referral_id  uuid,
    payload      jsonb not null,
    created_at   timestamptz not null default now(),
    available_at timestamptz not null default now(),
    attempts     int not null default 0,
    last_failure text,                -- a fault's kind, never its text
    done_at      timestamptz
);
create index outbox_waiting on outbox_message (available_at, id) where done_at is null;

create table data_protection_key (
    friendly_name text primary key,
    xml           text not null
);

grant select, insert on audit_entry to portal_app;
grant select, insert, update on outbox_message to portal_app;
grant select, insert on data_protection_key to portal_app;

-- Readiness compares what ran with what this version comes with.
grant select on schema_migration_checksum to portal_app;
