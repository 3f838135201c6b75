"""`./diming bench partitions`: places, names and search keys by province, beside the tables as they are.

Copies the tables of the register at DIMING_DATABASE_URL into partitioned ones (schema `partitioned`, one partition for
each province and one for what lies in none), with the same indexes. Then the program's own questions are asked of
both: inside a transaction that is rolled back, the partitioned tables stand where the others stood and the views look
at them, so that every statement is the one that users cause. Answers are held against each other, times are medians,
and the plans are printed. `--keep` leaves the copy, `--made` uses one that is there.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

from sqlalchemy import Connection, Engine, text

from api.settings import settings_from_environment
from data.db import make_engine
from tests.bench import machine
from tests.bench.latency import latency_of
from tests.bench.report import table, write_section
from tests.bench.search import KINDS, PICK, SPAN, say

SCHEMA = "partitioned"
#: The tables, and where the province of a row stands. It is the first two digits of a division code (GB/T 2260).
TABLES: dict[str, str] = {
    "search_name": "SELECT s.* FROM diming.search_name s",
    "place": "SELECT t.*, p.province FROM diming.place t LEFT JOIN partitioned.province_of p ON p.id = t.id",
    "place_name": """
        SELECT t.*, p.province FROM diming.place_name t LEFT JOIN partitioned.province_of p ON p.id = t.subject_id""",
}
PROVINCE_OF = """
    CREATE UNLOGGED TABLE partitioned.province_of AS
    SELECT DISTINCT ON (subject_id) subject_id AS id, province FROM diming.search_name WHERE collection = 'places'
"""
INDEXES = text("SELECT indexdef FROM pg_indexes WHERE schemaname = 'diming' AND tablename = :name ORDER BY indexname")
#: Views that name one of the tables; they are made anew over what stands in its place.
VIEWS = text("""
    SELECT DISTINCT v.oid::regclass::text AS name, pg_get_viewdef(v.oid) AS body, v.reloptions AS options
    FROM pg_depend d JOIN pg_rewrite r ON r.oid = d.objid JOIN pg_class v ON v.oid = r.ev_class AND v.relkind = 'v'
    WHERE d.refobjid = ANY (CAST(:tables AS regclass[]))
""")
ASKED, SEED = 40, 20261123
ONE = "SELECT * FROM published.place WHERE id = :id"
#: Questions by statement, beside those of the services.
STATEMENTS = {
    "a place": ONE,
    "its names": "SELECT text, kind, valid FROM published.place_name WHERE subject_id = :id ORDER BY text, kind, valid",
    "places of a division": "SELECT id FROM published.place WHERE unit_id = :unit ORDER BY id LIMIT 1000",
    "places in a box of 0.2°": """
        SELECT id FROM published.place WHERE geom && ST_MakeEnvelope(:x - 0.1, :y - 0.1, :x + 0.1, :y + 0.1, 4490)
        ORDER BY id LIMIT 1000""",
    "a page of all": "SELECT id FROM diming.place WHERE id > :id ORDER BY id LIMIT 100",
}
#: What only partitions can be asked: the province is known.
PRUNED = {
    "keys of a province that begin so": """
        SELECT id FROM diming.search_name n WHERE n.province = '33' AND n.tier = 1 AND n.main
          AND n.folded >= '长' AND n.folded < '門' ORDER BY folded LIMIT 50""",
    "keys of the country that begin so": """
        SELECT id FROM diming.search_name n WHERE n.tier = 1 AND n.class_no = 1 AND n.main
          AND n.folded >= '长' AND n.folded < '門' ORDER BY folded LIMIT 50""",
    "a place by its number": "SELECT * FROM diming.place WHERE id = '019a2b3c-4d5e-7f60-8a1b-2c3d4e5f60c1'",
}

Asked = Callable[[Connection, Any], object]


@dataclass(frozen=True)
class Row:
    """One question on both: milliseconds, and whether both gave the same answers."""

    what: str
    whole_ms: float
    parted_ms: float
    same: bool


def main() -> int:
    """Copy, ask, print, and put the section into RESULTS.md (`--json`: one document, nothing written)."""
    engine = make_engine(settings_from_environment().database_url, pooled=False)
    took = {} if "--made" in sys.argv else make(engine)
    try:
        found = {"took": took, **measure(engine)}
    finally:
        if "--keep" not in sys.argv:
            with engine.begin() as connection:
                connection.execute(text(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE"))
    print(json.dumps(found, ensure_ascii=False, default=str) if "--json" in sys.argv else _shown(found))
    return 0 if all(row["same"] for row in found["rows"]) else 1


def make(engine: Engine) -> dict[str, float]:
    """The partitioned copies; seconds by table."""
    took = {}
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for line in (f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE", f"CREATE SCHEMA {SCHEMA}", PROVINCE_OF,
                     "CREATE UNIQUE INDEX ON partitioned.province_of (id)", "ANALYZE partitioned.province_of",
                     "SET maintenance_work_mem = '1GB'", "SET work_mem = '256MB'"):  # fmt: skip
            connection.execute(text(line))
        provinces = connection.scalars(text("SELECT DISTINCT province FROM diming.search_name ORDER BY 1")).all()
        for name, rows in TABLES.items():
            begun = time.perf_counter()
            _partitioned(connection, name, [one for one in provinces if one])
            connection.execute(text(f"INSERT INTO {SCHEMA}.{name} OVERRIDING SYSTEM VALUE {rows}"))
            say(f"{name}: rows after {time.perf_counter() - begun:.0f} s")
            for definition in connection.scalars(INDEXES, {"name": name}).all():
                if made := _of_parts(definition, name):
                    _as_written(connection, made)
            connection.execute(text(f"ANALYZE {SCHEMA}.{name}"))
            took[name] = time.perf_counter() - begun
            say(f"{name}: {took[name]:.0f} s")
    return took


def _partitioned(connection: Connection, name: str, provinces: list[str]) -> None:
    column = "" if name == "search_name" else ', province text COLLATE "C"'
    kinds = "INCLUDING DEFAULTS INCLUDING GENERATED INCLUDING IDENTITY INCLUDING CONSTRAINTS"
    connection.execute(
        text(f"CREATE TABLE {SCHEMA}.{name} (LIKE diming.{name} {kinds}{column}) PARTITION BY LIST (province)")
    )
    for province in provinces:
        connection.execute(text(f"CREATE TABLE {SCHEMA}.{name}_{province} PARTITION OF {SCHEMA}.{name} "
                                f"FOR VALUES IN ('{province}')"))  # fmt: skip
    connection.execute(text(f"CREATE TABLE {SCHEMA}.{name}_none PARTITION OF {SCHEMA}.{name} DEFAULT"))


def _of_parts(definition: str, name: str) -> str | None:
    """An index of the whole table for the parts; None where a partitioned table can have none (PostgreSQL 15).

    What is unique without the province cannot be promised by the database over all parts: it becomes a plain index.
    An exclusion cannot be declared over parts at all; each of them would get its own.
    """
    if " EXCLUDE " in definition or "one_standard_name_at_a_time" in definition:
        return None
    plain = definition.replace("CREATE UNIQUE INDEX", "CREATE INDEX").split(" ON ", 1)[1]
    return f"CREATE INDEX ON {plain.replace(f'diming.{name} ', f'{SCHEMA}.{name} ', 1)}"


@contextmanager
def standing(engine: Engine, *, parted: bool) -> Iterator[Connection]:
    """A connection on which the tables are whole, or parted; nothing of it stays."""
    with engine.connect() as connection:
        if parted:
            _exchange(connection)
        yield connection
        connection.rollback()


def _exchange(connection: Connection) -> None:
    names = list(TABLES)
    views = connection.execute(VIEWS, {"tables": [f"diming.{name}" for name in names]}).all()
    connection.execute(text(f"CREATE SCHEMA {SCHEMA}_apart"))
    for name in names:
        connection.execute(text(f"ALTER TABLE diming.{name} SET SCHEMA {SCHEMA}_apart"))
        connection.execute(text(f"ALTER TABLE {SCHEMA}.{name} SET SCHEMA diming"))
    for view in views:  # written before the exchange: the names are those of the parts now
        having = f" WITH ({', '.join(view.options)})" if view.options else ""
        _as_written(connection, f"CREATE OR REPLACE VIEW {view.name}{having} AS {view.body}")


def _as_written(connection: Connection, statement: str) -> None:
    """A statement of the database's own, in which neither `:` nor `%` means anything."""
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute(statement)


def measure(engine: Engine) -> dict[str, Any]:
    """The questions on both."""
    with engine.connect() as connection:
        names, facts = _drawn(connection), machine.description(connection)
        keys = connection.execute(SPAN).one().count
    questions = list(_questions())
    took: dict[bool, list[tuple[float, list[str]]]] = {}
    plans: dict[bool, dict[str, list[str]]] = {}
    for parted in (False, True, False):  # the first is thrown away: it warms the disk's cache
        with standing(engine, parted=parted) as connection:
            took[parted] = [_timed(connection, ask, names) for _, ask in questions]
        say(f"asked, {'parted' if parted else 'whole'}")
        with engine.connect() as connection:
            if parted:
                _exchange(connection)
            plans[parted] = {what: _plan(connection, statement) for what, statement in PRUNED.items()}
            connection.rollback()
    rows = [
        Row(what, took[False][n][0], took[True][n][0], took[False][n][1] == took[True][n][1])
        for n, (what, _) in enumerate(questions)
    ]
    return {
        "machine": facts, "keys": keys, "rows": [asdict(row) for row in rows],
        "plans": {what: {"whole": plans[False][what], "parted": plans[True][what]} for what in PRUNED},
    }  # fmt: skip


def _drawn(connection: Connection) -> list[Any]:
    first, last, _ = connection.execute(SPAN).one()
    chance = random.Random(SEED)
    unit = text("SELECT unit_id FROM diming.place WHERE id = :id")
    found: list[Any] = []
    while len(found) < ASKED:
        row = connection.execute(PICK, {"at": chance.randint(first, last)}).first()
        if row is not None:
            found.append((row, connection.scalar(unit, {"id": row.subject_id})))
    return found


def _questions() -> Iterator[tuple[str, Asked]]:
    for kind, asks in KINDS.items():
        for what, ask in asks().items():
            yield f"{kind}, {what}", partial(_of_service, ask)
    for what, statement in STATEMENTS.items():
        yield what, partial(_rows, statement)


def _of_service(ask: Asked, connection: Connection, drawn: Any) -> object:
    return ask(connection, drawn[0])


def _rows(statement: str, connection: Connection, drawn: Any) -> list[str]:
    row, unit = drawn
    given = {"id": row.subject_id, "unit": unit, "x": row.x, "y": row.y}
    return [str(tuple(one)) for one in connection.execute(text(statement), given)]


def _timed(connection: Connection, ask: Asked, names: list[Any]) -> tuple[float, list[str]]:
    """The median of a question's milliseconds, and its answers."""
    took, answers = [], []
    ask(connection, names[0])
    for name in names:
        begun = time.perf_counter()
        answers.append(repr(ask(connection, name)))
        took.append((time.perf_counter() - begun) * 1000)
    return latency_of(took).p50_ms, answers


def _plan(connection: Connection, statement: str) -> list[str]:
    return list(connection.scalars(text(f"EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY ON) {statement}")))


def _parts(plan: list[str]) -> int:
    """How many parts a plan reads."""
    return sum(" on search_name" in line or " on place" in line for line in plan if "never executed" not in line)


def _shown(found: dict[str, Any]) -> str:
    lines = ["## partitions", "", *(f"* {name}: {value}" for name, value in found["machine"].items())]
    lines += [f"* search keys: {found['keys']:,}", ""]
    lines += [
        f"Copied in {', '.join(f'{name} {s:.0f} s' for name, s in found['took'].items()) or 'an earlier run'}.",
        "",
    ]
    lines += table(
        ("question, one connection", "whole, p50 ms", "by province, p50 ms", "ratio", "same answers"),
        [(r["what"], f"{r['whole_ms']:.2f}", f"{r['parted_ms']:.2f}", f"{r['parted_ms'] / r['whole_ms']:.2f}",
          "yes" if r["same"] else "**no**") for r in found["rows"]],
    )  # fmt: skip
    lines += ["", *table(
        ("statement", "scans, whole", "scans, by province", "ms, whole", "ms, by province"),
        [(what, str(_parts(p["whole"])), str(_parts(p["parted"])), _ms(p["whole"]), _ms(p["parted"]))
         for what, p in found["plans"].items()],
    )]  # fmt: skip
    for what, plan in found["plans"].items():
        lines += ["", f"{what}, by province:", "", "```", *(line[:150] for line in plan["parted"][:14]), "```"]
    return write_section("partitions", "\n".join(lines) + "\n")


def _ms(plan: list[str]) -> str:
    return next((line.split(":")[1].strip().removesuffix(" ms") for line in plan if "Execution Time" in line), "")


if __name__ == "__main__":
    sys.exit(main())
