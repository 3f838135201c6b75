"""Differences of boundary lines, for pages and API alike: the forms they are given in, the files that come for them."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import orjson
from sqlalchemy import Connection, Engine
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from api.auth.identity import actor_of
from api.documents import fonts
from api.uploads import FORM_BYTES, in_thread
from boundaries.network.difference.guarded import read_guarded
from boundaries.network.difference.layers import to_geojson, to_geopackage
from boundaries.network.difference.model import Difference
from boundaries.network.difference.service import file_against_line, two_files
from boundaries.network.difference.workbook import to_workbook
from boundaries.network.service import SLIVER_M, find_line
from boundaries.sheets.differences import About, about_line, difference_atlas, difference_picture
from boundaries.sheets.printing import to_pdf
from boundaries.sheets.service import WATERMARK
from boundaries.sheets.settings import usual_scale
from data.access import Matter, require
from data.clock import Clock, civil_date
from data.db import Audience, reading
from data.errors import BadInput, BadRequest

#: The forms in which a difference is given out, with their media types; `json` is the answer itself.
FORMS: Mapping[str, str] = {
    "json": "application/json",
    "geojson": "application/geo+json",
    "gpkg": "application/geopackage+sqlite3",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
    "svg": "image/svg+xml",
}
#: Sheets of a difference are on this paper.
PAPER = "A3"
#: Widths above this are no slivers: the widest line that is drawn, 0.2 mm at 1:100,000, is 20 m.
MOST_TOLERANCE_M = 1000.0
MAX_FIELDS = 8
FIELDS = frozenset({"line", "as_of", "known_at", "tolerance", "format", "lang"})


def written(difference: Difference, about: About, form: str, clock: Clock, scale: int | None = None) -> bytes:
    """The difference in one of `FORMS` but `json`; raises as the sheets do."""
    makers: Mapping[str, Callable[[], bytes]] = {
        "geojson": lambda: orjson.dumps(to_geojson(difference)),
        "gpkg": lambda: to_geopackage(difference),
        "xlsx": lambda: to_workbook(difference),
        "pdf": lambda: _sheets(difference, about, scale, clock),
        "svg": lambda: difference_picture(difference, about, fonts()).encode(),
    }
    return makers[form]()


def _sheets(difference: Difference, about: About, scale: int | None, clock: Clock) -> bytes:
    found = fonts()
    atlas = difference_atlas(difference, about, scale or usual_scale(about.level), PAPER, found)
    return to_pdf(atlas, found, clock())


def as_file(content: bytes, name: str, form: str) -> Response:
    """A file to be saved; what is of boundaries is kept by no shared cache."""
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(f'{name}.{form}', safe='')}",
        "Cache-Control": "private, no-cache",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(content, media_type=FORMS[form], headers=headers)


# -- files that come in --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sent:
    """The files of a form on the disk, under the names that their senders gave them, and its fields."""

    file: Path
    other: Path | None
    fields: Mapping[str, str]


@asynccontextmanager
async def receiving_files(request: Request) -> AsyncIterator[Sent]:
    """The file `file` and perhaps `other` of a form, for staff; both are forgotten afterwards.

    Whoever may not see courses is refused before anything is read. BadInput `bad_upload`.
    """
    await in_thread(lambda: require(actor_of(request), "geometry.read", Matter()))
    try:
        async with request.form(max_files=2, max_fields=MAX_FIELDS, max_part_size=FORM_BYTES) as form:
            file, other = form.get("file"), form.get("other")
            if not isinstance(file, UploadFile) or not file.filename:
                raise _bad("no file named file is in it")
            fields = {name: value for name, value in form.items() if isinstance(value, str)}
            second = other if isinstance(other, UploadFile) and other.filename else None
            with _on_disk(file, second) as (one, two):
                yield Sent(one, two, fields)
    except HTTPException as error:
        if error.status_code != 400:
            raise
        raise _bad(str(error.detail)) from error


def _bad(why: str) -> BadInput:
    return BadInput(
        "What is compared is a form (multipart/form-data) with a file named file, and a second one named other or "
        f"a line: {why[:100]}. Nothing was compared.",
        code="bad_upload",
    )


@contextmanager
def _on_disk(one: UploadFile, other: UploadFile | None) -> Iterator[tuple[Path, Path | None]]:
    with tempfile.TemporaryDirectory(prefix="diming-difference-") as folder:
        yield _kept(one, Path(folder, "1")), None if other is None else _kept(other, Path(folder, "2"))


def _kept(file: UploadFile, folder: Path) -> Path:
    """The file under its own name, by whose ending it is read; the folder is ours alone."""
    folder.mkdir()
    name = "".join(c for c in (file.filename or "") if c.isprintable() and c not in "/\\").lstrip(".")[-80:]
    path = folder / (name or "file")
    with path.open("wb") as out:
        shutil.copyfileobj(file.file, out)
    return path


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked about files that came: the line of the register, the day, as known when, and the widest sliver."""

    line: Any = None
    as_of: Any = None
    known_at: Any = None
    tolerance_m: float = SLIVER_M


def compare_files(engine: Engine, clock: Clock, sent: Sent, question: Question) -> tuple[Difference, About]:
    """Two files, or a file and a line, compared, and what stands on their sheets.

    Each file is read in a process of its own with limits. Raises `BadRequest` `missing_parameter` where neither
    line nor second file is named, and as `two_files` and `file_against_line`.
    """
    if sent.other is not None:
        found = two_files(sent.file, sent.other, question.tolerance_m, read=read_guarded)
        name = f"{found.before_label} – {found.after_label}"
        return found, About(name, "county", civil_date(clock()), None)
    if question.line is None:
        raise BadRequest("Name a line of the register, or hand in a second file.", code="missing_parameter")
    with reading(engine) as connection:
        found = file_against_line(
            connection, question.line, sent.file, question.as_of, question.tolerance_m, known_at=question.known_at,
            read=read_guarded,
        )  # fmt: skip
        return found, about(connection, question.line, question.as_of, "before", Audience.STAFF)


def about(connection: Connection, line: Any, day: Any, legal: Any, audience: Audience) -> About:
    """What stands on the sheets of a line of the register."""
    return about_line(find_line(connection, line, day, audience), legal, WATERMARK)
