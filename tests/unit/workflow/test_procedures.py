"""Procedure tables: what is refused, what is possible, what is missing."""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from data.access.table import permissions
from data.workflow.checks import check_binding
from data.workflow.guards import GUARDS
from data.workflow.model import CaseView, Field, Finding, Opinion
from data.workflow.moves import Moved, inconsistencies, missing, missing_fields, possible
from data.workflow.reading import ProcedureError, in_force, load_procedure, read_procedure
from tests.samples import SAMPLE_PROCEDURE

TABLE = tomllib.loads(SAMPLE_PROCEDURE.read_text("utf-8"))
SAMPLE = load_procedure(SAMPLE_PROCEDURE)


def _set(*path: Any) -> Callable[[dict[str, Any]], None]:
    *keys, last, value = path

    def change(table: dict[str, Any]) -> None:
        for key in keys:
            table = table[key]
        table[last] = value

    return change


def _without(name: str) -> Callable[[dict[str, Any]], None]:
    """The table without the transitions that lead to `name`."""

    def change(table: dict[str, Any]) -> None:
        table["transition"] = [t for t in table["transition"] if t["next"] != name]

    return change


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_set("transition", 0, "next", "nowhere"), "nowhere is no state"),
        (_set("transition", 0, "roles", ["king"]), "'king' is not a valid Role"),
        (_set("transition", 0, "roles", []), "nobody may do it"),
        (_set("transition", 0, "article", ""), "legal basis is missing"),
        (_set("transition", 0, "gaurds", []), "unknown keys gaurds"),
        (_set("transition", 0, "tells", ["neighbour"]), "no relation neighbour"),
        (_set("transition", 0, "guards", ["attachments"]), "attachments takes a number"),
        (_set("transition", 0, "guards", ["assigned:2"]), "assigned takes no argument"),
        (_set("transition", 0, "action", "vote"), "vote is the name of a deed"),
        (_set("transition", 1, "action", "accept"), "accept in submitted stands in the table twice"),
        (_set("state", 0, "allows", ["dance"]), "dance, which is no deed"),
        (_set("state", 2, "ends", True), "state review ends the case and has ways out"),
        (_set("opening", "state", "nowhere"), "opens in nowhere"),
        (_set("opening", "roles", []), "nobody may open"),
        (_set("opening", "prefix", "../"), "letters and digits"),
        (_set("clock", 0, "runs_in", ["nowhere"]), "clock acceptance: nowhere is no state"),
        (_set("clock", 0, "warn_before", 5), "warning comes within it"),
        (_set("clock", 0, "unit", "weeks"), "'weeks' is not a valid DayKind"),
        (_set("clock", 1, "pauses_in", ["review"]), "runs and stands still in the same state"),
        (_set("clock", 1, "runs_in", ["approved"]), "runs on after the end"),
        (_set("clock", 1, "key", "acceptance"), "clock acceptance stands in the table twice"),
        (_set("valid_from", "soon"), "valid_from is no date"),
        (_without("review"), "state review cannot be reached"),
        (_without("closed"), "state closed cannot be reached"),
        (lambda table: table["state"].pop(3), "approved is no state"),
        (lambda table: table.pop("article"), "procedure.article is missing"),
    ],
)
def test_a_table_that_cannot_be_run_is_refused(change: Callable[[dict[str, Any]], None], said: str) -> None:
    table = copy.deepcopy(TABLE)
    change(table)
    with pytest.raises(ProcedureError, match=said):
        read_procedure(table)


def test_a_dead_end_is_found() -> None:
    table = copy.deepcopy(TABLE)
    table["transition"] = [t for t in table["transition"] if t["state"] != "correcting"]
    with pytest.raises(ProcedureError, match="correcting is a dead end"):
        read_procedure(table)


def test_the_sample_fits_the_program_and_the_permissions() -> None:
    assert check_binding(SAMPLE, GUARDS, {"give_number", "request_findings"}, permissions()) == []


def test_what_the_program_does_not_have_is_found_before_a_case_runs() -> None:
    found = check_binding(SAMPLE, {}, {}, {})
    assert "accept in submitted: there is no guard attachments" in found
    assert "approve in review: the subject has no effect give_number" in found
    assert "approve in review: there is no permission case.decide, so nobody could do it" in found


def test_the_table_of_a_case_is_the_one_in_force_on_its_day() -> None:
    table = copy.deepcopy(TABLE)
    table["valid_from"] = date(2026, 7, 1)
    newer = read_procedure(table)
    assert in_force([newer, SAMPLE], SAMPLE.key, date(2026, 6, 30)) is SAMPLE
    assert in_force([newer, SAMPLE], SAMPLE.key, date(2026, 7, 1)) is newer
    assert in_force([newer, SAMPLE], SAMPLE.key, date(2019, 1, 1)) is None


def _needs(case: CaseView) -> dict[str, list[str]]:
    return {p.transition.action: [m.code for m in p.needs] for p in possible(SAMPLE, case)}


def test_what_is_possible_comes_with_what_is_missing() -> None:
    case = CaseView("submitted", findings=(Finding("f", "R1", "block"),))
    assert _needs(case) == {
        "accept": ["findings_open", "documents_missing"],
        "ask_corrections": [],
        "withdraw": [],
    }
    assert _needs(CaseView("submitted", attachments=1)) == {
        "accept": [],
        "ask_corrections": ["nothing_to_request"],
        "withdraw": [],
    }
    assert _needs(CaseView("approved")) == {}


def test_corrections_are_asked_for_once() -> None:
    asked, late = Finding("f", "R1", "block", requested=True), Finding("g", "R2", "ask")
    assert _needs(CaseView("submitted", findings=(asked, late)))["ask_corrections"] == ["request_unanswered"]
    assert _needs(CaseView("correcting", findings=(asked, late)))["resubmit"] == ["answers_missing"]


def test_a_reply_is_missing_until_it_is_given() -> None:
    asked = Opinion("q", "consultation", "a")
    assert _needs(CaseView("review", opinions=(asked,)))["approve"] == ["replies_missing"]
    replied = Opinion("r", "reply", "b", answers="q")
    assert _needs(CaseView("review", opinions=(asked, replied)))["approve"] == []


@pytest.mark.parametrize(
    ("votes", "enough"),
    [("ff", True), ("f", False), ("ffaa", False), ("ffa", True), ("fo", False)],
)
def test_votes_need_their_number_and_a_majority_of_this_round(votes: str, enough: bool) -> None:
    stance = {"f": "for", "a": "against", "o": "for"}
    case = CaseView(
        "review",
        opinions=tuple(Opinion(str(i), "vote", str(i), stance[v], present=v != "o") for i, v in enumerate(votes)),
    )
    condition = GUARDS["votes_for"].condition(case, "2")
    assert (condition is None) is enough


def test_opinions_are_counted_by_person() -> None:
    twice = CaseView("review", opinions=(Opinion("1", "opinion", "a"), Opinion("2", "opinion", "a")))
    assert GUARDS["opinions"].condition(twice, "1") is None
    assert GUARDS["opinions"].condition(twice, "2") is not None


def test_a_guard_that_nobody_knows_never_holds() -> None:
    accept = SAMPLE.transition("submitted", "accept")
    assert accept is not None
    assert [m.code for m in missing(accept, CaseView("submitted", attachments=1), {})] == ["guard_unknown"] * 2


def test_fields_are_missing_unknown_empty_or_too_long() -> None:
    fields = (Field("reason", max_length=5), Field("note", required=False))
    said = [m.code for m in missing_fields(fields, {"reason": "123456", "note": " ", "x": "y"})]
    assert said == ["field_too_long", "field_missing", "field_unknown"]
    assert [m.code for m in missing_fields(fields, {})] == ["field_missing"]
    assert missing_fields(fields, {"reason": "so"}) == ()


def test_a_history_that_the_table_does_not_permit_is_found() -> None:
    opened = Moved("open", None, "submitted")
    good = [opened, Moved("find", "submitted", "submitted"), Moved("ask_corrections", "submitted", "correcting")]
    assert inconsistencies(SAMPLE, good) == []
    assert inconsistencies(SAMPLE, []) == ["the history is empty"]
    assert inconsistencies(SAMPLE, good[1:]) != []
    assert inconsistencies(SAMPLE, [opened, Moved("approve", "submitted", "approved")]) != []
    assert inconsistencies(SAMPLE, [opened, Moved("vote", "submitted", "submitted")]) != []
    assert inconsistencies(SAMPLE, [opened, Moved("accept", "review", "review")]) != []
