"""Forms with the files of a comparison, for pages and API alike: on the disk as they come, ordered, forgotten."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from api.auth.identity import actor_of
from api.counter import counter_of
from api.uploads import FORM_BYTES
from boundaries.comparisons.orders.service import NEEDED, ROLES, Kind, Office, Wanted, may_compare, order_comparison
from data.access import Actor
from data.db import reading
from data.errors import BadInput, BadRequest
from data.uploads.model import MAX_UPLOAD_BYTES

#: Largest body of a comparison: two layers of a whole country, and a little.
COMPARISON_BYTES = 2 * MAX_UPLOAD_BYTES + 2 * FORM_BYTES
MAX_FIELDS = 12
#: What a form of each kind may say besides its files.
FIELDS: Mapping[str, tuple[str, ...]] = {
    "lines": ("accuracy_legal", "accuracy_a", "accuracy_b", "document_a", "document_b"),
    "units": ("code_field", "a_code_field", "b_code_field", "accuracy_a", "accuracy_b"),
}


def office_of(request: Request) -> Office:
    """Where the application that answers `request` works comparisons out."""
    counter = counter_of(request)
    return Office(counter.engine, counter.blobs, counter.clock)


@asynccontextmanager
async def receiving(request: Request, kind: Kind) -> AsyncIterator[tuple[Actor, FormData]]:
    """Who asks, and the form, its files on the disk while they come.

    Whoever may have nothing compared is refused before anything is read. `BadInput` `bad_upload` for what is no form.
    """
    actor = await run_in_threadpool(lambda: _allowed(request))
    try:
        async with request.form(max_files=len(ROLES[kind]), max_fields=MAX_FIELDS, max_part_size=FORM_BYTES) as given:
            yield actor, given
    except HTTPException as error:
        if error.status_code != 400:
            raise
        raise _bad(str(error.detail)[:200]) from error


def _allowed(request: Request) -> Actor:
    actor = actor_of(request)
    with reading(request.app.state.databases.office) as connection:
        may_compare(connection, actor)
    return actor


def _bad(why: str) -> BadInput:
    return BadInput(
        f"A comparison is a form (multipart/form-data) with its files: {why}. Nothing was compared.", code="bad_upload"
    )


def order_form(request: Request, actor: Actor, kind: Kind, given: FormData) -> dict[str, Any]:
    """Order what a form holds; errors of `order_comparison`, and `unknown_parameter`, `bad_upload`."""
    files = _files(kind, given)
    with tempfile.TemporaryDirectory(prefix="diming-compare-") as name:
        wanted = _wanted(kind, given, {role: _on_disk(file, Path(name) / role) for role, file in files.items()})
        return order_comparison(office_of(request), actor, wanted)


def _files(kind: Kind, given: FormData) -> dict[str, UploadFile]:
    unknown = sorted(given.keys() - {*ROLES[kind], *FIELDS[kind]})
    if unknown:
        raise BadRequest(f"There is no field {unknown[0][:40]!r}.", code="unknown_parameter")
    found = {role: given.get(role) for role in ROLES[kind]}
    files = {role: file for role, file in found.items() if isinstance(file, UploadFile) and file.filename}
    missing = [role for role in NEEDED[kind] if role not in files]
    if missing:
        raise _bad(f"it lacks {', '.join(missing)}")
    return files


def _on_disk(file: UploadFile, path: Path) -> tuple[Path, str]:
    with path.open("wb") as out:
        shutil.copyfileobj(file.file, out)
    return path, file.filename or ""


def _wanted(kind: Kind, given: FormData, files: Mapping[str, tuple[Path, str]]) -> Wanted:
    text = {name: str(given.get(name) or "").strip() for name in FIELDS[kind]}
    sides = [name.removeprefix("accuracy_") for name in FIELDS[kind] if name.startswith("accuracy_")]
    documents = {side: text[f"document_{side}"] for side in "ab" if text.get(f"document_{side}")}
    common = text.get("code_field", "")
    fields = {view: text[f"{view}_code_field"] or common or None for view in "ab"} if kind == "units" else {}
    return Wanted(kind, files, {side: _accuracy(text[f"accuracy_{side}"]) for side in sides}, documents, fields)


def _accuracy(text: str) -> float | None:
    """Metres, or None where nothing is said; what is no number is left to be refused with the others."""
    if not text:
        return None
    try:
        return float(text)
    except ValueError:
        raise BadRequest(f"{text[:20]} is no point accuracy: give metres.", code="bad_accuracy") from None
