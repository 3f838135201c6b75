"""What a number was measured on."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, text

from data.server import tuning


def description(connection: Connection) -> dict[str, str]:
    """Processor, cores, memory, system, versions, load before the run, and the day."""
    return {
        **computer(),
        "postgresql": str(connection.scalar(text("SHOW server_version"))).split(" ", maxsplit=1)[0],
        "postgis": str(connection.scalar(text("SELECT PostGIS_Lib_Version()"))),
        "load before": load(),
    }


def computer() -> dict[str, str]:
    """The machine without its database, and the day."""
    return {
        "day": datetime.now(UTC).strftime("%Y-%m-%d"),
        "processor": _processor(),
        "cores": str(tuning.machine_cores()),
        "memory": f"{tuning.machine_memory_bytes() / 2**30:.0f} GiB",
        "system": f"{platform.system()} {platform.release().split('-')[0]}",
        "python": platform.python_version(),
    }


def peak_mb() -> int:
    """The most memory that this process has held since its program began, MiB.

    `ru_maxrss` will not do in a child process: the kernel carries the parent's peak over into it.
    """
    for line in Path("/proc/self/status").read_text("ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) // 1024
    raise OSError("the system does not say how much memory was held")


def largest_child_mb(pid: int) -> float:
    """What the largest child of a process costs, MiB: its own memory and its part of what it shares with others."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
    return max((_share_kb(child) for child in children), default=0) / 1024


def _share_kb(pid: str) -> int:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    return 0


def load() -> str:
    """The load averages: what else ran beside a measurement."""
    return " ".join(f"{value:.2f}" for value in os.getloadavg())


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()
