"""The measurements of an inspection as they stand, read for whoever was let look (`reading.seen_by`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from boundaries.records import store
from boundaries.records.measurements import Measurement, standing
from data.db import Row, fetch_all


def measurements_of(connection: Connection, identity: UUID, sides: Sequence[str]) -> list[Measurement]:
    """The measurements of `sides` that stand."""
    rows = fetch_all(connection, store.MEASUREMENTS, {"id": identity, "sides": sorted(sides)})
    return standing(_measurement(row) for row in rows)


def _measurement(row: Row) -> Measurement:
    return Measurement(
        id=row["id"], task=row["task_id"], side=row["side"], kind=row["kind"], observed_on=row["observed_on"],
        registration=row["registration"], geometry=row["geometry"], accuracy_m=row["accuracy_m"],
        photo_sha256=row["photo_sha256"], photo_name=row["photo_name"], photo_type=row["photo_type"],
        remark=row["remark"], at=row["at"], by=row["by_id"],
    )  # fmt: skip


def measurement_object(one: Measurement) -> dict[str, Any]:
    """A measurement as the API shows it."""
    names = ("id", "side", "kind", "observed_on", "registration", "geometry", "accuracy_m", "remark", "at")
    return {**{name: getattr(one, name) for name in names}, "photo": one.photo_name, "photo_sha256": one.photo_sha256}
