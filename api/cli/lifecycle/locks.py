"""One lock on the home, so that two launchers do not make or start the same thing at once."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from api.cli import output
from data.server.home import Home


@contextmanager
def exclusively(home: Home) -> Iterator[None]:
    """Hold the home's lock; wait for another launcher. The system frees it when its holder dies."""
    home.root.mkdir(parents=True, exist_ok=True)
    with (home.root / "up.lock").open("w", encoding="ascii") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            output.say("Another ./diming is at work on this home; waiting for it.")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
