"""The pool of experts: who is in it, what each declares, and the draws as anybody of the office can check them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine

from data import audit
from data.access import Actor, Matter, require
from data.cases.model import Casework
from data.cases.reading import load_case
from data.db import Row, fetch_all, fetch_one, reading, unit_of_work
from data.errors import BadInput, Conflict, NotFound
from data.ids import new_id
from data.paging import check_limit, decode_cursor, page
from geonames.experts import store
from geonames.experts.drawing import digest_of
from geonames.experts.rules import expert_rules

READ, MANAGE, DECLARE = "expert.read", "expert.manage", "expert.declare"
MOST_TEXT = 200


@dataclass(frozen=True, slots=True)
class NewExpert:
    """Somebody for the pool: his user name, the fields in which he is heard, where he works, his title (职称)."""

    username: str
    fields: Collection[str]
    employer: str
    title: str = ""


def add_expert(engine: Engine, actor: Actor, chain: Sequence[UUID], new: NewExpert, today: date) -> UUID:
    """Take somebody with the role of an expert into the pool of the unit that ends `chain`; his id there.

    BadInput `bad_expert`; Conflict `already_done` for one who is in a pool; NotPermitted. Permission `expert.manage`.
    """
    require(actor, MANAGE, Matter(tuple(chain)))
    _check(new.fields, new.employer, new.title)
    with unit_of_work(engine) as connection:
        account = _account(connection, new.username, today)
        if fetch_one(connection, store.OF_ACCOUNT, {"account": account}) is not None:
            raise Conflict("This person is in a pool already. Nothing was changed.", code="already_done")
        identity = new_id()
        values = {
            "id": identity, "account": account, "unit": chain[-1], "fields": sorted(set(new.fields)),
            "employer": new.employer.strip(), "title": new.title.strip(), "by": actor.account_id,
        }  # fmt: skip
        connection.execute(store.ADD, values)
        _write_down(connection, actor, "add", identity)
    return identity


def _account(connection: Connection, username: str, today: date) -> UUID:
    row = fetch_one(connection, store.ACCOUNT, {"username": username.strip()})
    if row is None or fetch_one(connection, store.IS_EXPERT, {"account": row["id"], "day": today}) is None:
        raise _bad("username", "is nobody with the role of an expert: an administrator gives it")
    account: UUID = row["id"]
    return account


def _check(fields: Collection[str], employer: str, title: str) -> None:
    if not fields or not set(fields) <= expert_rules().fields.keys():
        raise _bad("fields", f"are one or more of {', '.join(expert_rules().fields)}")
    if not employer.strip():
        raise _bad("employer", "is needed: an applicant's own people are not drawn")
    if len(employer) > MOST_TEXT or len(title) > MOST_TEXT:
        raise _bad("employer", f"and the title have at most {MOST_TEXT} characters")


def _bad(field: str, why: str) -> BadInput:
    return BadInput(f"{field} {why}. Nothing was stored.", code="bad_expert", fields=[{"field": field, "why": why}])


def leave(casework: Casework, actor: Actor, expert: UUID, today: date) -> None:
    """Somebody leaves the pool; draws in which he was keep him. NotFound `no_such_expert`; NotPermitted."""
    with unit_of_work(casework.engine) as connection:
        _managed(casework, connection, actor, expert)
        if connection.execute(store.LEAVE, {"id": expert, "day": today}).one_or_none() is None:
            raise Conflict("This person has left the pool already.", code="already_done")
        _write_down(connection, actor, "leave", expert)


def declare_interest(casework: Casework, actor: Actor, expert: UUID, with_whom: str, why: str) -> None:
    """Declare an interest in a body: oneself, or the office for somebody. It is not taken back.

    BadInput `bad_expert`; NotFound `no_such_expert`; NotPermitted.
    """
    if not 1 <= len(with_whom.strip()) <= MOST_TEXT or len(why) > MOST_TEXT:
        raise _bad("with_whom", f"is a body's name of at most {MOST_TEXT} characters")
    with unit_of_work(casework.engine) as connection:
        row = _found(connection, expert)
        if row["account_id"] == actor.account_id:
            own = Matter(relations={row["account_id"]: frozenset({"self"})})
            require(actor, DECLARE, own, casework.permissions)
        else:
            _managed(casework, connection, actor, expert)
        values = {"id": new_id(), "expert": expert, "with_whom": with_whom.strip(), "why": why.strip()}
        connection.execute(store.ADD_INTEREST, {**values, "by": actor.account_id})
        _write_down(connection, actor, "interest", expert)


def _managed(casework: Casework, connection: Connection, actor: Actor, expert: UUID) -> Row:
    row = _found(connection, expert)
    require(actor, MANAGE, matter_at(casework, connection, row["unit_id"]), casework.permissions)
    return row


def matter_at(casework: Casework, connection: Connection, unit: UUID) -> Matter:
    """The permission question's matter for a pool: its unit with those above it."""
    place = casework.locate(connection, unit)
    return Matter(place.chain, place.level) if place else Matter((unit,))


def _found(connection: Connection, expert: UUID) -> Row:
    row = fetch_one(connection, store.FIND, {"id": expert})
    if row is None:
        raise NotFound("There is no expert with this id.", code="no_such_expert")
    return row


def list_experts(
    casework: Casework,
    actor: Actor,
    unit: UUID,
    *,
    former: bool = False,
    limit: int | None = None,
    cursor: str | None = None,
) -> dict[str, Any]:
    """Who may be drawn for cases in `unit`: its own pool and those of the units above. Permission `expert.read`."""
    limit = check_limit(limit)
    query = {"list": "experts", "unit": str(unit), "former": former}
    after = decode_cursor(query, cursor, (UUID,))
    with reading(casework.engine) as connection:
        matter = matter_at(casework, connection, unit)
        require(actor, READ, matter, casework.permissions)
        values = {
            "units": list(matter.chain),
            "former": former,
            "limit": limit + 1,
            "after": after[0] if after else None,
        }
        rows = fetch_all(connection, store.LIST, values)
    shown, following = page(rows, limit, query, lambda row: (row["id"],))
    return {"items": [dict(row) for row in shown], "next": following}


def find_draw(casework: Casework, actor: Actor, identity: UUID) -> dict[str, Any]:
    """A draw with its seed and everybody's ticket, and whether the digests follow from the seed.

    For those who may see the case. NotFound `no_such_draw`.
    """
    with reading(casework.engine) as connection:
        row = fetch_one(connection, store.FIND_DRAW, {"id": identity})
        if row is None:
            raise NotFound("There is no draw with this id.", code="no_such_draw")
        dossier = load_case(casework, connection, actor, row["case_id"])
    case = {"id": dossier.case.id, "number": dossier.case.number, "title": dossier.case.title}
    holds = all(t["digest"] == digest_of(row["seed"], UUID(t["expert"])) for t in row["tickets"])
    kept = {name: row[name] for name in ("id", "seed", "wanted", "fields", "tickets", "drawn_at")}
    return {**kept, "case": case, "holds": holds}


def _write_down(connection: Connection, actor: Actor, what: str, expert: UUID) -> None:
    audit.append(
        connection, actor=actor.name, action=f"expert.{what}", decision_id=None, details={"expert": str(expert)}
    )
