"""The shapes of what a field party measured."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from api.v1.inspection_shapes import Sent
from api.v1.params import Day


class MeasurementSent(Sent):
    """What was measured or photographed at one segment or marker; what is left out stays as it is registered."""

    task: UUID
    kind: Literal["marker", "resurvey", "photo"]
    observed_on: Day
    registration: (
        Annotated[
            dict[Annotated[str, Field(max_length=40)], Annotated[str, Field(max_length=300)]], Field(max_length=20)
        ]
        | None
    ) = None
    geometry: dict[str, Any] | None = Field(default=None, description="GeoJSON in CGCS2000: longitude, latitude.")
    accuracy_m: Annotated[float, Field(gt=0, le=100_000)] | None = None
    photo: UUID | None = None
    remark: Annotated[str, Field(max_length=2000)] = ""


class MeasurementsSent(Sent):
    """Measurements, entered all or none."""

    measurements: Annotated[list[MeasurementSent], Field(min_length=1, max_length=500)]
