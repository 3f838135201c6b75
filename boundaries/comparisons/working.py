"""The work of a comparison, as a job does it: files out of the store, compared in a process of its own, kept once.

Killed at any moment it leaves the comparison `running` and nothing else; the
next attempt does it all again and gets the same.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections import Counter as Tally
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Engine

from boundaries.comparisons import store
from boundaries.comparisons.legal import Legal, legal_of
from boundaries.comparisons.service import not_revealed
from boundaries.comparisons.stored import drawn_of
from boundaries.inspection.compare import compare
from boundaries.inspection.model import Record
from boundaries.inspection.reading import read_submission
from boundaries.inspection.report import as_document
from boundaries.inspection.settings import settings
from boundaries.inspection.words import words_of
from boundaries.network.service import run_of
from data import audit
from data.blobs import Blobs
from data.db import Audience, Row, fetch_all, fetch_one, reading, unit_of_work
from data.errors import DimingError

ACTOR = "system:worker"
Tell = Callable[[int, int, str], None]
Mapped = Callable[[Callable[[Any], Any], Iterable[Any]], Iterable[Any]]


@dataclass(frozen=True, slots=True)
class Work:
    """What one comparison needs and nothing else: it may be done in another process."""

    id: UUID
    legal: Record
    a: Path
    b: Path
    accuracy_a_m: float
    accuracy_b_m: float
    document_a: str | None = None
    document_b: str | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """The report, what is drawn beside it, the answer in both languages; or why there is none."""

    id: UUID
    report: dict[str, Any] | None = None
    drawn: dict[str, Any] | None = None
    answer: dict[str, str] | None = None
    problem: dict[str, str] | None = None


def compare_batch(engine: Engine, blobs: Blobs, batch: UUID, tell: Tell, mapped: Mapped = map) -> int:
    """Work out every comparison of a batch that is not worked out yet; how many that were."""
    with reading(engine) as connection:
        waiting = [row["id"] for row in fetch_all(connection, store.OF_BATCH, {"batch": batch})]
    for number, one in enumerate(_results(engine, blobs, waiting, mapped), 1):
        tell(number, len(waiting), str(one.id))
    return len(waiting)


def _results(engine: Engine, blobs: Blobs, ids: Sequence[UUID], mapped: Mapped) -> Iterator[Result]:
    legal: dict[UUID, Legal] = {}

    def works() -> Iterator[Work]:
        for comparison in ids:
            prepared = _prepared(engine, blobs, comparison, folder, legal)
            if prepared is not None:
                yield prepared

    with tempfile.TemporaryDirectory(prefix="diming-compare-") as name:
        folder = Path(name)
        for result in mapped(work_out, works()):
            record(engine, result, legal[result.id])
            shutil.rmtree(folder / str(result.id), ignore_errors=True)
            yield result


def _prepared(engine: Engine, blobs: Blobs, comparison: UUID, folder: Path, legal: dict[UUID, Legal]) -> Work | None:
    """The legal line and the two files; None where it cannot be done, which is recorded."""
    with unit_of_work(engine) as connection:
        connection.execute(store.BEGIN, {"id": comparison})
    try:
        with reading(engine) as connection:
            row = fetch_one(connection, store.FIND, {"id": comparison})
            if row is None:
                return None
            if row["veiled"]:  # since it was asked for
                raise not_revealed("Nothing was compared.")
            run = run_of(connection, row["line_id"], row["as_of"], Audience.STAFF)
            legal[comparison] = legal_of(connection, run)
            files = [fetch_one(connection, store.SUBMISSION, {"id": row[f"{side}_submission"]}) for side in "ab"]
        a, b = (_taken_out(blobs, folder / str(comparison) / side, one) for side, one in zip("ab", files, strict=True))
    except DimingError as error:
        if error.status >= 500:
            raise
        record(engine, Result(comparison, problem={"code": error.code, "detail": error.detail}), None)
        return None
    usual = settings().accuracy_m
    accuracy_a_m, accuracy_b_m = (row[f"accuracy_{side}_m"] or usual for side in "ab")
    record_of, named = legal[comparison].record, (row["document_a"], row["document_b"])
    return Work(comparison, record_of, a, b, accuracy_a_m, accuracy_b_m, *named)


def _taken_out(blobs: Blobs, folder: Path, file: Row | None) -> Path:
    if file is None:
        raise RuntimeError("a comparison names a submission that is not there")
    folder.mkdir(parents=True)
    path = folder / str(file["file_name"])
    with blobs.open(bytes(file["sha256"])) as source, path.open("wb") as out:
        shutil.copyfileobj(source, out)
    return path


def work_out(work: Work) -> Result:
    """One comparison from its files. What is wrong with a file is a result, no failure."""
    try:
        a, files_a = read_submission(work.a, None, work.accuracy_a_m, work.legal)
        b, files_b = read_submission(work.b, None, work.accuracy_b_m, work.legal)
        a, b = replace(a, document=work.document_a), replace(b, document=work.document_b)
        found = compare(work.legal, a, b)
    except DimingError as error:
        if error.status >= 500:
            raise
        return Result(work.id, problem={"code": error.code, "detail": error.detail})
    report = as_document(found, {"legal": [], "a": files_a, "b": files_b})
    answer = {language: words_of(language).answer(found) for language in ("zh", "en")}
    return Result(work.id, report, drawn_of(found), answer)


def record(engine: Engine, result: Result, legal: Legal | None) -> None:
    """Keep what came of a comparison, once, with its audit entry."""
    with unit_of_work(engine) as connection:
        if result.report is None or legal is None:
            values: dict[str, Any] = {"id": result.id, "problem": _json(result.problem)}
            written = connection.execute(store.FAILED, values).rowcount
        else:
            counts = Tally(finding["severity"] for finding in result.report["findings"])
            values = {"id": result.id, "report": _json(result.report), "drawn": _json(result.drawn),
                      "counts": _json(counts), "answer": _json(result.answer), "left_unit": legal.left,
                      "right_unit": legal.right}  # fmt: skip
            written = connection.execute(store.DONE, values).rowcount
        if written:
            details = {"comparison": str(result.id), "problem": result.problem["code"] if result.problem else None}
            audit.append(connection, actor=ACTOR, action="comparison.ended", decision_id=None, details=details)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
