"""Division changes on the register: the preview of an act, and its execution in one transaction."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, text

from boundaries.changes.checking import check
from boundaries.changes.coding_rules import coding_rules
from boundaries.changes.lines import document_of, file_of, outcome_of
from boundaries.changes.model import Act, Finding
from boundaries.changes.reading import read_act
from boundaries.units import entering
from boundaries.units.enter import Entered, Follow, Lines, Plan, check_not_future, enter_lines, was_entered
from boundaries.units.model import Romanizer
from boundaries.units.seats.model import Seat
from boundaries.units.seats.write import record_act
from data.clock import Clock, system_clock
from data.db import unit_of_work
from data.errors import Conflict

CODES_USED = text("SELECT DISTINCT code FROM diming.unit_version")


@dataclass(frozen=True, slots=True)
class Change:
    """An act with its findings and, where nothing blocks it, what it does (`entered`)."""

    act: Act
    findings: tuple[Finding, ...]
    entered: Entered | None

    def as_json(self) -> dict[str, Any]:
        """The preview or the result, as commands print it."""
        plan = self.entered.plan.as_json() if self.entered else {}
        return {
            "title": self.act.title,
            "effective_on": self.act.effective_on,
            "parts": [{"kind": p.kind, "before": list(map(str, p.before)), "after": list(map(str, p.after))}
                      | ({"seat": p.seat} if p.seat else {}) for p in self.act.parts],
            "findings": [finding.as_json() for finding in self.findings],
            **plan,
            "changed": self.entered.changed if self.entered else False,
        }  # fmt: skip


def change_divisions(
    engine: Engine,
    content: bytes,
    actor: str,
    *,
    preview: bool = False,
    romanize: Romanizer | None = None,
    follow: Follow | None = None,
    clock: Clock = system_clock,
) -> Change:
    """Execute the act in `content`, or with `preview` say what it would do; executing it again changes nothing.

    BadInput `not_a_proposal`; BadInput `decision_not_yet_effective` when it is
    to be executed before its day; Conflict `change_blocked` with the findings;
    further errors as `boundaries.units.enter.enter_lines`.
    """
    act = read_act(content)
    if not preview:
        check_not_future(act.effective_on, clock())
    digest = hashlib.sha256(content).digest()
    with unit_of_work(engine) as connection:
        if was_entered(connection, digest):
            return Change(act, (), Entered(Plan(document_of(act), act.effective_on, (), (), ()), False, None))
        return change_on(connection, act, digest, actor, preview=preview, romanize=romanize, follow=follow)


def change_on(
    connection: Connection,
    act: Act,
    digest: bytes,
    actor: str,
    *,
    preview: bool = False,
    romanize: Romanizer | None = None,
    follow: Follow | None = None,
) -> Change:
    """Execute or preview `act` in the caller's transaction; errors as `change_divisions`."""
    versions = entering.open_versions(connection)
    standing = {version.code: version.name for version in versions}
    used = frozenset(connection.execute(CODES_USED).scalars())
    findings = tuple(check(act, standing, used, coding_rules()))
    blocking = [finding for finding in findings if finding.severity == "block"]
    if blocking and preview:
        return Change(act, findings, None)
    _refuse(blocking)
    file = file_of(act, outcome_of(act, standing), standing)
    lines = Lines(document_of(act), file, act.effective_on, digest)
    entered = enter_lines(
        connection, lines, actor, preview=preview, standing=versions, romanize=romanize, follow=follow
    )
    if not preview:
        record_act(connection, _seats(connection, act, entered.plan), actor)
    return Change(act, findings, entered)


def _seats(connection: Connection, act: Act, plan: Plan) -> list[Seat]:
    """The seats that the act gives to units standing after it; of a unit that another part makes it is no move."""
    made = {unit for part in act.parts if part.kind not in ("seat", "boundary") for unit in part.after}
    standing = {version.code: version.unit_id for version in entering.open_versions(connection)}
    return [
        Seat(standing[unit.code], part.seat, act.effective_on, plan.decision, "act", moved=unit not in made)
        for part in act.parts
        for unit in part.after
        if part.seat is not None
    ]


def _refuse(blocking: list[Finding]) -> None:
    if blocking:
        said = "; ".join(f.message if f.part is None else f"part {f.part}: {f.message}" for f in blocking)
        raise Conflict(
            f"The division change cannot be executed: {said}. Nothing was changed.",
            code="change_blocked",
            findings=[finding.as_json() for finding in blocking],
        )
