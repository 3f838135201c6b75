"""The SQL by which the register answers what a rule asks. Every statement holds on one day, `:day`.

The views are security barriers: only leakproof comparisons (`=`, `<`) reach an index, and a
join reaches one only through LATERAL with the key inside and OFFSET 0.
"""

from __future__ import annotations

from sqlalchemy import TextClause, text

#: More than this many others are counted by nobody; the nearest, or those of the highest level, come first.
MOST = 50

#: What is compared: a column of the keys, and how.
COMPARED = {
    "whole": "k.whole = :whole",
    "specific": "k.specific = :specific AND k.whole <> :whole",
    "sound": "k.toneless = :toneless AND k.whole <> :whole",
    "specific_sound": "k.specific_toneless = :toneless AND k.specific <> :specific",
    "look": "k.whole = ANY(:looks)",
    "specific_look": "k.specific = ANY(:looks)",
}
_POOLS = {
    "division": "k.collection = 'units' AND k.level IN ('province', 'prefecture', 'county')",
    "township": "k.collection = 'units' AND k.level = 'township'",
    "village": "k.class = 'VILLAGE_COMMUNITY'",
    "settlement": "k.class = 'OTHER' AND k.type_code >= '22' AND k.type_code < '23'",
    "street": "k.class = 'STREET'",
    "building": "k.class = 'RESIDENTIAL_BUILDING'",
    "place": "true",
}
#: Where it lies: `at` is the code, on that day, of the unit itself or of that which holds the place.
_WHERE = """
    LEFT JOIN LATERAL (
        SELECT v.code FROM published.unit_version v
        WHERE v.unit_id = k.unit_id AND v.valid @> CAST(:day AS date) AND upper_inf(v.known)
        OFFSET 0
    ) held ON true
    CROSS JOIN LATERAL (SELECT coalesce(k.code, held.code) AS at) here
"""
#: The codes are cut from a column of another collation than the register's, which would keep them from its index.
_ABOVE = """
    LEFT JOIN LATERAL (
        SELECT string_agg(u.name, '' ORDER BY u.code) AS name
        FROM unnest(ARRAY[left(here.at, 2) || '0000', left(here.at, 4) || '00', left(here.at, 6)]) AS c(code)
        JOIN LATERAL (
            SELECT v.code, v.name FROM published.unit_version v
            WHERE v.code = c.code COLLATE "default" AND v.valid @> CAST(:day AS date) AND upper_inf(v.known)
            OFFSET 0
        ) u ON u.code <> coalesce(k.code, '')
    ) above ON true
"""
#: Ordered so that a cut list keeps what matters: units before places, higher before lower.
_ORDER = "ORDER BY k.collection DESC, here.at NULLS LAST, k.name, k.subject_id"
_OTHERS = """
    WITH candidate AS MATERIALIZED (
        SELECT * FROM published.name_key k WHERE {compared} AND {kinds} AND {pool} AND {time}
    ),
    inside AS MATERIALIZED (
        SELECT published.places_in_built_up(ARRAY(SELECT subject_id FROM candidate), CAST(:areas AS uuid[])) AS id
    )
    SELECT k.subject_id, k.collection, k.class AS place_class, k.name, k.kind, k.code, k.toned, k.toneless,
           k.specific_toned, k.whole, k.specific, above.name AS unit
    FROM candidate k
    {where} {above}
    WHERE k.subject_id <> CAST(:own AS uuid)
      AND (CAST(:prefix AS text) IS NULL OR starts_with(here.at, :prefix))
      AND (CAST(:areas AS uuid[]) IS NULL OR k.subject_id IN (SELECT id FROM inside))
    {order} LIMIT {most}
"""
_STANDING = "k.valid @> CAST(:day AS date)"


def others(by: str, pool: str) -> TextClause:
    """Standing standard names of a pool that compare as equal, within the units whose codes begin with `:prefix`."""
    return _statement(by, pool, "k.kind = 'standard'", _STANDING)


def everything(by: str) -> TextClause:
    """Standing names of whatever kind, for showing them."""
    return _statement(by, "place", "k.kind IN ('standard', 'unverified')", _STANDING)


def used_otherwise(pool: str) -> TextClause:
    """Equal names that are not, or no longer, somebody's standard name."""
    return _statement(
        "whole",
        pool,
        "k.kind <> 'unverified'",
        f"(k.kind <> 'standard' OR NOT ({_STANDING})) AND coalesce(lower(k.valid) <= CAST(:day AS date), true)",
    )


def _statement(by: str, pool: str, kinds: str, time: str) -> TextClause:
    return text(
        _OTHERS.format(
            compared=COMPARED[by],
            kinds=kinds,
            pool=_POOLS[pool],
            time=time,
            where=_WHERE,
            above=_ABOVE,
            order=_ORDER,
            most=MOST,
        )
    )


#: Of some subjects those that bear a standard name on the day, and whether it is the name itself.
STANDING = text("""
    SELECT subject_id, bool_or(whole = :whole) AS bears_it FROM published.name_key
    WHERE subject_id = ANY(:subjects) AND kind IN ('standard', 'unverified') AND valid @> CAST(:day AS date)
    GROUP BY subject_id
""")
#: How many county-level units there are, and under how many of them townships stand.
TOWNSHIP_COVER = text("""
    SELECT count(DISTINCT code) FILTER (WHERE level = 'county') AS counties,
           count(DISTINCT left(code, 6)) FILTER (WHERE level = 'township') AS covered
    FROM published.name_key
    WHERE level IN ('county', 'township') AND kind = 'standard' AND code >= :from AND code < :to
      AND valid @> CAST(:day AS date)
""")
#: Whether a place of a class stands in the units whose codes lie from `:from` to before `:to`.
HOLDS_CLASS = text("""
    SELECT EXISTS (
        SELECT FROM (
            SELECT DISTINCT v.unit_id FROM published.unit_version v
            WHERE v.code >= :from AND v.code < :to AND v.valid @> CAST(:day AS date) AND upper_inf(v.known)
            OFFSET 0
        ) u
        JOIN LATERAL (
            SELECT FROM published.name_key k
            WHERE k.unit_id = u.unit_id AND k.class = :place_class AND k.kind = 'standard'
              AND (CAST(:type_prefix AS text) IS NULL OR starts_with(k.type_code, :type_prefix))
              AND k.valid @> CAST(:day AS date)
            LIMIT 1 OFFSET 0
        ) k ON true
    )
""")
HAS_CLASSES = text("""
    SELECT EXISTS (SELECT FROM published.name_key k
                   WHERE k.class = ANY(:classes) AND k.valid @> CAST(:day AS date))
""")
BUILT_UP_LOADED = text("""
    SELECT EXISTS (SELECT FROM published.built_up_area WHERE valid @> CAST(:day AS date) AND upper_inf(known))
""")
BUILT_UP_HERE = text("SELECT id, code, name FROM published.built_up_touched(:shape, :day)")
BUILT_UP_HOLDS = text("SELECT published.built_up_holds(:place_class, :areas, :day)")
IN_BUILT_UP = text("SELECT published.places_in_built_up(:places, :areas)")
BUILT_UP_MIDDLE = text("SELECT longitude, latitude FROM published.built_up_middle(:area)")

#: Where units and places are.
POSITIONS = text("""
    SELECT p.id, ST_X(p.geom) AS longitude, ST_Y(p.geom) AS latitude
    FROM published.place p WHERE p.id = ANY(:subjects) AND upper_inf(p.known)
    UNION ALL
    SELECT DISTINCT ON (u.unit_id) u.unit_id, ST_X(u.geom), ST_Y(u.geom)
    FROM published.unit_position u WHERE u.unit_id = ANY(:subjects)
""")
POSITION_OF_CODE = text("""
    SELECT ST_X(u.geom) AS longitude, ST_Y(u.geom) AS latitude
    FROM (SELECT v.unit_id FROM published.unit_version v
          WHERE v.code = :code AND v.valid @> CAST(:day AS date) AND upper_inf(v.known) OFFSET 0) v
    JOIN LATERAL (
        SELECT w.geom, w.valid FROM published.unit_position w WHERE w.unit_id = v.unit_id OFFSET 0
    ) u ON true
    ORDER BY u.valid DESC NULLS LAST LIMIT 1
""")
#: Standing names from which the proposed one may derive: of the places around, and of the units that hold it.
BASES = text(f"""
    SELECT k.subject_id, k.collection, k.name, k.code, above.name AS unit
    FROM (SELECT * FROM published.name_key k
          WHERE (k.whole = ANY(:heads) OR k.specific = ANY(:heads)) AND k.kind IN ('standard', 'unverified')
            AND {_STANDING} OFFSET 0) k
    {_WHERE} {_ABOVE}
    WHERE k.subject_id <> CAST(:own AS uuid) AND k.whole <> :whole
      AND CASE WHEN k.collection = 'units' THEN k.code = ANY(:chain)
               ELSE CAST(:prefix AS text) IS NULL OR starts_with(here.at, :prefix) END
    {_ORDER} LIMIT {MOST}
""")
#: Names of the places nearest to a position.
NEAREST = text("""
    SELECT p.id AS subject_id, n.name,
           ST_DistanceSphere(p.geom, ST_SetSRID(ST_Point(:lon, :lat), 4490)) AS distance_m
    FROM published.places_nearest(:lon, :lat, :day, :limit) p
    JOIN LATERAL (
        SELECT k.name FROM published.name_key k
        WHERE k.subject_id = p.id AND k.kind IN ('standard', 'unverified') AND k.valid @> CAST(:day AS date)
        ORDER BY k.kind LIMIT 1 OFFSET 0
    ) n ON true
    ORDER BY distance_m, p.id
""")
#: Natural features, parks and reserves with the proposed specific part that lie elsewhere.
OUTSIDE = text(f"""
    SELECT k.subject_id, k.collection, k.name, k.code, above.name AS unit
    FROM (SELECT * FROM published.name_key k
          WHERE (k.whole = :specific OR k.specific = :specific) AND k.class = ANY(:classes)
            AND k.kind IN ('standard', 'unverified') AND {_STANDING} OFFSET 0) k
    {_WHERE} {_ABOVE}
    WHERE here.at IS NULL OR NOT starts_with(here.at, :prefix)
    {_ORDER} LIMIT {MOST}
""")
HERITAGE_LOADED = text("SELECT EXISTS (SELECT FROM published.heritage_tag WHERE upper_inf(known))")
#: Listed names equal to the whole name or its specific part.
HERITAGE = text(f"""
    SELECT k.subject_id, k.collection, k.name, k.code, h.list, lower(h.valid) AS since, above.name AS unit
    FROM (SELECT * FROM published.name_key k WHERE k.whole = ANY(:names) OR k.specific = ANY(:names) OFFSET 0) k
    JOIN LATERAL (
        SELECT h.list, h.valid FROM published.heritage_tag h
        WHERE h.subject_id = k.subject_id AND h.valid @> CAST(:day AS date) AND upper_inf(h.known) OFFSET 0
    ) h ON true
    {_WHERE} {_ABOVE}
    WHERE k.subject_id <> CAST(:own AS uuid)
    {_ORDER} LIMIT {MOST}
""")
#: The heritage lists on which a place stands.
PROTECTION = text("""
    SELECT h.list, lower(h.valid) AS since FROM published.heritage_tag h
    WHERE h.subject_id = CAST(:own AS uuid) AND h.valid @> CAST(:day AS date) AND upper_inf(h.known)
    ORDER BY h.list
""")
#: The places of a name in the units whose codes begin with `:prefix`: which one is renamed, where nobody says.
BEARERS = text(f"""
    SELECT DISTINCT k.subject_id
    FROM (SELECT * FROM published.name_key k WHERE k.whole = :whole AND k.kind = 'standard' AND {_STANDING}
          OFFSET 0) k
    {_WHERE}
    WHERE CAST(:prefix AS text) IS NULL OR starts_with(here.at, :prefix) LIMIT 2
""")
#: From when a subject has borne each of its standard names.
NAME_BEGINS = text("""
    SELECT min(lower(valid)) AS begin FROM published.name_key
    WHERE subject_id = CAST(:own AS uuid) AND kind = 'standard' AND coalesce(lower(valid) <= CAST(:day AS date), true)
    GROUP BY name ORDER BY begin NULLS FIRST
""")
