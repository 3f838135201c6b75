"""`./diming bench publication`: a county of 20,000 places printed as a book, as a list and as a dictionary.

The invented county gets so many streets, villages and hills, spelt by the program itself; then the command that an
office uses (`./diming publish`) makes the books in a process of its own: PDF and Word, read back. Told are seconds,
the process's memory at its highest, pages.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pypdfium2
from sqlalchemy import Connection, text

from api.cli.environment import environment
from data import migrate
from data.db import make_engine, reading, unit_of_work
from data.ids import derived_id
from geonames.romanize.engine import romanize
from geonames.romanize.lexicon import national
from tests.bench import machine
from tests.bench.report import table, write_section
from tests.bench.servers import own_cluster
from tests.samples.invented import DECISION, load_invented, unit_id

PLACES, SEED, LIMIT_S = 20_000, 20, 60.0
COUNTY, WITHIN = "990121100", "990121"
#: Words of which names are made, and what they end with by class and type (GB/T 18521).
WORDS = "安宁平和兴隆永昌德福仁义礼智信东西南北中上下金银铜铁石木水火土青白红黄松柏竹梅柳槐杏桃李枣"
ENDS = {"路": ("STREET", "23514"), "巷": ("STREET", "23514"), "山": ("NATURAL", "12111"), "溪": ("NATURAL", "11110")}
BOOKS = (("list", "16k"), ("list", "a4"), ("dictionary", "16k"))
ADD_PLACE = text("""
    INSERT INTO diming.place (id, class, type_code, geom, unit_id, opened_by)
    VALUES (:id, :class, :type, ST_SetSRID(ST_Point(:lon, :lat), 4490), :unit, :decision)
""")
ADD_NAME = text("""
    INSERT INTO diming.place_name (id, subject_id, text, kind, romanization, romanization_system, source, opened_by)
    VALUES (gen_random_uuid(), :id, :name, :kind, :roman, :system, 'invented', :decision)
""")


def main() -> int:
    """Measure, print, and put the section into RESULTS.md (`--json`: one document, nothing written)."""
    with own_cluster() as cluster:
        engine = make_engine(cluster.url())
        migrate.upgrade(engine)
        load_invented(engine)
        with unit_of_work(engine) as connection:
            _fill(connection)
        with reading(engine) as connection:
            facts = machine.description(connection)
        rows = [_printed(cluster.url(), kind, paper) for kind, paper in BOOKS]
        engine.dispose()
    found = {"machine": facts, "places": PLACES, "books": rows}
    print(json.dumps(found, ensure_ascii=False) if "--json" in sys.argv else write_section("publication", _told(found)))
    return 0 if all(row["seconds"] < LIMIT_S for row in rows) else 1


def _fill(connection: Connection) -> None:
    chance = random.Random(SEED)
    lexicon = national()
    places, names = list[dict[str, Any]](), list[dict[str, Any]]()
    for number in range(PLACES):
        end = chance.choice(list(ENDS))
        name = "".join(chance.choice(WORDS) for _ in range(chance.randint(2, 3))) + end
        class_, type_ = ENDS[end]
        place = {"id": derived_id("place", "bench", str(number)), "decision": DECISION}
        position = {"lon": 110 + chance.random() / 2, "lat": 30 + chance.random() / 2}
        places.append(place | position | {"class": class_, "type": type_, "unit": unit_id(COUNTY)})
        spelt = romanize(name, class_, lexicon=lexicon).roman
        names.append(place | {"name": name, "kind": "standard", "roman": spelt, "system": "PY84"})
        if number % 5 == 0:
            names.append(place | {"name": f"旧{name}", "kind": "alias", "roman": None, "system": None})
    connection.execute(ADD_PLACE, places)
    connection.execute(ADD_NAME, names)


def _printed(url: str, kind: str, paper: str) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="diming-book-bench-") as name:
        out = Path(name) / "book"
        command = [sys.executable, "-m", "api.cli", "publish", "--within", WITHIN, "--kind", kind, "--paper", paper]
        variables = {**os.environ, "DIMING_DATABASE_URL": url, "DIMING_HOME": str(environment().home.root)}
        begun = time.perf_counter()
        process = subprocess.Popen([*command, "--out", str(out)], env=variables, stdout=subprocess.DEVNULL)
        _, status, used = os.wait4(process.pid, 0)
        took = time.perf_counter() - begun
        if status:
            raise RuntimeError(f"{kind} on {paper} was not printed")
        pdf = next(out.glob("*.pdf"))
        document = pypdfium2.PdfDocument(pdf)
        pages = len(document)
        document.close()
        return {"kind": kind, "paper": paper, "seconds": took, "processor_s": used.ru_utime + used.ru_stime,
                "mb": used.ru_maxrss / 1024, "pages": pages, "pdf_mb": pdf.stat().st_size / 1e6}  # fmt: skip


def _told(found: dict[str, Any]) -> str:
    lines = ["## publication", "", *(f"* {name}: {value}" for name, value in found["machine"].items()), ""]
    lines += [f"A county of {found['places']:,} places, PDF and Word, read back; the limit is {LIMIT_S:.0f} s.", ""]
    lines += table(
        ("book", "paper", "seconds", "processor seconds", "highest MB", "pages", "PDF MB"),
        [(row["kind"], row["paper"], f"{row['seconds']:.1f}", f"{row['processor_s']:.1f}", f"{row['mb']:.0f}",
          str(row["pages"]), f"{row['pdf_mb']:.1f}") for row in found["books"]],
    )  # fmt: skip
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
