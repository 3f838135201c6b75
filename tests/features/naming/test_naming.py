"""The stories of naming.feature over HTTP, on the invented register."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from pytest_bdd import given, parsers, scenarios, then, when
from sqlalchemy import text

from api.app import create_app
from api.settings import Settings
from data import audit
from data.db import make_engine, reading, unit_of_work
from data.errors import Conflict
from data.ids import new_id
from data.server.cluster import Cluster
from geonames.applications.routes.rows import route_book
from tests import database
from tests.features.naming.over_http import OverHttp
from tests.integration.applications.test_naming import heard, with_paper
from tests.integration.naming.conftest import load_searchable
from tests.samples.applicants import ESTATE
from tests.samples.invented import place_id
from tests.serving import serving

scenarios("naming.feature")

BUREAU = "甘棠县民政局（虚构）"


@dataclass
class Story:
    """The office, and the case as it stands."""

    office: OverHttp
    case: Mapping[str, Any] = field(default_factory=dict)

    def act(self, who: str, action: str, **fields: str) -> None:
        self.case = self.office.act(self.case, who, action, **fields)


@pytest.fixture
def story(cluster: Cluster) -> Iterator[Story]:
    with database.clone(cluster, database.template(cluster, "invented_searchable", load_searchable)) as url:
        engine = make_engine(url)
        app = create_app(Settings(database_url=url, pages=False))
        with serving(app) as address:
            office = OverHttp(engine, address=address)
            app.state.clock = lambda: office.now
            yield Story(office)
            office.close()
        engine.dispose()


def needs(story: Story, who: str, action: str, **fields: str) -> list[str]:
    with pytest.raises(Conflict) as refused:
        story.act(who, action, **fields)
    return [need["code"] for need in refused.value.extra["needs"]]


@given(parsers.parse("开发单位申请把一条新路命名为 {first}，备选 {second}"))
def applies_for_a_street(story: Story, first: str, second: str) -> None:
    story.case = story.office.apply(names=[first, second])


@then(parsers.parse("核查指出 {name} 与建成区内的 {other} 同音，依据 {article}"))
def is_found(story: Story, name: str, other: str, article: str) -> None:
    (found,) = [f for f in story.case["findings"] if other in f["message"]]
    assert found["message"].startswith(name)
    assert "同音" in found["message"]
    assert found["article"] == article


@when("受理员一次性告知补正")
def asks_for_corrections(story: Story) -> None:
    story.act("clerk", "ask_corrections")


@when(parsers.parse("开发单位改报 {names} 并重新提交"))
def applies_for_others(story: Story, names: str) -> None:
    story.act("developer", "change_names", names=names.replace("、", "\n"))
    standing = [f for f in story.case["findings"] if f["closed_at"] is None]
    for finding in [f for f in standing if f["requested_at"] and not f["answered_at"]]:
        story.act("developer", "answer_finding", finding=str(finding["id"]), text="已改报其他地名")
    story.act("developer", "resubmit")


@when("申请材料交齐并受理")
def is_accepted(story: Story) -> None:
    story.case = with_paper(story.office, story.case, "application")
    story.case = story.office.settle(story.case)
    story.act("clerk", "accept")


@when("评估、论证、征求意见都有记录")
def is_heard(story: Story) -> None:
    story.case = heard(story.office, story.case)


@when("评估、论证、征求意见都有记录，报请批准")
def is_heard_and_proposed(story: Story) -> None:
    is_heard(story)
    story.act("reviewer", "propose")


@when(parsers.parse("县人民政府批准，文号 {number}"))
def the_county_approves(story: Story, number: str) -> None:
    story.act("mayor", "approve", type_code="23514", doc_no=number)


def found(story: Story, name: str) -> list[dict[str, Any]]:
    """What the public finds, as a map service asks."""
    answer = httpx.get(f"{story.office.address}/v1/places", params={"q": name}).raise_for_status()
    return [item for item in answer.json()["items"] if item["name"] == name]


@then(parsers.parse("公众还查不到 {name}"))
def is_not_public(story: Story, name: str) -> None:
    assert found(story, name) == []


@when("批准后备案")
def is_filed(story: Story) -> None:
    story.act("filing", "file", filing_no="演示备〔2026〕1号")


@when("县民政局公告")
def is_announced(story: Story) -> None:
    story.act("publisher", "announce", authority=BUREAU, position="东起甲路，西至乙路")


@then(parsers.parse("公众查得到 {name}，拼写 {roman}"))
def is_public(story: Story, name: str, roman: str) -> None:
    (item,) = found(story, name)
    assert item["roman"] == roman


@then("变更流里有这项命名和它的批准文件")
def is_in_the_feed(story: Story) -> None:
    answer = httpx.get(f"{story.office.address}/v1/changes", params={"since": 0}).raise_for_status()
    changes = answer.json()["items"]
    assert [(c["collection"], c["kind"]) for c in changes] == [("decisions", "insert"), ("places", "insert")]
    assert changes[0]["after"]["doc_no"] == "演示〔2026〕7号"


@then("审计链完整")
def the_chain_is_whole(story: Story) -> None:
    with reading(story.office.engine) as connection:
        assert audit.verify(connection)[1] is None


@given(parsers.parse("开发单位申请把一个住宅区命名为 {name}"))
def applies_for_an_estate(story: Story, name: str) -> None:
    story.case = story.office.apply(**{**ESTATE, "names": [name]})


@then(parsers.parse("批准机关是 {body}"))
def is_for_the_authority(story: Story, body: str) -> None:
    assert route_book().word("body", story.case["facts"]["route"]["approver"]["body"]).zh == body


@then("未征求地名主管部门意见不能报请批准")
def is_not_proposed(story: Story) -> None:
    assert needs(story, "reviewer", "propose") == ["bodies_not_heard"]


@when("地名主管部门答复没有意见，报请批准")
def is_consulted(story: Story) -> None:
    asked = str(story.office.people["names_bureau"].account_id)
    story.act("reviewer", "consult", to=asked, text="征求意见")
    question = next(o for o in story.case["opinions"] if o["kind"] == "consultation")
    story.act("names_bureau", "reply", answers=str(question["id"]), stance="for", text="无意见")
    story.act("reviewer", "propose")


@when("住建部门批准")
def the_department_approves(story: Story) -> None:
    story.act("housing", "approve", type_code="22100")


@then("备案以前不能公告")
def is_not_announced(story: Story) -> None:
    assert needs(story, "publisher", "announce", authority=BUREAU, position="甲路以东") == ["not_filed"]


@when("批准后五天备案")
def is_filed_later(story: Story) -> None:
    story.office.forward(days=5)
    story.act("filing", "file")


@then(parsers.parse("公告期限是 {day}"))
def is_due(story: Story, day: str) -> None:
    assert [clock["due_on"] for clock in story.case["clocks"]] == [day]


@given("砚池路 列入县的保护名录")
def is_listed(story: Story) -> None:
    with unit_of_work(story.office.engine) as connection:
        connection.execute(
            text("""
                INSERT INTO diming.heritage_tag (id, subject_id, list, level, category, valid, opened_by)
                SELECT :id, id, '甘棠县地名保护名录（虚构）', 'county', '老街巷', '[2012-01-01,)', opened_by
                FROM diming.place WHERE id = :place
            """),
            {"id": new_id(), "place": place_id("s4")},
        )


@when(parsers.parse("开发单位申请把它更名为 {name}"))
def applies_to_rename(story: Story, name: str) -> None:
    story.case = story.office.apply(kind="renaming", place_id=str(place_id("s4")), names=[name], geometry=None)


@when("只交了申请书")
def hands_in_the_form_only(story: Story) -> None:
    story.case = story.office.settle(with_paper(story.office, story.case, "application"))


@then("不能受理，因为还缺材料")
def is_not_accepted(story: Story) -> None:
    assert needs(story, "clerk", "accept") == ["papers_missing"]


@when("补交保护措施")
def hands_in_the_measures(story: Story) -> None:
    story.case = with_paper(story.office, story.case, "protection_measures")


@then("可以受理")
def may_be_accepted(story: Story) -> None:
    story.act("clerk", "accept")
    assert story.case["state"] == "review"
