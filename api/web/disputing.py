"""What the page of a dispute draws: the layer of its map, and each of its findings close up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shapely.geometry import mapping

from api.web.comparing import DRAWS
from boundaries.inspection.figure import Figures
from boundaries.inspection.model import Comparison
from data.errors import NotFound

#: How the component of maps draws each course; the one on the table as a line that was handed in.
COURSES: Mapping[str, str] = {"legal": "legal", "a": "side_a", "b": "side_b", "course": "handed_in"}


def layer_of(picture: Comparison, titles: Sequence[str]) -> list[dict[str, Any]]:
    """The features of the map: legal line, both claims, the course on the table, markers, findings with a place."""
    features = [
        _feature(mapping(course), draw=COURSES[name]) for name, course in picture.courses.items() if not course.is_empty
    ]
    features += [
        _feature({"type": "Point", "coordinates": marker.position}, draw="marker", label=marker.code)
        for marker in picture.markers
    ]
    told = zip(picture.findings, titles, strict=True)
    for number, (finding, title) in enumerate(told, 1):
        if finding.geometry is not None:
            said = {"id": str(number), "label": str(number), "title": f"{number} · {title}"}
            draw = DRAWS.get(finding.kind, "finding")
            features.append(_feature(mapping(finding.geometry), draw=draw, severity=finding.severity, **said))
    return features


def _feature(geometry: Any, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def drawing_of(picture: Comparison, number: int | None, title: str) -> str:
    """The whole line, or finding `number` (from 1) close up, as SVG; `NotFound` `no_geometry` where it has no place."""
    figures = Figures(picture)
    if number is None:
        return figures.whole(title)
    drawing = figures.close_up(number - 1, title) if 1 <= number <= len(picture.findings) else None
    if drawing is None:
        raise NotFound("This finding has no place: there is nothing to draw.", code="no_geometry")
    return drawing
