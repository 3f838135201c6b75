"""A difference as a map: the legal line and the other one, whose land is on which side, what the notes say."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
import shapely
from shapely.geometry import LineString

from boundaries.network.difference.model import Difference
from boundaries.network.model import Segment
from boundaries.network.versions import State
from boundaries.sheets.differences import About, _content
from data.errors import NotFound

WEST, EAST = UUID(int=1), UUID(int=2)
NAMES = {WEST: {"code": "990121", "name": "甲县"}, EAST: {"code": "990122", "name": "乙县"}}
ABOUT = About("甲乙线", "county", date(2026, 3, 1), "after")


def segment(number: int, course: LineString, left: UUID = WEST, right: UUID = EAST) -> Segment:
    return Segment(UUID(int=number), left, right, course)


def difference(before: State, after: State) -> Difference:
    return Difference(before, after, "2020-01-01", "2026-03-01", 2.0, NAMES)


#: From south to north 甲县 lies left, in the west; the second segment is stored the other way round.
STRAIGHT = {
    UUID(int=10): segment(10, LineString([(99.5, 40.0), (99.5, 40.1)])),
    UUID(int=11): segment(11, LineString([(99.5, 40.2), (99.5, 40.1)]), EAST, WEST),
}
MOVED = {
    UUID(int=10): segment(10, LineString([(99.5, 40.0), (99.502, 40.05), (99.5, 40.1)])),
    UUID(int=11): STRAIGHT[UUID(int=11)],
}


def test_whose_land_is_left_stays_left_however_segments_are_stored() -> None:
    for state in (STRAIGHT, dict(reversed(STRAIGHT.items()))):
        content = _content(difference(MOVED, state), ABOUT)
        (course,) = content.courses
        first, last = shapely.get_coordinates(course)[[0, -1]]
        assert content.beside[0] == ("甲县" if first[1] < last[1] else "乙县")


def test_the_legal_line_is_the_one_that_is_asked_for() -> None:
    found = difference(STRAIGHT, MOVED)
    legal_after = _content(found, ABOUT)
    assert (legal_after.said, legal_after.former[0].years) == ("法定界线（2026-03-01）", "2020-01-01")
    legal_before = _content(found, About("甲乙线", "county", date(2026, 3, 1), "before"))
    assert (legal_before.said, legal_before.former[0].years) == ("法定界线（2020-01-01）", "2026-03-01")
    neither = _content(found, About("a – b", "county", date(2026, 3, 1), None))
    assert neither.said == "界线（2020-01-01）"


def test_the_notes_say_how_far_and_who_ceded() -> None:
    counted, balanced = _content(difference(STRAIGHT, MOVED), ABOUT).notes
    assert counted.startswith("移位 1 段，未变 1 段；最大位移 17")
    # eastwards: 乙县 cedes what 甲县 gains
    area = f"{difference(STRAIGHT, MOVED).land.pieces[0].area_m2:,.1f}"
    assert f"乙县 划出 {area}、划入 0.0 m²" in balanced
    assert f"甲县 划出 0.0、划入 {area} m²" in balanced
    assert _content(difference(MOVED, MOVED), ABOUT).notes == ("两者相同，未变 2 段。", "无土地变化。")


def test_two_empty_states_cannot_be_drawn() -> None:
    with pytest.raises(NotFound) as error:
        _content(difference({}, {}), ABOUT)
    assert error.value.code == "nothing_to_draw"
