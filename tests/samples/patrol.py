"""The invented counties with five markers on the line between 甲县 and 乙县, for everything about patrols."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import Engine, text

from boundaries.markers.model import Marker, Witness
from boundaries.markers.service import Happening, record_marker
from boundaries.network.load import build_network
from boundaries.network.service import list_lines
from data.access import Actor, Grant
from data.access.model import account_actor, operator
from data.db import make_engine, reading
from data.ids import derived_id
from tests.samples.counties import draft, invented_register, ridge

OPERATOR = operator("test")
SET_ON = date(2024, 5, 1)
#: Vertices of the ridge at which the markers stand, from south to north; their codes run the same way.
STANDING_AT = (10, 50, 90, 130, 170)


def fill(url: str) -> None:
    """Make the register of `url`: units, network, markers."""
    engine = make_engine(url, pooled=False)
    try:
        invented_register(engine)
        build_network(engine, OPERATOR, lambda _what: None)
        add_markers(engine)
    finally:
        engine.dispose()


def add_markers(engine: Engine, steps: tuple[int, ...] = STANDING_AT, first: int = 1) -> None:
    """Set markers `first` and on along the line at these vertices of the ridge, each with two witness objects."""
    line, course = line_between(engine), ridge()
    for serial, step in enumerate(steps, first):
        longitude, latitude = course[step]
        code = f"99010{serial:02d}Q"
        marker = Marker(
            derived_id("sample-marker", code), code, "provincial", "single", "Q", 2, "花岗岩", longitude, latitude,
            line=line, accuracy_m=0.5, method="GNSS RTK", place=f"示例山口{serial}",
            witnesses=(Witness("独立石", 45.0, 12.0), Witness("桥头", 180.0, 30.0)),
        )  # fmt: skip
        document = draft(
            id=derived_id("sample-marker-set", code),
            kind="approval",
            doc_no=f"示例〔2024〕{serial}号",
            title="界桩埋设批复",
        )
        record_marker(engine, OPERATOR, marker, Happening("set", SET_ON), document)


def line_between(engine: Engine, *codes: str) -> UUID:
    """The line between two units, by their codes; 甲县 and 乙县 where none are given."""
    wanted = set(codes or ("990121", "990122"))
    with reading(engine) as connection:
        items = list_lines(connection)["items"]
    found: UUID = next(item["id"] for item in items if {unit["code"] for unit in item["units"]} == wanted)
    return found


def line_and_markers(engine: Engine) -> tuple[UUID, dict[str, UUID]]:
    """The line, and its markers by code."""
    line = line_between(engine)
    with reading(engine) as connection:
        rows = connection.execute(
            text("SELECT code, marker_id FROM diming.marker_version WHERE line_id = :line ORDER BY code"),
            {"line": line},
        )
        return line, {row.code: row.marker_id for row in rows}


def account_of(engine: Engine, username: str, *grants: Grant) -> Actor:
    """The account of that name as an actor with these grants."""
    with reading(engine) as connection:
        identity = connection.scalar(text("SELECT id FROM diming.account WHERE username = :name"), {"name": username})
    return account_actor(identity, grants, "session")
