"""Deeds in a thread of their own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Given = TypeVar("Given")


def alone(deed: Callable[[], Given]) -> Given:
    """What `deed` gives, for deeds with an event loop of their own.

    A browser of earlier tests leaves its loop running in the thread of the tests, where no other can run.
    """
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(deed).result()
