"""A client that goes away in the middle of what it sends is no failure of the server's."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI, Request
from structlog.testing import capture_logs

from api.problems import CLIENT_CLOSED_REQUEST, install
from tests.threads import alone

SCOPE = {
    "type": "http", "http_version": "1.1", "method": "PATCH", "path": "/piece", "raw_path": b"/piece", "root_path": "",
    "query_string": b"", "headers": [], "scheme": "http", "server": ("127.0.0.1", 80), "client": ("127.0.0.1", 9),
}  # fmt: skip


def asked() -> tuple[list[dict[str, Any]], list[Any]]:
    """What is sent and what is logged where the client leaves after its first bytes."""
    app = FastAPI()
    install(app)

    @app.patch("/piece")
    async def piece(request: Request) -> None:
        async for _ in request.stream():
            pass

    coming: Iterator[dict[str, Any]] = iter(
        [{"type": "http.request", "body": b"half", "more_body": True}, {"type": "http.disconnect"}]
    )
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return next(coming)

    async def send(message: Any) -> None:
        sent.append(message)

    async def run() -> None:
        await app(dict(SCOPE), receive, send)

    with capture_logs() as logs:
        asyncio.run(run())
    return sent, logs


def test_it_is_written_down_as_what_it_is() -> None:
    sent, logs = alone(asked)
    assert sent[0]["status"] == CLIENT_CLOSED_REQUEST
    assert not [line for line in logs if line["log_level"] in ("warning", "error")]
