"""Ctrl-C stops an installation in the foreground wherever it comes."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import pytest

from api.cli.lifecycle import processes, start
from data.server import home


class Cleared:
    """An object in whose clearing away a signal comes: Python drops what is raised there."""

    def __del__(self) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        for _ in range(1000):
            pass


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_interrupt_that_is_lost_as_an_exception_stops_it_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def alive(*_: Any) -> processes.Running:
        return processes.Running(1, 0, None, "")

    monkeypatch.setattr(processes, "recorded", alive)
    before = signal.signal(signal.SIGINT, start._as_interrupt)
    try:
        lost = Cleared()
        del lost
        assert start._wait_for_an_end(home.home_at(tmp_path)) is None
    finally:
        signal.signal(signal.SIGINT, before)
        start.STOP.clear()
