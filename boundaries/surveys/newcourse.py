"""A project for a line that is not in the network: its two units, the network around them, its draft and its law.

Facts beside those of every project: `new` with the ids of the units `left` and `right` of the line as its points run,
their `level`, the `name` that the line is to have, and whether it divides the `whole` land under it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from shapely.geometry import LineString
from sqlalchemy import Connection

from boundaries.markers.sides import Beside, sides_of_units
from boundaries.network.amendment import Amendment
from boundaries.network.build import line_id
from boundaries.network.editing import Editor
from boundaries.network.structure.world import units_of_line, world_around
from boundaries.surveys.newline import draw, join_new, place_end
from boundaries.surveys.points import Joined, Point
from boundaries.units.service import chain_of, find_unit
from data.access.model import Matter
from data.errors import BadInput, Conflict

#: What the ends of a line are called.
END_WORDS = {"node": "既有节点", "on_line": "既有界线上", "free": "未与既有界线相接"}


def new_facts(
    connection: Connection, codes: Sequence[str], name: str | None, whole: bool, day: date
) -> tuple[dict[str, Any], list[Beside]]:
    """The facts of a project for the line between two units (codes, left and right as it is to run), and its sides.

    Raises `BadInput` `bad_case` where they are not two units of one level, or have a line already; `NotFound` as
    `find_unit`.
    """
    left, right = (find_unit(connection, code, day) for code in codes)
    if left["id"] == right["id"] or left["level"] != right["level"]:
        raise BadInput("A line divides two different units of one level. Nothing was stored.", code="bad_case")
    pair = frozenset((left["id"], right["id"]))
    identity = line_id(left["level"], pair)
    if units_of_line(connection, identity, day) is not None:
        raise BadInput(
            f"The line between {left['name']} and {right['name']} is in the register: open the project there "
            f"(/lines/{identity}/survey). Nothing was stored.",
            code="bad_case",
        )
    told = {"left": str(left["id"]), "right": str(right["id"]), "level": left["level"], "name": name, "whole": whole}
    facts = {"line": str(identity), "line_name": name, "segment": None, "hash": None, "new": told}
    return facts, sides_of_units(connection, sorted(pair), day)


def sides_of_new(connection: Connection, new: Mapping[str, Any], day: date) -> list[Beside]:
    """The sides of a line that is not there yet."""
    return sides_of_units(connection, _units(new), day)


def matter_of_new(connection: Connection, new: Mapping[str, Any], day: date) -> Matter:
    """The matter lies with whoever stands above both units."""
    chains = [[unit["id"] for unit in chain_of(connection, unit, day)] for unit in _units(new)]
    common = [one for one, other in zip(*chains, strict=False) if one == other]
    return Matter(tuple(common))


def _units(new: Mapping[str, Any]) -> list[UUID]:
    return [UUID(new["left"]), UUID(new["right"])]


def around(connection: Connection, new: Mapping[str, Any], day: date) -> Editor:
    """The network around both units and whatever they lie in."""
    chains = [chain_of(connection, unit, day) for unit in _units(new)]
    return Editor(world_around(connection, {unit["id"] for chain in chains for unit in chain[-2:]}, day))


def draft_new(
    connection: Connection, new: Mapping[str, Any], points: Sequence[Point], tolerance_m: float, day: date
) -> tuple[Joined, dict[str, Any]]:
    """The course through the points, and how it meets what is there: tried out on the network, not written.

    Raises `BadInput` `survey_points`.
    """
    editor = around(connection, new, day)
    ends = [place_end(points[at].position, editor.segments, tolerance_m) for at in (0, -1)]
    joined = join_new(points, ends)
    drawn = draw(editor, joined.course, *_units(new), whole=new["whole"], said={})
    told = {"ends": [END_WORDS[end.kind] for end in ends], "handed_over": len(drawn.handed_over)}
    return joined, told


def amendment_of_new(
    connection: Connection, new: Mapping[str, Any], course: LineString, said: Mapping[str, Any], day: date
) -> Amendment:
    """What the approval makes law: the line, what it cuts, and what goes over with it.

    `Conflict` `segment_changed` where an end no longer meets the network as it was drafted.
    """
    editor = around(connection, new, day)
    before = len(editor.segments)
    left, right = _units(new)
    draw(editor, course, left, right, whole=new["whole"], said=said)
    if new["name"]:
        editor.name_line(new["level"], (left, right), name=new["name"])
    cut = len(editor.segments) - before - 1
    if not course.is_ring and cut < _wanted_cuts(new):
        raise Conflict(
            "The network was changed where the line ends since the course was drafted. Nothing was changed: go back "
            "to the field and draft it again.",
            code="segment_changed",
        )
    return editor.amendment(leaves_open=not new["whole"])


def _wanted_cuts(new: Mapping[str, Any]) -> int:
    """How many segments the ends cut when the course was drafted."""
    return sum(1 for end in new.get("ends", ()) if end == END_WORDS["on_line"])
