"""Posts messages to one receiver: its name is looked up once, and what was looked up is where it goes.

A name that is looked up a second time could lead elsewhere (DNS rebinding); a redirect is an answer like any
other and is not followed. However slowly a receiver answers, an attempt has an end.
"""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Mapping, Sequence
from ssl import SSLContext, SSLError
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import httpx

from data.webhooks.addresses import Network, all_open
from data.webhooks.model import Answered

#: For one attempt in all: looking up, connecting, sending, the answer.
ATTEMPT_S = 10.0
#: Of an answer so much is read, so that the line can be used again; nobody looks at it.
ANSWER_BYTES = 65_536
AGENT = "Diming-Webhooks/1"


class Line:
    """A line to one receiver, for one run. `trusted`: certificates other than the usual ones (tests)."""

    def __init__(self, url: str, allowed: Sequence[Network], trusted: SSLContext | None = None) -> None:
        self._parts, self._allowed = urlsplit(url), allowed
        self._client = httpx.AsyncClient(
            trust_env=False, follow_redirects=False, timeout=ATTEMPT_S, verify=trusted if trusted else True
        )
        self._runner = asyncio.Runner()
        self._address: str | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._runner.run(self._client.aclose())
        self._runner.close()

    def post(self, body: bytes, headers: Mapping[str, str]) -> Answered:
        """One attempt; it never raises for what a receiver or the network does."""
        began = time.monotonic()
        status, problem, retry_after = self._runner.run(self._attempt(body, headers))
        return Answered(status, problem, round((time.monotonic() - began) * 1000), retry_after)

    async def _attempt(self, body: bytes, headers: Mapping[str, str]) -> tuple[int | None, str | None, int | None]:
        try:
            async with asyncio.timeout(ATTEMPT_S):
                if self._address is None:
                    self._address = await self._looked_up()
                    if self._address is None:
                        return None, "webhook_address_closed", None
                return await self._sent(self._address, body, headers)
        except (TimeoutError, httpx.TimeoutException):
            return None, "webhook_too_slow", None
        except socket.gaierror:
            return None, "webhook_name_unknown", None
        except httpx.HTTPError as error:
            return None, "webhook_not_trusted" if _is_about_trust(error) else "webhook_not_reached", None

    async def _looked_up(self) -> str | None:
        """The address to send to; None where the name leads to one that nothing is sent to."""
        host, port = self._parts.hostname or "", self._parts.port or 443
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = [str(entry[4][0]) for entry in found]
        return addresses[0] if all_open(addresses, self._allowed) else None

    async def _sent(
        self, address: str, body: bytes, headers: Mapping[str, str]
    ) -> tuple[int | None, str | None, int | None]:
        shown = f"[{address}]" if ":" in address else address
        port = f":{self._parts.port}" if self._parts.port else ""
        url = self._parts._replace(netloc=shown + port).geturl()
        name = self._parts.hostname or ""
        all_headers = {
            **headers, "host": self._parts.netloc, "content-type": "application/json", "user-agent": AGENT,
            "accept-encoding": "identity",
        }  # fmt: skip
        extensions = {"sni_hostname": name} if name != address else {}
        stream = self._client.stream("POST", url, content=body, headers=all_headers, extensions=extensions)
        async with stream as answer:
            read = 0
            async for piece in answer.aiter_raw():
                read += len(piece)
                if read > ANSWER_BYTES:
                    break
            return answer.status_code, None, _seconds(answer.headers.get("retry-after", ""))


def _seconds(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None


def _is_about_trust(error: BaseException) -> bool:
    """Whether a certificate was the reason, however deep it lies."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, SSLError):
            return True
        cause = cause.__cause__ or cause.__context__
    return False
