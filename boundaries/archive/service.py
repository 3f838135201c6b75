"""Making the archive of a line for whoever asks."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from typing import BinaryIO
from uuid import UUID

from boundaries.archive.bag import Payload, write_bag
from boundaries.archive.contents import Asking, gather, registered, safe
from boundaries.findings.reach import beside, require_beside
from boundaries.markers.printing import print_form, print_results
from boundaries.network.service import find_line
from boundaries.units.service import register_span
from data.access import Actor
from data.cases.model import Casework
from data.db import Audience, reading
from data.documents.making import Workshop
from data.documents.model import Made
from data.errors import NotFound

READ = "inspection.read"


@dataclass(frozen=True, slots=True)
class Archive:
    """An archive as it was made: its file name, how many files it holds."""

    name: str
    files: int


def archive_line(
    workshop: Workshop, casework: Casework, actor: Actor, line: UUID, target: BinaryIO, as_of: date | None = None
) -> Archive:
    """Write the archive of a line as a BagIt package into `target`.

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
        payload = gather(asking)
        forms = [marker.id for marker in registered(asking)]
    _papers(_at(workshop, day), payload, line, forms, day)
    name = f"{safe(called)}_{day}"
    write_bag(target, name, payload, _info(called, line, day))
    return Archive(f"界线档案_{name}.zip", len(payload.paths()))


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


def _papers(workshop: Workshop, payload: Payload, line: UUID, markers: list[UUID], day: date) -> None:
    """The table of results and the registration forms as the register has them."""
    with suppress(NotFound):  # a line without markers has no table of them
        _both(payload, *print_results(workshop, line, day))
    for marker in markers:
        _both(payload, *print_form(workshop, marker, day))


def _both(payload: Payload, name: str, made: Made) -> None:
    payload.add(f"papers/{safe(name)}.docx", made.word)
    payload.add(f"papers/{safe(name)}.pdf", made.pdf)
