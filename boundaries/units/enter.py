"""Enters one later change into the register: a preview first, then all of it or nothing.

The file is written in the notation of the chronicle (docs/guide/enter-a-decision.md):
the decision's head and text in `#` lines, then the change lines. The same
engine that replayed the history decides who persists and whose land went
where, so the register lives on by the rules by which it began.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine

from boundaries.units import entering, service, store
from boundaries.units.chronicle.identity import Builder, Edge, Version
from boundaries.units.chronicle.notation import Document, Remark, YearFile, parse_year
from boundaries.units.chronicle.replay import step_of
from boundaries.units.model import Romanizer
from boundaries.units.records import decision_id, decision_of
from data import audit, feed
from data.clock import Clock, civil_date, system_clock
from data.db import unit_of_work
from data.decisions import DecisionDraft, record_decisions
from data.errors import BadInput, Conflict

KIND = "decision"
#: Called in the same transaction with the units that changed: what is built on the register follows it.
Follow = Callable[[Connection, Sequence[UUID]], None]
#: A decision file is a few pages of text.
MAX_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Plan:
    """What a decision will do: versions it closes and opens, edges it makes, in words and as data."""

    document: Document
    effective: date
    closed: tuple[Version, ...]
    opened: tuple[Version, ...]
    edges: tuple[Edge, ...]

    @property
    def decision(self) -> UUID:
        """The identifier that the decision has or will have."""
        return decision_id(self.document)

    def units(self) -> list[UUID]:
        """The units concerned, each once."""
        return list(dict.fromkeys(v.unit_id for v in (*self.closed, *self.opened)))

    def as_json(self) -> dict[str, Any]:
        """The preview."""
        return {
            "decision": self.decision,
            "doc_no": self.document.doc_no,
            "title": self.document.title,
            "effective_on": self.effective,
            "closes": [_said(v) for v in self.closed],
            "opens": [_said(v) for v in self.opened],
            "lineage": [
                {
                    "from": e.from_unit,
                    "to": e.to_unit,
                    "kind": e.kind,
                    "whole_from": e.whole_from,
                    "whole_to": e.whole_to,
                    "derived": e.derived,
                }
                for e in self.edges
            ],
        }


def _said(version: Version) -> dict[str, Any]:
    return {"unit": version.unit_id, "code": version.code, "name": version.name, "type": version.type}


@dataclass(frozen=True, slots=True)
class Entered:
    """The plan, and whether it was carried out now (`changed`), before, or only shown."""

    plan: Plan
    changed: bool
    feed_range: tuple[int, int] | None


def enter_decision(
    engine: Engine,
    content: bytes,
    actor: str,
    *,
    preview: bool = False,
    romanize: Romanizer | None = None,
    follow: Follow | None = None,
    clock: Clock = system_clock,
) -> Entered:
    """Enter the decision in `content` (UTF-8), or with `preview` only say what it would do.

    Entering the same file again changes nothing. BadInput: `not_a_decision`
    (form), `decision_unresolved` (lines that do not fit the register),
    `decision_not_yet_effective`. Conflict: `decision_in_the_past` (the
    register is complete through a later day).
    """
    document, file, effective = read_decision(content)
    check_not_future(effective, clock())
    digest = hashlib.sha256(content).digest()
    with unit_of_work(engine) as connection:
        if was_entered(connection, digest):
            return Entered(Plan(document, effective, (), (), ()), False, None)
        lines = Lines(document, file, effective, digest)
        return enter_lines(connection, lines, actor, preview=preview, romanize=romanize, follow=follow)


@dataclass(frozen=True, slots=True)
class Lines:
    """A decision ready to be entered: its document, its change lines, its day, the SHA-256 of what was handed in."""

    document: Document
    file: YearFile
    effective: date
    digest: bytes


def was_entered(connection: Connection, digest: bytes) -> bool:
    """Whether a file of this SHA-256 was entered before."""
    return connection.execute(store.FIND_LOAD, {"kind": KIND, "hash": digest}).one_or_none() is not None


def enter_lines(
    connection: Connection,
    lines: Lines,
    actor: str,
    *,
    preview: bool = False,
    standing: Iterable[Version] | None = None,
    romanize: Romanizer | None = None,
    follow: Follow | None = None,
) -> Entered:
    """Enter change lines in the caller's transaction; errors as `enter_decision`.

    `standing`: the open versions where the caller has read them already.
    """
    span = service.register_span(connection)
    _check_order(lines.effective, span)
    versions = entering.open_versions(connection) if standing is None else standing
    plan = make_plan(lines.document, lines.file, lines.effective, versions, span)
    if preview:
        return Entered(plan, False, None)
    seen = _carry_out(connection, plan, span, actor, lines.digest, romanize, follow)
    return Entered(plan, True, seen)


def read_decision(content: bytes) -> tuple[Document, YearFile, date]:
    """The document, its change lines and its effective day; BadInput `not_a_decision` otherwise."""
    if len(content) > MAX_BYTES:
        raise _not_a_decision(f"it has {len(content)} bytes, more than {MAX_BYTES}")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _not_a_decision(f"it is not UTF-8 text (byte {error.start})") from error
    first = parse_year(1, text)
    documents = [d for block in first.blocks for d in block]
    if len(first.blocks) != 1 or len(documents) != 1 or not documents[0].title:
        raise _not_a_decision("it must hold exactly one decision, beginning with a line `## title`")
    stated = documents[0].effective or documents[0].dated
    effective = stated.exact if stated else None
    if effective is None:
        raise _not_a_decision("the day on which it takes effect is missing: `# 生效：2025年3月1日`")
    file = parse_year(effective.year, text)
    problems = [f"line {r.line}: {r.message}" for r in file.remarks]
    if problems or not file.lines:
        raise _not_a_decision("; ".join(problems) or "it has no change lines")
    return file.blocks[0][0], file, effective


def _not_a_decision(why: str) -> BadInput:
    return BadInput(
        f"The file cannot be read as a decision: {why}. Nothing was changed. "
        "The format is in docs/guide/enter-a-decision.md.",
        code="not_a_decision",
    )


def check_not_future(effective: date, now: datetime) -> None:
    """BadInput `decision_not_yet_effective` where the day is still to come."""
    if effective > civil_date(now):
        raise BadInput(
            f"The decision takes effect on {effective}, which is still to come. Nothing was changed: "
            "enter it on that day or later.",
            code="decision_not_yet_effective",
        )


def _check_order(effective: date, span: service.RegisterSpan) -> None:
    if effective <= span.register_through:
        raise Conflict(
            f"The decision takes effect on {effective}; the register is complete through "
            f"{span.register_through}. Nothing was changed: later days only are entered this way, "
            "in the order in which they took effect.",
            code="decision_in_the_past",
        )


def make_plan(
    document: Document,
    file: YearFile,
    effective: date,
    standing: Iterable[Version],
    span: service.RegisterSpan,
) -> Plan:
    """What the file's lines do to the versions standing; BadInput `decision_unresolved`."""
    builder = Builder(span.register_from, standing)
    before_versions = dict(builder.open)
    before = {v.code: v.name for v in before_versions.values()}
    step, remarks = step_of(before, file)
    _refuse(remarks)
    builder.add(step)
    _refuse(builder.register.remarks)
    opened = [v for unit, v in builder.open.items() if before_versions.get(unit) is not v]
    return Plan(
        document,
        effective,
        tuple(builder.register.versions),
        tuple(opened),
        tuple(builder.register.edges),
    )


def _refuse(remarks: Sequence[Remark]) -> None:
    if remarks:
        said = "; ".join(f"line {r.line}: {r.kind} ({r.message})" for r in remarks)
        raise BadInput(
            f"The decision does not fit the register: {said}. Nothing was changed.",
            code="decision_unresolved",
            remarks=[{"kind": r.kind, "line": r.line, "message": r.message} for r in remarks],
        )


def _draft(document: Document) -> DecisionDraft:
    """The decision as entered: it comes from whoever entered it, not from the chronicle the register began with."""
    source = document.source or document.doc_no or document.title
    return replace(decision_of(document), source=source, licence=None, retrieved_on=None)


def _carry_out(
    connection: Connection,
    plan: Plan,
    span: service.RegisterSpan,
    actor: str,
    digest: bytes,
    romanize: Romanizer | None,
    follow: Follow | None,
) -> tuple[int, int] | None:
    touched = entering.with_units_below(connection, plan.units(), span.register_through)
    before = entering.unit_objects(connection, touched)
    record_decisions(connection, [_draft(plan.document)], actor)
    rows = entering.write_versions(connection, plan.closed, plan.opened, plan.edges)
    entering.write_spellings(connection, plan.opened, romanize, plan.decision)
    through = {"from_": str(span.register_from), "through": str(plan.effective), "actor": actor}
    connection.execute(store.SET_SPAN, through)
    if follow is not None:
        follow(connection, touched)
    touched = list(dict.fromkeys([*touched, *(v.unit_id for v in plan.opened)]))
    after = entering.unit_objects(connection, touched)
    changes = entering.feed_entries(plan.document, plan.decision, touched, before, after)
    seen = feed.publish(connection, changes)
    audit.append(
        connection,
        actor=actor,
        action="enter_decision",
        decision_id=plan.decision,
        details={"file": digest.hex(), "units": [str(u) for u in plan.units()]},
        rows_hash=audit.hash_rows(rows),
        feed=seen,
    )
    entering.remember_load(connection, KIND, digest, plan.decision, plan.as_json())
    return seen
