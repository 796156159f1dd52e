-- The clinic asks a payer for more sessions, line by line; the payer answers each line. What is authorised by it stands in the ledger.

create table extension_request (
    id                  uuid primary key,
    referral_id         uuid not null references referral,
    report_id           uuid not null unique references report on delete cascade,   -- releasing it asks the payer; a draft that is discarded takes its request along
    payer_organisation_id uuid references organisation,
    payer_name          text not null check (length(payer_name) between 1 and 200),
    payer_email         text check (length(payer_email) between 3 and 254),   -- where a payer without an account is reached
    until               date not null,                               -- the last day of what is asked for
    outcome_if_declined text not null check (length(outcome_if_declined) between 1 and 4000),
    state               text not null default 'draft' check (state in ('draft', 'waiting', 'authorised', 'part', 'declined', 'withdrawn')),
    requested_by        uuid not null references portal_user,
    asked_at            timestamptz,
    due_on              date,                                        -- the last day for an answer
    reminded            int not null default 0,                      -- the last reminder that went out: 1 half of the time, 2 the last day, 3 it is over
    answered_at         timestamptz,
    answered_by         uuid references portal_user,
    answered_by_name    text,
    answered_how        text check (answered_how in ('portal', 'link', 'contract')),
    reason_code         text check (reason_code in ('not_reasonable', 'goals_met', 'no_progress', 'limit_reached', 'liability', 'more_information', 'other')),
    answer_words        text check (length(answer_words) <= 4000),
    withdrawn_reason    text check (length(withdrawn_reason) <= 1000),
    version             int not null default 1,
    created_at          timestamptz not null default now(),
    check (state in ('draft', 'withdrawn') or (asked_at is not null and due_on is not null)),
    check (state not in ('authorised', 'part', 'declined') or (answered_at is not null and answered_by is not null and answered_by_name is not null and answered_how is not null)),
    check (state <> 'declined' or reason_code is not null)
);
create unique index extension_request_one_open on extension_request (referral_id) where state in ('draft', 'waiting');
create index extension_request_payer on extension_request (payer_organisation_id, due_on) where state <> 'draft';

create table extension_line (
    id          uuid primary key,
    request_id  uuid not null references extension_request on delete cascade,
    place       int not null check (place between 0 and 5),
    modality    text check (modality in ('in_clinic', 'remote', 'hydrotherapy')),
    sessions    int not null check (sessions between 1 and 100),
    unit_price  numeric(10, 2) check (unit_price > 0),
    granted     int check (granted between 0 and sessions),           -- null until it is answered
    created_at  timestamptz not null default now(),
    unique (request_id, place)
);

alter table authority_entry add column extension_id uuid references extension_request;

do $$
declare
    name text;
begin
    foreach name in array array['extension_request', 'extension_line'] loop
        execute format('alter table %I enable row level security', name);
        execute format('alter table %I force row level security', name);
        execute format('create policy owner_everything on %I to current_user using (true) with check (true)', name);
    end loop;
end $$;

-- A draft is the clinic's own.
create policy party_read on extension_request for select to portal_app
    using (exists (select from referral r where r.id = referral_id) and (state <> 'draft' or (select portal.is_clinic())));
create policy clinic_insert on extension_request for insert to portal_app
    with check ((select portal.is_clinic()) and requested_by = (select portal.current_person()) and exists (select from referral r where r.id = referral_id));
-- The clinic answers nothing for a payer; the portal itself writes what came by a link or by contract.
create policy clinic_update on extension_request for update to portal_app
    using ((select portal.is_clinic()) and exists (select from referral r where r.id = referral_id))
    with check (state in ('draft', 'waiting', 'withdrawn') or (select portal.has_any_role(array['system'])));
create policy payer_update on extension_request for update to portal_app
    using (state = 'waiting' and payer_organisation_id = (select portal.reader()) and (select portal.has_any_role(array['funder'])) and exists (select from referral r where r.id = referral_id))
    with check (state in ('authorised', 'part', 'declined') and answered_by = (select portal.current_person()) and payer_organisation_id = (select portal.reader()));

create policy party_read on extension_line for select to portal_app using (exists (select from extension_request request where request.id = request_id));
create policy clinic_insert on extension_line for insert to portal_app
    with check ((select portal.is_clinic()) and exists (select from extension_request request where request.id = request_id and request.state = 'draft'));
create policy clinic_delete on extension_line for delete to portal_app
    using ((select portal.is_clinic()) and exists (select from extension_request request where request.id = request_id and request.state = 'draft'));
create policy answerer_update on extension_line for update to portal_app
    using (exists (select from extension_request request where request.id = request_id and request.state = 'waiting'
        and ((select portal.has_any_role(array['system'])) or ((select portal.has_any_role(array['funder'])) and request.payer_organisation_id = (select portal.reader())))));

grant select, insert, update on extension_request to portal_app;
grant select, insert, delete on extension_line to portal_app;
grant update (granted) on extension_line to portal_app;

