"""What a registration form (界桩登记表) and a table of results (界桩成果表) print, from the register alone. Pure.

Nothing is typed for a form that the register does not hold, and what it does not
hold is left blank. Azimuths stand in the register from true north; forms give
the grid azimuth (坐标方位角) of the zone of three degrees beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from boundaries.geometry.plane import LocalPlane
from boundaries.markers.model import Marker, Witness
from boundaries.markers.vocabulary import label_zh
from data.crs import projected

#: EPSG of the zones of 3 degrees of CGCS2000 with the zone's number before the easting: 4513 is zone 25 (75°E).
FIRST_ZONE, FIRST_ZONE_SRID = 25, 4513
ZONE_DEG = 3
#: Decimals of seconds: 0.0001″ is about 3 mm.
SECOND_DECIMALS = 4
#: Who fills the form in where no office is laid down for it.
UNKNOWN_OFFICE = "填表单位（签章）"


@dataclass(frozen=True, slots=True)
class Gridded:
    """A position in its zone of three degrees: X northing, Y easting with the zone's number, metres."""

    zone: int
    x_m: float
    y_m: float
    convergence_deg: float

    @property
    def name(self) -> str:
        """The zone as forms word it."""
        return f"CGCS2000 3度带 第{self.zone}带，中央子午线{self.zone * ZONE_DEG}°"


def gridded(longitude: float, latitude: float) -> Gridded:
    """The position in the zone of three degrees that holds it."""
    zone = round(longitude / ZONE_DEG)
    easting, northing = projected(FIRST_ZONE_SRID + zone - FIRST_ZONE).transform(longitude, latitude)
    return Gridded(zone, northing, easting, LocalPlane(zone * ZONE_DEG).convergence_deg(longitude, latitude))


def degrees_text(value: float, decimals: int = SECOND_DECIMALS) -> str:
    """Degrees, minutes and seconds; a position south or west of zero bears a minus."""
    unit = 10**decimals
    steps = round(abs(value) * 3600 * unit)
    minutes, seconds = divmod(steps, 60 * unit)
    degrees, minutes = divmod(minutes, 60)
    sign = "-" if value < 0 else ""
    width = 3 + decimals if decimals else 2
    return f"{sign}{degrees}°{minutes:02}′{seconds / unit:0{width}.{decimals}f}″"


def azimuth_text(value: float) -> str:
    """An azimuth in degrees and minutes, 0 to below 360."""
    minutes = round((value % 360) * 60) % (360 * 60)
    return f"{minutes // 60}°{minutes % 60:02}′"


def signed_angle_text(value: float) -> str:
    """A small angle in degrees and minutes, with its sign."""
    minutes = round(abs(value) * 60)
    return f"{'-' if value < 0 and minutes else ''}{minutes // 60}°{minutes % 60:02}′"


def registration_values(
    marker: Marker, line: str | None, history: Iterable[Mapping[str, Any]], office: str | None, on: str
) -> dict[str, Any]:
    """What the form of a marker prints in words. `history`: events with `happened_on`, `kind`, `doc_no`, `remark`."""
    grid = gridded(marker.longitude, marker.latitude)
    return {
        "office": office or UNKNOWN_OFFICE,
        "date": on,
        "code": marker.code,
        "line": line,
        **_words(marker),
        **_place(marker, grid),
        "zone": grid.name,
        "convergence": signed_angle_text(grid.convergence_deg),
        "accuracy_m": marker.accuracy_m,
        "set_on": marker.set_on,
        "surveyed_on": marker.surveyed_on,
        "custodian": marker.custodian,
        "witnesses": [_witness(one, grid) for one in marker.witnesses],
        "sides": [
            {"unit": s.unit, "location": s.location, "responsible": s.responsible, "signed_on": s.signed_on}
            for s in marker.sides
        ],
        "history": [
            {
                "on": event["happened_on"] or event["begins_on"],
                "event": label_zh("marker_event", event["kind"]),
                "document": event["doc_no"],
                "remark": event["remark"],
            }
            for event in history
        ],
    }


def _words(marker: Marker) -> dict[str, Any]:
    return {
        "kind": label_zh("marker_kind", marker.kind),
        "faces": label_zh("marker_faces", str(marker.faces)),
        "part": label_zh("marker_part", marker.part),
        "material": marker.material,
        "shape": marker.shape,
        "state": label_zh("marker_state", marker.state),
        "method": marker.method,
        "height_datum": marker.height_datum,
        "place": marker.place,
    }


def _place(marker: Marker, grid: Gridded) -> dict[str, Any]:
    return {
        "longitude": degrees_text(marker.longitude),
        "latitude": degrees_text(marker.latitude),
        "x_m": f"{grid.x_m:.3f}",
        "y_m": f"{grid.y_m:.3f}",
        "elevation_m": marker.elevation_m,
    }


def _witness(one: Witness, grid: Gridded) -> dict[str, str]:
    return {
        "name": one.name,
        "grid_azimuth": azimuth_text(one.azimuth_deg - grid.convergence_deg),
        "true_azimuth": azimuth_text(one.azimuth_deg),
        "distance_m": f"{one.distance_m:.2f}",
    }


def result_values(markers: Sequence[Marker], line: str, as_of: date, office: str | None, on: str) -> dict[str, Any]:
    """What the table of a line prints: its markers in the order given."""
    zones = dict.fromkeys(gridded(m.longitude, m.latitude).name for m in markers)
    return {
        "office": office or UNKNOWN_OFFICE,
        "date": on,
        "line": line,
        "as_of": f"{as_of.year}年{as_of.month}月{as_of.day}日",
        "zone": "；".join(zones) or "—",
        "count": str(len(markers)),
        "markers": [_row(marker) for marker in markers],
    }


def _row(marker: Marker) -> dict[str, Any]:
    words = _words(marker)
    grid = gridded(marker.longitude, marker.latitude)
    return {
        **words,
        **_place(marker, grid),
        "code": marker.code,
        "what": words["kind"] + words["faces"],
        "custodian": marker.custodian,
    }
