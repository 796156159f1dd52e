-- Somebody at the clinic says why it can judge a referral independently although it knows the other side of the same accident. Said once and for good:
-- there is no taking back, a further declaration stands beside the first.

create table conflict_declaration (
    id                uuid primary key,
    referral_id       uuid not null references referral,
    other_referral_id uuid not null references referral,
    clinician_id      uuid references portal_user,     -- for whom, where it is about one clinician; null: for the clinic
    words             text not null check (length(words) between 1 and 4000),
    declared_by       uuid not null references portal_user,
    declared_by_name  text not null,
    declared_at       timestamptz not null,
    version           int not null default 1,
    created_at        timestamptz not null default now(),
    check (referral_id <> other_referral_id)
);
create unique index conflict_declaration_once on conflict_declaration (referral_id, other_referral_id, clinician_id) nulls not distinct;

alter table conflict_declaration enable row level security;
alter table conflict_declaration force row level security;
create policy owner_everything on conflict_declaration to current_user using (true) with check (true);
create policy clinic_only on conflict_declaration for select to portal_app
    using ((select portal.is_treating_clinic()) and exists (select from referral r where r.id = referral_id) and exists (select from referral r where r.id = other_referral_id));
create policy clinic_append on conflict_declaration for insert to portal_app
    with check ((select portal.is_treating_clinic()) and declared_by = (select portal.current_person())
                and exists (select from referral r where r.id = referral_id) and exists (select from referral r where r.id = other_referral_id));

grant select, insert on conflict_declaration to portal_app;
