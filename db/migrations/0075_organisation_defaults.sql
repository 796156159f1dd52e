-- What an organisation's referrals start with, and whom the clinic rings there. A table of its own: names of organisations are read by everybody
-- who signs in, but what a firm usually does, and whom one asks for there, is nobody's but its own and the clinic's.
-- organisation.defaults is copied and no longer read; a node of the release before may still look at it while this one is rolled out.

create table organisation_settings (
    organisation_id     uuid primary key references organisation,
    branch              text,
    address             text,
    postcode            text,
    contact_name        text,
    contact_phone       text,
    case_manager_id     uuid references organisation,
    payer_id            uuid references organisation,
    consent_words       text check (length(consent_words) between 20 and 2000),
    services            text[] not null default '{}',
    own_reference_hint  text,          -- what its own references look like
    purchase_order_hint text,
    updated_by          uuid references portal_user,
    updated_at          timestamptz not null default now(),
    version             int not null default 1,
    created_at          timestamptz not null default now()
);

insert into organisation_settings (organisation_id, branch, case_manager_id, payer_id, consent_words, own_reference_hint, purchase_order_hint)
select o.id, nullif(o.defaults ->> 'branch', ''),
       (select known.id from organisation known where known.id::text = o.defaults ->> 'caseManagerId'),
       (select known.id from organisation known where known.id::text = o.defaults ->> 'payerId'),
       case when length(o.defaults ->> 'consentWords') between 20 and 2000 then o.defaults ->> 'consentWords' end,
       nullif(o.defaults ->> 'claimReferenceHint', ''), nullif(o.defaults ->> 'purchaseOrderHint', '')
from organisation o where o.defaults <> '{}';

alter table organisation_settings enable row level security;
alter table organisation_settings force row level security;
create policy owner_everything on organisation_settings to current_user using (true) with check (true);

create policy own_read on organisation_settings for select to portal_app using (organisation_id = (select portal.reader()));
create policy clinic_read on organisation_settings for select to portal_app
    using ((select portal.is_clinic()) and (select portal.current_organisation()) = (select portal.clinic_group()));

-- Its own administrator, and the clinic's manager; the person who did it is the one who signs for it.
create policy administrators_insert on organisation_settings for insert to portal_app
    with check (updated_by = (select portal.current_person())
        and ((organisation_id = (select portal.current_organisation()) and (select portal.has_any_role(array['organisation_administrator'])))
             or ((select portal.has_any_role(array['clinic_manager'])) and (select portal.current_organisation()) = (select portal.clinic_group()))));
create policy administrators_update on organisation_settings for update to portal_app
    using ((organisation_id = (select portal.current_organisation()) and (select portal.has_any_role(array['organisation_administrator'])))
           or ((select portal.has_any_role(array['clinic_manager'])) and (select portal.current_organisation()) = (select portal.clinic_group())))
    with check (updated_by = (select portal.current_person()));

grant select, insert, update on organisation_settings to portal_app;
