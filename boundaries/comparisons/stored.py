"""A comparison as JSON values and back: what is kept, and what comes out of another process. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shapely import MultiLineString
from shapely.geometry import mapping, shape

from boundaries.inspection.model import Agreement, Comparison, Finding, Marker, Shift


def drawn_comparison(row: Mapping[str, Any]) -> Comparison:
    """What a row with `tolerance_m`, `accuracies_m` and `drawn` says without its findings: the lines as compared."""
    said = {"tolerance_m": row["tolerance_m"], "accuracies_m": row["accuracies_m"], "findings": [], "shift": {}}
    nothing = dict.fromkeys(("p50_m", "p95_m", "max_m", "within_tolerance_share")) | {"length_m": 0.0}
    return comparison_of({"report": {**said, "agreement": nothing}, "drawn": row["drawn"]})


def comparison_of(found: Mapping[str, Any]) -> Comparison:
    """The comparison of a row with `report` and `drawn`."""
    report, drawn = found["report"], found["drawn"]
    courses = {name: MultiLineString() for name in ("legal", "a", "b")}
    courses |= {name: _course(geometry) for name, geometry in drawn["courses"].items()}
    return Comparison(
        report["tolerance_m"],
        {side: None if shift is None else Shift(**shift) for side, shift in report["shift"].items()},
        Agreement(**report["agreement"]),
        tuple(_finding(one) for one in report["findings"]),
        courses,
        tuple(Marker(one["code"], tuple(one["position"])) for one in drawn["markers"]),
        report.get("accuracies_m", {}),
    )


def drawn_of(found: Comparison) -> dict[str, Any]:
    """The lines as compared and the recorded markers, as GeoJSON: the `drawn` of `comparison_of`."""
    return {
        "courses": {name: mapping(course) for name, course in found.courses.items() if not course.is_empty},
        "markers": [{"code": marker.code, "position": marker.position} for marker in found.markers],
    }


def _course(geometry: dict[str, Any]) -> MultiLineString:
    found = shape(geometry)
    if not isinstance(found, MultiLineString):
        raise TypeError(f"a course is kept as {found.geom_type}")
    return found


def _finding(one: Mapping[str, Any]) -> Finding:
    before, after = one["between"]
    return Finding(
        one["kind"],
        one["severity"],
        one["side"],
        one["kind"],
        None if one["geometry"] is None else shape(one["geometry"]),
        {name: value for name, value in one["measures"].items() if value is not None},
        (before, after),
        one["facts"],
    )
