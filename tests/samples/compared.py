"""Both sides' surveys of the invented line handed in and checked: what every test of comparisons begins with."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import numpy as np
import shapely
from shapely.geometry import LineString

from boundaries.comparisons.model import Wanted
from boundaries.submissions.checking import check_submission
from boundaries.submissions.model import HandIn
from boundaries.submissions.service import hand_in
from tests.samples.counter import Desk, write


def bulged(lines: list[LineString], east_m: float, share: tuple[float, float]) -> list[LineString]:
    """The line with a part of it moved east by so many metres."""
    moved = []
    for line in lines:
        vertices = shapely.get_coordinates(line)
        begin, end = (int(len(vertices) * part) for part in share)
        vertices[begin:end, 0] += east_m / 111_195 / np.cos(np.radians(vertices[begin:end, 1]))
        moved.append(LineString(vertices))
    return moved


def handed_in(desk: Desk, who: str, lines: list[LineString], name: str, *, checked: bool) -> UUID:
    """A survey of somebody's side at the counter."""
    folder = desk.folder / "surveys"
    folder.mkdir(exist_ok=True)
    path = write(lines, folder / name)
    wanted = HandIn(line=str(desk.line), side="left" if desk.side(who) == "left" else "right")
    submission: UUID = hand_in(desk.counter, desk[who], Path(path), name, wanted)["id"]
    if checked:
        check_submission(desk.counter, submission)
    return submission


def both_sides(desk: Desk, east_m: float = 40.0, *, checked: bool = False) -> Wanted:
    """甲县 hands in the legal line, 乙县 a line that takes or leaves a strip of so many metres."""
    course = desk.course()
    by_side = {desk.side("surveyor"): "surveyor", desk.side("neighbour"): "neighbour"}
    files = {
        "surveyor": handed_in(desk, "surveyor", course, "甲县.gpkg", checked=checked),
        "neighbour": handed_in(desk, "neighbour", bulged(course, east_m, (0.3, 0.5)), "乙县.gpkg", checked=checked),
    }
    return Wanted(desk.line, files[by_side["left"]], files[by_side["right"]], accuracy_a_m=0.5, accuracy_b_m=0.5)
