"""Built-up areas come in whole or not at all, hold from their day, and are replaced, never rewritten."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from shapely import Polygon
from sqlalchemy import Engine, text

from boundaries.built_up.load import BuiltUpOptions, load_built_up
from boundaries.shapes.model import LayerDescription
from data import audit
from data.db import make_engine, reading
from data.errors import BadRequest, Conflict
from tests.unit.shapes.shapefiles import EAST, WEST, Row, write_shapefile, zipped

BEGIN = date(2020, 1, 1)
INNER: Row = (b"T01", "示例主城".encode("gb18030"), WEST)
OUTER: Row = (b"T02", "示例新城".encode("gb18030"), EAST)


def options(key: str = "town-2020", begin: date = BEGIN) -> BuiltUpOptions:
    """The outlines of a town, as an office describes them."""
    layer = LayerDescription(
        key, "建成区范围", "built-up areas", "an office", "internal", begin.isoformat(), "documented"
    )
    return BuiltUpOptions("CODE", "NAME", begin, layer)


def file_of(folder: Path, *rows: Row) -> Path:
    """A zipped Shapefile in GB18030 of these areas, in a folder of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    return zipped(write_shapefile(folder, rows, cpg="GB18030"))


def standing(engine: Engine, on: date) -> list[tuple[str, str]]:
    """Code and name of the areas that the public sees on a day."""
    asked = text("SELECT code, name FROM published.built_up_area WHERE valid @> :day AND upper_inf(known) ORDER BY 1")
    with engine.connect() as connection:
        return [(row.code, row.name) for row in connection.execute(asked, {"day": on})]


def counts(engine: Engine) -> dict[str, Any]:
    """How many rows there are of everything that a load writes."""
    tables = ("built_up_area", "layer", "decision", "audit", "change", "load")
    with engine.connect() as connection:
        return {table: connection.scalar(text(f"SELECT count(*) FROM diming.{table}")) for table in tables}


def test_a_load_is_one_decision_with_its_audit_entry_and_holds_from_its_day(
    fresh_divisions: Engine, tmp_path: Path
) -> None:
    before = counts(fresh_divisions)
    report = load_built_up(fresh_divisions, file_of(tmp_path, INNER, OUTER), options(), "tester")
    after = counts(fresh_divisions)
    assert (report.outcome, report.areas, report.replaced) == ("loaded", 2, 0)
    assert {table: after[table] - before[table] for table in after} == {
        "built_up_area": 2, "layer": 1, "decision": 1, "audit": 1, "change": 2, "load": 1,
    }  # fmt: skip
    assert standing(fresh_divisions, BEGIN) == [("T01", "示例主城"), ("T02", "示例新城")]
    assert standing(fresh_divisions, date(2019, 12, 31)) == []
    with reading(fresh_divisions) as connection:
        assert audit.verify(connection)[1] is None


def test_a_later_outline_replaces_the_area_from_its_day_and_keeps_what_was(
    fresh_divisions: Engine, tmp_path: Path
) -> None:
    load_built_up(fresh_divisions, file_of(tmp_path / "one", INNER), options(), "tester")
    later: Row = (b"T01", "示例城区".encode("gb18030"), EAST)
    report = load_built_up(
        fresh_divisions, file_of(tmp_path / "two", later), options("town-2022", date(2022, 1, 1)), "tester"
    )
    assert (report.outcome, report.replaced) == ("loaded", 1)
    assert standing(fresh_divisions, date(2021, 12, 31)) == [("T01", "示例主城")]
    assert standing(fresh_divisions, date(2022, 1, 1)) == [("T01", "示例城区")]


def test_a_preview_and_the_same_file_again_change_nothing(fresh_divisions: Engine, tmp_path: Path) -> None:
    file = file_of(tmp_path, INNER)
    empty = counts(fresh_divisions)
    assert load_built_up(fresh_divisions, file, options(), "tester", preview=True).outcome == "preview"
    assert counts(fresh_divisions) == empty
    load_built_up(fresh_divisions, file, options(), "tester")
    loaded = counts(fresh_divisions)
    assert load_built_up(fresh_divisions, file, options(), "tester").outcome == "already_loaded"
    assert counts(fresh_divisions) == loaded


BOW_TIE = Polygon([(119.8, 30.9), (119.9, 31.0), (119.9, 30.9), (119.8, 31.0)])
BESIDE = Polygon([(119.85, 30.9), (119.85, 31.0), (119.95, 31.0), (119.95, 30.9)])


@pytest.mark.parametrize(
    ("rows", "kind"),
    [
        ((INNER, (b"T01", "另一".encode("gb18030"), EAST)), "duplicate_code"),
        ((INNER, (b"T03", "重叠".encode("gb18030"), BESIDE)), "areas_overlap"),
        (((b"", "无码".encode("gb18030"), WEST),), "code_missing"),
        (((b"T04", b"", WEST),), "name_missing"),
        (((b"T05", "自交".encode("gb18030"), BOW_TIE),), "invalid"),
    ],
)
def test_a_file_with_errors_goes_back_whole_with_each_of_them(
    fresh_divisions: Engine, tmp_path: Path, rows: tuple[Row, ...], kind: str
) -> None:
    empty = counts(fresh_divisions)
    report = load_built_up(fresh_divisions, file_of(tmp_path, *rows), options(), "tester")
    assert report.outcome == "returned"
    assert any(kind in finding.kind for finding in report.findings), [f.kind for f in report.findings]
    assert counts(fresh_divisions) == empty


def test_a_layer_is_one_source_and_a_day_outside_the_register_is_refused(
    fresh_divisions: Engine, tmp_path: Path
) -> None:
    load_built_up(fresh_divisions, file_of(tmp_path / "one", INNER), options(), "tester")
    with pytest.raises(Conflict) as taken:
        load_built_up(fresh_divisions, file_of(tmp_path / "two", OUTER), options(), "tester")
    assert taken.value.code == "layer_exists"
    with pytest.raises(BadRequest):
        load_built_up(
            fresh_divisions, file_of(tmp_path / "three", OUTER), options("town-2099", date(2099, 1, 1)), "tester"
        )


def test_the_public_role_reads_the_published_areas_and_no_table(fresh_divisions: Engine, tmp_path: Path) -> None:
    load_built_up(fresh_divisions, file_of(tmp_path, INNER), options(), "tester")
    public = make_engine(fresh_divisions.url.render_as_string(hide_password=False), pooled=False, reader=True)
    assert standing(public, BEGIN) == [("T01", "示例主城")]
    with public.connect() as connection, pytest.raises(Exception, match="permission denied"):
        connection.execute(text("SELECT 1 FROM diming.built_up_area"))
    public.dispose()
