"""What is possible in a case, what is missing for it, and whether a history fits its table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from data.workflow.deeds import DEEDS
from data.workflow.guards import CONDITIONS, Condition
from data.workflow.model import CaseView, Field, Missing, Procedure, Transition

#: The action of the first step of every history.
OPEN = "open"
#: How one may stand to a question.
STANCES = ("for", "against", "abstain", "conditional")


@dataclass(frozen=True, slots=True)
class Possible:
    """A way out of the present state, and what it still needs; nothing: it can be taken now."""

    transition: Transition
    needs: tuple[Missing, ...]


@dataclass(frozen=True, slots=True)
class Moved:
    """One line of a history as the table sees it."""

    action: str
    from_state: str | None
    to_state: str


def possible(
    procedure: Procedure, case: CaseView, conditions: Mapping[str, Condition] = CONDITIONS
) -> tuple[Possible, ...]:
    """All ways out of the state of `case`, each with what is missing."""
    return tuple(Possible(t, missing(t, case, conditions)) for t in procedure.transitions_from(case.state))


def missing(
    transition: Transition, case: CaseView, conditions: Mapping[str, Condition] = CONDITIONS
) -> tuple[Missing, ...]:
    """What the guards of `transition` say is missing. A guard that nobody knows never holds."""
    found = []
    for guard in transition.guards:
        condition = conditions.get(guard.name)
        said = condition(case, guard.argument) if condition else Missing("guard_unknown", f"{guard.name} is not known.")
        if said is not None:
            found.append(said)
    return tuple(found)


def missing_fields(fields: Sequence[Field], given: Mapping[str, str]) -> tuple[Missing, ...]:
    """What is wrong with the fields given: one that is missing, unknown, too long or empty."""
    found = [Missing("field_missing", f"{f.name} is missing.") for f in fields if f.required and f.name not in given]
    known = {field.name: field for field in fields}
    for name, value in given.items():
        field = known.get(name)
        if field is None:
            found.append(Missing("field_unknown", f"There is no field {name[:40]!r} here."))
        elif not value.strip():
            found.append(Missing("field_missing", f"{name} is empty."))
        elif len(value) > field.max_length:
            found.append(Missing("field_too_long", f"{name} has more than {field.max_length} characters."))
    return tuple(found)


def advance(procedure: Procedure, state: str, action: str) -> str | None:
    """The state after `action` in `state`: another one, the same for a deed, None where it is not possible."""
    transition = procedure.transition(state, action)
    if transition is not None:
        return transition.next
    return state if action in procedure.states[state].allows and action in DEEDS else None


def inconsistencies(procedure: Procedure, history: Sequence[Moved]) -> list[str]:
    """Where `history` does what the table does not permit; empty: it is a run of the procedure."""
    if not history:
        return ["the history is empty"]
    first, found = history[0], []
    if (first.action, first.from_state, first.to_state) != (OPEN, None, procedure.opening.state):
        found.append("step 1 does not open the case")
    state = first.to_state
    for number, step in enumerate(history[1:], 2):
        if step.from_state != state:
            found.append(f"step {number} begins in {step.from_state}, the case was in {state}")
        elif advance(procedure, state, step.action) != step.to_state:
            found.append(f"step {number}: {step.action} in {state} does not lead to {step.to_state}")
        state = step.to_state
    return found
