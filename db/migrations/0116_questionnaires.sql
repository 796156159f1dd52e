-- A patient answers measures at home: a link that works once, for some days, without an account.

create table questionnaire (
    id          uuid primary key,
    referral_id uuid not null references referral,
    measures    text[] not null check (cardinality(measures) between 1 and 12),
    channel     text not null check (channel in ('mail', 'text', 'device')),  -- device: handed over on the clinic's own
    sent_by     uuid not null references portal_user,
    expires_at  timestamptz not null,
    opened_at   timestamptz,
    answered_at timestamptz,                          -- with the last of its measures: from then on the link is dead
    revoked_at  timestamptz,
    revoked_by  uuid references portal_user,
    version     int not null default 1,
    created_at  timestamptz not null default now(),
    unique (id, referral_id),
    check ((revoked_at is null) = (revoked_by is null))
);
create index questionnaire_referral on questionnaire (referral_id, created_at);

-- The secrets that open it. A mail has its own and so has its reminder, made as they go out; only hashes are kept.
create table questionnaire_secret (
    id               uuid primary key,
    questionnaire_id uuid not null,
    referral_id      uuid not null,
    hash             bytea not null unique check (length(hash) = 32),
    version          int not null default 1,
    created_at       timestamptz not null default now(),
    foreign key (questionnaire_id, referral_id) references questionnaire (id, referral_id)
);
create index questionnaire_secret_of on questionnaire_secret (questionnaire_id);

-- One score a measure, however often and from how many windows it is sent.
alter table outcome_entry
    add column questionnaire_id uuid,
    add constraint outcome_entry_questionnaire foreign key (questionnaire_id, referral_id) references questionnaire (id, referral_id);
create unique index outcome_entry_once on outcome_entry (questionnaire_id, measure_key) where questionnaire_id is not null and supersedes_id is null;
create or replace view outcome_score with (security_invoker = true) as
    select id, referral_id, measure_key, taken_at, recorded_by, answered, score, rule_version, source, supersedes_id, reason, created_at, questionnaire_id
    from outcome_entry entry
    where not struck_out and not exists (select from outcome_entry later where later.supersedes_id = entry.id);

do $$
declare
    name text;
begin
    foreach name in array array['questionnaire', 'questionnaire_secret'] loop
        execute format('alter table %I enable row level security', name);
        execute format('alter table %I force row level security', name);
        execute format('create policy owner_everything on %I to current_user using (true) with check (true)', name);
        execute format('create policy clinic_only on %I to portal_app using ((select portal.at_clinic()) and exists (select from referral r where r.id = referral_id))', name);
    end loop;
end $$;
grant select, insert, update on questionnaire to portal_app;
grant select, insert on questionnaire_secret to portal_app;

-- What a secret opens: asked before anybody is known, and answers nothing else. A used, an expired, a revoked and a made-up one answer alike.
create function portal.questionnaire_behind(secret_hash bytea, at timestamptz) returns uuid
language sql stable security definer set search_path = pg_catalog, public as $$
    select q.id
    from questionnaire_secret secret
    join questionnaire q on q.id = secret.questionnaire_id
    join referral r on r.id = q.referral_id
    where secret.hash = secret_hash and q.answered_at is null and q.revoked_at is null and q.expires_at > at and r.state not in ('declined', 'withdrawn', 'closed')
$$;
revoke execute on function portal.questionnaire_behind(bytea, timestamptz) from public;
grant execute on function portal.questionnaire_behind(bytea, timestamptz) to portal_app;

alter table mail_message add column questionnaire_id uuid references questionnaire;

-- By when the clinic expects recovery: of the clinical record, the one figure that every reader of scores needs. Its own predicate is the referral's.
create function portal.expected_recovery(referral uuid) returns date
language sql stable security definer set search_path = pg_catalog, public as $$
    select ((a.assessed_at at time zone 'Europe/London') + make_interval(weeks => a.prognosis_weeks))::date
    from assessment a join referral r on r.id = a.referral_id
    where a.referral_id = expected_recovery.referral and a.state = 'signed' and a.prognosis_weeks is not null
        and portal.reader() = any (r.readers) and not portal.reads_as_employer()
    order by a.assessed_at desc limit 1
$$;
revoke execute on function portal.expected_recovery(uuid) from public;
grant execute on function portal.expected_recovery(uuid) to portal_app;

-- Whether its mail could not be sent: mail is the portal's own and its manager's, this yes or no is for whoever sent the questionnaire.
create function portal.questionnaire_undelivered(questionnaire uuid) returns boolean
language sql stable security definer set search_path = pg_catalog, public as $$
    select portal.at_clinic() and exists (
        select from mail_message m where m.questionnaire_id = questionnaire_undelivered.questionnaire and m.state in ('failed', 'given_up')) $$;
create index mail_message_questionnaire on mail_message (questionnaire_id) where questionnaire_id is not null;
revoke execute on function portal.questionnaire_undelivered(uuid) from public;
grant execute on function portal.questionnaire_undelivered(uuid) to portal_app;

-- Open pages hear of a score, an alert and a patient's step as they hear of an event.
create function portal.tell_of_measures() returns trigger
language plpgsql as $$
begin
    perform pg_notify('referral_event', new.referral_id::text);
    return null;
end $$;
revoke execute on function portal.tell_of_measures() from public;
grant execute on function portal.tell_of_measures() to portal_app;
create trigger tell_of_measures after insert on outcome_entry for each row execute function portal.tell_of_measures();
create trigger tell_of_measures after insert or update on measure_alert for each row execute function portal.tell_of_measures();
create trigger tell_of_measures after insert or update on questionnaire for each row execute function portal.tell_of_measures();
