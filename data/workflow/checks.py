"""What makes a procedure's table runnable. Every finding is a sentence; none means that it is."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import groupby

from data.access.table import RELATIONS, Table
from data.workflow.deeds import DEEDS
from data.workflow.guards import GUARDS
from data.workflow.model import ClockRule, Procedure, Transition


def check_procedure(procedure: Procedure) -> list[str]:
    """What is wrong with the table itself: states, ways, clocks, words that nothing knows."""
    return [
        *_check_states(procedure),
        *_check_transitions(procedure),
        *(finding for rule in procedure.clocks for finding in _check_clock(procedure, rule)),
        *_check_ways(procedure),
    ]


def check_binding(
    procedure: Procedure, guards: Collection[str], effects: Collection[str], permissions: Table
) -> list[str]:
    """What the table names and the program does not have: guards, effects, rows of permissions."""
    findings = []
    for t in procedure.transitions:
        unknown = [g.name for g in t.guards if g.name not in guards]
        findings += [f"{_said(t)}: there is no guard {name}" for name in unknown]
        if t.effect is not None and t.effect not in effects:
            findings.append(f"{_said(t)}: the subject has no effect {t.effect}")
        if t.permission not in permissions:
            findings.append(f"{_said(t)}: there is no permission {t.permission}, so nobody could do it")
        elif not any({*t.roles} & row.roles for row in permissions[t.permission]):
            findings.append(f"{_said(t)}: {t.permission} permits none of the roles {', '.join(t.roles)}")
    return findings


def _check_states(procedure: Procedure) -> Iterator[str]:
    if procedure.opening.state not in procedure.states:
        yield f"it opens in {procedure.opening.state}, which is no state"
    if not procedure.opening.roles:
        yield "nobody may open a case"
    if not procedure.opening.prefix.isascii() or not procedure.opening.prefix.isalnum():
        yield "the prefix of case numbers has letters and digits only"
    if not any(state.ends for state in procedure.states.values()):
        yield "no state ends it"
    for state in procedure.states.values():
        for deed in sorted(state.allows - DEEDS.keys()):
            yield f"state {state.key} allows {deed}, which is no deed"
        if state.ends and procedure.transitions_from(state.key):
            yield f"state {state.key} ends the case and has ways out"


def _check_transitions(procedure: Procedure) -> Iterator[str]:
    for t in procedure.transitions:
        for name in (t.state, t.next):
            if name not in procedure.states:
                yield f"{_said(t)}: {name} is no state"
        if not t.roles:
            yield f"{_said(t)}: nobody may do it"
        if not t.article:
            yield f"{_said(t)}: the legal basis is missing"
        if t.action in DEEDS:
            yield f"{_said(t)}: {t.action} is the name of a deed"
        for relation in t.tells:
            if relation not in RELATIONS:
                yield f"{_said(t)}: there is no relation {relation}"
        yield from (
            f"{_said(t)}: {finding}" for guard in t.guards for finding in _check_argument(guard.name, guard.argument)
        )
    yield from _doubles(procedure.transitions)


def _check_argument(name: str, argument: str) -> Iterator[str]:
    """An engine's guard takes a number or nothing; a subject's guard reads its own argument."""
    known = GUARDS.get(name)
    if known is not None and known.takes_number != (argument.isdecimal() and int(argument) > 0):
        yield f"the guard {name} takes " + ("a number, as in name:3" if known.takes_number else "no argument")


def _doubles(transitions: Iterable[Transition]) -> Iterator[str]:
    rows = sorted((t.state, t.action) for t in transitions)
    for (state, action), group in groupby(rows):
        if len(list(group)) > 1:
            yield f"{action} in {state} stands in the table twice"


def _check_clock(procedure: Procedure, rule: ClockRule) -> Iterator[str]:
    for name in sorted((rule.runs_in | rule.pauses_in) - procedure.states.keys()):
        yield f"clock {rule.key}: {name} is no state"
    if not rule.runs_in:
        yield f"clock {rule.key} never runs"
    if rule.runs_in & rule.pauses_in:
        yield f"clock {rule.key} runs and stands still in the same state"
    if rule.term_from is None and (rule.term.amount < 1 or not 0 <= rule.warn_before < rule.term.amount):
        yield f"clock {rule.key}: the term is at least a day and the warning comes within it"
    if any(procedure.states[s].ends for s in rule.runs_in & procedure.states.keys()):
        yield f"clock {rule.key} runs on after the end"
    if sum(other.key == rule.key for other in procedure.clocks) > 1:
        yield f"clock {rule.key} stands in the table twice"


def _check_ways(procedure: Procedure) -> Iterator[str]:
    """Every state can be reached from the opening, and from every state an end can be."""
    ways = {(t.state, t.next) for t in procedure.transitions}
    reached = _closure({procedure.opening.state}, ways)
    ends = {key for key, state in procedure.states.items() if state.ends}
    can_end = _closure(ends, {(after, before) for before, after in ways})
    for key in procedure.states:
        if key not in reached:
            yield f"state {key} cannot be reached"
        elif key not in can_end:
            yield f"state {key} is a dead end: no end can be reached from it"


def _closure(start: set[str], ways: Collection[tuple[str, str]]) -> set[str]:
    found, new = set(start), set(start)
    while new:
        new = {after for before, after in ways if before in new} - found
        found |= new
    return found


def _said(t: Transition) -> str:
    return f"{t.action} in {t.state}"
