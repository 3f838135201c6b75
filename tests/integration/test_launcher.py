"""One command brings an installation up from whatever state it is in, and another takes it down."""

from __future__ import annotations

import json
import os
import signal
import socket
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from data.server import account
from data.server.cluster import Cluster
from data.server.home import home_at
from data.server.provision import MAINTENANCE_DATABASE, connect
from tests import database, folders
from tests.installation import Installation, installation


@pytest.fixture(scope="module")
def begun() -> Iterator[Installation]:
    """An installation that was up once: no test pays for its first beginning again."""
    with installation() as found:
        found.up()
        yield found


@pytest.fixture
def running(begun: Installation) -> Installation:
    """An installation that is up."""
    if not answers(begun):
        begun.up()
    return begun


@pytest.fixture
def stopped(begun: Installation) -> Installation:
    """An installation that is down."""
    begun.run("down")
    return begun


def numbers(status: dict[str, Any]) -> dict[str, int]:
    return {name: process["pid"] for name, process in status["processes"].items()}


def database_number(place: Installation) -> int:
    return int((place.root / "database/cluster/postmaster.pid").read_text("utf-8").splitlines()[0])


def answers(place: Installation) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{place.port}/healthz", timeout=10) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def test_status_has_the_keys_that_other_programs_read(running: Installation) -> None:
    status = running.ask("status")
    assert status["running"] is True
    assert status["url"] == f"http://127.0.0.1:{running.port}"
    assert status["home"] == str(running.root)
    assert isinstance(status["version"], str)
    assert isinstance(status["schema"], str)


def test_the_server_answers(running: Installation) -> None:
    assert answers(running)


def test_a_second_up_changes_nothing(running: Installation) -> None:
    before = numbers(running.ask("status")), database_number(running)
    assert numbers(running.up()) == before[0]
    assert database_number(running) == before[1]


def test_another_port_is_refused_while_it_runs(running: Installation) -> None:
    assert running.ask("up", "--detach", "--port", "1234")["code"] == "already_running"


def test_killed_processes_are_started_again(running: Installation) -> None:
    before = running.ask("status")
    for pid in [*numbers(before).values(), database_number(running)]:
        os.kill(pid, signal.SIGKILL)
    after = running.up()
    assert after["running"] is True
    assert not set(numbers(after).values()) & set(numbers(before).values())


@pytest.mark.parametrize("what", ["server", "worker", "database", "all of them"])
def test_what_ends_by_itself_is_back_without_a_hand(running: Installation, what: str) -> None:
    running.up()  # there is a keeper, whatever the tests before have left
    before = {**numbers(running.ask("status")), "database": database_number(running)}
    ended = list(before) if what == "all of them" else [what]
    for name in ended:
        os.kill(before[name], signal.SIGKILL)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        now = running.ask("status")
        if now["running"] and all(now["processes"][name]["pid"] for name in ("server", "worker")) and answers(running):
            after = {**numbers(now), "database": database_number(running)}
            if all(after[name] != before[name] for name in ended):
                break
        time.sleep(0.2)
    else:
        pytest.fail(f"not back: {running.ask('logs')}")
    assert running.ask("status")["url"].endswith(f":{running.port}")
    assert "ended by itself" in (running.root / "log" / "keeper.log").read_text("utf-8")


def test_nothing_comes_back_after_down(running: Installation) -> None:
    running.up()
    keeper = json.loads((running.root / "run" / "keeper.json").read_text("utf-8"))["pid"]
    running.run("down")
    assert not Path(f"/proc/{keeper}/stat").exists() or _state(keeper) == "Z"
    time.sleep(1.5)  # three looks of a keeper that might have been left
    assert running.ask("status")["processes"]["server"]["pid"] is None
    assert not answers(running)


def _state(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0]


def test_the_logs_are_shown(running: Installation) -> None:
    names = {file["name"] for file in running.ask("logs")["files"]}
    assert {"server.log", "worker.log"} <= names


def test_psql_takes_further_words(running: Installation) -> None:
    status, out, _ = running.run("psql", "-At", "-c", "SELECT current_database()")
    assert (status, out.strip()) == (0, "diming")


def test_a_backup_brings_back_what_was_there(running: Installation) -> None:
    file = running.root / "register.backup"
    running.run("psql", "-c", "CREATE TABLE diming.kept (name text); INSERT INTO diming.kept VALUES ('襄樊市')")
    rows = running.ask("backup", str(file))["tables"]["diming.kept"]
    assert rows[0] == "1"
    running.run("psql", "-c", "DROP TABLE diming.kept")
    assert running.ask("restore", str(file))["tables"]["diming.kept"] == rows
    assert running.run("psql", "-At", "-c", "SELECT name FROM diming.kept")[1].strip() == "襄樊市"
    assert running.up()["running"] is True
    running.run("psql", "-c", "DROP TABLE diming.kept")


def test_a_backup_is_proven_whole_without_touching_the_register(running: Installation) -> None:
    file, head = running.root / "checked.tar", running.root / "head.txt"
    assert running.run("settings", "set", "map-approval", "GS（示例）2026-2号")[0] == 0
    assert running.run("audit", "sign", "--out", str(head))[0] == 0
    assert running.run("backup", str(file))[0] == 0
    before = running.ask("audit", "verify")["entries"]
    found = running.ask("check-backup", str(file), "--head", str(head))
    assert (found["whole"], found["audit"]["entries"], found["audit"]["heads"]) == (True, before, 2)
    assert running.ask("audit", "verify")["entries"] == before
    other = running.root / "other.txt"
    other.write_text(head.read_text("utf-8").replace("time 20", "time 19"), "utf-8")
    assert running.run("check-backup", str(file), "--head", str(other))[0] == 1
    assert answers(running)


def test_a_damaged_backup_is_refused_and_nothing_is_changed(running: Installation) -> None:
    file = running.root / "damaged.backup"
    running.run("backup", str(file))
    content = bytearray(file.read_bytes())
    place = content.find(b"PGDMP") + 200
    content[place] ^= 0xFF
    file.write_bytes(content)
    before = numbers(running.ask("status"))
    assert running.ask("restore", str(file))["code"] == "backup_damaged"
    assert numbers(running.ask("status")) == before


def test_a_backup_is_not_overwritten_unasked(running: Installation) -> None:
    file = running.root / "twice.backup"
    assert running.run("backup", str(file))[0] == 0
    assert running.ask("backup", str(file))["code"] == "file_exists"


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[Path]:
    """A folder that stands for another disk, which the account of the database can enter."""
    with tempfile.TemporaryDirectory(prefix="diming journal-", dir=folders.quick()) as name:
        Path(name).chmod(0o755)
        yield Path(name)


def approval(place: Installation, number: str) -> str:
    """Write something with its entry in the audit log; a time after it and before whatever comes next."""
    assert place.run("settings", "set", "map-approval", f"GS（示例）2026-{number}号")[0] == 0
    return place.run("psql", "-At", "-c", "SELECT clock_timestamp() AT TIME ZONE 'UTC'")[1].strip() + "+00:00"


def last_entry(place: Installation) -> str:
    return place.run("psql", "-At", "-c", "SELECT seq, encode(hash, 'hex') FROM diming.audit_head")[1]


def found(place: Installation, check: str) -> str:
    state: str = next(one["state"] for one in place.ask("doctor")["findings"] if one["check"] == check)
    return state


@pytest.fixture
def journaling(running: Installation, elsewhere: Path) -> Installation:
    """An installation that keeps its journal elsewhere."""
    if not running.ask("journal")["folder"]:
        begun = running.ask("journal", str(elsewhere))
        assert (begun["folder"], begun["bases"], begun["server"]["keeps"]) == (str(elsewhere), [], False)
        running.run("down")
        running.up()
    return running


def test_the_register_comes_back_as_it_was_at_a_moment(journaling: Installation, elsewhere: Path) -> None:
    running = journaling
    too_early = approval(running, "70")
    assert running.ask("backup", "--base")["made_at"] > too_early
    moment, there = approval(running, "71"), last_entry(running)
    approval(running, "72")
    assert last_entry(running) != there

    assert running.ask("restore", "--to", too_early, str(elsewhere))["code"] == "before_the_journal"
    checked = running.ask("check-backup", "--to", "latest", str(elsewhere))
    assert (checked["whole"], checked["audit"]["entries"]) == (True, running.ask("audit", "verify")["entries"])
    status, _, said = running.run("restore", "--to", moment, str(elsewhere))
    assert status == 0, said
    assert last_entry(running) == there
    assert running.run("audit", "verify")[0] == 0
    running.up()
    assert (found(running, "journal"), found(running, "journal_base")) == ("ok", "ok")

    for file in (elsewhere / "base").glob("*/base.tar.gz"):
        content = bytearray(file.read_bytes())
        content[len(content) // 2] ^= 0xFF
        file.write_bytes(content)
    assert running.ask("restore", "--to", moment, str(elsewhere))["code"] == "base_damaged"
    assert answers(running)
    assert not list((running.root / "database").glob("recovering-*"))


def test_a_journal_that_takes_nothing_is_told_and_goes_on_by_itself(journaling: Installation, elsewhere: Path) -> None:
    (elsewhere / "wal").rename(elsewhere / "unmounted")
    sent_until(journaling, failing=True)
    assert found(journaling, "journal") == "wrong"
    (elsewhere / "unmounted").rename(elsewhere / "wal")
    sent_until(journaling, failing=False)
    assert found(journaling, "journal") == "ok"
    assert list((elsewhere / "wal").glob("*.gz"))


def sent_until(place: Installation, *, failing: bool) -> None:
    """Close files of the log, as only the superuser may; the server tries again with each one (pgarch.c)."""
    state = """
        SELECT last_failed_time IS NOT NULL AND last_failed_time > coalesce(last_archived_time, '-infinity')
        FROM pg_stat_archiver
    """
    deadline = time.monotonic() + 90
    with connect(Cluster(home_at(place.root), account.current()), MAINTENANCE_DATABASE) as connection:
        while connection.execute(state).fetchone() != (failing,):
            assert time.monotonic() < deadline, place.ask("journal")
            connection.execute("SELECT pg_logical_emit_message(false, 'test', 'something to switch from')")
            connection.execute("SELECT pg_switch_wal()")
            time.sleep(0.2)


def test_two_at_once_do_not_harm_each_other() -> None:
    with installation() as place:
        both = [place.begin("up", "--no-demo", "--detach") for _ in range(2)]
        for command in both:
            _, said = command.communicate(timeout=120)
            assert command.returncode == 0, said
        assert place.ask("status")["running"] is True


# Spread over the time that an `up` takes here; `--long` looks closer.
MOMENTS = [step / 5 for step in range(1, 31)] if os.environ.get("DIMING_TEST_LONG") else [0.8, 2.5]


@pytest.mark.parametrize("seconds", MOMENTS)
def test_a_kill_at_any_moment_is_recovered_from(seconds: float) -> None:
    with installation() as place:
        command = place.begin("up", "--no-demo", "--detach")
        time.sleep(seconds)
        command.kill()
        command.communicate(timeout=60)
        assert place.up()["running"] is True


def test_a_port_in_use_is_named_with_what_to_do() -> None:
    with installation() as place, socket.socket() as other:
        other.bind(("127.0.0.1", place.port))
        other.listen()
        problem = place.ask("up", "--no-demo", "--detach")
        assert problem["code"] == "port_in_use"
        assert "--port" in problem["detail"]


def test_an_interrupt_in_the_foreground_stops_everything(stopped: Installation) -> None:
    command = stopped.begin("up", "--no-demo")
    deadline = time.monotonic() + 60
    while not answers(stopped) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert answers(stopped)
    command.send_signal(signal.SIGINT)
    _, said = command.communicate(timeout=60)
    assert command.returncode == 0, said
    status = stopped.ask("status")
    assert status["running"] is False
    assert status["database"]["running"] is False


def test_down_stops_everything_and_says_so_only_once(running: Installation) -> None:
    assert running.ask("down")["stopped"] == ["server", "worker", "database"]
    assert running.ask("down")["stopped"] == []


def test_an_existing_server_is_used_and_left_running(cluster: Cluster) -> None:
    with database.clone(cluster, database.migrated_template(cluster)) as url, installation(url) as place:
        status = place.up()
        assert status["database"] == {"kind": "external", "running": True, "folder": None}
        assert not (place.root / "database").exists()
        assert place.ask("down")["stopped"] == ["server", "worker"]
        assert cluster.is_running


def test_an_existing_server_that_does_not_answer_is_refused() -> None:
    with installation("postgresql://nobody@127.0.0.1:9/nothing") as place:
        status, _, said = place.run("up", "--detach")
        assert status == 7
        assert "not reachable" in said
