-- Who tried to reach the patient, how, and what came of it. The clinic's own: everybody else on the referral reads on its timeline that it was tried.

create table patient_contact (
    id           uuid primary key,
    referral_id  uuid not null references referral,
    at           timestamptz not null,
    channel      text not null check (channel in ('call', 'text', 'letter', 'email')),
    outcome      text not null check (outcome in ('spoke', 'asked_to_wait', 'left_message', 'no_answer', 'wrong_number', 'sent')),
    wait_until   date,
    note         text check (length(note) <= 1000),
    made_by      uuid not null references portal_user,
    made_by_name text not null,      -- as it was then
    version      int not null default 1,
    created_at   timestamptz not null default now(),
    check ((outcome = 'asked_to_wait') = (wait_until is not null))
);
create index patient_contact_referral on patient_contact (referral_id, at desc, id desc);

alter table patient_contact enable row level security;
alter table patient_contact force row level security;
create policy owner_everything on patient_contact to current_user using (true) with check (true);
create policy clinic_reads on patient_contact for select to portal_app
    using ((select portal.is_treating_clinic()) and exists (select from referral r where r.id = referral_id));
-- What happened stays as it was written down.
create policy clinic_adds on patient_contact for insert to portal_app
    with check ((select portal.is_treating_clinic()) and made_by = (select portal.current_person()) and exists (select from referral r where r.id = referral_id));
grant select, insert on patient_contact to portal_app;
