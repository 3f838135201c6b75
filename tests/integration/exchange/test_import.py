"""Imports: what a file brings is checked without a change, named row by row, decided, told, found, and taken back."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import geopandas
import pytest
import shapely
import xlsxwriter
from sqlalchemy import Connection, text

from data import audit, feed
from data.access import Role
from data.access.model import operator
from data.db import reading
from data.errors import BadInput, Conflict, NotPermitted
from data.server.cluster import Cluster
from geonames.exchange.exporting import Exported
from geonames.exchange.incoming import checking, receiving, report, service
from geonames.exchange.incoming.desk import Desk, Document
from geonames.exchange.incoming.model import ImportAsked
from geonames.exchange.packaging import pack_folder
from geonames.places.service import find_place
from geonames.search.service import search_places
from tests import database
from tests.integration.exchange.conftest import empty_template
from tests.samples import named_places as sample

T = TypeVar("T")
OPERATOR = operator("cli:test")
DOCUMENT = Document("虚构民政局", "关于地名普查成果的批复", "虚构〔2020〕1号", date(2020, 11, 1))
HEAD = "编号,标准名称,类别代码,政区代码,经度,纬度,曾用名,罗马字母拼写\n"
GOOD = HEAD + "1,苇塘村,22200,990121,110.1,30.1,芦荡村|苇子塘,Weitang Cun\n2,望潮桥,23610,990122,110.2,30.2,,\n"


COUNTS = text("""
    SELECT (SELECT count(*) FROM diming.place WHERE upper_inf(known)) AS places,
           (SELECT count(*) FROM diming.place_name WHERE upper_inf(known)) AS names,
           (SELECT count(*) FROM diming.decision) AS decisions, (SELECT seq FROM diming.feed_head) AS changes
""")


class Office:
    """The desk with a file on it."""

    def __init__(self, desk: Desk, folder: Path) -> None:
        self.desk, self.folder = desk, folder

    def check(self, content: str | bytes | Path, name: str = "地名.csv", **asked: Any) -> dict[str, Any]:
        path = content if isinstance(content, Path) else self.folder / name
        if not isinstance(content, Path):
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        wanted = ImportAsked(**{"source": "虚构普查", **asked})
        handed = receiving.hand_in(self.desk, OPERATOR, path, path.name, wanted, queued=False)
        receiving.check_import(self.desk, handed["id"])
        return self.ask(lambda c: service.find_import(c, OPERATOR, handed["id"]))

    def apply(self, import_id: UUID, document: Document | None = None, **how: Any) -> dict[str, Any]:
        return service.apply_import(self.desk, OPERATOR, import_id, document, **how)

    def lines(self, import_id: UUID) -> list[dict[str, str]]:
        with service.open_report(self.desk, OPERATOR, import_id) as (_, file):
            return list(report.report_lines(file))

    def ask(self, question: Callable[[Connection], T]) -> T:
        with reading(self.desk.engine) as connection:
            return question(connection)

    def counts(self) -> tuple[int, int, int, int]:
        """Places and names that stand, decisions, changes of the feed."""
        row = self.ask(lambda c: c.execute(COUNTS).one())
        return row.places, row.names, row.decisions, row.changes


@pytest.fixture(scope="session")
def shared_url(cluster: Cluster) -> Iterator[str]:
    """A register without places into which nothing is taken: for tests of what is found."""
    with database.clone(cluster, empty_template(cluster)) as url:
        yield url


@pytest.fixture
def checker(shared_url: str, desk_at: Callable[[str], Desk], tmp_path: Path) -> Office:
    """The desk of a register into which nothing is taken."""
    return Office(desk_at(shared_url), tmp_path)


@pytest.fixture
def office(empty_url: str, desk_at: Callable[[str], Desk], tmp_path: Path) -> Office:
    return Office(desk_at(empty_url), tmp_path)


def codes(office: Office, found: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(x["row"], x["severity"], x["code"]) for x in office.lines(found["id"]) if x["code"]]


def test_a_table_is_checked_taken_found_told_and_taken_back(office: Office) -> None:
    before = office.counts()
    found = office.check(GOOD)
    assert (found["state"], found["counts"]["new"], found["counts"]["error"]) == ("checked", 2, 0)
    assert office.counts() == before  # a dry run changes nothing
    with service.open_original(office.desk, OPERATOR, found["id"]) as (_, kept):
        assert kept.read() == GOOD.encode()
    taken = office.apply(found["id"])
    assert taken["state"] == "applied"
    assert office.counts()[:3] == (before[0] + 2, before[1] + 4, before[2] + 1)
    village = UUID(next(x["place"] for x in office.lines(found["id"]) if x["name"] == "苇塘村"))
    place = office.ask(lambda c: find_place(c, village))
    assert (place["name"], place["name_kind"], place["roman"], place["class"]) == (
        "苇塘村",
        "unverified",
        "Weitang Cun",
        "OTHER",
    )
    assert {(n["text"], n["kind"], n["source"], n["certainty"]) for n in place["names"]} == {
        ("苇塘村", "unverified", "虚构普查", "unverified"),
        ("芦荡村", "former", "虚构普查", "unverified"),
        ("苇子塘", "former", "虚构普查", "unverified"),
    }
    assert place["opened_by"]["kind"] == "source_record"
    assert [x["id"] for x in office.ask(lambda c: search_places(c, q="苇塘村", limit=5))["items"]] == [village]
    changes, _ = office.ask(lambda c: feed.changes_since(c, before[3], 100))
    assert [(x["collection"], x["kind"]) for x in changes] == [
        ("decisions", "insert"),
        ("places", "insert"),
        ("places", "insert"),
    ]
    assert {x["decision"] for x in changes} == {taken["decision"]}

    undone = service.undo_import(office.desk, OPERATOR, found["id"], "坐标整体偏移")
    assert (undone["state"], undone["undone_by"] is not None) == ("undone", True)
    assert office.counts()[:2] == before[:2]
    assert office.ask(lambda c: search_places(c, q="苇塘村", limit=5))["items"] == []
    gone, _ = office.ask(lambda c: feed.changes_since(c, changes[-1]["seq"], 100))
    assert [(x["collection"], x["kind"]) for x in gone] == [
        ("decisions", "insert"),
        ("places", "delete"),
        ("places", "delete"),
    ]
    assert office.ask(audit.verify)[1] is None
    # and what was known then can still be asked for
    assert office.ask(lambda c: c.scalar(text("SELECT count(*) FROM diming.place"))) == 2


def test_what_is_wrong_is_named_by_row_and_nothing_is_changed(office: Office) -> None:
    rows = (
        "1,苇塘村,22200,990121,110.1,30.1,,",
        "1,又一村,22200,990121,110.1,30.1,,",  # the key of row 1
        "3,无名类,99999,990121,110.1,30.1,,",
        "4,无政区,22200,110199,110.1,30.1,,",
        "5,反坐标,22200,990121,30.1,110.1,,",
        "6,在海外,22200,990121,10.1,30.1,,",
        "7,没坐标,22200,990121,,,,",
        "8,,22200,990121,110.1,30.1,,",
        "9,坏字\ufffd村,22200,990121,110.1,30.1,,",
        "10,区划,21400,990121,110.1,30.1,,",
        "11,度分秒,22200,990121,110°06′00″,30度6分,,",
        "12,半行",
    )
    before = office.counts()
    found = office.check(HEAD + "\n".join(rows))
    assert codes(office, found) == [
        ("2", "error", "duplicate_key"), ("3", "error", "unknown_class"), ("4", "error", "unknown_unit"),
        ("5", "error", "axes_swapped"), ("6", "error", "outside_country"), ("7", "error", "bad_position"),
        ("8", "error", "name_missing"), ("9", "error", "encoding_damaged"), ("10", "info", "is_division"),
        ("12", "error", "row_short"),
    ]  # fmt: skip
    assert (found["counts"]["new"], found["counts"]["left_out"], found["counts"]["error"]) == (2, 1, 9)
    with pytest.raises(Conflict) as refused:
        office.apply(found["id"])
    assert refused.value.code == "import_has_errors"
    assert office.counts() == before
    taken = office.apply(found["id"], leave_out_errors=True)
    assert office.counts()[0] == before[0] + 2
    said = office.ask(
        lambda c: c.scalar(text("SELECT text FROM diming.decision WHERE id = :d"), {"d": taken["decision"]})
    )
    assert "有误的 9 行不予导入" in said


def test_two_rows_with_one_number_of_another_register_are_named(office: Office) -> None:
    head = "id,name,type_code,unit_code,longitude,latitude,matches\n"
    rows = (
        "a,苇塘村,22200,990121,110.1,30.1,wd:Q1; wd:Q1;gn:7",  # said twice by itself: one number
        "b,望潮村,22200,990121,110.12,30.1,gn:8;wd:Q1",
        "c,听涛村,99999,990121,110.14,30.1,gn:8",  # rows that are not taken hold no number back
        "d,观澜村,22200,990121,110.16,30.1,gn:8",
    )
    found = office.check(head + "\n".join(rows))
    assert codes(office, found) == [("2", "error", "duplicate_match"), ("3", "error", "unknown_class")]
    office.apply(found["id"], leave_out_errors=True)
    numbers = office.ask(lambda c: c.execute(text("SELECT authority, external_id FROM diming.concordance ORDER BY 2")))
    assert [tuple(row) for row in numbers] == [("geonames", "7"), ("geonames", "8"), ("wikidata", "Q1")]


def test_reports_are_csv_excel_and_json(checker: Office, tmp_path: Path) -> None:
    found = checker.check(HEAD + "1,苇塘村,22200,990121,110.1,30.1,,\n2,=1+1,99999,990121,110.1,30.1,,\n")
    with service.open_report(checker.desk, OPERATOR, found["id"]) as (_, file):
        content = file.read()
    assert content.startswith(b"\xef\xbb\xbfrow,id,name,outcome")
    shown = list(csv.DictReader(io.StringIO(b"".join(report.as_csv(io.BytesIO(content))).decode("utf-8-sig"))))
    assert shown[1]["name"] == "'=1+1"  # to a spreadsheet program a text
    told = json.loads(b"".join(report.as_json(io.BytesIO(content))))
    assert told[1]["name"] == "=1+1"
    assert [(x["row"], x["outcome"]) for x in told] == [(1, "new"), (2, "error")]
    report.write_workbook(io.BytesIO(content), tmp_path / "report.xlsx")
    from python_calamine import CalamineWorkbook

    sheet = CalamineWorkbook.from_path(str(tmp_path / "report.xlsx")).get_sheet_by_index(0).to_python()
    assert sheet[0] == list(report.COLUMNS)
    assert sheet[2][2] == "=1+1"  # a text, no formula


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_encodings_are_found(checker: Office, encoding: str) -> None:
    found = checker.check(GOOD.encode(encoding))
    assert (found["state"], found["counts"]["new"]) == ("checked", 2)


def test_bytes_of_no_encoding_are_named_by_row(checker: Office) -> None:
    good = GOOD.encode() + "3,坏村,22200,990121,110.1,30.1,,\n".encode().replace("坏".encode(), b"\xff\xfe\xff")
    assert codes(checker, checker.check(good)) == [("3", "error", "encoding_damaged")]


def test_half_a_file_is_returned_or_named(
    checker: Office, own_url: str, exported: Callable[..., Exported], tmp_path: Path
) -> None:
    exported(own_url, "e", format="gpkg")
    exported(own_url, "p", format="parquet")
    for content, name in (
        ((tmp_path / "e" / "gazetteer.gpkg").read_bytes()[:9_000], "half.gpkg"),
        ((tmp_path / "p" / "places.parquet").read_bytes()[:500], "half.parquet"),
        (b"PK\x03\x04 no archive", "half.zip"),
    ):
        found = checker.check(content, name)
        assert (found["state"], found["problem"]["status"]) == ("returned", 422), name
        with pytest.raises(Conflict):
            checker.apply(found["id"])
    pack_folder(tmp_path / "p", tmp_path / "whole.zip")
    with zipfile.ZipFile(tmp_path / "whole.zip") as whole, zipfile.ZipFile(tmp_path / "cut.zip", "w") as cut:
        for one in whole.namelist():
            cut.writestr(one, whole.read(one)[:300] if one == "names.parquet" else whole.read(one))
    assert checker.check(tmp_path / "cut.zip")["problem"]["code"] == "package_incomplete"
    assert (
        codes(checker, checker.check('编号,标准名称,类别代码,经度,纬度\n1,"苇塘', "cut.csv"))[0][2] == "row_malformed"
    )
    assert checker.check(HEAD, "empty.csv")["problem"]["code"] == "import_empty"


def test_polygons_are_no_places_and_are_named_by_row(checker: Office, tmp_path: Path) -> None:
    """A place has a point; which point of an area it would be is not guessed."""
    square = shapely.box(110, 30, 110.2, 30.2)
    shapes = [shapely.Point(110.1, 30.1), square, shapely.MultiPoint([(110.1, 30.1), (110.2, 30.2)]), shapely.Polygon()]
    columns = {
        "id": [str(n) for n in range(4)], "name": [f"苇塘{n}" for n in range(4)],
        "type_code": ["22200"] * 4, "unit_code": ["990121"] * 4,
    }  # fmt: skip
    path = tmp_path / "polygons.gpkg"
    geopandas.GeoDataFrame(columns, geometry=shapes, crs=4490).to_file(path, layer="places", engine="pyogrio")
    found = checker.check(path)
    assert found["counts"]["new"] == 1
    assert codes(checker, found) == [(row, "error", "bad_position") for row in ("2", "3", "4")]
    feature = {
        "@id": "https://example.org/p/7", "type": "Feature", "properties": {"title": "苇塘"},
        "types": [{"identifier": "gbt18521:22200"}], "geometry": shapely.geometry.mapping(square),
    }  # fmt: skip
    linked = checker.check(json.dumps({"type": "FeatureCollection", "features": [feature]}), "polygon.json")
    assert [code for _, _, code in codes(checker, linked)] == ["bad_position"]


def test_half_a_workbook_and_half_a_shapefile_are_returned(
    checker: Office, own_url: str, exported: Callable[..., Exported], tmp_path: Path
) -> None:
    exported(own_url, "s", format="shp")
    pack_folder(tmp_path / "s", tmp_path / "whole.zip")
    with xlsxwriter.Workbook(tmp_path / "whole.xlsx") as book:
        sheet = book.add_worksheet()
        for number, line in enumerate(GOOD.splitlines()):
            sheet.write_row(number, 0, line.split(","))
    assert checker.check(tmp_path / "whole.xlsx")["counts"]["new"] == 2
    for name in ("whole.xlsx", "whole.zip"):
        whole = (tmp_path / name).read_bytes()
        for part in (0.3, 0.9):
            found = checker.check(whole[: int(len(whole) * part)], f"half-{part}-{name}")
            assert (found["state"], found["problem"]["status"]) == ("returned", 422), (name, part)


FORMS = ("csv", "parquet", "gpkg", "shp")


@pytest.mark.parametrize("form", FORMS)
def test_an_export_taken_into_an_empty_register_is_exported_the_same(
    office: Office, empty_url: str, full_url: str, exported: Callable[..., Exported], tmp_path: Path, form: str
) -> None:
    exported(full_url, "first", format=form, collections=("places", "names"))
    pack_folder(tmp_path / "first", tmp_path / "package.zip")
    found = office.check(tmp_path / "package.zip", names="as_stated")
    assert (found["state"], found["counts"]["error"], found["counts"]["new"]) == ("checked", 0, 3), codes(office, found)
    with pytest.raises(BadInput) as refused:
        office.apply(found["id"])
    assert refused.value.code == "import_document_missing"
    office.apply(found["id"], DOCUMENT)
    exported(full_url, "as_csv", collections=("places", "names"))
    exported(empty_url, "again", collections=("places", "names"))
    for name in ("places.csv", "names.csv"):
        assert without_decision(tmp_path / "again" / name) == without_decision(tmp_path / "as_csv" / name)
    # handed in once more it changes nothing
    assert office.check(tmp_path / "package.zip", names="as_stated")["counts"]["same"] == 3


def without_decision(path: Path) -> list[dict[str, str]]:
    """The rows but for the decision that opened them, which is another in another register."""
    with path.open(encoding="utf-8", newline="") as file:
        return [{key: value for key, value in row.items() if key != "decision"} for row in csv.DictReader(file)]


def test_without_a_document_no_name_is_standard(
    office: Office, full_url: str, exported: Callable[..., Exported], tmp_path: Path
) -> None:
    exported(full_url, "first")
    pack_folder(tmp_path / "first", tmp_path / "package.zip")
    office.apply(office.check(tmp_path / "package.zip")["id"])
    rows = office.ask(lambda c: c.execute(text("SELECT kind, count(*) AS n FROM diming.place_name GROUP BY 1")).all())
    assert {row.kind: row.n for row in rows} == {"unverified": 3, "former": 1, "traditional": 1, "alias": 1}


@pytest.mark.parametrize("form", ["lpf", "lp-tsv"])
def test_linked_places_come_in(
    office: Office, full_url: str, exported: Callable[..., Exported], tmp_path: Path, form: str
) -> None:
    exported(full_url, "first", format=form)
    path = next((tmp_path / "first").glob("places.*"))
    found = office.check(path)
    assert (found["counts"]["new"], found["counts"]["form"]) == (3, form), codes(office, found)
    office.apply(found["id"])
    names = office.ask(lambda c: set(c.execute(text("SELECT text FROM diming.place_name")).scalars()))
    assert names >= {"汀川大桥", "汀川老桥", "汀川大橋", "柳浪二巷", "远屿"}


def test_linked_places_of_others_and_half_of_them(office: Office) -> None:
    feature = {
        "@id": "https://example.org/p/7", "type": "Feature", "properties": {"title": "苇塘"},
        "names": [{"toponym": "苇塘", "lang": "zh"}, {"toponym": "Weitang", "lang": "en"}],
        "types": [{"label": "rural settlements"}], "geometry": {"type": "Point", "coordinates": [110.1, 30.1]},
        "when": {"timespans": []}, "links": [{"type": "closeMatch", "identifier": "gn:77"}],
    }  # fmt: skip
    whole = json.dumps({"type": "FeatureCollection", "features": [feature, {"@id": "x"}]}, indent=1, ensure_ascii=False)
    found = office.check(whole, "others.json")
    assert codes(office, found) == [("1", "warning", "outside_units"), ("2", "error", "row_malformed")]
    half = office.check(whole[: whole.index('"@id": "x"') + 4], "half.json")
    assert [one[2] for one in codes(office, half)] == ["outside_units", "row_malformed"]
    office.apply(found["id"], leave_out_errors=True)
    told = office.ask(lambda c: c.execute(text("SELECT authority, external_id FROM diming.concordance")).all())
    assert [tuple(row) for row in told] == [("geonames", "77")]


def test_a_dump_of_geonames(office: Office) -> None:
    def line(number: int, name: str, alternates: str, kind: str, code: str, country: str = "CN") -> str:
        return "\t".join(
            [str(number), name, name, alternates, "30.1", "110.1", kind, code, country, *[""] * 5, "1200", *[""] * 4]
        )

    content = "\n".join([
        line(1, "Weitang", "Weitang,苇塘,葦塘", "P", "PPL"), line(2, "Tingchuan Xian", "汀川县", "A", "ADM3"),
        line(3, "Seoul", "首尔", "P", "PPLC", "KR"), line(4, "Odd", "", "S", "ZOO"),
    ])  # fmt: skip
    found = office.check(content, "CN.txt")
    assert found["counts"]["form"] == "geonames"
    assert codes(office, found) == [
        ("1", "warning", "outside_units"), ("2", "info", "is_left_out"), ("3", "info", "other_country"),
        ("4", "error", "unknown_class"),
    ]  # fmt: skip
    office.apply(found["id"], leave_out_errors=True)
    names = office.ask(
        lambda c: c.execute(text("SELECT text, kind, romanization FROM diming.place_name ORDER BY 1")).all()
    )
    assert [tuple(row) for row in names] == [("苇塘", "unverified", "Weitang"), ("葦塘", "traditional", None)]
    assert office.check(content, "CN.txt")["counts"]["same"] == 1


def test_a_mapping_of_ones_own(checker: Office) -> None:
    mapping = """
        key = "ours"
        authority = "ours"
        [columns]
        id = ["号"]
        name = ["叫什么"]
        class = ["是什么"]
        longitude = ["x"]
        latitude = ["y"]
        [values.class]
        "村子" = "22200"
    """
    found = checker.check("号,叫什么,是什么,x,y\n7,苇塘村,村子,110.1,30.1\n8,石桥,桥梁,110.2,30.1\n", mapping=mapping)
    assert (found["counts"]["new"], found["counts"]["mapping"]) == (2, "ours")
    for wrong in ("[", "key = 1", '[columns]\nname = "x"', '[columns]\ncolour = ["x"]\nname = ["y"]', "colour = 1"):
        with pytest.raises(BadInput) as refused:
            checker.check(GOOD, mapping=wrong)
        assert refused.value.code == "bad_mapping"


def test_what_the_register_has_is_not_overwritten(own_url: str, desk_at: Callable[[str], Desk], tmp_path: Path) -> None:
    office = Office(desk_at(own_url), tmp_path)
    head = "id,name,type_code,lon,lat\n"
    rows = (
        f"{sample.BRIDGE},汀川大桥,23610,110,30",
        f"{sample.LANE},柳浪二巷,23514,111,30",
        "x1,汀川大桥,23610,110.001,30.001",
    )
    found = office.check(head + "\n".join(rows))
    assert [one for one in codes(office, found) if one[2] != "outside_units"] == [
        ("2", "error", "differs_from_register"), ("3", "warning", "stands_nearby"),
    ]  # fmt: skip
    # the name of the file is unverified, that of the register standard: another name of the same place
    assert found["counts"]["names"] == 1
    stated = office.check(head + rows[0], names="as_stated")
    assert stated["counts"]["same"] == 1


def test_what_was_checked_is_what_is_decided(office: Office) -> None:
    first, second = office.check(GOOD), office.check(GOOD, "noch.csv")
    office.apply(first["id"])
    before = office.counts()
    with pytest.raises(Conflict) as refused:
        office.apply(second["id"])
    assert refused.value.code == "import_changed"
    assert office.counts() == before
    with pytest.raises(Conflict) as twice:
        office.apply(first["id"])
    assert twice.value.code == "import_not_checked"


def test_places_of_one_file_that_stand_side_by_side_are_taken_whatever_piece_they_are_read_in(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "PIECE", 1)
    rows = "1,苇塘村,22200,990121,110.1,30.1,,\n2,苇塘村,22200,990121,110.1001,30.1001,,\n"
    found = office.check(HEAD + rows)
    assert found["counts"]["new"] == 2
    assert office.apply(found["id"])["state"] == "applied"


def test_an_import_on_which_others_rest_is_not_undone(office: Office) -> None:
    found = office.check(GOOD)
    office.apply(found["id"])
    place = UUID(office.lines(found["id"])[0]["place"])
    from geonames.places.assertions import NameDraft, enter_name

    with office.desk.engine.begin() as connection:
        draft = NameDraft(
            "苇子塘村", "alias", "zh", "Hans", None, None, None, "虚构民政局", "虚构文件", None, date(2020, 1, 1)
        )
        enter_name(connection, sample.somebody(Role.CLERK, None), place, draft)
    before = office.counts()
    with pytest.raises(Conflict) as refused:
        service.undo_import(office.desk, OPERATOR, found["id"], "试")
    assert refused.value.code == "import_built_upon"
    assert refused.value.extra["places"] == [str(place)]
    assert office.counts() == before


def test_taken_back_and_taken_again(
    office: Office, full_url: str, exported: Callable[..., Exported], tmp_path: Path
) -> None:
    exported(full_url, "first")
    pack_folder(tmp_path / "first", tmp_path / "package.zip")
    first = office.check(tmp_path / "package.zip")
    office.apply(first["id"])
    service.undo_import(office.desk, OPERATOR, first["id"], "试")
    again = office.check(tmp_path / "package.zip")
    assert {one[2] for one in codes(office, again)} == {"identifier_taken", "outside_units"}
    office.apply(again["id"])
    assert office.counts()[0] == 3


def test_who_may_do_what(office: Office) -> None:
    clerk, other = sample.somebody(Role.CLERK, sample.COUNTY), sample.somebody(Role.CLERK, sample.OTHER)
    path = office.folder / "地名.csv"
    path.write_text(GOOD, "utf-8")
    with pytest.raises(NotPermitted):  # a county's clerk hands in for his county
        receiving.hand_in(office.desk, clerk, path, path.name, ImportAsked("x"), queued=False)
    with pytest.raises(NotPermitted):
        receiving.hand_in(office.desk, other, path, path.name, ImportAsked("x", within="990121"), queued=False)
    found = office.check(GOOD, within="990121")
    assert codes(office, found) == [("2", "error", "outside_division")]
    with pytest.raises(NotPermitted):
        service.apply_import(office.desk, clerk, found["id"], None, leave_out_errors=True)
    with pytest.raises(NotPermitted):
        office.ask(lambda c: service.find_import(c, other, found["id"]))
    approver = sample.somebody(Role.APPROVING_AUTHORITY, sample.COUNTY)
    assert service.apply_import(office.desk, approver, found["id"], None, leave_out_errors=True)["state"] == "applied"
    assert [x["id"] for x in office.ask(lambda c: service.list_imports(c, clerk))["items"]] == [found["id"]]
    assert office.ask(lambda c: service.list_imports(c, other))["items"] == []


def test_refused(checker: Office) -> None:
    found = checker.check(GOOD)
    refused = service.refuse_import(checker.desk, OPERATOR, found["id"], "来源不明")
    assert (refused["state"], refused["reason"]) == ("refused", "来源不明")
    with pytest.raises(Conflict):
        checker.apply(found["id"])


def test_killed_anywhere_nothing_of_it_is_there_and_it_is_done_again(
    office: Office, empty_url: str, tmp_path: Path
) -> None:
    path = tmp_path / "地名.csv"
    path.write_text(GOOD, "utf-8")
    handed = receiving.hand_in(office.desk, OPERATOR, path, path.name, ImportAsked("虚构普查"), queued=False)
    before = office.counts()
    command = [sys.executable, "-m", "tests.integration.exchange.killed_import", empty_url, str(tmp_path / "blobs")]
    ended = subprocess.run([*command, str(handed["id"])], check=False, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    assert office.counts() == before
    assert office.ask(lambda c: service.find_import(c, OPERATOR, handed["id"]))["state"] == "checked"
    assert office.apply(handed["id"])["state"] == "applied"
    assert office.counts()[0] == before[0] + 2
    with pytest.raises(Conflict) as refused:
        receiving.check_now(office.desk, OPERATOR, handed["id"])
    assert refused.value.code == "import_not_checked"
