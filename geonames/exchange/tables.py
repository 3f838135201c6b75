"""The rows of an export as Arrow tables, piece by piece."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa

from geonames.exchange.model import Dataset, Field

Rows = Sequence[Mapping[str, Any]]
_TYPES: Mapping[str, pa.DataType] = {"text": pa.string(), "date": pa.date32(), "integer": pa.int32()}
#: How each kind of geometry stands in a table: as numbers, as WKT, or as WKB.
POSITION = (pa.field("longitude", pa.float64()), pa.field("latitude", pa.float64()))


def schema_of(dataset: Dataset, *, plain: bool = False, short: bool = False) -> pa.Schema:
    """The columns: `id`, the fields, `decision`, and the geometry.

    `plain`: a text table, with longitude and latitude, or the shape as WKT. `short`: names for a dBASE table.
    """
    fields = [pa.field("id", pa.string())]
    fields += [pa.field(_name(one, short), _TYPES[one.kind]) for one in dataset.fields]
    fields.append(pa.field("decision", pa.string()))
    if not plain:
        return pa.schema([*fields, pa.field("geometry", pa.binary())])
    shape = POSITION if dataset.geometry == "Point" else (pa.field("wkt", pa.string()),)
    return pa.schema([*fields, *shape])


def _name(field: Field, short: bool) -> str:
    return field.short if short else field.name


def batch_of(
    dataset: Dataset, rows: Rows, *, plain: bool = False, short: bool = False, fit: Callable[..., Any] | None = None
) -> pa.RecordBatch:
    """One piece of rows; `fit(row, field, text)` gives the text as the format can hold it."""
    columns: dict[str, list[Any]] = {"id": [row["id"] for row in rows]}
    for one in dataset.fields:
        values = [row[one.name] for row in rows]
        if fit is not None and one.kind == "text":
            values = [fit(row, one, value) for row, value in zip(rows, values, strict=True)]
        columns[_name(one, short)] = values
    columns["decision"] = [None if row["decision"] is None else str(row["decision"]) for row in rows]
    columns |= _geometry(dataset, rows, plain)
    schema = schema_of(dataset, plain=plain, short=short)
    return pa.RecordBatch.from_arrays([pa.array(columns[f.name], f.type) for f in schema], schema=schema)


def _geometry(dataset: Dataset, rows: Rows, plain: bool) -> dict[str, list[Any]]:
    if not plain:
        return {"geometry": [None if row["geometry"] is None else bytes(row["geometry"]) for row in rows]}
    if dataset.geometry == "Point":
        return {name: [row[name] for row in rows] for name in ("longitude", "latitude")}
    return {"wkt": [_wkt(row["geometry"]) for row in rows]}


def _wkt(wkb: bytes | None) -> str | None:
    import shapely

    return None if wkb is None else str(shapely.to_wkt(shapely.from_wkb(bytes(wkb)), rounding_precision=-1))


def reader_of(schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> pa.RecordBatchReader:
    """Batches as the stream that writers take."""
    return pa.RecordBatchReader.from_batches(schema, _each(batches))


def _each(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    yield from batches
