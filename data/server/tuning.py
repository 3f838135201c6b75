"""Settings of PostgreSQL computed from the machine: pure arithmetic, and the two places that tell its size."""

from __future__ import annotations

import os
from pathlib import Path

MIB = 1024 * 1024
GIB = 1024 * MIB
MAX_CONNECTIONS = 220
#: A statement that takes longer stands in the database's log; the aim for questions is low milliseconds.
SLOW = "500ms"


def settings(memory_bytes: int, cores: int) -> dict[str, str]:
    """The settings for a machine with this memory and these cores, shared with the application.

    An eighth of the memory for shared buffers (half of PostgreSQL's usual
    advice of a quarter, because server, worker and loads run beside it; section
    20.4 "Resource Consumption"), between 128 MB and 8 GB. `random_page_cost`
    for flash storage; no JIT, because our queries last milliseconds.
    """
    return {
        "max_connections": str(MAX_CONNECTIONS),
        "shared_buffers": _mb(_within(memory_bytes // 8, 128 * MIB, 8 * GIB)),
        "effective_cache_size": _mb(_within(memory_bytes // 2, 256 * MIB, 256 * GIB)),
        "work_mem": _mb(_within(memory_bytes // (MAX_CONNECTIONS * 4), 8 * MIB, 128 * MIB)),
        "maintenance_work_mem": _mb(_within(memory_bytes // 32, 64 * MIB, 2 * GIB)),
        "max_wal_size": _mb(_within(memory_bytes // 8, 512 * MIB, 8 * GIB)),
        "checkpoint_timeout": "15min",
        "wal_compression": "on",
        "random_page_cost": "1.1",
        # what was slow or waited is in the database's log, with its placeholders and never with what stood for them:
        # parameters, and the details of errors, hold what people wrote
        "log_min_duration_statement": SLOW,
        "log_lock_waits": "on",
        "log_parameter_max_length": "0",
        "log_parameter_max_length_on_error": "0",
        "log_error_verbosity": "terse",
        "jit": "off",
        "max_worker_processes": str(max(4, cores)),
        "max_parallel_workers": str(cores),
        "max_parallel_workers_per_gather": str(max(1, cores // 2)),
    }


def machine_memory_bytes() -> int:
    """The memory of this machine or, where it is less, of this control group."""
    physical = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    limit = Path("/sys/fs/cgroup/memory.max")
    text = limit.read_text("ascii").strip() if limit.exists() else "max"
    return physical if text == "max" else min(physical, int(text))


def machine_cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _within(value: int, least: int, most: int) -> int:
    return max(least, min(value, most))


def _mb(value: int) -> str:
    return f"{value // MIB}MB"
