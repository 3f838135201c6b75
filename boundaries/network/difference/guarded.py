"""Reading somebody's file of lines in a process of its own (`data.fenced`)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry import LineString, mapping, shape

from boundaries.intake.drivers import readers_only
from boundaries.network.difference.files import FIELDS, FileLine, LineFile, read_line_file
from data.errors import BadInput
from data.fenced import Broken, Fences, fenced


def read_guarded(path: Path, fences: Fences | None = None) -> LineFile:
    """`read_line_file` within `fences`; raises as it does, and `lines_unfit` for a file that breaks them."""
    try:
        said = fenced(__name__, {"path": str(path.absolute())}, fences, readers_only())
    except Broken as broken:
        raise BadInput(
            f"{path.name} cannot be compared: {broken}. Nothing was compared.", code="lines_unfit", kind="unreadable"
        ) from None
    lines = tuple(FileLine(_line(row["course"]), row["fields"]) for row in said["lines"])
    return LineFile(said["name"], said["sha256"], lines)


def _line(course: dict[str, Any]) -> LineString:
    return LineString(shapely.get_coordinates(shape(course)))


def answer(asked: Mapping[str, Any]) -> dict[str, Any]:
    """In the child: the file with its lines, as JSON values."""
    found = read_line_file(Path(asked["path"]))
    lines = [{"course": mapping(line.course), "fields": _told(line.fields)} for line in found.lines]
    return {"name": found.name, "sha256": found.sha256, "lines": lines}


def _told(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that a comparison reads, as JSON has them."""
    return {name: _value(fields[name]) for name in FIELDS if name in fields}


def _value(value: Any) -> Any:
    if isinstance(value, str | bool | int | float | None):
        return value
    return value.item() if hasattr(value, "item") else str(value)
