-- What single kinds of organisation tell beyond the common form: an employer the job to go back to, a health organisation medicines and
-- imaging, an intermediary for whom it refers; a child's guardian; and what exactly the patient agreed to.

alter table patient
    add column guardian_email              text check (length(guardian_email) <= 254),
    add column guardian_has_responsibility boolean;      -- parental responsibility, as the referrer was told

alter table referral_detail
    add column work_related          boolean,            -- null: not asked, or not known
    add column medication            text check (length(medication) <= 4000),
    add column imaging               text check (length(imaging) <= 4000),
    add column job_demands           text check (length(job_demands) <= 4000),
    add column current_duties        text check (length(current_duties) <= 4000),
    add column adjusted_duties       text check (length(adjusted_duties) <= 4000),
    add column absent_since          date,
    add column return_target         date,
    add column instructing_party_name text check (length(instructing_party_name) <= 200),   -- one that does not use the portal
    add column consent_given_by      text check (consent_given_by in ('patient', 'guardian')),
    add column consent_form          text check (consent_form in ('attached', 'held')),      -- where the signed form is
    add column consent_covers        text[] not null default '{}' check (consent_covers <@ array['attendance', 'fitness_for_work', 'reports']),
    add constraint return_follows_absence check (return_target >= absent_since);
