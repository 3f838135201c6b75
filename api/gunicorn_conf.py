"""How gunicorn runs the application: the numbers of all worker processes are added up for /metrics.

Read by gunicorn before it loads the application (`--config=python:api.gunicorn_conf`),
because prometheus-client looks for the folder when it is first imported.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from typing import Any

_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"

if _VARIABLE not in os.environ:
    os.environ[_VARIABLE] = tempfile.mkdtemp(prefix="diming-metrics-")


def child_exit(_server: Any, worker: Any) -> None:
    """A process that has ended keeps its counts and loses its gauges."""
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def on_exit(_server: Any) -> None:
    """Leave nothing behind."""
    shutil.rmtree(os.environ[_VARIABLE], ignore_errors=True)
