-- Many referrals from one file. Its rows hold what a draft holds, so the same people may see them; they are deleted some time after the last touch.
-- The file itself is not kept.

create table import_batch (
    id              uuid primary key,
    organisation_id uuid not null references organisation,
    author_id       uuid not null references portal_user,
    file_name       text not null check (length(file_name) between 1 and 200),
    headings        text[] not null,
    heading_set     text not null,                  -- digest of the headings: files made alike have it in common
    columns         jsonb not null default '{}',    -- field of the form -> place in the row
    wordings        jsonb not null default '{}',    -- safety question -> version of the wording that its column answers
    state           text not null check (state in ('columns', 'checking', 'open', 'sending', 'stopped')),
    step            int not null default 0,         -- goes up with every piece of background work: a piece that comes twice is done once
    work_began_at   timestamptz,
    rows            int not null,
    version         int not null default 1,
    created_at      timestamptz not null default now(),
    touched_at      timestamptz not null default now()
);
create index import_batch_of_author on import_batch (organisation_id, author_id, created_at desc);

create table import_row (
    id              uuid primary key,               -- becomes the referral's id
    import_id       uuid not null references import_batch on delete cascade,
    organisation_id uuid not null references organisation,
    number          int not null,                   -- as a spreadsheet program shows it
    cells           jsonb not null,                 -- texts, as they stood in the file
    edits           jsonb not null default '{}',    -- field -> text that stands for the cell's
    state           text not null default 'waiting' check (state in ('waiting', 'ready', 'problems', 'already_sent', 'emergency', 'by_hand', 'sent')),
    problems        jsonb not null default '{}',    -- field -> words
    digest          text,                           -- of what the row says, however its file was laid out
    twin            text,                           -- where the same content is already: a reference, or the number of a row above
    send_again      boolean not null default false, -- the person knows of the twin and means it
    reference       text,
    version         int not null default 1,
    created_at      timestamptz not null default now(),
    unique (import_id, number)
);
create index import_row_by_state on import_row (import_id, state, number);
create index import_row_digest on import_row (import_id, digest);

-- What was sent, by digest: it outlives the rows, so that the same row is known again next year. It holds nothing that a person could read.
create table import_sent (
    id              uuid primary key references referral,
    organisation_id uuid not null references organisation,
    digest          text not null,
    version         int not null default 1,
    created_at      timestamptz not null default now()
);
create index import_sent_digest on import_sent (organisation_id, digest);

-- Which column was what, the last time that this organisation sent a file with these headings.
create table import_columns (
    id              uuid primary key,
    organisation_id uuid not null references organisation,
    heading_set     text not null,
    columns         jsonb not null,
    version         int not null default 1,
    created_at      timestamptz not null default now(),
    unique (organisation_id, heading_set)
);

do $$
declare
    name text;
begin
    foreach name in array array['import_batch', 'import_row', 'import_sent', 'import_columns'] loop
        execute format('alter table %I enable row level security', name);
        execute format('alter table %I force row level security', name);
        execute format('create policy owner_everything on %I to current_user using (true) with check (true)', name);
        execute format('create policy own_organisation on %I to portal_app using (organisation_id = (select portal.reader())) with check (organisation_id = (select portal.reader()))', name);
    end loop;
end $$;

-- The worker finds out whose import it is, notes that one cannot go on, and deletes what is old (its rows go with it).
create policy worker on import_batch to portal_app using ((select portal.has_any_role(array['system']))) with check ((select portal.has_any_role(array['system'])));

grant select, insert, update, delete on import_batch, import_row to portal_app;
grant select, insert on import_sent to portal_app;
grant select, insert, update on import_columns to portal_app;
