-- One text that is another whenever a public answer about names or places may be: the last change of the feed; when what
-- is derived or set was last written (keys of search, the register's days); what is decided and not announced yet. With
-- the day, that is all that such an answer depends on (api/remembered.py).
CREATE OR REPLACE FUNCTION published.answer_state() RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog AS $$
    SELECT concat_ws(' ', (SELECT seq FROM diming.feed_head),
                     (SELECT extract(epoch FROM max(changed_at)) FROM diming.setting),
                     (SELECT md5(string_agg(decision_id::text, ',' ORDER BY decision_id)) FROM diming.unannounced))
$$;
REVOKE ALL ON FUNCTION published.answer_state() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION published.answer_state() TO diming_reader;
