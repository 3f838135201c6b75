"""`./diming bench import --names N`: the bulk import end to end: places a second, memory, going on after a kill.

A register of its own with the demonstration is seeded (`tests.bench.seed`) by a process that is killed half-way and
started again: what it took until then is not taken twice.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from typing import Any

from sqlalchemy import Engine, text

from api.demo import load_all
from data import migrate
from data.db import make_engine, reading
from tests.bench import machine
from tests.bench.report import table, write_section
from tests.bench.servers import own_cluster
from tests.registers import demonstration_packages

#: Issue 8: names a second end to end, megabytes.
PLACES_A_SECOND, MEGABYTES = 20_000, 2_000
#: What an import writes: the register, its feed, and what is derived from them.
TABLES = ("place", "place_name", "change", "spelling", "name_key", "search_name")
COLUMNS = text("""
    SELECT quote_ident(attname) FROM pg_attribute
    WHERE attrelid = CAST('diming.' || :name AS regclass) AND attnum > 0 AND NOT attisdropped AND attidentity = ''
      AND attgenerated = '' ORDER BY attnum
""")
IMPORTS = text("SELECT count(*) FROM diming.gazetteer_import WHERE state = 'applied'")
PLACES = text("SELECT count(*) FROM diming.place")


def main() -> None:
    """Measure and print; `--json` prints one document, else a section goes into RESULTS.md."""
    names = int(sys.argv[sys.argv.index("--names") + 1]) if "--names" in sys.argv else 300_000
    with own_cluster() as cluster, tempfile.TemporaryDirectory(prefix="diming-import-bench-") as folder:
        engine = make_engine(cluster.url(), pooled=False)
        migrate.upgrade(engine)
        load_all(engine, demonstration_packages(), lambda _what: None)
        with reading(engine) as connection:
            found: dict[str, Any] = {"names": names, "machine": machine.description(connection)}
            before = int(connection.scalar(PLACES) or 0)
        environment = {**os.environ, "DIMING_DATABASE_URL": cluster.url(), "DIMING_HOME": folder}
        found["killed_after"] = _killed(names, environment, folder)
        found |= _finished(names, environment, folder)
        found |= bare(engine, names)
        with reading(engine) as connection:
            found["added"] = int(connection.scalar(PLACES) or 0) - before
            found["tables"] = int(connection.scalar(IMPORTS) or 0)
        engine.dispose()
    _show(found)


def bare(engine: Engine, names: int) -> dict[str, Any]:
    """What PostgreSQL alone takes for the same rows: COPY of each table into an empty one like it.

    With its indexes, checks and defaults, without its triggers and references to other tables: the least that any
    import into this schema costs. One table after another by one connection; `bare_a_second` is of the whole.
    """
    seconds: dict[str, float] = {}
    with tempfile.TemporaryFile() as rows, engine.connect() as connection:
        cursor = connection.connection.cursor()
        for name in TABLES:
            columns = ", ".join(connection.scalars(COLUMNS, {"name": name}))
            rows.seek(0)
            rows.truncate()
            with cursor.copy(f"COPY diming.{name} ({columns}) TO STDOUT (FORMAT binary)") as out:
                rows.writelines(out)
            connection.execute(text(f"CREATE TEMP TABLE bare (LIKE diming.{name} INCLUDING ALL)"))
            rows.seek(0)
            begun = time.perf_counter()
            with cursor.copy(f"COPY pg_temp.bare ({columns}) FROM STDIN (FORMAT binary)") as into:
                while block := rows.read(1 << 18):
                    into.write(block)
            seconds[name] = round(time.perf_counter() - begun, 1)
            connection.rollback()
    return {"bare_s": seconds, "bare_a_second": names / sum(seconds.values())}


def _started(names: int, environment: dict[str, str], folder: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.bench.seed", "--names", str(names), "--folder", folder]
    return subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )


def _killed(names: int, environment: dict[str, str], folder: str) -> str:
    """Start it and kill all of it once the first table is taken; what it had said."""
    process = _started(names, environment, folder)
    assert process.stderr is not None
    said = process.stderr.readline().strip()
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    print(f"killed: {said}", file=sys.stderr, flush=True)
    return said


def _finished(names: int, environment: dict[str, str], folder: str) -> dict[str, Any]:
    """Start it again; what it measured of the rest."""
    process = _started(names, environment, folder)
    assert process.stderr is not None
    assert process.stdout is not None
    for line in process.stderr:
        print(line, end="", file=sys.stderr, flush=True)
    told = process.stdout.read()
    if process.wait():
        raise RuntimeError("the seeding ended with a failure, see above")
    return dict(json.loads(told))


def _show(found: dict[str, Any]) -> None:
    if "--json" in sys.argv:
        print(json.dumps(found, ensure_ascii=False, indent=2))
        return
    name = f"import of {found['names']:,} places"
    rate, peak = found["places_a_second"], found["peak_mb"]
    lines = [f"## {name}", "", *(f"* {key}: {value}" for key, value in found["machine"].items())]
    lines += [f"* load after: {machine.load()}", ""]
    lines += table(
        ("target of issue 8", "target", "measured", "ratio (met below 1)"),
        [
            ("places a second, end to end", f"{PLACES_A_SECOND:,}", f"{rate:,.0f}", f"{PLACES_A_SECOND / rate:.2f}"),
            (
                "the database alone (COPY of the same rows), places a second",
                f"{PLACES_A_SECOND:,}",
                f"{found['bare_a_second']:,.0f}",
                f"{PLACES_A_SECOND / found['bare_a_second']:.2f}",
            ),
            ("most memory of a process", f"{MEGABYTES:,} MB", f"{peak:,.0f} MB", f"{peak / MEGABYTES:.2f}"),
        ],
    )
    stands = f"{found['added']:,} places stand, none twice, by {found['tables']:,} decisions"
    taken = f"handed in, checked and taken {found['taken_s']:,.0f} s"
    derived = f"spellings, keys of search and of comparison {found['derived_s']:,.0f} s"
    lines += [
        "",
        f"Killed after {found['killed_after']!r} and started again: {stands}. Of what was left: {taken}, {derived}.",
    ]
    lines += [
        "",
        "The database alone: every table that an import writes, whole, by COPY into an empty one with the same indexes "
        "and checks, without triggers and references, one after another by one connection: "
        + ", ".join(f"{table_} {seconds} s" for table_, seconds in found["bare_s"].items())
        + f". The import takes {found['bare_a_second'] / rate:.1f} times as long.",
    ]
    print(write_section(name, "\n".join(lines) + "\n"))


if __name__ == "__main__":
    main()
