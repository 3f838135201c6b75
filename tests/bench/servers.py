"""Clusters and server processes of a bench's own, with the settings of production, removed afterwards."""

from __future__ import annotations

import os
import re
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
from typing import IO

from data.server import account, home
from data.server.cluster import Cluster
from data.server.provision import provision
from data.server.tuning import machine_cores

PLANS = home.REPOSITORY / "data" / "rules" / "quotas" / "plans.toml"
#: Seconds in which the processes have started, on a machine with other work too.
START_S = 180.0


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
    with server_on(cluster.url(), application, variables) as started:
        yield started


@contextmanager
def server_on(url: str, application: str, variables: Mapping[str, str], log: Path | None = None) -> Iterator[Server]:
    """The same on the database at `url`; what it says stays in the file `log`."""
    environment = {**os.environ, "DIMING_DATABASE_URL": url, "DIMING_LOG_LEVEL": "info", **variables}
    command = [sys.executable, "-m", "gunicorn", application, "--preload", "--no-control-socket"]
    command += ["--worker-class=uvicorn_worker.UvicornWorker", f"--workers={max(2, machine_cores())}"]
    with started(command, environment, "/healthz", log) as found:
        yield found


@contextmanager
def started(
    command: list[str], environment: Mapping[str, str], path: str, keep: Path | None = None
) -> Iterator[Server]:
    """A gunicorn on a free port, once it answers at `path`; what it says stays in the file `keep`."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    with keep.open("w+b") if keep else tempfile.TemporaryFile() as log:
        process = subprocess.Popen([*command, f"--bind=127.0.0.1:{port}"], env=environment, stdout=log, stderr=log)
        try:
            _wait_for(f"http://127.0.0.1:{port}{path}", process, log)
            yield Server(port, process.pid)
        finally:
            process.terminate()
            process.wait(timeout=30)


@contextmanager
def unmetered() -> Iterator[dict[str, str]]:
    """Variables by which the server takes as much from one address as it can answer."""
    plans = re.sub(r"(per_minute|per_day) = \d+", r"\1 = 2000000000", PLANS.read_text("utf-8"))
    with tempfile.TemporaryDirectory(prefix="diming-plans-") as folder:
        path = Path(folder) / "plans.toml"
        path.write_text(plans, "utf-8")
        yield {"DIMING_QUOTAS_FILE": str(path)}


def _wait_for(address: str, process: subprocess.Popen[bytes], log: IO[bytes]) -> None:
    """Until the server answers; RuntimeError with the end of its log where it ends or stays silent."""
    deadline = time.monotonic() + START_S
    while True:
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except OSError as error:
            if process.poll() is not None or time.monotonic() > deadline:
                log.seek(0)
                said = log.read()[-3000:].decode("utf-8", "replace")
                raise RuntimeError(f"The server under measurement did not start:\n{said}") from error
            time.sleep(0.2)
