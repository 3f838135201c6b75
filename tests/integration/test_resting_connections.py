"""Connections that the database has closed meanwhile: after a rest nobody notices, at once one question is refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, text

from data import db
from data.errors import Unavailable

PID = text("SELECT pg_backend_pid()")
END = text("SELECT pg_terminate_backend(:pid, 10000)")


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    made = db.make_engine(database_url, pool_size=1)
    yield made
    made.dispose()


def ended(engine: Engine) -> int:
    """The process that served the pool's connection; it is no more."""
    with db.reading(engine) as connection:
        pid = int(connection.scalar(PID))
    other = create_engine(engine.url)
    with other.connect() as connection:
        assert connection.scalar(END, {"pid": pid}) is True
    other.dispose()
    return pid


def test_after_a_rest_a_connection_that_was_closed_is_replaced(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(db, "REST_S", 0.0)
    pid = ended(engine)
    with db.reading(engine) as connection:
        assert connection.scalar(PID) != pid


def test_at_once_it_is_said_and_the_next_question_is_answered(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(db, "REST_S", 3600.0)
    pid = ended(engine)
    with pytest.raises(Unavailable, match="did not answer"), db.reading(engine) as connection:
        connection.scalar(PID)
    with db.reading(engine) as connection:
        assert connection.scalar(PID) != pid


@pytest.mark.parametrize(("rest_s", "pings"), [(0.0, 4), (3600.0, 0)])
def test_only_after_a_rest_is_it_asked_first(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, rest_s: float, pings: int
) -> None:
    asked = []
    ping = engine.dialect.do_ping

    def counted(connection: Any) -> bool:
        asked.append(connection)
        return ping(connection)

    monkeypatch.setattr(engine.dialect, "do_ping", counted)
    monkeypatch.setattr(db, "REST_S", rest_s)
    for _ in range(5):
        with db.reading(engine) as connection:
            connection.scalar(PID)
    assert len(asked) == pings
