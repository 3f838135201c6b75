"""A campaign's table: each row checked, decided together or apart, every decision for all its rows or for none."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from data import audit
from data.cases.binding import checked
from data.cases.model import Casework, Opening
from data.clock import civil_date
from data.db import reading
from data.decisions import DecisionDraft
from data.errors import BadInput, Conflict, NotPermitted
from data.ids import new_id
from data.workflow.reading import FOLDER, load_procedure
from geonames.applications.subject import NAMING_APPLICATION
from geonames.batches import service
from geonames.batches.model import Row
from geonames.batches.subject import NAMING_BATCH
from geonames.campaigns.plan import planned
from geonames.campaigns.recording import Planning, record_campaign
from geonames.campaigns.service import find_campaign
from geonames.search.service import search_places
from tests.integration.applications.test_naming import with_paper
from tests.integration.cases.pages import Browser, Page
from tests.samples.applicants import COUNTY, PROCEDURE, NamingOffice

BATCH = load_procedure(FOLDER / "naming_batch.toml")
FACTS: Mapping[str, Any] = {
    "class": "22200", "within": "990121", "reason": "乡村著名行动（虚构）",
    "applicant": {"name": "甘棠县民政局（虚构）", "sort": "government"},
}  # fmt: skip
NAMES = ("砚溪头", "砚溪尾", "听松岭", "望舒坪")
Case = Mapping[str, Any]
GOVERNMENT = {
    "body": "government", "code": "990121", "authority": "甘棠县人民政府（虚构）", "article": "虚构办法第一条",
}  # fmt: skip


def table(*names: str) -> list[Row]:
    return [Row(name, "990121100", 110.04 + n / 1000, 30.04, "依山势得名（虚构）") for n, name in enumerate(names)]


@pytest.fixture
def campaign(office: NamingOffice) -> NamingOffice:
    """The office, which takes batches too."""
    office.casework = batch_casework(office)
    return office


def batch_casework(office: NamingOffice) -> Casework:
    """Casework that knows batches beside single applications."""
    subjects = {PROCEDURE.key: NAMING_APPLICATION, BATCH.key: NAMING_BATCH}
    return checked(Casework(office.engine, [PROCEDURE, BATCH], subjects, office.casework.locate, lambda: office.now))


def opened(office: NamingOffice, *names: str) -> Case:
    opening = Opening(BATCH.key, "砚溪两岸自然村", COUNTY, FACTS)
    return service.open_batch(office.casework, office.people["developer"], opening, table(*(names or NAMES)))


def accepted(office: NamingOffice, case: Case) -> Case:
    """A batch with its application among its papers, handed in and accepted."""
    case = with_paper(office, case, "application")
    return office.act(office.act(case, "developer", "hand_in"), "clerk", "accept")


def heard(office: NamingOffice, case: Case) -> Case:
    """What the route weighs is left out, each with its reason."""
    for hearing in ("evaluation", "experts", "public"):
        case = office.act(case, "reviewer", "hear", hearing=hearing, reason="均为沿用名称（虚构）")
    return case


def before_decisions(office: NamingOffice, *names: str) -> Case:
    return proposed(office, heard(office, accepted(office, opened(office, *names))))


def proposed(office: NamingOffice, case: Case) -> Case:
    """A batch whose authority is entered by a local rule, with what was found settled, before the authority."""
    case = office.act(case, "reviewer", "enter_authority", **GOVERNMENT)
    if case["facts"]["progress"]["unsettled"]:
        case = office.act(case, "reviewer", "justify", rows="all", reason="当地沿用已久（虚构）")
    return office.act(case, "reviewer", "propose")


def rows(office: NamingOffice, case: Case, state: str | None = None) -> dict[str, dict[str, Any]]:
    found = service.list_rows(office.casework, office.people["reviewer"], UUID(str(case["id"])), state=state)
    return {row["name"]: row for row in found["items"]}


def found(office: NamingOffice, name: str) -> list[str]:
    with reading(office.engine) as connection:
        return [item["name"] for item in search_places(connection, q=name)["items"] if item["name"] == name]


def test_a_batch_is_decided_apart_and_announced(campaign: NamingOffice) -> None:
    office = campaign
    case = before_decisions(office)
    case = office.act(case, "mayor", "approve_rows", rows="1-2", doc_no="甘政复〔2026〕1号")
    assert case["facts"]["progress"] == {"total": 4, "unsettled": 0, "approved": 2, "open": 2}
    case = office.act(case, "mayor", "refuse_rows", rows="3", reason="与邻村混淆（虚构）")
    with pytest.raises(Conflict) as refused:
        office.act(case, "mayor", "finish")
    assert [need["code"] for need in refused.value.extra["needs"]] == ["rows_open"]
    case = office.act(office.act(case, "mayor", "approve_rows", rows="all"), "mayor", "finish")
    assert found(office, "砚溪头") == []
    case = office.act(office.act(case, "filing", "file"), "publisher", "announce", authority="县民政局（虚构）",
                      position="砚溪两岸")  # fmt: skip
    assert case["state"] == "done"
    assert [found(office, name) for name in NAMES] == [["砚溪头"], ["砚溪尾"], [], ["望舒坪"]]
    with reading(office.engine) as connection:
        names = connection.execute(text("SELECT notice ->> 'name' FROM published.announcement")).scalars().all()
        assert sorted(names) == ["望舒坪", "砚溪头等2处地名"]
        assert audit.verify(connection)[1] is None
    assert counted(office) == (3, 3)


def counted(office: NamingOffice) -> tuple[int, int]:
    """Names that a campaign of this year counts in the county, and how many of them came in batches."""
    plan = planned({
        "code": "XC-1", "title": "乡村著名行动（虚构）", "starts_on": "2026-01-01", "ends_on": "2026-12-31",
        "parts": [{"unit": "990121", "names": 4}],
    })  # fmt: skip
    document = DecisionDraft(
        id=new_id(), kind="document", doc_no=None, title="行动方案（虚构）", authority="甘棠县民政局（虚构）",
        approved_on=None, announced_on=None, effective_on=None, basis="not_dated", list_year=None, text="",
        source="为测试虚构", licence=None, retrieved_on=None,
    )  # fmt: skip
    planning = Planning(plan, "990121", civil_date(office.now))
    identity = record_campaign(office.engine, office.people["reviewer"], planning, document)["id"]
    with reading(office.engine) as connection:
        total = find_campaign(connection, identity, civil_date(office.now))["total"]
    return total["done"]["names"], total["names_in_batches"]


def test_a_batch_is_withdrawn_before_its_first_decision_and_never_after_it(campaign: NamingOffice) -> None:
    office = campaign
    case = office.act(before_decisions(office), "developer", "withdraw")
    assert case["state"] == "withdrawn"
    case = office.act(before_decisions(office), "mayor", "approve_rows", rows="1")
    returned = office.act(case, "mayor", "return", reason="其余各行再核（虚构）")
    with pytest.raises(Conflict) as refused:
        office.act(returned, "developer", "withdraw")
    assert [need["code"] for need in refused.value.extra["needs"]] == ["rows_approved"]


def test_one_row_that_is_taken_stops_the_whole_decision(campaign: NamingOffice) -> None:
    office = campaign
    case = before_decisions(office)
    rival = before_decisions(office, "听松岭")
    office.act(rival, "mayor", "approve_rows", rows="all")
    with pytest.raises(Conflict) as refused:
        office.act(case, "mayor", "approve_rows", rows="all")
    assert refused.value.code == "name_taken"
    assert all("听松岭" in told for told in refused.value.extra["findings"])
    assert {row["state"] for row in rows(office, case).values()} == {"open"}
    case = office.act(case, "mayor", "approve_rows", rows="1,2,4")
    assert case["facts"]["progress"]["approved"] == 3


def test_rows_of_one_sound_and_applications_for_it_see_each_other(campaign: NamingOffice) -> None:
    office = campaign
    case = opened(office, "砚溪头", "雁溪头")
    said = [f["rule"] for row in rows(office, case).values() for f in row["findings"]]
    assert said.count("A03") == 2
    rival = opened(office, "砚溪头")
    assert "A01" in [f["rule"] for f in rows(office, rival)["砚溪头"]["findings"]]


def test_findings_are_justified_or_the_rows_dropped_before_it_is_proposed(campaign: NamingOffice) -> None:
    office = campaign
    case = heard(office, accepted(office, opened(office, "砚溪头", "雁溪头")))
    case = office.act(
        case, "reviewer", "enter_authority", body="government", authority="县政府（虚构）", article="虚构"
    )
    with pytest.raises(Conflict) as refused:
        office.act(case, "reviewer", "propose")
    assert "rows_unsettled" in [need["code"] for need in refused.value.extra["needs"]]
    case = office.act(case, "reviewer", "drop_rows", rows="2", reason="另取名")
    case = office.act(case, "reviewer", "justify", rows="1", reason="沿用已久")
    assert office.act(case, "reviewer", "propose")["state"] == "decision"


def test_what_a_rule_forbids_is_overridden_by_a_supervisor_with_the_legal_basis(campaign: NamingOffice) -> None:
    office = campaign
    company = {"name": "望舒实业有限公司（虚构）", "sort": "company"}  # a name after an enterprise: Art. 9 (6)
    opening = Opening(BATCH.key, "砚溪两岸自然村", COUNTY, {**FACTS, "applicant": company})
    case: Case = service.open_batch(office.casework, office.people["developer"], opening, table("砚溪头", "望舒坪"))
    case = heard(office, accepted(office, case))
    case = office.act(case, "reviewer", "enter_authority", **GOVERNMENT)
    assert {name: row["verdict"] for name, row in rows(office, case).items()}["望舒坪"] == "block"
    said = {"rows": "2", "reason": "当地沿用已久（虚构）"}
    with pytest.raises(Conflict) as refused:
        office.act(case, "reviewer", "justify", **said)
    assert (refused.value.code, refused.value.extra["rows"]) == ("needs_supervisor", [2])
    with pytest.raises(NotPermitted):
        office.act(case, "reviewer", "override_rows", **said, basis="示例办法 第九条（虚构）")
    with pytest.raises(BadInput):
        office.act(case, "mayor", "override_rows", **said)
    case = office.act(case, "mayor", "override_rows", **said, basis="示例办法 第九条（虚构）")
    row = rows(office, case)["望舒坪"]
    assert (row["legal_basis"], row["overridden_by"] is not None) == ("示例办法 第九条（虚构）", True)
    case = office.act(case, "reviewer", "justify", rows="1", reason="当地沿用已久（虚构）")
    case = office.act(office.act(case, "reviewer", "propose"), "mayor", "approve_rows", rows="all")
    assert case["facts"]["progress"]["approved"] == 2


def test_a_ground_that_the_rule_knows_lowers_what_it_forbids(campaign: NamingOffice) -> None:
    office = campaign
    company = {"name": "望舒实业有限公司（虚构）", "sort": "company"}
    opening = Opening(BATCH.key, "砚溪两岸自然村", COUNTY, {**FACTS, "applicant": company})
    case: Case = service.open_batch(office.casework, office.people["developer"], opening, table("砚溪头", "望舒坪"))
    case = accepted(office, case)
    said = {"rows": "2", "reason": "望舒为月御之名，与企业无关（虚构）"}
    for ground in ("whim", "has_meaning"):
        with pytest.raises(BadInput) as refused:
            office.act(case, "reviewer", "justify", **said, ground=ground)
        assert (refused.value.code, refused.value.extra["fields"]) == ("bad_fields", ["ground"])
    case = office.act(case, "reviewer", "justify", **said, ground="no_specific_connection")
    row = rows(office, case)["望舒坪"]
    assert (row["verdict"], row["ground"], row["overridden_by"]) == ("block", "no_specific_connection", None)
    assert case["facts"]["progress"]["unsettled"] == int(rows(office, case)["砚溪头"]["verdict"] != "pass")
    case = office.act(case, "reviewer", "check_again")
    assert rows(office, case)["望舒坪"]["ground"] == "no_specific_connection"


def test_the_terms_run_from_the_first_approval_and_each_notice_tells_its_own_decision(campaign: NamingOffice) -> None:
    office = campaign
    case = office.act(before_decisions(office), "mayor", "approve_rows", rows="1", doc_no="演示〔2026〕1号")
    assert {clock["key"]: str(clock["due_on"]) for clock in case["clocks"]} == dict.fromkeys(
        ("filing", "announcement"), "2026-03-17"
    )
    office.forward(days=5)
    case = office.act(case, "mayor", "approve_rows", rows="2-4", doc_no="演示〔2026〕2号", effective_on="2026-04-01")
    case = office.act(case, "mayor", "finish")
    assert {str(clock["due_on"]) for clock in case["clocks"]} == {"2026-03-17"}
    said = {"authority": "县民政局（虚构）", "position": "砚溪两岸"}
    case = office.act(office.act(case, "filing", "file"), "publisher", "announce", **said)
    assert case["clocks"] == []
    with reading(office.engine) as connection:
        told = connection.execute(
            text("""SELECT notice ->> 'approved_on', notice ->> 'effective_on', notice ->> 'doc_no'
                    FROM published.announcement ORDER BY 1""")
        )
        assert [tuple(row) for row in told] == [
            ("2026-03-02", "2026-03-02", "演示〔2026〕1号"), ("2026-03-07", "2026-04-01", "演示〔2026〕2号"),
        ]  # fmt: skip


def test_a_batch_goes_the_way_of_its_route_as_a_single_application_does(campaign: NamingOffice) -> None:
    office = campaign
    case = office.act(opened(office), "developer", "hand_in")
    with pytest.raises(Conflict) as refused:
        office.act(case, "clerk", "accept")
    assert [need["code"] for need in refused.value.extra["needs"]] == ["papers_missing"]
    case = office.act(with_paper(office, case, "application"), "clerk", "accept")
    case = office.act(case, "reviewer", "enter_authority", **GOVERNMENT)
    with pytest.raises(Conflict) as refused:
        office.act(case, "reviewer", "propose")
    assert "hearings_missing" in [need["code"] for need in refused.value.extra["needs"]]
    estates = {**FACTS, "class": "26100"}
    opening = Opening(BATCH.key, "砚溪新区住宅区", COUNTY, estates)
    estate: Case = service.open_batch(office.casework, office.people["developer"], opening, table("晴砚苑"))
    estate = heard(office, accepted(office, estate))
    with pytest.raises(Conflict) as refused:
        office.act(estate, "reviewer", "propose")
    assert "bodies_not_heard" in [need["code"] for need in refused.value.extra["needs"]]
    assert "必须征求意见" in str(NAMING_BATCH.propose(estate["facts"]))


def test_a_new_finding_is_settled_anew(campaign: NamingOffice) -> None:
    office = campaign
    case = before_decisions(office, "砚溪头", "雁溪头")
    opened(office, "砚溪头")
    with pytest.raises(Conflict) as refused:
        office.act(case, "mayor", "approve_rows", rows="all")
    assert any("砚溪头" in told for told in refused.value.extra["findings"])


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ([*table("砚溪头"), *table("砚溪头")], "twice"),
        ([Row("😀村", "990121100", 110.0, 30.0, "")], "row 1"),
        ([Row("砚溪头", "990121100", 500.0, 30.0, "义")], "row 1"),
        ([], "from 1"),
    ],
)
def test_a_bad_table_is_refused_whole(campaign: NamingOffice, bad: list[Row], said: str) -> None:
    opening = Opening(BATCH.key, "表", COUNTY, FACTS)
    with pytest.raises(BadInput) as refused:
        service.open_batch(campaign.casework, campaign.people["developer"], opening, bad)
    assert (refused.value.code, said in refused.value.detail) == ("bad_batch", True)
    with reading(campaign.engine) as connection:
        assert connection.scalar(text("SELECT count(*) FROM diming.case_file")) == 0


def test_the_table_is_replaced_until_it_is_handed_in_by_whoever_opened_it(campaign: NamingOffice) -> None:
    office = campaign
    case = opened(office)
    identity = UUID(str(case["id"]))
    service.fill(office.casework, office.people["developer"], identity, table("砚溪头"))
    assert list(rows(office, case)) == ["砚溪头"]
    with pytest.raises(NotPermitted):
        service.fill(office.casework, office.people["clerk"], identity, table("砚溪头"))
    office.act(case, "developer", "hand_in")
    with pytest.raises(Conflict):
        service.fill(office.casework, office.people["developer"], identity, table("砚溪尾"))


def test_a_batch_is_opened_by_its_form_pasted_from_a_sheet(
    office: NamingOffice, visit: Callable[[str | None], Browser]
) -> None:
    browser = visit("developer")
    typed = {
        "title": "砚溪两岸", "class": "22200", "within": "990121", "reason": "乡村著名", "applicant_sort": "government",
        "applicant_name": "甘棠县民政局（虚构）", "rows": "砚溪头\t990121100\t110.04\t30.04\t溪之上游\n",
    }  # fmt: skip
    headers = {"Origin": browser.origin}
    wrong = Page(
        browser.client.post("/batches/new", data={**typed, "rows": "砚溪头，990121100，东边"}, headers=headers)
    )
    assert (wrong.status, "line 1" in wrong.text("[role=alert]")) == (422, True)
    page = Page(browser.client.post("/batches/new", data=typed, headers=headers, follow_redirects=True))
    assert (page.status, "砚溪头" in page.text("table")) == (200, True)
    case = browser.get(page.path.replace("/batches/", "/cases/"))
    assert "地名批量命名" in case.text("main")
