"""How many names are the same, or sound the same: by region and by class, on any day.

Counted are standing standard names (with `unverified` those of sources nobody has verified,
too). A group of one name holds at least two places; a group of one sound at least two
different names, because equal names sound equal anyway.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, TextClause, text

from boundaries.units.service import register_span
from data.db import fetch_all, fetch_one
from data.errors import BadRequest
from data.paging import check_limit, decode_cursor, page
from geonames.romanize.asking import check_within
from geonames.romanize.model import CLASS_SHAPES

#: What makes names alike: a column of the keys.
BY = {
    "name": "whole",
    "specific": "specific",
    "toned": "toned",
    "toneless": "toneless",
    "specific_toned": "specific_toned",
    "specific_toneless": "specific_toneless",
}
#: Those by which names of different characters are alike.
BY_SOUND = frozenset(BY) - {"name", "specific"}
#: Within which names are compared: how many digits of the codes must be the same.
SCOPES = {"nation": 0, "province": 2, "prefecture": 4, "county": 6}
LEVELS = ("province", "prefecture", "county", "township")
#: Places that a group names; the rest are counted.
SHOWN = 50
MAX_LIMIT = 1000
DEFAULT_LIMIT = 100

_CHOSEN = """
    WITH standing AS MATERIALIZED (
        SELECT v.unit_id, v.code FROM published.unit_version v
        WHERE v.valid @> CAST(:day AS date) AND upper_inf(v.known)
    ),
    chosen AS MATERIALIZED (
        SELECT k.subject_id, k.name, k.whole, k.class, k.level, k.{column} AS key, k.code,
               coalesce(k.code, s.code) AS at
        FROM published.name_key k LEFT JOIN standing s ON s.unit_id = k.unit_id
        WHERE k.valid @> CAST(:day AS date) AND k.{column} <> ''
          AND NOT EXISTS (SELECT FROM published.demonstration_unit d WHERE d.unit_id IN (k.subject_id, k.unit_id))
          AND (k.kind = 'standard' OR (CAST(:unverified AS boolean) AND k.kind = 'unverified'))
          AND (CAST(:class AS text) IS NULL OR k.class = :class)
          AND (CAST(:level AS text) IS NULL OR k.level = :level)
          AND (CAST(:prefix AS text) IS NULL OR starts_with(coalesce(k.code, s.code), :prefix))
          AND (CAST(:digits AS int) = 0 OR coalesce(k.code, s.code) IS NOT NULL)
    ),
    groups AS MATERIALIZED (
        SELECT left(coalesce(at, ''), :digits) AS region, key, count(DISTINCT subject_id) AS count
        FROM chosen GROUP BY 1, 2
        HAVING count(DISTINCT subject_id) > 1 AND (NOT CAST(:sound AS boolean) OR count(DISTINCT whole) > 1)
    ),
    alike AS MATERIALIZED (
        SELECT c.*, g.region, g.count FROM chosen c
        JOIN groups g ON g.key = c.key AND g.region = left(coalesce(c.at, ''), :digits)
    )
"""
_TOTALS = """
    SELECT (SELECT count(DISTINCT subject_id) FROM chosen) AS names,
           (SELECT count(*) FROM groups) AS groups,
           (SELECT count(DISTINCT subject_id) FROM alike) AS names_in_groups
"""
_BY_REGION = """
    SELECT left(c.at, 2) || '0000' AS code, max(u.name) AS name, count(DISTINCT c.subject_id) AS names,
           count(DISTINCT (a.region, a.key)) FILTER (WHERE a.key IS NOT NULL) AS groups,
           count(DISTINCT a.subject_id) AS names_in_groups
    FROM chosen c LEFT JOIN alike a ON a.subject_id = c.subject_id
    LEFT JOIN (SELECT v.code, v.name FROM published.unit_version v
               WHERE v.level = 'province' AND v.valid @> CAST(:day AS date) AND upper_inf(v.known)) u
      ON u.code = (left(c.at, 2) || '0000') COLLATE "default"
    GROUP BY left(c.at, 2) ORDER BY left(c.at, 2) NULLS LAST
"""
_BY_CLASS = """
    SELECT c.class, c.level, count(DISTINCT c.subject_id) AS names,
           count(DISTINCT (a.region, a.key)) FILTER (WHERE a.key IS NOT NULL) AS groups,
           count(DISTINCT a.subject_id) AS names_in_groups
    FROM chosen c LEFT JOIN alike a ON a.subject_id = c.subject_id
    GROUP BY c.class, c.level
    ORDER BY c.class, array_position(ARRAY['province', 'prefecture', 'county', 'township'], c.level)
"""
_GROUPS = """
    SELECT g.region, g.key, g.count,
           (SELECT jsonb_agg(jsonb_build_object('id', p.subject_id, 'name', p.name, 'code', p.code, 'within', p.at,
                             'class', p.class, 'level', p.level) ORDER BY p.at NULLS LAST, p.name, p.subject_id)
            FROM (SELECT DISTINCT subject_id, name, code, at, class, level FROM alike a
                  WHERE a.key = g.key AND a.region = g.region
                  ORDER BY at NULLS LAST, name, subject_id LIMIT :shown) p) AS places
    FROM groups g
    WHERE CAST(:after_count AS int) IS NULL
       OR (-g.count, g.key, g.region) > (-CAST(:after_count AS int), CAST(:after_key AS text) COLLATE "C",
                                         CAST(:after_region AS text))
    ORDER BY -g.count, g.key, g.region LIMIT :limit
"""


#: The views hide from the planner how many rows pass; it would join thousands of rows with thousands one by one.
_NESTED_LOOPS = text("SELECT set_config('enable_nestloop', :value, true)")


def _statement(by: str, what: str) -> TextClause:
    return text(_CHOSEN.format(column=BY[by]) + what)


@dataclass(frozen=True, slots=True)
class Counted:
    """What is counted: see the module; `within` a division code, `scope` one of `SCOPES`."""

    by: str = "name"
    class_: str | None = None
    level: str | None = None
    within: str | None = None
    scope: str = "nation"
    unverified: bool = False

    def checked(self) -> Counted:
        """Itself. Raises `BadRequest` `bad_by`, `bad_scope`, `bad_class`, `bad_level`, `bad_code`."""
        _one_of(self.by, tuple(BY), "bad_by")
        _one_of(self.scope, tuple(SCOPES), "bad_scope")
        _one_of(self.class_, (None, *CLASS_SHAPES), "bad_class")
        _one_of(self.level, (None, *LEVELS), "bad_level")
        check_within(self.within)
        return self


def _one_of(value: str | None, known: tuple[str | None, ...], code: str) -> None:
    if value not in known:
        names = ", ".join(name for name in known if name)
        raise BadRequest(f"{str(value)[:40]!r} is none of {names}.", code=code)


def count_names(
    connection: Connection,
    counted: Counted,
    *,
    as_of: date | None = None,
    limit: int | None = None,
    cursor: str | None = None,
) -> dict[str, Any]:
    """A page of groups, the largest first, with the totals by region and by class: see contracts.

    Raises `BadRequest` as `Counted.checked`, and for a day outside the register, a limit or a cursor.
    """
    counted.checked()
    day = register_span(connection).day(as_of)
    query = {"list": "statistics/names", "day": str(day), **{key: getattr(counted, key) for key in counted.__slots__}}
    size = check_limit(limit, largest=MAX_LIMIT, default=DEFAULT_LIMIT)
    after = decode_cursor(query, cursor, (int, str, str)) or (None, None, None)
    asked = _parameters(counted, day)
    paged = {**asked, "limit": size + 1, "shown": SHOWN, **dict(zip(_AFTER, after, strict=True))}
    with _joined_whole(connection):
        rows = fetch_all(connection, _statement(counted.by, _GROUPS), paged)
        totals = fetch_one(connection, _statement(counted.by, _TOTALS), asked)
        by_region = fetch_all(connection, _statement(counted.by, _BY_REGION), asked)
        by_class = fetch_all(connection, _statement(counted.by, _BY_CLASS), asked)
    shown, following = page(rows, size, query, lambda row: (row["count"], row["key"], row["region"]))
    return {
        "as_of": day,
        "by": counted.by,
        "class": counted.class_,
        "level": counted.level,
        "within": counted.within,
        "scope": counted.scope,
        "unverified": counted.unverified,
        "totals": totals,
        "by_region": by_region,
        "by_class": by_class,
        "items": [_group(row) for row in shown],
        "next": following,
    }


@contextmanager
def _joined_whole(connection: Connection) -> Iterator[None]:
    """Joins are made whole, by hashing, while this lasts."""
    connection.execute(_NESTED_LOOPS, {"value": "off"})
    yield
    connection.execute(_NESTED_LOOPS, {"value": "on"})


_AFTER = ("after_count", "after_key", "after_region")


def _parameters(counted: Counted, day: date) -> dict[str, Any]:
    return {
        "day": day,
        "class": counted.class_,
        "level": counted.level,
        "prefix": _prefix(counted.within),
        "digits": SCOPES[counted.scope],
        "sound": counted.by in BY_SOUND,
        "unverified": counted.unverified,
    }


def _prefix(code: str | None) -> str | None:
    """How the codes within a unit begin: its own without the pairs of zeros of the levels above it."""
    if code is None or len(code) > max(SCOPES.values()):
        return code
    return code.removesuffix("0000") if code.endswith("0000") else code.removesuffix("00")


def _group(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "key": row["key"],
        "region": row["region"] or None,
        "count": row["count"],
        "names": sorted({place["name"] for place in row["places"]}),
        "places": row["places"],
    }
