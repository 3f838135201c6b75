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
           v.code AS unit_code, v.name AS unit_name, {_TEXT} AS text_check
    FROM published.sign_version s
    JOIN published.decision c ON c.id = s.opened_by
    LEFT JOIN LATERAL (
        SELECT o.text, o.romanization, o.kind = 'standard' AND o.valid @> CAST(:day AS date) AS standard
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
