"""The journal's commands, names and choices, and what the doctor says of it."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from api.cli.lifecycle.journal import moment_of
from api.doctor.journal import BEHIND_FILES, Sent, base, files_between, sending
from data.errors import BadInput, BadRequest, NotFound, Unavailable
from data.server import journal
from data.server.account import Account
from data.server.home import home_at
from data.server.journal import Journal

FILE = 16 * 1024 * 1024
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
OURSELVES = Account("us", os.geteuid(), os.getegid())


@pytest.fixture
def kept(tmp_path: Path) -> Journal:
    folder = tmp_path / "another disk's 50%"
    folder.mkdir()
    return journal.choose(home_at(tmp_path / "home"), folder, OURSELVES)


def run(command: str, path: Path, name: str) -> int:
    """A command of the server with its signs put in, as the server runs it."""
    filled = command.replace("%%", "\0").replace("%p", str(path)).replace("%f", name).replace("\0", "%")
    return subprocess.run(["/bin/sh", "-c", filled], check=False, capture_output=True).returncode


def test_a_file_of_the_log_is_kept_whole_and_given_back(kept: Journal, tmp_path: Path) -> None:
    segment, back = tmp_path / "segment", tmp_path / "back"
    segment.write_bytes(b"log" * 1000)
    assert run(journal.keep_command(kept.log), segment, "000000010000000000000002") == 0
    assert [path.name for path in kept.log.iterdir()] == ["000000010000000000000002.gz"]
    assert run(journal.fetch_command(kept.log), back, "000000010000000000000002") == 0
    assert back.read_bytes() == segment.read_bytes()


def test_the_same_file_is_taken_again_and_another_is_not(kept: Journal, tmp_path: Path) -> None:
    segment = tmp_path / "segment"
    segment.write_bytes(b"one")
    assert run(journal.keep_command(kept.log), segment, "000000010000000000000002") == 0
    assert run(journal.keep_command(kept.log), segment, "000000010000000000000002") == 0
    segment.write_bytes(b"other")
    assert run(journal.keep_command(kept.log), segment, "000000010000000000000002") != 0
    assert gzip.decompress((kept.log / "000000010000000000000002.gz").read_bytes()) == b"one"


def test_a_file_that_is_not_there_is_not_made_up(kept: Journal, tmp_path: Path) -> None:
    assert run(journal.fetch_command(kept.log), tmp_path / "back", "000000010000000000000009") != 0
    assert not (tmp_path / "back").exists()


def test_a_folder_that_is_not_there_takes_nothing(kept: Journal, tmp_path: Path) -> None:
    segment = tmp_path / "segment"
    segment.write_bytes(b"one")
    assert run(journal.keep_command(tmp_path / "unmounted"), segment, "000000010000000000000002") != 0
    assert not (tmp_path / "unmounted").exists()


@pytest.mark.parametrize(
    ("position", "name"),
    [
        ("0/2000028", "000000010000000000000002"),
        ("0/FF000000", "0000000100000000000000FF"),
        ("1/0", "000000010000000100000000"),
        ("A/7FFFFFF", "000000010000000A00000007"),
    ],
)
def test_a_position_lies_in_one_file_of_the_log(position: str, name: str) -> None:
    assert journal.log_name(1, position, FILE) == name


def add(kept: Journal, made_at: datetime, first_log: str) -> None:
    folder = kept.bases / f"{made_at:%Y%m%dT%H%M%SZ}"
    folder.mkdir()
    note = {"format": journal.FORMAT, "made_at": made_at.isoformat(), "first_log": first_log, "major": 15}
    (folder / journal.NOTE).write_text(json.dumps(note), "utf-8")


def test_the_last_base_copy_before_the_moment_serves(kept: Journal) -> None:
    with pytest.raises(NotFound, match="no base copy"):
        journal.base_for(kept, None)
    for day in (1, 2, 3):
        add(kept, NOW + timedelta(days=day), f"00000001000000000000000{day}")
    (kept.bases / "making-left").mkdir()
    assert journal.base_for(kept, None).made_at == NOW + timedelta(days=3)
    assert journal.base_for(kept, NOW + timedelta(days=2)).made_at == NOW + timedelta(days=2)
    assert journal.base_for(kept, NOW + timedelta(days=2, hours=23)).made_at == NOW + timedelta(days=2)
    with pytest.raises(NotFound) as early:
        journal.base_for(kept, NOW)
    assert early.value.code == "before_the_journal"


def test_a_base_copy_whose_note_is_damaged_is_told(kept: Journal) -> None:
    add(kept, NOW, "000000010000000000000002")
    next(kept.bases.glob("*/base.json")).write_text("{", "utf-8")
    with pytest.raises(BadInput) as damaged:
        journal.bases(kept)
    assert damaged.value.code == "not_a_journal"


def test_thinning_keeps_the_log_that_the_copies_need(kept: Journal) -> None:
    for day in (1, 2, 3):
        add(kept, NOW + timedelta(days=day), f"0000000{day}00000000000000F{day}")
    names = ["0000000100000000000000F1", "0000000100000000000000F2", "0000000200000000000000F3", "00000002.history"]
    for name in [*names, "0000000100000000000000F1.00000028.backup"]:
        (kept.log / f"{name}.gz").touch()
    assert journal.thin(kept, 2) == (1, 1)
    assert len(journal.bases(kept)) == 2
    left = {path.name for path in kept.log.iterdir()}
    assert left == {f"{name}.gz" for name in [*names[1:], "0000000100000000000000F1.00000028.backup"]}


def test_a_journal_beside_its_database_is_refused(tmp_path: Path) -> None:
    owner = OURSELVES
    (tmp_path / "inside").mkdir()
    with pytest.raises(Unavailable) as inside:
        journal.choose(home_at(tmp_path), tmp_path / "inside", owner)
    with pytest.raises(Unavailable) as missing:
        journal.choose(home_at(tmp_path / "home"), tmp_path / "unmounted", owner)
    assert (inside.value.code, missing.value.code) == ("journal_inside_home", "journal_folder_missing")
    assert journal.of(home_at(tmp_path / "home")) is None


@pytest.mark.parametrize(
    ("to", "code"),
    [("2026-11-23T13:30:00", "time_without_zone"), ("yesterday", "time_malformed"), ("", "time_malformed")],
)
def test_a_time_that_could_be_another_is_refused(to: str, code: str) -> None:
    with pytest.raises(BadRequest) as refused:
        moment_of(to)
    assert refused.value.code == code


def test_times_name_their_zone() -> None:
    assert moment_of("2026-03-02T20:00:00+08:00") == NOW
    assert moment_of("2026-03-02T12:00:00Z") == NOW
    assert moment_of("latest") is None


SENT = Sent(True, "000000010000000000000010", NOW, None, "000000010000000000000011")


@pytest.mark.parametrize(
    ("sent", "state"),
    [
        (SENT, "ok"),
        (replace(SENT, keeps=False), "warning"),
        (replace(SENT, last_failed_time=NOW - timedelta(seconds=1)), "ok"),  # it was taken at the second attempt
        (replace(SENT, last_failed_time=NOW + timedelta(seconds=1)), "wrong"),
        (replace(SENT, last_archived_wal=None, last_archived_time=None, last_failed_time=NOW), "wrong"),
        (replace(SENT, written=f"0000000100000000000000{0x11 + BEHIND_FILES:02X}"), "ok"),
        (replace(SENT, written=f"0000000100000000000000{0x12 + BEHIND_FILES:02X}"), "warning"),
    ],
)
def test_the_doctor_tells_when_the_journal_takes_nothing_or_falls_behind(sent: Sent, state: str) -> None:
    assert sending(sent).state == state


def test_files_are_counted_over_the_end_of_a_number() -> None:
    assert files_between("0000000100000000000000FE", "000000010000000100000001") == 2
    assert files_between("000000010000000000000002.00000028.backup", "000000010000000000000003") == 0


def test_the_doctor_tells_of_base_copies(kept: Journal) -> None:
    assert base(kept, NOW).state == "wrong"
    add(kept, NOW, "000000010000000000000002")
    assert base(kept, NOW + timedelta(days=7)).state == "ok"
    assert base(kept, NOW + timedelta(days=9)).state == "warning"
    assert base(Journal(kept.root / "unmounted"), NOW).state == "wrong"
