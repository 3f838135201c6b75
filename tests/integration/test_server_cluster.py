"""The embedded cluster survives kills, left-over files and a hostile environment."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from data.server import account, home
from data.server.cluster import Cluster
from data.server.provision import connect, provision
from data.server.suitability import Connection, check, missing_in


@pytest.fixture
def own(open_folder: Path) -> Iterator[Cluster]:
    """A cluster of this test's own, stopped afterwards."""
    cluster = Cluster(home.home_at(open_folder), account.current(), durable=False)
    yield cluster
    cluster.stop()


def server_pid(cluster: Cluster) -> int:
    return int((cluster.home.cluster / "postmaster.pid").read_text("utf-8").splitlines()[0])


def answers(cluster: Cluster) -> bool:
    engine = create_engine(cluster.url())
    with engine.connect() as connection:
        found = connection.scalar(text("SELECT 1"))
    engine.dispose()
    return bool(found == 1)


def test_who_provisions_waits_for_a_session_that_a_killed_one_left_at_work(own: Cluster) -> None:
    own.start()
    with ThreadPoolExecutor(2) as pool:
        made = list(pool.map(lambda _: provision(own), range(2)))
    assert sorted(made) == [False, True]


def test_a_second_start_changes_nothing(own: Cluster) -> None:
    assert own.start() is True
    assert provision(own) is True
    pid = server_pid(own)
    assert own.start() is False
    assert provision(own) is False
    assert server_pid(own) == pid
    check(own.url())


def test_no_network_address_is_listened_on(own: Cluster) -> None:
    own.start()
    with connect(own, "postgres") as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)


def test_a_variable_of_another_server_moves_nothing(own: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPORT", "6000")
    monkeypatch.setenv("PGDATA", "/nowhere")
    own.start()
    monkeypatch.undo()
    assert (own.home.socket_directory / ".s.PGSQL.5432").exists()


def test_a_kill_in_the_middle_of_making_is_made_good(own: Cluster) -> None:
    left_over = own.home.database_root / "making-abandoned"
    left_over.mkdir(parents=True)
    (left_over / "PG_VERSION").write_text("15", "ascii")
    assert own.exists is False
    own.start()
    assert not left_over.exists()
    assert own.is_running


def test_a_killed_server_is_started_again(own: Cluster) -> None:
    own.start()
    provision(own)
    os.kill(server_pid(own), signal.SIGKILL)
    deadline = time.monotonic() + 10
    while own.is_running and time.monotonic() < deadline:
        time.sleep(0.05)
    assert own.start() is True
    assert answers(own)


def test_a_pid_file_that_names_another_process_does_not_hinder(own: Cluster) -> None:
    own.start()
    provision(own)
    own.stop()
    pid_file = own.home.cluster / "postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n{own.home.cluster}\n", "ascii")
    assert own.is_running is False
    assert own.start() is True
    assert answers(own)


def test_a_home_with_a_long_path_works(open_folder: Path) -> None:
    root = open_folder / ("x" * 120)
    root.mkdir()
    cluster = Cluster(home.home_at(root), account.current(), durable=False)
    try:
        cluster.start()
        provision(cluster)
        assert answers(cluster)
    finally:
        cluster.stop()
        for left in cluster.home.socket_directory.glob("*"):
            left.unlink()
        cluster.home.socket_directory.rmdir()


def test_a_user_who_may_not_add_extensions_is_told_what_to_run(own: Cluster) -> None:
    own.start()
    with connect(own, "postgres") as connection:
        connection.execute("CREATE ROLE clerk LOGIN")
        connection.execute("CREATE DATABASE bare TEMPLATE template0")
    with connect(own, "bare", "clerk") as clerk:
        assert_tells(clerk)


def assert_tells(clerk: Connection) -> None:
    assert missing_in(clerk) == [
        (
            "its user may not add extensions, so an administrator must run in this database: "
            "CREATE EXTENSION btree_gist; CREATE EXTENSION pg_trgm; CREATE EXTENSION postgis;"
        )
    ]
