"""A closed-loop HTTP/1.1 client for loopback: raw keep-alive sockets, so that the client costs little."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one run saw: latencies in milliseconds in order of completion, answers a second, refusals."""

    latencies_ms: list[float]
    per_second: float
    failures: int


async def _ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> bool:
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    if length:
        await reader.readexactly(length)
    return head.startswith(b"HTTP/1.1 200 ")


async def _client(port: int, requests: Sequence[bytes], first: int, until: float, times: list[float]) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    failures, turn = 0, first
    try:
        while (start := time.perf_counter()) < until:
            if not await _ask(reader, writer, requests[turn % len(requests)]):
                failures += 1
            times.append((time.perf_counter() - start) * 1000)
            turn += 1
    finally:
        writer.close()
    return failures


def get_request(path: str, port: int) -> bytes:
    """The bytes of one GET of `path` (already percent-encoded)."""
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode("ascii")


async def _run(port: int, paths: Sequence[str], clients: int, seconds: float) -> Outcome:
    requests = [get_request(path, port) for path in paths]
    times: list[float] = []
    start = time.perf_counter()
    stride = max(1, len(requests) // clients)
    failures = await asyncio.gather(
        *(_client(port, requests, n * stride, start + seconds, times) for n in range(clients))
    )
    elapsed = time.perf_counter() - start
    return Outcome(times, len(times) / elapsed, sum(failures))


def run(port: int, paths: Sequence[str], *, clients: int, seconds: float) -> Outcome:
    """Ask `paths` in turn over `clients` keep-alive connections for `seconds`."""
    return asyncio.run(_run(port, paths, clients, seconds))
