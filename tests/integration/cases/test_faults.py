"""Two at once, the same request twice, the database lost in the middle: one effect, and everybody is told."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, text

from data.cases import reading, service
from data.cases.model import Action, Opening
from data.cases.requests import forget_answers
from data.db import make_engine
from data.db import reading as database_reading
from data.errors import BadRequest, Conflict, DimingError, Unavailable
from tests.integration.cases.conftest import Do
from tests.integration.cases.severing import Severing
from tests.samples.office import COUNTY, Office

STREET = {"street": "示例路"}


def steps(office: Office) -> int:
    with database_reading(office.casework.engine) as connection:
        return int(connection.scalar(text("SELECT count(*) FROM diming.case_step")) or 0)


def at_once(*calls: Any) -> list[Any]:
    """Begin all calls at the same moment; what each returned or raised."""
    ready = threading.Barrier(len(calls))

    def run(call: Any) -> Any:
        ready.wait()
        try:
            return call()
        except DimingError as error:
            return error

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_of_two_who_decide_at_the_same_moment_one_wins_and_the_other_is_told(office: Office, do: Do) -> None:
    seen = do("clerk", "accept")["version"]
    results = at_once(
        lambda: do("mayor", "approve", seen=seen, number="LP3"),
        lambda: do("governor", "refuse", seen=seen, reason="该处已有灯杆"),
    )
    won = [r for r in results if isinstance(r, dict)]
    lost = [r for r in results if isinstance(r, Conflict)]
    assert (len(won), len(lost)) == (1, 1)
    assert lost[0].code == "case_changed"
    assert lost[0].extra["state"] == won[0]["state"]
    assert [line["action"] for line in lost[0].extra["changes"]] == [won[0]["history"][-1]["action"]]
    assert steps(office) == 3


def test_without_a_version_the_state_itself_tells_the_second(do: Do) -> None:
    results = at_once(lambda: do("clerk", "accept"), lambda: do("everything", "accept"))
    assert sorted(r.code if isinstance(r, Conflict) else r["state"] for r in results) == [
        "action_not_possible",
        "review",
    ]


def test_the_same_request_ten_times_at_once_has_one_effect_and_one_answer(office: Office, do: Do) -> None:
    results = at_once(*[lambda: do("clerk", "accept", seen=1, key="once")] * 10)
    assert [r["version"] for r in results] == [2] * 10
    assert all(r == results[0] for r in results)
    assert steps(office) == 2
    assert do("clerk", "accept", seen=1, key="once") == results[0]


def test_a_case_opened_twice_under_one_key_is_one_case(office: Office) -> None:
    def again() -> dict[str, Any]:
        opening = Opening("sample.lamp_post", "灯杆", COUNTY, STREET)
        return service.open_case(office.casework, office["applicant"], opening, key="k")

    results = at_once(again, again, again)
    assert len({r["id"] for r in results}) == 1
    assert steps(office) == 1


def test_a_key_is_for_one_request_and_one_person(office: Office, do: Do) -> None:
    do("clerk", "accept", key="k")
    with pytest.raises(Conflict) as told:
        do("clerk", "assign", key="k", to=str(office["clerk"].account_id))
    assert told.value.code == "idempotency_key_reused"
    assert do("reviewer", "return", key="k", reason="再看")["state"] == "submitted"


def test_answers_are_forgotten_after_a_month_and_the_history_is_not(office: Office, do: Do) -> None:
    done = do("clerk", "accept", seen=1, key="k")
    office.clock.forward(days=29)
    assert forget_answers(office.casework) == 0
    assert do("clerk", "accept", seen=1, key="k") == done
    office.clock.forward(days=2)
    assert forget_answers(office.casework) == 1
    with pytest.raises(Conflict) as told:
        do("clerk", "accept", seen=1, key="k")
    assert told.value.code == "case_changed"
    assert steps(office) == 2


@pytest.mark.parametrize("key", ["", "x" * 101, "é", "a\nb"])
def test_a_key_that_is_none_is_refused(do: Do, key: str) -> None:
    with pytest.raises(BadRequest) as told:
        do("clerk", "accept", key=key)
    assert told.value.code == "bad_idempotency_key"


def test_a_refused_request_may_be_sent_again_when_nothing_is_missing_any_more(do: Do) -> None:
    found = do("clerk", "find", rule="R1", severity="block", message="缺图")["findings"][0]["id"]
    with pytest.raises(Conflict):
        do("clerk", "accept", key="k")
    do("clerk", "settle_finding", finding=found, reason="已见")
    assert do("clerk", "accept", key="k")["state"] == "review"


def test_an_answer_lost_after_the_commit_can_be_had_by_asking_again(
    office: Office, opened: dict[str, Any], fresh_engine: Engine
) -> None:
    """A relay between client and database passes COMMIT on and then cuts the line."""
    case_id, action = UUID(opened["id"]), Action("accept", {}, 1, "lost")
    with Severing(fresh_engine.url, after=b"COMMIT") as relayed:
        cut_off = replace(office.casework, engine=make_engine(relayed, pooled=False))
        with pytest.raises(Unavailable) as told:
            service.act(cut_off, office["clerk"], case_id, action)
    assert told.value.code == "outcome_unknown"
    assert reading.find_case(office.casework, office["clerk"], case_id)["state"] == "review"
    again = service.act(office.casework, office["clerk"], case_id, action)
    assert (again["state"], again["version"], steps(office)) == ("review", 2, 2)


def test_a_line_cut_before_the_commit_leaves_nothing(
    office: Office, opened: dict[str, Any], fresh_engine: Engine
) -> None:
    case_id, action = UUID(opened["id"]), Action("accept", {}, 1, "lost")
    with Severing(fresh_engine.url, after=b"audit_head FOR UPDATE") as relayed:
        cut_off = replace(office.casework, engine=make_engine(relayed, pooled=False))
        with pytest.raises(Unavailable) as told:
            service.act(cut_off, office["clerk"], case_id, action)
    assert told.value.code == "database_unavailable"
    assert service.act(office.casework, office["clerk"], case_id, action)["version"] == 2
    assert steps(office) == 2
