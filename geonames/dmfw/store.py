"""The SQL of the national interface. Names are met by `published.names_met`, counted by `published.name_key`."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, TextClause, text

from data.governing import EFFECTIVE, governed_by

_EFFECTIVE = """SELECT v.unit_id, v.code, v.name, v.level, v.type, v.parent_id, v.demonstration
        FROM published.unit_version v WHERE upper_inf(v.known) AND v.valid @> CAST(:day AS date)"""
#: By another date of decisions (data/governing.py).
_GOVERNED = """SELECT v.unit_id, v.code, v.name, v.level, v.type, v.parent_id, v.demonstration
        FROM published.governed_versions() v WHERE daterange(v.begins, v.ends) @> CAST(:day AS date)"""


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement by the dates of the effect, and the same by another date that governs."""

    effective: TextClause
    governed: TextClause

    def on(self, connection: Connection) -> TextClause:
        """The one that answers on `connection`."""
        return self.effective if governed_by(connection) == EFFECTIVE else self.governed


def _standing(statement: str) -> Statement:
    day = "published.day_governed(k.subject_id, CAST(:day AS date))"
    return Statement(
        text(statement.replace("{standing}", _EFFECTIVE).replace("{its_day}", "CAST(:day AS date)")),
        text(statement.replace("{standing}", _GOVERNED).replace("{its_day}", day)),
    )


#: The units that stand on a day under one, down to a depth; without one, under the country (made-up ones apart).
TREE = _standing("""
    WITH RECURSIVE standing AS MATERIALIZED ({standing}), found AS (
        SELECT s.*, CASE WHEN CAST(:root AS uuid) IS NULL THEN 1 ELSE 0 END AS depth FROM standing s
        WHERE CASE WHEN CAST(:root AS uuid) IS NULL THEN s.parent_id IS NULL AND NOT s.demonstration
                   ELSE s.unit_id = :root END
        UNION ALL
        SELECT s.*, f.depth + 1 FROM standing s JOIN found f ON f.unit_id = s.parent_id WHERE f.depth < :depth
    )
    SELECT unit_id, code, name, level, type, parent_id FROM found WHERE depth <= :depth ORDER BY code, unit_id
""")
#: All that a question meets, best first; what is invented stands apart from what is real.
_MET = """
    SELECT m.subject_id, m.collection, m.name, m.kind, m.type_code, m.longitude, m.latitude
    FROM published.{met}(CAST(:ask AS jsonb)) WITH ORDINALITY m ORDER BY m.ordinality
"""
MET = Statement(text(_MET.format(met="names_met")), text(_MET.format(met="names_met_governed")))
INVENTED = text("""
    SELECT d.unit_id FROM published.demonstration_unit d
    UNION ALL SELECT p.id FROM published.place p JOIN published.demonstration_unit d ON d.unit_id = p.unit_id
    WHERE upper_inf(p.known)
""")
PLACES = text("""
    SELECT p.id, p.unit_id, p.class FROM published.place p WHERE p.id = ANY(:ids) AND upper_inf(p.known)
""")
#: Of each thing the names of a kind that hold on a day, the standard one first.
NAMES = text("""
    SELECT n.subject_id, n.text, n.kind, n.language, n.script, n.romanization, n.valid @> CAST(:day AS date) AS holds,
           upper(n.valid) AS ended
    FROM published.place_name n
    WHERE n.subject_id = ANY(:ids) AND upper_inf(n.known)
    ORDER BY n.subject_id, n.kind = 'standard' DESC, n.valid @> CAST(:day AS date) DESC,
             upper(n.valid) DESC NULLS FIRST, n.text
""")
#: The approved spelling with tones of each name.
TONED = text("""
    SELECT DISTINCT ON (s.subject_id, s.name) s.subject_id, s.name, coalesce(nullif(s.toned, ''), s.roman) AS roman
    FROM published.spelling s WHERE s.subject_id = ANY(:ids) AND s.preferred AND upper_inf(s.known)
    ORDER BY s.subject_id, s.name, s.form
""")
ROMANS = text("""
    SELECT unit_id, name, roman FROM published.unit_roman WHERE unit_id = ANY(:ids) AND upper_inf(known)
""")
CODES = text("SELECT subject_id, code FROM published.place_code WHERE subject_id = ANY(:ids) AND retired_at IS NULL")
#: What the announcement of a name says of its meaning; the latest one.
MEANING = text("""
    SELECT a.notice ->> 'meaning' AS meaning FROM published.announcement a
    WHERE a.notice ->> 'place' = CAST(:id AS text) AND coalesce(a.notice ->> 'meaning', '') <> ''
    ORDER BY a.announced_on DESC, a.id DESC LIMIT 1
""")
#: The documents that opened versions of a unit, in order.
GOVERNMENT = text("""
    SELECT lower(v.valid) AS begun, v.begin_known, v.name, v.type, d.title, d.doc_no
    FROM published.unit_version v LEFT JOIN published.decision d ON d.id = v.opened_by
    WHERE v.unit_id = :id AND upper_inf(v.known) AND lower(v.valid) <= CAST(:day AS date) ORDER BY lower(v.valid)
""")
_COUNTED = """
    WITH standing AS MATERIALIZED ({standing}), chosen AS MATERIALIZED (
        SELECT DISTINCT k.subject_id, k.type_code, coalesce(k.code, s.code) AS code
        FROM published.name_key k LEFT JOIN standing s ON s.unit_id = k.unit_id
        WHERE k.valid @> {its_day} AND k.kind IN ('standard', 'unverified') AND k.{column} = ANY(:keys)
          AND (CAST(:stem AS text) = '' OR starts_with(coalesce(k.code, s.code), :stem))
          AND (CAST(:invented AS boolean) OR NOT EXISTS (
               SELECT FROM published.demonstration_unit d WHERE d.unit_id IN (k.subject_id, k.unit_id)))
    )
"""
_BY_CODE = """
    SELECT g.code, s.name, g.count FROM (
        SELECT rpad(left(code, :digits), greatest(6, least(:digits, length(code))), '0') AS code, count(*) AS count
        FROM chosen GROUP BY 1) g
    LEFT JOIN standing s ON s.code = g.code COLLATE "default"
    ORDER BY g.count DESC, g.code NULLS LAST
"""
_BY_TYPE = "SELECT type_code AS code, count(*) AS count FROM chosen GROUP BY 1 ORDER BY 2 DESC, 1"
NAME_BY_CODE = _standing(_COUNTED.replace("{column}", "whole") + _BY_CODE)
NAME_BY_TYPE = _standing(_COUNTED.replace("{column}", "whole") + _BY_TYPE)
PINYIN_BY_CODE = _standing(_COUNTED.replace("{column}", "toneless") + _BY_CODE)
PINYIN_BY_TYPE = _standing(_COUNTED.replace("{column}", "toneless") + _BY_TYPE)
