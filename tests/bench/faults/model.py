"""What must be true after the faults: nothing acknowledged is lost, nothing happened twice, no gap, no broken chain."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, text

from data import audit
from tests.bench.applications import FIELDS, PLAIN
from tests.bench.faults.people import Outages

STEPS = text("SELECT case_id, seq, action FROM diming.case_step ORDER BY case_id, seq")
CASES = text("SELECT id FROM diming.case_file")
#: Numbers that the feed should have and has not, between its first and its head.
GAP = text("""
    SELECT h.seq - count(c.seq) - (SELECT coalesce(min(seq) - 1, 0) FROM diming.change) AS lacking, h.seq AS head
    FROM published.feed_head h LEFT JOIN diming.change c ON c.seq <= h.seq GROUP BY h.seq
""")
NO_DECISION = text("""
    SELECT count(*) FROM diming.place_name n LEFT JOIN diming.decision d ON d.id = n.opened_by
    WHERE n.kind = 'standard' AND d.id IS NULL
""")
HALF_DONE = text("""
    SELECT count(*) FROM diming.case_file f
    WHERE f.version <> (SELECT max(seq) FROM diming.case_step s WHERE s.case_id = f.id)
""")


@dataclass(frozen=True, slots=True)
class Before:
    """What the database held when the work began."""

    cases: frozenset[UUID]
    steps: frozenset[tuple[UUID, int, str]]


def before(connection: Connection) -> Before:
    """What is there now."""
    return Before(frozenset(connection.scalars(CASES)), frozenset(_steps(connection)))


def contradictions(connection: Connection, was: Before, seen: Outages) -> list[str]:
    """Where the database and what people were told contradict each other; empty: nowhere."""
    return [*_of_steps(connection, was, seen), *_of_cases(connection, was, seen), *_of_register(connection)]


def _steps(connection: Connection) -> Iterator[tuple[UUID, int, str]]:
    return ((row.case_id, row.seq, row.action) for row in connection.execute(STEPS))


def _of_steps(connection: Connection, was: Before, seen: Outages) -> Iterator[str]:
    written, opened = set(_steps(connection)) - was.steps, {UUID(one) for one in seen.uploads}
    told = Counter((UUID(step.case), step.version, step.action) for step in seen.steps)
    yield from (f"{step}: told, and not in the history" for step in told.keys() - written)
    # what opens a case is told as the case
    made = {step for step in written if not (step[0] in opened and step[1] == 1)}
    yield from (f"{step}: in the history, and nobody was told" for step in made - told.keys() if _by_people(step))
    yield from (f"{step}: told {times} times" for step, times in told.items() if times > 1)


def _by_people(step: tuple[UUID, int, str]) -> bool:
    """Whether somebody asked for the step; the others are taken by the procedure itself."""
    return step[2] in {*FIELDS, *PLAIN}


def _of_cases(connection: Connection, was: Before, seen: Outages) -> Iterator[str]:
    opened = set(connection.scalars(CASES)) - was.cases
    told = Counter(UUID(one) for one in seen.uploads)
    yield from (f"case {case}: told, and not there" for case in told.keys() - opened)
    yield from (f"case {case}: there, and nobody was told" for case in opened - told.keys())
    yield from (f"case {case}: told {times} times" for case, times in told.items() if times > 1)


def _of_register(connection: Connection) -> Iterator[str]:
    yield from of_feed(connection)
    if bare := connection.scalar(NO_DECISION):
        yield f"{bare} standard names without a decision"
    if half := connection.scalar(HALF_DONE):
        yield f"{half} cases whose version is not that of their last step"
    yield from of_chain(connection)


def of_feed(connection: Connection) -> Iterator[str]:
    """A gap in the feed."""
    lacking, head = connection.execute(GAP).one()
    if lacking:
        yield f"the feed lacks {lacking} of the entries up to {head}"


def of_chain(connection: Connection) -> Iterator[str]:
    """A break in the audit chain."""
    entries, broken_at = audit.verify(connection)
    if broken_at:
        yield f"the audit chain breaks at {broken_at} of {entries}"
