"""The questions about cases. Whoever may not see a case hears what he would hear if there were none."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from data.access import Actor, Matter
from data.access.question import Permit, decide
from data.cases import store
from data.cases.model import Casework, Whereabouts
from data.cases.records import case_of
from data.cases.refusals import no_such_case, refused
from data.cases.views import Dossier, matter_of, read_dossier, show
from data.clock import civil_date
from data.db import Row, fetch_all, fetch_one, reading
from data.paging import check_limit, decode_cursor, encode_cursor

LOG = logging.getLogger("diming.cases")
READ = "case.read"
#: How many cases are looked at for one page; a page may be short and still have a next one.
SCAN = 1000
#: So many are read at once after those that would fill the page.
CHUNK = 200


def load_case(
    casework: Casework, connection: Connection, actor: Actor, case_id: UUID, *, lock: bool = False
) -> Dossier:
    """The case with everything in it; NotFound `no_such_case` where there is none that `actor` may see."""
    row = fetch_one(connection, store.LOCK_CASE if lock else store.FIND_CASE, {"id": case_id})
    if row is None:
        raise no_such_case()
    dossier = read_dossier(casework, connection, case_of(casework, row))
    if not isinstance(decide(actor, READ, matter_of(dossier), casework.permissions), Permit):
        LOG.warning("refused: %s asked for %s in %s", actor.name, READ, case_id)
        raise no_such_case()
    return dossier


def may_see(casework: Casework, connection: Connection, actor: Actor, case_id: UUID) -> bool:
    """Whether there is such a case and `actor` may see it."""
    row = fetch_one(connection, store.FIND_CASE, {"id": case_id})
    if row is None:
        return False
    matter = matter_of(read_dossier(casework, connection, case_of(casework, row)))
    return isinstance(decide(actor, READ, matter, casework.permissions), Permit)


def find_case(casework: Casework, actor: Actor, case_id: UUID) -> dict[str, Any]:
    """The case as the API shows it; NotFound `no_such_case`, NotSignedIn for the public."""
    require_signed_in(actor)
    with reading(casework.engine) as connection:
        dossier = load_case(casework, connection, actor, case_id)
        return show(casework, dossier, actor, today_of(casework))


def find_number(casework: Casework, actor: Actor, number: str) -> dict[str, Any]:
    """The case with this number, under the same rules."""
    require_signed_in(actor)
    with reading(casework.engine) as connection:
        case_id = id_of(connection, actor, number)
        return show(casework, load_case(casework, connection, actor, case_id), actor, today_of(casework))


def id_of(connection: Connection, actor: Actor, reference: str) -> UUID:
    """The id of the case that `reference` names, its id or its number; NotFound `no_such_case`.

    Whether `actor` may see it is not asked here.
    """
    try:
        return UUID(reference)
    except ValueError:
        found: UUID | None = connection.scalar(store.FIND_NUMBER, {"number": reference})
    if found is None:
        LOG.warning("refused: %s asked for %s under a number that nothing has", actor.name, READ)
        raise no_such_case()
    return found


def list_cases(
    casework: Casework,
    actor: Actor,
    *,
    procedure: str | None = None,
    state: str | None = None,
    assignee: UUID | None = None,
    overdue: bool = False,
    open_only: bool = False,
    within: UUID | None = None,
    level: str | None = None,
    q: str | None = None,
    limit: int | None = None,
    cursor: str | None = None,
) -> dict[str, Any]:
    """A page of the cases that `actor` may see, newest first.

    `within`: only those that lie in this unit; `level`: only those of units of this level; `q`: part of the
    title, or the whole number. A page may be short and still have a next one.
    """
    require_signed_in(actor)
    limit, today = check_limit(limit), today_of(casework)
    query = {
        "list": "cases", "for": actor.name, "procedure": procedure, "state": state, "assignee": assignee,
        "overdue": overdue, "open_only": open_only, "within": within, "level": level, "q": q,
    }  # fmt: skip
    after = decode_cursor(query, cursor, (UUID,))
    parameters = {
        "procedure": procedure,
        "state": state,
        "open_only": open_only,
        "assignee": assignee,
        "overdue_on": today if overdue else None,
        "q": q,
        "pattern": like_pattern(q),
        "after": after[0] if after else None,
    }
    shown: list[dict[str, Any]] = []
    known: dict[UUID, Whereabouts] = {}
    last, looked = None, 0
    with reading(casework.engine) as connection:
        for row in _candidates(connection, parameters, limit + 1):
            if len(shown) == limit:
                return {"items": shown, "next": encode_cursor(query, [last])}
            last, looked = row["id"], looked + 1
            place = place_of(casework, connection, row, known)
            if is_wanted(place, within, level) and is_listed(casework, actor, row, place):
                shown.append(_brief(casework, row, today))
    return {"items": shown, "next": encode_cursor(query, [last]) if looked == SCAN else None}


def _candidates(connection: Connection, parameters: Mapping[str, Any], first: int) -> Iterator[Row]:
    """Candidates for a list, as far as `SCAN`: the `first` ones at once, more only where these do not fill the page."""
    after, left, chunk = parameters["after"], SCAN, first
    while left:
        chunk = min(chunk, left)
        rows = fetch_all(connection, store.LIST_CASES, {**parameters, "after": after, "limit": chunk})
        yield from rows
        if len(rows) < chunk:
            return
        after, left, chunk = rows[-1]["id"], left - chunk, CHUNK


def place_of(casework: Casework, connection: Connection, row: Row, known: dict[UUID, Whereabouts]) -> Whereabouts:
    """Where the case of `row` lies, asked once for each unit."""
    unit = row["unit_id"]
    if unit is None:
        return Whereabouts()
    if unit not in known:
        known[unit] = casework.locate(connection, unit) or Whereabouts()
    return known[unit]


def is_wanted(place: Whereabouts, within: UUID | None, level: str | None) -> bool:
    """Whether `place` lies in the unit `within` and is of `level`, as far as these are asked for."""
    return (within is None or within in place.chain) and (level is None or level == place.level)


def is_listed(casework: Casework, actor: Actor, row: Row, place: Whereabouts) -> bool:
    """Whether `actor` may see the case of `row`, asked without reading all of it."""
    relations: dict[UUID, set[str]] = {row["opened_by"]: {"opener"}}
    if row["assignee_id"] is not None:
        relations.setdefault(row["assignee_id"], set()).add("assignee")
    for account, relation in row["participants"]:
        relations.setdefault(UUID(account), set()).add(relation)
    matter = Matter(place.chain, place.level, row["state"], {a: frozenset(r) for a, r in relations.items()})
    return isinstance(decide(actor, READ, matter, casework.permissions), Permit)


def _brief(casework: Casework, row: Row, today: date) -> dict[str, Any]:
    case = case_of(casework, row)
    due = row["due_on"]
    label = case.procedure.states[case.state].label
    return {
        "id": case.id,
        "number": case.number,
        "kind": case.procedure.key,
        "title": case.title,
        "state": case.state,
        "state_label": {"zh": label.zh, "en": label.en},
        "unit_id": case.unit_id,
        "assignee": case.assignee_id,
        "opened_at": case.opened_at,
        "closed_at": case.closed_at,
        "version": case.version,
        "due_on": due,
        "overdue": due is not None and due < today,
    }


def like_pattern(q: str | None) -> str | None:
    """The pattern of LIKE for a text that contains `q` as it is."""
    if q is None:
        return None
    escaped = q.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
    return f"%{escaped}%"


def today_of(casework: Casework) -> date:
    """The civil date of the casework's clock."""
    return civil_date(casework.clock())


def require_signed_in(actor: Actor) -> None:
    """NotSignedIn (`sign_in_needed`) for the public: cases are nobody's before one has said who one is."""
    if actor.is_nobody:
        raise refused(READ, decide(actor, READ, Matter()))
