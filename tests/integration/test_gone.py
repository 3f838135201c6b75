"""A question whose client has gone is given up in the database; one whose client waits is answered."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from fastapi import Request
from sqlalchemy import Engine, text
from starlette.requests import ClientDisconnect

from api.app import create_app
from api.gone import AFTER_S
from api.settings import Settings
from tests.serving import serving

#: Longer than any wait of these tests, shorter than the limit of the public's questions.
LONG_S = 15
#: What the questions ended with whose client went: no failure of the database's, which would be logged as an error.
LEFT: list[ClientDisconnect] = []


@pytest.fixture
def served(engine: Engine) -> Iterator[str]:
    """A server with a question that takes as long as it is told to, asked by GET and by POST."""
    app = create_app(Settings(database_url=engine.url.render_as_string(hide_password=False), pages=False))

    def sleep(request: Request, seconds: float) -> dict[str, bool]:
        try:
            with request.app.state.databases.reading() as connection:
                connection.execute(text("SELECT pg_sleep(:seconds) AS slept_for_the_test"), {"seconds": seconds})
        except ClientDisconnect as left:
            LEFT.append(left)
            raise
        return {"slept": True}

    def sleep_as_told(request: Request, told: dict[str, Any]) -> dict[str, bool]:
        return sleep(request, told["seconds"])

    app.add_api_route("/slow", sleep)
    app.add_api_route("/slow", sleep_as_told, methods=["POST"])
    with serving(app) as address:
        yield address


def until(so: Callable[[], object], seconds: float = LONG_S / 2) -> None:
    """Return as soon as it is so; it must be long before the statement would end by itself."""
    end = time.monotonic() + seconds
    while not so():
        assert time.monotonic() < end, "it never came to be so"
        time.sleep(0.05)


def sleeping(engine: Engine) -> int:
    """Statements of these tests that the database works on."""
    asked = "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'SELECT pg\\_sleep(%the_test'"
    with engine.connect() as connection:
        return int(connection.scalar(text(asked)) or 0)


def sent(address: str, head: bytes, body: bytes = b"") -> socket.socket:
    parts = urlsplit(address)
    client = socket.create_connection((parts.hostname or "", parts.port or 0))
    kind = b"Content-Type: application/json\r\nContent-Length: %d\r\n" % len(body) if body else b""
    client.sendall(head + b" HTTP/1.1\r\nHost: slow.example\r\n" + kind + b"\r\n" + body)
    return client


@pytest.mark.parametrize(
    ("head", "body"),
    [(b"GET /slow?seconds=%d" % LONG_S, b""), (b"POST /slow", b'{"seconds": %d}' % LONG_S)],
    ids=["get", "post"],
)
def test_its_statement_is_cancelled(served: str, engine: Engine, head: bytes, body: bytes) -> None:
    with closing(sent(served, head, body)):
        until(lambda: sleeping(engine) == 1)
    until(lambda: sleeping(engine) == 0)
    until(lambda: LEFT.pop() if LEFT else None)


def test_who_waits_is_answered(served: str) -> None:
    seconds = AFTER_S + 0.5
    with httpx.Client(base_url=served, timeout=30) as client:
        assert client.get("/slow", params={"seconds": seconds}).json() == {"slept": True}
        assert client.post("/slow", json={"seconds": seconds}).json() == {"slept": True}


def test_a_connection_that_was_given_up_is_used_again(served: str, engine: Engine) -> None:
    for _ in range(3):
        with closing(sent(served, b"GET /slow?seconds=%d" % LONG_S)):
            until(lambda: sleeping(engine) == 1)
        until(lambda: sleeping(engine) == 0)
        assert httpx.get(f"{served}/slow", params={"seconds": 0}).json() == {"slept": True}
