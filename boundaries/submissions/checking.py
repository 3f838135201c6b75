"""The check of a submission, as a job does it: in a process of its own, and recorded once, whole.

Killed at any moment it leaves the submission `checking` and nothing else; the
next attempt does it all again and gets the same.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from boundaries.intake.guarded import Fences, check_guarded
from boundaries.intake.model import Report
from boundaries.intake.options import Options
from boundaries.intake.report import as_document
from boundaries.network.export import Wanted, export_line
from boundaries.submissions import store
from boundaries.submissions.matching import matched
from boundaries.submissions.model import STATES, State
from boundaries.submissions.service import TASK, Counter
from data import audit
from data.db import Audience, Row, fetch_one, reading, unit_of_work
from data.errors import DimingError, NotFound
from data.queue import Job, enqueue

ACTOR = "system:worker"
#: Told before reading, before checking, before recording, and at the end.
STEPS = 3
ENDED = ("checked", "refused")
#: A submission that waits longer than this without its job was forgotten by the queue.
FORGOTTEN_AFTER = timedelta(hours=1)

Tell = Callable[[int, int], None]


def silent(_done: int, _total: int) -> None:
    """Say nothing."""


def check_submission(counter: Counter, submission: UUID, tell: Tell = silent, fences: Fences | None = None) -> State:
    """Check a submission that is not checked yet; its state afterwards. Done again it changes nothing.

    NotFound `no_such_submission`. What speaks against checking it at all (its line does not stand any more, its
    bytes are gone) is recorded, and it is `refused`.
    """
    row = _begin(counter, submission)
    if row["state"] in ENDED:
        return _state(row["state"])
    try:
        report = _checked(counter, row, tell, fences)
    except DimingError as error:
        if error.status >= 500:
            raise
        return _refuse(counter, row, error)
    tell(2, STEPS)
    state = _record(counter, row, report)
    tell(STEPS, STEPS)
    return state


def _state(text: str) -> State:
    return next(state for state in STATES if state == text)


def _begin(counter: Counter, submission: UUID) -> Row:
    with unit_of_work(counter.engine) as connection:
        row = fetch_one(connection, store.LOCK, {"id": submission})
        if row is None:
            raise NotFound("There is no such submission.", code="no_such_submission")
        if row["state"] == "received":
            connection.execute(store.BEGIN, {"id": submission})
    return row


def _checked(counter: Counter, row: Row, tell: Tell, fences: Fences | None) -> Report:
    tell(0, STEPS)
    with tempfile.TemporaryDirectory(prefix="diming-check-") as name:
        folder = Path(name)
        legal = _legal(counter, row, folder)
        handed_in = _original(counter, row, folder)
        tell(1, STEPS)
        options = Options(legal, row["scale"], row["profile"], row["expect"], draw=True)
        report = check_guarded(handed_in, options, fences)
    return replace(report, file=row["file_name"], against=f"{row['line_id']} {row['as_of']}")


def _legal(counter: Counter, row: Row, folder: Path) -> Path:
    """The legal line of the day as a file, in a folder of its own: parts of a Shapefile are looked for beside it."""
    with reading(counter.engine) as connection:
        exported = export_line(connection, row["line_id"], Wanted("gpkg"), row["as_of"], Audience.STAFF)
    path = folder / "legal" / "line.gpkg"
    path.parent.mkdir()
    path.write_bytes(exported.content)
    return path


def _original(counter: Counter, row: Row, folder: Path) -> Path:
    path: Path = folder / "original" / str(row["file_name"])
    path.parent.mkdir()
    with counter.blobs.open(bytes(row["sha256"])) as source, path.open("wb") as out:
        shutil.copyfileobj(source, out)
    return path


def _record(counter: Counter, row: Row, report: Report) -> State:
    with unit_of_work(counter.engine) as connection:
        now = fetch_one(connection, store.LOCK, {"id": row["id"]})
        if now is not None and now["state"] in ENDED:  # another attempt was quicker
            return _state(now["state"])
        store.insert_findings(connection, row["id"], report.findings, _repeated(connection, row, report))
        written = {"id": row["id"], "verdict": report.verdict, "report": _header(report), "at": counter.clock()}
        connection.execute(store.CHECKED, written)
        details = {"submission": str(row["id"]), "verdict": report.verdict, "findings": len(report.findings)}
        audit.append(connection, actor=ACTOR, action="submission.checked", decision_id=None, details=details)
    return "checked"


def _repeated(connection: Connection, row: Row, report: Report) -> dict[int, int]:
    """Which finding of the submission before each finding repeats; places match as far as ends are joined."""
    if row["earlier_id"] is None:
        return {}
    earlier = store.known_findings(connection, row["earlier_id"])
    return matched(earlier, store.known_of(report.findings), report.tolerances["join_m"])


def _header(report: Report) -> str:
    """Everything of the report but its findings."""
    document: dict[str, Any] = as_document(report)
    findings = document.pop("findings")
    severities = {name: sum(f["severity"] == name for f in findings) for name in ("error", "warning", "info")}
    return json.dumps({**document, "severities": severities}, ensure_ascii=False)


def _refuse(counter: Counter, row: Row, error: DimingError) -> State:
    with unit_of_work(counter.engine) as connection:
        now = fetch_one(connection, store.LOCK, {"id": row["id"]})
        if now is not None and now["state"] in ENDED:
            return _state(now["state"])
        problem = json.dumps(error.problem(), ensure_ascii=False)
        connection.execute(store.REFUSED, {"id": row["id"], "problem": problem, "at": counter.clock()})
        details = {"submission": str(row["id"]), "code": error.code}
        audit.append(connection, actor=ACTOR, action="submission.refused", decision_id=None, details=details)
    return "refused"


def enqueue_forgotten(counter: Counter) -> int:
    """Have checked what waits and has no job any more (a restored backup has no queue); how many."""
    with unit_of_work(counter.engine) as connection:
        before = counter.clock() - FORGOTTEN_AFTER
        waiting = list(connection.execute(store.WAITING, {"before": before}).scalars())
        for submission in waiting:
            enqueue(connection, Job(TASK, {"submission": str(submission)}, unique=f"submission:{submission}"))
    return len(waiting)
