"""A collection of the register as tipg asks it: its columns, its features, its tiles."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from morecantile import Tile
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from tipg.collections import Collection as TipgCollection
from tipg.collections import Column as TipgColumn
from tipg.collections import Feature, ItemList, Parameter

from api.databases import Databases
from api.v1.params import asked_day
from data.errors import BadRequest, NotFound
from data.governing import EFFECTIVE, govern
from geonames.features import filters, service
from geonames.features.model import MAX_IN_TILE, Condition, FeatureCollection, Found, Wanted, key_of, place_after

#: What tipg calls the types of our columns.
TYPES = {"text": "text", "date": "date", "uuid": "uuid"}
#: Features of an answer where nobody says how many (OGC 17-069r4 /req/core/fc-limit-definition).
DEFAULT_LIMIT = 10
#: West, south, east, north of everything that the register can hold: the country with the South China Sea.
BOUNDS = [73.0, 3.0, 136.0, 54.0]
#: A day for every operation; an empty one is the last day known.
AS_OF = Parameter(name="as_of", type="date", default="")
#: Which date of a decision counts; an empty one is that of its effect.
GOVERNED_BY = Parameter(name="governed_by", type="text", default="")


class Layer(TipgCollection):
    """One collection (要素集). It is called a function because it takes a parameter, `as_of`."""

    @property
    def asked(self) -> FeatureCollection:
        """What it is to us."""
        return service.collection(self.id)

    async def features(self, conn: Databases, **asked: Any) -> ItemList:
        """A part of the collection; `next` is the place after it (`place_after`)."""
        found = await run_in_threadpool(self._found, conn, asked)
        items = [self._feature(row, bool(asked.get("geom_as_wkt"))) for row in found.rows]
        following = place_after(found.rows[-1]["id"]) if found.more and found.rows else None
        return ItemList(items=items, matched=found.matched, next=following, prev=None)

    async def get_tile(self, conn: Databases, **asked: Any) -> bytes:
        """A vector tile."""
        return await run_in_threadpool(self._drawn, conn, asked)

    def _found(self, databases: Databases, asked: dict[str, Any]) -> Found:
        with databases.reading() as connection:
            wanted = self._wanted(connection, asked, DEFAULT_LIMIT)
            return service.find(connection, self.asked, wanted)

    def _drawn(self, databases: Databases, asked: dict[str, Any]) -> bytes:
        tile: Tile = asked["tile"]
        with databases.reading() as connection:
            wanted = self._wanted(connection, asked, MAX_IN_TILE)
            return service.draw(connection, self.asked, wanted, tile.z, tile.x, tile.y)

    def _wanted(self, connection: Connection, asked: dict[str, Any], default_limit: int) -> Wanted:
        ours = asked.get("function_parameters") or {}
        govern(connection, ours.get(GOVERNED_BY.name) or EFFECTIVE)
        as_of = ours.get(AS_OF.name)
        place = asked.get("offset") or 0
        after = key_of(place)
        limit = asked.get("limit")
        return Wanted(
            when=service.settle(connection, asked_day(as_of) if as_of else None, _period(asked.get("datetime_filter"))),
            limit=default_limit if limit is None else limit,
            offset=0 if after else place,
            after=after,
            ids=_ids(asked.get("ids_filter") or ()),
            box=tuple(asked["bbox_filter"]) if asked.get("bbox_filter") else None,
            conditions=self._conditions(asked),
            columns=self._chosen(asked.get("properties")),
        )

    def _conditions(self, asked: dict[str, Any]) -> Sequence[Condition]:
        simple = [
            filters.equals(self.asked, name, value, f"p{number}_")
            for number, (name, value) in enumerate(asked.get("properties_filter") or ())
        ]
        text = asked.get("cql_filter")
        return [*simple, filters.condition(self.asked, text)] if text else simple

    def _chosen(self, names: Sequence[str] | None) -> Sequence[str] | None:
        unknown = [name for name in names or () if name and self.asked.column(name) is None]
        if unknown:
            raise BadRequest(f"{self.id} has no property {unknown[0][:40]!r}.", code="bad_property")
        return names

    def _feature(self, row: dict[str, Any], as_text: bool) -> Feature:
        values = {column.name: row[column.name] for column in self.asked.columns if column.name in row}
        geometry = row["geometry"]
        if as_text and geometry is not None:
            geometry = _as_text(geometry)
        return Feature(type="Feature", id=str(row["id"]), geometry=geometry, properties=values)


def layer(name: str) -> Layer:
    """The collection of that name for tipg. NotFound `no_such_collection`."""
    return _LAYERS.get(name) or _made(service.collection(name))


def _made(of: FeatureCollection) -> Layer:
    columns = [TipgColumn(name=one.name, type=TYPES[one.kind], description=one.meaning) for one in of.columns]
    geometry = TipgColumn(name="geometry", type="geometry", geometry_type=of.geometry, srid=4490, bounds=BOUNDS)
    identifier = TipgColumn(name="id", type="uuid")
    _LAYERS[of.id] = Layer(
        type="Function",
        id=of.id,
        table=of.id,
        title=of.title,
        description=of.description,
        table_columns=[*columns, geometry],
        properties=columns,
        id_column=identifier,
        geometry_column=geometry,
        parameters=[AS_OF, GOVERNED_BY],
    )
    return _LAYERS[of.id]


#: Made once in a process.
_LAYERS: dict[str, Layer] = {}


def _ids(texts: Sequence[str]) -> Sequence[UUID]:
    try:
        return [UUID(text) for text in texts]
    except ValueError as error:
        raise NotFound("There is no such feature.", code="no_such_feature") from error


def _period(days: Sequence[str] | None) -> tuple[date | None, date | None] | None:
    if not days:
        return None
    since, until = (days[0], days[-1])
    return (None if since == ".." else date.fromisoformat(since), None if until == ".." else date.fromisoformat(until))


def _as_text(geometry: dict[str, Any]) -> str:
    import shapely
    from shapely.geometry import shape

    return str(shapely.to_wkt(shape(geometry), rounding_precision=9))
