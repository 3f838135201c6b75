"""Making the archive of a line for whoever asks."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from typing import Any, BinaryIO
from uuid import UUID

from sqlalchemy import Connection

from boundaries.archive.asking import Asking, safe
from boundaries.archive.bag import Payload, write_bag
from boundaries.archive.contents import gather, registered
from boundaries.findings.reach import beside, require_beside
from boundaries.markers.printing import print_form, print_results
from boundaries.network.service import find_line
from boundaries.sheets.model import Order
from boundaries.sheets.service import line_atlas, line_pdf
from boundaries.sheets.settings import usual_scale
from boundaries.units.service import register_span
from data import audit
from data.access import Actor
from data.cases.model import Casework
from data.db import Audience, reading, unit_of_work
from data.documents.making import Workshop
from data.documents.model import Made
from data.errors import NotFound

READ = "inspection.read"
#: How far it is: done, of how many, with what.
Tell = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class Archive:
    """An archive as it was made: its file name, how many files it holds."""

    name: str
    files: int


def nobody(_done: int, _total: int, _note: str) -> None:
    """Whoever waits for the archive is told nothing while it is made."""


def archive_line(
    workshop: Workshop,
    casework: Casework,
    actor: Actor,
    line: UUID,
    target: BinaryIO,
    as_of: date | None = None,
    tell: Tell = nobody,
) -> Archive:
    """Write the archive of a line as a BagIt package into `target`, and into the audit who took it.

    What the reader may not see is not in it. The same register and the same reader give the same bytes. Permission
    `inspection.read` on either side of the line. Raises `NotFound` `no_such_line`, `line_not_standing`, `no_such_blob`;
    `NotPermitted`; `IntegrityError` where kept bytes have changed.
    """
    with reading(casework.engine) as connection:
        require_beside(actor, READ, beside(connection, line))
        day = register_span(connection).day(as_of)
        found = find_line(connection, line, day, Audience.STAFF)
        called = found["name"] or "—".join(unit["name"] for unit in found["units"])
        asking = Asking(connection, casework, workshop.blobs, actor, line, day)
        forms = [(marker.id, marker.code) for marker in registered(asking)]
        tell(0, len(forms) + 2, called)
        payload = gather(asking)
        _sheets(_at(workshop, day), payload, connection, found, day)
    _papers(_at(workshop, day), payload, line, forms, day, tell)
    name = f"{safe(called)}_{day}"
    write_bag(target, name, payload, _info(called, line, day))
    _taken(casework, actor, line, len(payload.paths()))
    tell(len(forms) + 2, len(forms) + 2, called)
    return Archive(f"界线档案_{name}.zip", len(payload.paths()))


def _taken(casework: Casework, actor: Actor, line: UUID, files: int) -> None:
    """Originals of submissions are among it, and whoever takes those is written down."""
    with unit_of_work(casework.engine) as connection:
        details = {"line": str(line), "files": files}
        audit.append(connection, actor=actor.name, action="archive.taken", decision_id=None, details=details)


def _info(called: str, line: UUID, day: date) -> dict[str, str]:
    return {
        "External-Identifier": str(line),
        "External-Description": f"{called}界线档案，登记截至 {day}",
        "Internal-Sender-Description": "本档案只含索取人有权查阅的内容；对方未公开的材料不在其中。",
    }


def _at(workshop: Workshop, day: date) -> Workshop:
    """The workshop on the day of the archive: a paper printed for it bears that day, and the same bytes again."""
    moment = datetime.combine(day, time(4), UTC)
    return replace(workshop, clock=lambda: moment)


def _sheets(workshop: Workshop, payload: Payload, connection: Connection, found: dict[str, Any], day: date) -> None:
    """The sheets to the agreement (附图) at the usual scale of the line's level."""
    fonts, order = workshop.fonts(), Order("agreement", usual_scale(found["level"]))
    atlas = line_atlas(connection, found["id"], order, fonts, as_of=day, audience=Audience.STAFF)
    payload.add("papers/界线附图.pdf", line_pdf(atlas, fonts, workshop.clock()))


def _papers(
    workshop: Workshop, payload: Payload, line: UUID, markers: list[tuple[UUID, str]], day: date, tell: Tell
) -> None:
    """The table of results and the registration forms as the register has them."""
    with suppress(NotFound):  # a line without markers has no table of them
        _both(payload, *print_results(workshop, line, day))
    for done, (marker, code) in enumerate(markers, 1):
        tell(done, len(markers) + 2, code)
        _both(payload, *print_form(workshop, marker, day))


def _both(payload: Payload, name: str, made: Made) -> None:
    payload.add(f"papers/{safe(name)}.docx", made.word)
    payload.add(f"papers/{safe(name)}.pdf", made.pdf)
