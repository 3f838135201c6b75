"""The inbox: a package comes in, is held against the keys that are trusted, and has its effect once.

Refused with the reason: altered, from an office that nobody here trusts, for another office, sent a second time by
somebody who is not its sender. What the sender himself sends again is answered as before and has no second effect.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from data import audit
from data.access import Actor, Grant, Matter, Role, require
from data.access.model import account_actor
from data.audit import canonical_json
from data.blobs import Blobs
from data.cases.model import Action, Casework
from data.cases.service import act
from data.db import Row, fetch_one, unit_of_work
from data.errors import BadInput, Conflict, NotFound, NotPermitted
from data.signing.package import FILES, Package, read_package
from data.signing.verifying import PublicKey, is_signed, verify
from geonames.filings import store
from geonames.filings.model import Delivery, Direction, Office, Sort, State
from geonames.filings.offices import all_keys, office_named
from geonames.filings.packing import FORM_FILE, NAMES_FILE

RECEIVE = "filing.receive"
#: A delivery is believed for so long after its moment, by the clocks of both sides; its signature is remembered longer.
FRESH = timedelta(minutes=15)
REMEMBERED = timedelta(hours=2)
#: Findings that say that nobody here knows the signer; all others say that the package is not what was signed.
UNKNOWN = frozenset({"unknown_key"})
#: What an answer is called as an action of the case.
ACTION_OF = {State.ACKNOWLEDGED: "file", State.RETURNED: "filing_returned"}
#: A thousand names of a batch, each with the longest texts that a row may have.
MAX_FORM = 1 << 24


@dataclass(frozen=True, slots=True)
class Inbox:
    """What receiving works with."""

    casework: Casework
    blobs: Blobs


@dataclass(frozen=True, slots=True)
class _Letter:
    """A package that is what its office signed."""

    package: Package
    sha256: bytes
    size: int
    key: PublicKey

    @property
    def route(self) -> Mapping[str, Any]:
        found = self.package.manifest.get("filing")
        return found if isinstance(found, dict) else {}

    @property
    def message(self) -> UUID:
        return _id(self.route.get("message"))


@dataclass(frozen=True, slots=True)
class _Answer:
    """What a package says that answers a filing."""

    filing: UUID
    verdict: State
    answered_at: datetime
    filing_no: str | None
    reasons: str | None


def _answer_of(letter: _Letter) -> _Answer:
    said = letter.package.manifest.get("answer")
    if not isinstance(said, dict):
        raise _malformed()
    try:
        verdict, at = State(str(said.get("verdict"))), datetime.fromisoformat(str(said.get("answered_at")))
    except ValueError:
        raise _malformed() from None
    if verdict not in ACTION_OF or at.tzinfo is None:
        raise _malformed()
    return _Answer(_id(said.get("filing")), verdict, at, said.get("filing_no"), said.get("reasons"))


def _id(value: object) -> UUID:
    try:
        return UUID(str(value))
    except ValueError:
        raise _malformed() from None


def _malformed() -> BadInput:
    return BadInput(
        "The package is signed, but what it says of its way has not the form of filings. Nothing was taken in.",
        code="filing_altered",
    )


def receive(inbox: Inbox, path: Path, delivery: Delivery | Actor) -> dict[str, Any]:
    """Take in the package at `path`: the receipt `{"message","sha256","received_at","repeated"}`.

    `delivery` is the sender's proof, or whoever brings the package as a file. BadInput `not_a_package`,
    `archive_unsafe`, `filing_altered`, `filing_not_ours`; NotPermitted `filing_unknown_office`,
    `filing_unproven`; Conflict `filing_replayed`; NotFound `no_such_filing` for an answer to nothing sent from here.
    """
    package = read_package(path, path.name)
    with unit_of_work(inbox.casework.engine) as connection:
        letter = _believed(connection, package, path)
        here = _addressee(connection, letter)
        _check_bringer(connection, inbox, letter, here, delivery)
        receipt = _remembered(connection, letter, is_sender=isinstance(delivery, Delivery))
        if receipt is None:
            inbox.blobs.keep(path)
            receipt = _take_in(connection, inbox, letter, here, path)
    if letter.route["sort"] == Sort.ANSWER:
        _move_case(inbox, letter)
    return receipt


def _believed(connection: Connection, package: Package, path: Path) -> _Letter:
    keys = all_keys(connection)
    verdict = verify(package, keys)
    findings = {finding.code: finding.message for finding in verdict.findings}
    if UNKNOWN & findings.keys() or verdict.key is None:
        raise NotPermitted(
            "The package is signed by a key that is not trusted here. Nothing was taken in: compare the key with "
            "the office, then ./diming office trust.",
            code="filing_unknown_office",
        )
    if findings:
        raise BadInput(
            f"The package is not what was signed: {' '.join(findings.values())} Nothing was taken in.",
            code="filing_altered",
            findings=sorted(findings),
        )
    content = path.read_bytes()
    letter = _Letter(package, hashlib.sha256(content).digest(), len(content), verdict.key)
    if letter.route.get("from") != verdict.key.office or letter.route.get("sort") not in set(Sort):
        raise BadInput("The package is no filing and no answer to one. Nothing was taken in.", code="filing_altered")
    return letter


def _addressee(connection: Connection, letter: _Letter) -> Office:
    try:
        here = office_named(connection, str(letter.route.get("to")))
    except NotFound:
        here = None
    if here is None or not here.is_here:
        raise BadInput(
            "The package is for an office that does not work here. Nothing was taken in.", code="filing_not_ours"
        )
    return here


def _check_bringer(
    connection: Connection, inbox: Inbox, letter: _Letter, here: Office, delivery: Delivery | Actor
) -> None:
    if isinstance(delivery, Actor):
        require(delivery, RECEIVE, _matter(inbox, connection, here.unit_id), inbox.casework.permissions)
        return
    now = inbox.casework.clock()
    _check_proof(letter, here, delivery, now)
    connection.execute(store.FORGET_DELIVERIES, {"before": now - REMEMBERED})
    mark = hashlib.sha256(bytes.fromhex(delivery.signature)).digest()
    if connection.execute(store.ADD_DELIVERY, {"signature": mark, "at": now}).first() is None:
        raise _replayed("This delivery was made before.")


def _check_proof(letter: _Letter, here: Office, delivery: Delivery, now: datetime) -> None:
    """The office that signed the package sends it now, to this office."""
    said = canonical_json(delivery.signed(letter.sha256.hex(), here.name))
    try:
        signature, moment = bytes.fromhex(delivery.signature), datetime.fromisoformat(delivery.moment)
        good = delivery.key == letter.key.id and is_signed(letter.key.public, said, signature) and moment.tzinfo
    except ValueError:
        good = None
    if not good:
        raise NotPermitted(
            "The delivery is not signed by the office that signed the package. Nothing was taken in.",
            code="filing_unproven",
        )
    if abs(now - moment) > FRESH:
        raise _replayed(f"The delivery bears the moment {delivery.moment}; the clock here says {now.isoformat()}.")


def _replayed(why: str) -> Conflict:
    return Conflict(f"{why} Nothing was taken in a second time.", code="filing_replayed")


def _matter(inbox: Inbox, connection: Connection, unit_id: UUID | None) -> Matter:
    place = inbox.casework.locate(connection, unit_id) if unit_id else None
    return Matter(place.chain, place.level) if place else Matter()


def _remembered(connection: Connection, letter: _Letter, *, is_sender: bool) -> dict[str, Any] | None:
    """The receipt of a message that came before; None: it is new."""
    known = fetch_one(connection, store.MESSAGE_IN, {"id": letter.message})
    if known is None:
        return None
    if bytes(known["sha256"]) != letter.sha256 or not is_sender:
        raise _replayed(f"The message {letter.message} came in on {known['at']:%Y-%m-%d %H:%M}.")
    return _receipt(letter, known["at"], repeated=True)


def _receipt(letter: _Letter, at: datetime, *, repeated: bool) -> dict[str, Any]:
    return {
        "message": str(letter.message),
        "sha256": letter.sha256.hex(),
        "received_at": at.isoformat(),
        "repeated": repeated,
    }


def _take_in(connection: Connection, inbox: Inbox, letter: _Letter, here: Office, path: Path) -> dict[str, Any]:
    at = inbox.casework.clock()
    if letter.route["sort"] == Sort.FILING:
        filing, direction = letter.message, Direction.IN
        _add_filing(connection, letter, here, path, at)
    else:
        filing, direction = _answered(connection, letter), Direction.OUT
    connection.execute(store.ADD_MESSAGE, {
        "id": letter.message, "direction": Direction.IN, "filing": filing, "filing_direction": direction,
        "sort": letter.route["sort"], "to_office": here.name, "sha256": letter.sha256, "bytes": letter.size,
        "at": at, "next_at": None, "delivered_at": at,
    })  # fmt: skip
    details = {"filing": str(filing), "sort": letter.route["sort"], "package": letter.sha256.hex()}
    actor = f"office:{letter.key.office}"
    audit.append(connection, actor=actor, action="filing.received", decision_id=None, details=details)
    return _receipt(letter, at, repeated=False)


def _add_filing(connection: Connection, letter: _Letter, here: Office, path: Path, at: datetime) -> None:
    files = [name.removeprefix(FILES) for name in letter.package.files]
    papers = {name.split("/")[1]: name for name in files if name.startswith("papers/")}
    values = {
        "id": letter.message, "direction": Direction.IN, "case_id": None, "unit": here.unit_id,
        "from_office": letter.key.office, "to_office": here.name, "form": json.dumps(_form(path), ensure_ascii=False),
        "names": json.dumps(_names(path), ensure_ascii=False),
        "papers": json.dumps(papers, ensure_ascii=False), "state": State.RECEIVED, "at": at, "by": None,
    }  # fmt: skip
    connection.execute(store.ADD_FILING, values)


def _form(path: Path) -> dict[str, str]:
    found = _read(path, FORM_FILE)
    if not isinstance(found, dict):
        raise BadInput("The package holds no registration form. Nothing was taken in.", code="filing_altered")
    return _texts(found)


def _names(path: Path) -> list[dict[str, str]]:
    """Of a batch what each name says for itself; of every other filing nothing."""
    found = _read(path, NAMES_FILE)
    return [_texts(name) for name in found if isinstance(name, dict)] if isinstance(found, list) else []


def _texts(said: Mapping[str, Any]) -> dict[str, str]:
    return {str(key): str(value) for key, value in said.items()}


def _read(path: Path, name: str) -> Any:
    """A JSON file of the package; None where it has none, or one that is none or too large."""
    try:
        with zipfile.ZipFile(path) as archive:
            info = archive.getinfo(FILES + name)
            return json.loads(archive.read(info)) if info.file_size <= MAX_FORM else None
    except (KeyError, ValueError):
        return None


def _answered(connection: Connection, letter: _Letter) -> UUID:
    """The filing that is answered, with its answer; NotFound `no_such_filing` unless it was sent to the answerer."""
    answer = _answer_of(letter)
    row = fetch_one(connection, store.FIND, {"id": answer.filing, "direction": Direction.OUT})
    if row is None or row["to_office"] != letter.key.office:
        raise NotFound("No filing was sent from here to that office. Nothing was taken in.", code="no_such_filing")
    values = {
        "id": row["id"], "direction": Direction.OUT, "state": answer.verdict, "at": answer.answered_at, "by": None,
        "filing_no": answer.filing_no, "reasons": answer.reasons,
    }  # fmt: skip
    connection.execute(store.ANSWERED, values)
    found: UUID = row["id"]
    return found


def _move_case(inbox: Inbox, letter: _Letter) -> None:
    """Take the step of the answer in the case, once however often it comes.

    It is taken in the name of whoever filed; the answer's signature stands behind it. A case that was moved by hand
    in the meantime stays where it is.
    """
    answer = _answer_of(letter)
    with unit_of_work(inbox.casework.engine) as connection:
        row = fetch_one(connection, store.FIND, {"id": answer.filing, "direction": Direction.OUT})
    assert row is not None  # noqa: S101 -- it was just answered
    acknowledged = answer.verdict is State.ACKNOWLEDGED
    said = {"filing_no": answer.filing_no} if acknowledged else {"reason": answer.reasons}
    fields = {name: str(value) for name, value in said.items() if value}
    action = Action(ACTION_OF[answer.verdict], fields, key=f"filing-{letter.message}")
    try:
        act(inbox.casework, _sender(row), row["case_id"], action)
    except Conflict as error:
        if error.code != "action_not_possible":
            raise


def _sender(row: Row) -> Actor:
    return account_actor(row["begun_by"], (Grant(Role.FILING_OFFICER, row["unit_id"]),), "job")
