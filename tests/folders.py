"""Where the run's databases lie: in memory where there is room for them, else among the temporary files.

A test's database is a copy of a few thousand files that is thrown away
seconds later. On a disk that took 1 to 2 s a copy, in memory 0.15 to 0.3 s.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

MEMORY = Path("/dev/shm")
# A whole run was seen to need under 4 GB; what remains is for the tests themselves.
ROOM_BYTES = 8 << 30


def quick() -> Path:
    """The folder for databases that nobody keeps."""
    return MEMORY if _has_room() else Path(tempfile.gettempdir())


def every() -> list[Path]:
    """All folders in which an earlier run may have left something."""
    return [folder for folder in (MEMORY, Path(tempfile.gettempdir())) if folder.is_dir()]


def _has_room() -> bool:
    if not (MEMORY.is_dir() and os.access(MEMORY, os.W_OK | os.X_OK)):
        return False
    return min(shutil.disk_usage(MEMORY).free, _available_bytes(), _allowed_bytes()) >= ROOM_BYTES


def _available_bytes() -> int:
    """What the machine says it can give away without swapping; 0 where it does not say."""
    lines = _lines(Path("/proc/meminfo"))
    return next((int(line.split()[1]) << 10 for line in lines if line.startswith("MemAvailable:")), 0)


def _allowed_bytes() -> int:
    """What a container may take; without bound where none is set."""
    limit = "".join(_lines(Path("/sys/fs/cgroup/memory.max")))
    return int(limit) if limit.isdigit() else sys.maxsize


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text("ascii").splitlines()
    except OSError:
        return []
