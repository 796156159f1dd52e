-- What happened in a period, found by when it happened: measured with 100,000 referrals, each of these was a reading of its whole table.

create index referral_event_decided on referral_event (at)
    where action in ('start_triage', 'assign', 'ask_for_information', 'accept', 'decline', 'withdraw');
create index patient_contact_reached on patient_contact (at) where outcome in ('spoke', 'asked_to_wait');
create index appointment_assessed on appointment (starts_at) where kind = 'initial_assessment' and state = 'attended';
create index clock_history_due on clock_history (due_at);
create index referral_due on referral (due_at) where due_at is not null;
