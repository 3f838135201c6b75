"""The public is asked about a name: it speaks, the office reads and answers, and reports when the period is over."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from data import audit
from data.clock import civil_date
from data.db import reading, set_role_reader
from data.errors import BadInput, Conflict, DimingError, NotPermitted, TooManyAttempts
from geonames.consultations import moderation, service
from geonames.consultations.model import Said, Stance
from geonames.consultations.rules import consultation_rules
from tests.integration.applications.test_naming import accepted
from tests.integration.cases.pages import Browser, Page
from tests.samples.applicants import NamingOffice

Case = Mapping[str, Any]
ASKED = {"asked_by": "甘棠县民政局（虚构）", "closes_on": "2026-03-31"}


def opened(office: NamingOffice, **fields: str) -> tuple[Case, UUID]:
    case = office.act(accepted(office, office.apply()), "reviewer", "open_consultation", **{**ASKED, **fields})
    return case, UUID(case["facts"]["consultation"]["id"])


def say(office: NamingOffice, consultation: UUID, stance: str, words: str = "", address: str = "192.0.2.1") -> UUID:
    said = Said(Stance(stance), words, "陈某", "电话 00000000")
    return UUID(str(service.comment(office.engine, consultation, said, address, office.now)["id"]))


def seen(office: NamingOffice, consultation: UUID) -> dict[str, Any]:
    """What the public reads, with the public's rights."""
    with reading(office.engine) as connection:
        set_role_reader(connection)
        found = service.find_consultation(connection, consultation, civil_date(office.now))
        return {**found, "comments": service.list_comments(connection, consultation)["items"]}


def needs(refused: pytest.ExceptionInfo[DimingError]) -> list[str]:
    return [need["code"] for need in refused.value.extra["needs"]]


def test_the_public_reads_the_proposal_and_nothing_about_persons(office: NamingOffice) -> None:
    _, consultation = opened(office)
    shown = seen(office, consultation)
    assert shown["state"] == "open"
    assert [one["name"] for one in shown["about"]["names"]] == ["晴砚路", "听砚路"]
    assert shown["about"]["geometry"]["type"] == "LineString"
    assert "applicant" not in shown["about"]
    assert "示例开发公司" not in str(shown)


def test_a_comment_is_shown_when_the_office_has_read_it_and_its_sender_never(office: NamingOffice) -> None:
    _, consultation = opened(office)
    comment = say(office, consultation, "objection", "与老路名混淆")
    before = seen(office, consultation)
    assert before["comments"] == []
    assert before["counts"] == {"support": 0, "objection": 1, "comment": 0, "waiting": 1, "hidden": 0}
    moderation.moderate(office.casework, office.people["reviewer"], consultation, comment, None)
    moderation.reply(office.casework, office.people["reviewer"], consultation, comment, "已与备选名比较")
    shown = seen(office, consultation)
    assert [(c["text"], c["reply"]) for c in shown["comments"]] == [("与老路名混淆", "已与备选名比较")]
    assert "陈某" not in str(shown)
    assert "00000000" not in str(shown)


def test_what_is_hidden_is_told_by_its_reason_and_counts_for_nobody(office: NamingOffice) -> None:
    _, consultation = opened(office)
    comment = say(office, consultation, "support", "买房请找我")
    moderation.moderate(office.casework, office.people["clerk"], consultation, comment, "advertisement")
    shown = seen(office, consultation)
    assert [(c["text"], c["hidden_because"]["zh"]) for c in shown["comments"]] == [(None, "广告或者重复发送")]
    assert (shown["counts"]["support"], shown["counts"]["hidden"]) == (0, 1)


def test_a_voice_without_words_counts_at_once(office: NamingOffice) -> None:
    _, consultation = opened(office)
    say(office, consultation, "support")
    assert seen(office, consultation)["counts"]["support"] == 1
    with pytest.raises(BadInput) as refused:
        say(office, consultation, "objection")
    assert refused.value.code == "bad_comment"


def test_it_closes_by_the_clock(office: NamingOffice) -> None:
    _, consultation = opened(office)
    office.forward(days=29)
    say(office, consultation, "support")
    office.forward(days=1)
    with pytest.raises(Conflict) as refused:
        say(office, consultation, "support", address="192.0.2.2")
    assert (refused.value.code, seen(office, consultation)["state"]) == ("consultation_not_open", "closed")


def test_before_its_first_day_it_takes_nothing(office: NamingOffice) -> None:
    _, consultation = opened(office, opens_on="2026-03-05", closes_on="2026-04-10")
    with pytest.raises(Conflict):
        say(office, consultation, "support")
    assert seen(office, consultation)["state"] == "coming"


def test_one_address_has_a_say_and_not_hundreds(office: NamingOffice) -> None:
    _, consultation = opened(office)
    for number in range(consultation_rules().of_one_origin_a_day):
        say(office, consultation, "comment", f"意见{number}")
    with pytest.raises(TooManyAttempts) as refused:
        say(office, consultation, "comment", "再一条")
    assert refused.value.code == "too_many_comments"
    say(office, consultation, "comment", "另一户", "192.0.2.9")
    office.forward(days=1, seconds=1)
    say(office, consultation, "comment", "第二天")


def test_the_same_from_one_address_counts_once(office: NamingOffice) -> None:
    _, consultation = opened(office)
    say(office, consultation, "support")
    with pytest.raises(Conflict) as refused:
        say(office, consultation, "support")
    assert refused.value.code == "already_done"


def test_a_comment_sent_again_with_its_key_is_stored_once(office: NamingOffice) -> None:
    _, consultation = opened(office)
    said = Said(Stance.COMMENT, "断线重发")
    first, again = (service.comment(office.engine, consultation, said, "192.0.2.1", office.now, "k1") for _ in range(2))
    assert first["id"] == again["id"]
    with pytest.raises(Conflict) as refused:
        service.comment(office.engine, consultation, Said(Stance.COMMENT, "别的"), "192.0.2.1", office.now, "k1")
    assert refused.value.code == "idempotency_key_reused"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"closes_on": "2026-03-08"}, "shorter_because"),
        ({"closes_on": "2026-03-01"}, "closes_on"),
        ({"opens_on": "2026-02-01"}, "opens_on"),
        ({"closes_on": "2027-03-01"}, "closes_on"),
    ],
)
def test_a_period_is_none_too_long_or_short_without_a_reason(
    office: NamingOffice, fields: dict[str, str], field: str
) -> None:
    with pytest.raises(BadInput) as refused:
        opened(office, **fields)
    assert field in [problem["field"] for problem in refused.value.extra["fields"]]


def test_the_case_waits_for_the_report_and_the_report_for_the_end(office: NamingOffice) -> None:
    case, consultation = opened(office)
    say(office, consultation, "support")
    for hearing in ("evaluation", "experts"):
        case = office.act(case, "reviewer", "hear", hearing=hearing, reason="影响小（虚构）")
    with pytest.raises(BadInput):
        office.act(case, "reviewer", "hear", hearing="public", reason="不等了")
    with pytest.raises(Conflict) as refused:
        office.act(case, "reviewer", "propose")
    assert {"consultation_unreported", "hearings_missing"} <= set(needs(refused))
    with pytest.raises(Conflict) as refused:
        office.act(case, "reviewer", "report_consultation", handled="无异议")
    assert refused.value.code == "consultation_still_open"
    office.forward(days=30)
    case = office.act(case, "reviewer", "report_consultation", handled="赞成一件，采纳。")
    assert case["facts"]["consultation_support"] == "1"
    assert seen(office, consultation)["report"] == "赞成一件，采纳。"
    assert office.act(case, "reviewer", "propose")["state"] == "decision"
    with reading(office.engine) as connection:
        kept = connection.execute(text("SELECT origin FROM diming.consultation_comment")).scalars().all()
        assert kept == [None]
        assert connection.scalar(text("SELECT salt FROM diming.consultation")) is None
        assert audit.verify(connection)[1] is None


def test_one_consultation_at_a_time_and_none_after_the_case(office: NamingOffice) -> None:
    case, consultation = opened(office)
    with pytest.raises(Conflict) as refused:
        office.act(case, "reviewer", "open_consultation", **ASKED)
    assert refused.value.code == "consultation_running"
    office.act(case, "developer", "withdraw")
    shown = seen(office, consultation)
    assert (shown["state"], shown["ended_because"]) == ("closed", "申请不再办理")


def test_a_hearing_is_recorded_without_its_chair_in_public(office: NamingOffice) -> None:
    _, consultation = opened(office)
    hearing = moderation.Hearing(civil_date(office.now), "砚东社区", 18, "多数赞成，两人担心混淆。", "王某")
    moderation.record_hearing(office.casework, office.people["reviewer"], consultation, hearing)
    shown = seen(office, consultation)
    assert [(h["place"], h["attendance"]) for h in shown["hearings"]] == [("砚东社区", 18)]
    assert "王某" not in str(shown)


@pytest.mark.parametrize("who", ["developer", "mayor"])
def test_who_does_not_handle_the_case_reads_no_senders(office: NamingOffice, who: str) -> None:
    _, consultation = opened(office)
    with pytest.raises(NotPermitted):
        moderation.all_comments(office.casework, office.people[who], consultation)


def test_the_public_has_no_way_round_the_views(office: NamingOffice) -> None:
    opened(office)
    with reading(office.engine) as connection:
        set_role_reader(connection)
        columns = set(connection.execute(text("SELECT * FROM published.consultation_comment")).keys())
    assert columns.isdisjoint({"name", "contact", "origin", "moderated_by", "received_at"})


# -- over HTTP and as pages ------------------------------------------------------------------------------------------


def test_the_public_comments_over_http_without_signing_in(office: NamingOffice, address: str) -> None:
    _, consultation = opened(office)
    path = f"{address}/v1/consultations/{consultation}/comments"
    body = {"stance": "comment", "text": "建议保留老地名"}
    sent = httpx.post(path, json=body, headers={"Idempotency-Key": "one"})
    assert (sent.status_code, sent.json()["state"]) == (201, "waiting")
    listed = httpx.get(f"{address}/v1/consultations?open=true").json()["items"]
    assert [(item["id"], item["counts"]["comment"]) for item in listed] == [(str(consultation), 1)]
    refused = httpx.post(f"{path}/{sent.json()['id']}/moderation", json={})
    assert refused.status_code == 401


def send(browser: Browser, path: str, **typed: str) -> Page:
    return Page(browser.client.post(path, data=typed, headers={"Origin": browser.origin}))


def test_a_citizen_speaks_by_the_form_and_the_office_lets_it_be_read(
    office: NamingOffice, visit: Callable[[str | None], Browser]
) -> None:
    _, consultation = opened(office)
    citizen, reviewer, path = visit(None), visit("reviewer"), f"/consultations/{consultation}"
    page = citizen.get(path)
    assert page.all("svg")
    assert "30" in page.text("dl.facts")
    empty = send(citizen, path, stance="objection", text="")
    assert (empty.status, len(empty.all("[role=alert]"))) == (422, 1)
    robot = send(citizen, path, stance="support", website="http://example.invalid")
    assert robot.status == 422
    send(citizen, path, stance="objection", text="与老路名混淆")
    board = reviewer.get(f"{path}/comments")
    comment = board.all("input[name=comment]")[0].get("value")
    send(reviewer, f"{path}/comments", do="show", comment=comment)
    assert "与老路名混淆" in citizen.get(path).text("[aria-labelledby=comments]")
    assert "征求意见" in citizen.get("/consultations").text("main")
