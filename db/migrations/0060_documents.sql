-- Documents of a referral, from the first byte of an upload on. The bytes stand in the document store under the document's id; here is what is known of them.

create table document (
    id              uuid primary key,
    -- The draft, or the referral: submitting makes the draft's id the referral's, so its documents go with it and nothing is moved. Hence no foreign key.
    referral_id     uuid not null,
    organisation_id uuid not null references organisation,   -- whose person added it
    uploaded_by     uuid not null references portal_user,
    kind            text not null check (kind in ('letter_of_instruction', 'medical_report', 'gp_records', 'consent_form', 'imaging_report', 'other')),
    dated_on        date,
    author          text check (length(author) between 1 and 200),
    file_name       text not null check (length(file_name) between 1 and 255),   -- as the person's own machine calls it
    size            bigint not null check (size between 1 and 26214400),
    modified        bigint not null,                          -- when the file was changed last, as the browser says: with name and size it tells a file chosen again
    received        bigint not null default 0 check (received between 0 and size),
    state           text not null default 'uploading' check (state in ('uploading', 'pending', 'available', 'threat_found', 'failed', 'removed')),
    format          text check (format in ('pdf', 'docx', 'jpeg', 'png', 'heic', 'tiff', 'msg', 'eml')),
    fault           text,                                     -- why it failed, as a code
    finding         text,                                     -- the signature that the scanner found
    sha256          text check (sha256 ~ '^[0-9a-f]{64}$'),
    pages           int check (pages > 0),
    pages_counted   boolean not null default false,           -- set before counting: a file on which counting dies is not counted again
    check_due_at    timestamptz,                              -- until then one worker has it
    unscanned_since timestamptz,                              -- the scanner did not answer: it waits
    received_at     timestamptz,
    checked_at      timestamptz,
    described       int not null default 1,                   -- goes up with what a person says of it: a stale description is refused
    updated_at      timestamptz not null default now(),
    version         int not null default 1,                   -- goes up with every change
    created_at      timestamptz not null default now(),
    check (state not in ('pending', 'available') or received = size),
    check (state <> 'available' or (format is not null and sha256 is not null and checked_at is not null))
);
create index document_referral on document (referral_id, created_at, id) where state <> 'removed';

-- Whether what a document belongs to is still there, and whether it is a referral by now. For the portal's own work, which sees no drafts.
create function portal.document_place(place uuid) returns text
language sql stable security definer set search_path = pg_catalog, public as $$
    select case when not portal.has_any_role(array['system']) then null
                when exists (select from referral r where r.id = place) then 'referral'
                when exists (select from referral_draft d where d.id = place and d.discarded_at is null) then 'draft'
                else 'gone' end
$$;
revoke execute on function portal.document_place(uuid) from public;
grant execute on function portal.document_place(uuid) to portal_app;

alter table document enable row level security;
alter table document force row level security;
create policy owner_everything on document to current_user using (true) with check (true);

-- The inner selects are under the policies of their own tables: a draft is there for its organisation, a referral for its parties.
create policy author_while_draft on document to portal_app
    using (organisation_id = (select portal.reader()) and uploaded_by = (select portal.current_person())
           and exists (select from referral_draft d where d.id = referral_id and d.author_id = uploaded_by and d.discarded_at is null))
    with check (organisation_id = (select portal.reader()) and uploaded_by = (select portal.current_person())
           and exists (select from referral_draft d where d.id = referral_id and d.author_id = uploaded_by and d.discarded_at is null));
create policy party on document for select to portal_app using (exists (select from referral r where r.id = referral_id));
create policy party_adds on document for insert to portal_app
    with check (organisation_id = (select portal.reader()) and uploaded_by = (select portal.current_person()) and exists (select from referral r where r.id = referral_id));
create policy uploader_changes on document for update to portal_app
    using (organisation_id = (select portal.reader()) and uploaded_by = (select portal.current_person()) and exists (select from referral r where r.id = referral_id))
    with check (organisation_id = (select portal.reader()) and uploaded_by = (select portal.current_person()));
create policy worker on document to portal_app
    using ((select portal.has_any_role(array['system']))) with check ((select portal.has_any_role(array['system'])));

grant select, insert, update on document to portal_app;
