"""The inbox and the jobs in a browser: with and without scripts, on a desk and on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from api.app import create_app
from api.jobs import schema
from api.settings import Settings
from data.access.model import operator
from data.accounts.proofs import set_password
from data.cases import service
from data.cases.deadlines import look_at_clocks
from data.cases.model import Action, Opening
from data.clock import system_clock
from data.db import make_engine, unit_of_work
from data.jobs import progress
from data.queue import Job, enqueue, in_queue_schema
from data.secrets import Keyring
from data.server.cluster import Cluster
from tests import database
from tests.accounts import PASSWORD
from tests.browser.conftest import DESK, PHONE, Open
from tests.browser.test_accessibility import serious
from tests.samples.office import COUNTY, Office, document, open_office
from tests.serving import serving

BOTH = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])


@pytest.fixture(scope="module")
def sample(cluster: Cluster) -> Iterator[Office]:
    """The office of the samples with three cases; the applicant has been told of what happened in them."""
    with database.clone(cluster, database.migrated_template(cluster)) as url:
        engine = make_engine(url)
        schema.prepare(engine)
        office = open_office(engine)
        for street in ("示例路", "虚构巷", "样本街"):
            _case(office, street)
        office.clock.forward(days=40)
        look_at_clocks(office.casework)
        with unit_of_work(engine) as connection:
            for name in ("applicant", "clerk", "reviewer", "mayor"):
                set_password(connection, operator("cli:test"), name, PASSWORD, lambda _: (), system_clock())
        yield office
        engine.dispose()


def _case(office: Office, street: str) -> None:
    opening = Opening(
        "sample.lamp_post", f"{street}3号灯杆编号申请", COUNTY, {"street": street}, [document(office, "applicant")]
    )
    opened = service.open_case(office.casework, office["applicant"], opening)
    assign = Action("assign", {"to": str(office["clerk"].account_id)})
    service.act(office.casework, office["mayor"], UUID(opened["id"]), assign)
    service.act(office.casework, office["clerk"], UUID(opened["id"]), Action("accept"))


@pytest.fixture(scope="module")
def server(sample: Office, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    app = create_app(Settings(database_url=sample.casework.engine.url.render_as_string(hide_password=False)))
    app.state.keys = Keyring(tmp_path_factory.mktemp("home") / "keys")
    app.state.casework = sample.casework
    with serving(app) as address:
        yield address


def enter(page: Page, who: str) -> None:
    page.get_by_label("用户名").fill(who)
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="登录").click()


@BOTH
def test_the_top_bar_counts_and_reading_lessens_it(server: str, open_page: Open, scripts: bool) -> None:
    page = open_page(server, "/account/sign-in?next=/inbox", java_script_enabled=scripts)
    enter(page, "applicant" if scripts else "mayor")
    before = int(page.locator(".unread-count").inner_text().split()[0])
    page.locator(".notices .unread").first.get_by_role("button", name="标为已读").click()
    expect(page.get_by_role("status").first).to_contain_text("已标为已读")
    assert int(page.locator(".unread-count").inner_text().split()[0]) == before - 1
    page.get_by_role("button", name="全部标为已读").click()
    expect(page.locator(".unread-count")).to_have_count(0)
    page.get_by_role("link", name="未读（0）").click()
    expect(page.locator(".empty")).to_contain_text("没有未读消息")


def a_job(office: Office, asked_by: str) -> int:
    with unit_of_work(office.casework.engine) as connection:
        job = enqueue(connection, Job("diming:make_document", {}), asked_by=office[asked_by].account_id)
        assert job is not None
        progress(connection, job, 3, 12, "示例函〔2026〕1号")
        to_state(connection, job, "doing")
    return job


def to_state(connection: Any, job: int, state: str) -> None:
    from sqlalchemy import text

    with in_queue_schema(connection):
        connection.execute(
            text("UPDATE procrastinate_jobs SET status = CAST(:s AS procrastinate_job_status) WHERE id = :j"),
            {"s": state, "j": job},
        )


def test_a_job_s_page_follows_it_to_its_end(server: str, sample: Office, open_page: Open) -> None:
    job = a_job(sample, "clerk")
    page = open_page(server, f"/account/sign-in?next=/jobs/{job}")
    enter(page, "clerk")
    expect(page.locator("#job")).to_contain_text("3 / 12")
    with unit_of_work(sample.casework.engine) as connection:
        progress(connection, job, 11, 12, "示例函〔2026〕1号")
    expect(page.locator("#job")).to_contain_text("11 / 12")
    with unit_of_work(sample.casework.engine) as connection:
        to_state(connection, job, "succeeded")
    expect(page.locator("#job .badge")).to_have_text("已完成")
    expect(page.locator("#job[hx-get]")).to_have_count(0)


def test_without_scripts_the_page_of_a_job_asks_again(server: str, sample: Office, open_page: Open) -> None:
    job = a_job(sample, "reviewer")
    page = open_page(server, f"/account/sign-in?next=/jobs/{job}", java_script_enabled=False)
    enter(page, "reviewer")
    with unit_of_work(sample.casework.engine) as connection:
        progress(connection, job, 10, 12)
    expect(page.locator("#job")).to_contain_text("10 / 12")


@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_nothing_serious_and_nothing_too_wide(
    server: str, sample: Office, open_page: Open, axe: str, viewport: dict[str, int], language: str, shots: Path
) -> None:
    job = a_job(sample, "clerk")
    page = open_page(server, "/account/sign-in?next=/inbox", viewport=viewport)
    enter(page, "clerk")
    for path in ("/inbox", "/jobs", f"/jobs/{job}", "/account/forgotten"):
        page.goto(f"{server}{path}?lang={language}")
        page.screenshot(path=str(shots / f"{path.split('/')[1]}-{len(path)}-{viewport['width']}-{language}.png"))
        assert serious(page, axe) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"], path
