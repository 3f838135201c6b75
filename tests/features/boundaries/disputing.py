"""Steps of the three routes of a disagreement, from the case to the document that ends it."""

from __future__ import annotations

from datetime import date

from pytest_bdd import given, parsers, then, when

from data import audit
from data.db import unit_of_work
from data.decisions import record_decisions
from data.ids import new_id
from tests.features.boundaries.over_http import PARTIES, WHO, Story, course
from tests.samples.counties import draft

ROUTES = {"实地位置认定": "reading", "界线不明确": "unclear", "变更界线": "transfer"}
SECRET = "山脊一段说法不一"


@when(parsers.parse("云溪市 就这块土地按“{kind}”立案"))
def dispute(story: Story, kind: str) -> None:
    route = ROUTES[kind]
    found = story.get("city", "/v1/findings", line=story.line, state="open").json()["items"]
    story.findings = [f["id"] for f in found if f["kind"] in ("disputed_area", "departure")]
    body = {"route": route, "line": str(story.line), "summary": SECRET, "findings": story.findings,
            "inspection": story.inspection}  # fmt: skip
    opened = story.post("city", "/v1/disputes", {**body, **PARTIES})
    assert opened.status_code == 201, opened.text
    story.case = opened.json()["id"]
    assert story.get("jia", f"/v1/disputes/{story.case}").json()["route"] == route


@then("公众看不到任何争议内容")
def nothing_public(story: Story) -> None:
    paths = ("/v1/changes?since=0", "/v1/decisions", f"/v1/lines/{story.line}", f"/v1/lines/{story.line}/versions",
             "/v1/notices", f"/v1/inspections/{story.inspection}")  # fmt: skip
    told = [story.get(None, path).text for path in paths]
    assert [text for text in told if SECRET in text or story.case in text] == []
    closed = (f"/v1/disputes/{story.case}", "/v1/disputes", f"/v1/cases/{story.case}", "/v1/findings")
    assert [story.get(None, path).status_code for path in closed] == [401] * 4


@then("问题已了结")
def findings_settled(story: Story) -> None:
    states = [story.get("city", f"/v1/findings/{finding}").json()["state"] for finding in story.findings]
    assert states
    assert set(states) == {"settled"}


@then("公众查到结案文件")
def document_public(story: Story) -> None:
    number = story.get("city", f"/v1/cases/{story.case}").json()["facts"]["ended_by"]
    assert number in [d["doc_no"] for d in story.get(None, "/v1/decisions", limit=1000).json()["items"]]


@when("云溪市审核员 受理")
def accept(story: Story) -> None:
    story.act("city_reviewer", "accept")


@when("云溪市市长 按协议书作出认定")
def decide(story: Story) -> None:
    story.act("mayor", "decide", reason="以协议书第三条所述山脊线为准")


@when("云溪市 受理并要求双方维护稳定")
def peace(story: Story) -> None:
    story.act("city", "keep_peace", measures="双方维持现状")


@when("甲县 提出采用乙县的主张")
def propose(story: Story) -> None:
    found = story.get("jia", f"/v1/disputes/{story.case}").json()["findings"]
    land = next(f["id"] for f in found if f["kind"] == "disputed_area")
    answer = story.post("jia", f"/v1/disputes/{story.case}/courses", {"claim": {"finding": land, "side": "left"}})
    assert answer.status_code == 201, answer.text


@when(parsers.parse("{who} 拟定协议书，涉及自然村"))
def agreement_about_a_village(story: Story, who: str) -> None:
    fields = {"agreement_no": "甲乙界协〔2026〕1号", "villages": "yes", "terms": "以附图所示山脊线为界，山口自然村改属"}
    story.act(WHO[who], "draft_agreement", **fields)


@when("云溪市 报批自然村隶属关系变更")
def report_village(story: Story) -> None:
    story.act("city", "report_village")


@when(parsers.parse("{who} 拟定协议书，不涉及自然村"))
def agreement(story: Story, who: str) -> None:
    fields = {"agreement_no": "甲乙界协〔2026〕1号", "villages": "no", "terms": "以附图所示山脊线为界"}
    story.act(WHO[who], "draft_agreement", **fields)


@then(parsers.parse("云溪市 还不能登记，因为 {code}"))
def not_yet(story: Story, code: str) -> None:
    refused = story.post("city", f"/v1/cases/{story.case}/actions/enter", {})
    assert refused.status_code == 409
    assert [need["code"] for need in refused.json()["needs"]] == [code]


@when("云溪市 备案并登记")
def enter(story: Story) -> None:
    story.act("city", "enter")


@when("云溪市 用没有的文号核对批准")
def unknown_approval(story: Story) -> None:
    story.post("city", f"/v1/cases/{story.case}/actions/check_approval", {"change_no": "双方自行商定"})


@then(parsers.parse("被拒绝，因为 {code}"))
def refused(story: Story, code: str) -> None:
    assert story.last is not None
    assert (story.last.status_code, story.last.json()["code"]) == (409, code)


@given(parsers.parse("省政府批准了区划变更“{number}”"))
def approved(story: Story, number: str) -> None:
    document = draft(id=new_id(), kind="approval", doc_no=number, title="关于调整区划的批复（虚构）")
    with unit_of_work(story.office.casework.engine) as connection:
        record_decisions(connection, [document], "test")
        audit.append(connection, actor="test", action="sample", decision_id=document.id, details={})


@when(parsers.parse("云溪市 用“{number}”核对批准"))
def check_approval(story: Story, number: str) -> None:
    story.act("city", "check_approval", change_no=number)


@when("乙县 报告测绘完成")
def surveyed(story: Story) -> None:
    story.act("yi", "survey")


@then(parsers.parse("办件状态是 {state}"))
def state_is(story: Story, state: str) -> None:
    assert story.get("city", f"/v1/cases/{story.case}").json()["state"] == state


@then("界线仍在原处")
@then("公众看到的界线没有变化")
def line_stays(story: Story) -> None:
    assert course(story.office.casework.engine, story.line).geometry.equals(story.before.geometry)


@then("界线到了新的走向")
def line_moved(story: Story) -> None:
    assert not course(story.office.casework.engine, story.line).geometry.equals(story.before.geometry)
    versions = story.get(None, f"/v1/lines/{story.line}/versions").json()["items"]
    assert [version["from"] for version in versions] == ["2020-01-01", "2026-03-02"]


@then(parsers.parse("{day} 的界线仍是原来的走向"))
def line_was(story: Story, day: str) -> None:
    found = course(story.office.casework.engine, story.line, date.fromisoformat(day))
    assert found.geometry.equals(story.before.geometry)
