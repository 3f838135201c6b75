"""A whole installation on a disk that fills: not even the database's log has room, and it is back without a hand."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from tests.disks import small_disk
from tests.installation import Installation, installation

pytestmark = pytest.mark.skipif(not os.environ.get("DIMING_TEST_LONG"), reason="a minute; DIMING_TEST_LONG=1")
MIB = 1 << 20
#: Longer than the longest pause of the keeper (api/cli/lifecycle/keeping.py).
PATIENCE_S = 90


def set_number(place: Installation, number: int) -> bool:
    return place.run("settings", "set", "map-approval", f"GS（示例）2026-{number}号")[0] == 0


def fill(root: Path) -> Path:
    """Leave no room at all."""
    filler = root / "filler"
    with filler.open("wb", buffering=0) as out:
        try:
            while True:
                out.write(b"\0" * MIB)
        except OSError:
            pass
    return filler


def test_it_comes_back_when_there_is_room() -> None:
    with small_disk("1500m") as disk, installation(disk=disk) as place:
        place.up()
        filler = fill(place.root)
        done = 0
        # files of the log that are there are written again and again: then it needs a new one, and has none
        while done < 400 and set_number(place, done):
            done += 1
            place.run("psql", "-c", "SELECT pg_logical_emit_message(false, 'test', repeat('x', 64000000))")
        assert done < 400, "it was never full"
        filler.unlink()
        deadline = time.monotonic() + PATIENCE_S
        while not set_number(place, 1000):
            assert time.monotonic() < deadline, place.ask("logs")
            time.sleep(1)
        checked = place.ask("audit", "verify")
        assert checked["entries"] in {done + 1, done + 2}  # the one that met the full disk may have been committed
        assert place.ask("status")["running"] is True
