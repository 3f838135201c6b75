"""Asking for comparisons, looking at them, taking their findings over."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine

from boundaries.comparisons import store
from boundaries.comparisons.model import STATES, Wanted, drafts
from boundaries.comparisons.together import meetings_of_batch
from boundaries.findings.reach import beside, reach_of, require_beside
from boundaries.findings.service import MAX_AT_ONCE, open_findings
from boundaries.network.service import run_of
from boundaries.submissions.visible import visible_submission
from data import audit
from data.access import Actor
from data.clock import Clock, civil_date
from data.db import Audience, Row, fetch_all, fetch_one, reading, unit_of_work
from data.errors import BadInput, BadRequest, Conflict, NotFound
from data.ids import new_id
from data.paging import check_limit, decode_cursor, page
from data.queue import Job, enqueue, require_queue

TASK = "diming:compare_surveys"
ASK, READ = "comparison.ask", "comparison.read"
#: So many lines at once.
MAX_BATCH = 500
#: So many characters has the name of a document at most.
MAX_DOCUMENT = 200
#: Point RMSE in metres that a survey can have.
ACCURACY_M = (0.001, 1_000.0)


def ask(engine: Engine, actor: Actor, wanted: Sequence[Wanted]) -> dict[str, Any]:
    """Have pairs of submissions compared, as one batch and one job: `{"batch", "comparisons"}`.

    Permission `comparison.ask` beside each line, and to see each submission. Raises `BadRequest` `bad_comparison_pair`,
    `bad_accuracy`; `NotFound` `no_such_line`, `line_not_standing`, `no_such_submission`; `NotPermitted`;
    `Unavailable` `queue_missing`.
    """
    if not 1 <= len(wanted) <= MAX_BATCH:
        raise BadRequest(f"Name from 1 to {MAX_BATCH} pairs of submissions.", code="bad_comparison_pair")
    with reading(engine) as connection:
        require_queue(connection)
        rows = [_row(connection, actor, one) for one in wanted]
    batch = new_id()
    with unit_of_work(engine) as connection:
        for row in rows:
            connection.execute(store.INSERT, {**row, "batch_id": batch})
        details = {"batch": str(batch), "comparisons": [str(row["id"]) for row in rows]}
        audit.append(connection, actor=actor.name, action="comparison.asked", decision_id=None, details=details)
        enqueue(connection, Job(TASK, {"batch": str(batch)}), asked_by=actor.account_id)
    return {"batch": batch, "comparisons": [row["id"] for row in rows]}


def _row(connection: Connection, actor: Actor, wanted: Wanted) -> dict[str, Any]:
    require_beside(actor, ASK, beside(connection, wanted.line_id))
    run = run_of(connection, wanted.line_id, wanted.as_of, Audience.STAFF)
    for side, submission in (("left", wanted.a), ("right", wanted.b)):
        _check_pair(visible_submission(connection, actor, submission), wanted.line_id, side)
    for accuracy in (wanted.accuracy_a_m, wanted.accuracy_b_m):
        if accuracy is not None and not ACCURACY_M[0] <= accuracy <= ACCURACY_M[1]:
            raise BadRequest(
                f"{accuracy} is no point accuracy: metres from {ACCURACY_M[0]} to {ACCURACY_M[1]:g}.",
                code="bad_accuracy",
            )
    return {
        "id": new_id(), "line_id": wanted.line_id, "inspection_id": _inspection(connection, wanted), "as_of": run.day,
        "a": wanted.a, "b": wanted.b, "accuracy_a_m": wanted.accuracy_a_m, "accuracy_b_m": wanted.accuracy_b_m,
        "document_a": _document(wanted.document_a), "document_b": _document(wanted.document_b),
        "asked_by": actor.name, "account_id": actor.account_id,
    }  # fmt: skip


def _document(named: str | None) -> str | None:
    """The name without blanks around it; None where none is given."""
    text = (named or "").strip()
    if len(text) > MAX_DOCUMENT:
        raise BadRequest(
            f"Name the document in at most {MAX_DOCUMENT} characters. Nothing was compared.", code="bad_comparison_pair"
        )
    return text or None


def _inspection(connection: Connection, wanted: Wanted) -> UUID | None:
    """The inspection that the comparison belongs to: the one named, else the one of the line that is under way."""
    values = {"line": wanted.line_id, "id": wanted.inspection_id}
    found: UUID | None = connection.scalar(store.INSPECTION_OF, values)
    if found is None and wanted.inspection_id is not None:
        raise NotFound("There is no such inspection of this line. Nothing was compared.", code="no_such_inspection")
    return found


def _check_pair(submission: Row, line: UUID, side: str) -> None:
    if submission["veiled"]:
        raise not_revealed("Nothing was compared.")
    if submission["line_id"] != line:
        raise BadRequest(
            f"{submission['file_name']} was handed in for another line. Nothing was compared.",
            code="bad_comparison_pair",
        )
    if submission["side"] not in (side, None):
        raise BadRequest(
            f"{submission['file_name']} is the survey of the other side: A is the {side} unit's. Nothing was compared.",
            code="bad_comparison_pair",
        )


def not_revealed(what: str) -> Conflict:
    """The refusal of what two surveys say together while one of them is not for the other side."""
    return Conflict(
        "The inspection of this line has separate records: surveys are compared, and comparisons seen, when both sides "
        f"have handed in, or the day named has passed. {what}",
        code="not_revealed",
    )


def ready(connection: Connection, actor: Actor, limit: int = 100) -> list[dict[str, Any]]:
    """Lines of which both sides' surveys are in and not compared yet, the latest first. Permission `comparison.ask`."""
    units, levels = reach_of(connection, actor, ASK)
    return [dict(row) for row in fetch_all(connection, store.READY, _reach(units, levels) | {"limit": limit})]


def ask_for_lines(engine: Engine, actor: Actor, lines: Sequence[UUID]) -> dict[str, Any]:
    """Have the last surveys of both sides of these lines compared; errors of `ask`.

    `BadRequest` `bad_comparison_pair` where a line has not both, or they are compared already.
    """
    with reading(engine) as connection:
        pairs = {row["line_id"]: row for row in ready(connection, actor, MAX_BATCH)}
    missing = [line for line in lines if line not in pairs]
    if missing:
        raise BadRequest(
            f"{len(missing)} of the lines have not both sides' surveys checked, or they are compared already "
            f"(the first: {missing[0]}). Nothing was compared.",
            code="bad_comparison_pair",
        )
    return ask(engine, actor, [Wanted(line, pairs[line]["a"], pairs[line]["b"]) for line in dict.fromkeys(lines)])


def ask_again(
    engine: Engine, actor: Actor, comparison: UUID, document_a: str | None, document_b: str | None
) -> dict[str, Any]:
    """Have the two surveys of a comparison compared again, by the documents that they change the line by.

    The comparison before stays as it is. Errors of `ask` and `find_comparison`; `BadRequest` `bad_comparison_pair`
    where neither document is named.
    """
    if not (_document(document_a) or _document(document_b)):
        raise BadRequest("Name the document of one side or of both. Nothing was compared.", code="bad_comparison_pair")
    with reading(engine) as connection:
        row = visible(connection, actor, comparison)
    again = Wanted(row["line_id"], row["a_submission"], row["b_submission"], row["as_of"], row["accuracy_a_m"],
                   row["accuracy_b_m"], row["inspection_id"], document_a, document_b)  # fmt: skip
    return ask(engine, actor, [again])


def _reach(units: Sequence[UUID | None], levels: Sequence[str | None]) -> dict[str, Any]:
    return {"units": list(units), "levels": list(levels)}


def list_comparisons(
    connection: Connection,
    actor: Actor,
    *,
    line: UUID | None = None,
    batch: UUID | None = None,
    state: str | None = None,
    limit: int | None = None,
    cursor: str | None = None,
) -> dict[str, Any]:
    """A page of the comparisons beside whose lines `actor` may look, the latest first. Permission `comparison.read`.

    With `batch` also how far it is, and when all is done what is to be told where its lines meet.
    `BadRequest` `bad_comparison_state`, `limit_out_of_range`, `bad_cursor`.
    """
    if state is not None and state not in STATES:
        raise BadRequest(f"state is one of {', '.join(STATES)}.", code="bad_comparison_state")
    count, query = check_limit(limit), {"list": "comparisons", "for": actor.name, "line": line, "batch": batch,
                                        "state": state}  # fmt: skip
    after = decode_cursor(query, cursor, (UUID,)) or (None,)
    values = {"line": line, "batch": batch, "state": state, "after": after[0], "limit": count + 1}
    units, levels = reach_of(connection, actor, READ)
    rows = fetch_all(connection, store.LIST, values | _reach(units, levels))
    shown, following = page(rows, count, query, lambda row: [row["id"]])
    progress = fetch_one(connection, store.BATCH, {"batch": batch}) if batch is not None else None
    whole = batch is not None and progress is not None and progress["of"] == progress["done"]
    met = meetings_of_batch(connection, batch, (units, levels)) if whole and batch is not None else None
    return {"items": [described(row) for row in shown], "next": following, "progress": progress, "meetings": met}


def find_comparison(connection: Connection, actor: Actor, comparison: UUID) -> dict[str, Any]:
    """A comparison with its report and what was taken over of it. `NotFound` `no_such_comparison`; `NotPermitted`;
    `Conflict` `not_revealed`.
    """
    row = visible(connection, actor, comparison)
    taken = {int(one["number"]): dict(one) for one in fetch_all(connection, store.TAKEN, {"id": comparison})}
    found = described(row) | {"report": row["report"], "drawn": row["drawn"]}
    if row["report"] is not None:
        findings = [
            {**finding, "number": number, "taken": taken.get(number)}
            for number, finding in enumerate(row["report"]["findings"], 1)
        ]
        found["report"] = {**row["report"], "findings": findings}
    return found


def visible(connection: Connection, actor: Actor, comparison: UUID) -> Row:
    """The row of a comparison that `actor` may see; errors of `find_comparison`.

    While one of its surveys is veiled from the other side nobody sees it: `Conflict` `not_revealed`.
    """
    row = fetch_one(connection, store.FIND, {"id": comparison})
    if row is None:
        raise NotFound("There is no such comparison.", code="no_such_comparison")
    require_beside(actor, READ, beside(connection, row["line_id"]))
    if row["veiled"]:
        raise not_revealed("Nothing is shown.")
    return row


def described(row: Row) -> dict[str, Any]:
    """A comparison as the API shows it, without its report."""
    sides = {
        side: {"submission": row[f"{side}_submission"], "file": row[f"{side}_file"], "unit": row[unit],
               "received_at": row[f"{side}_received"], "accuracy_m": row[f"accuracy_{side}_m"],
               "document": row[f"document_{side}"]}
        for side, unit in (("a", "left_unit"), ("b", "right_unit"))
    }  # fmt: skip
    return {
        "id": row["id"],
        "batch": row["batch_id"],
        "line": {"id": row["line_id"], "name": row["line_name"]},
        "inspection": row["inspection_id"],
        "as_of": row["as_of"],
        **sides,
        "asked_at": row["asked_at"],
        "by": row["display_name"] or row["asked_by"],
        "state": row["state"],
        "ended_at": row["ended_at"],
        "answer": row["answer"],
        "counts": row["counts"],
        "problem": row["problem"],
    }


def take_over(engine: Engine, actor: Actor, comparison: UUID, numbers: set[int] | None, clock: Clock) -> dict[str, Any]:
    """Make findings of the line of those of a comparison (`numbers` from 1; None: all), and return the comparison.

    What was taken over before stays as it is. Permission `finding.open` beside the line. `NotFound`
    `no_such_comparison`; `Conflict` `comparison_not_done`; `BadInput` `no_such_number`; `NotPermitted`.
    """
    with unit_of_work(engine) as connection:
        row = visible(connection, actor, comparison)
        if row["state"] != "done":
            raise Conflict(f"The comparison is {row['state']}: it has no findings yet.", code="comparison_not_done")
        unknown = sorted((numbers or set()) - set(range(1, len(row["report"]["findings"]) + 1)))
        if unknown:
            raise BadInput(f"The comparison has no finding {unknown[0]}. Nothing was stored.", code="no_such_number")
        rows = fetch_all(connection, store.MARKERS, {"line": row["line_id"], "on": row["as_of"]})
        codes = {one["code"]: one["marker_id"] for one in rows}
        taken = drafts(row, numbers, codes, civil_date(clock()))
        open_findings(connection, actor, taken[:MAX_AT_ONCE])
        return find_comparison(connection, actor, comparison)
