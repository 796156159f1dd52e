-- An urgent alert is brought up again until somebody puts their name to it.

alter table referral
    add column alert_raised_at timestamptz,                -- null: with the submission
    add column alert_round int not null default 0,         -- goes up when a later answer raises the alert anew, which ends the reminders before
    add column alert_reminders int not null default 0;     -- the last reminder of this round; 0 before the first

-- What stands already starts with its first reminder.
insert into outbox_message (kind, referral_id, payload)
select 'alert_escalation', id, jsonb_build_object('referralId', id, 'round', 0, 'step', 1)
from referral
where red_flag_tier is not null and red_flag_cleared_at is null and alert_acknowledged_at is null
    and state in ('submitted', 'in_triage', 'information_requested', 'accepted');

-- The banner of everybody at the clinic counts these with every notice.
create index referral_unacknowledged on referral (submitted_at, id)
    where state in ('submitted', 'in_triage', 'information_requested', 'accepted')
        and red_flag_tier is not null and red_flag_cleared_at is null and alert_acknowledged_at is null;

-- The portal escalates and never down-grades; a clinician clears a flag and nobody else. This holds for whatever a person of the portal sends.
create function portal.red_flags_only_rise() returns trigger
language plpgsql as $$
begin
    if portal.current_person() is null then return new; end if; -- the schema's owner
    if old.red_flag_tier is not null and (new.red_flag_tier is null or (old.red_flag_tier = 'emergency' and new.red_flag_tier <> 'emergency')) then
        raise exception 'a red flag is not lowered' using errcode = 'RP003';
    end if;
    if old.red_flag_cleared_at is null and new.red_flag_cleared_at is not null and not portal.has_any_role(array['clinician']) then
        raise exception 'only a clinician clears a red flag' using errcode = 'RP003';
    end if;
    if old.priority = 'urgent' and new.priority = 'routine' and new.red_flag_tier is not null and new.red_flag_cleared_at is null then
        raise exception 'a referral with a red flag is urgent' using errcode = 'RP003';
    end if;
    return new;
end $$;
create trigger red_flags_only_rise before update of red_flag_tier, red_flag_cleared_at, priority on referral
    for each row execute function portal.red_flags_only_rise();

revoke execute on function portal.red_flags_only_rise() from public;
grant execute on function portal.red_flags_only_rise() to portal_app;
