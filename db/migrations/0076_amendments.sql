-- Answers that the referrer corrected after sending: what they were, what they are, which part of a referral they belong to.
-- The event on the timeline says who, when and why; the values are health data and stand here, for those who may see that part.

create table referral_amendment (
    id            uuid primary key,
    amendment_id  uuid not null,             -- one sending of corrections: the draft in which they were typed, and its idempotency key
    referral_id   uuid not null references referral,
    at            timestamptz not null,
    part          text not null,             -- the part of the form
    sight         text not null,             -- what a reader must be allowed to see of the referral to see this (PartySight)
    label         text not null,             -- what was asked, as the form words it
    old_words     text,
    new_words     text,
    position      int not null,
    version       int not null,              -- the referral's version after it
    created_at    timestamptz not null default now(),
    unique (amendment_id, position)
);
create index referral_amendment_referral on referral_amendment (referral_id, at);

alter table referral_amendment enable row level security;
alter table referral_amendment force row level security;
create policy owner_everything on referral_amendment to current_user using (true) with check (true);
create policy party on referral_amendment for select to portal_app using (exists (select from referral r where r.id = referral_id));
create policy referrer_append on referral_amendment for insert to portal_app
    with check (exists (select from referral r where r.id = referral_id and r.referring_organisation_id = (select portal.reader())));
grant select, insert on referral_amendment to portal_app;

-- Corrections are typed into a draft, so that they too survive a lost connection. It is never submitted as a referral of its own.
alter table referral_draft
    add column amends_id      uuid references referral,
    add column amends_version int,           -- the version of the referral that the corrections go by
    add column amends_base    jsonb,         -- its answers at that version: what has not been touched since follows the referral
    add constraint referral_draft_amends check (num_nulls(amends_id, amends_version, amends_base) in (0, 3));
create unique index referral_draft_amendment on referral_draft (author_id, amends_id) where amends_id is not null and discarded_at is null;

-- Search words are written, never read, by the portal's role: correcting them goes through this door, for the organisation that referred.
create function portal.correct_search_words(referral uuid, given text) returns void
language sql security definer set search_path = pg_catalog, public as $$
    update referral_search s set words = portal.search_words(given)
    where s.referral_id = referral
        and exists (select from referral r where r.id = s.referral_id and r.referring_organisation_id = portal.reader())
$$;
revoke execute on function portal.correct_search_words(uuid, text) from public;
grant execute on function portal.correct_search_words(uuid, text) to portal_app;
