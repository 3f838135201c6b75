"""Evaluations of division changes on the small register of 示例省: recorded, compared, told, printed."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from docx import Document
from sqlalchemy import Engine

from api.app import create_app
from api.settings import Settings
from data import audit
from data.access.model import operator
from data.db import make_engine, reading
from data.decisions import DecisionDraft
from data.errors import BadInput
from data.feed import changes_since
from data.ids import new_id
from data.server.cluster import Cluster
from geonames.evaluations.plan import evaluation, read_periods, read_values
from geonames.evaluations.recording import Evaluating, record_evaluation
from geonames.evaluations.service import compared, find_evaluation
from tests import database
from tests.integration.changes.test_change_divisions import change, small_register
from tests.serving import serving

PERIODS = "时段,截至,应完成\n2025年,2025-12-31,\n2026年,2026-12-31,2027-06-30\n2028年,2028-12-31,2029-06-30\n"
VALUES = (
    "区划代码,指标,时段,数值,来源,计量单位,方向\n"
    '990181,居民人均可支配收入,2025年,"30,000",统计公报（虚构）,,\n'
    "990181,居民人均可支配收入,2026年,33000,统计公报（虚构）,,\n"
    "990181,petitions,2025年,12,信访台账（虚构）,,\n"
    "990181,petitions,2026年,15,信访台账（虚构）,,\n"
    "990181,常住人口,2025年,100,公报（虚构）,,\n"
    "990181,常住人口,2026年,90,公报（虚构）,,\n"
    "990181,公交线路,2026年,8,交通台账（虚构）,条,升\n"
)


@pytest.fixture(scope="module")
def changed(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Engine, UUID]]:
    """The small register after 乙县 was merged into 甲市 on 2026-03-10, and the decision."""
    with database.clone(cluster, database.migrated_template(cluster)) as url:
        engine = make_engine(url)
        small_register(engine, tmp_path_factory.mktemp("register"))
        yield engine, UUID(str(change(engine).as_json()["decision"]))
        engine.dispose()


def document() -> DecisionDraft:
    return DecisionDraft(
        id=new_id(), kind="document", doc_no=None, title="评估方案（虚构）", authority="云溪市民政局（虚构）",
        approved_on=None, announced_on=None, effective_on=None, basis="not_dated", list_year=None, text="",
        source="为测试虚构", licence=None, retrieved_on=None,
    )  # fmt: skip


def recorded(
    engine: Engine, decision: UUID, code: str, periods: str = PERIODS, values: str = VALUES, **more: Any
) -> Any:
    told = evaluation({
        "code": code, "title": "调整效果评估（虚构）", "change": str(decision), "periods": read_periods(periods),
        "values": read_values(values), **more,
    })  # fmt: skip
    return record_evaluation(engine, operator("test"), Evaluating(told, "990100", date(2026, 11, 23)), document())


def test_the_last_value_before_is_held_against_the_last_after(changed: tuple[Engine, UUID]) -> None:
    engine, decision = changed
    found = recorded(engine, decision, "PG-1")
    assert found["outcome"] == "new"
    with reading(engine) as connection:
        shown = find_evaluation(connection, found["id"], date(2027, 7, 1))
    assert shown["state"] == "underway"
    assert shown["changed_on"] == date(2026, 3, 10)
    assert [period["after"] for period in shown["times"]] == [False, True, True]
    rows = {row["label"]["zh"]: (row["before"], row["after"], row["verdict"]) for row in shown["rows"]}
    assert rows == {
        "常住人口": (100, 90, "neutral"),
        "居民人均可支配收入": (30000, 33000, "better"),
        "与变更有关的信访件数": (12, 15, "worse"),
        "公交线路": (None, 8, "incomplete"),
    }
    income = next(row for row in shown["rows"] if row["indicator"] == "income")
    assert (income["difference"], income["share"], income["measure"]) == (3000, 0.1, "元")


def test_each_value_is_told_of_its_own_division(changed: tuple[Engine, UUID]) -> None:
    beds = {"990181": 3, "990100": 4, "990000": 5}
    values = "区划代码,指标,时段,数值,来源\n" + "".join(f"{code},beds,2025年,{n},公报\n" for code, n in beds.items())
    identity = recorded(*changed, "PG-6", values=values)["id"]
    with reading(changed[0]) as connection:
        rows = find_evaluation(connection, identity, date(2027, 7, 1))["rows"]
    assert [(row["unit"]["code"], row["unit"]["name"], row["before"]) for row in rows] == [
        ("990000", "示例省", 5), ("990100", "云溪市", 4), ("990181", "甲市", 3)
    ]  # fmt: skip


@pytest.mark.parametrize(("day", "overdue"), [(date(2029, 6, 30), 0), (date(2029, 7, 1), 1)])
def test_a_period_is_overdue_when_its_day_has_passed_without_a_value(
    changed: tuple[Engine, UUID], day: date, overdue: int
) -> None:
    engine, decision = changed
    identity = recorded(engine, decision, "PG-2")["id"]
    with reading(engine) as connection:
        assert find_evaluation(connection, identity, day)["overdue"] == overdue


def test_a_number_that_stands_is_brought_up_to_date_and_what_was_said_is_kept(changed: tuple[Engine, UUID]) -> None:
    engine, decision = changed
    first = recorded(engine, decision, "PG-3")
    assert recorded(engine, decision, "PG-3") == {"id": first["id"], "outcome": "unchanged"}
    with reading(engine) as connection:
        moment = connection.exec_driver_sql("SELECT clock_timestamp()").scalar_one()
    later = recorded(engine, decision, "PG-3", conclusion="达到预期（虚构）")
    assert later == {"id": first["id"], "outcome": "changed"}
    with reading(engine) as connection:
        assert find_evaluation(connection, first["id"], date(2026, 11, 23))["conclusion"] == "达到预期（虚构）"
        assert find_evaluation(connection, first["id"], date(2026, 11, 23), moment)["conclusion"] == ""
        told = [one for one in changes_since(connection, 0, 1000, ["evaluations"])[0] if one["id"] == first["id"]]
        assert [one["kind"] for one in told] == ["insert", "update"]
        assert audit.verify(connection)[1] is None


@pytest.mark.parametrize(
    ("periods", "values", "why"),
    [
        ("时段,截至\n2025年,2025-12-31\n", "", "all lie before"),
        ("时段,截至\n2026年,2026-12-31\n", "", "all lie after"),
        ("时段,截至\n2026年,2026-12-31\n2025年,2025-12-31\n", "", "order"),
        ("时段,截至\n甲,2025-12-31\n甲,2026-12-31\n", "", "same name"),
        (PERIODS, "990181,income,2031年,1,公报,,\n", "no period"),
        (PERIODS, "990181,income,2025年,1,公报,,\n990181,income,2025年,2,公报,,\n", "twice"),
        (PERIODS, "990181,income,2025年,NaN,公报,,\n", "value"),
        (PERIODS, "990181,income,2025年,1,,,\n", "source"),
        (PERIODS, "990181,income,2025年,1,公报,亿元,\n", "measured in 元"),
        (PERIODS, "990181,自定,2025年,1,公报,,高\n", "better"),
        (PERIODS, "999999,income,2025年,1,公报,,\n", "999999"),
    ],
)
def test_what_cannot_be_compared_is_refused_with_the_reason(
    changed: tuple[Engine, UUID], periods: str, values: str, why: str
) -> None:
    with pytest.raises(BadInput, match=why) as refused:
        recorded(*changed, "PG-X", periods, VALUES.splitlines()[0] + "\n" + values)
    assert refused.value.code == "bad_evaluation"


def test_a_decision_that_changed_nothing_is_not_evaluated(changed: tuple[Engine, UUID]) -> None:
    with pytest.raises(BadInput, match="no decision"):
        recorded(changed[0], new_id(), "PG-X")


@pytest.mark.parametrize(
    ("before", "after", "better", "verdict", "share"),
    [
        (0, 5, "up", "better", None),
        (-4, -2, "up", "better", 0.5),
        (10, 5, "down", "better", -0.5),
        (10, 10, "down", "same", 0.0),
        (0.1, 0.3, "none", "neutral", 2.0),
        (None, 5, "up", "incomplete", None),
    ],
)
def test_a_difference_is_judged_by_the_direction_of_its_indicator(
    before: float | None, after: float | None, better: str, verdict: str, share: float | None
) -> None:
    found = compared(before, after, better)
    assert (found["verdict"], found["share"]) == (verdict, share)


@pytest.fixture(scope="module")
def address(changed: tuple[Engine, UUID]) -> Iterator[str]:
    url = changed[0].url.render_as_string(hide_password=False)
    with serving(create_app(Settings(database_url=url, demonstration=True))) as found:
        yield found


def test_the_page_and_the_files_say_the_same(changed: tuple[Engine, UUID], address: str, tmp_path: Path) -> None:
    identity = recorded(*changed, "PG-4", conclusion="达到预期（虚构）")["id"]
    page = httpx.get(f"{address}/evaluations/{identity}").text
    for said in (
        "居民人均可支配收入",
        "33,000",
        "+10.0%",
        "改善",
        "变差",
        "统计公报（虚构）",
        "达到预期（虚构）",
        "svg",
    ):
        assert said in page, said
    files = f"{address}/v1/evaluations/{identity}/files"
    word = Document(io.BytesIO(httpx.get(f"{files}/report.docx").content))
    cells = [cell.text for table in word.tables for row in table.rows for cell in row.cells]
    assert {"居民人均可支配收入（元）", "30,000", "33,000", "+3,000（+10.0%）", "改善"} <= set(cells)
    assert httpx.get(f"{files}/report.pdf").content.startswith(b"%PDF-")
    table = httpx.get(f"{files}/values.csv").text.removeprefix("\ufeff").splitlines()
    assert table[0].startswith("区划代码,名称,指标")
    assert len(table) == 8


def test_the_list_filters_by_change_and_place(changed: tuple[Engine, UUID], address: str) -> None:
    recorded(*changed, "PG-5")

    def numbers(**asked: str) -> list[str]:
        answer = httpx.get(f"{address}/v1/evaluations", params=asked)
        assert answer.status_code == 200, answer.text
        return [one["code"] for one in answer.json()["items"]]

    assert "PG-5" in numbers(change=str(changed[1]), within="990000")
    assert numbers(within="330000") == []
    assert numbers(change=str(new_id())) == []
    assert numbers(overdue="true", as_of="2026-11-23") == []
    assert httpx.get(f"{address}/evaluations?within=990100").text.count("PG-5") == 1
