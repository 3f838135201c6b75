"""The line between the invented 甲县 and 乙县 in two versions by two documents, with two markers."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import shapely
from shapely.geometry import LineString
from sqlalchemy import Engine

from boundaries.markers.model import Marker
from boundaries.markers.service import Happening, record_marker
from boundaries.network.changes import enact, moved
from boundaries.network.load import build_network
from boundaries.network.service import list_lines, run_of
from data.access.model import operator
from data.db import Audience, make_engine, reading
from data.ids import derived_id
from tests.samples.counties import BEGIN, draft, invented_register

OPERATOR = operator("test")
FIRST, SECOND = BEGIN, date(2026, 3, 1)
DOCUMENT, SETTING = "示例〔2026〕1号", "示例〔2026〕2号"
#: The middle third of the line moved eastwards, into 乙县, by so many metres.
MOVED_M = 50.0


def fill(url: str) -> None:
    """Both versions and the markers in an empty, migrated database."""
    engine = make_engine(url, pooled=False)
    try:
        invented_register(engine)
        build_network(engine, OPERATOR, lambda _what: None)
        line = line_between(engine, "990121", "990122")
        change(engine, line)
        mark(engine, line)
    finally:
        engine.dispose()


def line_between(engine: Engine, *codes: str) -> UUID:
    """The line between two units."""
    with reading(engine) as connection:
        items = list_lines(connection)["items"]
    found: UUID = next(i["id"] for i in items if {u["code"] for u in i["units"]} == set(codes))
    return found


def change(engine: Engine, line: UUID) -> None:
    """The second version, by an agreement."""
    with reading(engine) as connection:
        (segment,) = run_of(connection, line, None, Audience.STAFF).state().values()
    vertices = shapely.get_coordinates(segment.geometry).copy()
    third = len(vertices) // 3
    vertices[third : 2 * third, 0] += MOVED_M / 85_000
    document = draft(
        id=derived_id("sample", "second"), kind="agreement", doc_no=DOCUMENT, title="甲县乙县行政区域界线协议书"
    )
    wanted = [moved(segment, LineString(vertices))]
    enact(engine, OPERATOR, wanted, message="联检后修测", document=document, effective_on=SECOND)


def mark(engine: Engine, line: UUID) -> None:
    """A single marker near each end, set by a document."""
    for serial, latitude in (("001", 40.18), ("002", 40.02)):
        identity = derived_id("sample-setting", serial)
        document = draft(id=identity, kind="approval", doc_no=SETTING, title="界桩设立批复")
        marker = Marker(
            id=derived_id("sample-marker", serial), code=f"9901{serial}Q", scheme="provincial", kind="single",
            part="Q", faces=2, material="stone", longitude=99.505, latitude=latitude, line=line, accuracy_m=0.5,
        )  # fmt: skip
        record_marker(engine, OPERATOR, marker, Happening("set", FIRST), document)
