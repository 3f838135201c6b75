"""A disk that is full or takes nothing, a server that takes no changes: told, nothing half done, over by itself."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from api.problems import _headers
from data import audit
from data.blobs import FolderBlobs
from data.db import make_engine, reading, unit_of_work
from data.errors import Unavailable
from data.feed import Change, last_number, publish
from data.ids import new_id
from data.server.cluster import Cluster
from data.server.provision import MAINTENANCE_DATABASE, connect
from tests.disks import small_disk

MIB = 1 << 20


@contextmanager
def on(disk: Path, table: str, cluster: Cluster, engine: Engine) -> Iterator[Path]:
    """A table on `disk`, as on an installation whose disk is that small; the folder it lies in."""
    folder = disk / "space"
    folder.mkdir(mode=0o700)
    os.chown(folder, cluster.owner.uid, cluster.owner.gid)
    name = f"small_{new_id().hex[:8]}"
    with connect(cluster, MAINTENANCE_DATABASE) as server:
        server.execute(f"CREATE TABLESPACE {name} OWNER {engine.url.username} LOCATION '{folder}'".encode())
    try:
        with engine.begin() as connection:
            connection.execute(text(f"ALTER TABLE {table} SET TABLESPACE {name}"))
        yield folder
    finally:
        with engine.begin() as connection:
            connection.execute(text(f"ALTER TABLE {table} SET TABLESPACE pg_default"))
        with connect(cluster, MAINTENANCE_DATABASE) as server:
            server.execute("CHECKPOINT")  # what is dropped is forgotten before its folder goes
            server.execute(f"DROP TABLESPACE {name}".encode())


def write(engine: Engine, number: int) -> None:
    """A change with its entry in the feed and in the audit log, in one transaction."""
    with unit_of_work(engine) as connection:
        words = [os.urandom(50).hex() for _ in range(40)]  # nothing makes them shorter
        change = Change(
            collection="units",
            entity_id=new_id(),
            before=None,
            after={"number": number, "words": words},
            decision_id=None,
        )
        feed = publish(connection, [change])
        audit.append(connection, actor="t", action="t", decision_id=None, details={"words": words}, feed=feed)


def standing(engine: Engine) -> tuple[int, int]:
    """Entries of the audit log, whose chain is whole, and the last number of the feed."""
    with reading(engine) as connection:
        entries, broken = audit.verify(connection)
        assert broken is None
        assert connection.scalar(text("SELECT count(*) FROM diming.change")) == last_number(connection)
        return entries, last_number(connection)


@pytest.mark.parametrize("table", ["diming.audit", "diming.change"])
def test_a_full_disk_is_told_and_nothing_is_half_done(table: str, cluster: Cluster, fresh_engine: Engine) -> None:
    with small_disk("6m") as disk, on(disk, table, cluster, fresh_engine):
        (disk / "filler").write_bytes(b"\0" * (4 * MIB))
        done = 0
        with pytest.raises(Unavailable) as full:
            for done in range(2000):
                write(fresh_engine, done)
        assert full.value.code == "disk_full", full.value.__cause__
        assert _headers(full.value) == {"Retry-After": "5"}
        assert done > 10
        assert standing(fresh_engine) == (done, done)  # all that was acknowledged, and nothing else
        (disk / "filler").unlink()
        write(fresh_engine, done)  # nothing had to be started
        assert standing(fresh_engine) == (done + 1, done + 1)


def test_a_disk_that_takes_nothing_is_told(cluster: Cluster, fresh_engine: Engine) -> None:
    with small_disk("16m") as disk, on(disk, "diming.audit", cluster, fresh_engine) as folder:
        write(fresh_engine, 1)
        # another mount over the same folder: whoever opens a file from now on finds it read-only
        subprocess.run(["mount", "--bind", folder, folder], check=True)
        subprocess.run(["mount", "-o", "remount,bind,ro", folder], check=True)
        late = make_engine(fresh_engine.url.render_as_string(hide_password=False), pooled=False)
        with pytest.raises(Unavailable) as refused:
            write(late, 2)
        assert refused.value.code == "disk_read_only"
        subprocess.run(["umount", folder], check=True)
        write(late, 2)
        assert standing(late) == (2, 2)
        late.dispose()


def test_a_server_that_takes_no_changes_is_told(fresh_engine: Engine) -> None:
    late = make_engine(fresh_engine.url.render_as_string(hide_password=False), pooled=False)
    database = fresh_engine.url.database
    with fresh_engine.begin() as connection:
        connection.execute(text(f'ALTER DATABASE "{database}" SET default_transaction_read_only = on'))
    with pytest.raises(Unavailable) as refused:
        write(late, 1)
    assert refused.value.code == "register_read_only"
    assert standing(late) == (0, 0)
    with fresh_engine.begin() as connection:
        connection.execute(text(f'ALTER DATABASE "{database}" RESET default_transaction_read_only'))
    write(late, 1)
    assert standing(late) == (1, 1)
    late.dispose()


def test_a_document_for_which_there_is_no_room_is_told(tmp_path: Path) -> None:
    document = tmp_path / "document"
    document.write_bytes(os.urandom(MIB))
    with small_disk("512k") as disk:
        blobs = FolderBlobs(disk / "blobs")
        with pytest.raises(Unavailable) as full:
            blobs.keep(document)
        assert full.value.code == "disk_full"
        assert not [path for path in (disk / "blobs").rglob("*") if path.is_file() and path.stat().st_size]
        document.write_bytes(b"short")
        assert blobs.holds(blobs.keep(document))


def test_the_order_does_not_depend_on_the_clock(fresh_engine: Engine) -> None:
    """A clock that is set back: numbers go on, the chain is whole, and whoever reads on by number misses nothing."""
    write(fresh_engine, 1)
    with fresh_engine.begin() as connection:
        # what the first wrote is of next year, as after a clock that was wrong then and is right now
        connection.execute(text("ALTER TABLE diming.change DISABLE TRIGGER USER"))
        connection.execute(text("UPDATE diming.change SET at = at + interval '1 year'"))
    write(fresh_engine, 2)
    write(fresh_engine, 3)
    with reading(fresh_engine) as connection:
        rows = connection.execute(text("SELECT seq, at, after ->> 'number' AS n FROM diming.change ORDER BY seq")).all()
    assert [(row.seq, row.n) for row in rows] == [(1, "1"), (2, "2"), (3, "3")]
    assert rows[1].at < rows[0].at
    assert standing(fresh_engine) == (3, 3)
