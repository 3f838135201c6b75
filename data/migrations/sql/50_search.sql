-- Names that contain a text. A function of its own, because a security-barrier view keeps LIKE from the index:
-- what it may return is fixed here, whatever the caller asks.
CREATE OR REPLACE FUNCTION published.search_names_containing(part text)
RETURNS TABLE (subject_id uuid, collection text, name text, kind text, valid daterange, folded text, rank int)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
    SELECT n.subject_id, n.collection, n.name, n.kind, n.valid, n.folded, n.rank
    FROM diming.search_name n
    WHERE n.classification = 'public'
      AND n.folded LIKE '%' || replace(replace(replace(part, '\', '\\'), '%', '\%'), '_', '\_') || '%'
$$;
REVOKE ALL ON FUNCTION published.search_names_containing(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION published.search_names_containing(text) TO diming_reader;
