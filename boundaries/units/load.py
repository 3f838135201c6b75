"""Loads the national division register: one transaction, one audit entry, one feed range.

The whole history goes in at once. A second load of the same files changes
nothing and gives the first report again.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from sqlalchemy import Connection, Engine

from boundaries.units import records, store
from boundaries.units.chronicle.crosscheck import crosscheck
from boundaries.units.chronicle.identity import Register, build
from boundaries.units.chronicle.notation import Document, Remark
from boundaries.units.chronicle.replay import replay
from boundaries.units.chronicle.source import AREACODES, Source, read_source
from boundaries.units.model import LoadReport, Progress, Romanizer
from data import audit, feed
from data.db import unit_of_work
from data.decisions import record_decisions, record_links
from data.errors import Conflict
from data.ids import derived_id

KIND = "divisions"


def quiet(_message: str) -> None:
    """A progress that says nothing."""


def load_divisions(
    engine: Engine,
    actor: str,
    progress: Progress = quiet,
    *,
    romanize: Romanizer | None = None,
    folder: Path = AREACODES,
) -> LoadReport:
    """Replay the chronicle in `folder` into an empty register, or find that it is there already.

    Conflict `register_not_empty` where the register holds another edition:
    later changes are entered decision by decision.
    """
    progress("reading the yearly changes")
    source = read_source(folder)
    with unit_of_work(engine) as connection:
        done = _loaded(connection, source)
        if done is not None:
            return done
        progress("replaying them from the first list")
        register, report = replayed(source)
        progress("writing decisions, units, versions and lineage")
        _write(connection, register, source, report, actor, romanize)
    return report


def replayed(source: Source) -> tuple[Register, LoadReport]:
    """The register that the files give, and the report on them."""
    first_day = date(source.first_year, 12, 31)
    steps, remarks = replay(source.first_list(), source.years)
    register = build(source.first_list(), first_day, steps)
    remarks = [
        *remarks,
        *register.remarks,
        *crosscheck(register, source.summary, source.last_year),
        *_unlinked(source, register),
    ]
    counts = _counts(source, register, remarks)
    return register, LoadReport(True, counts, remarks, first_day, date(source.last_year, 12, 31))


def _unlinked(source: Source, register: Register) -> list[Remark]:
    """Documents that opened, closed and support nothing."""
    linked = {(d.year, d.line) for d in records.documents(register)}
    return [
        Remark("document_without_effect", d.year, d.line, d.doc_no or d.title or d.text[:40])
        for d in _all_documents(source)
        if (d.year, d.line) not in linked
    ]


def _all_documents(source: Source) -> list[Document]:
    return [d for file in source.years for block in file.blocks for d in block]


def _counts(source: Source, register: Register, remarks: Sequence[Remark]) -> dict[str, int]:
    lines = [line for file in source.years for line in file.lines]
    return {
        "years": len(source.years),
        "change_lines": len(lines),
        "documents": len(_all_documents(source)),
        "units": len({v.unit_id for v in register.versions}),
        "versions": len(register.versions),
        "lineage_edges": len(register.edges),
        "standing_at_the_end": sum(v.end is None for v in register.versions),
        **{f"remark_{kind}": n for kind, n in sorted(Counter(r.kind for r in remarks).items())},
    }


def _loaded(connection: Connection, source: Source) -> LoadReport | None:
    row = connection.execute(store.FIND_LOAD, {"kind": KIND, "hash": source.sha256}).one_or_none()
    if row is not None:
        return LoadReport.from_json(row.report)
    if connection.execute(store.LOADS_OF_KIND, {"kind": KIND}).scalar_one():
        raise Conflict(
            "The register holds another edition of the division history already. Later changes "
            "are entered with `./diming load decision FILE`; a new edition needs an empty register.",
            code="register_not_empty",
        )
    return None


def _write(
    connection: Connection,
    register: Register,
    source: Source,
    report: LoadReport,
    actor: str,
    romanize: Romanizer | None,
) -> None:
    rows = records.rows_of(register, source, romanize)
    record_decisions(connection, rows.decisions, actor)
    records.copy_rows(connection, rows)
    record_links(connection, rows.links)
    connection.execute(
        store.SET_SPAN,
        {"from_": str(report.register_from), "through": str(report.register_through), "actor": actor},
    )
    changes = records.feed_of(rows, report)
    seen = feed.publish(connection, changes)
    audit.append(
        connection,
        actor=actor,
        action="load_divisions",
        decision_id=rows.first_list_decision,
        details={"source": source.sha256.hex(), "counts": dict(report.counts)},
        rows_hash=audit.hash_rows([*rows.units, *rows.versions, *rows.edges]),
        feed=seen,
    )
    connection.execute(
        store.INSERT_LOAD,
        {
            "id": derived_id("load", KIND, source.sha256.hex()),
            "kind": KIND,
            "hash": source.sha256,
            "decision_id": rows.first_list_decision,
            "report": json.dumps(report.as_json(), ensure_ascii=False),
        },
    )
    connection.execute(store.ANALYZE)
