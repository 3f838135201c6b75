"""SQL of the seats of governments."""

from __future__ import annotations

from sqlalchemy import text

_COLUMNS = """s.id, s.unit_id, s.place, lower(s.valid) AS valid_from, upper(s.valid) AS valid_to, s.origin, s.quote,
    s.moved, s.decision"""
#: Code and name of the unit on the first day of the seat, and the day on which it ended, where it did.
_UNIT = """
    JOIN LATERAL (SELECT v.code, v.name, v.demonstration FROM published.unit_version v
          WHERE v.unit_id = s.unit_id AND upper_inf(v.known)
            AND (upper_inf(v.valid) OR upper(v.valid) > lower(s.valid))
          ORDER BY lower(v.valid) LIMIT 1 OFFSET 0) u ON true
    LEFT JOIN LATERAL (SELECT max(upper(v.valid)) AS ended FROM published.unit_version v
          WHERE v.unit_id = s.unit_id AND upper_inf(v.known)
          HAVING NOT bool_or(upper_inf(v.valid))) e ON true"""
_KNOWN = "s.known @> coalesce(CAST(:known_at AS timestamptz), transaction_timestamp())"

#: The seats of one unit, first to last.
OF_UNIT = text(f"""
    SELECT {_COLUMNS}, u.code, u.name, u.demonstration, e.ended
    FROM published.unit_seat s {_UNIT}
    WHERE s.unit_id = :unit_id AND {_KNOWN} ORDER BY lower(s.valid)
""")
#: The same of many units, as known now, without asking what is published: for the feed.
OF_UNITS = text("""
    SELECT id, entry_id, unit_id, place, lower(valid) AS valid_from, upper(valid) AS valid_to, origin, quote, moved,
           opened_by AS decision
    FROM diming.unit_seat WHERE upper_inf(known) AND (CAST(:units AS uuid[]) IS NULL OR unit_id = ANY (:units))
    ORDER BY unit_id, lower(valid)
""")
#: A page of the seats held on a day in the units whose codes begin so, by code.
LIST = text(f"""
    SELECT {_COLUMNS}, v.code, v.name, v.demonstration, NULL::date AS ended
    FROM published.unit_version v
    JOIN LATERAL (SELECT * FROM published.unit_seat s WHERE s.unit_id = v.unit_id
          AND s.valid @> CAST(:day AS date) AND {_KNOWN} OFFSET 0) s ON true
    WHERE v.valid @> CAST(:day AS date) AND upper_inf(v.known) AND NOT v.demonstration
      AND (CAST(:within AS text) IS NULL OR v.code LIKE :within)
      AND (CAST(:moved AS boolean) IS NULL OR s.moved = :moved)
      AND (CAST(:after AS text) IS NULL OR v.code > :after)
    ORDER BY v.code LIMIT :limit
""")
#: What decisions may say of seats: their texts, their days, and the units that they opened versions of.
TEXTS = text("""
    SELECT d.id, d.text, d.effective_on, d.approved_on, d.announced_on,
           array_agg(v.unit_id) FILTER (WHERE v.id IS NOT NULL) AS units,
           array_agg(v.name) FILTER (WHERE v.id IS NOT NULL) AS names,
           min(lower(v.valid)) AS opened_on
    FROM diming.decision d
    LEFT JOIN diming.decision_link l
        ON l.decision_id = d.id AND l.collection = 'unit_versions' AND l.effect = 'opened'
    LEFT JOIN diming.unit_version v ON v.id = l.entity_id AND upper_inf(v.known)
    WHERE d.text LIKE '%驻%' AND NOT d.demonstration
    GROUP BY d.id ORDER BY d.id
""")
#: Every name that a unit of the country bore, with its days.
NAMES = text("""
    SELECT unit_id, name, lower(valid) AS begin, upper(valid) AS ended
    FROM published.unit_version WHERE upper_inf(known) AND NOT demonstration
""")
END_KNOWN = text("""
    UPDATE diming.unit_seat SET known = tstzrange(lower(known), transaction_timestamp()) WHERE id = ANY (:ids)
""")
INSERT = text("""
    INSERT INTO diming.unit_seat (id, entry_id, unit_id, place, valid, origin, quote, moved, opened_by)
    VALUES (:id, :entry_id, :unit_id, :place, daterange(:begin, :end), :origin, :quote, :moved, :decision)
""")
