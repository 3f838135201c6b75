"""CQL2 (OGC 21-065r2) as a condition in SQL: what is on the list is translated, everything else is refused. Pure.

The expression is parsed by the `cql2` library and never written into SQL by it: here each operator is looked up, each
property must be a column of the collection, and each value is bound.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from itertools import count
from typing import Any
from uuid import UUID

import shapely
from cql2 import Expr
from shapely.geometry import shape

from data.errors import BadRequest
from geonames.features.model import Column, Condition, FeatureCollection

#: Longest expression, deepest nesting of brackets and of operators, most operators, most vertices of a geometry.
MAX_CHARACTERS = 4_000
MAX_BRACKETS = 40
MAX_DEPTH = 20
MAX_NODES = 200
MAX_VERTICES = 2_000

COMPARISONS = {"=": "=", "<>": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
#: PostGIS' predicates by their name in CQL2 Basic Spatial Functions.
SPATIAL = {
    "s_intersects": "ST_Intersects",
    "s_within": "ST_Within",
    "s_contains": "ST_Contains",
    "s_crosses": "ST_Crosses",
    "s_touches": "ST_Touches",
    "s_overlaps": "ST_Overlaps",
    "s_equals": "ST_Equals",
}
GEOMETRY = "geometry"
_NOT = re.compile(r"(?i)\bnot\b")
#: Writes one operator from its arguments.
Write = Callable[[Sequence[Any]], str]


def condition(collection: FeatureCollection, expression: str, prefix: str = "c") -> Condition:
    """`expression` (CQL2 text or JSON) over the columns of `collection`. BadRequest `bad_filter`.

    The names of its bound values begin with `prefix`.
    """
    _bounded(expression)
    try:
        tree = Expr(expression).to_json()
    except Exception as error:  # the library raises what its parser raises; the message is for the asker
        raise _refused(f"it cannot be read: {str(error).splitlines()[0][:200]}") from error
    writer = _Writer(collection, prefix)
    return Condition(writer.predicate(tree), writer.values)


def equals(collection: FeatureCollection, name: str, text: str, prefix: str) -> Condition:
    """The simple filter `name=text` of an address."""
    writer = _Writer(collection, prefix)
    return Condition(writer.predicate({"op": "=", "args": [{"property": name}, text]}), writer.values)


def _bounded(expression: str) -> None:
    """Refuse what would be deep before a parser goes down into it."""
    if len(expression) > MAX_CHARACTERS:
        raise _refused(f"it has {len(expression):,} characters; {MAX_CHARACTERS:,} are read")
    depth = deepest = 0
    for character in expression:
        depth += (character in "([{") - (character in ")]}")
        deepest = max(deepest, depth)
    if deepest > MAX_BRACKETS or len(_NOT.findall(expression)) > MAX_BRACKETS:
        raise _refused(f"it is nested more than {MAX_BRACKETS} deep")


class _Writer:
    """Walks a parsed expression and writes the condition."""

    def __init__(self, collection: FeatureCollection, prefix: str) -> None:
        self.collection = collection
        self.prefix = prefix
        self.values: dict[str, Any] = {}
        self.nodes = count(1)
        self.depth = 0
        self.predicates: dict[str, Write] = {
            "and": self._joined(" AND "),
            "or": self._joined(" OR "),
            "not": lambda args: f"NOT ({self.predicate(self._only(args))})",
            "like": self._like,
            "between": self._between,
            "in": self._in,
            "isNull": lambda args: f"{self._property(self._only(args))[0]} IS NULL",
            **{op: self._compared(sql) for op, sql in COMPARISONS.items()},
            **{op: self._spatial(function) for op, function in SPATIAL.items()},
        }

    def predicate(self, node: Any) -> str:
        """One operator with its arguments."""
        if self.depth > MAX_DEPTH:
            raise _refused(f"it is nested more than {MAX_DEPTH} deep")
        if next(self.nodes) > MAX_NODES:
            raise _refused(f"it has more than {MAX_NODES} operators")
        if isinstance(node, bool):
            return "TRUE" if node else "FALSE"
        name = node.get("op") if isinstance(node, dict) else None
        write = self.predicates.get(str(name))
        if write is None:
            known = ", ".join(sorted(self.predicates))
            raise _refused(f"{str(name or node)[:40]!r} is no operator here; there are {known}")
        self.depth += 1
        written = write(node.get("args", []))
        self.depth -= 1
        return written

    def _joined(self, word: str) -> Write:
        def write(args: Sequence[Any]) -> str:
            return "(" + word.join(self.predicate(one) for one in args) + ")"

        return write

    def _compared(self, sign: str) -> Write:
        def write(args: Sequence[Any]) -> str:
            left, right = self._two(args)
            column, kind = self._property(left)
            return f"{column} {sign} {self._value(right, kind)}"

        return write

    def _like(self, args: Sequence[Any]) -> str:
        left, right = self._two(args)
        column, _ = self._property(left)
        return f"CAST({column} AS text) LIKE {self._value(right, 'text')}"

    def _between(self, args: Sequence[Any]) -> str:
        if len(args) != 3:
            raise _refused("between has a property and two values")
        column, kind = self._property(args[0])
        return f"{column} BETWEEN {self._value(args[1], kind)} AND {self._value(args[2], kind)}"

    def _in(self, args: Sequence[Any]) -> str:
        left, right = self._two(args)
        column, kind = self._property(left)
        if not isinstance(right, list) or not 0 < len(right) <= MAX_NODES:
            raise _refused(f"in has a list of 1 to {MAX_NODES} values")
        return f"{column} IN ({', '.join(self._value(one, kind) for one in right)})"

    def _spatial(self, function: str) -> Write:
        def write(args: Sequence[Any]) -> str:
            left, right = self._two(args)
            if not isinstance(left, dict) or left.get("property") not in (GEOMETRY, "geom"):
                raise _refused(f"the first argument of a spatial operator is the property {GEOMETRY!r}")
            given = self._bind(_geometry(right))
            return f"(geom && CAST({given} AS geometry) AND {function}(geom, CAST({given} AS geometry)))"

        return write

    def _property(self, node: Any) -> tuple[str, str]:
        name = node.get("property") if isinstance(node, dict) else None
        column: Column | None = self.collection.column(str(name))
        if column is None:
            known = ", ".join(one.name for one in self.collection.columns)
            raise _refused(f"{str(name or node)[:40]!r} is no property of {self.collection.id}; there are {known}")
        return f'f."{column.name}"', column.kind

    def _value(self, node: Any, kind: str) -> str:
        cast = {"text": "text", "date": "date", "uuid": "uuid"}[kind]
        return f"CAST({self._bind(_literal(node, kind))} AS {cast})"

    def _bind(self, value: Any) -> str:
        name = f"{self.prefix}{len(self.values)}"
        self.values[name] = value
        return f":{name}"

    @staticmethod
    def _only(args: Sequence[Any]) -> Any:
        if len(args) != 1:
            raise _refused("not and isNull have one argument")
        return args[0]

    @staticmethod
    def _two(args: Sequence[Any]) -> tuple[Any, Any]:
        if len(args) != 2:
            raise _refused("an operator has two arguments")
        return args[0], args[1]


def _literal(node: Any, kind: str) -> str:
    """A value as text of its column's kind."""
    if isinstance(node, dict):
        node = node.get("date") or node.get("timestamp") or node
    if isinstance(node, bool) or not isinstance(node, str | int | float):
        raise _refused(f"{str(node)[:40]!r} is no value to compare with")
    text = str(node)
    try:
        if kind == "date":
            return date.fromisoformat(text[:10]).isoformat()
        if kind == "uuid":
            return str(UUID(text))
    except ValueError as error:
        raise _refused(f"{text[:40]!r} is no {kind}") from error
    if "\x00" in text:
        raise _refused("a value contains a NUL character")
    return text


def _geometry(node: Any) -> str:
    """A GeoJSON geometry or `{"bbox": […]}`, as EWKB in hex."""
    try:
        if isinstance(node, dict) and "bbox" in node:
            west, south, east, north = (float(one) for one in node["bbox"])
            found: Any = shapely.box(west, south, east, north)
        else:
            found = shape(node)
        if shapely.get_num_coordinates(found) > MAX_VERTICES:
            raise _refused(f"a geometry has more than {MAX_VERTICES:,} vertices; simplify it")
        if found.is_empty or not shapely.is_valid(found):
            raise _refused(f"a geometry is not valid: {shapely.is_valid_reason(found)}")
    except (TypeError, ValueError, KeyError, AttributeError, shapely.errors.ShapelyError) as error:
        raise _refused("the second argument of a spatial operator is a geometry, longitude first") from error
    return str(shapely.to_wkb(shapely.set_srid(found, 4490), hex=True, include_srid=True))


def _refused(why: str) -> BadRequest:
    return BadRequest(f"The filter is not understood: {why}. Nothing was asked.", code="bad_filter")
