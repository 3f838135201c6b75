"""The demonstration's small living office in the made-up 示例省云溪市: loaded step by step, removed whole.

Each subject has a module here with its `STEP`; they are listed in `STEPS`, each after those it builds on.
Nothing here touches a real unit, and every invented document is numbered 演示〔2026〕N号.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Engine

from api.demo_office import (
    accounts,
    disputes,
    division_change,
    divisions,
    inspections,
    line,
    markers,
    naming,
    patrol,
    risks,
    surveys,
    works,
)
from api.demo_office.model import Stage, Step
from data.db import reading, unit_of_work
from data.demonstration import Removed, remove_demonstration
from data.server.home import Home

#: A file in the home that says that the office was removed: the next start does not bring it back.
REMOVED = "demonstration-removed"
#: Every step, in the order in which they are loaded.
STEPS: tuple[Step, ...] = (
    *(divisions.STEP, accounts.STEP, line.STEP, markers.STEP),
    *(works.STEP, patrol.STEP, inspections.STEP, surveys.STEP, disputes.STEP),
    risks.STEP,
    division_change.STEP,
    naming.STEP,
)


def load_office(stage: Stage, steps: Sequence[Step] = STEPS) -> list[str]:
    """Load the steps that are not loaded yet; their keys."""
    (stage.home.root / REMOVED).unlink(missing_ok=True)
    loaded = []
    for step in steps:
        if step.wanted(stage) and not _done(stage.engine, step):
            stage.progress(f"demonstration: {step.title}")
            step.load(stage)
            loaded.append(step.key)
    return loaded


def remove_office(stage: Stage, steps: Sequence[Step] = STEPS) -> Removed:
    """Take all of it out again, the last step first; where nothing was loaded, change nothing."""
    stage.home.root.mkdir(parents=True, exist_ok=True)
    (stage.home.root / REMOVED).touch()
    for step in reversed(steps):
        if _done(stage.engine, step):
            stage.progress(f"removing: {step.title}")
            step.remove(stage)
    with unit_of_work(stage.engine) as connection:
        return remove_demonstration(
            connection, stage.actor, lambda c: accounts.remove_accounts(c, stage.actor, stage.clock)
        )


def was_removed(home: Home) -> bool:
    """Whether somebody has removed the office and not loaded it again."""
    return (home.root / REMOVED).exists()


def office_state(engine: Engine, steps: Sequence[Step] = STEPS) -> dict[str, Any]:
    """Which steps are loaded."""
    return {step.key: _done(engine, step) for step in steps}


def _done(engine: Engine, step: Step) -> bool:
    with reading(engine) as connection:
        return step.done(connection)
