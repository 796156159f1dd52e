-- A payer is told by mail that an invoice is ready. Such a mail names an invoice and no referral: a monthly one is of many.
alter table mail_message alter column referral_id drop not null;
alter table mail_message add column invoice_id uuid references invoice;
alter table mail_message add constraint mail_message_is_of_one check ((referral_id is null) = (invoice_id is not null));

-- The navigation counts what waits for a funder's answer on every page; what was answered piles up beside it.
create index extension_request_waiting on extension_request (payer_organisation_id) where state = 'waiting';
