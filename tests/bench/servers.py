"""Clusters and server processes of a bench's own, with the settings of production, removed afterwards."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from data.server import account, home
from data.server.cluster import Cluster
from data.server.provision import provision
from data.server.tuning import machine_cores


@dataclass(frozen=True, slots=True)
class Server:
    """Server processes: where they listen, and the number of the first."""

    port: int
    pid: int


def database_pid(cluster: Cluster) -> int:
    """The number of the database's first process."""
    return int((cluster.home.cluster / "postmaster.pid").read_text("utf-8").split()[0])


@contextmanager
def own_cluster() -> Iterator[Cluster]:
    """A cluster with an empty database, as `up` makes it."""
    with tempfile.TemporaryDirectory(prefix="diming-bench-") as folder:
        Path(folder).chmod(0o755)  # the server's account must enter it
        cluster = Cluster(home.home_at(Path(folder)), account.current())
        cluster.start()
        try:
            provision(cluster)
            yield cluster
        finally:
            cluster.stop()


@contextmanager
def server(cluster: Cluster, application: str, variables: Mapping[str, str]) -> Iterator[Server]:
    """The server as the launcher starts it, on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    environment = {**os.environ, "DIMING_DATABASE_URL": cluster.url(), "DIMING_LOG_LEVEL": "info", **variables}
    command = [sys.executable, "-m", "gunicorn", application, "--preload", "--no-control-socket"]
    command += ["--worker-class=uvicorn_worker.UvicornWorker", f"--workers={max(2, machine_cores())}"]
    process = subprocess.Popen(
        [*command, f"--bind=127.0.0.1:{port}"], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait_for(f"http://127.0.0.1:{port}/healthz")
        yield Server(port, process.pid)
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait_for(address: str) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
