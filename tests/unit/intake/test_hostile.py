"""Files made to harm, and files that broke on the way: a reason, an end, and nothing else."""

from __future__ import annotations

import json
import os
import socket
import sqlite3
import stat
import struct
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely

from boundaries.intake.drivers import closed_drivers, readers_only
from boundaries.intake.guarded import Fences, check_guarded
from boundaries.intake.kinds import SourceKind
from boundaries.intake.options import Options
from boundaries.intake.report import as_document, from_document
from data.errors import BadInput, BadRequest, NotFound
from data.limits import Limits
from tests.scale import LONG
from tests.unit.intake.surveys import check, line, said, write, zipped


def members(path: Path, **contents: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name, content in contents.items():
            out.writestr(name.replace("__", "."), content)
    return path


def test_a_link_in_an_archive(tmp_path: Path) -> None:
    survey = zipped(tmp_path / "survey.zip", write(tmp_path / "survey.shp", [line()]))
    link = zipfile.ZipInfo("extra.prj")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(survey, "a") as out:
        out.writestr(link, "/etc/passwd")
    assert said(check(survey)) == [("archive_unsafe", "link")]


def test_an_encrypted_archive(tmp_path: Path) -> None:
    survey = zipped(tmp_path / "survey.zip", write(tmp_path / "survey.shp", [line()]))
    raw = bytearray(survey.read_bytes())
    for magic, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = raw.find(magic)
        raw[at + offset] |= 1
    survey.write_bytes(raw)
    assert said(check(survey)) == [("archive_unsafe", "encrypted")]


@pytest.mark.parametrize("count", [5_001, 100_000] if LONG else [5_001])
def test_a_hundred_thousand_members(tmp_path: Path, count: int) -> None:
    with zipfile.ZipFile(tmp_path / "many.zip", "w") as out:
        for number in range(count):
            out.writestr(f"{number}.txt", b"")
    report = check(tmp_path / "many.zip")
    assert said(report) == [("archive_unsafe", "members")]
    assert f"{count:,}" in report.findings[0].message


@pytest.mark.parametrize("name", ["/etc/x.shp", "../x.shp", "a/../../x.shp", "C:\\x.shp", "..\\x.shp"])
def test_a_member_that_leads_outside(tmp_path: Path, name: str) -> None:
    survey = zipped(tmp_path / "survey.zip", write(tmp_path / "survey.shp", [line()]))
    with zipfile.ZipFile(survey, "a") as out:
        out.writestr(name, b"x")
    assert said(check(survey)) == [("archive_unsafe", "outside")]
    assert not Path("/etc/x.shp").exists()


def test_an_archive_beside_a_shapefile_is_not_opened_and_not_passed_over(tmp_path: Path) -> None:
    survey = zipped(tmp_path / "survey.zip", write(tmp_path / "survey.shp", [line()]))
    with zipfile.ZipFile(survey, "a") as out:
        out.writestr("second sheet.zip", b"PK")
    assert said(check(survey)) == [("archive_unsafe", "nested")]
    assert "second sheet.zip" in check(survey).findings[0].message


@pytest.mark.skipif(not LONG, reason="its hash takes a while; `too_large_a_file` and the counter's 3 GB stand for it")
def test_a_file_of_three_gigabytes_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "survey.gpkg", [line()])
    with path.open("r+b") as file:
        file.truncate(3 << 30)  # a hole: no disk is used
    assert said(check(path)) == [("archive_unsafe", "too_large")]
    path.unlink()


def test_an_archive_within_an_archive_is_not_opened(tmp_path: Path) -> None:
    inner = zipped(tmp_path / "inner.zip", write(tmp_path / "survey.shp", [line()]))
    assert said(check(members(tmp_path / "outer.zip", inner__zip=inner.read_bytes()))) == [("archive_unsafe", "nested")]


def test_an_archive_of_something_else(tmp_path: Path) -> None:
    assert said(check(members(tmp_path / "a.zip", readme__txt=b"x"))) == [("archive_incomplete", "nothing")]
    assert said(check(members(tmp_path / "b.zip"))) == [("archive_incomplete", "nothing")]


@pytest.mark.parametrize("keep", [40, 300, -30])
def test_an_archive_that_was_cut_off(tmp_path: Path, keep: int) -> None:
    survey = zipped(tmp_path / "survey.zip", write(tmp_path / "survey.shp", [line()]))
    survey.write_bytes(survey.read_bytes()[:keep])
    assert said(check(survey)) == [("unreadable", "archive")]


def test_a_member_without_a_name(tmp_path: Path) -> None:
    survey = zipped(tmp_path / "survey.zip", write(tmp_path / "survey.shp", [line()]))
    with zipfile.ZipFile(survey, "a") as out:
        out.writestr("x", b"")
    raw = survey.read_bytes()
    at = raw.rfind(b"PK\x01\x02")
    # the name's length becomes nought and its byte a comment
    survey.write_bytes(raw[: at + 28] + b"\0\0\0\0\x01\0" + raw[at + 34 :])
    assert said(check(survey)) == [("unreadable", "archive")]


def test_a_damaged_member(tmp_path: Path) -> None:
    survey = zipped(tmp_path / "survey.zip", write(tmp_path / "survey.shp", [line()]))
    raw = bytearray(survey.read_bytes())
    with zipfile.ZipFile(survey) as archive:
        info = archive.getinfo("survey.shp")
    at = info.header_offset + 30 + len(info.filename) + 400
    raw[at] ^= 0xFF
    survey.write_bytes(raw)
    assert said(check(survey)) == [("unreadable", "archive")]


def test_too_large_a_file_is_refused_unread(tmp_path: Path) -> None:
    path = write(tmp_path / "survey.gpkg", [line()])
    report = check(path, limits=Limits(received_bytes=1000))
    assert said(report) == [("archive_unsafe", "too_large")]


@pytest.mark.parametrize("content", [b"", b"\0" * 200, b"%PDF-1.7", b"x,y\n1,2\n", os.urandom(4000)])
def test_a_file_of_another_kind(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "survey.shp"
    path.write_bytes(content)
    assert said(check(path)) == ([("unreadable", "kind")] if content else [("empty", "file")])


def test_record_numbers_that_point_anywhere(tmp_path: Path) -> None:
    path = write(tmp_path / "survey.shp", [line(), line()])
    shx = bytearray(path.with_suffix(".shx").read_bytes())
    shx[108:112] = struct.pack(">i", 0x7FFFFFF0 // 2)
    path.with_suffix(".shx").write_bytes(shx)
    assert [kind for kind, _ in said(check(path))] == ["unreadable"]


def test_point_counts_beyond_the_record(tmp_path: Path) -> None:
    path = write(tmp_path / "survey.shp", [line(), line(seed=8)])
    raw = bytearray(path.read_bytes())
    raw[100 + 8 + 40 : 100 + 8 + 44] = struct.pack("<i", 2_000_000_000)
    path.write_bytes(raw)
    kinds = {kind for kind, _ in said(check(path))}
    assert kinds <= {"unreadable", "empty", "geometry_invalid"}
    assert kinds


def test_a_geopackage_with_a_view_for_a_layer(tmp_path: Path) -> None:
    path = write(tmp_path / "survey.gpkg", [line()])
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE VIEW evil AS SELECT * FROM survey")
        connection.execute("UPDATE gpkg_contents SET table_name = 'evil', identifier = 'evil'")
    assert said(check(path)) == [("archive_unsafe", "view")]


def test_a_trigger_does_not_run_and_a_layer_name_is_only_a_name(tmp_path: Path) -> None:
    name = "l'; DROP TABLE gpkg_contents; --"
    path = write(tmp_path / "survey.gpkg", [line()], layer=name)
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TRIGGER t AFTER UPDATE ON gpkg_contents BEGIN DELETE FROM gpkg_contents; END")
    before = path.read_bytes()
    report = check(path)
    assert said(report) == []
    assert [layer.name for layer in report.layers] == [name]
    assert path.read_bytes() == before


def test_a_damaged_geopackage(tmp_path: Path) -> None:
    path = write(tmp_path / "survey.gpkg", [line()])
    raw = bytearray(path.read_bytes())
    raw[4096:40960] = os.urandom(40960 - 4096)
    path.write_bytes(raw)
    assert [kind for kind, _ in said(check(path))] == ["unreadable"]


KML = '<?xml version="1.0"?>{head}<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{body}</Document></kml>'


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ('<!DOCTYPE kml [<!ENTITY x SYSTEM "file:///etc/passwd">]>', "<Placemark><name>&x;</name></Placemark>"),
        ("", "<NetworkLink><Link><href>http://127.0.0.1:9/x.kml</href></Link></NetworkLink>"),
        ("", "<NetworkLink/>"),
        ("", '<k:NetworkLink xmlns:k="http://www.opengis.net/kml/2.2"><k:Link/></k:NetworkLink>'),
        ('<!DOCTYPE kml [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>', "<name>&b;</name>"),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_a_kml_that_reaches_outside(tmp_path: Path, head: str, body: str, packed: bool) -> None:
    path = tmp_path / "survey.kml"
    path.write_text(KML.format(head=head, body=body))
    if packed:
        path = members(tmp_path / "survey.kmz", doc__kml=path.read_bytes())
    assert said(check(path)) == [("archive_unsafe", "entities")]


def test_a_kml_in_sixteen_bits_hides_nothing(tmp_path: Path) -> None:
    path = tmp_path / "survey.kml"
    text = KML.format(head='<!DOCTYPE kml [<!ENTITY x SYSTEM "file:///etc/passwd">]>', body="<name>&x;</name>")
    for encoding in ("utf-16", "utf-16-le"):
        path.write_bytes(text.encode(encoding))
        assert said(check(path)) == [("unreadable", "kind")]


#: Documents that name another file or a server for the library to open, dressed as what is read here.
ELSEWHERE = {
    "a layer elsewhere": '<OGRVRTDataSource><!-- <kml > --><OGRVRTLayer name="x"><SrcDataSource>{0}</SrcDataSource>'
    "</OGRVRTLayer></OGRVRTDataSource>",
    "a layer elsewhere, after a comment": "<!-- <kml > --><OGRVRTDataSource><OGRVRTLayer name='x'><SrcDataSource>{0}"
    "</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>",
    "a layer elsewhere, within": '<kml xmlns="http://www.opengis.net/kml/2.2"><OGRVRTDataSource><OGRVRTLayer name="x">'
    "<SrcDataSource>{0}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource></kml>",
    "an algorithm": '{{"type": "gdal_streamed_alg", "command_line": "gdal vector pipeline ! read {0}", '
    '"is": "Feature"}}',
}


@pytest.mark.parametrize("what", ELSEWHERE)
def test_nothing_asks_the_network_or_opens_another_file(tmp_path: Path, what: str) -> None:
    """Told by trying to reach a server of the test: whoever asks it has followed the document."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        path = tmp_path / "survey.kml"
        path.write_text(ELSEWHERE[what].format(f"/vsicurl/http://127.0.0.1:{server.getsockname()[1]}/x.geojson"))
        reports = [check(path)] if what != "an algorithm" else [check(path), check_guarded(path)]
        server.settimeout(0)
        with pytest.raises(BlockingIOError):
            server.accept()
    assert {report.verdict for report in reports} == {"returned"}


def test_the_library_opens_nothing_but_what_is_read_here() -> None:
    ours = {kind.value for kind in SourceKind if kind is not SourceKind.ARCHIVE} | {"MEM"}
    assert set(pyogrio.list_drivers()) == ours | set(closed_drivers())
    script = "import json, pyogrio; print(json.dumps(sorted(pyogrio.list_drivers())))"
    child = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, check=True, env={**os.environ, **readers_only()}
    )
    assert set(json.loads(child.stdout)) == ours


# -- drawings: what a block draws, and blocks made to grow -----------------------------------------------------------


def drawing(path: Path, blocks: dict[str, list[str]], inserted: list[str]) -> Path:
    """A DXF with blocks and what stands in its entities."""
    rows = ["  0", "SECTION", "  2", "HEADER", "  9", "$ACADVER", "  1", "AC1015", "  0", "ENDSEC"]
    rows += ["  0", "SECTION", "  2", "BLOCKS"]
    for name, entities in blocks.items():
        rows += ["0", "BLOCK", "8", "0", "2", name, "70", "0", "10", "0", "20", "0", "30", "0", "3", name]
        rows += [*entities, "0", "ENDBLK", "8", "0"]
    rows += ["0", "ENDSEC", "0", "SECTION", "2", "ENTITIES", *inserted, "0", "ENDSEC", "0", "EOF"]
    path.write_text("\n".join(rows) + "\n")
    return path


def stroke() -> list[str]:
    return ["0", "LINE", "8", "0", "10", "0", "20", "0", "11", "100", "21", "50"]


def placed(block: str, x: float, y: float, across: int = 1) -> list[str]:
    counts = ["70", str(across), "71", str(across), "44", "10", "45", "10"]
    return ["0", "INSERT", "8", "0", "2", block, "10", str(x), "20", str(y), *counts]


def test_a_line_in_a_block_lies_where_the_block_is_inserted(tmp_path: Path) -> None:
    x, y = line().coords[0]
    report = check(drawing(tmp_path / "a.dxf", {"A": stroke()}, placed("A", x, y)))
    assert said(report) == [("crs_missing", "unknown")]
    assert (report.layers[0].geometry, report.layers[0].vertices) == ("LineString", 2)


def test_a_block_in_itself_is_drawn_once(tmp_path: Path) -> None:
    x, y = line().coords[0]
    path = drawing(tmp_path / "a.dxf", {"A": [*stroke(), *placed("A", 0, 0)]}, placed("A", x, y))
    report = check_guarded(path)
    assert said(report) == [("crs_missing", "unknown")]
    assert report.layers[0].vertices == 2


@pytest.mark.parametrize("shape", ["thirty thousand by thirty thousand", "ten in ten, eleven deep"])
def test_blocks_made_to_grow_come_to_an_end(tmp_path: Path, shape: str) -> None:
    x, y = line().coords[0]
    blocks, top = {"A": stroke()}, placed("A", x, y, across=30_000)
    if shape.startswith("ten"):
        blocks = {"B0": stroke()}
        for depth in range(1, 12):
            blocks[f"B{depth}"] = [word for place in range(10) for word in placed(f"B{depth - 1}", place, 0)]
        top = placed("B11", x, y)
    report = check_guarded(drawing(tmp_path / "a.dxf", blocks, top), fences=Fences(cpu_s=2, memory_bytes=2 << 30))
    assert said(report) == [("unreadable", "stopped")]


@pytest.mark.parametrize(
    "text",
    [
        '{"type": "FeatureCollection", "features": [',
        '{"type": "FeatureCollection", "features": 7}',
        '{"type": "FeatureCollection", "features": ' + "[" * 50_000 + "]" * 50_000 + "}",
        (
            '{"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": {"type": "LineString", '
            '"coordinates": [[118, 29], "x"]}}]}'
        ),
    ],
)
def test_a_geojson_that_is_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / "survey.geojson"
    path.write_text(text)
    assert {kind for kind, _ in said(check(path))} <= {"unreadable", "empty", "geometry_invalid"}


def test_a_geojson_in_gb18030_is_read_and_told(tmp_path: Path) -> None:
    path = write(tmp_path / "utf8.geojson", [line()], to="EPSG:4490")
    other = tmp_path / "survey.geojson"
    other.write_bytes(path.read_text("utf-8").encode("gb18030"))
    assert said(check(other)) == [("encoding_conflict", "bytes")]


@pytest.mark.parametrize("count", [100_000, 1_000_000] if LONG else [100_000])
def test_a_million_points_at_one_place(tmp_path: Path, count: int) -> None:
    x, y = line().coords[0]
    points = [shapely.Point(x, y)] * count
    path = write(tmp_path / "survey.gpkg", points, fields={"code": [f"{number:07}" for number in range(count)]})
    report = check(path)
    assert said(report) == [("duplicate_vertices", "points")]
    assert report.findings[0].measures["count"] == count


def test_a_line_of_one_point_a_million_times(tmp_path: Path) -> None:
    same = shapely.LineString(np.full((1_000_000, 2), line().coords[0]))
    report = check(write(tmp_path / "survey.gpkg", [same]))
    assert sorted(said(report)) == [("duplicate_vertices", "vertices"), ("geometry_invalid", "no_length")]


def test_lines_with_empty_parts_and_numbers_that_no_projection_places(tmp_path: Path) -> None:
    empty = shapely.from_wkt("MULTILINESTRING (EMPTY, (118.2 29.3, 118.3 29.4))")
    across = shapely.LineString([(118.2, 29.3), (118.2, 89.9), (-61.8, 0.0)])
    lines = [shapely.LineString([(118 + at / 9, 29), (118 + at / 9, 30)]) for at in range(-40, 20)]
    every = [empty, across, *lines]
    names = [str(number) for number in range(len(every))]
    report = check(write(tmp_path / "survey.gpkg", every, crs="EPSG:4490", fields={"line": names}))
    assert {kind for kind, _ in said(report)} <= {"geometry_invalid", "out_of_area", "self_intersection"}
    assert ("out_of_area", "vertex") in said(report)


def test_a_layer_of_nothing_but_nonsense(tmp_path: Path) -> None:
    wild = np.random.default_rng(3).normal(0, 1e30, (50, 2))
    report = check(write(tmp_path / "survey.gpkg", [shapely.LineString(wild)], crs="EPSG:4490"))
    assert ("out_of_area", "numbers") in said(report)
    assert report.verdict == "returned"


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    for path in (tmp_path / "none.shp", tmp_path):
        with pytest.raises(BadInput) as caught:
            check(path)
        assert caught.value.code == "file_missing"


def test_options_that_mean_nothing(tmp_path: Path) -> None:
    path = write(tmp_path / "survey.gpkg", [line()])
    table = tmp_path / "office.toml"
    for options, kind, code in (
        ({"scale": 3}, BadRequest, "bad_scale"),
        ({"profile": "nobody"}, NotFound, "profile_unknown"),
        ({"profile": "../../x"}, NotFound, "profile_unknown"),
        ({"profile": str(table)}, BadInput, "bad_profile"),
        ({"tolerances": table}, BadInput, "bad_tolerances"),
    ):
        table.write_text("[[markers]]\nname = 3\n")
        with pytest.raises(kind) as caught:
            check(path, **options)
        assert caught.value.code == code


def test_a_legal_file_in_doubt_is_refused(tmp_path: Path) -> None:
    survey = write(tmp_path / "survey.gpkg", [line()])
    no_prj = write(tmp_path / "legal.shp", [line()])
    no_prj.with_suffix(".prj").unlink()
    points = write(tmp_path / "points.gpkg", [shapely.Point(line().coords[0])], fields={"code": ["1"]})
    for legal in (no_prj, points):
        with pytest.raises(BadInput) as caught:
            check(survey, against=legal)
        assert caught.value.code == "legal_unfit"


# -- in a process of its own --------------------------------------------------------------------------------------


def test_the_guarded_check_says_the_same(tmp_path: Path) -> None:
    path = write(tmp_path / "survey.shp", [line(), line(seed=9)])
    assert as_document(check_guarded(path)) == as_document(check(path))


def test_the_guarded_check_raises_the_same(tmp_path: Path) -> None:
    path = write(tmp_path / "survey.shp", [line()])
    with pytest.raises(NotFound) as caught:
        check_guarded(path, Options(profile="nobody"))
    assert caught.value.code == "profile_unknown"


@pytest.mark.parametrize(
    ("fences", "why"),
    [
        (Fences(memory_bytes=64 << 20), "the reader failed"),
        (Fences(cpu_s=1), "computing"),
        (Fences(wall_s=1), "longer than 1 s"),
    ],
)
def test_a_file_that_needs_too_much_is_returned(tmp_path: Path, fences: Fences, why: str) -> None:
    zigzag = np.random.default_rng(1).uniform((620_000, 3_240_000), (625_000, 3_245_000), (60_000, 2))
    path = write(tmp_path / "survey.gpkg", [shapely.LineString(zigzag)])
    report = check_guarded(path, fences=fences)
    assert said(report) == [("unreadable", "stopped")]
    assert why in report.findings[0].message or "memory" in report.findings[0].message
    assert len(report.sha256) == 64


def test_the_report_is_the_same_after_json(tmp_path: Path) -> None:
    report = check(write(tmp_path / "survey.shp", [line(), line(seed=9)]))
    assert as_document(from_document(json.loads(json.dumps(as_document(report))))) == as_document(report)
