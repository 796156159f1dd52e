-- A payer without an account answers by a link that was mailed to the address on file, after a code that was sent there as well. Neither stands anywhere but in those mails:
-- the token as its hash, the code as a hash of itself and the token.

create table funder_link (
    id             uuid primary key,
    request_id     uuid not null references extension_request,
    referral_id    uuid not null references referral,
    token_hash     text not null unique check (token_hash ~ '^[0-9a-f]{64}$'),
    sent_to        text not null,
    sent_at        timestamptz not null,
    expires_at     timestamptz not null,
    replaced_at    timestamptz,                          -- a newer link was sent
    opened_at      timestamptz,                          -- first
    code_hash      text check (code_hash ~ '^[0-9a-f]{64}$'),
    code_sent_at   timestamptz,
    code_tries     int not null default 0,               -- of the code that is out
    codes_sent     int not null default 0,
    confirmed_at   timestamptz,
    visit_hash     text check (visit_hash ~ '^[0-9a-f]{64}$'),   -- the browser in which the code was entered, until the visit ends
    visit_ends_at  timestamptz,
    used_at        timestamptz,
    version        int not null default 1,
    created_at     timestamptz not null default now()
);
create index funder_link_request on funder_link (request_id, sent_at);
create unique index funder_link_one_live on funder_link (request_id) where replaced_at is null and used_at is null;

alter table funder_link enable row level security;
alter table funder_link force row level security;
create policy owner_everything on funder_link to current_user using (true) with check (true);
-- Only the portal itself follows a link; the clinic sees that it was sent, opened and used.
create policy portal_itself on funder_link to portal_app
    using ((select portal.has_any_role(array['system']))) with check ((select portal.has_any_role(array['system'])));
create policy clinic_read on funder_link for select to portal_app
    using ((select portal.is_clinic()) and exists (select from referral r where r.id = referral_id));

grant select, insert, update on funder_link to portal_app;
