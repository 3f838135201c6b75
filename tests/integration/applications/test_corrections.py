"""A name that was recorded wrongly is put right (更正): since it was said to hold, without leaving a former name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import text

from data.db import reading
from data.errors import BadInput, Conflict
from tests.integration.applications.test_naming import found, with_paper
from tests.samples.applicants import NamingOffice
from tests.samples.invented import place_id

STREET = place_id("s4")
NAMES = text("""
    SELECT text, lower(valid)::text AS since, upper(valid) AS until FROM published.place_name
    WHERE subject_id = :id AND kind = 'standard' AND upper_inf(known) ORDER BY 2, 1
""")

WITHDRAWN = text("""
    SELECT count(*) FROM diming.place_name WHERE subject_id = :id AND text = '砚池路' AND NOT upper_inf(known)
""")


def names(office: NamingOffice) -> list[tuple[Any, ...]]:
    with reading(office.engine) as connection:
        return [tuple(row) for row in connection.execute(NAMES, {"id": STREET})]


def corrected(office: NamingOffice, **said: Any) -> Mapping[str, Any]:
    """砚池路, of which the approval says 砚迟路."""
    wrong = {"kind": "correction", "place_id": str(STREET), "names": ["砚迟路"], "geometry": None, "meaning": None}
    return office.apply(**{**wrong, "reason": "登记与批准文件不符（虚构）", **said})


def test_a_wrong_name_is_put_right_from_its_beginning_when_it_is_announced(office: NamingOffice) -> None:
    case = corrected(office)
    case = office.settle(with_paper(office, case, "application"))
    with pytest.raises(Conflict) as refused:
        office.act(case, "clerk", "accept")
    assert refused.value.extra["needs"][0]["code"] == "papers_missing"
    case = office.act(with_paper(office, case, "evidence"), "clerk", "accept")
    assert set(case["facts"]["route"]["hearings"].values()) == {"none"}
    case = office.act(case, "reviewer", "propose")
    with pytest.raises(BadInput) as early:
        office.act(case, "mayor", "approve", effective_on="2026-04-01")
    assert early.value.extra["fields"] == ["effective_on"]
    case = office.act(case, "mayor", "approve", doc_no="甘政复〔2026〕2号")
    assert names(office) == [("砚池路", "2005-01-01", None)]
    case = office.act(case, "publisher", "announce", authority="甘棠县民政局（虚构）", position="同前")
    assert names(office) == [("砚迟路", "2005-01-01", None)]
    assert found(office, "砚迟路") == [STREET]
    with reading(office.engine) as connection:
        kind = connection.scalar(text("SELECT kind FROM diming.decision WHERE doc_no = '甘政复〔2026〕2号'"))
        kept = connection.scalar(WITHDRAWN, {"id": STREET})
    assert (kind, kept) == ("correction", 1)


def test_a_correction_says_which_place_and_why(office: NamingOffice) -> None:
    with pytest.raises(BadInput) as refused:
        corrected(office, place_id=None, reason=" ")
    assert {problem["field"] for problem in refused.value.extra["fields"]} == {"place_id", "reason"}
