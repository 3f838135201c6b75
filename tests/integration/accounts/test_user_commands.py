"""`./diming user` and `./diming token` as a person runs them, on a register in a home of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, text

from data.accounts.identity import by_token
from data.clock import system_clock
from data.db import reading
from data.ids import new_id
from tests.installation import Installation, installation


@pytest.fixture(scope="module")
def place(register: Engine) -> Iterator[Installation]:
    with installation(register.url.render_as_string(hide_password=False)) as found:
        yield found


@pytest.fixture
def name() -> str:
    return f"c{new_id().hex[-12:]}"


def test_a_user_is_added_listed_given_and_taken_roles_and_disabled(place: Installation, name: str) -> None:
    added = place.ask("user", "add", name, "--role", "clerk", "--within", "420600", "--display-name", "张三")
    assert added["username"] == name
    assert added["password_link"].startswith("/account/password/")
    granted = place.ask("user", "grant", name, "--role", "reviewer", "--within", "000000", "--until", "2999-01-01")
    listed = place.ask("user", "list", "--search", name)["items"][0]
    assert [(role["role"], role["within"]["code"]) for role in listed["roles"]] == [
        ("clerk", "420600"),
        ("reviewer", "000000"),
    ]
    assert listed["can_sign_in"] is False
    assert place.ask("user", "revoke", granted["grant"])["revoked"] is True
    assert len(place.ask("user", "list", "--search", name)["items"][0]["roles"]) == 1
    assert place.ask("user", "disable", name)["disabled"] is True
    assert place.ask("user", "enable", name)["disabled"] is False


def test_a_token_is_printed_once_and_alone(place: Installation, register: Engine, name: str) -> None:
    place.ask("user", "add", name)
    status, out, err = place.run("token", name, "--days", "3")
    assert status == 0, err
    secret = out.strip()
    assert secret.startswith("diming_")
    assert "\n" not in secret
    found = by_token(register, secret, system_clock())
    assert found is not None
    assert found.username == name
    with reading(register) as connection:
        dump = connection.execute(text("SELECT string_agg(t::text, '') FROM diming.api_token t")).scalar_one()
    assert secret not in dump


@pytest.mark.parametrize(
    ("words", "status", "code"),
    [
        (["user", "add", "张三"], 2, "bad_username"),
        (["user", "add", "x-{}", "--role", "king", "--within", "420600"], 2, "bad_role"),
        (["user", "add", "x-{}", "--role", "clerk"], 2, "bad_role"),
        (["user", "add", "x-{}", "--role", "clerk", "--within", "999999"], 4, "code_never_existed"),
        (["user", "add", "x-{}", "--role", "clerk", "--within", "110103"], 4, "code_not_standing"),
        (["user", "disable", "nobody.here"], 4, "no_such_account"),
        (["user", "revoke", "00000000-0000-0000-0000-000000000000"], 4, "no_such_grant"),
        (["token", "nobody.here"], 4, "no_such_account"),
    ],
)
def test_what_cannot_be_done_is_said(place: Installation, name: str, words: list[str], status: int, code: str) -> None:
    answered, out, _ = place.run(*[word.format(name) for word in words], "--json")
    assert (answered, json.loads(out)["code"]) == (status, code)


def test_an_account_exists_once_and_a_token_has_an_end(place: Installation, name: str) -> None:
    place.ask("user", "add", name)
    assert place.ask("user", "add", name)["code"] == "account_exists"
    assert place.ask("token", name, "--days", "5000")["code"] == "bad_period"


def test_a_deputy_is_named(place: Installation, name: str) -> None:
    place.ask("user", "add", name)
    place.ask("user", "add", f"{name}-b")
    named = place.ask("user", "deputy", name, f"{name}-b", "--from", "2026-03-02", "--through", "2026-03-04")
    assert (named["absent"], named["acting"]) == (name, f"{name}-b")
    assert (
        place.ask("user", "deputy", name, name, "--from", "2026-03-02", "--through", "2026-03-04")["code"]
        == "bad_deputy"
    )
