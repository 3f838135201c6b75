"""Entering later decisions into the register of 示例省, which does not exist."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, Engine, text

from boundaries.units import service
from boundaries.units.enter import Entered, enter_decision
from boundaries.units.load import load_divisions
from boundaries.units.model import Spelling
from data import audit, feed
from data.db import make_engine, reading
from data.errors import BadInput, Conflict, NotFound

NOW = datetime(2026, 11, 22, tzinfo=UTC)
LIST = "代码,一级行政区,二级行政区,名称,级别,状态,启用时间,变更/弃用时间,新代码\n"
UNITS = {
    "990000": "示例省,,示例省,省级",
    "990100": "示例省,云溪市,云溪市,地级",
    "990121": "示例省,云溪市,东河县,县级",
    "990122": "示例省,云溪市,西山县,县级",
}
HEAD = (
    "## 示例省人民政府关于{title}的批复\n# 文号：示函〔2025〕{number}号\n"
    "# 日期：2025年3月1日\n# 生效：2025年{month}月10日\n#\n# {title}。\n"
)


@pytest.fixture
def register(fresh_database_url: str, tmp_path: Path) -> Any:
    (tmp_path / "diff").mkdir()
    rows = "".join(f"{code},{rest},在用,2023,,\n" for code, rest in UNITS.items())
    (tmp_path / "result.csv").write_text(LIST + rows, "utf-8")
    (tmp_path / "diff" / "2023-2024.diff").write_text("", "utf-8")
    engine = make_engine(fresh_database_url)
    load_divisions(engine, "test", folder=tmp_path)
    yield engine
    engine.dispose()


def decision(lines: str, *, title: str = "撤销东河县设立东河市", number: int = 1, month: int = 3) -> bytes:
    return (HEAD.format(title=title, number=number, month=month) + lines).encode()


def enter(engine: Engine, content: bytes, **options: Any) -> Entered:
    return enter_decision(engine, content, "office", clock=lambda: NOW, **options)


CITY = "-990121 东河县>东河市\n+990181 东河市<东河县\n"


def test_a_county_becomes_a_city_and_stays_the_same_unit(register: Engine) -> None:
    done = enter(register, decision(CITY))
    assert done.changed
    with reading(register) as connection:
        unit = service.find_unit(connection, "990181")
        history = service.unit_history(connection, "990181")
        old = service.translate_code(connection, "990121")
        before = service.find_unit(connection, "990121", date(2025, 3, 9))
        assert audit.verify(connection) == (2, None)
    assert (unit["name"], unit["type"], unit["id"]) == ("东河市", "县级市", before["id"])
    assert [v["code"] for v in history["versions"]] == ["990121", "990181"]
    assert history["versions"][0]["valid"]["to"] == date(2025, 3, 10)
    assert [(r["code"], r["kind"]) for r in old["results"]] == [("990181", "recoded")]
    assert unit["register_through"] == date(2025, 3, 10)
    assert unit["decisions"][0]["doc_no"] == "示函〔2025〕1号"


def test_what_was_known_before_stays_known_as_it_was(register: Engine) -> None:
    with reading(register) as connection:
        earlier = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
    enter(register, decision(CITY))
    with reading(register) as connection:
        then = service.find_unit(connection, "990121", date(2024, 12, 31), known_at=earlier)
        now = service.find_unit(connection, "990121", date(2024, 12, 31))
    assert then["valid"]["to"] is None
    assert now["valid"]["to"] == date(2025, 3, 10)


def test_a_preview_says_what_will_change_and_changes_nothing(register: Engine) -> None:
    plan = enter(register, decision(CITY), preview=True).plan.as_json()
    assert [(v["code"], v["name"]) for v in plan["closes"]] == [("990121", "东河县")]
    assert [(v["code"], v["name"], v["type"]) for v in plan["opens"]] == [("990181", "东河市", "县级市")]
    with reading(register) as connection:
        assert service.find_unit(connection, "990121")["status"] == "current"
        assert audit.verify(connection) == (1, None)


def test_the_same_file_again_changes_nothing(register: Engine) -> None:
    first = enter(register, decision(CITY))
    again = enter(register, decision(CITY))
    assert (first.changed, again.changed) == (True, False)
    with reading(register) as connection:
        assert audit.verify(connection) == (2, None)


def test_the_feed_shows_every_object_that_looks_different_now(register: Engine) -> None:
    renamed = "".join(
        f"-{code} {name}>.\n+{code} {new}<.\n"
        for code, name, new in (("990121", "东河县", "东河县"), ("990122", "西山县", "西山县"))
    )
    done = enter(register, decision(f"-990100 云溪市\n+990100 星溪市\n{renamed}", title="云溪市更名为星溪市"))
    assert done.feed_range is not None
    with reading(register) as connection:
        changes, _ = feed.changes_since(connection, done.feed_range[0] - 1, 10)
    assert [(c["kind"], c["collection"]) for c in changes] == [
        ("insert", "decisions"), ("update", "units"), ("update", "units"), ("update", "units"),
    ]  # fmt: skip
    county = next(c for c in changes if c["collection"] == "units" and c["after"]["code"] == "990121")
    assert (county["before"]["parent"]["name"], county["after"]["parent"]["name"]) == ("云溪市", "星溪市")


def test_a_merger_ends_a_unit_and_its_code_leads_on(register: Engine) -> None:
    enter(register, decision("-990122 西山县>东河县\n", title="撤销西山县并入东河县"))
    with reading(register) as connection:
        answer = service.translate_code(connection, "990122")
        with pytest.raises(NotFound):
            service.find_unit(connection, "990122", date(2025, 3, 10))
        assert service.find_unit(connection, "990122")["status"] == "former"
    assert [(r["code"], r["kind"], r["whole"]) for r in answer["results"]] == [("990121", "merged", True)]


def test_decisions_follow_one_another_in_time(register: Engine) -> None:
    enter(register, decision(CITY))
    enter(register, decision("-990181 东河市>.\n+990181 清河市<.\n", title="东河市更名为清河市", number=2, month=5))
    with reading(register) as connection:
        names = [v["name"] for v in service.unit_history(connection, "990181")["versions"]]
    assert names == ["东河县", "东河市", "清河市"]
    with pytest.raises(Conflict) as refused:
        enter(register, decision("-990122 西山县>.\n+990122 北山县<.\n", title="西山县更名", number=3, month=4))
    assert refused.value.code == "decision_in_the_past"


def test_spellings_and_what_is_built_on_the_register_follow_in_the_same_transaction(register: Engine) -> None:
    followed: list[UUID] = []

    def follow(_connection: Connection, units: Sequence[UUID]) -> None:
        followed.extend(units)

    done = enter(
        register, decision(CITY), romanize=lambda _c, _n, _l: Spelling("Donghe Shi", "default", False), follow=follow
    )
    with reading(register) as connection:
        assert service.find_unit(connection, "990181")["roman"] == "Donghe Shi"
    assert followed == done.plan.units()


def test_a_failure_in_what_follows_leaves_nothing_behind(register: Engine) -> None:
    def fail(_connection: Connection, _units: Sequence[UUID]) -> None:
        raise RuntimeError("the index is broken")

    with pytest.raises(RuntimeError):
        enter(register, decision(CITY), follow=fail)
    with reading(register) as connection:
        assert service.find_unit(connection, "990121")["status"] == "current"
        assert audit.verify(connection) == (1, None)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "not_a_decision"),
        (b"\xff\xfe\x00", "not_a_decision"),
        (b"x" * 1_000_001, "not_a_decision"),
        ("-990121 东河县>.\n+990121 清河县<.\n".encode(), "not_a_decision"),
        ("## 批复\n# 文号：一号\n-990121 东河县>.\n+990121 清河县<.\n".encode(), "not_a_decision"),
        (decision(""), "not_a_decision"),
        (decision(CITY) + decision(CITY), "not_a_decision"),
        (decision("看不懂\n"), "not_a_decision"),
        (decision("-990199 无此县>东河县\n"), "decision_unresolved"),
        (decision("-990121 东河县>无此市\n"), "decision_unresolved"),
        (decision("+990122 清河县<东河县\n"), "decision_unresolved"),
        (decision(CITY).replace("生效：2025年".encode(), "生效：2027年".encode()), "decision_not_yet_effective"),
    ],
)
def test_what_is_no_decision_or_does_not_fit_is_refused_whole(register: Engine, content: bytes, code: str) -> None:
    with pytest.raises(BadInput) as refused:
        enter(register, content)
    assert refused.value.code == code
    with reading(register) as connection:
        assert audit.verify(connection) == (1, None)
        assert service.register_span(connection).register_through == date(2024, 12, 31)
