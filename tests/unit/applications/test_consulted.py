"""Whose reply counts where the law says who must be asked (Art. 12): the body's own, of the unit that approves."""

from __future__ import annotations

import pytest

from data.workflow.model import CaseView, Opinion
from geonames.applications.guards import compulsory_consulted

BODY = "place_name_department"


def told(approver: dict[str, str | None], *offices: tuple[str, str], kind: str = "reply") -> list[str]:
    asked = {"body": BODY, "compulsory": True, "article": {"zh": "", "en": ""}}
    weighed = {**asked, "body": "government", "compulsory": False}
    route = {"approver": approver, "consulted": [asked, weighed]}
    opinion = Opinion("r", kind, "a", answers="q", offices=frozenset(offices))
    missing = compulsory_consulted(CaseView("review", {"route": route}, opinions=(opinion,)), "")
    return [missing.code] if missing else []


@pytest.mark.parametrize(
    ("offices", "kind", "counts"),
    [
        ([(BODY, "county")], "reply", True),
        ([(BODY, "city"), (BODY, "county")], "reply", True),
        ([(BODY, "city")], "reply", False),
        ([("housing_department", "county")], "reply", False),
        ([], "reply", False),
        ([(BODY, "county")], "opinion", False),
    ],
)
def test_the_body_of_the_unit_that_approves_replies(offices: list[tuple[str, str]], kind: str, counts: bool) -> None:
    assert told({"unit": "county"}, *offices, kind=kind) == ([] if counts else ["bodies_not_heard"])


def test_where_a_case_keeps_no_unit_the_body_is_enough() -> None:
    assert told({"code": "990121"}, (BODY, "city")) == []
    assert told({"code": "990121"}, ("government", "city")) == ["bodies_not_heard"]
