-- When a reader last had a report's own page open, with what was asked about it: an answer that came later waits for whoever asked.

alter table report_read add column questions_seen_at timestamptz;

create policy own_page on report_read for update to portal_app
    using (person_id = (select portal.current_person()) and exists (select from report r where r.id = report_id))
    with check (person_id = (select portal.current_person()));
grant update (questions_seen_at) on report_read to portal_app;

create index report_query_settled on report_query (asked_by) where state <> 'open';
