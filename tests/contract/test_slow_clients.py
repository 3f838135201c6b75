"""Clients that dawdle, stop half-way or go away: whoever else asks is answered all the same."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing
from urllib.parse import urlsplit

import httpx
import pytest

#: More of them than the server has connections to its database, and threads that ask it.
MANY = 40
HALF_A_HEAD = b"GET /v1/units?limit=1 HTTP/1.1\r\nHost: slow.example\r\n"
HALF_A_BODY = (
    b"POST /v1/codes/translate HTTP/1.1\r\nHost: slow.example\r\nContent-Type: application/json\r\n"
    b'Content-Length: 100000\r\n\r\n{"codes": ["4206'
)
HALF_A_FORM = (
    b"POST /v1/reconcile HTTP/1.1\r\nHost: slow.example\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    b"Content-Length: 100000\r\n\r\nqueries=%7B"
)
#: An answer of hundreds of thousands of bytes, more than what lies between two programs holds.
LONG_ANSWER = b"GET /ogc/collections/units/items?limit=1000 HTTP/1.1\r\nHost: slow.example\r\n\r\n"


@pytest.fixture
def dawdling(api_address: str) -> Iterator[ExitStack]:
    """Connections that are kept open until the test is over."""
    with ExitStack() as kept:
        yield kept


def connected(address: str, sent: bytes) -> socket.socket:
    """A connection on which this has been sent, and of which little is read ahead."""
    parts = urlsplit(address)
    client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.connect((parts.hostname, parts.port))
    client.sendall(sent)
    return client


def everybody_else_is_answered(api: httpx.Client) -> None:
    for code in ("420600", "330522", "110105"):
        answer = api.get(f"/v1/units/{code}")
        assert (answer.status_code, answer.json()["code"]) == (200, code)


@pytest.mark.parametrize("half", [HALF_A_HEAD, HALF_A_BODY, HALF_A_FORM], ids=["head", "body", "form"])
def test_half_a_question(api_address: str, api: httpx.Client, dawdling: ExitStack, half: bytes) -> None:
    for _ in range(MANY):
        dawdling.enter_context(closing(connected(api_address, half)))
    everybody_else_is_answered(api)


def test_an_answer_that_nobody_reads(api_address: str, api: httpx.Client, dawdling: ExitStack) -> None:
    for _ in range(MANY // 2):
        dawdling.enter_context(closing(connected(api_address, LONG_ANSWER)))
    everybody_else_is_answered(api)


def test_a_client_that_has_gone(api_address: str, api: httpx.Client) -> None:
    for _ in range(MANY // 2):
        connected(api_address, LONG_ANSWER).close()
    everybody_else_is_answered(api)
