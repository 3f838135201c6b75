"""What must be true of the database after people have worked: nothing lost, nothing twice, histories that fit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import Connection, text

from data import audit
from data.workflow.model import Procedure
from data.workflow.moves import Moved, inconsistencies
from tests.bench.office_people import Seen, Step

STEPS = text("""
    SELECT s.case_id, s.seq, s.action, s.actor_id, s.from_state, s.to_state, c.version, c.state
    FROM diming.case_step s JOIN diming.case_file c ON c.id = s.case_id ORDER BY s.case_id, s.seq
""")
COUNT_LAMPS = text("SELECT count(*) FROM public.lamp_post")
UPLOADS = text("SELECT count(*) FROM diming.attachment WHERE file_name = '位置图.png'")


def contradictions(connection: Connection, procedure: Procedure, seen: Seen, steps_before: int) -> list[str]:
    """Where the database and what people were told contradict each other; empty: they do not."""
    found = list(_of_histories(connection, procedure))
    rows = connection.execute(STEPS).all()
    written = {(str(row.case_id), row.seq, row.action, str(row.actor_id)) for row in rows}
    found += [f"{step}: told, and not in the history" for step in seen.steps if _key(step) not in written]
    twice = [key for key, times in Counter((s.case, s.version) for s in seen.steps).items() if times > 1]
    found += [f"version {version} of {case} was given to two people" for case, version in twice]
    if len(rows) - steps_before != len(seen.steps):
        found.append(f"{len(rows) - steps_before} steps were made and {len(seen.steps)} told of")
    approvals = sum(step.action == "approve" for step in seen.steps)
    found += _differs("lamp posts", connection.scalar(COUNT_LAMPS), approvals)
    found += _differs("uploads", connection.scalar(UPLOADS), len(seen.uploads))
    entries, broken_at = audit.verify(connection)
    return [*found, *([f"the audit chain breaks at {broken_at} of {entries}"] if broken_at else [])]


def _key(step: Step) -> tuple[str, int, str, str]:
    return step.case, step.version, step.action, step.account


def _differs(what: str, stored: int | None, told: int) -> list[str]:
    return [] if stored == told else [f"{what}: {stored} are stored and {told} were told of"]


def _of_histories(connection: Connection, procedure: Procedure) -> Sequence[str]:
    by_case: dict[str, list[tuple[int, Moved, int, str]]] = {}
    for row in connection.execute(STEPS):
        moved = Moved(row.action, row.from_state, row.to_state)
        by_case.setdefault(str(row.case_id), []).append((row.seq, moved, row.version, row.state))
    found = []
    for case, steps in by_case.items():
        numbers, history = [seq for seq, *_ in steps], [moved for _, moved, *_ in steps]
        version, state = steps[-1][2], steps[-1][3]
        found += [f"{case}: {said}" for said in inconsistencies(procedure, history)]
        if numbers != list(range(1, version + 1)) or history[-1].to_state != state:
            found.append(f"{case}: version {version}, state {state}, steps {numbers}")
    return found
