"""A follower that is killed anywhere and started again ends with exactly the same register."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from api.follower.copy import LocalCopy
from api.follower.following import Source, follow
from data.errors import BadInput, Conflict
from tests.integration.feed.conftest import Writer
from tests.scale import LONG

#: The issue's number of kills, and one that shows the same in a few seconds.
MANY, FEW = 100, 6
#: Seconds of following before a kill, at most: some pages of the snapshot, tens of pages of changes.
MOST_S = 0.3
#: The reference follower, without the command around it, which takes longer to start than to be killed.
FOLLOWER = """
import sys
from pathlib import Path
from api.follower.copy import LocalCopy
from api.follower.following import Source, follow

source = Source(sys.argv[1])
copy = LocalCopy(Path(sys.argv[2]), source.name)
print("begins", flush=True)
follow(source, copy)
"""


def test_a_follower_that_is_killed_again_and_again_has_the_same_register(
    address: str, writer: Writer, tmp_path: Path
) -> None:
    writer.publish(3000)
    kills, chance = MANY if LONG else FEW, random.Random(7)
    over = threading.Event()
    writing = threading.Thread(target=lambda: _keep_writing(writer, over))
    writing.start()
    try:
        for _ in range(kills):
            _followed_until_killed(address, tmp_path / "copy.sqlite", chance.uniform(0, MOST_S))
    finally:
        over.set()
        writing.join()
    copy = LocalCopy(tmp_path / "copy.sqlite", address)
    follow(Source(address), copy, once=True)
    assert {(collection, key): body for collection, key, body in copy.things()} == writer.stands
    copy.close()


def _keep_writing(writer: Writer, over: threading.Event) -> None:
    while not over.is_set():
        writer.publish(25)
        time.sleep(0.02)


def _followed_until_killed(address: str, file: Path, seconds: float) -> None:
    """Follow until so long after it has begun: what a program does before touches no copy."""
    command = [sys.executable, "-u", "-c", FOLLOWER, address, str(file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as follower:
        assert follower.stdout is not None and follower.stderr is not None  # noqa: PT018 -- both are pipes
        begun = follower.stdout.readline()
        assert begun, f"the follower ended by itself: {follower.stderr.read().decode()}"
        time.sleep(seconds)
        assert follower.poll() is None, f"the follower ended by itself: {follower.stderr.read().decode()}"
        follower.send_signal(signal.SIGKILL)


def test_a_copy_of_another_register_is_left_alone(address: str, tmp_path: Path) -> None:
    LocalCopy(tmp_path / "copy.sqlite", "https://gazetteer.example").close()
    with pytest.raises(Conflict, match=r"gazetteer\.example"):
        LocalCopy(tmp_path / "copy.sqlite", address)


def test_a_file_that_is_no_copy_is_left_alone(address: str, tmp_path: Path) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("甘棠县" * 100, "utf-8")
    with pytest.raises(BadInput):
        LocalCopy(letter, address)
    assert letter.read_text("utf-8") == "甘棠县" * 100
