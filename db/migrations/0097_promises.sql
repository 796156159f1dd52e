-- Promises that have ended, each once: not one that runs again because the step that ended it was taken back, and of one that ended twice the last time.
create view ended_promise with (security_invoker = true) as
    select distinct on (h.referral_id, h.target, h.started_at)
           h.id, h.referral_id, h.target, h.started_at, h.due_at, h.ended_at, h.ended_by
    from clock_history h
    where not exists (
        select from referral r
        where r.id = h.referral_id and r.due_for = h.target and portal.clock_began(r) = h.started_at)
    order by h.referral_id, h.target, h.started_at, h.ended_at desc, h.id desc;

grant select on ended_promise to portal_app;
