"""Making the archive of a naming case or of a place for whoever asks, and who asked. One transaction writes it down."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, BinaryIO
from uuid import UUID

from sqlalchemy import Connection

from boundaries.archive.asking import Asking, safe
from boundaries.archive.bag import BLOCK, Payload, write_bag
from boundaries.units.service import chain_of
from data import audit
from data.access import Actor, Matter, require
from data.cases.model import Casework
from data.cases.reading import id_of, load_case, today_of
from data.cases.views import Dossier, matter_of
from data.clock import civil_date
from data.db import fetch_all, reading, unit_of_work
from data.documents.making import Workshop
from data.errors import BadRequest
from data.ids import new_id
from data.paging import check_limit, decode_cursor, page
from geonames.archives import retention, store
from geonames.archives.contents import of_case, of_place
from geonames.places.days import recorded_day
from geonames.places.service import find_place

TAKE = "archive.take"
READ_LOG = "archive.read_log"
MOST_PURPOSE = 500


@dataclass(frozen=True, slots=True)
class Taken:
    """A package as it was made: its file name, how many files it holds, its SHA-256."""

    name: str
    files: int
    sha256: str


@dataclass(frozen=True, slots=True)
class _Subject:
    kind: str
    id: UUID
    called: str
    info: dict[str, str]


def case_archive(
    workshop: Workshop, casework: Casework, actor: Actor, asked: tuple[str, str], target: BinaryIO
) -> Taken:
    """Write the archive of a case into `target`; `asked`: its number or id, and what for.

    Raises `NotSignedIn`, `NotFound` `no_such_case`, `NotPermitted`, `BadRequest` `purpose_missing`.
    """
    purpose = _purpose(asked[1])
    with reading(casework.engine) as connection:
        case = id_of(connection, actor, asked[0])
        dossier = load_case(casework, connection, actor, case)
        require(actor, TAKE, matter_of(dossier), casework.permissions)
        asking = Asking(connection, casework, workshop.blobs, actor, case, today_of(casework))
        payload = of_case(asking, case, dict(dossier.case.facts))
        subject = _Subject("case", case, dossier.case.number, _case_info(dossier))
    return _written(casework, actor, subject, payload, purpose, target)


def place_archive(
    workshop: Workshop, casework: Casework, actor: Actor, asked: tuple[UUID, str], target: BinaryIO
) -> Taken:
    """Write the archive of a place into `target`; `asked`: its id, and what for.

    Cases that the reader may not see are counted in `bag-info.txt` and not in it. Raises as `case_archive`, but
    `NotFound` `place_not_found`.
    """
    place, purpose = asked[0], _purpose(asked[1])
    with reading(casework.engine) as connection:
        day = recorded_day(connection, None, today_of(casework))
        found = find_place(connection, place)
        require(actor, TAKE, _matter(connection, found, day), casework.permissions)
        asking = Asking(connection, casework, workshop.blobs, actor, place, day)
        payload, withheld = of_place(asking, place, found)
        subject = _Subject("place", place, found["name"], _place_info(found, day, withheld))
    return _written(casework, actor, subject, payload, purpose, target)


def _purpose(said: str) -> str:
    purpose = said.strip()
    if not 1 <= len(purpose) <= MOST_PURPOSE:
        raise BadRequest(
            f"Say what the archive is taken for, in 1 to {MOST_PURPOSE} characters: it is written down.",
            code="purpose_missing",
        )
    return purpose


def _matter(connection: Connection, found: dict[str, Any], day: date) -> Matter:
    unit = found.get("unit_id") or (found["id"] if found["class"] == "ADMIN_DIVISION" else None)
    chain = chain_of(connection, unit, min(day, found["register_through"])) if unit else []
    return Matter(tuple(one["id"] for one in chain))


def _case_info(dossier: Dossier) -> dict[str, str]:
    case = dossier.case
    period = retention.of_case(case.procedure.key, decided="decision" in case.facts)
    told = retention.told(period, civil_date(case.closed_at) if case.closed_at else None)
    until = f"，至 {told['until']}" if told["until"] else ""
    return {
        "External-Identifier": case.number,
        "External-Description": f"{case.title}（{case.number}）",
        "Internal-Sender-Description": "本档案只含索取人有权查阅的内容。",
        "Diming-Retention": f"{told['label']['zh']}{until}",
        "Diming-Case-Closed": str(civil_date(case.closed_at)) if case.closed_at else "未办结",
    }


def _place_info(found: dict[str, Any], day: date, withheld: int) -> dict[str, str]:
    told = retention.told(retention.of_place(), None)
    return {
        "External-Identifier": str(found["id"]),
        "External-Description": f"{found['name']}地名档案，登记截至 {day}",
        "Internal-Sender-Description": f"本档案只含索取人有权查阅的内容；另有 {withheld} 件案卷未列入。",
        "Diming-Retention": told["label"]["zh"],
    }


def _written(
    casework: Casework, actor: Actor, subject: _Subject, payload: Payload, purpose: str, target: BinaryIO
) -> Taken:
    """The package, and in the same breath who took it and why: nothing leaves that is not written down."""
    called = safe(subject.called)
    write_bag(target, called, payload, subject.info)
    digest, files = _digest(target), len(payload.paths())
    values = {
        "id": new_id(), "account": actor.account_id, "kind": subject.kind, "subject": subject.id,
        "called": subject.called, "purpose": purpose, "files": files, "sha256": digest,
    }  # fmt: skip
    with unit_of_work(casework.engine) as connection:
        connection.execute(store.TAKEN, values)
        details = {"kind": subject.kind, "subject": str(subject.id), "files": files, "sha256": digest.hex()}
        audit.append(connection, actor=actor.name, action="archive.taken", decision_id=None, details=details)
    return Taken(f"地名档案_{called}.zip", files, digest.hex())


def _digest(file: BinaryIO) -> bytes:
    file.seek(0)
    found = hashlib.sha256()
    while block := file.read(BLOCK):
        found.update(block)
    return found.digest()


# -- who took what -----------------------------------------------------------------------------------------------------


def access_log(
    casework: Casework, actor: Actor, subject: UUID | None = None, limit: int | None = None, cursor: str | None = None
) -> dict[str, Any]:
    """A page of who took which archive what for, the latest first. Permission `archive.read_log`."""
    require(actor, READ_LOG, Matter(), casework.permissions)
    limit = check_limit(limit)
    query = {"list_of": "archive_access", "subject": str(subject or "")}
    after = decode_cursor(query, cursor, (datetime.fromisoformat, UUID)) or (None, None)
    values = {"subject": subject, "after_at": after[0], "after": after[1], "limit": limit + 1}
    with reading(casework.engine) as connection:
        rows = fetch_all(connection, store.LOG, values)
    shown, following = page(rows, limit, query, lambda row: (row["taken_at"].isoformat(), row["id"]))
    return {"items": [{**row, "sha256": bytes(row["sha256"]).hex()} for row in shown], "next": following}


def schedule() -> dict[str, Any]:
    """How long what is kept, with the sources."""
    items = [
        {
            "key": one.key,
            "what": {"zh": one.what.zh, "en": one.what.en},
            "procedures": list(one.procedures),
            "decided": one.decided,
            **retention.told(one, None),
        }
        for one in retention.periods()
    ]
    return {"items": [{k: v for k, v in item.items() if k != "until"} for item in items], "source": retention.basis()}
