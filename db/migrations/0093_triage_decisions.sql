-- A decision of triage can be taken back for some seconds by whoever made it, as long as no message about it has left; and the clinic edits its own
-- standard wording.

-- The last decision of each referral, and how the referral stood before it.
create table undoable_decision (
    id              uuid primary key,
    referral_id     uuid not null unique references referral,
    action          text not null check (action in ('accept', 'decline', 'ask_for_information')),
    decided_version int not null,           -- the referral's version after it: another one, and it is the last no more
    decided_by      uuid not null references portal_user,
    decided_at      timestamptz not null,
    leaves_at       timestamptz not null,   -- when its messages may be taken; until then it can be undone
    before          jsonb not null,         -- columns of the referral, by their names
    version         int not null default 1,
    created_at      timestamptz not null default now()
);

alter table undoable_decision enable row level security;
alter table undoable_decision force row level security;
create policy owner_everything on undoable_decision to current_user using (true) with check (true);
create policy clinic_only on undoable_decision to portal_app
    using ((select portal.is_treating_clinic()) and exists (select from referral r where r.id = referral_id))
    with check ((select portal.is_treating_clinic()) and decided_by = (select portal.current_person()) and exists (select from referral r where r.id = referral_id));
grant select, insert, update on undoable_decision to portal_app;

-- Messages that were taken back before they left: done, and never sent.
alter table outbox_message add column taken_back_at timestamptz;

-- Takes back the messages of one's own last decision, and with them what its event shows: it stays on record word for word, for the clinic alone. False
-- when a message was taken already. Only the worker may touch messages and nobody an event, so this does it for the one who decided, and for nothing else.
create function portal.take_back_decision(referral uuid, seen_version int) returns boolean
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
    decision undoable_decision;
begin
    select d.* into decision from undoable_decision d join referral r on r.id = d.referral_id
    where d.referral_id = take_back_decision.referral and d.decided_version = seen_version and r.version = seen_version
        and d.decided_by = portal.current_person() and portal.is_treating_clinic() and portal.reader() = any (r.readers);
    if not found then return false; end if;

    update outbox_message m set done_at = now(), taken_back_at = now()
    where m.kind in ('referral_accepted', 'referral_declined', 'information_requested') and m.available_at = decision.leaves_at
        and m.referral_id = decision.referral_id and m.done_at is null and m.attempts = 0;
    if not found then return false; end if;

    update referral_event e set audience = 'clinic'
    where e.referral_id = decision.referral_id and e.version = decision.decided_version and e.action = decision.action;
    -- A promise that was not ended by it after all is not among those that ended.
    delete from clock_history h where h.referral_id = decision.referral_id and h.ended_by = decision.action and h.ended_at = decision.decided_at;
    return true;
end $$;
revoke execute on function portal.take_back_decision(uuid, int) from public;
grant execute on function portal.take_back_decision(uuid, int) to portal_app;

-- Standard wording: what the clinic has edited itself is not written over by the seeds (SeedLoader).
alter table coded_text
    add column version int not null default 1,
    add column edited_at timestamptz,
    add column edited_by uuid references portal_user,
    add column ordered_at timestamptz;      -- the clinic has put the list into its own order

alter table coded_text enable row level security;
alter table coded_text force row level security;
create policy owner_everything on coded_text to current_user using (true) with check (true);
create policy everybody_reads on coded_text for select to portal_app using (true);
create policy clinic_manager_adds on coded_text for insert to portal_app
    with check (list = 'information_question' and (select portal.has_any_role(array['clinic_manager'])) and (select portal.is_treating_clinic()));
create policy clinic_manager_edits on coded_text for update to portal_app
    using (list in ('information_question', 'decline_reason') and (select portal.has_any_role(array['clinic_manager'])) and (select portal.is_treating_clinic()))
    with check (list in ('information_question', 'decline_reason') and (select portal.has_any_role(array['clinic_manager'])) and (select portal.is_treating_clinic()));
grant insert, update on coded_text to portal_app;
