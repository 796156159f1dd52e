-- A report's way after its signature: checked by the patient, released, asked about, amended, issued as a file that anybody can have verified.

alter table report
    add column released_at    timestamptz,        -- since when its readers have it; null while the patient checks it
    add column release_due_at timestamptz,        -- when the patient's time ends; null where the patient was not asked
    add column author_left    text,               -- whose report it amends, where that person has left the clinic
    add constraint report_released_is_signed check (released_at is null or state <> 'draft'),
    add constraint report_amends_with_a_reason check (supersedes_id is null or length(amendment_reason) between 1 and 1000);

-- What was signed before there was a release was there for its readers with the signature.
alter table report disable trigger signed_reports_are_frozen;
update report set released_at = signed_at where state <> 'draft';
alter table report enable trigger signed_reports_are_frozen;

-- One amendment to a report, in the writing or signed: two people cannot both replace the same words.
create unique index report_successor on report (supersedes_id) where supersedes_id is not null;
create index report_hash on report (content_hash) where content_hash is not null;
create index report_author_open on report (author_id) where state = 'signed';

-- A signed report is frozen: afterwards only its release, once, and its being superseded may be recorded, and it is never deleted.
create or replace function portal.signed_reports_are_frozen() returns trigger
language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        if old.state <> 'draft' then
            raise exception 'a signed report cannot be deleted' using errcode = 'RP002';
        end if;
        return old;
    end if;
    if old.state <> 'draft' and (new.content, new.author_id, new.author_name, new.author_hcpc, new.signed_at, new.content_hash, new.referral_id, new.kind, new.number,
                                 new.supersedes_id, new.amendment_reason, new.author_left, new.release_due_at)
                   is distinct from (old.content, old.author_id, old.author_name, old.author_hcpc, old.signed_at, old.content_hash, old.referral_id, old.kind, old.number,
                                     old.supersedes_id, old.amendment_reason, old.author_left, old.release_due_at)
       or old.released_at is not null and new.released_at is distinct from old.released_at
       or old.state = 'signed' and new.state = 'draft' or old.state = 'superseded' and new.state <> 'superseded' then
        raise exception 'a signed report cannot be changed' using errcode = 'RP002';
    end if;
    return new;
end $$;
create trigger signed_reports_stay before delete on report for each row execute function portal.signed_reports_are_frozen();

-- A report that comes in signed, from the demo data or from another system, was released with its signature.
create function portal.signed_elsewhere_is_released() returns trigger
language plpgsql as $$
begin
    new.released_at := new.signed_at;
    return new;
end $$;
create trigger signed_elsewhere_is_released before insert on report
    for each row when (new.state <> 'draft' and new.released_at is null and new.release_due_at is null) execute function portal.signed_elsewhere_is_released();

-- What no patient has checked yet, no party reads.
drop policy signed_to_parties on report;
create policy released_to_parties on report for select to portal_app
    using (exists (select from referral r where r.id = referral_id) and (released_at is not null or (select portal.is_clinic())));
create policy clinic_discards on report for delete to portal_app
    using (state = 'draft' and author_id = (select portal.current_person()) and (select portal.is_clinic()));
grant delete on report to portal_app;

-- The patient's look at a report before others read it.
create table report_preview (
    id              uuid primary key,
    report_id       uuid not null unique references report,
    referral_id     uuid not null references referral,
    expires_at      timestamptz not null,
    wrong_answers   int not null default 0,       -- dates of birth that were not the patient's
    opened_at       timestamptz,
    answered_at     timestamptz,                  -- the link ends with the answer
    correction      text check (length(correction) between 1 and 4000), -- null: all of it is right
    version         int not null default 1,
    created_at      timestamptz not null default now()
);
-- One for each time that the mail was handed over: only the hash is kept, so a second try needs a second secret.
create table report_preview_link (
    id          uuid primary key,
    preview_id  uuid not null references report_preview,
    token_hash  bytea not null unique check (length(token_hash) = 32),
    version     int not null default 1,
    created_at  timestamptz not null default now()
);
create index report_preview_link_of on report_preview_link (preview_id);

-- A reader asks about a part; the author answers in words or by an amendment. The asker's organisation and the clinic see it, nobody else.
create table report_query (
    id              uuid primary key,
    report_id       uuid not null references report,
    referral_id     uuid not null references referral,
    part            text not null,
    question        text not null check (length(question) between 1 and 2000),
    asked_by        uuid not null references portal_user,
    asked_by_name   text not null,
    organisation_id uuid not null references organisation,
    asked_at        timestamptz not null,
    due_at          timestamptz not null,
    state           text not null default 'open' check (state in ('open', 'answered', 'corrected')),
    answer          text check (length(answer) between 1 and 4000),
    answered_by     uuid references portal_user,
    answered_by_name text,
    answered_at     timestamptz,
    correction_id   uuid references report on delete set null, -- the amendment that is being written, or was signed, because of it
    version         int not null default 1,
    created_at      timestamptz not null default now(),
    check (state = 'open' or (answered_at is not null and answered_by_name is not null)),
    check (state <> 'answered' or answer is not null),
    check (state <> 'corrected' or correction_id is not null)
);
create index report_query_report on report_query (report_id, asked_at);
create index report_query_referral on report_query (referral_id);
create index report_query_open on report_query (due_at) where state = 'open';

-- The files as they were issued, one for each kind of reader: whoever holds one can have it compared, byte by byte.
create table report_file (
    id          uuid primary key,
    report_id   uuid not null references report,
    audience    text not null check (audience in ('clinic', 'referrer', 'instructing_party', 'case_manager', 'funder', 'employer', 'patient')),
    superseded  boolean not null,                  -- printed with the mark of having been replaced
    pdf         bytea not null check (length(pdf) > 0),
    sha256      bytea not null check (length(sha256) = 32),
    version     int not null default 1,
    created_at  timestamptz not null default now(),
    unique (report_id, audience, superseded)
);
create index report_file_hash on report_file (sha256);

do $$
declare
    name text;
begin
    foreach name in array array['report_preview', 'report_preview_link', 'report_query', 'report_file'] loop
        execute format('alter table %I enable row level security', name);
        execute format('alter table %I force row level security', name);
        execute format('create policy owner_everything on %I to current_user using (true) with check (true)', name);
    end loop;
end $$;

create policy clinic_only on report_preview to portal_app
    using ((select portal.is_clinic()) and exists (select from report r where r.id = report_id))
    with check ((select portal.is_clinic()) and exists (select from report r where r.id = report_id));
create policy worker_only on report_preview_link to portal_app
    using ((select portal.has_any_role(array['system']))) with check ((select portal.has_any_role(array['system'])));

create policy asker_and_clinic on report_query for select to portal_app
    using (exists (select from report r where r.id = report_id) and (organisation_id = (select portal.reader()) or (select portal.is_clinic())));
create policy asker_asks on report_query for insert to portal_app
    with check (asked_by = (select portal.current_person()) and organisation_id = (select portal.reader()) and exists (select from report r where r.id = report_id));
create policy clinic_answers on report_query for update to portal_app
    using ((select portal.is_clinic()) and exists (select from report r where r.id = report_id))
    with check ((select portal.is_clinic()));

-- An employer's people get their own copy and no other.
create policy readers on report_file for select to portal_app
    using (exists (select from report r where r.id = report_id)
        and (audience = 'employer' or (select o.kind from organisation o where o.id = portal.reader()) <> 'employer'));
create policy readers_first on report_file for insert to portal_app
    with check (exists (select from report r where r.id = report_id)
        and (audience = 'employer' or (select o.kind from organisation o where o.id = portal.reader()) <> 'employer'));

grant select, insert, update on report_preview, report_query to portal_app;
grant select, insert on report_preview_link, report_file to portal_app;

-- For whoever holds a report, without an account: whether it is genuine, and whether a later version has been signed. It says nothing else, of nothing that has
-- not been released, and only to who has at least 64 bits of a hash and the reference, or all 256.
create function portal.verify_report(asked_reference text, asked_hash text) returns text
language plpgsql stable security definer set search_path = pg_catalog, public as $$
declare
    standing text;
begin
    if asked_hash !~ '^[0-9a-f]{16,64}$' then return null; end if;
    if length(asked_hash) = 64 then
        select case when bool_or(found.state = 'signed') then 'current' else 'superseded' end into standing
        from (
            select report.state, report.referral_id from report where report.content_hash = asked_hash and report.released_at is not null
            union all
            select report.state, report.referral_id from report_file file join report on report.id = file.report_id
            where file.sha256 = decode(asked_hash, 'hex') and report.released_at is not null) found
        join referral on referral.id = found.referral_id
        where asked_reference is null or referral.reference = asked_reference
        having count(*) > 0;
    elsif asked_reference is not null then
        select case when bool_or(report.state = 'signed') then 'current' else 'superseded' end into standing
        from referral join report on report.referral_id = referral.id
        where referral.reference = asked_reference and left(report.content_hash, length(asked_hash)) = asked_hash and report.released_at is not null
        having count(*) > 0;
    end if;
    return standing;
end $$;
revoke execute on function portal.verify_report(text, text), portal.signed_elsewhere_is_released() from public;
grant execute on function portal.verify_report(text, text) to portal_app;

-- A mail to the patient about a report; its link is made when it leaves.
alter table mail_message add column report_id uuid references report;
