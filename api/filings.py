"""Filings as this installation sends and takes them in: over HTTP to offices elsewhere, directly to offices here."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import Engine
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from api.auth.identity import actor_of
from api.casework import casework_of, make_casework
from api.packages import key_folder
from api.uploads import FORM_BYTES, blobs_of, in_thread
from data.access import Actor
from data.blobs import Blobs, receive
from data.cases.model import Casework
from data.clock import Clock
from data.errors import BadInput, Conflict, DimingError, Unavailable
from data.kept import blobs_at
from data.papers import MAX_BYTES
from data.server.home import configured_root, home_at
from data.signing.keys import KeyFolder
from geonames.filings.inbox import Inbox
from geonames.filings.inbox import receive as take_in
from geonames.filings.model import Delivery, Office
from geonames.filings.outbox import Outbox

INBOX_PATH = "/v1/filings/inbox"
#: To connect, and between two pieces of the answer.
CONNECT_S, ANSWER_S = 10.0, 60.0
#: Statuses by which the other side says that it cannot now, and may later: RFC 9110 section 15, RFC 6585.
LATER = frozenset({408, 425, 429, 500, 502, 503, 504})
DELIVERY_FIELDS = frozenset({"key", "moment", "nonce", "signature"})


def make_outbox(engine: Engine, clock: Clock, casework: Casework | None = None) -> Outbox:
    """The outbox of this installation, for its worker."""
    blobs = blobs_at(home_at(configured_root()))
    inbox = Inbox(casework or make_casework(engine, clock), blobs)
    return outbox_with(inbox, key_folder(), blobs, clock)


def outbox_with(inbox: Inbox, keys: KeyFolder, blobs: Blobs, clock: Clock) -> Outbox:
    """An outbox whose messages to offices here go into `inbox`."""

    def carry(office: Office, content: bytes, delivery: Delivery) -> Mapping[str, Any]:
        if office.url is None:
            return _hand_over(inbox, content, delivery)
        return post(office.url, content, delivery)

    return Outbox(inbox.casework.engine, blobs, keys, carry, clock)


def _hand_over(inbox: Inbox, content: bytes, delivery: Delivery) -> Mapping[str, Any]:
    with tempfile.TemporaryDirectory(prefix="diming-filing-") as folder:
        path = Path(folder) / "package.zip"
        path.write_bytes(content)
        return take_in(inbox, path, delivery)


def post(url: str, content: bytes, delivery: Delivery) -> Mapping[str, Any]:
    """Send a package to the installation at `url`: its receipt.

    Raises `Unavailable` (`filing_not_received`) where it may succeed later, Conflict (`filing_refused`) with the
    other side's own words where it will not.
    """
    files = {"file": ("package.zip", content, "application/zip")}
    try:
        with httpx.Client(timeout=httpx.Timeout(ANSWER_S, connect=CONNECT_S), trust_env=False) as client:
            answer = client.post(url + INBOX_PATH, files=files, data={"delivery": json.dumps(asdict(delivery))})
    except httpx.HTTPError as error:
        raise Unavailable(
            f"{url} was not reached or did not answer ({type(error).__name__}).", code="filing_not_received"
        ) from error
    return _receipt(url, answer)


def _receipt(url: str, answer: httpx.Response) -> Mapping[str, Any]:
    try:
        said = answer.json()
    except ValueError:
        said = None
    if answer.status_code in LATER or not isinstance(said, dict):
        raise Unavailable(f"{url} answered with {answer.status_code}.", code="filing_not_received")
    if answer.status_code != 200:
        raise Conflict(
            f"{url} refused the package: {str(said.get('detail', ''))[:500]}",
            code="filing_refused",
            said=str(said.get("code", ""))[:60],
        )
    return said


async def receive_filing(request: Request) -> dict[str, Any]:
    """Take in the package of a form: the sender's delivery beside it, or somebody signed in who brings it.

    BadInput `bad_upload`, and what `geonames.filings.inbox.receive` raises.
    """
    try:
        async with request.form(max_files=1, max_fields=4, max_part_size=FORM_BYTES) as form:
            file = form.get("file")
            if not isinstance(file, UploadFile):
                raise _bad("no file is in it")
            said = form.get("delivery")
            return await in_thread(lambda: _taken(request, file, said if isinstance(said, str) else None))
    except HTTPException as error:
        if error.status_code != 400:
            raise
        raise _bad(str(error.detail)) from error


def _taken(request: Request, file: UploadFile, said: str | None) -> dict[str, Any]:
    bringer: Delivery | Actor = actor_of(request) if said is None else _delivery(said)
    with tempfile.TemporaryDirectory(prefix="diming-filing-") as folder:
        path = Path(folder) / "package.zip"
        receive(file.file, path, MAX_BYTES)
        return take_in(Inbox(casework_of(request), blobs_of(request)), path, bringer)


def _delivery(said: str) -> Delivery:
    try:
        value = json.loads(said)
    except ValueError:
        value = None
    is_whole = isinstance(value, dict) and value.keys() == DELIVERY_FIELDS
    if not is_whole or not all(isinstance(v, str) and len(v) <= 200 for v in value.values()):
        raise _bad("the field delivery is no proof of delivery")
    return Delivery(**value)


def _bad(why: str) -> DimingError:
    return BadInput(
        f"A filing comes as a form (multipart/form-data) with one file named file: {why[:100]}. Nothing was taken in.",
        code="bad_upload",
    )
