"""Whatever people try, in whatever order: the history fits the table and the audit chain is whole."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Engine

from api.jobs import schema
from data import audit
from data.cases import reading, service
from data.cases.model import Action, Opening
from data.db import make_engine
from data.db import reading as database_reading
from data.errors import BadInput, Conflict, NotFound, NotPermitted
from data.server.cluster import Cluster
from data.workflow.deeds import DEEDS
from data.workflow.moves import Moved, inconsistencies
from tests import database
from tests.samples.office import COUNTY, PEOPLE, Office, document, open_office

LONG = bool(os.environ.get("DIMING_TEST_LONG"))
ACTIONS = ["accept", "ask_corrections", "resubmit", "return", "approve", "refuse", "withdraw", *sorted(DEEDS)]
VALUES = st.sampled_from(["for", "block", "x", "2026-06-01"])


class People(RuleBasedStateMachine):
    """People of the office who try everything with everything."""

    office: Office

    def __init__(self) -> None:
        super().__init__()
        self.case: dict[str, Any] = {}
        self.known: list[Moved] = []

    @initialize()
    def open(self) -> None:
        plan = document(self.office, "applicant")
        opening = Opening("sample.lamp_post", "灯杆", COUNTY, {"street": "路"}, [plan])
        self.case = service.open_case(self.office.casework, self.office["applicant"], opening)
        self.known = self._history()

    @rule(who=st.sampled_from(sorted(PEOPLE)), action=st.sampled_from(ACTIONS), value=VALUES, stale=st.booleans())
    def attempt(self, who: str, action: str, value: str, stale: bool) -> None:
        """Anybody tries anything, sometimes having looked at an older version."""
        before = len(self._history())
        seen = max(1, before - 1) if stale else before
        wanted = Action(action, self._fields(action, value), seen)
        try:
            service.act(self.office.casework, self.office[who], UUID(self.case["id"]), wanted)
        except (NotPermitted, NotFound, Conflict, BadInput):
            assert len(self._history()) == before
        else:
            assert seen == before
            assert len(self._history()) == before + 1

    @rule(who=st.sampled_from(["clerk", "reviewer", "applicant", "mayor"]), choice=st.integers(0, 9), value=VALUES)
    def proceed(self, who: str, choice: int, value: str) -> None:
        """Somebody does what the case offers him: it must be possible."""
        seen = reading.find_case(self.office.casework, self.office[who], UUID(self.case["id"]))
        ways = [way["action"] for way in seen["next"] if way["yours"] and not way["needs"]]
        if ways:
            action = ways[choice % len(ways)]
            wanted = Action(action, self._fields(action, value), seen["version"])
            after = service.act(self.office.casework, self.office[who], UUID(self.case["id"]), wanted)
            assert after["version"] == seen["version"] + 1

    @rule(days=st.integers(1, 10))
    def wait(self, days: int) -> None:
        self.office.clock.forward(days=days)

    @precondition(lambda self: bool(self.case))
    @invariant()
    def the_history_is_a_run_of_the_procedure(self) -> None:
        history = self._history()
        assert inconsistencies(self.office.casework.procedures[0], history) == []
        assert history[: len(self.known)] == self.known
        assert history[-1].to_state == self._case()["state"]
        self.known = history

    def teardown(self) -> None:
        with database_reading(self.office.casework.engine) as connection:
            assert audit.verify(connection)[1] is None

    def _fields(self, action: str, value: str) -> dict[str, str]:
        """Fields of the right names, so that permission and state decide more often than form."""
        case = self._case()
        account = str(self.office["expert"].account_id)
        known: dict[str, str] = {
            "to": account,
            "stance": "for",
            "severity": "block",
            "finding": str(next((f["id"] for f in case["findings"] if f["closed_at"] is None), UUID(int=0))),
            "answers": str(next((o["id"] for o in case["opinions"]), UUID(int=0))),
            "number": str(case["id"])[-12:],
        }
        procedure = self.office.casework.procedures[0]
        if action in DEEDS:
            fields = DEEDS[action].fields
        else:
            found = procedure.transition(case["state"], action)
            fields = found.fields if found else ()
        return {field.name: known.get(field.name, value) for field in fields if field.required}

    def _case(self) -> dict[str, Any]:
        return reading.find_case(self.office.casework, self.office["everything"], UUID(self.case["id"]))

    def _history(self) -> list[Moved]:
        return [Moved(s["action"], s["from"], s["to"]) for s in self._case()["history"]]


@pytest.fixture(scope="module")
def office_engine(cluster: Cluster) -> Iterator[Engine]:
    with database.clone(cluster, database.migrated_template(cluster)) as url:
        engine = make_engine(url)
        schema.prepare(engine)
        yield engine
        engine.dispose()


def test_any_sequence_of_attempts_leaves_a_consistent_history(office_engine: Engine) -> None:
    office = open_office(office_engine)

    class Machine(People):
        pass

    Machine.office = office
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=60 if LONG else 8,
            stateful_step_count=40 if LONG else 25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
