"""What the page of an application says beside its names: what could not be checked is told, each rule once."""

from __future__ import annotations

from geonames.applications.subject import NAMING_APPLICATION

FACTS = {"kind": "naming", "class": "STREET", "names": ["晴砚路", "听砚路"], "applicant": {"name": "示例开发公司"}}


COURSE = {"start": "甲路", "end": "乙路", "course": "南北走向", "length_m": 700, "width_m": 18}


def rows(*gaps: dict[str, str]) -> dict[str, tuple[str, list[str]]]:
    checks = [{"name": name, "roman": "", "not_checked": list(gaps)} for name in FACTS["names"]]
    read = NAMING_APPLICATION.propose({**FACTS, "checks": checks}).rows
    return {row.label.zh: (row.value, list(row.details)) for row in read}


def test_what_could_not_be_checked_is_told_once() -> None:
    gap = {"rule": "R10", "why": "没有建成区范围", "why_en": "no built-up areas"}
    assert rows(gap)["未能核查的规则"] == ("1 条", ["R10：没有建成区范围"])
    assert "未能核查的规则" not in rows()


def test_where_a_street_begins_and_ends_and_how_large_it_is_stands_on_the_case() -> None:
    read = {row.label.zh: row.value for row in NAMING_APPLICATION.propose({**FACTS, "course": COURSE}).rows}
    assert read["位置、起止、规模"] == "起于甲路，止于乙路；南北走向；长 700 米；宽 18 米"
    assert "位置、起止、规模" not in rows()
