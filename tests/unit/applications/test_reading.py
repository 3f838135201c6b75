"""What the page of an application says beside its names: what could not be checked is told, each rule once."""

from __future__ import annotations

from geonames.applications.subject import NAMING_APPLICATION

FACTS = {"kind": "naming", "class": "STREET", "names": ["晴砚路", "听砚路"], "applicant": {"name": "示例开发公司"}}


def rows(*gaps: dict[str, str]) -> dict[str, tuple[str, list[str]]]:
    checks = [{"name": name, "roman": "", "not_checked": list(gaps)} for name in FACTS["names"]]
    read = NAMING_APPLICATION.propose({**FACTS, "checks": checks}).rows
    return {row.label.zh: (row.value, list(row.details)) for row in read}


def test_what_could_not_be_checked_is_told_once() -> None:
    gap = {"rule": "R10", "why": "没有建成区范围", "why_en": "no built-up areas"}
    assert rows(gap)["未能核查的规则"] == ("1 条", ["R10：没有建成区范围"])
    assert "未能核查的规则" not in rows()
