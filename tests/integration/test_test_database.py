"""The databases of the tests themselves: migrated, apart from each other, run by the application's own role."""

from __future__ import annotations

import fcntl
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text

from data import migrate
from tests import database, folders

NOBODY = 2**31 - 1  # above every process number that Linux gives


def test_a_clone_is_migrated(fresh_engine: Engine) -> None:
    assert migrate.current_revision(fresh_engine) == migrate.head_revision()
    assert migrate.is_current(fresh_engine)


def test_a_database_with_older_views_is_not_current(fresh_engine: Engine) -> None:
    with fresh_engine.begin() as connection:
        connection.execute(text("COMMENT ON SCHEMA published IS 'older'"))
    assert not migrate.is_current(fresh_engine)
    migrate.upgrade(fresh_engine)
    assert migrate.is_current(fresh_engine)


def test_the_application_is_no_superuser(fresh_engine: Engine) -> None:
    with fresh_engine.connect() as connection:
        assert connection.scalar(text("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")) is False


def test_what_one_test_writes_another_does_not_see(fresh_engine: Engine, database_url: str) -> None:
    with fresh_engine.begin() as connection:
        connection.execute(text("CREATE TABLE public.mine (a int)"))
    other = create_engine(database_url)
    with other.connect() as connection:
        assert connection.scalar(text("SELECT to_regclass('public.mine')")) is None
    other.dispose()


def left_behind(place: Path, name: str) -> Path:
    """The folder of a run that was killed."""
    folder = place / f"{database.PREFIX}{name}"
    folder.mkdir()
    (folder / database.OWNER).write_text(str(NOBODY), "ascii")
    return folder


def test_runs_that_begin_together_remove_what_killed_ones_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders, "every", lambda: [tmp_path])
    left = [left_behind(tmp_path, str(number)) for number in range(200)]
    with ThreadPoolExecutor(8) as beginning:
        for run in [beginning.submit(database._remove_abandoned) for _ in range(8)]:
            run.result()
    assert not any(folder.exists() for folder in left)


def test_what_another_run_is_removing_is_left_to_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders, "every", lambda: [tmp_path])
    folder = left_behind(tmp_path, "in-hand")
    with (folder / database.OWNER).open("ab") as owner:
        fcntl.flock(owner, fcntl.LOCK_EX)
        database._remove_abandoned()
        assert folder.exists()
    database._remove_abandoned()
    assert not folder.exists()
