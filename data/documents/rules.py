"""Who numbers which documents (编号规则): laid down by an administrator, ended by the rule after it, never changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Engine

from data import audit
from data.access import Actor, Matter, require
from data.clock import civil_date
from data.db import Row, fetch_all, fetch_one, reading, unit_of_work
from data.documents import store
from data.documents.model import Documents
from data.documents.templates import READ, MatterOf, kind_of
from data.errors import BadInput, Conflict, NotFound
from data.ids import new_id
from data.paging import check_limit, decode_cursor, page

MANAGE = "numbering.manage"
RARE = ("refuse", "describe")
#: Longest short name of an office (发文机关代字) and longest name; both are printed on one line.
MAX_SERIES, MAX_OFFICE = 20, 60


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule to be laid down: see `diming.document_numbering`."""

    kind: str
    unit_id: UUID | None
    office: str
    heading: str | None
    series: str
    sealed: bool
    rare: str
    valid_from: date


def add_rule(engine: Engine, documents: Documents, matter_of: MatterOf, actor: Actor, rule: Rule) -> UUID:
    """Lay down a rule from a day on; one that stands for the same kind and unit ends on that day.

    Raises `NotPermitted`, `NotFound` (`no_such_document_kind`), `BadInput` (`bad_fields`), `Conflict`
    (`numbering_from`) where the rule that stands begins later.
    """
    _check(documents, rule)
    with unit_of_work(engine) as connection:
        require(actor, MANAGE, matter_of(connection, rule.unit_id))
        before = fetch_one(connection, store.STANDING_NUMBERING, {"kind": rule.kind, "unit": rule.unit_id})
        if before is not None and before["valid"].lower > rule.valid_from:
            raise Conflict(
                f"The rule that stands begins on {before['valid'].lower}: a new one begins on that day or after it.",
                code="numbering_from",
            )
        if before is not None:
            connection.execute(store.END_NUMBERING, {"id": before["id"], "day": rule.valid_from})
        row = {
            "id": new_id(),
            "kind": rule.kind,
            "unit": rule.unit_id,
            "office": rule.office.strip(),
            "heading": rule.heading,
            "series": rule.series.strip(),
            "sealed": rule.sealed,
            "rare": rule.rare,
            "from": rule.valid_from,
            "by": actor.name,
        }
        connection.execute(store.ADD_NUMBERING, row)
        details = {"numbering": str(row["id"]), "kind": rule.kind, "series": row["series"]}
        audit.append(connection, actor=actor.name, action="numbering.added", decision_id=None, details=details)
    return UUID(str(row["id"]))


def _check(documents: Documents, rule: Rule) -> None:
    kind_of(documents, rule.kind, rule.valid_from)
    texts = {"office": (rule.office, MAX_OFFICE), "series": (rule.series, MAX_SERIES)}
    if rule.heading is not None:
        texts["heading"] = (rule.heading, MAX_OFFICE)
    bad = [n for n, (text, most) in texts.items() if not 1 <= len(text.strip()) <= most or not text.isprintable()]
    bad += ["rare"] if rule.rare not in RARE else []
    if bad:
        raise BadInput(
            f"{', '.join(bad)}: an office and its heading have 1 to {MAX_OFFICE} characters, a series 1 to "
            f"{MAX_SERIES}, and characters without a font are refused or described. Nothing was changed.",
            code="bad_fields",
            fields=bad,
        )


def end_rule(engine: Engine, matter_of: MatterOf, actor: Actor, rule_id: UUID, at: datetime) -> None:
    """End a rule with this day; documents of the kind cannot be issued there from tomorrow until there is a new one.

    Raises `NotFound` (`no_such_numbering`), `NotPermitted`, `Conflict` (`already_done`).
    """
    with unit_of_work(engine) as connection:
        row = fetch_one(connection, store.NUMBERING_BY_ID, {"id": rule_id})
        if row is None:
            raise NotFound("There is no such rule.", code="no_such_numbering")
        require(actor, MANAGE, matter_of(connection, row["unit_id"]))
        day = civil_date(at) + timedelta(days=1)
        if connection.execute(store.END_NUMBERING, {"id": rule_id, "day": day}).one_or_none() is None:
            raise Conflict("The rule has ended already. Nothing was changed.", code="already_done")
        details = {"numbering": str(rule_id), "kind": row["kind"]}
        audit.append(connection, actor=actor.name, action="numbering.ended", decision_id=None, details=details)


def list_rules(engine: Engine, actor: Actor, limit: int | None = None, cursor: str | None = None) -> dict[str, Any]:
    """A page of the rules, the latest first."""
    require(actor, READ, Matter())
    limit, query = check_limit(limit), {"list": "numberings"}
    after = decode_cursor(query, cursor, (UUID,))
    with reading(engine) as connection:
        rows = fetch_all(connection, store.LIST_NUMBERINGS, {"after": after[0] if after else None, "limit": limit + 1})
    found, following = page(rows, limit, query, lambda r: (r["id"],))
    return {"items": [shown(row) for row in found], "next": following}


def shown(row: Row) -> dict[str, Any]:
    """A rule as pages show it; `to` is the first day on which it no longer stands."""
    names = ("id", "kind", "unit_id", "office", "heading", "series", "sealed", "rare", "added_at", "added_by")
    span = row["valid"]
    ends = {"from": None if span.isempty else span.lower, "to": None if span.isempty else span.upper}
    return {**{name: row[name] for name in names}, **ends}
