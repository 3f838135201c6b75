"""A writer and replicas that follow it, each a cluster of its own on this machine."""

from __future__ import annotations

import os
import signal
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import create_engine

from api.replicas import position_of
from data import migrate
from data.server import account, home
from data.server.cluster import DATABASE, ROLE, SUPERUSER, Cluster
from data.server.home import private_directory
from data.server.provision import connect, provision
from tests import folders

#: What a writer says of itself, above the settings of a cluster that may be thrown away: what it has acknowledged has
#: been written down by at least one replica.
WRITER = (
    ("wal_level", "replica"),
    ("synchronous_commit", "on"),
    ("hot_standby_feedback", "on"),
    ("wal_keep_size", "256MB"),
)


@dataclass(frozen=True)
class Trio:
    """The clusters; the first is the writer at the beginning."""

    writer: Cluster
    replicas: tuple[Cluster, ...]

    @property
    def anywhere(self) -> str:
        """An address at which libpq finds whichever of them takes changes."""
        hosts = ",".join(quote(str(one.home.socket_directory), safe="/") for one in (self.writer, *self.replicas))
        ports = ",".join(["5432"] * (1 + len(self.replicas)))
        return f"postgresql+psycopg://{ROLE}@/{DATABASE}?host={hosts}&port={ports}&target_session_attrs=read-write"

    def wait_for_both(self) -> None:
        """From now on a commit is acknowledged when one of the replicas has it too."""
        with connect(self.writer, DATABASE) as connection:
            connection.execute('ALTER SYSTEM SET synchronous_standby_names = \'ANY 1 ("one", "two")\'')
            connection.execute("SELECT pg_reload_conf()")


@contextmanager
def trio() -> Iterator[Trio]:
    """A writer with an empty, migrated register and two replicas."""
    with ExitStack() as stack:
        writer = Cluster(_home(stack), account.current(), durable=False, extra=WRITER)
        writer.start()
        stack.callback(writer.stop)
        provision(writer)
        engine = create_engine(writer.url())
        migrate.upgrade(engine)
        engine.dispose()
        replicas = []
        for name in ("one", "two"):
            replica = Cluster(_home(stack), account.current(), durable=False, extra=WRITER)
            _copy(writer, replica, name)
            replica.start()
            stack.callback(replica.stop)
            replicas.append(replica)
        yield Trio(writer, tuple(replicas))


def _home(stack: ExitStack) -> home.Home:
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="diming-replica-", dir=folders.quick())))
    folder.chmod(0o755)  # the server's account must enter it when the tests run as root
    return home.home_at(folder)


def _copy(writer: Cluster, replica: Cluster, name: str) -> None:
    """As docs/operations.md has it: a base copy that follows from where it was made."""
    owner = (replica.owner.uid, replica.owner.gid)
    private_directory(replica.home.database_root, owner)
    source = f"host={writer.home.socket_directory} port=5432 user={SUPERUSER} application_name={name}"
    command = [writer.programs.program("pg_basebackup"), f"--dbname={source}", f"--pgdata={replica.home.cluster}"]
    done = account.run(replica.owner, [*command, "--write-recovery-conf", "--checkpoint=fast", "--no-sync"])
    assert done.returncode == 0, done.stdout


def kill(cluster: Cluster) -> None:
    """The server's first process by SIGKILL; its others see it and end."""
    os.kill(int((cluster.home.cluster / "postmaster.pid").read_text("utf-8").splitlines()[0]), signal.SIGKILL)


def promote(among: Sequence[Cluster]) -> Cluster:
    """Make the one that has received most the writer, and give it."""
    best = max(among, key=_received)
    with connect(best, DATABASE) as connection:
        connection.execute("SELECT pg_promote()")
    return best


def _received(replica: Cluster) -> int:
    with connect(replica, DATABASE) as connection:
        row = connection.execute("SELECT pg_last_wal_receive_lsn()::text").fetchone()
    assert row is not None
    return position_of(str(row[0]))


def follow(replica: Cluster, writer: Cluster) -> None:
    """Have a replica follow another writer; the log of the new one begins where both stood."""
    source = f"host={writer.home.socket_directory} port=5432 user={SUPERUSER} application_name=two"
    says(replica, f"ALTER SYSTEM SET primary_conninfo = '{source}'")
    says(replica, "SELECT pg_reload_conf()")


def says(cluster: Cluster, statement: str) -> None:
    """Have a server do something, as its superuser."""
    with connect(cluster, DATABASE) as connection:
        connection.execute(statement)
