-- What waits for an organisation asks for its role too: without it in the index every open referral of the firm was looked up in the table, to count it beside the list.
create index referral_party_by_state on referral_party (organisation_id, state, submitted_at desc, referral_id desc) include (role);
drop index referral_party_list_by_state;
