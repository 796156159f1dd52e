-- Search stands outside row-level security on purpose (a trigram match is not leakproof, so under a policy its index is not used)
-- and therefore carries its own party predicate.

create index referral_search_words on referral_search using gin (words gin_trgm_ops);

create function portal.search_words(given text) returns text
language sql stable parallel safe as $$ select lower(unaccent(given)) $$;

-- Newest first; at most row_limit rows of the caller's own organisation whose words hold every one of the terms.
-- The terms are written into the statement (quoted): `like all (array)` would not use the index.
create function portal.search_referrals(terms text[], row_limit int) returns table (referral_id uuid, submitted_at timestamptz)
language plpgsql stable security definer set search_path = pg_catalog, public as $$
declare
    conditions text;
begin
    select string_agg(format(' and s.words like %L', '%' || replace(replace(replace(portal.search_words(term), '\', '\\'), '%', '\%'), '_', '\_') || '%'), '')
    into conditions from unnest(terms) term where length(term) > 0;
    if conditions is null then return; end if;

    return query execute
        'select s.referral_id, s.submitted_at from referral_search s where $1 = any (s.readers)' || conditions
        || ' order by s.submitted_at desc, s.referral_id desc limit least($2, 200)'
        using portal.reader(), row_limit;
end $$;

revoke execute on function portal.search_referrals(text[], int), portal.search_words(text) from public;
grant execute on function portal.search_referrals(text[], int), portal.search_words(text) to portal_app;
