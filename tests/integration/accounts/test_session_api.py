"""Signing in over HTTP: the cookie, the token, who is staff, and what another web site cannot do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine

from api.app import create_app
from api.settings import Settings
from api.v1.session import NOBODY, SOMEBODY
from data.accounts.tokens import issue_token
from data.db import unit_of_work
from data.secrets import Keyring
from tests.integration.accounts.conftest import NOW, OPERATOR, PASSWORD, People
from tests.serving import serving

BOUNDARY = "/v1/units/420600/geometry"


class MovedClock:
    """The server's clock, which a test moves."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture(scope="module")
def clock() -> MovedClock:
    return MovedClock()


def make_app(register: Engine, keys: Keyring, clock: MovedClock, **settings: object) -> FastAPI:
    url = register.url.render_as_string(hide_password=False)
    app = create_app(Settings(database_url=url, pages=False, **settings))  # type: ignore[arg-type]
    app.state.keys, app.state.clock = keys, clock
    return app


@pytest.fixture(scope="module")
def address(register: Engine, keys: Keyring, clock: MovedClock) -> Iterator[str]:
    with serving(make_app(register, keys, clock)) as found:
        yield found


@pytest.fixture
def client(address: str, clock: MovedClock) -> Iterator[httpx.Client]:
    clock.now = clock.now + timedelta(hours=1)  # the failures of the test before are forgotten
    with httpx.Client(base_url=address, timeout=30) as found:
        yield found


def enter(client: httpx.Client, name: str, password: str = PASSWORD, **headers: str) -> httpx.Response:
    return client.post("/v1/session", json={"username": name, "password": password}, headers=headers)


def test_a_method_that_is_not_there_names_all_that_are(client: httpx.Client) -> None:
    answer = client.put("/v1/session")
    assert (answer.status_code, answer.headers["allow"]) == (405, "DELETE, GET, POST")


def test_who_has_not_signed_in_is_nobody(client: httpx.Client) -> None:
    answer = client.get("/v1/session")
    assert (answer.status_code, answer.json()) == (200, NOBODY)
    assert answer.headers["cache-control"] == "no-store"
    assert "set-cookie" not in answer.headers


def test_signing_in_sets_a_cookie_that_scripts_cannot_read(client: httpx.Client, people: People) -> None:
    name = people.add(("clerk", "420600"), password=True)
    answer = enter(client, name)
    assert answer.status_code == 200, answer.text
    assert answer.json().keys() == SOMEBODY.keys()
    assert answer.json()["roles"] == [
        {"role": "clerk", "within": {"code": "420600", "name": "襄阳市"}, "level": None, "for": None}
    ]
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("diming_session=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie
    assert "Secure" not in cookie
    assert "no-store" in answer.headers["cache-control"]
    assert client.get("/v1/session").json()["account"]["username"] == name


def test_off_loopback_the_cookie_is_secure_and_of_this_host_only(client: httpx.Client, people: People) -> None:
    cookie = enter(client, people.add(password=True), Host="diming.example").headers["set-cookie"]
    assert cookie.startswith("__Host-diming_session=")
    assert "Secure" in cookie
    assert "Domain" not in cookie


def test_a_session_that_was_planted_before_is_not_taken_over(client: httpx.Client, people: People) -> None:
    """Session fixation: an attacker's secret in the victim's browser stays worth nothing."""
    attacker, victim = people.add(password=True), people.add(password=True)
    planted = enter(client, attacker).cookies["diming_session"]
    client.cookies.clear()
    client.cookies.set("diming_session", planted)
    fresh = enter(client, victim).headers["set-cookie"].split(";")[0].partition("=")[2]
    assert fresh != planted
    for secret, name in ((planted, attacker), (fresh, victim)):
        client.cookies.clear()
        client.cookies.set("diming_session", secret)
        assert client.get("/v1/session").json()["account"]["username"] == name
    client.cookies.clear()
    client.cookies.set("diming_session", "made-up-by-the-attacker")
    assert client.get("/v1/session").json() == NOBODY


def test_signing_out_ends_the_session_and_can_be_repeated(client: httpx.Client, people: People) -> None:
    secret = enter(client, people.add(password=True)).cookies["diming_session"]
    answer = client.delete("/v1/session")
    assert (answer.status_code, answer.json()) == (200, NOBODY)
    assert "Max-Age=0" in answer.headers["set-cookie"]
    assert client.delete("/v1/session").status_code == 200
    client.cookies.clear()
    client.cookies.set("diming_session", secret)
    assert client.get("/v1/session").json() == NOBODY


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}])
def test_another_web_site_signs_nobody_in_or_out(client: httpx.Client, people: People, headers: dict[str, str]) -> None:
    name = people.add(password=True)
    answer = enter(client, name, **headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "cross_site_write")
    enter(client, name)
    assert client.delete("/v1/session", headers=headers).json()["code"] == "cross_site_write"
    assert client.get("/v1/session").json()["signed_in"] is True


def test_refusals_name_no_reason_and_then_say_how_long_to_wait(client: httpx.Client, people: People) -> None:
    name = people.add(password=True)
    for _ in range(5):
        answer = enter(client, name, "wrong")
        assert (answer.status_code, answer.json()["code"]) == (401, "sign_in_failed")
        assert answer.headers["www-authenticate"].startswith("Bearer")
        assert "set-cookie" not in answer.headers
    answer = enter(client, name)
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_attempts")
    assert 0 < int(answer.headers["retry-after"]) <= 30


def test_throttling_outlives_the_server(
    register: Engine, keys: Keyring, clock: MovedClock, client: httpx.Client, people: People
) -> None:
    name = people.add(password=True)
    for _ in range(5):
        enter(client, name, "wrong")
    with serving(make_app(register, keys, clock)) as another:
        assert httpx.post(f"{another}/v1/session", json={"username": name, "password": PASSWORD}).status_code == 429


@pytest.mark.parametrize(
    "body",
    [{}, {"username": "a"}, {"username": "a", "password": "b", "role": "x"}, {"username": 1, "password": "b"},
     {"username": "a" * 101, "password": "b"}, {"username": "a", "password": "b" * 513}],
)  # fmt: skip
def test_what_is_no_sign_in_is_refused(client: httpx.Client, body: dict[str, object]) -> None:
    answer = client.post("/v1/session", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_body")


@pytest.mark.parametrize("name", ["\x00", "' OR 1=1 --", "张三", "a\n"])
def test_strange_names_fail_like_any_other(client: httpx.Client, name: str) -> None:
    assert enter(client, name).json()["code"] == "sign_in_failed"


def token_of(register: Engine, people: People, name: str, clock: MovedClock) -> str:
    with unit_of_work(register) as connection:
        return issue_token(connection, OPERATOR, people.id(name), "program", lambda _: (), clock.now).secret


def test_a_token_makes_a_program_its_account(
    register: Engine, client: httpx.Client, people: People, clock: MovedClock
) -> None:
    name = people.add(("surveyor", "420600"))
    bearer = {"Authorization": f"Bearer {token_of(register, people, name, clock)}"}
    answer = client.get("/v1/session", headers=bearer).json()
    assert (answer["via"], answer["account"]["username"]) == ("token", name)
    assert client.get("/v1/viewer", headers=bearer).json() == {"audience": "staff"}
    assert client.get("/v1/viewer").json() == {"audience": "public"}


@pytest.mark.parametrize("path", ["/v1/session", "/v1/viewer", "/v1/units/420600"])
def test_a_token_that_is_not_valid_is_not_taken_for_the_public(client: httpx.Client, path: str) -> None:
    answer = client.get(path, headers={"Authorization": "Bearer diming_made_up"})
    assert (answer.status_code, answer.json()["code"]) == (401, "token_not_valid")


def test_offices_see_boundaries_and_applicants_do_not(client: httpx.Client, people: People) -> None:
    for role, audience in (("applicant", "public"), ("expert", "public"), ("boundary_keeper", "staff")):
        enter(client, people.add((role, "420600"), password=True))
        assert client.get("/v1/viewer").json() == {"audience": audience}, role
    staff = client.get(BOUNDARY)
    assert staff.headers.get("cache-control", "no-store").startswith(("private", "no-store"))


def test_in_a_demonstration_the_user_is_staff_until_he_signs_in(
    register: Engine, keys: Keyring, clock: MovedClock, people: People
) -> None:
    name = people.add(("applicant", "420600"), password=True)
    with (
        serving(make_app(register, keys, clock, demonstration=True)) as found,
        httpx.Client(base_url=found) as client,
    ):
        nobody = client.get("/v1/session").json()
        assert (nobody["via"], nobody["account"]) == ("demonstration", None)
        assert client.get("/v1/viewer").json() == {"audience": "staff"}
        assert client.get("/v1/viewer", headers={"Host": "evil.example"}).json() == {"audience": "public"}
        enter(client, name)
        assert client.get("/v1/session").json()["account"]["username"] == name
        assert client.get("/v1/viewer").json() == {"audience": "public"}
