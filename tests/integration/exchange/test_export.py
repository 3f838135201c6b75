"""Exports: what is in them, what is said of it, what a format cannot hold, and that half of one is none."""

from __future__ import annotations

import csv
import hashlib
import json
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pyogrio
import pytest
from jsonschema_rs import Draft7Validator
from sqlalchemy import text

from api.cli.app import main
from data.db import make_engine, reading
from data.errors import BadRequest, Conflict, NotFound, NotPermitted
from geonames.exchange import exporting, writers
from geonames.exchange.exporting import Exported
from geonames.exchange.model import FORMATS
from tests.contract.linked_schemas import LINKED_PLACES
from tests.integration.exchange.datapackage_schema import DATA_PACKAGE
from tests.samples import named_places as sample

Export = Callable[..., Exported]


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_every_format_is_whole_summed_and_described(full_url: str, exported: Export, tmp_path: Path, form: str) -> None:
    made = exported(full_url, "out", format=form)
    folder = tmp_path / "out"
    assert {path.name for path in folder.iterdir()} == {file.name for file in made.files}
    package = json.loads((folder / "datapackage.json").read_text("utf-8"))
    Draft7Validator(DATA_PACKAGE).validate(package)
    for resource in package["resources"]:
        content = (folder / resource["path"]).read_bytes()
        assert (len(content), f"sha256:{hashlib.sha256(content).hexdigest()}") == (resource["bytes"], resource["hash"])
    checked = subprocess.run(["sha256sum", "--check", "SHA256SUMS"], cwd=folder, capture_output=True, check=False)
    assert checked.returncode == 0, checked.stdout
    assert "CGCS2000" in package["diming"]["crs"]
    assert "GCJ-02" in package["diming"]["crs"]
    assert package["diming"]["map_approval"] is None
    assert package["sources"] == [{"title": "invented for tests"}]


def test_what_a_book_cannot_hold_is_refused(full_url: str, exported: Export) -> None:
    for wrong, code in (
        ({"collections": ("lines",)}, "bad_collection"),
        ({"status": "former"}, "bad_status"),
        ({"paper": "a0"}, "bad_paper"),
        ({"format": "csv", "paper": "a4"}, "bad_paper"),
    ):
        with pytest.raises(BadRequest) as refused:
            exported(full_url, "out", **{"format": "book", **wrong})
        assert refused.value.code == code
    with pytest.raises(Conflict) as empty:
        exported(full_url, "none", format="book", class_="NATURAL")
    assert empty.value.code == "publication_empty"


def test_the_schema_refuses_what_is_wrong() -> None:
    good = {"name": "x", "resources": [{"name": "places", "path": "places.csv"}]}
    validator = Draft7Validator(DATA_PACKAGE)
    assert validator.is_valid(good)
    wrongs: tuple[dict[str, Any], ...] = (
        {},
        {"resources": []},
        {**good, "resources": [{"name": "Places!", "path": "x.csv"}]},
        {**good, "licenses": [{"title": "x"}]},
        {**good, "resources": [{"name": "x"}]},
    )
    for wrong in wrongs:
        assert not validator.is_valid(wrong)


def test_places_have_their_name_of_the_day_and_names_all_that_they_bear(
    full_url: str, exported: Export, tmp_path: Path
) -> None:
    exported(full_url, "out")
    places = {row["id"]: row for row in table(tmp_path / "out" / "places.csv")}
    bridge = places[str(sample.BRIDGE)]
    assert (bridge["name"], bridge["name_kind"], bridge["class"]) == ("汀川大桥", "standard", "FACILITY")
    assert (bridge["unit_code"], bridge["unit_name"]) == ("990121", "汀川县")
    assert (float(bridge["longitude"]), float(bridge["latitude"])) == (110.0, 30.0)
    assert places[str(sample.AFAR)]["unit_code"] == ""
    names = table(tmp_path / "out" / "names.csv")
    assert [row["place"] for row in names] == sorted(row["place"] for row in names)
    quoted = next(row for row in names if row["kind"] == "alias")
    assert quoted["text"] == '柳浪"二", 巷'
    assert (quoted["valid_from"], quoted["valid_to"], quoted["certainty"]) == ("2001-02-03", "", "probable")


def test_filters(full_url: str, exported: Export, tmp_path: Path) -> None:
    def ids(folder: str, **asked: object) -> set[str]:
        exported(full_url, folder, collections=("places",), **asked)
        return {row["name"] for row in table(tmp_path / folder / "places.csv")}

    assert ids("county", within="990121") == {"汀川大桥", "柳浪二巷"}
    assert ids("province", within="990000") == {"汀川大桥", "柳浪二巷"}
    assert ids("other", within="990122") == set()
    assert ids("class", class_="STREET") == {"柳浪二巷"}
    assert ids("type", class_="23610") == {"汀川大桥"}
    assert ids("status", status="unverified") == set()
    package = exported(full_url, "left", class_="STREET").package
    assert set(package["diming"]["left_out"]) == {"units", "outlines", "lines", "markers", "heritage", "signs"}


def test_what_cannot_be_asked(full_url: str, exported: Export) -> None:
    for wrong, code in (
        ({"format": "dwg"}, "bad_format"), ({"collections": ("cats",)}, "bad_collection"),
        ({"status": "good"}, "bad_status"), ({"governed_by": "printed"}, "bad_governing_date"),
        ({"class_": "CAT"}, "bad_class"), ({"format": "lpf", "collections": ("lines",)}, "bad_collection"),
    ):  # fmt: skip
        with pytest.raises(BadRequest) as refused:
            exported(full_url, "out", **wrong)
        assert refused.value.code == code
    with pytest.raises(NotFound):
        exported(full_url, "out", within="110000")
    with pytest.raises(NotPermitted) as law:
        exported(full_url, "out", collections=("outlines",))
    assert law.value.code == "map_not_approved"


def test_columns_of_a_shapefile_are_short_and_long_texts_are_cut_and_said(
    own_url: str, exported: Export, tmp_path: Path
) -> None:
    engine = make_engine(own_url, pooled=False)
    long = "长" * 200
    with engine.begin() as connection:
        connection.execute(
            text("INSERT INTO diming.place_name (id, subject_id, text, kind, source, opened_by) "
                 "VALUES (gen_random_uuid(), :id, :long, 'alias', 'invented for tests', :decision)"),
            {"id": sample.LANE, "long": long, "decision": sample.DECISION},
        )  # fmt: skip
    engine.dispose()
    exported(own_url, "out", format="shp", collections=("places", "names"))
    with zipfile.ZipFile(tmp_path / "out" / "names.shp.zip") as packed:
        packed.extractall(tmp_path / "shape")
    assert (tmp_path / "shape" / "names.cpg").read_text("ascii").strip() == "GB18030"
    frame = pyogrio.read_dataframe(tmp_path / "shape" / "names.shp", encoding="GB18030")
    assert all(len(name) <= 10 and name.isascii() for name in frame.columns if name != "geometry")
    assert set(frame["text"]) >= {"汀川大桥", "汀川大橋", "长" * 127}
    assert frame.crs.to_epsg() == 4490
    notes = table(tmp_path / "out" / "notes.csv")
    assert [row["field"] for row in notes if row["what"].startswith("text of 200 characters cut to 127")] == ["text"]
    assert {row["field"] for row in notes if "10 characters" in row["what"]} >= {"romanization", "romanization_system"}


def test_formats_open_with_their_libraries(full_url: str, exported: Export, tmp_path: Path) -> None:
    exported(full_url, "p", format="parquet")
    found = pq.read_table(tmp_path / "p" / "places.parquet")
    geo = json.loads(found.schema.metadata[b"geo"])
    assert (geo["version"], geo["columns"]["geometry"]["crs"]["id"]["code"]) == ("1.1.0", 4490)
    import geopandas as gpd

    assert gpd.read_parquet(tmp_path / "p" / "places.parquet").geometry.iloc[0].wkt == "POINT (110 30)"
    exported(full_url, "g", format="gpkg")
    layers = {str(name) for name, _ in pyogrio.list_layers(tmp_path / "g" / "gazetteer.gpkg")}
    assert layers == {"places", "names", "units", "lines", "markers", "heritage", "signs"}
    assert len(pyogrio.read_dataframe(tmp_path / "g" / "gazetteer.gpkg", layer="units")) == len(sample.UNITS)
    exported(full_url, "l", format="lpf")
    collection = json.loads((tmp_path / "l" / "places.lpf.json").read_text("utf-8"))
    Draft7Validator(LINKED_PLACES).validate(collection)
    assert {feature["properties"]["title"] for feature in collection["features"]} == {"汀川大桥", "柳浪二巷", "远屿"}


def test_equal_registers_give_equal_bytes(full_url: str, exported: Export) -> None:
    for form in ("csv", "parquet", "gpkg", "shp", "lpf", "lp-tsv"):
        sums = [
            {file.name: file.sha256 for file in exported(full_url, f"{form}{number}", format=form).files}
            for number in (1, 2)
        ]
        assert sums[0] == sums[1], form


def test_a_broken_export_leaves_no_half_files_and_the_next_begins_anew(
    full_url: str, exported: Export, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = writers.WRITERS["csv"]

    def broken(source: writers.Source, path: Path) -> None:
        whole(source, path)
        if source.dataset.id == "names":
            raise OSError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(exporting, "WRITERS", {**writers.WRITERS, "csv": broken})
        with pytest.raises(OSError, match="disk is full"):
            exported(full_url, "out")
    assert not (tmp_path / "out").exists()
    made = exported(full_url, "out")
    assert {path.name for path in tmp_path.iterdir()} == {"out"}
    assert {file.name for file in made.files} >= {"places.csv", "datapackage.json", "SHA256SUMS"}
    with pytest.raises(Conflict):
        exported(full_url, "out")


def test_another_date_of_the_decision_governs(own_url: str, exported: Export, tmp_path: Path) -> None:
    engine = make_engine(own_url, pooled=False)
    with engine.begin() as connection:
        connection.execute(
            text("""
            INSERT INTO diming.decision (id, kind, title, approved_on, announced_on, effective_on, basis, source,
                                         recorded_by)
            VALUES ('00000000-0000-4000-8000-000000000001', 'approval', '虚构批复', '2010-01-01', '2010-03-01',
                    '2010-06-01', 'document_date', 'invented for tests', 'test')
        """)
        )
        from data import audit

        audit.append(connection, actor="test", action="invented", decision_id=None, details={})
        connection.execute(
            text("""
            UPDATE diming.place_name SET known = tstzrange(lower(known), now()) WHERE subject_id = :id;
            """),
            {"id": sample.BRIDGE},
        )
        for name, valid, opened, closed in (
            ("汀川大桥", "[,2010-06-01)", sample.DECISION, "00000000-0000-4000-8000-000000000001"),
            ("汀川新桥", "[2010-06-01,)", "00000000-0000-4000-8000-000000000001", None),
        ):
            connection.execute(
                text("INSERT INTO diming.place_name (id, subject_id, text, kind, valid, source, opened_by, closed_by) "
                     "VALUES (gen_random_uuid(), :id, :name, 'standard', CAST(:valid AS daterange), 'x', :opened, "
                     ":closed)"),
                {"id": sample.BRIDGE, "name": name, "valid": valid, "opened": opened, "closed": closed},
            )  # fmt: skip
    engine.dispose()

    def called(folder: str, day: str, governed_by: str) -> str:
        from datetime import date

        exported(own_url, folder, collections=("places",), as_of=date.fromisoformat(day), governed_by=governed_by)
        rows = table(tmp_path / folder / "places.csv")
        return next(row["name"] for row in rows if row["id"] == str(sample.BRIDGE))

    assert called("a", "2010-02-01", "approved") == "汀川新桥"
    assert called("b", "2010-02-01", "announced") == "汀川大桥"
    assert called("c", "2010-04-01", "announced") == "汀川新桥"
    assert called("d", "2010-04-01", "effective") == "汀川大桥"
    assert called("e", "2010-07-01", "effective") == "汀川新桥"


def test_memory_does_not_grow_with_the_table(full_url: str) -> None:
    from geonames.exchange import store
    from geonames.exchange.datasets import DATASETS
    from geonames.exchange.model import Asked

    engine = make_engine(full_url, pooled=False, reader=True)
    with reading(engine) as connection:
        values = exporting.settle(connection, Asked("csv"))[1]
        pieces = store.pieces(connection, DATASETS["names"], Asked("csv"), values)
        first = next(iter(pieces))
        held = connection.execute(text("SELECT count(*) FROM pg_cursors")).scalar_one()
    engine.dispose()
    assert len(first) == 6
    assert held >= 1  # rows wait at the server, not here


def test_the_command_prints_a_book(
    full_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DIMING_DATABASE_URL", full_url)
    out = tmp_path / "book"
    assert main(["publish", "--within", "990121", "--out", str(out), "--json"]) == 0
    package = json.loads(capsys.readouterr().out)
    assert [resource["name"] for resource in package["resources"]] == ["standard-names-pdf", "standard-names-docx"]
    assert (out / "standard-names.pdf").read_bytes().startswith(b"%PDF-")
    words = tmp_path / "dictionary"
    assert main(["publish", "--kind", "dictionary", "--within", "990121", "--out", str(words), "--json"]) == 0
    package = json.loads(capsys.readouterr().out)
    assert [resource["name"] for resource in package["resources"]] == ["dictionary-pdf", "dictionary-docx"]
    assert main(["publish", "--kind", "novel", "--out", str(tmp_path / "no"), "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["code"] == "bad_parameter"
    assert main(["publish", "--within", "990121", "--paper", "a0", "--out", str(tmp_path / "no"), "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["code"] == "bad_paper"
    assert not (tmp_path / "no").exists()
