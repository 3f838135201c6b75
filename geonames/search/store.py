"""The SQL of searching: ways of meeting a name are united, filtered, and the best of each thing is kept.

The views are security barriers, so only leakproof comparisons reach the
indexes: `=`, `>=` and `<` do, LIKE does not. A prefix is therefore a range.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, text

from geonames.places.store import UNIT_TYPE_OF_LEVEL
from geonames.search.query import PlaceQuery, Way, after_last

_KEYS = "SELECT subject_id, collection, name, kind, valid, rank, {quality} AS quality, '{way}' AS way"
_FROM = {
    "equals": "FROM published.search_name n WHERE {column} = :value{number}",
    "begins": "FROM published.search_name n WHERE {column} >= :value{number} "
    "AND ({column} < :end{number} OR CAST(:end{number} AS text) IS NULL)",
    "contains": "FROM published.search_names_containing(:value{number}) n",
}
#: Everything, by its best name, where no name is asked for.
_ALL = (
    "SELECT subject_id, collection, name, kind, valid, rank, 0 AS quality, 'any' AS way "
    "FROM published.search_name n WHERE kind IN ('standard', 'unverified')"
)
#: `:today`: the day asked for; `:standing_only`: only what stands then.
_SEARCH = """
WITH hit AS MATERIALIZED ({branches}),
timely AS MATERIALIZED (
    -- a name that came later does not count
    SELECT h.*, h.valid @> CAST(:today AS date) AS holds FROM hit h
    WHERE lower_inf(h.valid) OR lower(h.valid) <= :today
),
found AS (
    SELECT t.*, v.level,
           CASE WHEN t.collection = 'places' THEN p.valid @> CAST(:today AS date)
                ELSE v.unit_id IS NOT NULL END AS standing,
           CASE WHEN t.collection = 'places' THEN p.geom ELSE u.geom END AS geom
    FROM timely t
    LEFT JOIN LATERAL (
        SELECT * FROM published.place p
        WHERE t.collection = 'places' AND p.id = t.subject_id AND upper_inf(p.known) LIMIT 1
    ) p ON true
    LEFT JOIN LATERAL (
        SELECT v.unit_id, v.level FROM published.unit_version v
        WHERE t.collection = 'units' AND v.unit_id = t.subject_id AND upper_inf(v.known)
          AND v.valid @> CAST(:today AS date) LIMIT 1
    ) v ON true
    LEFT JOIN LATERAL (
        SELECT w.geom FROM published.unit_position w
        WHERE t.collection = 'units' AND w.unit_id = t.subject_id ORDER BY w.valid DESC NULLS LAST LIMIT 1
    ) u ON true
    WHERE (t.collection = 'units' OR p.id IS NOT NULL) {filters}
),
best AS (
    SELECT DISTINCT ON (subject_id) *,
           -- the register's own names before unverified ones, what stands before what does not
           CASE WHEN kind = 'alias' THEN 3 WHEN kind = 'unverified' THEN 2 WHEN standing THEN 0 ELSE 1 END
               AS weight,
           CASE WHEN CAST(:near_lon AS float8) IS NULL THEN 0
                WHEN geom IS NULL THEN 3e7
                ELSE round(ST_DistanceSphere(geom, ST_SetSRID(ST_Point(:near_lon, :near_lat), 4490))::numeric, 1)
           END::float8 AS distance
    FROM found
    WHERE standing OR NOT CAST(:standing_only AS boolean)
    ORDER BY subject_id, quality, holds DESC, kind = 'standard' DESC, kind = 'unverified' DESC, kind, name,
             lower(valid) DESC
)
SELECT subject_id, collection, name, kind, way, holds, standing, quality, distance, weight, rank,
       lower(valid) AS valid_from, upper(valid) AS valid_to, ST_X(geom) AS longitude, ST_Y(geom) AS latitude
FROM best
WHERE CAST(:after_quality AS int) IS NULL
   OR (quality, distance, weight, rank, name COLLATE "C", subject_id)
      > (:after_quality, CAST(:after_distance AS float8), :after_weight, :after_rank,
         :after_name COLLATE "C", CAST(:after_id AS uuid))
ORDER BY quality, distance, weight, rank, name COLLATE "C", subject_id
LIMIT :limit
"""
PLACES = text("""
    SELECT p.id, p.class AS place_class, p.type_code, p.unit_id, n.text AS name, n.kind, n.romanization
    FROM published.place p
    JOIN LATERAL (
        SELECT text, kind, romanization FROM published.place_name n
        WHERE n.subject_id = p.id AND upper_inf(n.known) AND n.kind IN ('standard', 'unverified')
          AND n.valid @> CAST(:today AS date)
        ORDER BY n.kind = 'standard' DESC LIMIT 1) n ON true
    WHERE p.id = ANY(:ids) AND upper_inf(p.known)
""")
ROMANS = text("""
    SELECT unit_id, name, roman FROM published.unit_roman WHERE unit_id = ANY(:ids) AND upper_inf(known)
""")
#: The view is a security barrier and the distance operator is not leakproof: the index is reached by function.
NEAREST = text("""
    SELECT p.id, p.class AS place_class, ST_X(p.geom) AS longitude, ST_Y(p.geom) AS latitude,
           ST_DistanceSphere(p.geom, ST_SetSRID(ST_Point(:lon, :lat), 4490)) AS distance_m, n.text AS name
    FROM published.places_nearest(:lon, :lat, CAST(:today AS date), :limit) p
    JOIN LATERAL (
        SELECT text FROM published.place_name n
        WHERE n.subject_id = p.id AND upper_inf(n.known) AND n.kind IN ('standard', 'unverified')
        ORDER BY n.kind = 'standard' DESC LIMIT 1) n ON true
    ORDER BY distance_m, p.id
""")


def search(connection: Connection, query: PlaceQuery, ways: Sequence[Way], parameters: dict[str, Any]) -> Sequence[Any]:
    """Up to `limit` rows, best first; see `_SEARCH` for `parameters`."""
    bound = {**parameters, **_way_values(ways), **_filter_values(query)}
    statement = _SEARCH.format(branches=_branches(ways), filters=_filters(query, parameters))
    return connection.execute(text(statement), bound).all()


def _branches(ways: Sequence[Way]) -> str:
    return " UNION ALL ".join(_branch(number, way) for number, way in enumerate(ways)) if ways else _ALL


def _branch(number: int, way: Way) -> str:
    source = _FROM[way.operator].format(column=way.column, number=number)
    return f"{_KEYS.format(quality=way.quality, way=way.kind)} {source}"


def _way_values(ways: Sequence[Way]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for number, way in enumerate(ways):
        values[f"value{number}"] = way.value
        if way.operator == "begins":
            values[f"end{number}"] = after_last(way.value)
    return values


def _filters(query: PlaceQuery, parameters: dict[str, Any]) -> str:
    """The conditions of the filters that were given; their values are bound, never written in."""
    conditions = []
    if query.class_ == "ADMIN_DIVISION":
        conditions.append("t.collection = 'units'")
    elif query.class_ is not None:
        conditions.append("p.class = :class")
    if query.type_code is not None:
        conditions.append("(p.type_code LIKE :type OR v.level = ANY(:levels))")
    if query.bbox is not None:
        conditions.append(
            "CASE WHEN t.collection = 'places' THEN p.geom ELSE u.geom END "
            "&& ST_MakeEnvelope(:west, :south, :east, :north, 4490)"
        )
    if query.heritage is not None:
        conditions.append(
            "EXISTS (SELECT FROM published.heritage_tag h WHERE h.subject_id = t.subject_id "
            "AND upper_inf(h.known) AND h.valid @> CAST(:today AS date) AND h.list = :heritage)"
        )
    if parameters.get("units_within") is not None:
        conditions.append(
            "(t.subject_id = ANY(CAST(:units_within AS uuid[])) OR p.unit_id = ANY(CAST(:places_within AS uuid[])))"
        )
    return "".join(f" AND {condition}" for condition in conditions)


def _filter_values(query: PlaceQuery) -> dict[str, Any]:
    values: dict[str, Any] = {"class": query.class_, "heritage": query.heritage}
    if query.type_code is not None:
        # a class stands for its subclasses: 22000 for 22100 and 22200 too
        stem = query.type_code.rstrip("0")
        values["type"] = stem + "%"
        values["levels"] = [level for level, code in UNIT_TYPE_OF_LEVEL.items() if code.startswith(stem)]
    if query.bbox is not None:
        values.update(zip(("west", "south", "east", "north"), query.bbox, strict=True))
    return values
