"""甲乙线 in the register: its two courses, its documents, its polygons, none of them in the way of what is real."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import Engine, text

from api.demo_office.line import JIA, YI
from boundaries.lookup import units_at
from boundaries.markers.service import list_markers, marker_history
from boundaries.network.parts import unit_parts
from boundaries.network.sample import line_id
from boundaries.network.service import find_line, line_by_name, line_diff, line_log, line_versions, list_lines
from boundaries.network.telling import line_description
from boundaries.shapes.service import unit_geometry
from data.db import Audience, reading
from data.errors import NotFound


def test_the_line_is_found_by_its_name_and_says_what_it_is(reading_room: Engine) -> None:
    with reading(reading_room) as connection:
        assert line_by_name(connection, "甲乙线") == line_id(JIA, YI)
        found = find_line(connection, line_id(JIA, YI), audience=Audience.STAFF)
    assert found["demonstration"] is True
    assert 59_000 < found["length_m"] < 60_100
    assert set(found["legal_status"]) == {"agreed"}
    assert [d["doc_no"] for d in found["decisions"]] == ["演示〔2026〕2号", "演示〔2026〕4号"]
    # from west to east with 甲县 on the left
    assert {(s["left"]["code"], s["right"]["code"]) for s in found["segments"]} == {(JIA, YI)}
    ends = [found["geometry"]["coordinates"][0][0], found["geometry"]["coordinates"][-1][-1]]
    assert ends[0][0] < ends[1][0]
    assert len(found["segments"]) == 18


def test_two_versions_by_two_documents(reading_room: Engine) -> None:
    with reading(reading_room) as connection:
        versions = line_versions(connection, line_id(JIA, YI))["items"]
        log = line_log(connection, line_id(JIA, YI))["items"]
        changed = line_diff(connection, line_id(JIA, YI), date(2010, 1, 1), date(2020, 1, 1), Audience.STAFF)
    assert [(str(v["from"]), v["segments_changed"]) for v in versions] == [("2003-06-01", 18), ("2016-05-01", 2)]
    assert [entry["decision"]["doc_no"] for entry in log] == ["演示〔2026〕4号"]
    assert [c["kind"] for c in changed["changes"]] == ["moved", "moved"]
    assert {(piece["from"]["code"], piece["to"]["code"]) for piece in changed["land"]} == {(JIA, YI), (YI, JIA)}
    assert max(piece["width_m"] for piece in changed["land"]) > 20


def test_the_line_can_be_told_in_words(reading_room: Engine) -> None:
    with reading(reading_room) as connection:
        legs = line_description(connection, line_id(JIA, YI))
    assert len(legs) == 18
    assert legs[-1].end == "三交点（丙县、乙县、甲县）"
    assert sum(leg.length_m for leg in legs) == pytest.approx(60_000, abs=1000)


def test_lists_of_lines_show_it_where_it_is_asked_for(reading_room: Engine) -> None:
    with reading(reading_room) as connection:
        assert list_lines(connection)["items"] == []
        made_up = [line["name"] for line in list_lines(connection, demonstration=True)["items"]]
        beside = [line["name"] for line in list_lines(connection, unit="990123")["items"]]
    assert made_up == ["甲乙线", "甲丙线", "乙丙线"]
    assert beside == ["甲丙线", "乙丙线"]


def test_its_markers_stand_in_the_order_of_their_numbers(reading_room: Engine) -> None:
    with reading(reading_room) as connection:
        shown = list_markers(connection, line=line_id(JIA, YI))["items"]
        known = list_markers(connection, line=line_id(JIA, YI), audience=Audience.STAFF)["items"]
        history = marker_history(connection, known[0]["id"])
    assert len(shown) == 20
    assert [m["code"][12:15] for m in shown] == sorted(m["code"][12:15] for m in shown)
    # where they stand is for staff
    assert "119." not in str(shown[0])
    assert "119." in str(known[0])
    assert [event["kind"] for event in history] == ["set"]
    assert {marker["demonstration"] for marker in shown} == {True}


def test_the_feed_says_of_every_line_and_marker_that_it_is_made_up(reading_room: Engine) -> None:
    unmarked = text("""
        SELECT collection, count(*) FILTER (WHERE NOT coalesce((after ->> 'demonstration')::boolean, false)) AS unmarked
        FROM diming.change WHERE collection IN ('lines', 'markers') GROUP BY collection ORDER BY collection
    """)
    with reading(reading_room) as connection:
        assert [tuple(row) for row in connection.execute(unmarked)] == [("lines", 0), ("markers", 0)]


def test_every_county_is_closed(reading_room: Engine) -> None:
    with reading(reading_room) as connection:
        for code in (JIA, YI, "990123"):
            land = unit_parts(connection, code)
            assert land["open_ends"] == []
            assert [part["kind"] for part in land["parts"]] == ["main"]
            assert land["parts"][0]["area_m2"] > 2e8


def test_its_polygon_is_shown_as_invented(reading_room: Engine) -> None:
    with reading(reading_room) as connection:
        shown = unit_geometry(connection, JIA, None, Audience.STAFF)
    assert shown["geometry"]["type"] == "MultiPolygon"
    assert "invented" in str(shown["properties"])


def test_a_position_in_it_is_in_no_unit_of_the_demonstration(reading_room: Engine) -> None:
    """Without polygons of the country nothing holds the point; the made-up counties least of all."""
    with reading(reading_room) as connection:
        with pytest.raises(NotFound):
            units_at(connection, 119.9, 48.65)
        for table in ("unit_shape_piece", "map_shape"):
            assert connection.scalar(text(f"SELECT count(*) FROM diming.{table}")) == 0
