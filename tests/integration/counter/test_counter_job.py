"""The queue does it: what is handed in is checked by the worker, and every night what nobody claimed is forgotten."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from api.cli.environment import environment
from api.jobs.queue import make_app, work
from api.settings import Settings, settings_from_environment
from boundaries.submissions.model import HandIn
from boundaries.submissions.service import find_submission, hand_in
from data.clock import system_clock
from data.db import make_engine, reading
from data.ids import new_id
from tests.samples.counter import Desk, faulty_file


@pytest.fixture
def at_home(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """The worker finds the register, and the store of bytes, by the environment."""
    monkeypatch.setenv("DIMING_DATABASE_URL", desk.engine.url.render_as_string(hide_password=False))
    monkeypatch.setenv("DIMING_HOME", str(desk.folder))
    environment.cache_clear()
    settings_from_environment.cache_clear()
    return desk


def do_all_jobs(desk: Desk) -> None:
    """Run a worker until the queue is empty."""
    url = desk.engine.url.render_as_string(hide_password=False)
    app = make_app(Settings(database_url=url))
    with ThreadPoolExecutor(1) as pool:
        options = {"wait": False, "install_signal_handlers": False, "listen_notify": False}
        pool.submit(work, make_engine(url, pooled=False), app, **options).result()


def test_the_worker_checks_what_was_handed_in_and_tidies(at_home: Desk, tmp_path: Path) -> None:
    path = faulty_file(at_home, tmp_path / "a.gpkg")
    at_home.clock.now = system_clock()
    submission = hand_in(at_home.counter, at_home["surveyor"], path, path.name, HandIn(str(at_home.line)))["id"]
    old = system_clock() - timedelta(days=5)
    with at_home.engine.begin() as connection:
        connection.execute(
            text("INSERT INTO diming.upload VALUES (:id, 'account:x', 'a.zip', 5, 0, :old, :ended)"),
            {"id": new_id(), "old": old, "ended": old + timedelta(days=3)},
        )
    app = make_app(Settings(database_url=at_home.engine.url.render_as_string(hide_password=False)))
    with app.open():
        app.configure_task("diming:tidy_the_counter").defer(timestamp=0)
    do_all_jobs(at_home)
    with reading(at_home.engine) as connection:
        found = find_submission(connection, at_home["surveyor"], submission)
        told = connection.execute(
            text("SELECT r.done, r.total FROM diming.job_record r JOIN jobs.procrastinate_jobs j ON j.id = r.job "
                 "WHERE j.task_name = 'diming:check_submission'")
        ).one()  # fmt: skip
    assert (found["state"], found["verdict"]) == ("checked", "accepted_with_warnings")
    assert tuple(told) == (3, 3)
    assert at_home.count("upload") == 0
