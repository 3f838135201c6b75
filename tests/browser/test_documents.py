"""Templates and verification in a browser: without scripts, on the phone, with axe; what is refused says why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Engine

from api.app import create_app
from api.jobs import schema
from api.settings import Settings
from data.access.model import operator
from data.accounts.people import NewAccount, add_account
from data.accounts.proofs import set_password
from data.accounts.roles import NewGrant
from data.accounts.sessions import Visitor, open_session
from data.blobs import FolderBlobs
from data.cases import service
from data.cases.binding import checked
from data.cases.model import Action, Opening
from data.clock import civil_date, system_clock
from data.db import make_engine, reading, unit_of_work
from data.documents.fonts import installed
from data.documents.making import Workshop, make_document
from data.documents.service import documents_of
from data.previews.pages import WIDTH
from data.secrets import Keyring
from data.server.cluster import Cluster
from data.signing.keys import KeyFolder
from data.signing.package import ALGORITHM, FORMAT, Item, manifest_bytes, pack
from data.signing.service import new_key
from tests import database
from tests.browser.conftest import DESK, PHONE, Open
from tests.browser.test_accessibility import serious
from tests.samples.issuing import OFFICE, add_numbering, sample_documents
from tests.samples.office import COUNTY, Office, document, open_office
from tests.serving import serving
from tests.unit import documents as made

PASSWORD = "correct horse battery staple 9"
WHO = "template.keeper"


@dataclass
class Site:
    """A server with the national register, the sample's office and its documents, and one administrator."""

    address: str
    engine: Engine
    keys: KeyFolder
    office: Office
    blobs: FolderBlobs


@pytest.fixture(scope="module")
def site(cluster: Cluster, divisions_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    home = tmp_path_factory.mktemp("home")
    with database.clone(cluster, divisions_template) as url:
        engine = make_engine(url)
        schema.prepare(engine)
        with unit_of_work(engine) as connection:
            who, today = operator("cli:test"), civil_date(system_clock())
            grants = [NewGrant("administrator", None, today)]
            add_account(connection, who, NewAccount(WHO, "模板管理员"), grants, lambda _: ())
            set_password(connection, who, WHO, PASSWORD, lambda _: (), system_clock())
        app = create_app(Settings(database_url=url))
        office = open_office(engine)
        office.clock.now = system_clock()
        office.casework = app.state.casework = checked(replace(office.casework, documents=sample_documents()))
        add_numbering(engine)
        app.state.blobs, app.state.keys = FolderBlobs(home / "blobs"), Keyring(home / "keys")
        app.state.signing_keys = KeyFolder(home / "keys" / "signing")
        with serving(app) as address:
            yield Site(address, engine, app.state.signing_keys, office, app.state.blobs)
        engine.dispose()


def signed_in(open_page: Open, site: Site, path: str, **options: Any) -> Page:
    page = open_page(site.address, f"/account/sign-in?next={path}", **options)
    page.get_by_label("用户名").fill(WHO)
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.locator("main").get_by_role("button", name="登录").click()
    page.goto(site.address + path)
    return page


def test_an_administrator_numbers_and_replaces_a_template_without_scripts(
    site: Site, open_page: Open, axe: str, tmp_path: Path
) -> None:
    page = signed_in(open_page, site, "/manage/templates", java_script_enabled=False, fails=True)
    page.get_by_label("文种").select_option("approval")
    page.get_by_label("辖区代码").fill("420600")
    page.get_by_label("发文机关署名").fill("示例局（虚构）")
    page.get_by_label("发文机关代字").fill("示函")
    page.get_by_role("button", name="添加编号规则").click()
    expect(page.get_by_role("status")).to_contain_text("编号规则已添加")
    expect(page.locator("#numbering")).to_contain_text("襄阳市")
    page.get_by_role("link", name="批复", exact=True).click()
    good, bad = tmp_path / "good.docx", tmp_path / "bad.docx"
    good.write_bytes(made.with_line("（本局模板）"))
    bad.write_bytes(made.with_line("{{ number.__class__ }} {{ secret }}"))
    _hand_in(page, bad)
    expect(page.locator("ul", has_text="there is no field 'secret'")).to_be_visible()
    expect(page.get_by_text("使用随附模板")).to_be_visible()
    _hand_in(page, good)
    expect(page.get_by_role("status")).to_contain_text("新版本已登记")
    expect(page.get_by_role("row", name="本局自定")).to_be_visible()


def _hand_in(page: Page, file: Path) -> None:
    page.get_by_label("Word 文件").set_input_files(file)
    page.get_by_label("辖区代码").fill("000000")
    page.get_by_label("依据").fill("本局自定")
    page.get_by_role("button", name="提交新版本").click()


@pytest.mark.parametrize(
    "path", ["/manage/templates", "/manage/templates/approval", "/manage/templates?lang=en", "/verify"]
)
@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_nothing_serious_and_nothing_too_wide(
    site: Site, open_page: Open, axe: str, path: str, viewport: dict[str, int]
) -> None:
    page = signed_in(open_page, site, path, viewport=viewport)
    assert serious(page, axe) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    if path.endswith("approval"):
        picture = page.locator("img.page-preview")
        picture.scroll_into_view_if_needed()
        expect(picture).to_have_js_property("naturalWidth", WIDTH)


def test_the_public_sees_no_templates(site: Site, open_page: Open) -> None:
    for path in ("/manage/templates", "/manage/templates/approval"):
        page = open_page(site.address, path, fails=True)
        expect(page.locator("main")).to_contain_text("sign_in_needed")


def test_anybody_verifies_a_package_without_scripts(site: Site, open_page: Open, tmp_path: Path) -> None:
    key = new_key(site.engine, site.keys, operator("test"), "示例局（虚构）", system_clock())
    item = Item("示函〔2026〕1号.pdf", "application/pdf", b"text")
    manifest = manifest_bytes({
        "format": FORMAT, "signed_at": system_clock().isoformat(), "key": key.id, "office": key.office,
        "document": {"doc_no": "示函〔2026〕1号", "marking": "none"}, "files": [item.listed()],
    })  # fmt: skip
    signature = {"algorithm": ALGORITHM, "key": key.id, "signature": site.keys.sign(key.id, manifest).hex()}
    good, bad = tmp_path / "good.zip", tmp_path / "bad.zip"
    good.write_bytes(pack(manifest, signature, [item]))
    bad.write_bytes(pack(manifest, signature, [replace(item, content=b"other")]))
    page = open_page(site.address, "/verify", java_script_enabled=False)
    for file, said in ((good, "有效：内容与签名时一致"), (bad, "文件内容已被改动")):
        page.get_by_label("签名文件包").set_input_files(file)
        page.get_by_role("button", name="核验").click()
        expect(page.get_by_role("status")).to_contain_text(said)


def come(open_page: Open, site: Site, who: str, path: str, **options: Any) -> Page:
    """Open a path as somebody of the sample's office."""
    page = open_page(site.address, "/favicon.ico", **options)
    account = site.office[who].account_id
    assert account is not None
    with unit_of_work(site.engine) as connection:
        secret = open_session(connection, account, Visitor(), system_clock()).secret
    page.context.add_cookies([{"name": "diming_session", "value": secret, "url": site.address}])
    page.goto(site.address + path)
    return page


@pytest.fixture
def issued_path(site: Site) -> str:
    """Where the page of a notice of acceptance is, made; each test has its own."""
    casework, office = site.office.casework, site.office
    papers = [document(office, "applicant")]
    opening = Opening("sample.lamp_post", "示例路3号灯杆", COUNTY, {"street": "示例路"}, papers)
    case = service.open_case(casework, office["applicant"], opening)
    service.act(casework, office["clerk"], UUID(case["id"]), Action("accept"))
    with reading(site.engine) as connection:
        [shown] = documents_of(connection, UUID(case["id"]))
    make_document(Workshop(site.engine, site.blobs, sample_documents(), installed, office.clock), shown["id"])
    return f"/cases/{case['id']}/issued/{shown['id']}"


def test_a_document_is_signed_and_declared_void_without_scripts(
    site: Site, open_page: Open, axe: str, issued_path: str
) -> None:
    new_key(site.engine, site.keys, operator("test"), OFFICE, system_clock())
    page = come(open_page, site, "mayor", issued_path, java_script_enabled=False)
    page.get_by_role("button", name="签名并打包").click()
    expect(page.get_by_role("status")).to_contain_text("已签名")
    with page.expect_download() as saved:
        page.get_by_role("link", name=".zip").click()
    assert saved.value.suggested_filename.endswith("号.zip")
    page.get_by_text("作废", exact=True).first.click()
    page.get_by_label("原因").fill("收件人有误")
    page.get_by_role("button", name="作废").click()
    expect(page.get_by_role("status")).to_contain_text("公文已作废")
    expect(page.get_by_role("button", name="签名并打包")).to_have_count(0)


@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_nothing_serious_on_a_document(
    site: Site, open_page: Open, axe: str, issued_path: str, viewport: dict[str, int]
) -> None:
    page = come(open_page, site, "mayor", issued_path, viewport=viewport)
    assert serious(page, axe) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    expect(come(open_page, site, "applicant", issued_path).get_by_role("button", name="作废")).to_have_count(0)
    expect(come(open_page, site, "elsewhere", issued_path, fails=True).locator("main")).to_contain_text("no_such_case")
