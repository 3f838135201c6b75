"""Tables of markers that come in over HTTP, for page and API alike: looked at first, then written by a document.

The rows are judged by the function that the command uses; nothing is kept of a
table that was only looked at.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from pydantic_core import PydanticCustomError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from api.auth.identity import actor_of
from api.v1.params import parse_crs, parse_date, parse_id
from boundaries.markers.importing import Table, import_markers, preview_import
from boundaries.markers.model import STATE_AFTER
from boundaries.markers.schemes import schemes
from boundaries.markers.service import Happening
from boundaries.markers.table import text_of
from data.access import Actor
from data.cases.reading import require_signed_in
from data.crs import STORED_SRID
from data.decisions import DecisionDraft
from data.errors import BadInput, BadRequest
from data.ids import new_id

T = TypeVar("T")
#: Largest table: 100,000 rows of the length that forms have.
TABLE_BYTES = 16 << 20
#: With the fields beside it.
BODY_BYTES = TABLE_BYTES + (64 << 10)
MAX_FIELDS = 24
#: What is asked for: to be told, or to be written.
WANTED = ("preview", "import")
#: Kinds of documents by which markers are taken in.
DOCUMENT_KINDS = ("approval", "agreement", "document", "correction")
DOCUMENT = ("kind", "doc_no", "title", "authority", "approved_on", "source")
FIELDS = ("do", "line", "scheme", "event", "effective_on", "happened_on", "crs", "table", *DOCUMENT)
#: Most characters of a field beside the table.
FIELD_CHARS = 2000


@dataclass(frozen=True, slots=True)
class Sent:
    """What came: the bytes of the table, and the fields without blanks around them."""

    raw: bytes
    fields: Mapping[str, str]

    @property
    def writes(self) -> bool:
        """Whether the table is to be written, and not only looked at; `BadRequest` `bad_parameter`."""
        wanted = self.fields.get("do", WANTED[0])
        if wanted not in WANTED:
            raise BadRequest(f"do is one of {', '.join(WANTED)}.", code="bad_parameter")
        return wanted == WANTED[1]

    def text(self) -> str:
        """The table as text, to be shown again."""
        return text_of(self.raw)


@asynccontextmanager
async def receiving_table(request: Request) -> AsyncIterator[tuple[Actor, Sent]]:
    """Who sends, and the table: the file `file` of the form, or its field `table`.

    Whoever has not signed in is refused before anything is read. BadInput `bad_upload`.
    """
    actor = await run_in_threadpool(actor_of, request)
    require_signed_in(actor)
    try:
        async with request.form(max_files=1, max_fields=MAX_FIELDS, max_part_size=TABLE_BYTES) as form:
            yield actor, await _sent(form)
    except HTTPException as error:
        if error.status_code != 400:
            raise
        raise _bad(str(error.detail)) from error


async def _sent(form: FormData) -> Sent:
    fields = {name: form[name] for name in FIELDS if isinstance(form.get(name), str)}
    told = {name: str(value).strip() for name, value in fields.items() if str(value).strip()}
    file = form.get("file")
    raw = await file.read(TABLE_BYTES + 1) if isinstance(file, UploadFile) and file.filename else b""
    raw = raw or told.get("table", "").encode()
    if not raw or len(raw) > TABLE_BYTES:
        raise _bad(f"it has a table of at most {TABLE_BYTES >> 20} MB, as a file or in the field table")
    if any(len(told[name]) > FIELD_CHARS for name in told if name != "table"):
        raise _bad(f"a field has at most {FIELD_CHARS} characters")
    return Sent(raw, told)


def _bad(why: str) -> BadInput:
    return BadInput(
        f"A table of markers is sent as a form (multipart/form-data): {why[:100]}. Nothing was stored.",
        code="bad_upload",
    )


def take_in(request: Request, actor: Actor, sent: Sent) -> dict[str, Any]:
    """The report of the rows; they are written where that was asked for and none is faulty.

    Raises as `boundaries.markers.importing`; `BadRequest` `bad_parameter`, `bad_date`, `bad_crs`; `BadInput`
    `change_without_document` where a table is to be written and no document is named.
    """
    engine, table = request.app.state.databases.office, _table(sent)
    if not sent.writes:
        return preview_import(engine, actor, table)
    return import_markers(engine, actor, table, _document(sent.fields))


def _table(sent: Sent) -> Table:
    fields = sent.fields
    event, scheme = fields.get("event", "set"), fields.get("scheme", "")
    if event not in STATE_AFTER:
        raise BadRequest(f"event is one of {', '.join(STATE_AFTER)}.", code="bad_parameter")
    if scheme not in schemes():
        raise BadInput(f"scheme is one of {', '.join(schemes())}. Nothing was changed.", code="marker_scheme_unknown")
    happening = Happening(event, _day(fields, "effective_on"), fields.get("happened_on"))
    srid = _parsed(parse_crs, fields["crs"]) if "crs" in fields else STORED_SRID
    return Table(sent.raw, scheme, _line(fields), happening, srid)


def _line(fields: Mapping[str, str]) -> UUID:
    if "line" not in fields:
        raise BadRequest("line, the id of the boundary line on which they stand, is missing.", code="missing_parameter")
    return _parsed(parse_id, fields["line"])


def _day(fields: Mapping[str, str], name: str) -> date:
    return _parsed(parse_date, fields.get(name, ""))


def _parsed(parse: Callable[[str], T], text: str) -> T:
    """A field of the form by the parser of a parameter, refused as the parameter is."""
    try:
        return parse(text)
    except PydanticCustomError as error:
        raise BadRequest(error.message(), code=error.type) from error


def _document(fields: Mapping[str, str]) -> DecisionDraft:
    missing = [name for name in ("kind", "title", "authority", "source") if name not in fields]
    if missing:
        raise BadInput(
            f"Markers are taken in by a document: {', '.join(missing)} is missing. Nothing was recorded.",
            code="change_without_document",
        )
    if fields["kind"] not in DOCUMENT_KINDS:
        raise BadRequest(f"kind is one of {', '.join(DOCUMENT_KINDS)}.", code="bad_parameter")
    approved = _day(fields, "approved_on").isoformat() if "approved_on" in fields else None
    return DecisionDraft(
        id=new_id(), kind=fields["kind"], doc_no=fields.get("doc_no"), title=fields["title"],
        authority=fields["authority"], approved_on=approved, announced_on=None,
        effective_on=_day(fields, "effective_on").isoformat(), basis="document_date", list_year=None, text="",
        source=fields["source"], licence=None, retrieved_on=None,
    )  # fmt: skip


def faulty(report: Mapping[str, Any]) -> bool:
    """Whether a row speaks against writing the table."""
    return "faulty" in report["counts"]


def refused(report: Mapping[str, Any]) -> BadInput:
    """The refusal of a table that was to be written, with what is wrong by row."""
    wrong = [row for row in report["rows"] if row["outcome"] == "faulty"]
    return BadInput(
        f"{len(wrong)} of {len(report['rows'])} rows are faulty. Nothing was recorded: correct them and send the table "
        "again.",
        code="marker_rows_faulty",
        rows=wrong[:MOST_TOLD],
    )


#: Faulty rows that a refusal names; the preview names all.
MOST_TOLD = 1000
