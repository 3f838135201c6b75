"""Signing in, one's own account and the administration of users, in a browser, with and without scripts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Engine

from api.app import create_app
from api.settings import Settings
from data.accounts.totp import code_at
from data.clock import system_clock
from data.ids import new_id
from data.secrets import Keyring
from tests.accounts import PASSWORD, add_person
from tests.browser.conftest import DESK, Open
from tests.browser.test_accessibility import WINDOWS, serious
from tests.serving import serving

BOTH = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])


class MovedClock:
    """The server's clock, some time ahead of the system's."""

    ahead = timedelta()

    def __call__(self) -> datetime:
        return system_clock() + self.ahead


@pytest.fixture(scope="module")
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture(scope="module")
def server(register: Engine, keys: Keyring, clock: MovedClock) -> Iterator[str]:
    app = create_app(Settings(database_url=register.url.render_as_string(hide_password=False)))
    app.state.keys, app.state.clock = keys, clock
    with serving(app) as address:
        yield address


def add(register: Engine, role: str = "clerk", code: str = "420600") -> str:
    return add_person(register, (role, code), now=system_clock(), display_name="张三丰")


def sign_in(page: Page, name: str, password: str = PASSWORD, code: str = "") -> None:
    page.get_by_label("用户名").fill(name)
    page.get_by_label("密码", exact=True).fill(password)
    page.get_by_label("动态验证码").fill(code)
    page.get_by_role("button", name="登录").click()


@BOTH
def test_one_signs_in_goes_on_and_out(server: str, register: Engine, open_page: Open, scripts: bool) -> None:
    name = add(register)
    page = open_page(server, "/decisions", java_script_enabled=scripts, fails=True)
    page.locator(".account").get_by_role("link", name="登录").click()
    sign_in(page, name)
    assert page.url == f"{server}/decisions"
    page.locator(".account").get_by_role("link", name="张三丰").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("张三丰")
    expect(page.locator("#roles")).to_contain_text("受理人员")
    expect(page.locator("#roles")).to_contain_text("襄阳市")
    page.get_by_role("button", name="退出").click()
    expect(page.get_by_role("status").first).to_contain_text("已退出")
    page.go_back()
    page.reload()
    expect(page.locator("main")).not_to_contain_text("受理人员")


def test_what_was_typed_wrong_is_said_and_tells_nothing_more(server: str, register: Engine, open_page: Open) -> None:
    name, said = add(register), set()
    page = open_page(server, "/account/sign-in", fails=True)
    for typed, password in ((name, "wrong"), ("nobody.here", PASSWORD)):
        sign_in(page, typed, password)
        said.add(page.get_by_role("alert").inner_text())
        expect(page.get_by_label("用户名")).to_have_value(typed)
        expect(page.get_by_label("密码", exact=True)).to_have_value("")
    assert len(said) == 1
    expect(page.get_by_role("alert")).to_contain_text("sign_in_failed")


@pytest.mark.parametrize(
    "onward", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_signing_in_leads_to_no_other_site(server: str, register: Engine, open_page: Open, onward: str) -> None:
    page = open_page(server, f"/account/sign-in?next={onward}")
    sign_in(page, add(register))
    page.wait_for_url(f"{server}/")


def test_pages_of_accounts_ask_to_sign_in(server: str, open_page: Open) -> None:
    for path in ("/account", "/account/users", "/account/users/zhang.san", "/account/second-factor"):
        page = open_page(server, path, fails=True)
        expect(page.locator(".error code").first).to_have_text("sign_in_needed")


def test_a_token_is_shown_once(server: str, register: Engine, open_page: Open) -> None:
    page = open_page(server, "/account/sign-in?next=/account")
    sign_in(page, add(register))
    page.locator("#token-name").fill("QGIS")
    page.get_by_role("button", name="生成令牌").click()
    secret = page.locator("[data-token]").inner_text()
    assert secret.startswith("diming_")
    page.goto(f"{server}/account")
    expect(page.locator("#tokens")).to_contain_text("QGIS")
    assert secret not in page.content()
    page.locator("#tokens").get_by_role("button", name="结束").click()
    expect(page.get_by_role("status").first).to_contain_text("令牌已失效")


def test_two_step_sign_in_is_set_up_and_asked_for(
    server: str, register: Engine, open_page: Open, clock: MovedClock
) -> None:
    import base64

    name = add(register)
    page = open_page(server, "/account/sign-in?next=/account", fails=True)
    sign_in(page, name)
    page.get_by_role("link", name="启用两步验证").click()
    key = base64.b32decode(page.locator("code.key").inner_text().replace(" ", ""))
    page.get_by_label("动态验证码").fill("000000")
    page.get_by_role("button", name="启用两步验证").click()
    expect(page.get_by_role("alert")).to_contain_text("code_wrong")
    page.get_by_label("动态验证码").fill(code_at(key, int(clock().timestamp()) // 30))
    page.get_by_role("button", name="启用两步验证").click()
    expect(page.locator(".identity")).to_contain_text("已设两步验证")
    page.get_by_role("button", name="退出").click()
    sign_in(page, name)
    expect(page.get_by_role("alert")).to_contain_text("second_factor_needed")
    clock.ahead += timedelta(minutes=1)
    sign_in(page, name, code=code_at(key, int(clock().timestamp()) // 30))
    expect(page.locator(".account")).to_contain_text("张三丰")


@BOTH
def test_an_administrator_adds_somebody_who_sets_a_password(
    server: str, register: Engine, open_page: Open, scripts: bool
) -> None:
    new = f"n{new_id().hex[-10:]}"
    page = open_page(server, "/account/sign-in?next=/account/users", java_script_enabled=scripts, fails=True)
    sign_in(page, add(register, "administrator"))
    page.locator("#username").fill(new)
    page.locator("#display_name").fill("李四光")
    page.locator("#role").select_option("reviewer")
    page.locator("#within").fill("420000")
    page.get_by_role("button", name="添加用户").click()
    expect(page.get_by_role("alert")).to_contain_text("not_permitted")
    expect(page.locator("#username")).to_have_value(new)
    page.locator("#within").fill("420607")
    page.locator("#role").select_option("reviewer")
    page.get_by_role("button", name="添加用户").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("李四光")
    page.get_by_role("button", name="生成设置密码的链接").click()
    link = page.locator("[data-link]").inner_text()

    person = open_page(server, link.removeprefix(server), fails=True)
    person.get_by_label("新密码", exact=True).fill("aaaaaaaaaaaaaaaa")
    person.get_by_label("再输入一次新密码").fill("aaaaaaaaaaaaaaaa")
    person.get_by_role("button", name="设置密码").click()
    expect(person.get_by_role("alert")).to_contain_text("password_too_weak")
    person.get_by_label("新密码", exact=True).fill(PASSWORD)
    person.get_by_label("再输入一次新密码").fill(PASSWORD)
    person.get_by_role("button", name="设置密码").click()
    sign_in(person, new)
    expect(person.locator(".account")).to_contain_text("李四光")

    page.get_by_role("button", name="停用").click()
    expect(page.get_by_role("status").first).to_contain_text("已停用")
    person.reload()
    expect(person.locator(".account")).to_contain_text("公众访问")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_nothing_serious_and_nothing_too_wide(
    server: str, register: Engine, open_page: Open, axe: str, subtests: pytest.Subtests, language: str
) -> None:
    name = add(register, "administrator", "000000")
    page = open_page(server, "/account/sign-in", viewport=DESK)
    for window, viewport in WINDOWS.items():
        page.set_viewport_size(viewport)
        with subtests.test(window, path="/account/sign-in"):
            assert serious(page, axe) == []
    sign_in(page, name)
    for path in ("/account", "/account/second-factor", "/account/users", f"/account/users/{name}"):
        page.goto(f"{server}{path}?lang={language}")
        for window, viewport in WINDOWS.items():
            page.set_viewport_size(viewport)
            with subtests.test(window, path=path):
                assert serious(page, axe) == []
                assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
