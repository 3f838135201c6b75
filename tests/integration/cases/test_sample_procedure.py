"""Every transition of the sample procedure on a real database: allowed, forbidden, missing something."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from data import audit
from data.access import nobody
from data.cases import reading, service
from data.cases.model import Action, Opening
from data.cases.refusals import no_such_case
from data.db import fetch_all, unit_of_work
from data.db import reading as database_reading
from data.errors import BadInput, Conflict, NotFound, NotPermitted, NotSignedIn
from data.workflow.moves import Moved, inconsistencies
from tests.integration.cases.conftest import Do
from tests.samples.office import COUNTY, OTHER_COUNTY, PROVINCE, Office, deputy_of, document


def count(office: Office, table: str) -> int:
    with database_reading(office.casework.engine) as connection:
        return int(connection.scalar(text(f"SELECT count(*) FROM {table}")) or 0)


def refusal(kind: type[Exception], code: str) -> Any:
    return pytest.raises(kind, check=lambda error: getattr(error, "code", None) == code)


def reach(do: Do, state: str) -> None:
    """Take the case from `submitted` to `state`."""
    if state == "review":
        do("clerk", "accept")
    if state == "correcting":
        do("clerk", "find", rule="R1", severity="block", message="缺图")
        do("clerk", "ask_corrections")


def test_a_new_case_says_who_may_do_what_next_and_what_is_missing(office: Office, opened: dict[str, Any]) -> None:
    assert opened["number"].startswith("LP-2026-")
    assert opened["state"] == "submitted"
    assert opened["history"][0]["action"] == "open"
    seen = reading.find_case(office.casework, office["clerk"], UUID(opened["id"]))
    by_action = {way["action"]: way for way in seen["next"]}
    assert (by_action["accept"]["yours"], by_action["accept"]["needs"]) == (True, [])
    assert [m["code"] for m in by_action["ask_corrections"]["needs"]] == ["nothing_to_request"]
    assert by_action["withdraw"]["yours"] is False
    assert str(by_action["accept"]["due"]) == "2026-03-09"


@pytest.mark.parametrize(
    ("state", "who", "action", "fields", "after"),
    [
        ("submitted", "clerk", "accept", {}, "review"),
        ("submitted", "applicant", "withdraw", {}, "closed"),
        ("correcting", "applicant", "withdraw", {}, "closed"),
        ("review", "reviewer", "return", {"reason": "请复核位置"}, "submitted"),
        ("review", "mayor", "approve", {"number": "LP3"}, "approved"),
        ("review", "governor", "approve", {"number": "LP3"}, "approved"),
        ("review", "mayor", "refuse", {"reason": "该处已有灯杆"}, "closed"),
        ("review", "applicant", "withdraw", {}, "closed"),
    ],
)
def test_a_transition_by_those_who_may(
    do: Do, state: str, who: str, action: str, fields: dict[str, str], after: str
) -> None:
    reach(do, state)
    assert do(who, action, **fields)["state"] == after


@pytest.mark.parametrize("state", ["submitted", "correcting", "review"])
def test_every_transition_by_those_who_may_not_changes_nothing(
    office: Office, do: Do, opened: dict[str, Any], state: str
) -> None:
    """The sample's own expectation, written down independently of its table."""
    reach(do, state)
    may = {
        "submitted": {
            "accept": {"clerk", "everything"},
            "ask_corrections": {"clerk", "everything"},
            "withdraw": {"applicant"},
        },
        "correcting": {"resubmit": {"applicant"}, "withdraw": {"applicant"}},
        "review": {
            "return": {"reviewer", "everything"},
            "approve": {"mayor", "governor", "everything"},
            "refuse": {"mayor", "governor", "everything"},
            "withdraw": {"applicant"},
        },
    }[state]
    before = count(office, "diming.case_step"), count(office, "diming.audit")
    for who in office.people:
        for action in may:
            if who not in may[action]:
                with pytest.raises((NotPermitted, NotFound)):
                    do(who, action, reason="x", number="1")
    assert (count(office, "diming.case_step"), count(office, "diming.audit")) == before


def test_out_of_ones_jurisdiction_a_case_does_not_exist(office: Office, opened: dict[str, Any], do: Do) -> None:
    real, invented = UUID(opened["id"]), UUID(int=7)
    for case_id in (real, invented):
        with refusal(NotFound, "no_such_case") as told:
            reading.find_case(office.casework, office["elsewhere"], case_id)
        assert told.value.problem() == no_such_case().problem()
        with refusal(NotFound, "no_such_case"):
            service.act(office.casework, office["elsewhere"], case_id, Action("accept"))
    with refusal(NotFound, "no_such_case"):
        reading.find_number(office.casework, office["neighbour"], opened["number"])
    assert reading.find_number(office.casework, office["applicant"], opened["number"])["id"] == real
    with refusal(NotSignedIn, "sign_in_needed"):
        reading.find_case(office.casework, nobody(), real)


def test_opening_outside_ones_jurisdiction_or_without_sense_stores_nothing(office: Office) -> None:
    good = {"street": "示例路"}
    for opening, kind, code in [
        (Opening("sample.lamp_post", "灯杆", OTHER_COUNTY, good), NotPermitted, "not_permitted"),
        (Opening("sample.lamp_post", "灯杆", UUID(int=9), good), BadInput, "bad_case"),
        (Opening("sample.other", "灯杆", COUNTY, good), BadInput, "unknown_procedure"),
        (Opening("sample.lamp_post", "  ", COUNTY, good), BadInput, "bad_case"),
        (Opening("sample.lamp_post", "灯杆", COUNTY, {}), BadInput, "bad_case"),
        (Opening("sample.lamp_post", "灯杆", COUNTY, good, [UUID(int=9)]), BadInput, "no_such_attachment"),
    ]:
        with refusal(kind, code):
            service.open_case(office.casework, office["applicant"], opening)
    assert count(office, "diming.case_file") == 0
    assert count(office, "diming.case_step") == 0


def test_whoever_accepted_does_not_decide_also_not_by_a_deputy(office: Office, do: Do, opened: dict[str, Any]) -> None:
    do("everything", "accept")
    with refusal(NotPermitted, "not_permitted") as told:
        do("everything", "approve", number="1")
    assert told.value.extra["reason"] == "separation"
    deputy = deputy_of(office, "everything", "mayor")
    with refusal(NotPermitted, "not_permitted"):
        service.act(office.casework, deputy, UUID(opened["id"]), Action("approve", {"number": "1"}))
    fresh = deputy_of(office, "reviewer", "mayor")
    done = service.act(office.casework, fresh, UUID(opened["id"]), Action("approve", {"number": "1"}))
    assert done["history"][-1]["for"] == str(office["mayor"].account_id)
    assert done["history"][-1]["by"] == str(office["reviewer"].account_id)


def test_corrections_are_asked_for_once_and_for_all(do: Do) -> None:
    do("clerk", "find", rule="R1", severity="block", message="缺图")
    do("clerk", "find", rule="R2", severity="ask", message="何处？")
    with refusal(Conflict, "not_ready") as told:
        do("clerk", "accept")
    assert [m["code"] for m in told.value.extra["needs"]] == ["findings_open"]
    asked = do("clerk", "ask_corrections")
    assert all(f["requested_at"] for f in asked["findings"])
    assert asked["history"][-1]["document"] == "corrections"
    first, second = (f["id"] for f in asked["findings"])
    do("applicant", "answer_finding", finding=first, text="已补")
    with refusal(Conflict, "not_ready"):
        do("applicant", "resubmit")
    do("applicant", "answer_finding", finding=second, text="示例路")
    do("applicant", "resubmit")
    for finding in (first, second):
        do("clerk", "settle_finding", finding=finding, reason="已补正")
    assert do("clerk", "accept")["state"] == "review"


def test_only_one_who_was_asked_answers_and_only_what_was_asked(do: Do) -> None:
    found = do("clerk", "find", rule="R1", severity="block", message="缺图")["findings"][0]["id"]
    with refusal(Conflict, "action_not_possible"):
        do("applicant", "answer_finding", finding=found, text="?")
    do("clerk", "ask_corrections")
    with refusal(NotPermitted, "not_permitted"):
        do("clerk", "answer_finding", finding=found, text="?")
    with refusal(Conflict, "no_such_finding"):
        do("applicant", "answer_finding", finding=str(UUID(int=1)), text="?")
    with refusal(BadInput, "bad_fields"):
        do("applicant", "answer_finding", finding="the first", text="?")


def test_experts_vote_once_a_round_and_only_when_called(office: Office, do: Do) -> None:
    do("clerk", "accept")
    with refusal(NotFound, "no_such_case"):
        do("expert", "vote", stance="for")
    do("reviewer", "call_expert", to=str(office["expert"].account_id))
    do("expert", "opine", text="可", stance="for")
    do("expert", "vote", stance="for")
    with refusal(Conflict, "already_done"):
        do("expert", "vote", stance="against")
    with refusal(BadInput, "bad_fields"):
        do("expert", "opine", text="可", stance="perhaps")
    do("reviewer", "return", reason="再议")
    do("clerk", "accept")
    assert [o["kind"] for o in do("expert", "vote", stance="against")["opinions"]] == ["opinion", "vote", "vote"]


def test_a_decision_waits_for_the_replies(office: Office, do: Do) -> None:
    do("clerk", "accept")
    asked = do("reviewer", "consult", to=str(office["neighbour"].account_id), text="有无异议？", due_on="2026-03-20")
    question = asked["opinions"][0]["id"]
    with refusal(Conflict, "not_ready"):
        do("mayor", "approve", number="1")
    with refusal(NotPermitted, "not_permitted"):
        do("applicant", "reply", answers=question, text="无")
    do("neighbour", "reply", answers=question, text="无")
    with refusal(Conflict, "already_done"):
        do("neighbour", "reply", answers=question, text="有")
    do("neighbour", "object", text="太亮")
    assert do("mayor", "approve", number="1")["state"] == "approved"


def test_deciding_changes_register_decision_audit_feed_and_queue_together(office: Office, do: Do) -> None:
    do("clerk", "accept")
    done = do("mayor", "approve", number="LP3")
    assert done["facts"] == {"street": "示例路", "number": "LP3"}
    with database_reading(office.casework.engine) as connection:
        entry = fetch_all(connection, text("SELECT * FROM diming.audit ORDER BY seq DESC LIMIT 1"))[0]
        change = fetch_all(connection, text("SELECT * FROM diming.change"))
        jobs = fetch_all(connection, text("SELECT task_name, lock, status::text FROM jobs.procrastinate_jobs"))
        post = fetch_all(connection, text("SELECT * FROM lamp_post"))
    decision = UUID(done["history"][-1]["decision"])
    assert [p["decision_id"] for p in post] == [c["decision_id"] for c in change] == [decision]
    assert (entry["decision_id"], entry["feed_from"], entry["feed_to"]) == (decision, 1, 1)
    assert jobs == [{"task_name": "diming:housekeeping", "lock": f"case:{done['id']}", "status": "todo"}]


def test_a_decision_that_fails_at_its_last_step_writes_nothing(office: Office, do: Do, opened: dict[str, Any]) -> None:
    do("clerk", "accept")
    with unit_of_work(office.casework.engine) as connection:
        connection.execute(text("ALTER TABLE diming.audit_head ADD CONSTRAINT full_now CHECK (seq < 4)"))
        tables = ["diming.decision", "diming.change", "lamp_post", "jobs.procrastinate_jobs", "diming.notification"]
    before = [count(office, t) for t in tables]
    with refusal(Conflict, "constraint"):
        do("mayor", "approve", number="LP3")
    assert [count(office, t) for t in tables] == before
    seen = reading.find_case(office.casework, office["mayor"], UUID(opened["id"]))
    assert (seen["state"], seen["version"]) == ("review", 2)


def test_a_number_given_twice_is_refused_by_the_register(office: Office, do: Do) -> None:
    do("clerk", "accept")
    with unit_of_work(office.casework.engine) as connection:
        connection.execute(text("INSERT INTO lamp_post VALUES ('LP3', gen_random_uuid(), 'x')"))
    with refusal(Conflict, "constraint"):
        do("mayor", "approve", number="LP3")
    assert do("mayor", "approve", number="LP4")["state"] == "approved"


def test_impossible_actions_say_where_the_case_is(do: Do) -> None:
    do("applicant", "withdraw")
    with refusal(Conflict, "action_not_possible") as told:
        do("clerk", "accept")
    assert told.value.extra["state"] == "closed"
    with refusal(Conflict, "action_not_possible"):
        do("clerk", "DROP TABLE")


@pytest.mark.parametrize("fields", [{}, {"reason": " "}, {"reason": "x" * 2001}, {"reason": "x", "unasked": "y"}])
def test_fields_that_are_not_as_asked_are_refused(do: Do, fields: dict[str, str]) -> None:
    do("clerk", "accept")
    with refusal(BadInput, "bad_fields"):
        do("reviewer", "return", **fields)


def test_linking_shows_only_cases_that_one_may_see(office: Office, do: Do, opened: dict[str, Any]) -> None:
    hidden = service.open_case(
        office.casework, office["elsewhere"], Opening("sample.lamp_post", "他县", OTHER_COUNTY, {"street": "他路"})
    )
    seen = service.open_case(
        office.casework, office["clerk"], Opening("sample.lamp_post", "同县", COUNTY, {"street": "路"})
    )
    for other in (hidden["id"], str(UUID(int=3))):
        with refusal(NotFound, "no_such_case"):
            do("clerk", "link", case=other, relation="same_street")
    linked = do("clerk", "link", case=seen["id"], relation="same_street")
    assert [link["to_case"] for link in linked["links"]] == [seen["id"]]
    with refusal(Conflict, "already_done"):
        do("clerk", "link", case=seen["id"], relation="same_street")
    with refusal(BadInput, "bad_fields"):
        do("clerk", "link", case=opened["id"], relation="same_street")


def test_a_document_belongs_to_one_case_and_comes_from_its_bringer(office: Office, do: Do) -> None:
    mine = str(document(office, "applicant"))
    with refusal(NotPermitted, "not_permitted"):
        do("clerk", "attach", attachment=mine)
    assert len(do("applicant", "attach", attachment=mine)["attachments"]) == 2
    with refusal(BadInput, "no_such_attachment"):
        do("applicant", "attach", attachment=mine)
    do("clerk", "assign", to=str(office["clerk"].account_id))
    with refusal(BadInput, "no_such_attachment"):
        do("clerk", "attach", attachment=str(document(office, "applicant")))


def test_lists_show_what_one_may_see_page_by_page(office: Office, opened: dict[str, Any]) -> None:
    for number in range(4):
        who, unit = ("clerk", COUNTY) if number % 2 else ("elsewhere", OTHER_COUNTY)
        opening = Opening("sample.lamp_post", f"灯杆{number}", unit, {"street": "路"})
        service.open_case(office.casework, office[who], opening)
    listed = reading.list_cases(office.casework, office["clerk"], limit=2)
    rest = reading.list_cases(office.casework, office["clerk"], limit=2, cursor=listed["next"])
    assert [c["title"] for c in (*listed["items"], *rest["items"])] == ["灯杆3", "灯杆1", "示例路3号灯杆"]
    assert rest["next"] is None
    assert [c["id"] for c in reading.list_cases(office.casework, office["applicant"])["items"]] == [UUID(opened["id"])]
    assert reading.list_cases(office.casework, office["neighbour"])["items"] == []
    found = reading.list_cases(office.casework, office["clerk"], q=opened["number"].lower(), state="submitted")
    assert [c["id"] for c in found["items"]] == [UUID(opened["id"])]
    assert reading.list_cases(office.casework, office["clerk"], q="%")["items"] == []
    assert len(reading.list_cases(office.casework, office["governor"])["items"]) == 5
    assert len(reading.list_cases(office.casework, office["governor"], within=COUNTY)["items"]) == 3
    assert len(reading.list_cases(office.casework, office["governor"], within=PROVINCE, level="county")["items"]) == 5
    assert reading.list_cases(office.casework, office["governor"], level="province")["items"] == []


def test_acting_on_many_has_a_result_for_each(office: Office, opened: dict[str, Any]) -> None:
    bare = service.open_case(
        office.casework, office["clerk"], Opening("sample.lamp_post", "无附件", COUNTY, {"street": "路"})
    )
    ids = [UUID(opened["id"]), UUID(bare["id"]), UUID(int=5), UUID(opened["id"])]
    action = Action("accept", key="batch-1")
    results = service.act_on_many(office.casework, office["clerk"], ids, action)
    assert [(r.done, r.answer.get("code"), r.answer.get("state")) for r in results] == [
        (True, None, "review"),
        (False, "not_ready", "submitted"),
        (False, "no_such_case", None),
    ]
    assert service.act_on_many(office.casework, office["clerk"], ids, action) == results


@pytest.mark.parametrize("table", ["case_step", "case_opinion"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET at = at", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_the_history_cannot_be_rewritten(office: Office, do: Do, table: str, statement: str) -> None:
    do("clerk", "accept")
    do("applicant", "object", text="太慢")
    with pytest.raises(Conflict, match="never changed or removed"), unit_of_work(office.casework.engine) as connection:
        connection.execute(text(statement.format(f"diming.{table}")))


def test_the_history_fits_the_table_and_the_audit_chain_is_whole(office: Office, do: Do) -> None:
    reach(do, "correcting")
    done = do("applicant", "withdraw")
    moved = [Moved(s["action"], s["from"], s["to"]) for s in done["history"]]
    assert inconsistencies(office.casework.procedures[0], moved) == []
    with database_reading(office.casework.engine) as connection:
        entries, broken = audit.verify(connection)
        stored = connection.scalar(text("SELECT string_agg(details::text, '') FROM diming.audit"))
    assert (entries, broken) == (1 + len(moved), None)
    assert "缺图" not in str(stored)
