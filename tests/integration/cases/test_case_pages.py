"""The desk and the page of a case over HTTP, without scripts, on the sample office."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from data import audit
from data.cases.reading import find_number
from data.db import reading, unit_of_work
from data.ids import new_id
from tests.integration.cases.pages import Browser, Visit, select
from tests.samples.caseload import Caseload, stored
from tests.samples.office import Office
from tests.unit.papers import office as office_file
from tests.unit.papers import pdf


# the office of these tests is `filled_office`: with its cases, a copy for each test
@pytest.fixture
def office(filled_office: Office) -> Office:
    return filled_office


@pytest.fixture
def papers(filled_papers: Path) -> Path:
    return filled_papers


@pytest.fixture
def load(office: Office) -> Caseload:
    return stored(office.casework.engine)


def state(office: Office, load: Caseload, what: str) -> tuple[str, int]:
    found = find_number(office.casework, office["clerk"], load.number(what))
    return found["state"], found["version"]


# -- the desk --------------------------------------------------------------------------------------------------------


def test_the_desk_shows_the_nearest_deadline_first_and_what_is_missing(visit: Visit, load: Caseload) -> None:
    page = visit("clerk").get("/desk")
    rows = page.all("tr[data-row]")
    # what ends first is first, what stands still is last; of thirteen cases one is closed
    assert len(rows) == 12
    assert load.number("overdue") in rows[0].text_content()
    assert "超期 10 天" in rows[0].text_content()
    assert load.number("correcting") in rows[-1].text_content()
    assert "期限中止" in rows[-1].text_content()
    lacking = next(row for row in rows if load.number("without_paper") in row.text_content())
    assert "还缺 1 份文件" in lacking.text_content()
    assert "超期：县级 1 件" in page.text("nav ul.chips")


def test_the_filters_of_the_desk_are_in_its_address(visit: Visit, load: Caseload) -> None:
    browser = visit("clerk")

    def found(**parameters: str) -> list[str]:
        page = browser.get("/desk", **parameters)
        assert page.status == 200
        return [select(row, "code")[0].text for row in page.all("tr[data-row]")]

    assert found(whose="mine") == [load.number("overdue")]
    assert load.number("overdue") not in found(whose="unassigned")
    assert found(overdue="1") == found(overdue="1", level="county") == [load.number("overdue")]
    assert found(overdue="1", level="province") == []
    assert found(ended="1") == [load.number("approved")]
    assert found(state="review") == [load.number("review")]
    assert found(q="范例桥5") == [load.number("findings")]
    assert found(q=load.number("review").lower()) == [load.number("review")]
    assert found(q="%") == []
    assert found(procedure="no.such") == []
    assert browser.get("/desk", whose="yours").status == 400
    assert browser.get("/desk", level="village").status == 400


def test_the_desk_has_pages_that_leave_nothing_out(
    visit: Visit, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.web.pages.desk.ON_A_PAGE", 5)
    browser, seen = visit("clerk"), []
    page = browser.get("/desk")
    while True:
        seen += [select(row, "code")[0].text for row in page.all("tr[data-row]")]
        following = page.all("p.more a")
        if not following:
            break
        page = browser.get(following[0].get("href"))
    assert (len(seen), len(set(seen))) == (12, 12)


def test_everybody_sees_his_own_desk(visit: Visit, load: Caseload) -> None:
    assert len(visit("applicant").get("/desk").all("tr[data-row]")) == 12
    assert [select(r, "code")[0].text for r in visit("expert").get("/desk").all("tr[data-row]")] == [
        load.number("review")
    ]
    assert "没有办件" in visit("neighbour").get("/desk").text(".empty")
    nobody = visit(None).get("/desk")
    assert (nobody.status, "sign_in_needed" in nobody.text(".error")) == (401, True)


def test_several_at_once_have_one_result_each(visit: Visit, office: Office, load: Caseload) -> None:
    browser = visit("clerk")
    cases = [str(load.id(what)) for what in ("new7", "new8", "without_paper")]
    chosen = browser.get("/desk/many", action="accept", case=cases, state="submitted")
    assert "还缺 1 份文件" in chosen.text("tbody")
    done = browser.send(chosen, "/desk/many")
    assert [row.get("data-done") for row in done.all("tr[data-done]")] == ["yes", "yes", "no"]
    assert "not_ready" in done.text("tbody")
    again = browser.send(chosen, "/desk/many")
    assert [row.get("data-done") for row in again.all("tr[data-done]")] == ["yes", "yes", "no"]
    assert [state(office, load, what) for what in ("new7", "new8", "without_paper")] == [
        ("review", 2),
        ("review", 2),
        ("submitted", 1),
    ]
    assert browser.get("/desk/many", action="accept").status == 400
    assert browser.get("/desk/many", action="accept", case=["x"]).status == 400


def test_decide_and_next_keeps_the_filter(visit: Visit, office: Office, load: Caseload) -> None:
    browser = visit("clerk")
    desk = browser.get("/desk", state="submitted")
    links = [a.get("href") for a in desk.all("a[data-open]")]
    page = browser.get(links[-2])
    onward = browser.send(page, "/actions/accept", then="next")
    assert onward.status == 200
    assert "state=submitted" in onward.path
    assert links[-1].partition("?")[0].rpartition("/")[2] in onward.text(".identity")
    assert "已办理" in onward.text("[role=status]")
    last = browser.send(onward, "/actions/accept", then="next")
    assert last.path.startswith("/desk?")
    assert "state=submitted" in last.path


# -- a case ----------------------------------------------------------------------------------------------------------


def test_a_case_shows_what_is_proposed_open_and_possible(visit: Visit, load: Caseload) -> None:
    page = visit("clerk").get(f"/cases/{load.number('findings')}")
    assert "范例桥5号灯杆" in page.text("h1")
    assert "所在街道" in page.text(".proposal")
    assert "街道名称与标准地名不符" in page.text(".findings")
    assert "还有 2 个问题未销号" in page.text(".stepbar")
    assert "由当事人办理" in page.text(".stepbar")
    assert page.response.headers["cache-control"] == "private, no-store"
    by_id = visit("clerk").get(f"/cases/{load.id('findings')}", lang="en", tab="history")
    assert "record a finding" in by_id.text(".steps")


def test_tabs_are_addresses(visit: Visit, load: Caseload) -> None:
    browser = visit("reviewer")
    for tab, said in (
        ("findings", "没有未办结的问题"),
        ("documents", "申请书"),
        ("opinions", "灯杆间距符合要求"),
        ("history", "征求意见"),
    ):
        page = browser.get(f"/cases/{load.number('review')}", tab=tab)
        assert said in page.text("#tabs"), tab
        assert page.all(".tabs a[aria-current]")[0].get("href").split("tab=")[1].startswith(tab)


def test_one_request_is_made_of_all_open_findings(visit: Visit, office: Office, load: Caseload) -> None:
    clerk, number = visit("clerk"), load.number("findings")
    page = clerk.send(clerk.get(f"/cases/{number}"), "/actions/ask_corrections")
    assert "已办理：一次性告知补正" in page.text("[role=status]")
    assert page.text(".findings").count("已告知") == 2
    applicant = visit("applicant")
    page = applicant.get(f"/cases/{number}", tab="findings")
    while page.forms("/actions/answer_finding"):
        unanswered = len(page.all(".findings .badge.done"))
        if unanswered == 2:
            break
        page = applicant.send(page, "/actions/answer_finding", unanswered, f_text="已经改正。")
        assert page.status == 200
    page = applicant.send(page, "/actions/resubmit")
    assert "待受理" in page.text(".badges")
    clerk_page = clerk.get(f"/cases/{number}", tab="findings")
    for _ in range(3):
        clerk_page = clerk.send(clerk_page, "/actions/settle_finding", f_reason="核实无误")
    assert "已销号 3 个" in clerk_page.text(".settled")
    assert "核实无误" in clerk_page.text(".settled")
    assert "核实无误" not in applicant.get(f"/cases/{number}", tab="findings").response.text


def test_a_field_is_asked_for_by_its_own_name_and_what_was_typed_is_kept(visit: Visit, load: Caseload) -> None:
    governor, number = visit("governor"), load.number("review")
    governor.send(governor.get(f"/cases/{number}", tab="opinions"), "/actions/reply", f_text="没有意见。")
    page = visit("mayor").get(f"/cases/{number}")
    assert "灯杆编号" in page.text(".stepbar label")
    refused = visit("mayor").send(page, "/actions/approve", f_number="太长" * 20)
    assert refused.status == 422
    assert "bad_fields" in refused.text("[role=alert]")
    assert refused.all("#approve-number")[0].get("value") == "太长" * 20


def test_of_two_who_decide_at_the_same_moment_one_wins_and_the_other_is_told(
    visit: Visit, office: Office, load: Caseload
) -> None:
    governor, number = visit("governor"), load.number("review")
    governor.send(governor.get(f"/cases/{number}", tab="opinions"), "/actions/reply", f_text="没有意见。")
    mayor = visit("mayor")
    pages = {"approve": mayor.get(f"/cases/{number}"), "refuse": governor.get(f"/cases/{number}")}
    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(mayor.send, pages["approve"], "/actions/approve", f_number="SL-0004")
        other = pool.submit(governor.send, pages["refuse"], "/actions/refuse", f_reason="此处即将改建")
        answers = {"approve": one.result(), "refuse": other.result()}
    lost, won = sorted(answers, key=lambda name: answers[name].status == 200)
    assert [answers[name].status for name in (won, lost)] == [200, 409]
    told = answers[lost].text("[role=alert]")
    assert "case_changed" in told
    assert {"approve": "批准", "refuse": "不予批准"}[won] in told
    assert {"approve": "SL-0004", "refuse": "此处即将改建"}[lost] in told
    assert state(office, load, "review")[0] == {"approve": "approved", "refuse": "closed"}[won]


def test_a_form_sent_twice_has_one_effect(visit: Visit, office: Office, load: Caseload) -> None:
    clerk = visit("clerk")
    page = clerk.get(f"/cases/{load.number('new7')}", tab="findings")
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda _: clerk.send(page, "/actions/accept"), range(2)))
    assert [answer.status for answer in answers] == [200, 200]
    assert clerk.send(page, "/actions/accept").status == 200  # back, and sent again
    assert state(office, load, "new7") == ("review", 2)
    find = clerk.send(page, "/actions/find", f_message="m", f_rule="r")
    assert (find.status, "case_changed" in find.text("[role=alert]")) == (409, True)


def test_the_same_form_with_other_words_is_not_done(visit: Visit, office: Office, load: Caseload) -> None:
    clerk = visit("clerk")
    page = clerk.get(f"/cases/{load.number('new7')}", tab="findings")
    assert clerk.send(page, "/actions/find", f_message="没有图", f_rule="甲").status == 200
    changed = clerk.send(page, "/actions/find", f_message="没有图例", f_rule="甲")
    assert (changed.status, "idempotency_key_reused" in changed.text("[role=alert]")) == (409, True)
    assert changed.all("#find-message")[0].text.strip() == "没有图例"
    assert clerk.send(changed, "/actions/find", f_message="没有图例", f_rule="甲").status == 200
    assert state(office, load, "new7") == ("submitted", 3)


def test_votes_opinions_links_and_assignment_by_forms(visit: Visit, load: Caseload) -> None:
    expert, number = visit("expert"), load.number("review")
    twice = expert.send(expert.get(f"/cases/{number}", tab="opinions"), "/actions/vote", f_stance="against")
    assert (twice.status, "already_done" in twice.text("[role=alert]")) == (409, True)
    reviewer = visit("reviewer")
    page = reviewer.get(f"/cases/{number}")
    assert "审核员丁" in page.text(".identity")
    linked = reviewer.send(page, "/actions/link", f_case=load.number("new8").lower(), f_relation="同一街道")
    assert "8号灯杆" in linked.text(".identity")
    assert "您无权查看的办件" in expert.get(f"/cases/{number}").text(".identity")
    wrong = reviewer.send(linked, "/actions/link", f_case="LP-2026-0000000000", f_relation="x")
    assert (wrong.status, "no_such_case" in wrong.text("[role=alert]")) == (404, True)
    clerk = visit("clerk")
    page = clerk.get(f"/cases/{load.number('new9')}")
    given = [o.text_content() for o in page.all("#assign-to option")]
    assert any("受理员丙" in option for option in given)
    assert not any("邻县辛" in option or "申请人" in option for option in given)


# -- documents -------------------------------------------------------------------------------------------------------


def hand_in(browser: Browser, number: str, name: str, content: bytes) -> int:
    return send_paper(browser, *paper_form(browser, number), name, content)


def paper_form(browser: Browser, number: str) -> tuple[str, dict[str, Any]]:
    """Where the form for documents is sent, and what it holds when its page is opened."""
    form = browser.get(f"/cases/{number}", tab="documents").forms("/documents")[0]
    return form.get("action"), dict(form.form_values())


def send_paper(browser: Browser, action: str, values: dict[str, Any], name: str, content: bytes) -> int:
    return browser.client.post(
        action, data=values, files={"file": (name, content)}, headers={"Origin": browser.origin}
    ).status_code


def test_a_document_is_handed_in_by_a_form_and_looked_at(visit: Visit, office: Office, load: Caseload) -> None:
    applicant, number = visit("applicant"), load.number("without_paper")
    assert hand_in(applicant, number, "说明.txt", "第一行\n第二行".encode()) == 200
    page = visit("clerk").get(f"/cases/{number}", tab="documents")
    assert "说明.txt" in page.text(".papers")
    document = visit("clerk").get(page.all(".papers a")[0].get("href"))
    assert "第二行" in document.text(".preview pre")
    pdf_page = visit("clerk").get(f"/cases/{load.number('new7')}", tab="documents")
    shown = visit("clerk").get(pdf_page.all(".papers a")[0].get("href"))
    picture = visit("clerk").client.get(shown.all(".preview img")[0].get("src"))
    assert picture.content.startswith(b"\x89PNG")
    # a document of one case under the address of another
    other = document.path.replace(number, load.number("new7"))
    assert visit("clerk").get(other).status == 404


def test_a_refused_document_is_told_beside_the_form(visit: Visit, office: Office, load: Caseload, papers: Path) -> None:
    applicant, number = visit("applicant"), load.number("without_paper")
    before = sorted(papers.rglob("*"))
    for name, content in (
        ("宏.docx", office_file(extra={"word/vbaProject.bin": b"x"})),
        ("../a.pdf", pdf()),
        ("名" * 300 + ".pdf", pdf()),
        ("假.pdf", b"<html>"),
    ):
        assert hand_in(applicant, number, name, content) == 422
    assert sorted(papers.rglob("*")) == before
    assert state(office, load, "without_paper")[1] == 1


def test_an_upload_sent_twice_is_handed_in_once(visit: Visit, office: Office, load: Caseload) -> None:
    applicant, paper = visit("applicant"), pdf()
    action, values = paper_form(applicant, load.number("without_paper"))
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda _: send_paper(applicant, action, values, "a.pdf", paper), range(2)))
    assert answers == [200, 200]
    with reading(office.casework.engine) as connection:
        count = connection.scalar(
            text("SELECT count(*) FROM diming.attachment WHERE case_id = :id"), {"id": load.id("without_paper")}
        )
    assert count == 1


def test_whoever_was_signed_out_meanwhile_sends_what_he_typed_after_signing_in(
    visit: Visit, office: Office, load: Caseload
) -> None:
    reviewer, reason = visit("reviewer"), "第二段<b>与附图不符"
    page, (_, version) = reviewer.get(f"/cases/{load.number('review')}"), state(office, load, "review")
    session = dict(reviewer.client.cookies)
    reviewer.client.cookies.clear()
    refused = reviewer.send(page, "/actions/return", f_reason=reason)
    assert (refused.status, refused.response.headers["cache-control"]) == (401, "no-store")
    assert reason in refused.text(".typed pre")
    assert state(office, load, "review") == ("review", version)
    reviewer.client.cookies.update(session)
    sent = reviewer.send(refused, "/actions/return")
    assert (sent.status, state(office, load, "review")) == (200, ("submitted", version + 1))
    assert reason in visit("clerk").get(f"/cases/{load.number('review')}", tab="history").text("main")


# -- who may not -----------------------------------------------------------------------------------------------------


def test_another_s_case_and_a_guessed_number_look_the_same(
    visit: Visit, load: Caseload, caplog: pytest.LogCaptureFixture
) -> None:
    answers = []
    for who, number in (
        ("neighbour", load.number("review")),
        ("neighbour", "LP-2026-0123456789"),
        ("elsewhere", load.number("review")),
    ):
        page = visit(who).get(f"/cases/{number}")
        answers.append((page.status, page.text(".error h1"), page.text(".error code").split()[0]))
    assert set(answers) == {(404, "没有您可以查看的这个办件", "no_such_case")}
    assert sum("refused" in record.message for record in caplog.records) >= 3


def test_outside_the_jurisdiction_and_the_role_nothing_is_done(visit: Visit, office: Office, load: Caseload) -> None:
    page = visit("clerk").get(f"/cases/{load.number('new7')}")
    for who, status in (("elsewhere", 404), ("applicant", 403), (None, 401)):
        assert visit(who).send(page, "/actions/accept").status == status
    assert state(office, load, "new7") == ("submitted", 1)


@pytest.mark.parametrize("headers", [{"Origin": "https://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}])
def test_another_web_site_cannot_send_the_forms(
    visit: Visit, office: Office, load: Caseload, headers: dict[str, str]
) -> None:
    clerk, number = visit("clerk"), load.number("new7")
    for path in (f"/cases/{number}/actions/accept", f"/cases/{number}/documents", "/desk/many"):
        answer = clerk.client.post(path, data={"key": "k", "version": "1"}, headers=headers)
        assert answer.status_code == 403
        assert "cross_site_write" in answer.text
    assert state(office, load, "new7") == ("submitted", 1)


DEPUTY = text("""
    INSERT INTO diming.deputy (id, absent_id, deputy_id, valid) VALUES (:id, :absent, :deputy, daterange(:first, :last))
""")


def test_a_deputy_acts_for_the_absent_and_not_a_day_longer(visit: Visit, office: Office, load: Caseload) -> None:
    with unit_of_work(office.casework.engine) as connection:
        connection.execute(
            DEPUTY,
            {
                "id": new_id(), "absent": office["clerk"].account_id, "deputy": office["neighbour"].account_id,
                "first": date(2026, 3, 19), "last": date(2026, 3, 20),
            },
        )  # fmt: skip
    deputy = visit("neighbour")
    page = deputy.get(f"/cases/{load.number('new7')}")
    done = deputy.send(page, "/actions/accept")
    assert "（代 受理员丙）" in deputy.get(done.path.partition("?")[0], tab="history").text(".steps")
    other = deputy.get(f"/cases/{load.number('new8')}")
    office.clock.forward(days=1)
    late = visit("neighbour")
    assert late.get(f"/cases/{load.number('new8')}").status == 404
    assert late.send(other, "/actions/accept").status == 404
    assert state(office, load, "new8") == ("submitted", 1)


def test_what_was_done_on_the_pages_is_in_the_audit(visit: Visit, office: Office, load: Caseload) -> None:
    clerk = visit("clerk")
    clerk.send(clerk.get(f"/cases/{load.number('new7')}"), "/actions/accept")
    with reading(office.casework.engine) as connection:
        last = connection.execute(
            text("SELECT actor, action, details FROM diming.audit ORDER BY seq DESC LIMIT 1")
        ).one()
        assert audit.verify(connection)[1] is None
    assert (last.actor, last.action) == (office["clerk"].name, "case.accept")
    assert last.details["case"] == str(load.id("new7"))
