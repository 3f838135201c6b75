"""What a finding is, before any database: states, drafts, kinds."""

from __future__ import annotations

import math
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from shapely import Point

from boundaries.findings.kinds import CONTENTS, kind_of, kinds
from boundaries.findings.model import FOLLOWING, MAX_NOTE, STATES, FindingDraft, faults_of, may_follow
from data.errors import BadInput


def draft(**more: Any) -> FindingDraft:
    fields: dict[str, Any] = {
        "line_id": UUID(int=1), "source": "patrol", "source_id": UUID(int=2), "kind": "marker_tilted",
        "severity": "warning", "found_on": date(2026, 5, 4),
    }  # fmt: skip
    return FindingDraft(**{**fields, **more})


def test_what_ended_stays_ended() -> None:
    assert set(FOLLOWING) == set(STATES)
    assert [state for state in STATES if may_follow("settled", state) or may_follow("dismissed", state)] == []
    assert may_follow("in_case", "open")
    assert not may_follow("open", "open")


@pytest.mark.parametrize(
    "change",
    [
        {"source": "rumour"},
        {"severity": "fatal"},
        {"side": "a"},
        {"measures": {"width_m": math.nan}},
        {"note": "长" * (MAX_NOTE + 1)},
        {"source_item": "x" * 121},
        {"geometry": Point()},
    ],
)
def test_a_draft_that_says_something_unknown_is_told(change: dict[str, Any]) -> None:
    assert faults_of(draft()) == []
    assert len(faults_of(draft(**change))) == 1


def test_every_kind_has_a_title_in_both_languages_and_a_basis() -> None:
    assert {"disputed_area", "marker_lost", "marker_tilted", "position_read_differently"} <= set(kinds())
    for kind in kinds().values():
        assert kind.title_zh, kind.key
        assert kind.title_en, kind.key
        assert kind.basis, kind.key
        assert kind.contents in CONTENTS, kind.key
        assert kind.settled_by in ("side", "both"), kind.key


def test_a_kind_that_nobody_knows_is_refused() -> None:
    with pytest.raises(BadInput) as refused:
        kind_of("ghost")
    assert refused.value.code == "finding_kind_unknown"
