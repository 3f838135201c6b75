"""Opening findings, taking them up in a case, settling and dismissing them, and asking for them.

Each change writes its step and one audit entry. The functions that take a
connection belong to a larger change (an observation is stored and its finding
opened, a case ends and its findings with it); `settle` and `dismiss` are use
cases of their own. Nothing is published: findings have no entries in the feed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine

from boundaries.findings import store
from boundaries.findings.kinds import kind_of, kinds
from boundaries.findings.model import (
    MAX_REASON,
    SEVERITIES,
    SOURCES,
    STATES,
    FindingDraft,
    State,
    faults_of,
    may_follow,
)
from boundaries.findings.reach import Beside, beside, reach_of, require_beside
from data import audit
from data.access import Actor, require
from data.crs import STORED_NAME
from data.db import Row, fetch_all, fetch_one, unit_of_work
from data.errors import BadInput, BadRequest, Conflict, NotFound
from data.paging import check_limit, decode_cursor, page

#: How many findings one request opens or moves: those of a comparison of a long line, many times over.
MAX_AT_ONCE = 5000


@dataclass(frozen=True, slots=True)
class Opened:
    """A finding, and whether it is new or was known from the same source."""

    id: UUID
    new: bool


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which findings are asked for; None asks nothing."""

    line: UUID | None = None
    inspection: UUID | None = None
    marker: UUID | None = None
    case_id: UUID | None = None
    source: str | None = None
    source_id: UUID | None = None
    kind: str | None = None
    severity: str | None = None
    state: str | None = None


def open_findings(connection: Connection, actor: Actor, drafts: Sequence[FindingDraft]) -> list[Opened]:
    """Write findings in the caller's transaction, in the order given; one that its source told before stays as it is.

    Permission `finding.open` beside each line. Raises `BadInput` `finding_malformed`, `finding_kind_unknown`,
    `too_many_findings`; `NotFound` `no_such_line`; `NotPermitted`.
    """
    _check(drafts)
    for line in dict.fromkeys(draft.line_id for draft in drafts):
        require_beside(actor, "finding.open", beside(connection, line))
    opened = [Opened(*store.insert_finding(connection, draft, actor.name)) for draft in drafts]
    new = [str(one.id) for one in opened if one.new]
    if new:
        details = {"findings": new, "lines": sorted({str(draft.line_id) for draft in drafts})}
        audit.append(connection, actor=actor.name, action="finding.open", decision_id=None, details=details)
    return opened


def _check(drafts: Sequence[FindingDraft]) -> None:
    if len(drafts) > MAX_AT_ONCE:
        raise BadInput(
            f"{len(drafts)} findings at once; {MAX_AT_ONCE} at most. Nothing was stored.", code="too_many_findings"
        )
    for draft in drafts:
        kind_of(draft.kind)
        wrong = faults_of(draft)
        if wrong:
            raise BadInput(f"{'; '.join(wrong)}. Nothing was stored.", code="finding_malformed")


def take_up(connection: Connection, actor: Actor, ids: Iterable[UUID], case_id: UUID) -> None:
    """Take open findings up in a case, in the caller's transaction. Permission `finding.take_up` beside the line.

    Raises `NotFound` `no_such_finding_of_line`; `Conflict` `finding_state`; `NotPermitted`.
    """
    _move(connection, actor, ids, "in_case", case_id=case_id)


def give_back(connection: Connection, actor: Actor, ids: Iterable[UUID], reason: str) -> None:
    """Open again what a case had taken up and ended without settling. Permission `finding.take_up`; as `take_up`."""
    _move(connection, actor, ids, "open", reason=reason)


def settle_in(connection: Connection, actor: Actor, ids: Iterable[UUID], reason: str) -> None:
    """Settle findings in the caller's transaction: what they say is no more, or was decided. As `settle`."""
    _move(connection, actor, ids, "settled", reason=reason)


def dismiss_in(connection: Connection, actor: Actor, ids: Iterable[UUID], reason: str) -> None:
    """Dismiss findings in the caller's transaction: they are none, and `reason` says why. As `dismiss`."""
    _move(connection, actor, ids, "dismissed", reason=reason)


def settle(engine: Engine, actor: Actor, finding: UUID, reason: str) -> dict[str, Any]:
    """Settle one finding and return it: what it says was put right or decided, and `reason` says how.

    Permission `finding.settle`: of upkeep the keeper of either side, of all else whoever stands above both.
    Raises `NotFound` `no_such_finding_of_line`; `Conflict` `finding_state`; `BadInput` `reason_missing`;
    `NotPermitted`.
    """
    with unit_of_work(engine) as connection:
        settle_in(connection, actor, [finding], reason)
        return find_finding(connection, actor, finding)


def dismiss(engine: Engine, actor: Actor, finding: UUID, reason: str) -> dict[str, Any]:
    """Dismiss one finding, which is none, for the `reason` given, and return it. `finding.dismiss`; as `settle`."""
    with unit_of_work(engine) as connection:
        dismiss_in(connection, actor, [finding], reason)
        return find_finding(connection, actor, finding)


#: What one must be permitted to do for a finding to come into a state.
ACTIONS: Mapping[State, str] = {
    "in_case": "finding.take_up",
    "open": "finding.take_up",
    "settled": "finding.settle",
    "dismissed": "finding.dismiss",
}
ENDED: tuple[State, ...] = ("settled", "dismissed")


def _move(
    connection: Connection,
    actor: Actor,
    ids: Iterable[UUID],
    to: State,
    *,
    case_id: UUID | None = None,
    reason: str | None = None,
) -> None:
    wanted = list(dict.fromkeys(ids))
    words = None if to == "in_case" else _reason(reason)
    rows = store.locked(connection, wanted)
    if len(rows) != len(wanted):
        raise _no_such_finding()
    places: dict[UUID, Beside] = {}
    for row in rows:
        where = places.setdefault(row.line_id, beside(connection, row.line_id))
        _require_move(actor, row.kind, where, to)
        _step(connection, actor, row, to, case_id or row.case_id, words)
    if rows:
        details = {"findings": [str(row.id) for row in rows], "state": to, "case": str(case_id) if case_id else None}
        audit.append(connection, actor=actor.name, action=ACTIONS[to], decision_id=None, details=details)


def _require_move(actor: Actor, kind: str, where: Beside, to: State) -> None:
    known = kinds().get(kind)
    if to in ENDED and (known is None or known.settled_by == "both"):
        require(actor, ACTIONS[to], where.both)
    else:
        require_beside(actor, ACTIONS[to], where)


def _step(connection: Connection, actor: Actor, row: Any, to: State, case_id: UUID | None, reason: str | None) -> None:
    if not may_follow(row.state, to):
        raise Conflict(
            f"The finding is {row.state} and cannot become {to}. Nothing was changed.",
            code="finding_state",
            state=row.state,
        )
    ended = to in ENDED
    keeps = case_id if to != "open" else None
    values = {"id": row.id, "state": to, "case_id": keeps, "reason": reason if ended else None, "ended": ended}
    connection.execute(store.MOVE, {**values, "by": actor.name})
    store.insert_step(connection, row.id, actor.name, row.state, to, case_id, reason)


def _reason(reason: str | None) -> str:
    words = (reason or "").strip()
    if not 1 <= len(words) <= MAX_REASON:
        raise BadInput(
            f"Say why, in 1 to {MAX_REASON} characters: whoever looks at it in five years must understand. "
            "Nothing was changed.",
            code="reason_missing",
        )
    return words


def _no_such_finding() -> NotFound:
    return NotFound("There is no such finding.", code="no_such_finding_of_line")


def list_findings(
    connection: Connection,
    actor: Actor,
    wanted: Wanted | None = None,
    *,
    limit: int | None = None,
    cursor: str | None = None,
) -> dict[str, Any]:
    """A page of the findings beside whose lines `actor` may look: errors first, of each severity the latest first.

    Permission `finding.read` on either side. Raises `BadRequest` `bad_finding_filter`, `limit_out_of_range`,
    `bad_cursor`; `NotPermitted`.
    """
    wanted = wanted or Wanted()
    _check_wanted(wanted)
    limit = check_limit(limit)
    query = {"list": "findings", "for": actor.name, **asdict(wanted)}
    after = decode_cursor(query, cursor, (int, UUID)) or (None, None)
    values = {**_asked(connection, actor, wanted), "after_rank": after[0], "after_id": after[1], "limit": limit + 1}
    shown, following = page(fetch_all(connection, store.LIST, values), limit, query, lambda r: (r["rank"], r["id"]))
    return {"items": [shown_finding(row) for row in shown], "next": following, "crs": STORED_NAME}


def count_findings(connection: Connection, actor: Actor, wanted: Wanted | None = None) -> dict[str, dict[str, int]]:
    """How many there are by state and severity; permission and errors as `list_findings`."""
    wanted = wanted or Wanted()
    _check_wanted(wanted)
    counts: dict[str, dict[str, int]] = {state: dict.fromkeys(SEVERITIES, 0) for state in STATES}
    for row in fetch_all(connection, store.COUNT, _asked(connection, actor, wanted)):
        counts[row["state"]][row["severity"]] = row["findings"]
    return counts


def _asked(connection: Connection, actor: Actor, wanted: Wanted) -> dict[str, Any]:
    units, levels = reach_of(connection, actor, "finding.read")
    return {**asdict(wanted), "units": list(units), "levels": list(levels)}


def _check_wanted(wanted: Wanted) -> None:
    known = {"source": SOURCES, "severity": SEVERITIES, "state": STATES, "kind": tuple(sorted(kinds()))}
    for name, values in known.items():
        value = getattr(wanted, name)
        if value is not None and value not in values:
            raise BadRequest(f"{name} is one of {', '.join(values)}.", code="bad_finding_filter")


def find_finding(connection: Connection, actor: Actor, finding: UUID) -> dict[str, Any]:
    """A finding with its history. `NotFound` `no_such_finding_of_line`, also where one may not look."""
    row = fetch_one(connection, store.FIND, {"id": finding})
    if row is None:
        raise _no_such_finding()
    require_beside(actor, "finding.read", beside(connection, row["line_id"]))
    steps = [dict(step) for step in fetch_all(connection, store.STEPS, {"id": finding})]
    return {**shown_finding(row), "history": steps, "next": _ways(row["state"])}


def _ways(state: State) -> list[str]:
    return [ACTIONS[to].removeprefix("finding.") for to in ("settled", "dismissed") if may_follow(state, to)]


def shown_finding(row: Row) -> dict[str, Any]:
    """A finding as the API shows it; `geometry` is GeoJSON in CGCS2000."""
    kind = kinds().get(row["kind"])
    return {
        "id": row["id"],
        "line": row["line_id"],
        "segment": row["segment_id"],
        "marker": row["marker_id"],
        "inspection": row["inspection_id"],
        "source": {"kind": row["source"], "id": row["source_id"], "item": row["source_item"]},
        "kind": row["kind"],
        "title": {"zh": kind.title_zh if kind else row["kind"], "en": kind.title_en if kind else row["kind"]},
        **{name: row[name] for name in ("severity", "side", "measures", "facts", "note", "found_on", "opened_at")},
        "geometry": None if row["geometry"] is None else json.loads(row["geometry"]),
        "state": row["state"],
        "case": row["case_id"],
        "settled_at": row["settled_at"],
        "reason": row["reason"],
    }
