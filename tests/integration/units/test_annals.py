"""The annals of real units: each sentence is what the register holds, in both languages and as a Word file."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import Engine

from api.web.annals import rows, told, word_of
from api.web.i18n import Translator
from boundaries.units.annals import stages_of
from boundaries.units.graphs import current_graph
from boundaries.units.service import register_span
from boundaries.units.telling import unit_annals
from data.db import reading
from data.documents.word import paragraphs_of
from data.errors import NotFound


def said(divisions: Engine, code: str, language: str = "zh", as_of: date | None = None) -> list[str]:
    with reading(divisions) as connection:
        found = unit_annals(connection, code, as_of)
    t = Translator(language)
    return [told(t, row) for row in rows(t, found)]


def test_a_county_that_was_city_district_and_city_again(divisions: Engine) -> None:
    assert said(divisions, "340181") == [
        "1982年11月15日，设立巢湖市（县级市，代码342601），隶属巢湖地区，自巢县析置。（（82）国函字257号）",
        "1983年10月8日，巢县并入。（（83）国函字211号）",
        "1999年7月9日，巢湖市（县级市）改设为居巢区（市辖区），代码由342601改为341402。（国函〔1999〕80号）",
        (
            "2006年12月31日，含山县的部分区域划入。（民地字〔2006〕42号）"
            "（日期文件未载，在2006年1月1日至2006年12月31日之间）"
        ),
        (
            "2011年7月14日，居巢区（市辖区）改设为巢湖市（县级市），代码由341402改为340181，由巢湖市改隶合肥市。"
            "（国函〔2011〕84号）"
        ),
    ]


def test_a_superior_that_only_changed_its_name_is_not_left(divisions: Engine) -> None:
    assert said(divisions, "420607")[-1] == "2010年11月26日，襄阳区更名为襄州区。（国函〔2010〕129号）"


def test_what_passed_with_the_units_below_is_not_called_a_split(divisions: Engine) -> None:
    assert said(divisions, "341400")[-1] == (
        "2011年7月14日，撤销巢湖市，下属区域部分划归马鞍山市、芜湖市、合肥市。（国函〔2011〕84号）"
    )


def test_an_ended_unit_says_where_it_went_in_english_too(divisions: Engine) -> None:
    assert said(divisions, "110103", "en") == [
        "1981-12-31: stands as 崇文区 (市辖区, code 110103) when the register begins; under 北京市.",
        "2010-06-28: 崇文区 is abolished; its area goes to 东城区. (国函〔2010〕55号)",
    ]


def test_what_only_lists_of_codes_say_is_marked(divisions: Engine) -> None:
    assert said(divisions, "653229") == [
        "2024年12月27日，设立和安县（县，代码653229），隶属和田地区，自和田县析置（据区划代码表推得）。"
    ]


def test_a_code_of_two_units_is_told_of_the_one_of_the_day(divisions: Engine) -> None:
    assert "中甸县" in said(divisions, "533421", as_of=date(1990, 1, 1))[0]
    with pytest.raises(NotFound):
        said(divisions, "533421", as_of=date(2020, 1, 1))


def test_the_word_file_says_the_same(divisions: Engine) -> None:
    with reading(divisions) as connection:
        found = unit_annals(connection, "340181")
    t = Translator("zh")
    word = word_of(t, found)
    assert word == word_of(t, found)
    paragraphs = paragraphs_of(word)
    assert paragraphs[0].text == "巢湖市区划沿革"
    texts = [p.text for p in paragraphs]
    assert all(line in texts for line in said(divisions, "340181"))
    assert [row[0] for row in paragraphs[-1].rows[1:]] == [
        "1982年11月15日", "1983年10月8日", "1999年7月9日", "2006年12月31日", "2011年7月14日",
    ]  # fmt: skip


def test_the_stages_of_a_map_are_the_days_on_which_it_changes(divisions: Engine) -> None:
    with reading(divisions) as connection:
        graph, span = current_graph(connection), register_span(connection)
        ended, standing = (
            stages_of(graph, unit_annals(connection, code)["id"], span.register_from, span.register_through)
            for code in ("341400", "420600")
        )
    assert [str(stage.on) for stage in standing][-2:] == ["2010-11-26", str(span.register_through)]
    assert [(str(stage.on), stage.code, stage.below) for stage in ended] == [
        ("1981-12-31", "342600", 6), ("1982-11-15", "342600", 7), ("1983-10-08", "342600", 5),
        ("1999-07-09", "341400", 5),
    ]  # fmt: skip
