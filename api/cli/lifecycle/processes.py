"""Long-running processes of an installation: started on their own, found again, stopped.

A process is known by its number and the tick at which it began, for numbers
are given again after a restart of the machine or a container.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from data.server.home import Home, write_whole

STOP_SECONDS = 15
_POLL_SECONDS = 0.1


@dataclass(frozen=True)
class Running:
    """A process as its file in `run/` records it; `fingerprint` says what it was started from."""

    pid: int
    began: int
    port: int | None
    fingerprint: str

    @property
    def is_alive(self) -> bool:
        """Whether this very process still runs."""
        return _began(self.pid) == self.began


def recorded(home: Home, name: str) -> Running | None:
    """The live process of this name, None where there is none (a stale file counts as none)."""
    running = _read(home, name)
    return running if running is not None and running.is_alive else None


def start(
    home: Home,
    name: str,
    command: Sequence[str],
    *,
    environment: Mapping[str, str],
    folder: Path,
    port: int | None,
    fingerprint: str,
    log_of: str | None = None,
) -> Running:
    """Start a process in a session of its own, so that no terminal's Ctrl-C or hang-up reaches it.

    `log_of`: the process into whose log it writes, where that is not its own.
    """
    end_left_over_session(home, name)
    with log_file(home, log_of or name).open("ab") as log:
        child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            env=dict(environment),
            cwd=folder,
            start_new_session=True,
        )
    running = Running(child.pid, _began(child.pid) or 0, port, fingerprint)
    write_whole(_file(home, name), json.dumps(asdict(running)) + "\n")
    return running


def hand_over(home: Home, name: str, to: str) -> None:
    """The process of one name is that of another from now on; what was recorded of the other is forgotten."""
    _file(home, name).replace(_file(home, to))


def stop(home: Home, name: str) -> bool:
    """End a process: asked first, then with its whole session by force; True where one ran."""
    running = recorded(home, name)
    if running is not None:
        _signal(running.pid, signal.SIGTERM)
        if not _wait_for_end(running, STOP_SECONDS):
            _signal(-running.pid, signal.SIGKILL)
            _wait_for_end(running, STOP_SECONDS)
    end_left_over_session(home, name)
    _file(home, name).unlink(missing_ok=True)
    return running is not None


def has_file(home: Home, name: str) -> bool:
    """Whether a process of this name was started and nobody has stopped it since."""
    return _file(home, name).exists()


def last_port(home: Home, name: str) -> int | None:
    """The port that the process of this name has, or had when it ended."""
    running = _read(home, name)
    return running.port if running else None


def log_file(home: Home, name: str) -> Path:
    """Where the process of this name writes."""
    return home.log / f"{name}.log"


def _file(home: Home, name: str) -> Path:
    return home.run / f"{name}.json"


def _read(home: Home, name: str) -> Running | None:
    try:
        return Running(**json.loads(_file(home, name).read_text("utf-8")))
    except (FileNotFoundError, ValueError, TypeError):
        return None


def end_left_over_session(home: Home, name: str) -> None:
    """End the children of a process that was killed: they would keep its port.

    The system gives a number to no new process while a session still bears it,
    so processes of that session are ours unless another process has the number.
    """
    running = _read(home, name)
    if running is None or running.is_alive or _stat(running.pid) not in (None, ("Z", running.began)):
        return
    _signal(-running.pid, signal.SIGKILL)
    deadline = time.monotonic() + STOP_SECONDS
    while _session_lives(running.pid) and time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)


def _session_lives(session: int) -> bool:
    numbers = (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdecimal())
    return any(_session(number) == session for number in numbers)


def _wait_for_end(running: Running, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        _reap(running.pid)
        if not running.is_alive:
            return True
        time.sleep(_POLL_SECONDS)
    return False


def _reap(pid: int) -> None:
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return  # not a child of ours


def _signal(pid: int, number: int) -> None:
    try:
        (os.kill if pid > 0 else lambda group, n: os.killpg(-group, n))(pid, number)
    except ProcessLookupError:
        return


def _began(pid: int) -> int | None:
    """The tick since boot at which a process began; None where it is gone or has ended and waits to be collected."""
    found = _stat(pid)
    return None if found is None or found[0] == "Z" else found[1]


def _stat(pid: int) -> tuple[str, int] | None:
    """State and beginning of a process (proc(5), /proc/PID/stat, fields 3 and 22); None where there is none."""
    fields = _stat_fields(pid)
    return (fields[0], int(fields[19])) if fields else None


def _session(pid: int) -> int | None:
    """The session of a process that has not ended (field 6)."""
    fields = _stat_fields(pid)
    return int(fields[3]) if fields and fields[0] != "Z" else None


def _stat_fields(pid: int) -> list[str]:
    """The fields from the third on; the second, the name, may hold blanks and brackets."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []
