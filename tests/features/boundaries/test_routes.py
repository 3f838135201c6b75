"""The stories of routes.feature, told over HTTP by people who are signed in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from pytest_bdd import given, parsers, scenarios, then, when
from sqlalchemy import Engine

from api.app import create_app
from api.settings import Settings
from boundaries.comparisons.working import compare_batch
from boundaries.network.service import run_of
from boundaries.records.checklist import asked
from boundaries.submissions.checking import check_submission
from boundaries.submissions.service import Counter
from data import audit
from data.accounts.sessions import Visitor, open_session
from data.db import Audience, make_engine, reading, unit_of_work
from data.decisions import record_decisions
from data.ids import new_id
from data.server.cluster import Cluster
from tests import database
from tests.samples import boundary_office as sample
from tests.samples.compared import bulged
from tests.samples.counter import write
from tests.samples.counties import draft
from tests.samples.office import Office
from tests.serving import serving

scenarios("routes.feature")

WHO = {"甲县": "jia", "乙县": "yi", "云溪市": "city", "云溪市市长": "mayor", "云溪市审核员": "city_reviewer",
       "云溪市备案员": "filer"}  # fmt: skip
ROUTES = {"实地位置认定": "reading", "界线不明确": "unclear", "变更界线": "transfer"}
SECRET = "山脊一段说法不一"
PARTIES = {
    "left": {"office": sample.OFFICES["left"], "members": ["sample.yi"]},
    "right": {"office": sample.OFFICES["right"], "members": ["sample.jia"]},
}
DAY = "2026-03-01"


@dataclass
class Story:
    """People in front of a server, and what has happened so far."""

    office: Office
    address: str
    line: UUID
    before: Any
    folder: Path
    inspection: str = ""
    inspection_case: str = ""
    case: str = ""
    findings: list[str] = field(default_factory=list)
    last: httpx.Response | None = None
    cookies: dict[str, str] = field(default_factory=dict)

    def client(self, who: str | None) -> httpx.Client:
        if who and who not in self.cookies:
            account = self.office[who].account_id
            assert account is not None
            with unit_of_work(self.office.casework.engine) as connection:
                opened = open_session(connection, account, Visitor("127.0.0.1", "test"), self.office.clock())
            self.cookies[who] = opened.secret
        cookies = {"diming_session": self.cookies[who]} if who else {}
        return httpx.Client(base_url=self.address, cookies=cookies, headers={"Origin": self.address}, timeout=60)

    def get(self, who: str | None, path: str, **parameters: Any) -> httpx.Response:
        with self.client(who) as client:
            return client.get(path, params=parameters)

    def post(self, who: str, path: str, body: Any) -> httpx.Response:
        with self.client(who) as client:
            self.last = client.post(path, json=body, headers={"Idempotency-Key": str(new_id())})
        return self.last

    def act(self, who: str, action: str, case: str = "", **fields: str) -> dict[str, Any]:
        answer = self.post(who, f"/v1/cases/{case or self.case}/actions/{action}", fields)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found


@pytest.fixture(scope="session")
def boundary_template(cluster: Cluster) -> str:
    return database.template(cluster, "boundary_office", sample.fill)


@contextmanager
def told_on(url: str, folder: Path) -> Iterator[Story]:
    """A story on the database at `url`, with papers and keys below `folder`."""
    engine = make_engine(url, pooled=False)
    office = sample.open_office(engine, folder)
    app = create_app(Settings(database_url=url, pages=False))
    app.state.casework, app.state.clock = office.casework, office.clock
    app.state.blobs = sample.papers_below(folder)
    with serving(app) as address:
        line = sample.line_between(engine)
        yield Story(office, address, line, course(engine, line), folder)
    app.state.databases.close()
    engine.dispose()


@pytest.fixture
def story(request: pytest.FixtureRequest, cluster: Cluster, boundary_template: str, tmp_path: Path) -> Iterator[Story]:
    """From the beginning; the scenarios of the routes from where the surveys were compared."""
    if "途径" not in request.node.name:
        with database.clone(cluster, boundary_template) as url, told_on(url, tmp_path) as one:
            yield one
        return
    template, inspection, case = request.getfixturevalue("compared")
    with database.clone(cluster, template) as url, told_on(url, tmp_path) as one:
        one.inspection, one.inspection_case = inspection, case
        yield one


@pytest.fixture(scope="session")
def compared(
    cluster: Cluster, boundary_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, str, str]]:
    """The name of a database in which the story has come to the findings, its inspection, and the case of that."""
    folder = tmp_path_factory.mktemp("compared")
    with database.clone(cluster, boundary_template) as url:
        with told_on(url, folder) as one:
            to_the_findings(one)
        yield url.rpartition("/")[2].partition("?")[0], one.inspection, one.case


def course(engine: Engine, line: UUID, day: date | None = None) -> Any:
    with reading(engine) as connection:
        (segment,) = run_of(connection, line, day, Audience.STAFF).state().values()
    return segment


# -- inspections -----------------------------------------------------------------------------------------------------


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
    story.cookies.clear()  # nobody stays signed in for a month


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


# -- the three routes ------------------------------------------------------------------------------------------------


# -- the surveys of both sides ---------------------------------------------------------------------------------------


def hand_in_survey(story: Story, who: str, west_m: float) -> None:
    """Hand a survey in at the counter; the check, which a job does, is done."""
    side = "left" if who == "yi" else "right"
    lines = bulged([story.before.geometry], -west_m, (0.3, 0.5))
    path = write(lines, story.folder / f"{who}.gpkg")
    with story.client(who) as client, path.open("rb") as file:
        answer = client.post(
            "/v1/submissions",
            files={"file": (f"{who}.gpkg", file)},
            data={"line": str(story.line), "side": side},
            headers={"Idempotency-Key": str(new_id()), "Prefer": "wait=0"},  # no worker runs here: the check is below
        )
    assert answer.status_code in (200, 201, 202), answer.text
    counter = Counter(story.office.casework.engine, sample.papers_below(story.folder), story.office.clock)
    assert check_submission(counter, UUID(answer.json()["id"])) == "checked"


@when("甲县 提交测量成果，与法定界线一致")
def survey_of_jia(story: Story) -> None:
    hand_in_survey(story, "jia", 0.0)


@when("乙县 提交测量成果，中段向甲县一侧偏出40米")
def survey_of_yi(story: Story) -> None:
    hand_in_survey(story, "yi", 40.0)


@when("云溪市 比对双方成果，登记发现的问题")
def compare_both(story: Story) -> None:
    mine = story.get("city", "/v1/submissions", line=story.line).json()["items"]
    pair = {item["side"]: item["id"] for item in mine}
    body = {"line": str(story.line), "a": pair["left"], "b": pair["right"], "inspection": story.inspection}
    asked = story.post("city", "/v1/comparisons", {"pairs": [body]})
    assert asked.status_code == 200, asked.text
    engine = story.office.casework.engine
    compare_batch(engine, sample.papers_below(story.folder), UUID(asked.json()["batch"]), lambda *_: None)
    (comparison,) = asked.json()["comparisons"]
    assert story.post("city", f"/v1/comparisons/{comparison}/actions/take_over", {}).status_code == 200


@then("有一块双方都主张的土地，宽约40米")
def land_found(story: Story) -> None:
    found = story.get("jia", "/v1/findings", line=story.line, kind="disputed_area").json()["items"]
    assert [f["state"] for f in found] == ["open"]
    assert found[0]["measures"]["width_m"] == pytest.approx(40.0, abs=2.0)
    assert found[0]["inspection"] == story.inspection


def to_the_findings(story: Story) -> None:
    """The first half of every way, as the scenario before tells it."""
    joint(story)
    office_check(story)
    field_check(story)
    draw_up(story)
    for who in ("甲县", "乙县"):
        sign(story, who)
    survey_of_jia(story)
    survey_of_yi(story)
    compare_both(story)


@given("联检记录双方已签署，比对发现一块双方都主张的土地")
def found_already(story: Story) -> None:
    land_found(story)


# -- the three routes ------------------------------------------------------------------------------------------------


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
