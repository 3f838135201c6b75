"""A name's way to a list and off it again: what each step needs, who decides, what the register and the feed say."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from data.clock import civil_date
from data.db import reading, unit_of_work
from data.errors import Conflict, NotFound, NotPermitted
from data.feed import changes_since
from data.ids import new_id
from geonames.heritage.caring import open_care
from geonames.heritage.service import Wanted, find_entry, heritage_lists, list_entries
from geonames.search.service import search_places
from tests.integration.heritage.office import CARED, DOC, LIST, PLACE, HeritageOffice


def told(office: HeritageOffice, entry: UUID, day: date | None = None) -> dict[str, Any]:
    with reading(office.engine) as connection:
        return find_entry(connection, entry, day or civil_date(office.now))


def changes_of(office: HeritageOffice, entry: UUID) -> list[dict[str, Any]]:
    with reading(office.engine) as connection:
        changes, _ = changes_since(connection, 0, 1000, ["heritage"])
    return [one for one in changes if one["id"] == entry]


def names_on(office: HeritageOffice, day: date, wanted: Wanted) -> list[str]:
    with reading(office.engine) as connection:
        return [item["name"] for item in list_entries(connection, day, wanted)["items"]]


def test_the_decision_puts_the_name_on_its_list_with_all_that_is_told(office: HeritageOffice) -> None:
    entry = office.listed()
    today = civil_date(office.now)
    found = told(office, entry)
    assert (found["name"], found["list"], found["listed"]) == ("砚池路", LIST, True)
    assert found["first_attested"]["zh"] == "约1735年"
    assert found["decisions"]["opened"]["doc_no"] == DOC["doc_no"]
    (evidence,) = found["dossier"]["evidence"]
    assert (evidence["title"], evidence["dated"]["latest_year"]) == ("示例县志（虚构）", 1735)
    assert [(one["name"], one["dated"]["en"]) for one in found["dossier"]["periods"]] == [
        ("石杠", "1644 to about 1735")
    ]
    assert [(one["criterion"], one["answer"]) for one in found["dossier"]["review"]] == [("value", "yes")]
    wanted = Wanted(list=LIST, level="county", category="local_historic", within="990121")
    assert names_on(office, today, wanted) == ["砚池路"]
    assert names_on(office, today - timedelta(days=1), wanted) == []
    assert names_on(office, today, Wanted(list=LIST, within="990122")) == []
    with reading(office.engine) as connection:
        assert {"list": LIST, "level": "county", "names": 1, "since": today} in heritage_lists(connection, today)
        assert [item["id"] for item in search_places(connection, heritage=LIST)["items"]] == [PLACE]
    (told_of,) = changes_of(office, entry)
    assert (told_of["kind"], told_of["after"]["name"]) == ("insert", "砚池路")


def test_hearsay_alone_and_open_questions_hold_a_proposal_up(office: HeritageOffice) -> None:
    oral = {"grade": "oral", "title": "示例老人口述（虚构）"}
    case = office.surveyed(list="口述名录（虚构）", evidence=[oral], scores=[])
    with pytest.raises(Conflict) as refused:
        office.act(case, "keeper", "propose")
    needs = [need["code"] for need in refused.value.extra["needs"]]
    assert needs == ["heritage_evidence_missing", "heritage_sheet_open"]
    case = office.act(case, "keeper", "add_evidence", grade="inscription", title="示例碑（虚构）", dated="18XX")
    case = office.act(case, "keeper", "add_period", name="石杠", dated="../1735")
    case = office.act(case, "keeper", "revise", part="meaning", text="桥名（虚构）")
    case = office.act(case, "keeper", "answer", criterion="value", answer="unclear", why="待查（虚构）")
    case = office.act(case, "keeper", "answer", criterion="value", answer="no", why="年代不足（虚构）")
    assert [one["answer"] for one in case["facts"]["scores"]] == ["no"]
    assert office.act(case, "keeper", "propose")["state"] == "proposed"


def test_what_is_not_met_is_not_published_for_listing(office: HeritageOffice) -> None:
    no = {"criterion": "value", "answer": "no", "why": "（虚构）"}
    with pytest.raises(Conflict) as refused:
        office.noticed(list="不符名录（虚构）", scores=[no])
    assert [need["code"] for need in refused.value.extra["needs"]] == ["heritage_sheet_not_met"]


def test_nobody_lists_while_the_notice_runs_or_for_a_level_above_his_own(office: HeritageOffice) -> None:
    case = office.noticed(level="city", list="云屏市名录（虚构）")
    office.forward(days=7)
    with pytest.raises(Conflict) as refused:
        office.act(case, "city_mayor", "list", **DOC)
    assert refused.value.code == "term_runs"
    office.forward(days=1)
    with pytest.raises(NotPermitted):
        office.act(case, "mayor", "list", **DOC)
    assert office.act(case, "city_mayor", "list", **DOC)["state"] == "listed"


def test_a_name_stands_on_a_list_once(office: HeritageOffice) -> None:
    office.listed(list="单一名录（虚构）")
    with pytest.raises(Conflict) as refused:
        office.surveyed(list="单一名录（虚构）")
    assert refused.value.code == "already_listed"
    assert office.surveyed(list="另一名录（虚构）")["state"] == "survey"


def test_care_review_and_delisting(office: HeritageOffice) -> None:
    entry = office.listed(list=CARED)
    case = open_care(office.casework, office.people["keeper"], entry)
    listed_on, on = civil_date(office.now), str(civil_date(office.now))
    case = office.act(case, "keeper", "record_measure", done_on=on, what="立碑（虚构）", responsible="示例镇（虚构）")
    following = str(civil_date(office.now) + timedelta(days=365))
    case = office.act(case, "keeper", "record_review", reviewed_on=on, what="碑完好（虚构）", next_on=following)
    assert [str(clock["due_on"]) for clock in case["clocks"]] == [following]
    assert {one["kind"] for one in told(office, entry)["care"]} == {"measure", "review"}
    case = office.act(case, "keeper", "propose_delisting", reason="示例（虚构）")
    with pytest.raises(Conflict):
        office.act(case, "mayor", "delist", **DOC)
    office.forward(days=30)
    case = office.act(case, "mayor", "delist", **{**DOC, "doc_no": "示例〔2026〕2号"})
    assert case["state"] == "delisted"
    today = civil_date(office.now)
    assert told(office, entry)["listed"] is False
    assert [told(office, entry)["decisions"][one]["doc_no"][-2] for one in ("opened", "closed")] == ["1", "2"]
    assert told(office, entry, listed_on)["listed"] is True
    assert names_on(office, listed_on, Wanted(list=CARED)) == ["砚池路"]
    assert names_on(office, today, Wanted(list=CARED)) == []
    assert [one["kind"] for one in changes_of(office, entry)] == ["insert", "update"]
    assert office.surveyed(list=CARED)["state"] == "survey"


def test_what_was_told_is_never_rewritten(office: HeritageOffice) -> None:
    office.listed(list="不改名录（虚构）")
    for table in ("heritage_evidence", "heritage_dossier", "heritage_score"):
        with pytest.raises(Conflict), unit_of_work(office.engine) as connection:
            connection.execute(text(f"DELETE FROM diming.{table}"))


def test_an_entry_that_never_was(office: HeritageOffice) -> None:
    with pytest.raises(NotFound) as refused:
        told(office, new_id())
    assert refused.value.code == "no_such_heritage"
