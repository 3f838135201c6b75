"""The tables of an export, read from what the public may read. Demonstration things are in none of them.

Places and names are here with all that a copy needs to be the same register again; the other tables are the
collections of the OGC API (`geonames.features`), each with the decision that opened its row.
"""

from __future__ import annotations

from collections.abc import Mapping

from geonames.exchange.model import Dataset, Field
from geonames.features.collections import COLLECTIONS as FEATURES

_VALID = (
    Field("valid_from", "date", "the first day on which it holds; empty: not known", "valid_from"),
    Field("valid_to", "date", "the first day on which it no longer holds; empty: it holds", "valid_to"),
)
_PLACE = """p.unit_id IS NULL OR p.unit_id NOT IN (SELECT unit_id FROM published.demonstration_unit)"""
_UNIT = """LEFT JOIN LATERAL (
        SELECT v.code, v.name FROM published.unit_version v
        WHERE v.unit_id = {unit} AND upper_inf(v.known) AND v.valid @> CAST(:day AS date) LIMIT 1
    ) u ON true"""
_NAME = """LEFT JOIN LATERAL (
        SELECT n.text, n.kind, n.romanization FROM published.place_name n
        WHERE n.subject_id = p.id AND upper_inf(n.known) AND n.kind IN ('standard', 'unverified')
          AND n.valid @> CAST(:day AS date)
        ORDER BY n.kind = 'standard' DESC, n.text LIMIT 1
    ) name ON true"""

PLACES = Dataset(
    "places",
    "地名 Places",
    "Point",
    (
        Field("name", "text", "the name on the day: the standard one, or the one on record", "name"),
        Field("name_kind", "text", "standard or unverified", "name_kind"),
        Field("romanization", "text", "its romanization", "roman"),
        Field("class", "text", "one of the eight classes of 地名管理条例 Art. 3", "class"),
        Field("type_code", "text", "its type, GB/T 18521", "type_code"),
        Field("unit_code", "text", "the division in which it lies", "unit_code"),
        Field("unit_name", "text", "that division's name on the day", "unit_name"),
        Field("place_code", "text", "its code of twenty digits, where one was issued", "place_code"),
        Field("rank", "integer", "its place among its kind; smaller is more important", "rank"),
        *_VALID,
    ),
    f"""
    SELECT p.id, name.text AS name, name.kind AS name_kind, name.romanization, p.class, p.type_code,
           u.code AS unit_code, u.name AS unit_name,
           (SELECT c.code FROM published.place_code c WHERE c.subject_id = p.id AND c.retired_at IS NULL) AS place_code,
           p.rank, lower(p.valid) AS valid_from, upper(p.valid) AS valid_to, p.geom, p.opened_by AS decision
    FROM published.place p
    {_UNIT.format(unit="p.unit_id")}
    {_NAME}
    WHERE upper_inf(p.known) AND p.valid && CAST(:period AS daterange) AND ({_PLACE})
    """,
    {
        "within": "f.unit_code = ANY(:codes)",
        "class": "f.class = :class",
        "type": "f.type_code = :type",
        "status": "f.name_kind = :status",
    },
)

NAMES = Dataset(
    "names",
    "地名用字 Names",
    "Point",
    (
        Field("place", "text", "the place or unit that bears it", "place"),
        Field("of", "text", "place or unit: a unit's standard names stand with the units", "of"),
        Field("text", "text", "the name as it is written", "text"),
        Field("kind", "text", "standard, unverified, former, short, alias, traditional, minority or foreign", "kind"),
        Field("language", "text", "its language (ISO 639)", "language"),
        Field("script", "text", "its script (ISO 15924)", "script"),
        Field("romanization", "text", "its romanization", "roman"),
        Field("romanization_system", "text", "by which system", "roman_sys"),
        Field("source", "text", "who says so", "source"),
        Field("certainty", "text", "certain, probable or unverified", "certainty"),
        *_VALID,
    ),
    f"""
    SELECT n.id, n.subject_id AS place, CASE WHEN p.id IS NULL THEN 'unit' ELSE 'place' END AS of, n.text, n.kind,
           n.language, n.script, n.romanization, n.romanization_system, n.source, n.certainty,
           lower(n.valid) AS valid_from, upper(n.valid) AS valid_to, p.geom, n.opened_by AS decision,
           u.code AS unit_code, p.class, p.type_code
    FROM published.place_name n
    LEFT JOIN LATERAL (
        SELECT p.id, p.class, p.type_code, p.unit_id, p.geom FROM published.place p
        WHERE p.id = n.subject_id AND upper_inf(p.known) LIMIT 1
    ) p ON true
    {_UNIT.format(unit="coalesce(p.unit_id, n.subject_id)")}
    WHERE upper_inf(n.known) AND NOT isempty(n.valid)
      AND (p.id IS NOT NULL OR EXISTS (SELECT FROM published.unit_version s WHERE s.unit_id = n.subject_id))
      AND ({_PLACE}) AND n.subject_id NOT IN (SELECT unit_id FROM published.demonstration_unit)
      AND (p.id IS NULL OR EXISTS (SELECT FROM published.place s WHERE s.id = p.id AND upper_inf(s.known)
                                   AND s.valid && CAST(:period AS daterange)))
    """,
    {
        "within": "f.unit_code = ANY(:codes)",
        "class": "f.class = :class",
        "type": "f.type_code = :type",
        "status": "f.kind = :status",
    },
    "f.place, f.id",
)

#: Where the rows of the other collections stand, by which the decision that opened each is known.
_TABLES = {
    "units": "published.unit_version",
    "outlines": "published.unit_version",
    "lines": "published.boundary_line_version",
    "markers": "published.marker_version",
    "heritage": "published.heritage_tag",
    "signs": "published.sign_version",
}
_WITHIN = {
    "units": "f.code = ANY(:codes)",
    "outlines": "f.code = ANY(:codes)",
    "lines": "f.left_code = ANY(:codes) OR f.right_code = ANY(:codes)",
    "markers": """f.line IN (SELECT l.line_id FROM published.boundary_line_version l WHERE upper_inf(l.known)
                             AND (l.unit_a = ANY(:units) OR l.unit_b = ANY(:units)))""",
    "heritage": """f.place = ANY(:units) OR f.place IN (SELECT p.id FROM published.place p
                   WHERE upper_inf(p.known) AND p.unit_id = ANY(:units))""",
    "signs": "f.unit_code = ANY(:codes)",
}
_SHORT = {"romanization": "roman", "begin_known": "begin_knwn"}


def _of_features(name: str) -> Dataset:
    of = FEATURES[name]
    fields = tuple(
        Field(c.name, "date" if c.kind == "date" else "text", c.meaning, _SHORT.get(c.name, c.name)) for c in of.columns
    )
    sql, governed = (
        f"""
        SELECT one.*, (SELECT row.opened_by FROM {_TABLES[name]} row WHERE row.id = one.id LIMIT 1) AS decision
        FROM ({source.sql}) one
        """
        for source in (of, of.by_date())
    )
    return Dataset(name, of.title, of.geometry, fields, sql, {"within": _WITHIN[name]}, governed_sql=governed)


DATASETS: Mapping[str, Dataset] = {one.id: one for one in (PLACES, NAMES, *(_of_features(name) for name in _TABLES))}
