"""The work of a comparison that was ordered: files out of the store, compared in a child, the report kept once."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

from boundaries.comparisons.orders import layers, lines, store
from boundaries.comparisons.orders.service import WORKER, Office, as_json, keep_bytes
from boundaries.comparisons.orders.written import WRITTEN
from boundaries.intake.drivers import readers_only
from data import audit
from data.blobs import sha256_of
from data.db import Row, fetch_all, fetch_one, reading, unit_of_work
from data.errors import BadInput, DimingError
from data.fenced import Broken, Fences, Tell, fenced
from data.uploads import store as uploads

#: Two layers of counties of the whole country take some three minutes of one processor.
FENCES = Fences(cpu_s=1_800, wall_s=3_600)
#: The module that does the work of each kind, in a child.
WORK: Mapping[str, str] = {"lines": lines.__name__, "units": layers.__name__}


def work_order(office: Office, order: UUID, tell: Tell, fences: Fences = FENCES) -> str:
    """Work out an order; done again it finds that it is done. How it stands then: `done` or `failed`.

    What is wrong with the files is kept with the order.
    """
    with reading(office.engine) as connection:
        row = fetch_one(connection, store.FIND, {"id": order})
        if row is None or row["ended_at"] is not None:
            return "done"
        files = fetch_all(connection, store.FILES, {"id": order})
    with tempfile.TemporaryDirectory(prefix="diming-compare-") as name:
        folder = Path(name)
        try:
            said = _worked(office, row, files, folder, fences, tell)
        except DimingError as error:
            if error.status >= 500:
                raise
            _ended(office, order, {"answer": None, "counts": None, "problem": as_json(error.problem())}, {})
            return "failed"
        written = {form: folder / "out" / form for form in WRITTEN}
        _ended(office, order, {name: as_json(said[name]) for name in ("answer", "counts")} | {"problem": None}, written)
    return "done"


def _worked(office: Office, row: Row, files: list[Row], folder: Path, fences: Fences, tell: Tell) -> dict[str, Any]:
    out = folder / "out"
    out.mkdir()
    paths = {file["role"].removeprefix("in:"): str(_taken_out(office, file, folder)) for file in files}
    asked = {"files": paths, "out": str(out), "processes": os.cpu_count() or 1, **row["options"]}
    try:
        said: dict[str, Any] = fenced(WORK[row["kind"]], asked, fences, readers_only(), tell)
    except Broken as broken:
        raise BadInput(
            f"These files cannot be compared: {broken}. Nothing was compared.", code="survey_unfit", kind="unreadable"
        ) from None
    return said


def _taken_out(office: Office, file: Row, folder: Path) -> Path:
    """The file under its owner's name, in a folder of its own."""
    path = folder / str(file["role"]).replace(":", "-") / str(file["file_name"])
    path.parent.mkdir()
    with office.blobs.open(bytes(file["sha256"])) as source, path.open("wb") as target:
        shutil.copyfileobj(source, target)
    return path


def _ended(office: Office, order: UUID, values: Mapping[str, Any], written: Mapping[str, Path]) -> None:
    """Keep what came of it, once; the files that were compared are forgotten."""
    digests = {form: sha256_of(path) for form, path in written.items()}
    for form, path in written.items():
        keep_bytes(office, path, digests[form])
    with unit_of_work(office.engine) as connection:
        if not connection.execute(store.ENDED, {"id": order, **values}).rowcount:
            return
        for sha256 in connection.execute(store.FORGET_INPUTS, {"id": order}).scalars():
            connection.execute(uploads.INTEND, {"sha256": sha256, "at": office.clock()})
        for form, path in written.items():
            file = {"order": order, "role": form, "name": form, "bytes": path.stat().st_size, "sha256": digests[form]}
            connection.execute(store.INSERT_FILE, file)
            connection.execute(uploads.SETTLE, {"sha256": digests[form]})
        details = {"comparison": str(order), "problem": values["problem"]}
        audit.append(connection, actor=WORKER, action="comparison.worked_out", decision_id=None, details=details)
