"""The counter of the invented counties: their network, people who hand in, and files with known faults.

`register` of a template is made once in a run; every test takes a copy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from uuid import UUID

import geopandas as gpd
import pyogrio
from shapely.geometry import LineString
from sqlalchemy import Engine, text

from api.jobs import schema
from boundaries.network.load import build_network
from boundaries.network.service import course_of, list_lines, run_of
from boundaries.submissions.checking import check_submission
from boundaries.submissions.service import Counter
from data.access import Actor, Grant, Role
from data.access.model import account_actor, operator
from data.blobs import FolderBlobs
from data.db import Audience, make_engine, reading, unit_of_work
from data.ids import derived_id
from tests.samples.counties import BING, CITY, JIA, YI, invented_register
from tests.samples.office import ADD_ACCOUNT, ADD_GRANT, MovedClock

#: Who is at the counter: name, role, unit.
PEOPLE: Mapping[str, tuple[str, Role, UUID]] = {
    "surveyor": ("测绘员甲", Role.SURVEYOR, JIA),
    "neighbour": ("测绘员乙", Role.SURVEYOR, YI),
    "stranger": ("测绘员丙", Role.SURVEYOR, BING),
    "keeper": ("界线管理员丁", Role.BOUNDARY_KEEPER, CITY),
    "applicant": ("申请人戊", Role.APPLICANT, JIA),
}
WAITING = text("SELECT id FROM diming.submission WHERE state = 'received' ORDER BY received_at, id")
#: Gauss-Krüger of three degrees on 99° E, without the zone's number.
CRS = "EPSG:4542"


def fill(url: str) -> None:
    """The network, the queue and the people."""
    engine = make_engine(url, pooled=False)
    try:
        invented_register(engine)
        build_network(engine, operator("test"), lambda _what: None)
        schema.prepare(engine)
        with unit_of_work(engine) as connection:
            for name, (called, role, unit) in PEOPLE.items():
                account = account_of(name)
                connection.execute(ADD_ACCOUNT, {"id": account, "name": name, "called": called})
                connection.execute(
                    ADD_GRANT, {"id": derived_id("sample-grant", name), "account": account, "role": role, "unit": unit}
                )
    finally:
        engine.dispose()


def account_of(name: str) -> UUID:
    """The account of somebody at the counter."""
    return derived_id("sample-counter", name)


@dataclass
class Desk:
    """The counter on a copy of the register, with its clock and a folder of its own."""

    engine: Engine
    folder: Path
    clock: MovedClock = field(default_factory=MovedClock)

    @property
    def counter(self) -> Counter:
        return Counter(self.engine, FolderBlobs(self.folder / "attachments"), self.clock)

    def __getitem__(self, name: str) -> Actor:
        _, role, unit = PEOPLE[name]
        return account_actor(account_of(name), (Grant(role, unit),), "session")

    @property
    def line(self) -> UUID:
        """The line between 甲县 and 乙县."""
        with reading(self.engine) as connection:
            items = list_lines(connection, unit="990121")["items"]
        wanted = {"990121", "990122"}
        found: UUID = next(item["id"] for item in items if {unit["code"] for unit in item["units"]} == wanted)
        return found

    def course(self) -> list[LineString]:
        """Its segments in order, as the line goes, in longitude and latitude."""
        with reading(self.engine) as connection:
            run = run_of(connection, self.line, None, Audience.STAFF)
        return list(course_of(run).geoms)

    def side(self, name: str) -> str:
        """On which side of the line somebody's county lies."""
        with reading(self.engine) as connection:
            row = run_of(connection, self.line, None, Audience.STAFF).segments[0]
        left = row["left_id"] if row["forward"] else row["right_id"]
        return "left" if PEOPLE[name][2] == left else "right"

    def count(self, table: str) -> int:
        with reading(self.engine) as connection:
            return int(connection.scalar(text(f"SELECT count(*) FROM diming.{table}")) or 0)


def good_file(desk: Desk, path: Path) -> Path:
    """The legal line itself, as a GeoPackage in a Gauss-Krüger zone."""
    return write(desk.course(), path)


def write(lines: list[LineString], path: Path) -> Path:
    """`lines` (longitude and latitude) as a file."""
    frame = gpd.GeoDataFrame({"line": ["甲乙线"] * len(lines)}, geometry=list(lines), crs="EPSG:4490").to_crs(CRS)
    pyogrio.write_dataframe(frame, path)
    return path


def faulty_file(desk: Desk, path: Path, spikes: tuple[int, ...] = (40, 120)) -> Path:
    """The legal line with a kick-back of 30 m at each of some vertices."""
    return write([with_spikes(line, spikes) for line in desk.course()], path)


def with_spikes(line: LineString, at: tuple[int, ...], reach: float = 0.0003) -> LineString:
    """`line` with a point `reach` degrees beside it and back again after each of some vertices."""
    vertices: list[tuple[float, ...]] = []
    for number, vertex in enumerate(line.coords):
        vertices.append(vertex)
        if number in at:
            vertices += [(vertex[0] + reach, vertex[1]), vertex]
    return LineString(vertices)


def worker(desk: Desk, end: Event) -> None:
    """Check what waits, until told to end: what the queue's worker does, without the queue."""
    while not end.wait(0.05):
        with reading(desk.engine) as connection:
            waiting = connection.execute(WAITING).scalars().all()
        for submission in waiting:
            check_submission(desk.counter, submission)
