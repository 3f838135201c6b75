"""Signed packages that come in over HTTP from anybody: spooled to the disk, looked at, and not kept."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request

from api.uploads import FORM_BYTES
from data.errors import BadInput
from data.server.home import configured_root, home_at
from data.signing.keys import KeyFolder
from data.signing.service import shown, verify_file


def key_folder(connection: HTTPConnection | None = None) -> KeyFolder:
    """Where the private keys of this installation are."""
    found: KeyFolder | None = None if connection is None else getattr(connection.app.state, "signing_keys", None)
    return found or KeyFolder(home_at(configured_root()).keys / "signing")


def audit_key_folder() -> KeyFolder:
    """Where the private keys are that sign heads of the audit log."""
    return KeyFolder(home_at(configured_root()).keys / "audit")


async def verified(request: Request) -> dict[str, Any]:
    """What holding the uploaded package against this installation's keys gives; nothing is kept.

    BadInput `bad_upload` for a body that is no form with one file, `not_a_package`, `archive_unsafe`.
    """
    try:
        async with request.form(max_files=1, max_fields=2, max_part_size=FORM_BYTES) as form:
            file = form.get("file")
            if not isinstance(file, UploadFile) or not file.filename:
                raise _bad("no file is in it")
            return await run_in_threadpool(_verified, request, file)
    except HTTPException as error:
        if error.status_code != 400:
            raise
        raise _bad(str(error.detail)) from error


def _verified(request: Request, file: UploadFile) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="diming-verify-") as folder:
        path = Path(folder) / "package.zip"
        with path.open("wb") as out:
            shutil.copyfileobj(file.file, out)
        return shown(*verify_file(request.app.state.databases.office, path, file.filename or "package"))


def _bad(why: str) -> BadInput:
    return BadInput(
        f"An upload is a form (multipart/form-data) with one file named file: {why[:100]}. Nothing was kept.",
        code="bad_upload",
    )
