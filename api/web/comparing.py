"""What the page of a comparison draws: the layer of its map, the whole line, each finding close up."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from boundaries.comparisons.stored import comparison_of
from boundaries.inspection.drawing import CLOSE, NARROW
from boundaries.inspection.figure import Figures
from boundaries.inspection.model import Side
from boundaries.inspection.report import wording
from boundaries.inspection.words import words_of
from data.errors import NotFound

#: How the component of maps draws each kind.
DRAWS = {"disputed_area": "disputed", "unclaimed_area": "unclaimed"}
SIDES: tuple[Side, ...] = ("a", "b")
COURSES = {"legal": "legal", "a": "side_a", "b": "side_b"}


def layer_of(found: dict[str, Any], language: str) -> list[dict[str, Any]]:
    """The features of the map: legal line, both claims, recorded markers, findings with a place."""
    drawn = found["drawn"]
    features = [
        _feature(geometry, draw=COURSES[name]) for name, geometry in drawn["courses"].items() if geometry is not None
    ]
    features += [
        _feature({"type": "Point", "coordinates": marker["position"]}, draw="marker", label=marker["code"])
        for marker in drawn["markers"]
    ]
    features += [_feature(mapping(course), draw="handed_in") for course in _before(found)]
    return features + [
        _told(finding, language) for finding in found["report"]["findings"] if finding["geometry"] is not None
    ]


def _before(found: dict[str, Any]) -> Iterator[BaseGeometry]:
    """The courses of surveys that lie elsewhere as a whole, where their files had them."""
    if any(found["report"]["shift"].values()):
        figures = Figures(comparison_of(found))
        for side in SIDES:
            course = figures.before(side)
            if course is not None:
                yield course


def _feature(geometry: Any, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def _told(finding: dict[str, Any], language: str) -> dict[str, Any]:
    number = str(finding["number"])
    return _feature(
        finding["geometry"],
        id=number,
        draw=DRAWS.get(finding["kind"], "finding"),
        severity=finding["severity"],
        label=number,
        title=f"{number} · {title_of(finding['kind'], language)}",
    )


def has_drawing(finding: dict[str, Any]) -> bool:
    """Whether a finding can be drawn close up: it has a place, or a length by which a survey is moved."""
    return finding["geometry"] is not None or finding["measures"].get("dx_m") is not None


def title_of(kind: str, language: str) -> str:
    """What a kind of finding is called."""
    return str(wording()[kind][f"title_{language}"])


def where_of(finding: dict[str, Any], language: str) -> str:
    """Between which markers a finding lies, in words."""
    before, after = finding["between"]
    return words_of(language).between_codes(before, after)


def drawing_of(found: dict[str, Any], number: int | None, language: str, *, narrow: bool = False) -> str:
    """The whole line, or finding `number` close up, as SVG; `NotFound` `no_geometry` where it has no place.

    `narrow`: for a telephone, on which what is written in the other would be too small to read.
    """
    units = {side: found[side]["unit"] for side in ("a", "b") if found[side]["unit"]}
    figures = Figures(comparison_of(found), language=language, units=units)
    if number is None:
        return figures.whole(words_of(language)["map"])
    if not 1 <= number <= len(figures.comparison.findings):
        raise NotFound("The comparison has no finding of that number.", code="no_geometry")
    kind = figures.comparison.findings[number - 1].kind
    drawing = figures.close_up(number - 1, title_of(kind, language), NARROW if narrow else CLOSE)
    if drawing is None:
        raise NotFound("This finding has no place: there is nothing to draw.", code="no_geometry")
    return drawing
