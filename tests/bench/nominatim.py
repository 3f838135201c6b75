"""Nominatim on the places of a register, for `./diming bench peers`: imported by its own program, asked over HTTP.

Needs the packages of `tests/bench/python/nominatim.lock` (NOMINATIM_PATH says where they lie) and the program
osm2pgsql (Debian: `apt-get install osm2pgsql`). Database and server have the settings of ours: the same cluster, as
many processes.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from data.server.cluster import SUPERUSER
from data.server.tuning import machine_cores
from tests.bench.servers import Server, started

DATABASE = "nominatim"
#: What its own guide gives a machine of this size.
CACHE_MB = 512


def missing() -> str | None:
    """What is not here that it needs; None where all is."""
    if "NOMINATIM_PATH" not in os.environ:
        return "its packages could not be installed"
    return None if shutil.which("osm2pgsql") else "the program osm2pgsql is not installed (apt-get install osm2pgsql)"


def imported(socket: str, file: Path, folder: Path) -> float:
    """Import `file` into a database of its own beside ours; the seconds. RuntimeError with the end of what it said."""
    begun = time.perf_counter()
    command = [sys.executable, "-c", "import sys; from nominatim_db.cli import nominatim; sys.exit(nominatim())"]
    command += ["import", "--osm-file", str(file), "--project-dir", str(folder), "--no-updates", "--offline"]
    command += [f"--threads={machine_cores()}", f"--osm2pgsql-cache={CACHE_MB}"]
    done = subprocess.run(command, env=_environment(socket), capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"Nominatim did not import the file:\n{(done.stdout + done.stderr)[-3000:]}")
    return time.perf_counter() - begun


@contextmanager
def nominatim(socket: str, folder: Path) -> Iterator[Server]:
    """Its server as its guide starts it, with as many processes as ours."""
    command = [sys.executable, "-m", "gunicorn", "nominatim_api.server.falcon.server:run_wsgi()", "--no-control-socket"]
    command += ["--worker-class=uvicorn_worker.UvicornWorker", f"--workers={max(2, machine_cores())}"]
    with started([*command, f"--chdir={folder}"], _environment(socket), "/status") as found:
        yield found


def _environment(socket: str) -> dict[str, str]:
    dsn = f"pgsql:dbname={DATABASE};host={socket};port=5432;user={SUPERUSER}"
    return {
        **os.environ, "PYTHONPATH": os.environ["NOMINATIM_PATH"],
        "NOMINATIM_DATABASE_DSN": dsn, "NOMINATIM_DATABASE_WEBUSER": SUPERUSER,
    }  # fmt: skip
