"""The worst questions, one after another, to a server process of its own: what it needs at most is bounded."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from data.server.home import REPOSITORY
from tests.contract.test_bad_input import PLACES, QUERIES, polygon
from tests.contract.test_openapi import LONG

#: What one process may need above what it needs at rest, in megabytes: its share of a machine of 2 GB with two workers.
MOST_MB = 150
START_S = 120
FULL = 1_000_000  # bytes: just below what a body may have
NESTED = b'{"codes": ' + b"[" * (FULL // 2) + b"]" * (FULL // 2 - 20) + b"}"
#: Which question, and what it is answered with.
WORST: list[tuple[str, dict[str, Any], set[int]]] = [
    ("/v1/names/check", {"json": {"name": "沿河路", "class": "STREET", "geometry": polygon(200_000)}}, {413}),
    ("/v1/names/check", {"json": {"name": "沿河路", "class": "STREET", "geometry": polygon(24_000)}}, {200}),
    ("/v1/codes/translate", {"content": NESTED, "headers": {"Content-Type": "application/json"}}, {400, 422}),
    ("/v1/codes/translate", {"json": {"codes": ["420600"] * 10_000, "from": "1982-01-01"}}, {200}),
    ("/v1/reverse", {"json": {"points": [[112.1, 32.0]] * 10_000, "places": 5}}, {200}),
    ("/v1/reconcile", {"data": {"queries": QUERIES}}, {400}),
    ("/v1/romanize", {"json": {"items": [{"name": "地" * 50}] * 2_000}}, {200, 422}),
    ("/v1/places?q=村&limit=1000", {}, {200}),
    ("/v1/linked/lpf?q=村&limit=100", {}, {200}),
    (f"{PLACES}?limit=1000", {}, {200}),
    (f"{PLACES}?filter=" + "NOT " * 800 + "name = 'x'", {}, {400}),
    ("/ogc/collections/places/tiles/WebMercatorQuad/3/6/3?limit=10000", {}, {200}),
    ("/ogc/collections/places/tiles/WebMercatorQuad/3/6/3?limit=10000&governed_by=approved", {}, {200}),
    ("/v1/units?limit=1000&as_of=1990-01-01", {}, {200}),
    ("/v1/changes?limit=1000", {}, {200}),
    ("/v1/snapshot?limit=1000", {}, {200, 400}),
]


@dataclass(frozen=True)
class Server:
    """A process and what asks it."""

    client: httpx.Client
    pid: int

    def megabytes(self, what: str) -> float:
        """A line of `/proc/PID/status` in kB: VmRSS is what it holds, VmHWM the most it has held."""
        status = Path(f"/proc/{self.pid}/status").read_text("ascii").splitlines()
        return next(int(line.split()[1]) / 1024 for line in status if line.startswith(f"{what}:"))


@pytest.fixture
def server(api_url: str) -> Iterator[Server]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "DIMING_DATABASE_URL": api_url, "DIMING_PAGES": "false"}
    words = [sys.executable, "-m", "uvicorn", "--factory", "api.serving:serving_app", "--port", str(port)]
    with subprocess.Popen([*words, "--log-level", "warning"], cwd=REPOSITORY, env=environment) as process:
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
                wait_for(client, process)
                yield Server(client, process.pid)
        finally:
            process.kill()


def wait_for(client: httpx.Client, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START_S
    while process.poll() is None and time.monotonic() < end:
        try:
            if client.get("/v1/units/420600").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError("the server did not start")


@pytest.mark.skipif(not LONG, reason="a server process of its own, and what costs most: `./diming test --long`")
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
def test_the_worst_questions_need_a_bounded_share(server: Server) -> None:
    server.client.get("/v1/places", params={"q": "龙"})  # what is read once
    server.client.get("/v1/codes/420600/translate")
    rest = server.megabytes("VmRSS")
    needed = []
    for path, asked, statuses in WORST:
        answer = server.client.request("POST" if asked else "GET", path, **asked)
        assert answer.status_code in statuses, (path[:80], answer.status_code, answer.text[:300])
        needed.append((round(server.megabytes("VmHWM") - rest), path[:60]))
    most = server.megabytes("VmHWM") - rest
    print(json.dumps({"at_rest_mb": round(rest), "most_mb": round(most), "after": needed}))
    assert most < MOST_MB, needed
