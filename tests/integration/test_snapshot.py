"""What one answer reads more than once is read once, and never kept beyond the state in which it was read."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest
from sqlalchemy import Engine, event, text

from data.db import PREPARED, make_engine, reading
from data.errors import Unavailable
from data.snapshot import once, state_of
from geonames.search.structured import unit_words

MOVE = text("UPDATE diming.feed_head SET seq = seq + 1")


@pytest.fixture
def reader(fresh_database_url: str) -> Iterator[Engine]:
    engine = make_engine(fresh_database_url, pooled=False, reader=True)
    yield engine
    engine.dispose()


def asked_of(engine: Engine) -> list[str]:
    statements: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda _c, _k, sql, _p, _x, _m: statements.append(sql))
    return statements


def test_a_reader_asks_for_the_state_once_in_an_answer(reader: Engine) -> None:
    statements = asked_of(reader)
    with reading(reader) as connection:
        assert state_of(connection) == state_of(connection)
    assert len(statements) == 1


def test_the_next_answer_sees_what_has_changed(reader: Engine, fresh_engine: Engine) -> None:
    with reading(reader) as connection:
        before = state_of(connection).last_change
        with fresh_engine.begin() as writer:
            writer.execute(MOVE)
        assert state_of(connection).last_change == before  # one answer, one state
        connection.rollback()
        assert state_of(connection).last_change == before + 1  # the same connection, another transaction
    with reading(reader) as connection:
        assert state_of(connection).last_change == before + 1


def test_where_each_statement_sees_its_own_state_nothing_is_remembered(fresh_engine: Engine) -> None:
    with fresh_engine.begin() as connection:
        before = state_of(connection).last_change
        connection.execute(MOVE)
        assert state_of(connection).last_change == before + 1
        assert [once(connection, "key", partial(int, n)) for n in (1, 2)] == [1, 2]


def test_names_of_units_are_read_again_when_the_feed_has_moved(reader: Engine, fresh_engine: Engine) -> None:
    statements = asked_of(reader)
    for moved in (False, False, True):
        if moved:
            with fresh_engine.begin() as writer:
                writer.execute(MOVE)
        with reading(reader) as connection:
            unit_words(connection)
    assert sum("unit_words" in sql for sql in statements) == 2


PREPARED_HERE = text("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%feed_head%'")


def test_what_every_search_asks_stays_prepared_from_one_question_to_the_next(reader_kept: Engine) -> None:
    with reading(reader_kept) as connection:
        state_of(connection)
    with reading(reader_kept) as connection:
        assert connection.scalar(PREPARED_HERE) == 1


def test_other_statements_are_planned_for_what_is_asked_each_time(reader_kept: Engine) -> None:
    with reading(reader_kept) as connection:
        for _ in range(8):
            connection.execute(text("SELECT seq FROM published.feed_head"))
        assert connection.scalar(PREPARED_HERE) == 0


def test_a_question_that_fails_leaves_nothing_behind(reader_kept: Engine) -> None:
    with pytest.raises(ZeroDivisionError), reading(reader_kept) as connection:
        connection.execute(text("SELECT set_config('diming.governed_by', 'approved', true)"))
        raise ZeroDivisionError
    with reading(reader_kept) as connection:
        assert not connection.scalar(text("SELECT current_setting('diming.governed_by', true)"))
        assert state_of(connection) is not None
    with reading(reader_kept) as connection:
        assert not connection.scalar(text("SELECT current_setting('diming.governed_by', true)"))


@pytest.fixture
def reader_kept(fresh_database_url: str) -> Iterator[Engine]:
    """A reader with one connection, used again and again."""
    engine = make_engine(fresh_database_url, pool_size=1, reader=True)
    yield engine
    engine.dispose()


def test_a_view_that_an_upgrade_has_changed_costs_one_answer_not_all(reader_kept: Engine, fresh_engine: Engine) -> None:
    def say(columns: str) -> None:
        with fresh_engine.begin() as owner:
            owner.execute(text("DROP VIEW IF EXISTS published.told"))
            owner.execute(text(f"CREATE VIEW published.told AS SELECT {columns}"))
            owner.execute(text("GRANT SELECT ON published.told TO diming_reader"))

    asked = text("SELECT * FROM published.told").execution_options(**PREPARED)
    say("1 AS one")
    with reading(reader_kept) as connection:
        assert connection.execute(asked).one() == (1,)
    say("1 AS one, 2 AS two")
    with pytest.raises(Unavailable) as refused, reading(reader_kept) as connection:
        connection.execute(asked)
    assert "upgraded" in refused.value.detail
    with reading(reader_kept) as connection:
        assert connection.execute(asked).one() == (1, 2)
