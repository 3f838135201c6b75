"""What stands beside the tables of an export: `datapackage.json` (Frictionless Data Package 1), sums, notes. Pure.

https://specs.frictionlessdata.io/data-package/ ; the schema of tables: https://specs.frictionlessdata.io/table-schema/
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from data.crs import STORED_NAME
from geonames.exchange.model import FORMATS, Asked, Dataset
from geonames.exchange.writers import Notes

PACKAGE = "datapackage.json"
SUMS = "SHA256SUMS"
NOTES = "notes.csv"
#: A name by which the specification lets a licence be called.
_NAME = re.compile(r"[-a-zA-Z0-9._]+")
_TYPES = {"text": "string", "date": "date", "integer": "integer"}
#: What anybody must know who draws these coordinates.
CRS_NOTE = f"{STORED_NAME}, longitude first; not GCJ-02 and not BD-09"


@dataclass(frozen=True, slots=True)
class Written:
    """A file of an export: its name, size, SHA-256 in hex, and the rows of each table in it."""

    name: str
    media_type: str
    bytes: int
    sha256: str
    rows: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class State:
    """The state of the register that an export shows: the day, the last one known, and the last change of the feed."""

    as_of: date
    register_through: date
    seq: int
    map_approval: str | None


def package_of(
    identity: UUID,
    asked: Asked,
    state: State,
    made_at: datetime,
    files: Sequence[tuple[Written, Sequence[Dataset]]],
    sources: Sequence[tuple[str, str]],
    left_out: Mapping[str, str],
) -> dict[str, Any]:
    """The descriptor of an export."""
    return {
        "profile": "data-package",
        "id": str(identity),
        "name": f"diming-{state.as_of}-{asked.format}",
        "title": f"地名与行政区划 {state.as_of} · {FORMATS[asked.format].title}",
        "description": "Places, names, administrative units and boundaries as the register publishes them.",
        "created": made_at.isoformat(timespec="seconds"),
        "licenses": _licences(sources),
        "sources": [{"title": source} for source in dict.fromkeys(source for source, _ in sources)],
        "resources": [_resource(written, datasets, asked) for written, datasets in files],
        "diming": {
            "asked": asked.as_json(),
            "as_of": str(state.as_of),
            "register_through": str(state.register_through),
            "changes_through": state.seq,
            "crs": CRS_NOTE,
            "map_approval": state.map_approval,
            "left_out": dict(left_out),
            "sources": [{"source": source, "licence": licence or None} for source, licence in sources],
        },
    }


def _licences(sources: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    """Each licence once; where a source states none that is said, because silence is no permission."""
    told = dict.fromkeys(licence for _, licence in sources) or {"": None}
    return [_licence(licence) for licence in told]


def _licence(licence: str) -> dict[str, str]:
    if not licence:
        return {"name": "not-stated", "title": "The source states no licence: ask it before you publish."}
    slug = licence.replace(" ", "-")
    return {"name": slug if _NAME.fullmatch(slug) else "other", "title": licence}


def _resource(written: Written, datasets: Sequence[Dataset], asked: Asked) -> dict[str, Any]:
    if not datasets:
        return _document(written)
    name = datasets[0].id if len(datasets) == 1 else "gazetteer"
    told: dict[str, Any] = {
        "name": name,
        "title": " / ".join(one.title for one in datasets),
        "path": written.name,
        "format": asked.format,
        "mediatype": written.media_type,
        "encoding": "gb18030" if asked.format == "shp" else "utf-8",
        "bytes": written.bytes,
        "hash": f"sha256:{written.sha256}",
        "rows": dict(written.rows),
        "crs": CRS_NOTE,
    }
    if asked.format == "csv":
        told |= {"profile": "tabular-data-resource", "schema": _schema(datasets[0])}
    return told


def _document(written: Written) -> dict[str, Any]:
    """A file that is no table but a book."""
    stem, _, ending = written.name.rpartition(".")
    return {
        "name": f"{stem}-{ending}",
        "title": "标准地名录",
        "path": written.name,
        "format": ending,
        "mediatype": written.media_type,
        "bytes": written.bytes,
        "hash": f"sha256:{written.sha256}",
        "crs": CRS_NOTE,
    }


def _schema(dataset: Dataset) -> dict[str, Any]:
    """The Table Schema of a CSV table."""
    fields = [
        {"name": "id", "type": "string", "format": "uuid", "constraints": {"required": True, "unique": True}},
        *({"name": one.name, "type": _TYPES[one.kind], "description": one.meaning} for one in dataset.fields),
        {"name": "decision", "type": "string", "format": "uuid", "description": "the decision that opened the row"},
    ]
    if dataset.geometry == "Point":
        fields += [{"name": name, "type": "number", "description": "degrees"} for name in ("longitude", "latitude")]
    else:
        fields.append({"name": "wkt", "type": "string", "description": "the shape as well-known text"})
    return {"fields": fields, "primaryKey": "id", "missingValues": [""]}


def sums_of(files: Sequence[Written]) -> str:
    """The list that `sha256sum --check` takes."""
    return "".join(f"{one.sha256}  {one.name}\n" for one in files)


def notes_of(notes: Notes) -> str:
    """What a format could not hold as it is, as CSV."""
    told = io.StringIO()
    writer = csv.writer(told, lineterminator="\n")
    writer.writerow(("table", "row", "field", "what"))
    writer.writerows(notes.lines)
    if notes.more:
        writer.writerow(("", "", "", f"and {notes.more} more"))
    return told.getvalue()


def pack_folder(folder: Path, target: Path) -> None:
    """The files of an export as one archive, in the order of their names; large tables are not packed tighter."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, allowZip64=True, compresslevel=1) as packed:
        for one in sorted(path for path in folder.iterdir() if path.is_file()):
            packed.write(one, one.name)
