"""The stories of codes.feature, on the national register."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pytest_bdd import given, parsers, scenarios, then, when
from sqlalchemy import Engine, text

from boundaries.units import service
from data.db import reading
from data.errors import DimingError

scenarios("codes.feature")

#: A version that ended at the end of a year on a day nobody knows.
ENDED_SOME_DAY = text("""
    SELECT code FROM published.unit_version
    WHERE upper(valid) = :day AND closed_within IS NOT NULL AND lower(valid) < :before ORDER BY code LIMIT 1
""")


class Answers(list[Any]):
    """What was answered so far, the latest last; a refusal stands as the error."""

    @property
    def last(self) -> Any:
        return self[-1]


@pytest.fixture
def answers() -> Answers:
    return Answers()


def ask(answers: Answers, engine: Engine, question: Any) -> None:
    with reading(engine) as connection:
        try:
            answers.append(question(connection))
        except DimingError as refusal:
            answers.append(refusal)


@when(parsers.parse("查询代码 {code} 现在是什么"))
def translate(answers: Answers, divisions: Engine, code: str) -> None:
    ask(answers, divisions, lambda connection: service.translate_code(connection, code))


@when(parsers.parse("查询 {day:tg} 的单位 {code}", extra_types={"tg": date.fromisoformat}))
def find(answers: Answers, divisions: Engine, day: date, code: str) -> None:
    ask(answers, divisions, lambda connection: service.find_unit(connection, code, day))


@given(parsers.parse("{year:d}年末有一个单位因没有日期的记载而变更"), target_fixture="undated")
def undated(divisions: Engine, year: int) -> str:
    with reading(divisions) as connection:
        code: str = connection.execute(
            ENDED_SOME_DAY, {"day": date(year, 12, 31), "before": date(year, 1, 1)}
        ).scalar_one()
    return code


@when(parsers.parse("查询它在 {day:tg} 的情况", extra_types={"tg": date.fromisoformat}))
def find_undated(answers: Answers, divisions: Engine, undated: str, day: date) -> None:
    ask(answers, divisions, lambda connection: service.find_unit(connection, undated, day))


@then(parsers.parse("答案是 {code} {name}，关系为 {kind}"))
def answered(answers: Answers, code: str, name: str, kind: str) -> None:
    assert [(r["code"], r["name"], r["kind"]) for r in answers.last["results"]] == [(code, name, kind)]


@then(parsers.parse("依据之一是 {doc_no}"))
def by_document(answers: Answers, doc_no: str) -> None:
    assert doc_no in {step["doc_no"] for result in answers.last["results"] for step in result["via"]}


@then(parsers.parse("它的土地现在属于 {names}"))
def belongs_to(answers: Answers, names: str) -> None:
    assert {r["name"] for r in answers.last["results"]} == set(names.split("、"))


@then("没有一个单位得到全部")
def none_has_all(answers: Answers) -> None:
    assert not any(r["whole"] for r in answers.last["results"])


@then(parsers.parse("名称是 {name}"))
def is_named(answers: Answers, name: str) -> None:
    assert answers.last["name"] == name


@then(parsers.parse("依据是 {doc_no}"))
def opened_by(answers: Answers, doc_no: str) -> None:
    assert [d["doc_no"] for d in answers.last["decisions"]] == [doc_no]


@then("同一单位")
def one_unit(answers: Answers) -> None:
    assert len({answer["id"] for answer in answers}) == 1


@then("答案是确定的")
def is_certain(answers: Answers) -> None:
    assert answers.last["uncertain"] is False


@then("答案标明未定")
def is_uncertain(answers: Answers) -> None:
    assert answers.last["uncertain"] is True


@then(parsers.parse("被拒绝，原因是 {code}"))
def is_refused(answers: Answers, code: str) -> None:
    assert isinstance(answers.last, DimingError)
    assert answers.last.code == code
