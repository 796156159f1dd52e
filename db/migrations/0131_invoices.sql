-- What the clinic charges, and what it has billed. No payment is handled here. Whoever pays reads its own invoices; nobody else on the referral does.

-- Writes invoices: the clinic group's administrators and managers.
create function portal.bills() returns boolean
language sql stable as $$
    select portal.at_clinic() and portal.has_any_role(array['clinic_administrator', 'clinic_manager']) $$;
revoke execute on function portal.bills() from public;
grant execute on function portal.bills() to portal_app;

-- One row each time the prices changed: what took place on a day costs what held on that day.
create table fee_schedule (
    id                    uuid primary key,
    payer_organisation_id uuid references organisation,     -- null: the clinic's own prices, for whomever nothing else was agreed with
    valid_from            date not null,
    fees                  jsonb not null default '{}',      -- only what is agreed: { "treatment": "55.00" }, in pounds; "0.00" is free of charge
    vat_note              text not null check (length(vat_note) between 1 and 300),
    note                  text check (length(note) <= 1000),
    agreed_by             uuid not null references portal_user,
    agreed_at             timestamptz not null,
    version               int not null default 1,
    created_at            timestamptz not null default now(),
    unique nulls not distinct (payer_organisation_id, valid_from),
    check (jsonb_typeof(fees) = 'object')
);

-- Numbers have no gaps: one is taken in the transaction that writes its invoice, and comes back with it.
create table invoice_counter (
    id   boolean primary key default true check (id),
    last int not null default 0
);
insert into invoice_counter default values;

create table invoice (
    id                    uuid primary key,
    number                int not null unique check (number > 0),
    kind                  text not null check (kind in ('monthly', 'statement', 'credit')),
    payer_key             text not null,                    -- the organisation's id, or the name of a payer that does not use the portal
    payer_organisation_id uuid references organisation,
    payer_name            text not null,
    payer_address         text,
    month                 date check (extract(day from month) = 1),
    referral_id           uuid references referral,
    credits_id            uuid references invoice,
    reason                text check (length(reason) between 1 and 1000),
    group_name            text not null,                    -- whom it comes from, as it was called then
    group_contact         text not null,
    vat_note              text not null,
    total                 numeric(12, 2) not null,
    issued_at             timestamptz not null,
    issued_by             uuid not null references portal_user,
    issued_by_name        text not null,
    version               int not null default 1,
    created_at            timestamptz not null default now(),
    check ((kind = 'monthly') = (month is not null)),
    check ((kind = 'statement') = (referral_id is not null)),
    check ((kind = 'credit') = (credits_id is not null) and (kind = 'credit') = (reason is not null))
);
create index invoice_payer on invoice (payer_organisation_id, number desc);
create index invoice_month on invoice (month, payer_key) where month is not null;
create index invoice_credits on invoice (credits_id) where credits_id is not null;

create table invoice_line (
    id              uuid primary key,
    invoice_id      uuid not null references invoice,
    position        int not null,
    referral_id     uuid not null references referral,
    reference       text not null,
    initials        text not null,
    payer_reference text,
    source_id       uuid not null,                          -- the appointment or the report that is charged
    round           int not null check (round > 0),         -- 1, and one more each time that it was credited and is charged anew
    kind            text not null,
    happened_on     date not null,
    pounds          numeric(9, 2) not null,
    credits_line_id uuid references invoice_line,
    bill_again      boolean not null default false,         -- of a credit: what it takes back is to be charged anew
    version         int not null default 1,
    created_at      timestamptz not null default now(),
    check ((credits_line_id is null) = (pounds > 0))
);
-- Nothing is billed twice, nor credited twice, whoever bills and however many at once.
create unique index invoice_line_charge on invoice_line (source_id, round) where credits_line_id is null;
create unique index invoice_line_credit on invoice_line (credits_line_id) where credits_line_id is not null;
create index invoice_line_invoice on invoice_line (invoice_id, position);
create index invoice_line_referral on invoice_line (referral_id, happened_on);

-- The monthly run asks what took place in a while, of all referrals.
create index appointment_chargeable on appointment (starts_at) where state in ('attended', 'did_not_attend');
create index report_chargeable on report (signed_at) where state in ('signed', 'superseded') and supersedes_id is null;

-- What was issued is frozen. A mistake is taken back by a credit, and billed anew.
create function portal.invoices_are_frozen() returns trigger
language plpgsql as $$
begin
    raise exception 'an issued invoice cannot be changed' using errcode = 'RP002';
end $$;
create trigger invoices_are_frozen before update or delete on invoice for each row execute function portal.invoices_are_frozen();
create trigger invoice_lines_are_frozen before update or delete on invoice_line for each row execute function portal.invoices_are_frozen();

-- A line that is added later would change what was issued: the lines always come to the total.
create function portal.invoice_adds_up() returns trigger
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
    wanted uuid := case tg_table_name when 'invoice' then new.id else (to_jsonb(new) ->> 'invoice_id')::uuid end;
begin
    if (select i.total from invoice i where i.id = wanted) is distinct from (select coalesce(sum(l.pounds), 0) from invoice_line l where l.invoice_id = wanted) then
        raise exception 'the lines of an invoice come to its total' using errcode = 'RP002';
    end if;
    return null;
end $$;
create constraint trigger invoice_adds_up after insert on invoice deferrable initially deferred for each row execute function portal.invoice_adds_up();
create constraint trigger invoice_lines_add_up after insert on invoice_line deferrable initially deferred for each row execute function portal.invoice_adds_up();
revoke execute on function portal.invoices_are_frozen(), portal.invoice_adds_up() from public;

do $$
declare
    name text;
begin
    foreach name in array array['fee_schedule', 'invoice_counter', 'invoice', 'invoice_line'] loop
        execute format('alter table %I enable row level security', name);
        execute format('alter table %I force row level security', name);
        execute format('create policy owner_everything on %I to current_user using (true) with check (true)', name);
    end loop;
end $$;

create policy bills_read on fee_schedule for select to portal_app using ((select portal.at_clinic()));
create policy manager_writes on fee_schedule to portal_app using ((select portal.manages_clinic())) with check ((select portal.manages_clinic()) and agreed_by = (select portal.current_person()));

create policy bills on invoice_counter to portal_app using ((select portal.bills())) with check ((select portal.bills()));

-- An invoice is the payer's and the clinic's. Being on the referral opens none.
create policy payer_reads on invoice for select to portal_app using (payer_organisation_id = (select portal.reader()));
create policy clinic_reads on invoice for select to portal_app using ((select portal.at_clinic()));
create policy clinic_issues on invoice for insert to portal_app with check ((select portal.bills()) and issued_by = (select portal.current_person()));
create policy with_its_invoice on invoice_line for select to portal_app using (exists (select from invoice i where i.id = invoice_id));
create policy clinic_issues on invoice_line for insert to portal_app with check ((select portal.bills()) and exists (select from invoice i where i.id = invoice_id));

grant select, insert, update on fee_schedule to portal_app;
grant select, update on invoice_counter to portal_app;
grant select, insert on invoice, invoice_line to portal_app;
