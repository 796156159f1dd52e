-- The triage queue's own ways in: each tab is one range of one small index, in the order in which it is read and in which the next page begins.
-- All are partial: they hold what is open in triage, not the years of referrals behind it. Open work as a whole, and what of it is
-- overdue, has referral_queue_due already.

create index referral_queue_state on referral (state, due_at, id) where state in ('submitted', 'in_triage', 'information_requested', 'accepted');
create index referral_queue_received on referral (submitted_at, id) where state in ('submitted', 'in_triage', 'information_requested', 'accepted');
create index referral_queue_mine on referral (triage_owner_id, due_at, id) where state in ('submitted', 'in_triage', 'information_requested', 'accepted');
create index referral_queue_alerts on referral (due_at, id)
    where state in ('submitted', 'in_triage', 'information_requested', 'accepted') and red_flag_tier is not null and red_flag_cleared_at is null;
-- The initial assessment fell through: a first appointment is due again although one was booked once.
create index referral_queue_rebook on referral (due_at, id) where state = 'appointment_booked' and due_at is not null;

-- A day's appointments of all clinics and clinicians, page by page.
create index appointment_day on appointment (starts_at, id);
