"""Webhooks over HTTP, as pages and as commands: who sees which, what is refused, the secret shown once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, text

from api.app import create_app
from api.auth.jurisdiction import chain_finder
from api.jobs import schema
from api.settings import Settings
from data.accounts.tokens import issue_token
from data.audit import verify
from data.db import reading, unit_of_work
from data.feed import Change, publish
from data.ids import new_id
from data.secrets import Keyring
from data.webhooks.model import MOST_WEBHOOKS
from tests.accounts import OPERATOR, add_person
from tests.installation import installation
from tests.serving import serving

URL = "https://maps.example/hooks/diming?key=1"
NOBODY_S = "00000000-0000-0000-0000-000000000000"


def client_of(engine: Engine, address: str) -> httpx.Client:
    """Somebody new, by a token."""
    name = add_person(engine, now=datetime.now(UTC), password=False)
    with unit_of_work(engine) as connection:
        account = connection.scalar(text("SELECT id FROM diming.account WHERE username = :name"), {"name": name})
        assert account is not None
        issued = issue_token(connection, OPERATOR, account, "test", chain_finder(connection), datetime.now(UTC))
    headers = {"Authorization": f"Bearer {issued.secret}"}
    return httpx.Client(base_url=address, headers=headers, timeout=30)


@pytest.fixture(scope="module")
def address(register: Engine, keys: Keyring) -> Iterator[str]:
    schema.prepare(register)
    with unit_of_work(register) as connection:
        publish(connection, [Change("places", new_id(), None, {"name": "甘棠里"}, None)])
    app = create_app(Settings(database_url=register.url.render_as_string(hide_password=False)))
    app.state.keys = keys
    with serving(app) as found:
        yield found


@pytest.fixture
def mine(register: Engine, address: str) -> Iterator[httpx.Client]:
    with client_of(register, address) as found:
        yield found


@pytest.fixture
def other(register: Engine, address: str) -> Iterator[httpx.Client]:
    with client_of(register, address) as found:
        yield found


def made(client: httpx.Client, **body: Any) -> dict[str, Any]:
    answer = client.post("/v1/webhooks", json={"url": URL, **body})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_one_is_made_shown_without_its_secret_changed_and_removed(mine: httpx.Client) -> None:
    hook = made(mine, collections=["units", "places"], within=["420600", "420600"], classes=["STREET"])
    assert hook["secret"].startswith("whsec_")
    assert (hook["collections"], hook["within"], hook["behind"]) == (["units", "places"], ["420600"], 0)
    path = f"/v1/webhooks/{hook['id']}"
    shown = mine.get(path).json()
    assert shown == {key: value for key, value in hook.items() if key != "secret"}
    assert mine.get("/v1/webhooks").json() == {"items": [shown], "next": None}
    assert mine.patch(path, json={"state": "paused", "since": 0}).json()["behind"] > 0
    assert mine.patch(path, json={"state": "active"}).json()["state"] == "active"
    renewed = mine.post(f"{path}/secret").json()
    assert renewed["secret"] != hook["secret"]
    assert renewed["former_until"] is not None
    assert mine.post(f"{path}/deliveries", json={"seq": 1}).status_code == 202
    assert mine.get(f"{path}/deliveries").json() == {"items": [], "next": None}
    assert mine.delete(path).json() == {"id": hook["id"]}
    assert mine.get(path).status_code == 404


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"url": "https://127.0.0.1/"}, 400, "bad_webhook_url"),
        ({"url": "http://maps.example/"}, 400, "bad_webhook_url"),
        ({"url": URL, "since": 10**9}, 400, "seq_ahead"),
        ({"url": URL, "since": "1"}, 422, "bad_body"),
        ({"url": URL, "collections": ["secrets"]}, 422, "bad_body"),
        ({"url": URL, "within": ["4206"]}, 422, "bad_body"),
        ({"url": URL, "within": ["999999"]}, 404, "code_never_existed"),
        ({"url": URL, "name": "a\x07"}, 400, "bad_account_field"),
        ({"url": URL, "secret": "whsec_mine"}, 422, "bad_body"),
        ({}, 422, "bad_body"),
    ],
)
def test_what_cannot_be_asked_for(mine: httpx.Client, body: dict[str, Any], status: int, code: str) -> None:
    answer = mine.post("/v1/webhooks", json=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert mine.get("/v1/webhooks").json()["items"] == []


def test_others_and_the_public_have_nothing_to_do_with_it(mine: httpx.Client, other: httpx.Client) -> None:
    path = f"/v1/webhooks/{made(mine)['id']}"
    page = path.replace("/v1", "/account")
    asked: list[tuple[str, str, Any]] = [
        ("GET", path, None), ("PATCH", path, {"state": "paused"}), ("DELETE", path, None),
        ("POST", f"{path}/secret", None), ("GET", f"{path}/deliveries", None),
        ("POST", f"{path}/deliveries", {"seq": 1}),
    ]  # fmt: skip
    for method, address, body in asked:
        assert other.request(method, address, json=body).status_code == 404, address
        assert httpx.request(method, f"{mine.base_url}{address}", json=body).status_code == 401, address
    for deed in ("pause", "resume", "secret", "remove"):
        assert other.post(f"{page}/{deed}").status_code == 404, deed
    assert other.get(page).status_code == 404
    assert other.get("/v1/webhooks").json()["items"] == []
    assert mine.get(path).json()["state"] == "active"


def test_there_is_an_end_to_them(mine: httpx.Client) -> None:
    for _ in range(MOST_WEBHOOKS):
        made(mine)
    answer = mine.post("/v1/webhooks", json={"url": URL})
    assert (answer.status_code, answer.json()["code"]) == (409, "too_many_webhooks")
    first = mine.get("/v1/webhooks", params={"limit": 15}).json()
    rest = mine.get("/v1/webhooks", params={"limit": 15, "cursor": first["next"]}).json()
    assert len({item["id"] for item in (*first["items"], *rest["items"])}) == MOST_WEBHOOKS


def test_the_database_holds_no_secret_and_the_audit_no_path(
    mine: httpx.Client, register: Engine, keys: Keyring
) -> None:
    hook = made(mine)
    with reading(register) as connection:
        sealed = connection.scalar(text("SELECT secret FROM diming.webhook WHERE id = :id"), {"id": hook["id"]})
        entries = connection.execute(
            text("SELECT details::text FROM diming.audit WHERE details ->> 'webhook' = :id"), {"id": hook["id"]}
        )
        said = " ".join(entries.scalars())
        assert verify(connection)[1] is None
    from data.webhooks.signing import shown

    assert shown(keys.open("webhooks", bytes(sealed or b""), hook["id"])) == hook["secret"]
    assert "https://maps.example" in said
    assert "hooks/diming" not in said


def test_the_pages(mine: httpx.Client) -> None:
    asked = {
        "url": URL,
        "name": "示例图",
        "within": "420600 420000",
        "collections": ["units", "places"],
        "kinds": ["insert"],
    }
    answer = mine.post("/account/webhooks", data=asked)
    assert answer.status_code == 200
    assert "whsec_" in answer.text
    (hook,) = mine.get("/v1/webhooks").json()["items"]
    assert (hook["name"], hook["within"], hook["kinds"]) == ("示例图", ["420600", "420000"], ["insert"])
    page = f"/account/webhooks/{hook['id']}"
    for path in ("/account/webhooks", page, f"{page}?lang=en"):
        shown = mine.get(path)
        assert (shown.status_code, shown.headers["cache-control"]) == (200, "private, no-store")
        assert "示例图" in shown.text
        assert "whsec_" not in shown.text
    assert mine.post(f"{page}/pause").headers["location"].endswith("done=webhook_paused")
    assert "已暂停" in mine.get(f"{page}?lang=zh").text
    assert mine.post(f"{page}/resume").status_code == 303
    assert mine.post(f"{page}/url", data={"url": "https://maps.example/two"}).status_code == 303
    refused = mine.post(f"{page}/url", data={"url": "https://10.0.0.1/"})
    assert (refused.status_code, "bad_webhook_url" in refused.text) == (400, True)
    assert mine.post(f"{page}/again", data={"seq": "1"}).status_code == 303
    assert "whsec_" in mine.post(f"{page}/secret").text
    assert mine.post(f"{page}/remove").headers["location"].startswith("/account/webhooks?done=")
    assert mine.get(page).status_code == 404


def test_a_form_that_is_refused_keeps_what_was_typed(mine: httpx.Client) -> None:
    asked = {"url": "https://localhost/", "name": "示例图", "within": "420600", "collections": ["lines"]}
    answer = mine.post("/account/webhooks", data=asked)
    assert answer.status_code == 400
    for kept in ('value="https://localhost/"', 'value="示例图"', 'value="420600"', 'value="lines" checked'):
        assert kept in answer.text


def test_the_commands(register: Engine) -> None:
    name = add_person(register, now=datetime.now(UTC), password=False)
    with installation(register.url.render_as_string(hide_password=False)) as place:
        hook = place.ask("webhook", "add", name, URL, "--collection", "units", "--within", "420600")
        assert hook["secret"].startswith("whsec_")
        assert place.ask("webhook", "resume", hook["id"], "--since", "0")["delivered_seq"] == 0
        assert hook["id"] in {item["id"] for item in place.ask("webhook", "list")["items"]}
        assert place.ask("webhook", "log", hook["id"]) == {"items": []}
        assert place.ask("webhook", "remove", hook["id"])["removed"] is True
