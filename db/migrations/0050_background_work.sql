-- The worker asks for the next message of the kinds that it knows. A kind that nobody handles yet must cost it nothing,
-- however many messages of it wait.

drop index outbox_waiting;
create index outbox_waiting on outbox_message (kind, available_at, id) where done_at is null;
