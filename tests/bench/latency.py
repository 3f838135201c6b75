"""Latencies as they are reported: median and tails, in milliseconds."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Latency:
    """Percentiles of `count` measurements in milliseconds (nearest rank)."""

    count: int
    p50_ms: float
    p95_ms: float
    p99_ms: float


def latency_of(times_ms: Iterable[float]) -> Latency:
    """The percentiles of `times_ms`; ValueError where there is none."""
    ordered = sorted(times_ms)
    if not ordered:
        raise ValueError("nothing was measured")

    def rank(share: float) -> float:
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))]

    return Latency(len(ordered), rank(0.50), rank(0.95), rank(0.99))


def measure(ask: Callable[[T], object], questions: Sequence[T], *, warm_up: int = 50) -> Latency:
    """Ask all `questions` one after another; the first `warm_up` are asked once more, unmeasured, before."""
    for question in questions[:warm_up]:
        ask(question)
    times: list[float] = []
    for question in questions:
        start = time.perf_counter()
        ask(question)
        times.append((time.perf_counter() - start) * 1000)
    return latency_of(times)
