"""One throw-away PostGIS cluster for a whole test run, and databases in it that cost a copy each.

The first test that asks starts the cluster, under a lock, so that a run of unit
tests starts none. Migrated and loaded databases are made once as templates and
cloned for each worker or test. The process that began the run stops it.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from psycopg import sql
from sqlalchemy import create_engine

from boundaries.units.load import load_divisions
from data import migrate
from data.db import make_engine
from data.server import account, home
from data.server.cluster import ROLE, Cluster
from data.server.provision import MAINTENANCE_DATABASE, add_extensions, connect, create_database
from tests import folders

VARIABLE = "DIMING_TEST_HOME"
PREFIX = "diming-test-"
#: In it stands the number of the process that began the run; who removes the folder of a killed one holds its lock.
OWNER = "owner.pid"


def begin_run() -> None:
    """Choose the folder of this run's cluster; the workers inherit it. Nothing is started yet."""
    _remove_abandoned()
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=folders.quick()))
    folder.chmod(0o755)  # the server's account must enter it when the tests run as root
    (folder / OWNER).write_text(str(os.getpid()), "ascii")
    os.environ[VARIABLE] = str(folder)


def end_run() -> None:
    """Stop what was started and remove it."""
    _remove(Path(os.environ.pop(VARIABLE)))


def started_cluster() -> Cluster:
    """The run's cluster, started by whoever asks first."""
    cluster = _cluster(_folder())
    with _lock("start"):
        if cluster.start():
            with connect(cluster, MAINTENANCE_DATABASE) as connection:
                name = sql.Identifier(ROLE)
                connection.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEDB CREATEROLE").format(name))
    return cluster


def migrated_template(cluster: Cluster) -> str:
    """The name of an empty, migrated database."""
    return _template(cluster, "template_migrated", None, _migrate)


def template(cluster: Cluster, name: str, fill: Callable[[str], None], source: str | None = None) -> str:
    """The name of a database that `fill(url)` has filled, once in a run: a migrated one, or a copy of `source`."""
    return _template(cluster, f"template_{name}", source or migrated_template(cluster), fill)


def beside(name: str) -> Path:
    """A folder of this run for the files that belong to the template of this name, made by whoever asks first."""
    folder = _folder() / f"files_{name}"
    folder.mkdir(exist_ok=True)
    return folder


@contextmanager
def clone(cluster: Cluster, source: str) -> Iterator[str]:
    """The URL of a copy of the database `source`, dropped afterwards."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    _copy(cluster, name, source)
    try:
        yield cluster.url(name)
    finally:
        with connect(cluster, MAINTENANCE_DATABASE) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _migrate(url: str) -> None:
    engine = create_engine(url)
    try:
        migrate.upgrade(engine)
    finally:
        engine.dispose()


def load_national_register(url: str) -> None:
    """Fill an empty, migrated database with the national division register."""
    engine = make_engine(url)
    try:
        load_divisions(engine, "test")
    finally:
        engine.dispose()


def _template(cluster: Cluster, name: str, source: str | None, fill: Callable[[str], None]) -> str:
    done = _folder() / f"{name}.done"
    with _lock(name):
        if not done.exists():
            with connect(cluster, MAINTENANCE_DATABASE) as connection:
                connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
            _copy(cluster, name, source)
            fill(cluster.url(name))
            done.touch()
    return name


def _copy(cluster: Cluster, name: str, source: str | None) -> None:
    with connect(cluster, MAINTENANCE_DATABASE) as connection:
        if source is None:
            create_database(connection, name)
            add_extensions(cluster, name)
            return
        statement = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {} STRATEGY FILE_COPY")
        connection.execute(statement.format(sql.Identifier(name), sql.Identifier(ROLE), sql.Identifier(source)))


def _folder() -> Path:
    return Path(os.environ[VARIABLE])


def _cluster(folder: Path) -> Cluster:
    return Cluster(home.home_at(folder), account.current(), durable=False)


@contextmanager
def _lock(name: str) -> Iterator[None]:
    with (_folder() / f"{name}.lock").open("w", encoding="ascii") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _remove(folder: Path) -> None:
    _cluster(folder).stop()
    shutil.rmtree(folder, ignore_errors=True)


def _remove_abandoned() -> None:
    """Clusters of runs that were killed: their owner is gone, their server may still be here."""
    for folder in (left for place in folders.every() for left in place.glob(f"{PREFIX}*")):
        # Of runs that begin together each finds the same folders: one removes, to the others they are gone or in hand.
        with suppress(FileNotFoundError, BlockingIOError), (folder / OWNER).open(encoding="ascii") as owner:
            fcntl.flock(owner, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if not Path(f"/proc/{owner.read()}").exists():
                _remove(folder)
