"""Recording risks and assessing them again, and the inventory of a line: each change one transaction, audited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Connection, Engine

from boundaries.findings.reach import beside, require_beside
from boundaries.risks import store
from data import audit
from data.access import Actor
from data.crs import check_position
from data.db import fetch_all, fetch_one, unit_of_work
from data.errors import BadInput, Conflict, NotFound
from data.ids import new_id
from data.paging import MAX_LIMIT
from data.partial_date import parse_iso

RISK, ASSET, READ = "risk.record", "line_asset.record", "inspection.read"
Level = Literal["low", "medium", "high"]
LEVELS: tuple[Level, ...] = ("low", "medium", "high")
SOURCES = ("inspection", "patrol", "case", "report")
KINDS = ("cooperation_agreement", "monument", "covenant")


@dataclass(frozen=True, slots=True)
class Assessment:
    """How a risk stands: its level, what is done about it, when it is looked at again (None: it is closed)."""

    level: Level
    measures: str
    review_on: date | None
    description: str = ""


@dataclass(frozen=True, slots=True)
class NewRisk:
    """A risk of a line, or of one segment of it, as it was seen by a source.

    `source_id`: the inspection, the patrol's observation or the case of a dispute that showed it; a report has none.
    """

    line: UUID
    title: str
    first: Assessment
    segment: UUID | None = None
    source: str = "report"
    source_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class NewAsset:
    """An agreement, monument or covenant of a line. `dated` partial where the document is; `position` of a monument."""

    line: UUID
    kind: str
    title: str
    doc_no: str | None = None
    dated: str | None = None
    ends_on: date | None = None
    parties: str = ""
    note: str = ""
    position: tuple[float, float] | None = None


def record_risk(engine: Engine, actor: Actor, risk: NewRisk) -> UUID:
    """Record a risk; its id. Permission `risk.record` on either side of the line.

    Raises `BadInput` `risk_malformed`; `NotFound` `no_such_line`; `NotPermitted`.
    """
    _check(risk.title, risk.first)
    if risk.source not in SOURCES or risk.first.review_on is None:
        raise _malformed(f"the source is one of {', '.join(SOURCES)}, and a new risk has a day of review")
    with unit_of_work(engine) as connection:
        require_beside(actor, RISK, beside(connection, risk.line))
        row = {
            "risk": new_id(),
            "line": risk.line,
            "segment": risk.segment,
            "title": risk.title.strip(),
            "source": risk.source,
            "source_id": risk.source_id,
        }
        if not connection.scalar(store.IS_OF_LINE, row):
            raise _malformed("the segment and the inspection, observation or dispute that a risk names are of its line")
        return _assess(connection, actor, row, risk.first)


def assess_risk(engine: Engine, actor: Actor, identity: UUID, assessment: Assessment) -> None:
    """Assess a risk again, or close it (no day of review); what was said before is kept.

    Raises `NotFound` `no_such_risk`; `Conflict` `already_done` for a closed one; `BadInput` `risk_malformed`;
    `NotPermitted`.
    """
    with unit_of_work(engine) as connection:
        connection.execute(store.LOCK_RISK, {"id": str(identity)})
        row = fetch_one(connection, store.RISK, {"id": identity})
        if row is None:
            raise no_such_risk()
        require_beside(actor, RISK, beside(connection, row["line"]))
        _check(row["title"], assessment)
        if row["state"] == "closed":
            raise Conflict(
                "The risk is closed; what is seen anew is a new one. Nothing was changed.", code="already_done"
            )
        kept = {name: row[name] for name in ("line", "segment", "title", "source", "source_id")}
        _assess(connection, actor, {"risk": identity, **kept}, assessment)


def _assess(connection: Connection, actor: Actor, row: Mapping[str, Any], assessment: Assessment) -> UUID:
    values = {
        "id": new_id(),
        "description": assessment.description.strip(),
        "level": assessment.level,
        "measures": assessment.measures.strip(),
        "review_on": assessment.review_on,
        "state": "open" if assessment.review_on else "closed",
        "by": actor.name,
    }
    connection.execute(store.INSERT_RISK, {**row, **values})
    details = {"risk": str(row["risk"]), "line": str(row["line"]), "level": assessment.level}
    audit.append(connection, actor=actor.name, action=RISK, decision_id=None, details=details)
    identity: UUID = row["risk"]
    return identity


def _check(title: str, assessment: Assessment) -> None:
    if not 1 <= len(title.strip()) <= 200 or assessment.level not in LEVELS:
        raise _malformed(f"a risk has a title of 1 to 200 characters and a level of {', '.join(LEVELS)}")
    if max(len(assessment.measures), len(assessment.description)) > 4000 or not assessment.measures.strip():
        raise _malformed("say what is done about it, in 1 to 4000 characters")


def _malformed(why: str) -> BadInput:
    return BadInput(f"It cannot be recorded so: {why}. Nothing was stored.", code="risk_malformed")


def no_such_risk() -> NotFound:
    """No risk, or none for the caller."""
    return NotFound("There is no such risk of a line.", code="no_such_risk")


def risks_of(connection: Connection, actor: Actor, line: UUID, state: str | None = "open") -> list[Mapping[str, Any]]:
    """The risks of a line as they stand, the worst first; permission `inspection.read` on either side of it."""
    require_beside(actor, READ, beside(connection, line))
    return fetch_all(connection, store.RISKS, {"line": line, "state": state, "limit": MAX_LIMIT})


def risk_history(connection: Connection, actor: Actor, identity: UUID) -> list[Mapping[str, Any]]:
    """Every assessment of a risk, first to last; `NotFound` `no_such_risk`."""
    row = fetch_one(connection, store.RISK, {"id": identity})
    if row is None:
        raise no_such_risk()
    require_beside(actor, READ, beside(connection, row["line"]))
    return fetch_all(connection, store.HISTORY, {"id": identity})


def add_asset(engine: Engine, actor: Actor, asset: NewAsset) -> UUID:
    """Enter an agreement, monument or covenant of a line; its id. Permission `line_asset.record` on either side.

    Raises `BadInput` `asset_malformed`; `NotFound` `no_such_line`; `NotPermitted`.
    """
    _check_asset(asset)
    identity = new_id()
    with unit_of_work(engine) as connection:
        require_beside(actor, ASSET, beside(connection, asset.line))
        connection.execute(
            store.INSERT_ASSET,
            {
                "id": identity,
                "line": asset.line,
                "kind": asset.kind,
                "title": asset.title.strip(),
                "doc_no": asset.doc_no or None,
                "dated": asset.dated or None,
                "ends_on": asset.ends_on,
                "parties": asset.parties.strip(),
                "note": asset.note.strip(),
                "lon": asset.position[0] if asset.position else None,
                "lat": asset.position[1] if asset.position else None,
                "by": actor.name,
            },
        )
        details = {"asset": str(identity), "kind": asset.kind, "line": str(asset.line)}
        audit.append(connection, actor=actor.name, action=ASSET, decision_id=None, details=details)
    return identity


def _check_asset(asset: NewAsset) -> None:
    wrong = []
    if asset.kind not in KINDS:
        wrong.append(f"the kind is one of {', '.join(KINDS)}")
    if not 1 <= len(asset.title.strip()) <= 200:
        wrong.append("it has a title of 1 to 200 characters")
    if len(asset.parties) > 1000 or len(asset.note) > 4000:
        wrong.append("parties have 1000 characters at most, the note 4000")
    try:
        if asset.dated:
            parse_iso(asset.dated)
    except ValueError:
        wrong.append("a date is written 1986, 1986-05 or 1986-05-01")
    if wrong:
        raise BadInput(f"It cannot be entered so: {'; '.join(wrong)}. Nothing was stored.", code="asset_malformed")
    if asset.position is not None:
        check_position(*asset.position)


def remove_asset(engine: Engine, actor: Actor, identity: UUID, why: str) -> None:
    """Take an asset out of the inventory, with the reason; it stays on record.

    Raises `NotFound` `no_such_asset`; `Conflict` `already_done`; `BadInput` `asset_malformed`; `NotPermitted`.
    """
    if not 1 <= len(why.strip()) <= 1000:
        raise BadInput("Say why, in 1 to 1000 characters. Nothing was changed.", code="asset_malformed")
    with unit_of_work(engine) as connection:
        row = fetch_one(connection, store.ASSET, {"id": identity})
        if row is None:
            raise NotFound("There is no such asset of a line.", code="no_such_asset")
        require_beside(actor, ASSET, beside(connection, row["line"]))
        if connection.execute(store.REMOVE_ASSET, {"id": identity, "why": why.strip()}).one_or_none() is None:
            raise Conflict("It is out of the inventory already. Nothing was changed.", code="already_done")
        details = {"asset": str(identity), "removed": True}
        audit.append(connection, actor=actor.name, action=ASSET, decision_id=None, details=details)


def assets_of(connection: Connection, actor: Actor, line: UUID, *, removed: bool = False) -> list[Mapping[str, Any]]:
    """The inventory of a line by kind; permission `inspection.read` on either side of it."""
    require_beside(actor, READ, beside(connection, line))
    return fetch_all(connection, store.ASSETS, {"line": line, "all": removed, "limit": MAX_LIMIT})
