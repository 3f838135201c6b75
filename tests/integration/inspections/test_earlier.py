"""Inspections from before this system, entered by their documents: what is due after them, who enters and withdraws."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from api.cli.app import main
from api.cli.environment import environment
from boundaries.rounds.earlier import Earlier, earlier_of_line, enter_earlier, withdraw_earlier
from boundaries.rounds.model import RoundPlan
from boundaries.rounds.planning import plan_round
from boundaries.rounds.service import Wanted, due_lines, list_inspections
from data.audit import verify
from data.db import reading
from data.errors import BadInput, Conflict, DimingError, NotFound, NotPermitted
from tests.integration.cases.pages import signed_in
from tests.integration.inspections.conftest import rows
from tests.samples import boundary_office as sample
from tests.samples import serving as samples
from tests.samples.counties import CITY
from tests.samples.office import Office

TODAY = date(2026, 3, 2)
DOCUMENT = "关于第四轮联合检查情况的报告（演示〔2022〕9号）"
ENTRIES = text("SELECT id FROM diming.earlier_inspection")


def entry(line: UUID) -> Earlier:
    return Earlier(line, date(2022, 11, 30), DOCUMENT, "界线走向清楚，界桩完好。")


def due(office: Office, by: date) -> dict[UUID, tuple[date | None, date | None]]:
    """When each line due by a day was inspected last and is due."""
    with reading(office.casework.engine) as connection:
        items = due_lines(connection, office["city"], CITY, "county", by)["items"]
    return {item["line"]: (item["last_inspected_on"], item["due_on"]) for item in items}


def test_five_years_count_from_the_last_one_entered(office: Office, line: UUID) -> None:
    engine = office.casework.engine
    enter_earlier(engine, office["city"], entry(line), TODAY)
    told = enter_earlier(engine, office["city"], replace(entry(line), ended_on=date(2017, 6, 1)), TODAY)
    assert (told["last_inspected_on"], told["due_on"]) == (date(2022, 11, 30), date(2027, 11, 30))
    assert [item["ended_on"].year for item in told["items"]] == [2022, 2017]
    assert line not in due(office, date(2027, 11, 29))
    assert due(office, date(2027, 11, 30))[line] == (date(2022, 11, 30), date(2027, 11, 30))
    assert len(due(office, date(2027, 11, 29))) == 2
    with reading(engine) as connection:
        assert verify(connection)[1] is None


@pytest.mark.parametrize(("led", "leads"), [("left", "right"), ("right", "left")])
def test_the_sides_take_turns_after_it(office: Office, line: UUID, led: str, leads: str) -> None:
    engine = office.casework.engine
    enter_earlier(engine, office["city"], replace(entry(line), lead=led), TODAY)  # type: ignore[arg-type]
    dates = dict.fromkeys(("plan", "office", "field", "report"), date(2027, 12, 1))
    plan = RoundPlan(5, "第五轮（虚构）", CITY, "county", TODAY, dates, "演示〔2026〕3号", "alternate", [line])
    identity = plan_round(engine, office["city"], plan)
    with reading(engine) as connection:
        (found,) = list_inspections(connection, office["city"], Wanted(round=identity), TODAY)["items"]
    assert (found["lead_side"], found["due_on"]) == (leads, date(2027, 11, 30))


def test_what_was_withdrawn_stays_readable_and_counts_no_more(office: Office, line: UUID) -> None:
    engine = office.casework.engine
    identity = enter_earlier(engine, office["city"], entry(line), TODAY)["items"][0]["id"]
    told = withdraw_earlier(engine, office["city"], identity, "录错界线")
    assert (told["last_inspected_on"], told["items"][0]["withdrawn"]["why"]) == (None, "录错界线")
    assert due(office, TODAY)[line] == (None, None)
    with pytest.raises(Conflict) as caught:
        withdraw_earlier(engine, office["city"], identity, "再撤")
    assert caught.value.code == "already_done"
    # of the same day another may be entered now
    assert len(enter_earlier(engine, office["city"], entry(line), TODAY)["items"]) == 2


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"ended_on": date(2026, 3, 3)}, "earlier_malformed"),
        ({"document": " "}, "earlier_malformed"),
        ({"result": ""}, "earlier_malformed"),
        ({"lead": "north"}, "earlier_malformed"),
        ({"line": UUID(int=1)}, "no_such_line"),
    ],
)
def test_what_is_no_entry_is_refused(unchanged: Office, given: dict[str, object], code: str) -> None:
    line = sample.line_between(unchanged.casework.engine)
    with pytest.raises(DimingError) as caught:
        enter_earlier(unchanged.casework.engine, unchanged["city"], replace(entry(line), **given), TODAY)  # type: ignore[arg-type]
    assert caught.value.code == code
    assert isinstance(caught.value, BadInput | NotFound)
    assert rows(unchanged, ENTRIES) == []


def test_one_of_a_day_and_by_whom(office: Office, line: UUID) -> None:
    engine = office.casework.engine
    for who in ("jia", "mayor", "nobody"):
        with pytest.raises(NotPermitted):
            enter_earlier(engine, office[who], entry(line), TODAY)
    identity = enter_earlier(engine, office["city"], entry(line), TODAY)["items"][0]["id"]
    with pytest.raises(Conflict) as caught:
        enter_earlier(engine, office["city"], entry(line), TODAY)
    assert caught.value.code == "earlier_entered"
    with pytest.raises(NotPermitted):
        withdraw_earlier(engine, office["jia"], identity, "不是我们的")
    with reading(engine) as connection:
        seen = earlier_of_line(connection, office["jia"], line)
        with pytest.raises(NotPermitted):
            earlier_of_line(connection, office["nobody"], line)
    assert (len(seen["items"]), seen["yours"]) == (1, False)


def test_by_page_by_api_and_by_command(
    office: Office, line: UUID, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = f"/lines/{line}/earlier-inspections"
    with samples.office_server(office, tmp_path / "papers") as address:
        city, jia = (signed_in(office, address, who) for who in ("city", "jia"))
        with city.client, jia.client:
            listed = city.get("/rounds/due")
            assert len([a for a in listed.all("table.inspectionlist td a") if a.text == "补录以前的联检"]) == 3
            page = city.get(path)
            assert "尚未补录" in page.text(".empty")
            typed: dict[str, Any] = {
                "f_ended_on": "2022-11-30",
                "f_document": DOCUMENT,
                "f_result": "",
                "f_lead": "left",
            }
            refused = city.send(page, path, **typed)
            assert (refused.status, refused.all("#e-document")[0].get("value")) == (422, DOCUMENT)
            done = city.send(refused, path, **{**typed, "f_result": "界线清楚"})
            assert (done.status, "2027-11-30" in done.text("dl.facts")) == (200, True)
            withdrawn = city.send(done, "/withdraw", f_why="录错日期")
            assert "录错日期" in withdrawn.text("section.sheet")
            seen = jia.get(path)
            assert (seen.status, seen.all("form[method=post][action*=earlier]")) == (200, [])
            told = jia.client.get(f"/v1{path}").json()
            assert (told["due_on"], told["items"][0]["withdrawn"]["why"]) == (None, "录错日期")
            sent = {"ended_on": "2022-11-30", "document": DOCUMENT, "result": "界线清楚"}
            assert jia.client.post(f"/v1{path}", json=sent).status_code == 403
    monkeypatch.setenv("DIMING_DATABASE_URL", office.casework.engine.url.render_as_string(hide_password=False))
    environment.cache_clear()  # an earlier test of this process may have asked for its own
    options = ["--on", "2021-05-04", "--document", DOCUMENT, "--result", "界桩完好", "--lead", "990121"]
    assert main(["boundary", "inspected", str(line), *options, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["last_inspected_on"], found["due_on"]) == ("2021-05-04", "2026-05-04")
    assert found[found["items"][-1]["lead_side"]]["code"] == "990121"
    assert main(["boundary", "inspected", str(line)]) == 0
    assert f"2021-05-04  {DOCUMENT}  界桩完好" in capsys.readouterr().out
    assert main(["boundary", "inspected", str(line), "--document", DOCUMENT]) == 3
    environment.cache_clear()
