"""The desk (我的办件): the cases that somebody may see, what ends first before the rest, and what each waits for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from itertools import islice
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Connection

from data.access import Actor
from data.cases import store
from data.cases.model import Casework, Whereabouts
from data.cases.people import display_names
from data.cases.reading import SCAN, is_listed, is_wanted, like_pattern, place_of, require_signed_in, today_of
from data.cases.records import case_of
from data.cases.status import WITHDRAW, with_whom
from data.cases.views import Dossier, read_dossiers, ways_out
from data.db import Row, fetch_all, reading
from data.paging import check_limit, decode_cursor, encode_cursor
from data.workflow.model import Procedure

#: Sorts after every deadline; the statement has the same day.
NO_END = date(9999, 12, 31)
#: So many candidates are read at first beyond those that fill the page, and in each later chunk.
SPARE, CHUNK = 5, 100
#: What a line of the desk does not tell.
UNTOLD = ("links",)
#: Whose cases: one's own, those that nobody answers for, or all that one may see.
Whose = Literal["mine", "unassigned", "all"]
WHOSE: tuple[Whose, ...] = ("mine", "unassigned", "all")


@dataclass(frozen=True, slots=True)
class DeskFilter:
    """Which cases are wanted. `open`: those that have not ended, else those that have."""

    whose: Whose = "all"
    overdue: bool = False
    open: bool = True
    procedure: str | None = None
    state: str | None = None
    within: UUID | None = None
    level: str | None = None
    q: str | None = None


def desk_page(
    casework: Casework,
    connection: Connection,
    actor: Actor,
    wanted: DeskFilter,
    limit: int | None = None,
    cursor: str | None = None,
) -> dict[str, Any]:
    """A page of the desk of `actor`: `{"items", "next", "overdue"}`; a page may be short and still have a next one.

    `overdue`: how many of the open cases that `actor` may see are overdue, by the level of their unit.
    Raises NotSignedIn (`sign_in_needed`), BadRequest (`limit_out_of_range`, `bad_cursor`).
    """
    require_signed_in(actor)
    limit, today = check_limit(limit), today_of(casework)
    query = {"list": "desk", "for": actor.name, **asdict(wanted)}
    after = decode_cursor(query, cursor, (date.fromisoformat, UUID))
    looked = _Looked(after, chunk=limit + SPARE)
    found = list(islice(looked.rows(casework, connection, actor, wanted, today), limit))
    items = _lines(casework, connection, actor, found, today, looked.places)
    end = None if looked.exhausted else looked.last
    overdue = _overdue_by_level(casework, connection, actor, today, looked.places)
    return {"items": items, "next": encode_cursor(query, end) if end else None, "overdue": overdue}


def next_on_desk(casework: Casework, actor: Actor, wanted: DeskFilter, case_id: UUID) -> UUID | None:
    """The case that comes after `case_id` under the same filter; None where it is the last one or not there.

    Asked before the case is decided, for afterwards it may stand elsewhere or nowhere.
    """
    require_signed_in(actor)
    today = today_of(casework)
    with reading(casework.engine) as connection:
        here = fetch_all(connection, store.DESK_KEY, {"id": case_id})
        if not here:
            return None
        looked = _Looked(tuple(_key(here[0])))
        following = next(looked.rows(casework, connection, actor, wanted, today), None)
    return None if following is None else following["id"]


def _overdue_by_level(
    casework: Casework, connection: Connection, actor: Actor, today: date, places: dict[UUID, Whereabouts]
) -> Mapping[str | None, int]:
    looked = _Looked(None, chunk=SCAN, places=places)
    rows = looked.rows(casework, connection, actor, DeskFilter(overdue=True), today)
    return Counter(place_of(casework, connection, row, places).level for row in rows)


def _candidates(
    connection: Connection, actor: Actor, wanted: DeskFilter, today: date, after: Sequence[Any] | None, limit: int
) -> list[Row]:
    return fetch_all(
        connection,
        store.DESK,
        {
            "procedure": wanted.procedure,
            "state": wanted.state,
            "open": wanted.open,
            "assignee": actor.account_id if wanted.whose == "mine" else None,
            "unassigned": wanted.whose == "unassigned",
            "overdue_on": today if wanted.overdue else None,
            "q": wanted.q,
            "pattern": like_pattern(wanted.q),
            "due": after[0] if after else None,
            "after": after[1] if after else None,
            "limit": limit,
        },
    )


class _Looked:
    """A walk through the candidates in chunks, as far as `SCAN`; `last` is the key of the last one looked at.

    `exhausted`: there are none after it.
    """

    def __init__(
        self, after: tuple[Any, ...] | None, chunk: int = CHUNK, places: dict[UUID, Whereabouts] | None = None
    ) -> None:
        self.last: list[Any] | None = list(after) if after else None
        self.chunk = chunk
        self.count = 0
        self.exhausted = False
        self.places: dict[UUID, Whereabouts] = {} if places is None else places

    def rows(
        self, casework: Casework, connection: Connection, actor: Actor, wanted: DeskFilter, today: date
    ) -> Iterator[Row]:
        """Those that lie where asked and that `actor` may see."""
        while self.count < SCAN:
            rows = _candidates(connection, actor, wanted, today, self.last, self.chunk)
            no_more = len(rows) < self.chunk
            for number, row in enumerate(rows, 1):
                self.last, self.count = _key(row), self.count + 1
                self.exhausted = no_more and number == len(rows)
                place = place_of(casework, connection, row, self.places)
                if is_wanted(place, wanted.within, wanted.level) and is_listed(casework, actor, row, place):
                    yield row
            if no_more:
                self.exhausted = True
                return
            self.chunk = max(self.chunk, CHUNK)


def _key(row: Row) -> list[Any]:
    return [row["due_on"] or NO_END, row["id"]]


def _lines(
    casework: Casework,
    connection: Connection,
    actor: Actor,
    rows: Sequence[Row],
    today: date,
    places: Mapping[UUID, Whereabouts],
) -> list[dict[str, Any]]:
    if not rows:
        return []
    found = {row["id"]: row for row in fetch_all(connection, store.FIND_CASES, {"ids": [row["id"] for row in rows]})}
    rows = [row for row in rows if row["id"] in found]  # a demonstration may have been removed in between
    cases = [case_of(casework, found[row["id"]]) for row in rows]
    dossiers = read_dossiers(casework, connection, cases, places, without=UNTOLD)
    names = display_names(connection, {d.case.assignee_id for d in dossiers if d.case.assignee_id})
    return [
        _line(casework, actor, dossier, row["due_on"], today, names)
        for dossier, row in zip(dossiers, rows, strict=True)
    ]


def _line(
    casework: Casework, actor: Actor, dossier: Dossier, due: date | None, today: date, names: Mapping[UUID, str]
) -> dict[str, Any]:
    case, ways = dossier.case, ways_out(casework, dossier, actor)
    state = case.procedure.states[case.state]
    assignee = case.assignee_id
    yours = [way for way in ways if way["yours"]]
    return {
        "id": case.id,
        "number": case.number,
        "title": case.title,
        "procedure": case.procedure.key,
        "procedure_label": {"zh": case.procedure.label.zh, "en": case.procedure.label.en},
        "state": case.state,
        "state_label": {"zh": state.label.zh, "en": state.label.en},
        "ended": state.ends,
        "place": dossier.whereabouts,
        "assignee": None if assignee is None else names.get(assignee),
        "mine": assignee is not None and assignee == actor.account_id,
        "opened_at": case.opened_at,
        "due_on": due,
        "days_left": None if due is None else (due - today).days,
        "missing_year": next((row["missing_year"] for row in dossier.clocks if row["missing_year"]), None),
        "paused": bool(dossier.clocks) and due is None and all(row["missing_year"] is None for row in dossier.clocks),
        "yours": yours,
        **_told(case.procedure, case.state, yours),
        "with": [] if state.ends else with_whom(case.procedure, case.state),
    }


def _told(procedure: Procedure, state: str, yours: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What a line tells of one's own ways: the way on, with what it lacks, and others out of the state that are ready.

    `besides`: how many more could be taken now. Withdrawing is nobody's task.
    """
    onward = [way for way in yours if way["action"] != WITHDRAW and _leads_out(procedure, state, way["action"])]
    told = [way for number, way in enumerate(onward) if number == 0 or not way["needs"]]
    return {"told": told, "besides": len([way for way in yours if way not in told and not way["needs"]])}


def _leads_out(procedure: Procedure, state: str, action: str) -> bool:
    way = procedure.transition(state, action)
    return way is not None and way.next != state
