-- Mail: who is told what, and what became of it. A mail is made when it is sent, from its template, the reference and a link: no words of it are kept.

-- What happened before there was mail is past: nobody is told today of what was done last month.
update outbox_message set done_at = now()
where done_at is null and kind in ('referral_submitted', 'referral_amended', 'referral_answered', 'referral_withdrawn', 'triage_started', 'information_requested', 'referral_accepted',
    'referral_declined', 'alert_acknowledged', 'red_flag_cleared', 'appointment_booked', 'appointment_moved', 'appointment_cancelled', 'appointment_missed', 'assessment_recorded',
    'report_signed', 'care_ended');

-- Nobody is told by mail what they have just done themselves.
alter table outbox_message add column queued_by uuid;
alter table outbox_message alter column queued_by set default portal.current_person();

create table mail_message (
    id                uuid primary key,            -- its Message-ID is made of it, so that a second try is the same mail
    outbox_message_id bigint not null,             -- what it tells
    recipient         text not null check (length(recipient) between 1 and 60), -- a person's id, 'clinic' (the group's inbox), or 'patient:' and an appointment's id
    channel           text not null default 'mail' check (channel in ('mail', 'text')),
    template          text not null,
    locale            text not null default 'en-GB',
    referral_id       uuid not null references referral,
    organisation_id   uuid references organisation, -- null where it is the patient's
    person_id         uuid references portal_user,
    appointment_id    uuid references appointment,  -- with the time that it told of: when that has changed, the mail is no longer true
    appointment_at    timestamptz,
    state             text not null default 'queued' check (state in ('queued', 'sending', 'sent', 'failed', 'given_up', 'dropped')),
    attempts          int not null default 0,
    next_attempt_at   timestamptz not null default now(), -- while sending: when the node that has it is taken for dead
    failure           text check (failure in ('no_connection', 'not_secure', 'sign_in_refused', 'connection_lost', 'try_later', 'address_refused', 'message_refused', 'no_address')),
    failed_at         timestamptz,
    sent_at           timestamptz,
    version           int not null default 1,
    created_at        timestamptz not null default now(),
    unique (outbox_message_id, recipient)
);
create index mail_message_due on mail_message (next_attempt_at, id) where state in ('queued', 'sending');
create index mail_message_troubled on mail_message (failed_at desc, id desc) where failed_at is not null and state in ('queued', 'sending', 'failed');
create index mail_message_sent on mail_message (sent_at) where state = 'sent';
create index mail_message_patient on mail_message (appointment_id) where appointment_id is not null;

alter table mail_message enable row level security;
alter table mail_message force row level security;
create policy owner_everything on mail_message to current_user using (true) with check (true);
create policy worker on mail_message to portal_app
    using ((select portal.has_any_role(array['system']))) with check ((select portal.has_any_role(array['system'])));
-- The clinic's manager sees what failed, sends it again or gives it up.
create policy clinic_manager_read on mail_message for select to portal_app
    using ((select portal.has_any_role(array['clinic_manager'])) and (select portal.current_organisation()) = (select portal.clinic_group()));
create policy clinic_manager_write on mail_message for update to portal_app
    using ((select portal.has_any_role(array['clinic_manager'])) and (select portal.current_organisation()) = (select portal.clinic_group()));

grant select, insert, update on mail_message to portal_app;

-- What a person chose beyond what everybody gets. A topic in neither list follows the default.
create table notification_choice (
    person_id       uuid primary key references portal_user,
    wanted          text[] not null default '{}',
    declined        text[] not null default '{}',
    whole_organisation boolean not null default false, -- also about referrals that a colleague has
    version         int not null default 1,
    created_at      timestamptz not null default now()
);
alter table notification_choice enable row level security;
alter table notification_choice force row level security;
create policy owner_everything on notification_choice to current_user using (true) with check (true);
create policy own on notification_choice to portal_app
    using (person_id = (select portal.current_person())) with check (person_id = (select portal.current_person()));
create policy worker_reads on notification_choice for select to portal_app using ((select portal.has_any_role(array['system'])));

grant select, insert, update on notification_choice to portal_app;

-- Who sent a whole file of referrals reads of it on the import's page and not in hundreds of mails.
create policy worker_reads on import_sent for select to portal_app using ((select portal.has_any_role(array['system'])));
