"""Division changes on a small register of 示例省, which does not exist: shown, refused, executed whole."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from boundaries.changes.service import Change, change_divisions
from boundaries.units import service
from boundaries.units.load import load_divisions
from data import audit
from data.db import make_engine, reading
from data.decisions import find_decision
from data.errors import BadInput, Conflict, NotFound

NOW = datetime(2026, 11, 22, tzinfo=UTC)
LIST = "代码,一级行政区,二级行政区,名称,级别,状态,启用时间,变更/弃用时间,新代码\n"
UNITS = {
    "990000": "示例省,,示例省,省级",
    "990100": "示例省,云溪市,云溪市,地级",
    "990121": "示例省,云溪市,甲县,县级",
    "990122": "示例省,云溪市,乙县,县级",
}
ACT = """
title = "示例省人民政府关于撤销乙县并入甲县、甲县撤县设市的批复"
doc_no = "演示〔2026〕31号"
dated = 2026-03-01
effective_on = {day}
source = "演示〔2026〕31号"
part = [{{ kind = "merge", before = ["990121 甲县", "990122 乙县"], after = ["{code} 甲市"] }}]
"""


def small_register(engine: Engine, folder: Path) -> None:
    """Load the units of 示例省 as they stood at the end of 2023, and no change through 2024."""
    (folder / "diff").mkdir()
    rows = "".join(f"{code},{rest},在用,2023,,\n" for code, rest in UNITS.items())
    (folder / "result.csv").write_text(LIST + rows, "utf-8")
    (folder / "diff" / "2023-2024.diff").write_text("", "utf-8")
    load_divisions(engine, "test", folder=folder)


@pytest.fixture
def register(fresh_database_url: str, tmp_path: Path) -> Any:
    engine = make_engine(fresh_database_url)
    small_register(engine, tmp_path)
    yield engine
    engine.dispose()


def change(engine: Engine, *, day: str = "2026-03-10", code: str = "990181", preview: bool = False) -> Change:
    content = ACT.format(day=day, code=code).encode()
    return change_divisions(engine, content, "office", preview=preview, clock=lambda: NOW)


def test_the_preview_changes_nothing_and_the_execution_does_what_it_said(register: Engine) -> None:
    shown = change(register, preview=True)
    with reading(register) as connection:
        assert service.find_unit(connection, "990122")["status"] == "current"
        assert audit.verify(connection) == (1, None)
    done = change(register)
    said, did = shown.as_json(), done.as_json()
    assert (said.pop("changed"), did.pop("changed")) == (False, True)
    assert said == did
    assert [v["name"] for v in did["closes"]] == ["甲县", "乙县"]
    with reading(register) as connection:
        assert service.find_unit(connection, "990181")["type"] == "县级市"
        answer = service.translate_code(connection, "990122")
        assert [(r["code"], r["kind"], r["whole"]) for r in answer["results"]] == [("990181", "merged", True)]
        decision = find_decision(connection, did["decision"])
        assert (decision["source"], decision["licence"]) == ("演示〔2026〕31号", None)
    assert change(register).as_json()["changed"] is False


def test_what_a_check_forbids_is_shown_and_refused_whole(register: Engine) -> None:
    shown = change(register, code="990121", preview=True)
    assert shown.entered is None
    assert "code_range" in {finding.rule for finding in shown.findings}
    with pytest.raises(Conflict) as refused:
        change(register, code="990121")
    assert refused.value.code == "change_blocked"
    with reading(register) as connection:
        assert audit.verify(connection) == (1, None)


def test_a_day_still_to_come_may_be_shown_but_not_executed(register: Engine) -> None:
    assert change(register, day="2027-01-01", preview=True).entered is not None
    with pytest.raises(BadInput) as refused:
        change(register, day="2027-01-01")
    assert refused.value.code == "decision_not_yet_effective"
    with reading(register) as connection, pytest.raises(NotFound):
        service.find_unit(connection, "990181")
