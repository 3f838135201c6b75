"""Steps of joint inspections: the round, office and field check, the record, report and filing."""

from __future__ import annotations

from datetime import date
from typing import Any

import httpx
from pytest_bdd import given, parsers, then, when

from boundaries.records.checklist import asked
from tests.features.boundaries.over_http import PARTIES, WHO, Story

DAY = "2026-03-01"


@given("云溪市 组织第五轮联检，甲县 和 乙县 共同检查 甲乙界线")
def joint(story: Story) -> None:
    dates = {"plan": "2026-04-01", "office": "2026-05-01", "field": "2026-09-01", "report": "2026-12-01"}
    planned = story.post(
        "city",
        "/v1/rounds",
        {"number": 5, "title": "第五轮联检（虚构）", "within": "990100", "level": "county", "begins_on": "2026-03-02",
         "dates": dates, "basis": "示云民〔2026〕3号", "lines": [str(story.line)]},
    )  # fmt: skip
    assert planned.status_code == 201, planned.text
    (found,) = story.get("city", "/v1/inspections", round=planned.json()["id"]).json()["items"]
    begin(story, found["id"], {"mode": "joint"})


@given(parsers.parse("云溪市 组织联检，双方分别填报，{day} 之后公开"))
def separate(story: Story, day: str) -> None:
    ordered = story.post(
        "city", "/v1/inspections", {"line": str(story.line), "cause": "disaster", "due_on": "2026-06-30"}
    )
    assert ordered.status_code == 201, ordered.text
    begin(story, ordered.json()["id"], {"mode": "separate", "reveal_after": day})
    for who in ("jia", "yi"):
        answer(story, who, "office", "")
    story.act("jia", "finish_office")


def begin(story: Story, inspection: str, mode: dict[str, str]) -> None:
    begun = story.post("city", f"/v1/inspections/{inspection}/begin", {**PARTIES, **mode})
    assert begun.status_code == 201, begun.text
    story.inspection, story.case = inspection, begun.json()["id"]
    story.act("city", "begin_office", plan="双方各派两人")


def answer(story: Story, who: str, stage: Any, remark: str, changed: str = "") -> httpx.Response:
    tasks = story.get(who, f"/v1/inspections/{story.inspection}").json()["tasks"]
    entries = [
        {
            "task": task["id"],
            "item": item.key,
            "result": "changed" if item.key == changed else "in_order",
            "observed_on": DAY,
            "remark": remark or ("与登记不符" if item.key == changed else ""),
        }
        for task in tasks
        for item in asked(stage, task["kind"])
    ]
    return story.post(who, f"/v1/inspections/{story.inspection}/entries", {"entries": entries})


@when("联检组 完成内业检查")
def office_check(story: Story) -> None:
    assert answer(story, "jia", "office", "").status_code == 200
    story.act("jia", "finish_office")


@when("联检组 完成外业检查，方位物有变化")
def field_check(story: Story) -> None:
    assert answer(story, "yi", "field", "", "witnesses_stand").status_code == 200


@when("形成联检记录")
def draw_up(story: Story) -> None:
    story.act("jia", "draw_up", conclusion="界线走向清楚，个别方位物有变化。")


@then("甲县 看到记录里有变化，并登记了问题")
def record_seen(story: Story) -> None:
    (record,) = story.get("jia", f"/v1/inspections/{story.inspection}").json()["records"]
    said = [a["result"] for task in record["content"]["tasks"] for a in task["answers"]]
    assert said.count("changed") == 2
    found = story.get("jia", f"/v1/inspections/{story.inspection}/findings").json()["items"]
    assert [f["kind"] for f in found] == ["witness_changed"] * 2


@when(parsers.parse("{who} 签署记录"))
@when(parsers.parse("{who} 在协议书上签字"))
def sign(story: Story, who: str) -> None:
    story.act(WHO[who], "sign")


@when("云溪市 报送联检报告")
def report(story: Story) -> None:
    story.act("city", "report", story.inspection_case)


@when("云溪市备案员 予以备案")
def file(story: Story) -> None:
    story.act("filer", "file", story.inspection_case)


@then("公众查不到这次检查")
def not_public(story: Story) -> None:
    answer = story.get(None, f"/v1/inspections/{story.inspection}")
    assert (answer.status_code, answer.json()["code"]) == (404, "no_such_inspection")


@then(parsers.parse("公众查到这次检查已于 {day} 备案"))
def public(story: Story, day: str) -> None:
    assert story.get(None, f"/v1/inspections/{story.inspection}").json()["filed_on"] == day


@when(parsers.parse("{who} 填报外业情况“{remark}”"))
def separate_answers(story: Story, who: str, remark: str) -> None:
    assert answer(story, WHO[who], "field", remark).status_code == 200


@when(parsers.parse("{who} 交齐"))
def hand_in(story: Story, who: str) -> None:
    assert story.post(WHO[who], f"/v1/inspections/{story.inspection}/hand-in", {}).status_code == 200


@when(parsers.parse("日期到了 {day}"))
def day_comes(story: Story, day: str) -> None:
    wanted = date.fromisoformat(day)
    story.office.clock.forward(days=(wanted - story.office.clock().date()).days)
    story.sessions.clear()  # nobody stays signed in for a month


def ways_to_read(story: Story, who: str) -> list[httpx.Response]:
    """Every way by which somebody could hear what the other side wrote."""
    paths = (
        *(f"/v1/inspections/{story.inspection}", f"/v1/inspections/{story.inspection}/findings", "/v1/inspections"),
        *(f"/v1/cases/{story.case}", f"/v1/cases/{story.case}/attachments", "/v1/cases", "/v1/inbox", "/v1/jobs"),
        *("/v1/changes?since=0", "/v1/findings", "/v1/audit"),
    )
    return [story.get(WHO[who], path) for path in paths]


@then(parsers.parse("{who} 从哪里都看不到“{remark}”"))
def sees_nowhere(story: Story, who: str, remark: str) -> None:
    answers = ways_to_read(story, who)
    assert answers[0].status_code == 200
    assert [str(a.url) for a in answers if remark in a.text] == []


@then(parsers.parse("{who} 自己看得到“{remark}”"))
@then(parsers.parse("{who} 看得到“{remark}”"))
def sees(story: Story, who: str, remark: str) -> None:
    assert remark in story.get(WHO[who], f"/v1/inspections/{story.inspection}").text


@then(parsers.parse("{who} 不能再补填"))
def too_late(story: Story, who: str) -> None:
    refused = answer(story, WHO[who], "field", "补记")
    assert (refused.status_code, refused.json()["code"]) == (409, "inspection_revealed")
