-- The audit log is searched by who, what and about what; nothing of the log itself is touched.

-- Every word that an entry says of its subject: ids of cases, accounts, documents, the decision.
CREATE FUNCTION diming.audit_subjects(details jsonb, decision_id uuid) RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT array_remove(
        ARRAY(SELECT pg_catalog.jsonb_array_elements_text(
            pg_catalog.jsonb_path_query_array(details, 'strict $.** ? (@.type() == "string")'))) || decision_id::text,
        NULL)
$$;
CREATE INDEX audit_subject ON diming.audit USING gin (diming.audit_subjects(details, decision_id));
CREATE INDEX audit_actor ON diming.audit (actor, seq);
CREATE INDEX audit_action ON diming.audit (action text_pattern_ops, seq);
