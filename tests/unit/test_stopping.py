"""Ctrl-C stops an installation in the foreground wherever it comes; what ends by itself is followed by what waits."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from api.cli.environment import Environment
from api.cli.lifecycle import processes, start
from api.cli.lifecycle.keeping import STEADY_S, Keeper
from api.cli.lifecycle.services import Services
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
    monkeypatch.setattr(processes, "has_file", lambda *_: True)
    place = Environment(home.home_at(tmp_path), "127.0.0.1", 1, "postgresql://nobody@127.0.0.1:9/none")
    keeper = Keeper(place, Services(place))
    before = signal.signal(signal.SIGINT, start._as_interrupt)
    try:
        lost = Cleared()
        del lost
        keeper.keep(start.STOP)  # comes back: everything runs, so only the signal can have ended it
    finally:
        signal.signal(signal.SIGINT, before)
        start.STOP.clear()


@pytest.fixture
def keeper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Keeper:
    """A keeper of an installation that was started and of which nothing runs."""
    monkeypatch.setattr(processes, "recorded", lambda *_: None)
    monkeypatch.setattr(processes, "has_file", lambda *_: True)
    place = Environment(home.home_at(tmp_path), "127.0.0.1", 1, "postgresql://nobody@127.0.0.1:9/none")
    return Keeper(place, Services(place), lambda _said: None)


def test_what_ends_again_and_again_waits_longer_each_time(keeper: Keeper) -> None:
    assert keeper.ended() == ["server", "worker"]
    pauses = [keeper._pause() for _ in range(12)]
    assert pauses == [0, 0, 0, 0, 0, 1, 2, 4, 5, 5, 5, 5]
    keeper._since -= STEADY_S + 1
    assert keeper._pause() == 0, "what has run for a while is started at once"


def test_nothing_is_started_while_it_is_being_stopped(keeper: Keeper, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[bool] = []
    monkeypatch.setattr(Services, "revive", lambda _self: started.append(True))
    keeper._start_again()
    monkeypatch.setattr(processes, "has_file", lambda *_: False)  # `down` has taken the files away meanwhile
    keeper._start_again()
    assert started == [True]


@pytest.fixture
def asleep(tmp_path: Path) -> Iterator[Callable[[str, int, str], processes.Running]]:
    """`asleep(name, port, fingerprint)`: a process on record that does nothing; ended afterwards."""
    place = home.home_at(tmp_path)
    for folder in (place.run, place.log):
        folder.mkdir(parents=True)
    command, names = [sys.executable, "-c", "import time; time.sleep(60)"], set()

    def one(name: str, port: int, fingerprint: str) -> processes.Running:
        names.add(name)
        return processes.start(
            place, name, command, environment=dict(os.environ), folder=tmp_path, port=port, fingerprint=fingerprint
        )

    yield one
    for name in ("server", *names):
        processes.stop(place, name)


def test_the_server_that_waits_takes_the_place_of_the_one_that_ended(
    tmp_path: Path, asleep: Callable[[str, int, str], processes.Running]
) -> None:
    place = Environment(home.home_at(tmp_path), "127.0.0.1", 1, "postgresql://nobody@127.0.0.1:9/none")
    waiting = asleep("standby", 8000, "this program")
    assert Services(place)._take_standby(8000, "this program")
    assert processes.recorded(place.home, "server") == waiting
    assert processes.recorded(place.home, "standby") is None
    assert (place.home.run / "standby.go").exists()


@pytest.mark.parametrize(("port", "program"), [(8001, "this program"), (8000, "an older program")])
def test_a_server_that_waits_for_something_else_is_not_taken(
    tmp_path: Path, asleep: Callable[[str, int, str], processes.Running], port: int, program: str
) -> None:
    place = Environment(home.home_at(tmp_path), "127.0.0.1", 1, "postgresql://nobody@127.0.0.1:9/none")
    asleep("standby", port, program)
    assert not Services(place)._take_standby(8000, "this program")
    assert processes.recorded(place.home, "standby") is None
