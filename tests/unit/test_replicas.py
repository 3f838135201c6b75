"""Which replica may answer: places in the log, what the writer had some seconds ago, and whose turn it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.replicas import ASKED, NOWHERE, Asked, Replica, Replicas, chosen, position_of, written_position
from api.settings import Settings
from data.db import make_engine

URL = "postgresql://nobody@nowhere/none"


class Time:
    now = 100.0


def replicas(*replayed: int | None, behind_s: float = 2.0) -> tuple[Replicas, Time]:
    time = Time()
    made = Replicas([make_engine(URL) for _ in replayed], behind_s, lambda: time.now)
    for replica, place in zip(made.all, replayed, strict=True):
        made.saw(replica, place, None if place is not None else "down")
    return made, time


def numbers(made: Replicas, found: Replica | None) -> int | None:
    return None if found is None else made.all.index(found)


@given(st.integers(0, NOWHERE))
def test_places_in_the_log_are_written_as_the_database_writes_them(position: int) -> None:
    assert position_of(written_position(position)) == position


@pytest.mark.parametrize("said", ["", "x", "1/2/3", "123456789/0", "-1/0", "1/G", "1'/0", "全"])
def test_what_is_no_place_asks_for_the_writer(said: str) -> None:
    assert position_of(said) == NOWHERE
    made, _ = replicas(5)
    made.saw_writer(5)
    assert made.at(position_of(said)) is None


def test_nobody_is_asked_before_the_writer_was_seen() -> None:
    made, _ = replicas(5, 5)
    assert made.at(0) is None
    assert made.behind(made.all[0]) is None


def test_replicas_take_turns_and_one_that_is_down_has_none() -> None:
    made, _ = replicas(5, None, 5)
    made.saw_writer(5)
    assert [numbers(made, made.at(0)) for _ in range(4)] == [0, 2, 0, 2]


def test_a_question_goes_where_its_place_has_been_reached() -> None:
    made, _ = replicas(5, 9)
    made.saw_writer(9)
    assert {numbers(made, made.at(7)) for _ in range(4)} == {1}
    assert made.at(10) is None


def test_a_replica_must_have_what_the_writer_had_some_seconds_ago() -> None:
    made, time = replicas(5)
    made.saw_writer(5)
    time.now += 1
    made.saw_writer(9)
    time.now += 1.5  # 9 was written 1.5 s ago
    assert made.at(0) is made.all[0]
    time.now += 0.5
    made.saw_writer(12)
    assert made.at(0) is None
    assert made.behind(made.all[0]) is True
    made.saw(made.all[0], 9)
    assert made.at(0) is made.all[0]


def test_a_writer_that_is_silent_leaves_the_replicas_answering() -> None:
    made, time = replicas(5)
    made.saw_writer(5)
    time.now += 3600
    assert made.at(0) is made.all[0]


def test_another_writer_whose_log_begins_earlier_is_measured_by_its_own() -> None:
    made, time = replicas(7)
    made.saw_writer(9)
    time.now += 5
    made.saw_writer(6)
    time.now += 5
    assert made.at(0) is made.all[0]


def test_all_questions_of_a_request_go_to_one_server() -> None:
    made, _ = replicas(5, 5)
    made.saw_writer(5)
    assert chosen(made) is None, "work of the process itself is the writer's"
    before = ASKED.set(Asked(0))
    try:
        assert len({id(chosen(made)) for _ in range(4)}) == 1
    finally:
        ASKED.reset(before)


def test_the_setting_is_a_list_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIMING_DATABASE_URL", URL)
    monkeypatch.setenv("DIMING_DATABASE_READ_URLS", " postgresql://a/x , postgresql://b/x,")
    assert Settings().database_read_urls == ["postgresql://a/x", "postgresql://b/x"]
    monkeypatch.delenv("DIMING_DATABASE_READ_URLS")
    assert Settings().database_read_urls == []
