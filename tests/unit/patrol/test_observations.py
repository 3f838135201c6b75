"""What an observation may be before anything is asked of the register."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from boundaries.patrol.model import Observation, Position, Walk, WitnessReading, check_observation, check_walk
from boundaries.patrol.rules import rules
from data.errors import BadInput
from data.ids import new_id

NOON = datetime(2026, 3, 1, 4, tzinfo=UTC)


def seen(**more: Any) -> Observation:
    fields: dict[str, Any] = {"id": new_id(), "marker": new_id(), "state": "intact", "seen_at": NOON}
    return Observation(**{**fields, **more})


def test_a_plain_observation_passes() -> None:
    check_observation(seen(position=Position(99.5, 40.0, 6.0), witnesses=(WitnessReading("石", 3.0),)), rules())


FILE = new_id()


@pytest.mark.parametrize(
    "more",
    [
        {"state": "fine"},
        {"note": "字" * 2001},
        {"photos": tuple(new_id() for _ in range(7))},
        {"voice": (new_id(), new_id())},
        {"photos": (FILE,), "voice": (FILE,)},
        {"seen_at": datetime(2026, 3, 1)},  # noqa: DTZ001 -- a time without an offset is what is refused
        {"witnesses": (WitnessReading("石", 3.0), WitnessReading("石", 4.0))},
        {"witnesses": (WitnessReading("石", 0.0),)},
        {"witnesses": (WitnessReading("石", float("inf")),)},
        {"position": Position(199.5, 40.0, 6.0)},
        {"position": Position(float("nan"), 40.0, 6.0)},
        {"position": Position(99.5, 40.0, 0.0)},
        {"position": Position(99.5, 40.0, 1.0, "survey")},
    ],
)
def test_what_contradicts_itself_is_refused(more: dict[str, Any]) -> None:
    with pytest.raises(BadInput) as refused:
        check_observation(seen(**more), rules())
    assert refused.value.code == "bad_observation"


@pytest.mark.parametrize("end", [NOON - timedelta(seconds=1), datetime(2026, 3, 1, 5)])  # noqa: DTZ001
def test_a_walk_ends_after_it_begins(end: datetime) -> None:
    check_walk(Walk(new_id(), NOON, NOON), rules())
    with pytest.raises(BadInput):
        check_walk(Walk(new_id(), NOON, end), rules())
