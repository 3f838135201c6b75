"""The check of a division change, on the units of 示例省, which does not exist."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from boundaries.changes.checking import check
from boundaries.changes.coding_rules import coding_rules
from boundaries.changes.model import Act, Finding
from boundaries.changes.reading import act_of, read_act
from data.errors import BadInput

STANDING = {
    "990000": "示例省",
    "990100": "云溪市",
    "990121": "甲县",
    "990122": "乙县",
    "990123": "丙县",
    "990200": "星溪市",
    "990221": "丁县",
}
HEAD: dict[str, Any] = {"title": "关于调整云溪市部分行政区划的批复", "source": "演示〔2026〕31号"}


def act(*parts: tuple[str, list[str], list[str]], on: date = date(2026, 3, 1)) -> Act:
    said = [{"kind": kind, "before": before, "after": after} for kind, before, after in parts]
    return act_of({**HEAD, "dated": on, "part": said})


def found(*parts: tuple[str, list[str], list[str]], on: date = date(2026, 3, 1), used: str = "") -> list[Finding]:
    """What the check finds beside seats that are not stated, which have their own tests."""
    whole = check(act(*parts, on=on), STANDING, {*STANDING, used}, coding_rules())
    return [finding for finding in whole if finding.rule != "seat_unsaid"]


def rules(findings: list[Finding]) -> list[tuple[str, str]]:
    return [(finding.rule, finding.severity) for finding in findings]


@pytest.mark.parametrize(
    "part",
    [
        ("rename", ["990121 甲县"], ["990121 壬县"]),
        ("convert", ["990121 甲县"], ["990102 甲区"]),
        ("convert", ["990121 甲县"], ["990181 甲市"]),
        ("transfer", ["990121 甲县"], ["990222 甲县"]),
        ("merge", ["990121 甲县", "990122 乙县"], ["990121 甲县"]),
        ("merge", ["990121 甲县", "990122 乙县"], ["990124 壬县"]),
        ("split", ["990121 甲县"], ["990121 甲县", "990124 壬县"]),
        ("establish", ["990121 甲县", "990122 乙县"], ["990124 壬县"]),
        ("abolish", ["990121 甲县"], ["990122 乙县", "990123 丙县"]),
        ("boundary", ["990121 甲县"], ["990122 乙县"]),
    ],
)
def test_each_kind_of_part_may_stand_alone(part: tuple[str, list[str], list[str]]) -> None:
    assert found(part) == []


@pytest.mark.parametrize(
    ("part", "rule"),
    [
        (("merge", ["990121 甲县"], ["990122 乙县"]), "part_shape"),
        (("rename", ["990129 甲县"], ["990129 壬县"]), "unit_not_standing"),
        (("rename", ["990121 乙县"], ["990121 壬县"]), "unit_not_standing"),
        (("convert", ["990121 甲县"], ["990181 甲区"]), "code_range"),
        (("convert", ["990121 甲县"], ["990101 甲市"]), "code_range"),
        (("rename", ["990121 甲县"], ["990124 壬县"]), "code_kept"),
        (("transfer", ["990121 甲县"], ["990321 甲县"]), "no_superior"),
        (("abolish", ["990121 甲县"], []), "area_unsaid"),
        (("establish", ["990121 甲县"], ["990122 乙县"]), "stands_already"),
        (("rename", ["990121 甲县"], ["990121 甲县"]), "stands_already"),
        (("establish", [], ["990124 壬县"]), "area_unsaid"),
    ],
)
def test_what_does_not_fit_blocks_with_its_rule(part: tuple[str, list[str], list[str]], rule: str) -> None:
    assert (rule, "block") in rules(found(part))


def test_a_code_of_another_unit_is_taken_unless_that_unit_gives_it_up() -> None:
    onto = ("transfer", ["990221 丁县"], ["990121 丁县"])
    away = ("transfer", ["990121 甲县"], ["990222 甲县"])
    assert ("code_taken", "block") in rules(found(onto))
    assert "code_taken" not in [rule for rule, _ in rules(found(onto, away))]


def test_a_prefecture_whose_counties_stay_behind_cannot_end() -> None:
    assert ("no_superior", "block") in rules(found(("abolish", ["990200 星溪市"], [])))
    together = [("abolish", ["990200 星溪市"], []), ("transfer", ["990221 丁县"], ["990124 丁县"])]
    assert found(*together) == []


def test_reuse_of_a_code_blocks_since_the_measure_is_in_force_and_is_told_before() -> None:
    part = ("convert", ["990121 甲县"], ["990181 甲市"])
    assert rules(found(part, used="990181")) == [("code_reused", "block")]
    assert rules(found(part, used="990181", on=date(2025, 9, 1))) == [("code_reused", "block")]
    assert rules(found(part, used="990181", on=date(2025, 8, 31))) == [("code_reused", "info")]


def test_the_name_of_another_unit_is_told_and_does_not_block() -> None:
    findings = found(("rename", ["990121 甲县"], ["990121 丁县"]))
    assert rules(findings) == [("name_taken", "warn")]
    assert "990221" in findings[0].message


@pytest.mark.parametrize(
    "content",
    [
        b"\xff",
        b"title = 1",
        b"title = 'a'\nsource = 's'\ndated = 2026-01-01",
        b"title = 'a'\nsource = 's'\ndated = '2026-01-01'\npart = [{kind = 'merge'}]",
        b"title = 'a'\nsource = 's'\ndated = 2026-01-01\npart = [{kind = 'swap'}]",
        b"title = 'a'\nsource = 's'\ndated = 2026-01-01\npart = [{kind = 'abolish', before = [1]}]",
        "title = 'a'\nsource = 's'\ndated = 2026-01-01\npart = [{kind = 'abolish', before = ['甲县']}]".encode(),
        b"title = 'a'\nsource = 's'\ndated = 2026-01-01\nseat = 'x'\npart = [{kind = 'abolish'}]",
    ],
)
def test_what_is_no_proposal_is_refused(content: bytes) -> None:
    with pytest.raises(BadInput) as refused:
        read_act(content)
    assert refused.value.code == "not_a_proposal"


def seated(*parts: dict[str, Any]) -> list[Finding]:
    said = act_of({**HEAD, "dated": date(2026, 3, 1), "part": list(parts)})
    return check(said, STANDING, set(STANDING), coding_rules())


NEW = {"kind": "establish", "before": ["990121 甲县"], "after": ["990124 壬县"]}
SEAT = {"kind": "seat", "after": ["990124 壬县"], "seat": "城关镇人民路1号"}


def test_a_unit_that_is_set_up_needs_its_seat_said() -> None:
    assert rules(seated(NEW)) == [("seat_unsaid", "warn")]
    assert seated(NEW, SEAT) == []
    assert seated(SEAT, NEW) == []


def test_a_government_moves_and_nothing_else_changes() -> None:
    assert seated({**SEAT, "after": ["990121 甲县"]}) == []


@pytest.mark.parametrize(
    ("parts", "rule"),
    [
        ([SEAT], "unit_not_standing"),
        ([{**SEAT, "after": ["990121 乙县"]}], "unit_not_standing"),
        ([{"kind": "abolish", "before": ["990121 甲县"], "after": ["990122 乙县"]}, {**SEAT, "after": ["990121 甲县"]}],
         "unit_not_standing"),
        ([NEW, SEAT, {**SEAT, "seat": "别处"}], "part_shape"),
        ([{**SEAT, "before": ["990121 甲县"], "after": ["990121 甲县"]}], "part_shape"),
    ],
)  # fmt: skip
def test_a_seat_that_does_not_fit_blocks(parts: list[dict[str, Any]], rule: str) -> None:
    assert (rule, "block") in rules(seated(*parts))


@pytest.mark.parametrize(
    "part",
    [
        {**SEAT, "seat": None},
        {**SEAT, "seat": "路"},
        {**SEAT, "seat": "<b>路</b>"},
        {**SEAT, "seat": 3},
        {**NEW, "seat": "城关镇"},
    ],
)
def test_a_seat_is_said_in_its_own_kind_of_part_alone(part: dict[str, Any]) -> None:
    with pytest.raises(BadInput, match="seat"):
        act_of({**HEAD, "dated": date(2026, 3, 1), "part": [{k: v for k, v in part.items() if v is not None}]})
