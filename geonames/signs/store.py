"""The SQL of the inventory of signs. What begins with PUBLIC reads published views only."""

from __future__ import annotations

from sqlalchemy import text

#: Pinyin as it is compared: capitals, without tones (the diaeresis of Lü stays) and with single spaces.
_SPELT = r"""upper(regexp_replace(normalize(regexp_replace(btrim(replace({0}, '’', '''')), '\s+', ' ', 'g'), NFD),
    '[\u0300\u0301\u0304\u030C]', '', 'g'))"""
#: What the panel says beside the standard name of the day: a key of `text` in data/rules/signs/inventory.toml.
_TEXT = f"""
    CASE WHEN s.han IS NULL THEN 'not_read'
         WHEN n.text IS NULL OR NOT n.standard THEN 'no_standard_name'
         WHEN s.han <> n.text AND EXISTS (
              SELECT FROM published.place_name f WHERE f.subject_id = s.place_id AND upper_inf(f.known)
                AND f.kind IN ('standard', 'unverified', 'former') AND f.text = s.han) THEN 'former_name'
         WHEN s.han <> n.text THEN 'other_text'
         WHEN n.romanization IS NULL THEN 'roman_unknown'
         WHEN s.roman IS NULL THEN 'roman_lacking'
         WHEN {_SPELT.format("s.roman")} <> {_SPELT.format("n.romanization")} THEN 'roman_differs'
         ELSE 'right' END
"""
_SIGN = f"""
    SELECT s.sign_id AS id, s.code, s.type, s.state, s.direction, s.model, s.han, s.roman, ST_X(s.geom) AS longitude,
           ST_Y(s.geom) AS latitude, s.maker, s.set_on::text AS set_on, s.warranty_until, s.device,
           lower(s.valid) AS valid_from, upper(s.valid) AS valid_to, s.opened_by AS decision, c.demonstration,
           s.place_id, n.text AS name, n.romanization AS name_roman, coalesce(n.standard, false) AS standard,
           n.opened_by AS named_by, n.since AS named_from, v.code AS unit_code, v.name AS unit_name,
           {_TEXT} AS text_check
    FROM published.sign_version s
    JOIN published.decision c ON c.id = s.opened_by
    LEFT JOIN LATERAL (
        SELECT o.text, o.romanization, o.kind = 'standard' AND o.valid @> CAST(:day AS date) AS standard,
               o.opened_by, lower(o.valid) AS since
        FROM published.place_name o
        WHERE o.subject_id = s.place_id AND upper_inf(o.known) AND o.kind IN ('standard', 'unverified')
        ORDER BY o.valid @> CAST(:day AS date) DESC, o.kind = 'standard' DESC, lower(o.valid) DESC NULLS LAST LIMIT 1
    ) n ON true
    LEFT JOIN LATERAL (
        SELECT w.code, w.name FROM published.unit_version w
        WHERE w.unit_id = s.unit_id AND upper_inf(w.known)
        ORDER BY w.valid @> CAST(:day AS date) DESC, lower(w.valid) DESC NULLS LAST LIMIT 1
    ) v ON true
    WHERE upper_inf(s.known)
"""
PUBLIC_LIST = text(f"""
    SELECT * FROM ({_SIGN} AND s.valid @> CAST(:day AS date)
        AND (CAST(:place AS uuid) IS NULL OR s.place_id = :place)
        AND (CAST(:type AS text) IS NULL OR s.type = :type)
        AND (CAST(:state AS text) IS NULL OR s.state = :state)
        AND (CAST(:direction AS text) IS NULL OR s.direction = :direction)
        AND (CAST(:after_code AS text) IS NULL OR (s.code, s.sign_id) > (:after_code, CAST(:after AS uuid)))) e
    WHERE (CAST(:within AS text) IS NULL OR starts_with(e.unit_code, :within))
      AND (CAST(:texts AS text[]) IS NULL OR e.text_check = ANY (:texts))
    ORDER BY e.code, e.id LIMIT :limit
""")
#: Signs of a day by state and by what they say.
PUBLIC_COUNTS = text(f"""
    SELECT e.state, e.text_check, count(*) AS number FROM ({_SIGN} AND s.valid @> CAST(:day AS date)) e
    WHERE CAST(:within AS text) IS NULL OR starts_with(e.unit_code, :within)
    GROUP BY e.state, e.text_check
""")
_APPROVED = "CASE WHEN length(d.approved_on) = 10 THEN CAST(d.approved_on AS date) END"
#: What is to be done about signs on a day: `replace` where the panel contradicts the standard name, `repair` where
#: the sign is broken, `set` where a decision named a place that has none. A term begins with the approval and with the
#: name, for a sign not before somebody first recorded what it says or that it is broken; recording it again begins no
#: new term. `orders`, `regions` … are the rows of data/rules/signs/terms.toml in the order in which they count.
_ASKED = f"""
    WITH signed AS (
        SELECT * FROM ({_SIGN} AND s.valid @> CAST(:day AS date) AND s.state <> :removed) e
        WHERE e.text_check = ANY (:wrong) OR e.state = ANY (:broken)
    ), asked AS (
        SELECT 'replace' AS what, e.id AS sign, e.code AS sign_code, e.han, e.roman, e.state, e.place_id, e.name,
               e.name_roman, e.unit_code, e.unit_name, e.named_by AS decision, e.longitude, e.latitude,
               greatest({_APPROVED}, e.named_from, (
                   SELECT min(lower(h.valid)) FROM published.sign_version h
                   WHERE h.sign_id = e.id AND upper_inf(h.known)
                     AND h.han = e.han AND h.roman IS NOT DISTINCT FROM e.roman)) AS since,
               e.demonstration OR d.demonstration AS demonstration
        FROM signed e JOIN published.decision d ON d.id = e.named_by WHERE e.text_check = ANY (:wrong)
        UNION ALL
        SELECT 'repair', e.id, e.code, e.han, e.roman, e.state, e.place_id, e.name,
               CASE WHEN e.standard THEN e.name_roman END, e.unit_code, e.unit_name, e.decision, e.longitude,
               e.latitude,
               (SELECT min(lower(h.valid)) FROM published.sign_version h
                WHERE h.sign_id = e.id AND upper_inf(h.known) AND h.state = ANY (:broken)
                  AND lower(h.valid) >= coalesce((
                       SELECT max(upper(w.valid)) FROM published.sign_version w WHERE w.sign_id = e.id
                         AND upper_inf(w.known) AND w.state <> ALL (:broken) AND upper(w.valid) <= e.valid_from
                   ), '-infinity')), e.demonstration
        FROM signed e WHERE e.state = ANY (:broken) AND e.text_check <> ALL (:wrong)
        UNION ALL
        SELECT 'set', NULL, NULL, NULL, NULL, NULL, p.id, n.text, n.romanization, v.code, v.name, d.id, ST_X(p.geom),
               ST_Y(p.geom), greatest({_APPROVED}, lower(n.valid)), d.demonstration
        FROM published.decision d
        JOIN published.place_name n ON n.opened_by = d.id AND upper_inf(n.known) AND n.kind = 'standard'
          AND n.valid @> CAST(:day AS date)
        JOIN published.place p ON p.id = n.subject_id AND upper_inf(p.known) AND p.valid @> CAST(:day AS date)
          AND p.class = ANY (:classes)
        LEFT JOIN LATERAL (
            SELECT w.code, w.name FROM published.unit_version w WHERE w.unit_id = p.unit_id AND upper_inf(w.known)
            ORDER BY w.valid @> CAST(:day AS date) DESC, lower(w.valid) DESC NULLS LAST LIMIT 1
        ) v ON true
        WHERE d.kind = ANY (:kinds) AND NOT EXISTS (
            SELECT FROM published.sign_version s WHERE s.place_id = p.id AND upper_inf(s.known)
              AND s.valid @> CAST(:day AS date) AND s.state <> :removed)
    ), due AS (
        SELECT a.*, coalesce(a.sign, '00000000-0000-0000-0000-000000000000') AS sign_key, t.row - 1 AS term,
               a.since + t.days AS due_on
        FROM asked a CROSS JOIN LATERAL (
            SELECT r.days, r.row FROM unnest(CAST(:orders AS text[]), CAST(:regions AS text[]), CAST(:days AS int[]),
                CAST(:untils AS date[])) WITH ORDINALITY r (what, region, days, until, row)
            WHERE r.what = a.what AND starts_with(coalesce(a.unit_code, ''), r.region)
              AND (r.until IS NULL OR a.since <= r.until)
            ORDER BY r.row LIMIT 1
        ) t
        WHERE a.since IS NOT NULL
          AND (CAST(:within AS text[]) IS NULL OR EXISTS (
              SELECT FROM unnest(CAST(:within AS text[])) w (code) WHERE starts_with(a.unit_code, w.code)))
          AND (CAST(:what AS text) IS NULL OR a.what = :what) AND (CAST(:place AS uuid) IS NULL OR a.place_id = :place)
    )
"""
PUBLIC_ORDERS = text(f"""
    {_ASKED} SELECT * FROM due
    WHERE (NOT :overdue OR due_on < CAST(:day AS date))
      AND (CAST(:after_due AS date) IS NULL
           OR (due_on, place_id, sign_key) > (:after_due, CAST(:after_place AS uuid), CAST(:after_sign AS uuid)))
    ORDER BY due_on, place_id, sign_key LIMIT :limit
""")
PUBLIC_OVERDUE = text(f"{_ASKED} SELECT count(*) AS number FROM due WHERE due_on < CAST(:day AS date)")
PUBLIC_DUE_COUNTS = text(f"""
    {_ASKED} SELECT what, count(*) AS number, count(*) FILTER (WHERE due_on < CAST(:day AS date)) AS overdue
    FROM due GROUP BY what
""")
#: The codes that divisions have, or had last, for the jurisdictions of somebody.
CODES = text("""
    SELECT DISTINCT ON (unit_id) unit_id, code FROM published.unit_version
    WHERE unit_id = ANY (:units) AND upper_inf(known) ORDER BY unit_id, lower(valid) DESC NULLS LAST
""")
#: One sign: the state in which it was on the day, else the last one.
PUBLIC_FIND = text(f"""
    {_SIGN} AND s.sign_id = :id ORDER BY s.valid @> CAST(:day AS date) DESC, lower(s.valid) DESC LIMIT 1
""")
PUBLIC_HISTORY = text("""
    SELECT lower(valid) AS valid_from, upper(valid) AS valid_to, state, han, roman, opened_by
    FROM published.sign_version WHERE sign_id = :id AND upper_inf(known) ORDER BY lower(valid) DESC
""")
_BY_CODES = """
    SELECT id AS version, sign_id, code, place_id, type, state, direction, model, han, roman, ST_X(geom) AS longitude,
           ST_Y(geom) AS latitude, maker, set_on::text AS set_on, warranty_until, device, lower(valid) AS begin
    FROM diming.sign_version
    WHERE unit_id = :unit AND code = ANY (:codes) AND upper_inf(known) AND upper_inf(valid)
"""
#: Signs of an inventory by their numbers, as they stand now: to look, and to write.
LOOK = text(_BY_CODES)
BY_CODES = text(f"{_BY_CODES} FOR UPDATE")
#: Places of these divisions by id or by the name that they bear on the day.
PLACES = text("""
    SELECT p.id, p.class, n.text AS name FROM diming.place p
    JOIN diming.place_name n ON n.subject_id = p.id AND upper_inf(n.known) AND n.kind IN ('standard', 'unverified')
      AND n.valid @> CAST(:day AS date)
    WHERE upper_inf(p.known) AND p.valid @> CAST(:day AS date) AND p.unit_id = ANY (:units)
      AND (p.id = ANY (:ids) OR n.text = ANY (:names))
""")
LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('signs:' || :unit, 0))")
INSERT = text("""
    INSERT INTO diming.sign_version (id, sign_id, unit_id, code, place_id, type, state, direction, model, han, roman,
        geom, maker, set_on, warranty_until, device, valid, opened_by)
    VALUES (:version, :id, :unit, :code, :place, :type, :state, :direction, :model, :han, :roman,
        ST_SetSRID(ST_Point(:longitude, :latitude), 4490), :maker, :set_on, :warranty_until, :device,
        daterange(CAST(:begin AS date), NULL), :decision)
""")
END_KNOWN = text("""
    UPDATE diming.sign_version SET known = tstzrange(lower(known), transaction_timestamp()) WHERE id = :version
""")
KEEP_UNTIL = text("""
    INSERT INTO diming.sign_version (id, sign_id, unit_id, code, place_id, type, state, direction, model, han, roman,
        geom, maker, set_on, warranty_until, device, valid, opened_by, closed_by, classification)
    SELECT gen_random_uuid(), sign_id, unit_id, code, place_id, type, state, direction, model, han, roman,
        geom, maker, set_on, warranty_until, device, daterange(lower(valid), CAST(:until AS date)), opened_by,
        :decision, classification
    FROM diming.sign_version WHERE id = :version
""")
