"""How fast documents are made: `./diming bench documents`.

One process, documents of the sample procedure, every one read back as in work: the files alone (template, Word, PDF)
and the PDF alone; then whole jobs on a database of their own with the settings of production (read, make, keep on the
disk, audit); and numbers taken by twenty threads at once.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Engine

from api.jobs import schema
from data import migrate
from data.blobs import FolderBlobs
from data.cases import service
from data.cases.binding import checked
from data.cases.model import Action, Opening
from data.db import make_engine, reading, unit_of_work
from data.documents.fonts import Fonts, installed
from data.documents.making import Workshop, make_document, pending_since
from data.documents.model import Numbering
from data.documents.numbering import take_number
from data.documents.official import Setting, to_pdf
from data.documents.setting import Order, make_files
from data.documents.word import paragraphs_of
from data.ids import new_id
from tests.bench.latency import Latency, measure
from tests.bench.machine import description
from tests.bench.report import table, write_section
from tests.bench.servers import own_cluster
from tests.samples.issuing import add_numbering, sample_documents
from tests.samples.office import BEGIN, COUNTY, document, open_office
from tests.unit import documents as made

COUNT, CASES, THREADS, NUMBERS = 200, 60, 20, 2000


def main() -> int:
    """Measure and write the section of RESULTS.md, or print JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true")
    as_json = parser.parse_args().json
    found = files_alone()
    with own_cluster() as cluster, tempfile.TemporaryDirectory() as folder:
        engine = make_engine(cluster.url(), pool_size=THREADS)
        migrate.upgrade(engine)
        with reading(engine) as connection:
            machine = description(connection)
        found |= whole_jobs(engine, Path(folder))
        found["numbers a second, twenty threads"] = numbers(engine)
        engine.dispose()
    found["memory of the process"] = f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB"
    print(
        json.dumps({"machine": machine, **_plain(found)}, ensure_ascii=False) if as_json else _section(machine, found)
    )
    return 0


def files_alone() -> dict[str, Any]:
    """Word and PDF, and the PDF alone; the first one apart, for it looks the fonts up."""
    order = made.order(made.KINDS["refusal"])
    orders = [replace(order, values={**order.values, "reason": f"第{n}件，该处灯杆已有编号。"}) for n in range(COUNT)]
    start = time.perf_counter()
    fonts = installed()
    make_files(orders[0], fonts)
    first = time.perf_counter() - start
    return {
        "first document of a process (fonts looked up), seconds": round(first, 2),
        "Word and PDF": measure(lambda order: make_files(order, fonts), orders, warm_up=5),
        "PDF alone": _pdf_alone(fonts, orders),
    }


def _pdf_alone(fonts: Fonts, orders: list[Order]) -> Latency:
    order = orders[0]
    paragraphs = paragraphs_of(make_files(order, fonts).word)
    setting = Setting("zh", order.marking, order.sealed, order.at, order.doc_no)

    def one(n: int) -> bytes:
        # each differs, so that nothing is answered from the program's memory
        own = [replace(p, text=p.text.replace("，", f"，{n}", 1)) for p in paragraphs]
        return to_pdf(own, setting, fonts)

    return measure(one, range(COUNT), warm_up=5)


def whole_jobs(engine: Engine, folder: Path) -> dict[str, Any]:
    """Jobs as the worker does them, after as many steps issued their documents."""
    schema.prepare(engine)
    office = open_office(engine)
    office.casework = checked(replace(office.casework, documents=sample_documents()))
    add_numbering(engine)
    workshop = Workshop(engine, FolderBlobs(folder), sample_documents(), installed, office.clock)
    for n in range(CASES):
        papers = [document(office, "applicant")]
        opening = Opening("sample.lamp_post", f"示例路{n}号灯杆", COUNTY, {"street": "示例路"}, papers)
        case = service.open_case(office.casework, office["applicant"], opening)
        service.act(office.casework, office["clerk"], UUID(case["id"]), Action("accept"))
    office.clock.forward(days=1)
    waiting = pending_since(engine, office.clock())
    make_document(workshop, waiting.pop())
    return {"whole job": measure(lambda one: make_document(workshop, one), waiting, warm_up=0)}


def numbers(engine: Engine) -> float:
    """Numbers of one series that twenty threads take in transactions of their own."""
    rule = Numbering(new_id(), "bench", None, "示例局（虚构）", None, "示函", True, "refuse")

    def one(_: int) -> None:
        with unit_of_work(engine) as connection:
            take_number(connection, rule, BEGIN.date())

    start = time.perf_counter()
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(one, range(NUMBERS)))
    return round(NUMBERS / (time.perf_counter() - start))


def _plain(found: dict[str, Any]) -> dict[str, Any]:
    return {name: asdict(value) if isinstance(value, Latency) else value for name, value in found.items()}


def _section(machine: dict[str, str], found: dict[str, Any]) -> str:
    lines = ["## documents", "", *(f"* {name}: {value}" for name, value in machine.items()), ""]
    lines += [
        "One process, milliseconds each. The machine was shared: its load stands above, and two cores are busy at 2.",
        "",
    ]
    rows = [
        (name, str(x.count), f"{x.p50_ms:.0f}", f"{x.p95_ms:.0f}", f"{1000 / x.p50_ms:.1f}")
        for name, x in found.items()
        if isinstance(x, Latency)
    ]
    lines += table(("what", "n", "p50", "p95", "a second (of p50)"), rows)
    lines += ["", *(f"* {name}: {value}" for name, value in found.items() if not isinstance(value, Latency))]
    return write_section("documents", "\n".join(lines) + "\n")


if __name__ == "__main__":
    sys.exit(main())
