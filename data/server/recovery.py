"""A journal played onto one of its base copies, in a cluster of its own beside the one in use, up to a moment.

PostgreSQL 15, section 26.3.4 "Recovering Using a Continuous Archive Backup". The register in use is not touched: what
was recovered is read from the cluster made here, which is thrown away afterwards.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from data.errors import NotFound, Unavailable
from data.server import account, binaries
from data.server.account import Account
from data.server.cluster import Cluster
from data.server.home import Home, private_directory
from data.server.journal import Base, Journal, fetch_command

#: A day's log of a busy register is played in minutes; nobody is to be told after so long that it failed.
PLAY_SECONDS = 12 * 3600
#: What the server writes into its log where the journal ends before the moment (xlogrecovery.c of PostgreSQL 15 to 17).
ENDED_BEFORE = "recovery ended before configured recovery target was reached"
BEFORE_CONSISTENT = "requested recovery stop point is before consistent recovery point"


@contextmanager
def recovered(
    journal: Journal, base: Base, moment: datetime | None, place: Path, owner: Account
) -> Iterator[tuple[Cluster, datetime | None]]:
    """A running cluster as of `moment` (None: the journal's end), and when its last transaction was committed.

    It lies in a folder under `place`, which `owner` can enter, and is gone afterwards. Raises `NotFound`
    `journal_ends_before` and `before_the_journal`, `Unavailable` where the base copy is damaged or cannot be read.
    """
    if not owner.can_read(journal.log):
        raise Unavailable(
            f"The account {owner.name}, which runs the database, cannot read {journal.log}. "
            f"Give it the journal: chown -R {owner.name} {journal.root}",
            code="journal_not_readable",
        )
    scratch = Path(tempfile.mkdtemp(prefix="recovering-", dir=place))
    cluster = Cluster(
        Home(scratch, scratch), owner, durable=False, extra=_settings(journal, moment), start_seconds=PLAY_SECONDS
    )
    try:
        os.chown(scratch, owner.uid, owner.gid)
        _unpack(base, cluster)
        _start(cluster, moment)
        yield cluster, _last_commit(cluster)
    finally:
        cluster.stop()
        shutil.rmtree(scratch, ignore_errors=True)
        shutil.rmtree(cluster.home.socket_directory, ignore_errors=True)


def _settings(journal: Journal, moment: datetime | None) -> tuple[tuple[str, str], ...]:
    values = {
        "restore_command": fetch_command(journal.log),
        "recovery_target_timeline": "latest",
        "recovery_target_action": "promote",
        "hot_standby": "off",  # so that this machine may be smaller than the one of the journal
    }
    if moment is not None:
        values["recovery_target_time"] = f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}+00"
    return tuple(values.items())


def _unpack(base: Base, cluster: Cluster) -> None:
    """The files of the base copy, each held against the copy's manifest before anything is changed in them."""
    target, owner = cluster.home.cluster, cluster.owner
    private_directory(target)
    private_directory(target / "pg_wal")
    for name, folder in (("base.tar.gz", target), ("pg_wal.tar.gz", target / "pg_wal")):
        _run(["tar", "--extract", "--gzip", "--no-same-owner", f"--file={base.folder / name}", f"--directory={folder}"])
    shutil.copyfile(base.folder / "backup_manifest", target / "backup_manifest")
    if not owner.is_ours:
        _run(["chown", "--recursive", f"{owner.uid}:{owner.gid}", str(target)])
    programs = binaries.find(base.major)
    checked = account.run(owner, [programs.program("pg_verifybackup"), "--quiet", str(target)])
    if checked.returncode != 0:
        raise Unavailable(
            f"The base copy {base.folder} is damaged: {checked.stdout.strip()[-1000:]} Nothing was changed. "
            f"Take a moment that an earlier base copy serves, or a backup.",
            code="base_damaged",
        )
    # settings of the installation that the copy was made of: its journal must not get this cluster's log
    for name in ("local.conf", "postgresql.auto.conf"):
        (target / name).unlink(missing_ok=True)
    signal = target / "recovery.signal"
    signal.touch()
    os.chown(signal, owner.uid, owner.gid)


def _start(cluster: Cluster, moment: datetime | None) -> None:
    try:
        cluster.start()
        cluster.wait_until_ready()  # pg_ctl takes a server that still plays the log for one that is there
    except Unavailable as error:
        said = cluster.start_log_text
        if moment is not None and ENDED_BEFORE in said:
            raise NotFound(
                f"The journal ends before {moment.isoformat()}. `--to latest` restores what is in it; if the machine "
                f"of the journal still runs, its last minute is not there yet. Nothing was changed.",
                code="journal_ends_before",
            ) from error
        if moment is not None and BEFORE_CONSISTENT in said:
            raise NotFound(
                f"The base copy was not complete at {moment.isoformat()}. Nothing was changed. Take a later moment.",
                code="before_the_journal",
            ) from error
        raise


def _last_commit(cluster: Cluster) -> datetime | None:
    from data.server.provision import MAINTENANCE_DATABASE, connect

    with connect(cluster, MAINTENANCE_DATABASE) as connection:
        row = connection.execute("SELECT pg_last_xact_replay_timestamp()").fetchone()
    found = row[0] if row else None
    return found.astimezone(UTC) if isinstance(found, datetime) else None


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Unavailable(
            f"The base copy cannot be unpacked: {done.stderr.strip()[-1000:]} Nothing was changed.", code="base_damaged"
        )
