"""An office's file comes in whole or not at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from boundaries.lookup import units_at
from boundaries.shapes.load import import_units
from boundaries.shapes.model import ImportOptions, LayerDescription
from boundaries.shapes.service import unit_geometry
from data import audit
from data.db import Audience, reading
from data.errors import BadInput, BadRequest, Conflict, NotFound
from tests.unit.shapes.shapefiles import EAST, WEST, Row, write_shapefile, zipped

CHANGXING: Row = (b"330522", "长兴县".encode("gb18030"), WEST)
ANJI: Row = (b"330523", "安吉县".encode("gb18030"), EAST)
INSIDE = (119.85, 30.95)


def options(key: str = "survey-2010", begin: date = date(2010, 1, 1), **changes: Any) -> ImportOptions:
    layer = LayerDescription(key, "勘界成果", "survey", "an office", "internal", begin.isoformat(), "documented")
    return replace(ImportOptions("CODE", "NAME", begin, layer), **changes)


def load(engine: Engine, path: Path, given: ImportOptions, **how: Any) -> str:
    return import_units(engine, path, given, "tester", **how).outcome


def state(engine: Engine) -> dict[str, int]:
    tables = ("unit_shape", "unit_shape_piece", "map_shape", "layer", "decision", "audit", "change", "load")
    with engine.connect() as connection:
        return {t: connection.scalar(text(f"SELECT count(*) FROM diming.{t}")) or 0 for t in tables}


@pytest.fixture
def survey(tmp_path: Path) -> Path:
    """A zipped Shapefile in GB18030."""
    return zipped(write_shapefile(tmp_path, [CHANGXING, ANJI], cpg="GBK"))


def test_a_load_is_one_decision_one_audit_entry_and_one_range_of_the_feed(
    fresh_divisions: Engine, survey: Path
) -> None:
    before = state(fresh_divisions)
    report = import_units(fresh_divisions, survey, options(), "tester")
    after = state(fresh_divisions)
    grown = {table: after[table] - before[table] for table in after if after[table] != before[table]}
    assert report.outcome == "loaded"
    assert {k: grown[k] for k in ("unit_shape", "layer", "decision", "audit", "change", "load")} == {
        "unit_shape": 2, "layer": 1, "decision": 1, "audit": 1, "change": 2, "load": 1,
    }  # fmt: skip
    with reading(fresh_divisions) as connection:
        assert audit.verify(connection)[1] is None
        fed = connection.execute(
            text("SELECT after FROM diming.change WHERE collection = 'shapes' ORDER BY seq")
        ).scalars()
        assert all("geometry" not in str(entry) for entry in fed)


def test_the_polygon_answers_for_its_time(fresh_divisions: Engine, survey: Path) -> None:
    load(fresh_divisions, survey, options())
    with reading(fresh_divisions) as connection:
        assert units_at(connection, *INSIDE)["basis"] == "polygon"
        assert units_at(connection, *INSIDE, date(2009, 12, 31))["basis"] == "present_polygon"
        shown = unit_geometry(connection, "330522", date(2015, 1, 1), Audience.STAFF)
        assert shown["geometry"]["type"] == "MultiPolygon"
        before = unit_geometry(connection, "330522", date(2009, 1, 1), Audience.STAFF)
        assert (before["geometry"]["type"], before["properties"]["basis"]) == ("Point", "later_polygon")


def test_a_preview_and_a_second_load_change_nothing(fresh_divisions: Engine, survey: Path) -> None:
    empty = state(fresh_divisions)
    assert load(fresh_divisions, survey, options(), preview=True) == "preview"
    assert state(fresh_divisions) == empty
    load(fresh_divisions, survey, options())
    full = state(fresh_divisions)
    assert load(fresh_divisions, survey, options()) == "already_loaded"
    assert state(fresh_divisions) == full


def test_a_file_with_one_error_changes_nothing(fresh_divisions: Engine, tmp_path: Path) -> None:
    path = write_shapefile(tmp_path, [CHANGXING, (b"330522", CHANGXING[1], EAST)])
    before = state(fresh_divisions)
    report = import_units(fresh_divisions, path, options(), "tester")
    assert report.outcome == "returned"
    assert [f.kind for f in report.findings if f.severity == "error"] == ["duplicate_code"]
    assert state(fresh_divisions) == before


def test_a_later_survey_ends_the_earlier_one_and_both_are_kept(fresh_divisions: Engine, tmp_path: Path) -> None:
    load(fresh_divisions, write_shapefile(tmp_path, [CHANGXING]), options())
    (tmp_path / "later").mkdir()
    later = write_shapefile(tmp_path / "later", [(b"330522", CHANGXING[1], EAST)])
    assert load(fresh_divisions, later, options("survey-2020", date(2020, 1, 1))) == "loaded"
    with reading(fresh_divisions) as connection:
        for day, position in [(date(2015, 1, 1), INSIDE), (date(2021, 1, 1), (119.95, 30.95))]:
            found = units_at(connection, *position, day)
            assert (found["basis"], found["units"][-1]["code"]) == ("polygon", "330522")


def test_an_earlier_survey_that_comes_in_later_holds_until_the_later_one(
    fresh_divisions: Engine, tmp_path: Path
) -> None:
    load(fresh_divisions, write_shapefile(tmp_path, [CHANGXING]), options())
    (tmp_path / "old").mkdir()
    old = write_shapefile(tmp_path / "old", [(b"330522", CHANGXING[1], EAST)])
    assert load(fresh_divisions, old, options("survey-2000", date(2000, 1, 1))) == "loaded"
    with reading(fresh_divisions) as connection:
        then = units_at(connection, 119.95, 30.95, date(2009, 12, 31))
        now = units_at(connection, *INSIDE, date(2010, 1, 1))
        assert then["basis"] == now["basis"] == "polygon"
        with pytest.raises(NotFound):
            units_at(connection, 119.95, 31.05)


def test_the_polygon_of_a_unit_that_has_ended_ends_with_it_and_is_not_on_today_s_map(
    fresh_divisions: Engine, tmp_path: Path
) -> None:
    path = write_shapefile(tmp_path, [(b"110103", "崇文区".encode(), WEST)])
    load(fresh_divisions, path, options("c-2005", date(2005, 1, 1)))
    with reading(fresh_divisions) as connection:
        assert (
            unit_geometry(connection, "110103", date(2010, 6, 27), Audience.STAFF)["geometry"]["type"] == "MultiPolygon"
        )
        assert connection.scalar(text("SELECT count(*) FROM diming.map_shape")) == 0
        assert units_at(connection, *INSIDE, date(2015, 1, 1))["basis"] != "polygon"


def test_a_layer_s_key_belongs_to_one_file(fresh_divisions: Engine, survey: Path, tmp_path: Path) -> None:
    load(fresh_divisions, survey, options())
    (tmp_path / "other").mkdir()
    other = write_shapefile(tmp_path / "other", [(b"330523", ANJI[1], WEST)])
    with pytest.raises(Conflict) as caught:
        load(fresh_divisions, other, options(begin=date(2012, 1, 1)))
    assert caught.value.code == "layer_exists"


def test_a_correction_of_the_same_day_replaces_what_is_known_and_keeps_what_was(
    fresh_divisions: Engine, survey: Path, tmp_path: Path
) -> None:
    load(fresh_divisions, survey, options())
    (tmp_path / "corrected").mkdir()
    corrected = write_shapefile(tmp_path / "corrected", [(b"330522", CHANGXING[1], EAST)])
    load(fresh_divisions, corrected, options("survey-2010-b"))
    with fresh_divisions.connect() as connection:
        rows = connection.execute(
            text("""
                SELECT upper_inf(s.known) FROM diming.unit_shape s JOIN diming.unit_version v USING (unit_id)
                WHERE v.code = '330522' AND upper_inf(v.valid)""")
        ).scalars()
        assert sorted(rows) == [False, True]


@pytest.mark.parametrize("begin", [date(1980, 1, 1), date(2030, 1, 1)])
def test_polygons_of_a_time_that_the_register_does_not_know_are_refused(
    fresh_divisions: Engine, survey: Path, begin: date
) -> None:
    with pytest.raises(BadRequest) as caught:
        load(fresh_divisions, survey, options(begin=begin))
    assert caught.value.code in ("as_of_before_register", "as_of_after_register")


def test_a_national_map_that_lacks_a_part_is_refused_whole(fresh_divisions: Engine, survey: Path) -> None:
    before = state(fresh_divisions)
    with pytest.raises(BadInput) as caught:
        load(fresh_divisions, survey, options(begin=date(2024, 12, 31)), national=True)
    assert caught.value.code == "map_incomplete"
    assert "台湾省" in caught.value.detail
    assert state(fresh_divisions) == before


def test_a_code_is_matched_with_the_unit_that_had_it_on_that_day(fresh_divisions: Engine, tmp_path: Path) -> None:
    """110103 was 崇文区 until 2010-06-28; a polygon of 2005 is its own, one of 2015 is nobody's."""
    path = write_shapefile(tmp_path, [(b"110103", "崇文区".encode(), WEST)])
    then = import_units(fresh_divisions, path, options("c-2005", date(2005, 1, 1)), "tester", preview=True)
    now = import_units(fresh_divisions, path, options("c-2015", date(2015, 1, 1)), "tester", preview=True)
    assert (then.shapes, now.shapes) == (1, 0)
    assert "code_unknown" in [f.kind for f in now.findings]
