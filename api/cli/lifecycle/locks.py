"""One lock on the home, so that two launchers do not make or start the same thing at once."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from api.cli import output
from data.server.home import Home


@contextmanager
def exclusively(home: Home) -> Iterator[None]:
    """Hold the home's lock; wait for another launcher. The system frees it when its holder dies.

    Programs that write into the home are run so that they inherit it
    (`close_fds=False`): if this process is killed and one of them goes on, the
    next launcher waits for it instead of working on the same files.
    """
    home.root.mkdir(parents=True, exist_ok=True)
    with (home.root / "up.lock").open("w", encoding="ascii") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            output.say("Another ./diming is at work on this home; waiting for it.")
            fcntl.flock(handle, fcntl.LOCK_EX)
        os.set_inheritable(handle.fileno(), True)
        yield
