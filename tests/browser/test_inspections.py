"""The pages of an inspection, of risks and of the inventory in a browser: axe, phone width, both languages, print."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page, ViewportSize
from shapely.geometry import LineString

from boundaries.archive.orders import order_archive
from boundaries.disputes.model import DisputeOpening
from boundaries.disputes.model import Party as DisputeParty
from boundaries.disputes.service import open_dispute
from boundaries.findings.model import FindingDraft
from boundaries.findings.service import open_findings
from boundaries.patrol.assignments import NewAssignment, assign
from boundaries.records.measurements import MeasurementDraft
from boundaries.records.measuring import enter_measurements
from boundaries.records.reading import tasks_of
from boundaries.records.service import Beginning, Party, begin_inspection
from boundaries.risks.service import Assessment, NewAsset, NewRisk, add_asset, record_risk
from boundaries.rounds.planning import Extra, order_extra
from data.accounts.sessions import Visitor, open_session
from data.cases import service
from data.cases.model import Action
from data.db import make_engine, reading, unit_of_work
from data.server.cluster import Cluster
from tests import database
from tests.browser.conftest import DESK, PHONE
from tests.browser.test_accessibility import serious
from tests.integration.inspections.answers import DAY, answer_all
from tests.samples import boundary_office as sample
from tests.samples.counties import ridge
from tests.samples.office import Office
from tests.samples.serving import office_server

LABELLED = "[...document.querySelectorAll('.mapframe')].every((one) => getComputedStyle(one).position !== 'static')"


@pytest.fixture(scope="module")
def office(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with database.clone(cluster, database.template(cluster, "boundary_office", sample.fill)) as url:
        engine = make_engine(url, pooled=False)
        yield sample.open_office(engine, tmp_path_factory.mktemp("keys"))
        engine.dispose()


@pytest.fixture(scope="module")
def paths(office: Office) -> list[str]:
    """An inspection in the field with a marker measured, a risk that is overdue, an agreement."""
    engine, casework = office.casework.engine, office.casework
    line = sample.line_between(engine)
    inspection = order_extra(engine, office["city"], Extra(line, "disaster", date(2026, 6, 30)))
    left, right = Party(sample.OFFICES["left"], ["sample.yi"]), Party(sample.OFFICES["right"], ["sample.jia"])
    case = UUID(str(begin_inspection(casework, office["city"], inspection, Beginning(left, right))["id"]))
    service.act(casework, office["city"], case, Action("begin_office", {"plan": "双方各派两人"}))
    answer_all(office, "jia", inspection, "office")
    service.act(casework, office["jia"], case, Action("finish_office"))
    with reading(engine) as connection:
        task = next(t.id for t in tasks_of(connection, inspection) if t.kind == "marker")
    measured = MeasurementDraft(task, "marker", DAY, {"state": "damaged", "witness_1": "石桥, 120.0, 18.2"})
    enter_measurements(casework, office["jia"], inspection, [measured])
    risk = record_risk(engine, office["jia"], NewRisk(line, "河道改道隐患", Assessment("high", "每月巡查", DAY)))
    add_asset(engine, office["yi"], NewAsset(line, "cooperation_agreement", "联合防火协议", ends_on=DAY))
    assign(engine, office["jia"], NewAssignment("sample.jia_clerk", "county", "990121", line, DAY), office.clock())
    archive = order_archive(engine, office["jia"], line)["id"]
    return [
        f"/inspections/{inspection}",
        f"/disputes/{_dispute(office, line, inspection)}",
        f"/archives/{archive}",
        f"/lines/{line}/earlier-inspections",
        "/patrol/keepers",
        "/inspections",
        "/rounds",
        "/rounds/due",
        "/risks",
        f"/risks/{risk}",
        "/line-assets",
        "/desk",
    ]


def _dispute(office: Office, line: UUID, inspection: UUID) -> str:
    """A dispute with a place on the map; its number."""
    where = LineString(ridge()[60:80])
    told = FindingDraft(line, "record", inspection, "line_never_clear", "warning", DAY, geometry=where)
    with unit_of_work(office.casework.engine) as connection:
        (finding,) = open_findings(connection, office["jia"], [told])
    left = DisputeParty(sample.OFFICES["left"], ["sample.yi"])
    right = DisputeParty(sample.OFFICES["right"], ["sample.jia"])
    opening = DisputeOpening("unclear", line, "河滩一段从未明确", left, right, findings=[finding.id])
    return str(open_dispute(office.casework, office["city"], opening)["number"])


@pytest.fixture(scope="module")
def address(office: Office, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with office_server(office, tmp_path_factory.mktemp("papers")) as served:
        yield served


def signed_in(chromium: Browser, office: Office, address: str, viewport: ViewportSize, who: str = "jia") -> Page:
    with unit_of_work(office.casework.engine) as connection:
        secret = open_session(connection, sample.account_id(who), Visitor(), office.clock()).secret
    context = chromium.new_context(viewport=viewport, base_url=address)
    context.add_cookies([{"name": "diming_session", "value": secret, "url": address}])
    return context.new_page()


@pytest.mark.parametrize(("viewport", "language"), [(DESK, "zh"), (PHONE, "en")], ids=["desk", "phone"])
def test_nothing_serious_nothing_too_wide_nothing_on_the_console(
    office: Office, address: str, paths: list[str], chromium: Browser, axe: str, viewport: ViewportSize, language: str
) -> None:
    page = signed_in(chromium, office, address, viewport)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    for path in paths:
        page.goto(f"{path}?lang={language}")
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        assert serious(page, axe) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"], path
        assert page.evaluate(LABELLED), path  # what is chosen is named within its map
    assert said == []
    page.context.close()


def test_where_a_scheme_of_numbers_is_chosen_nothing_is_too_wide(
    office: Office, address: str, chromium: Browser, axe: str
) -> None:
    page = signed_in(chromium, office, address, PHONE, "city")
    line = sample.line_between(office.casework.engine)
    for path in (f"/lines/{line}/marker-import", f"/lines/{line}/new-marker"):
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200, path
        assert page.locator(".schemes .pattern").count() > 0, path
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], path
        assert serious(page, axe) == [], path
    page.context.close()


def test_what_was_measured_is_entered_by_the_keyboard_and_not_printed_as_a_form(
    office: Office, address: str, paths: list[str], chromium: Browser, tmp_path: Path
) -> None:
    page = signed_in(chromium, office, address, DESK)
    page.goto(paths[0])
    page.locator("details.measure summary").last.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    form = page.locator("details.measure[open] form")
    form.get_by_label("位置描述").fill("河东村口")
    form.get_by_label("位置描述").press("Enter")
    page.wait_for_url("**saved=1**")
    assert "河东村口" in page.locator(".measured").last.inner_text()
    page.emulate_media(media="print")
    assert not page.locator("details.measure").first.is_visible()
    page.context.close()
