"""What is reported upward before a decision: each row of the checklist, by kind and circumstance, with its article."""

from __future__ import annotations

from typing import Any

import pytest

from data.workflow.model import CaseView
from geonames.applications.reporting import checklist, matters_of, matters_reported, reported_matters
from geonames.applications.routes.model import Need

PROTECTED = {"papers": [{"key": "protection_measures"}]}
FITS: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "sovereignty": ({"kind": "naming", "circumstances": ["sea"]}, {"kind": "naming"}, "地名管理条例 第四条"),
    "state_council": (
        {"kind": "renaming", "circumstances": ["famous"]}, {"kind": "correction", "circumstances": ["famous"]},
        "地名管理条例 第十二条（一）",
    ),
    "protected_renaming": ({"kind": "renaming", "route": PROTECTED}, {"kind": "renaming", "route": {}}, "第二十五条"),
    "corrected_after_filing": ({"kind": "correction"}, {"kind": "naming"}, "第十三条"),
    "abolished": ({"kind": "abolition"}, {"kind": "renaming"}, "上海市地名管理条例 第二十一条"),
}  # fmt: skip


def test_every_row_is_tried_here() -> None:
    assert [matter.key for matter in reported_matters()] == list(FITS)


@pytest.mark.parametrize("key", FITS)
def test_a_row_fits_what_it_speaks_of_and_nothing_else(key: str) -> None:
    fits, not_this, article = FITS[key]
    assert key in [matter.key for matter in matters_of(fits)]
    assert key not in [matter.key for matter in matters_of(not_this)]
    (matter,) = [matter for matter in reported_matters() if matter.key == key]
    assert article in matter.article.zh


def test_only_what_was_seen_in_the_law_holds_up_a_decision() -> None:
    assert {m.key for m in reported_matters() if m.need is Need.COMPULSORY} == {
        m.key for m in reported_matters() if m.mark == "V"
    }


def test_the_decision_waits_for_what_is_compulsory_and_the_case_shows_both() -> None:
    facts: dict[str, Any] = {"kind": "naming", "circumstances": ["border"]}
    missing = matters_reported(CaseView(state="review", facts=facts), "")
    assert missing is not None
    assert "sovereignty" in missing.message
    facts = {**facts, "reported": {key: {"how": "演示〔2026〕1号", "on": "2026-03-02"} for key in FITS}}
    assert matters_reported(CaseView(state="review", facts=facts), "") is None
    assert all("演示〔2026〕1号" in row.value for row in checklist(facts))
    assert matters_reported(CaseView(state="review", facts={"kind": "correction"}), "") is None
