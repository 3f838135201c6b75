"""Files that must not be opened, and files that are not what they say."""

import io
import sqlite3
import stat
import zipfile
from pathlib import Path

import pytest

from data.errors import BadInput
from data.limits import FileKind, Limits, safe_copy, sniff

SHP = b"\x00\x00\x27\x0a" + bytes(96)


def archive(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name, content in members.items():
            out.writestr(name, content)
    return path


def refusal(path: Path, limits: Limits | None = None) -> str:
    with pytest.raises(BadInput) as caught, safe_copy(path, limits):
        pass
    return caught.value.code


def complete(stem: str = "a") -> dict[str, bytes]:
    return {f"{stem}.shp": SHP, f"{stem}.shx": SHP, f"{stem}.dbf": b"\x03"}


def test_a_shapefile_archive_is_unpacked_under_names_of_our_own(tmp_path: Path) -> None:
    members = {
        **complete("甲/乙"),
        "甲/乙.prj": b"x",
        "甲/乙.shp.xml": b"<!DOCTYPE a [<!ENTITY b 'c'>]>",
        "readme": b"",
    }
    with safe_copy(archive(tmp_path / "in.zip", members)) as file:
        assert sorted(p.name for p in file.path.parent.iterdir()) == [
            "layer.dbf",
            "layer.prj",
            "layer.shp",
            "layer.shx",
        ]
        assert file.kind is FileKind.SHAPEFILE_ZIP
        folder = file.path.parent
    assert not folder.exists()


@pytest.mark.parametrize("name", ["../a.shp", "/a.shp", "x/../../a.shp", "C:\\a.shp", "..\\a.shp"])
def test_a_member_that_points_outside_is_refused(tmp_path: Path, name: str) -> None:
    assert refusal(archive(tmp_path / "in.zip", {**complete(), name: SHP})) == "archive_unsafe"


def test_a_link_in_an_archive_is_refused(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("a.prj")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "in.zip", "w") as out:
        out.writestr(link, "/etc/passwd")
        for name, content in complete().items():
            out.writestr(name, content)
    assert refusal(tmp_path / "in.zip") == "archive_unsafe"


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    assert refusal(archive(tmp_path / "in.zip", {**complete(), "big": bytes(50_000_000)})) == "archive_unsafe"


def test_an_archive_larger_than_allowed_when_unpacked_is_refused(tmp_path: Path) -> None:
    packed = archive(tmp_path / "in.zip", {**complete(), "b": bytes(range(256)) * 40})
    assert refusal(packed, Limits(unpacked_bytes=5_000)) == "archive_unsafe"


def test_too_many_members_are_refused(tmp_path: Path) -> None:
    members = {**complete(), **{f"m{i}": b"" for i in range(10)}}
    assert refusal(archive(tmp_path / "in.zip", members), Limits(members=5)) == "archive_unsafe"


def test_an_encrypted_member_is_refused(tmp_path: Path) -> None:
    path = archive(tmp_path / "in.zip", complete())
    content = bytearray(path.read_bytes())
    # bit 0 of the general purpose flags, in the local header and in the central directory
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    assert refusal(path) == "archive_unsafe"


def test_a_truncated_archive_is_refused(tmp_path: Path) -> None:
    path = archive(tmp_path / "in.zip", complete())
    path.write_bytes(path.read_bytes()[:-30])
    assert refusal(path) == "archive_unsafe"


@pytest.mark.parametrize("missing", [".shx", ".dbf"])
def test_a_shapefile_without_its_parts_is_refused(tmp_path: Path, missing: str) -> None:
    members = {name: content for name, content in complete().items() if not name.endswith(missing)}
    assert refusal(archive(tmp_path / "in.zip", members)) == "archive_incomplete"
    (tmp_path / "a.shp").write_bytes(SHP)
    assert refusal(tmp_path / "a.shp") == "archive_incomplete"


def test_two_shapefiles_in_one_archive_are_refused(tmp_path: Path) -> None:
    assert refusal(archive(tmp_path / "in.zip", {**complete("a"), **complete("b")})) == "archive_incomplete"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.geojson", SHP, "file_not_what_it_says"),
        ("a.shp", b'{"type":"FeatureCollection","features":[]}', "file_not_what_it_says"),
        ("a.gpkg", b"PK\x03\x04", "file_not_what_it_says"),
        ("a.geojson", b"hello", "file_not_recognised"),
        ("a.geojson", b'{"type":"Topology"}', "file_not_recognised"),
        ("a.gpkg", b"SQLite format 3\x00" + bytes(100), "file_not_recognised"),
        ("a.geojson", b"", "file_empty"),
    ],
)
def test_content_decides_and_not_the_name(tmp_path: Path, name: str, content: bytes, code: str) -> None:
    (tmp_path / name).write_bytes(content)
    assert refusal(tmp_path / name) == code


def test_a_member_that_is_no_shapefile_by_content_is_refused(tmp_path: Path) -> None:
    members = {**complete(), "a.shp": b"<html>"}
    assert refusal(archive(tmp_path / "in.zip", members)) == "file_not_what_it_says"


def test_a_file_that_is_too_large_or_missing_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.geojson").write_bytes(b'{"type":"Feature"}')
    assert refusal(tmp_path / "a.geojson", Limits(received_bytes=5)) == "file_too_large"
    assert refusal(tmp_path / "none.geojson") == "file_missing"


def test_a_geopackage_whose_layer_is_a_view_is_refused(tmp_path: Path) -> None:
    import sqlite3

    path = tmp_path / "a.gpkg"
    connection = sqlite3.connect(path)
    connection.executescript(
        "PRAGMA application_id = 0x47504B47;"
        "CREATE TABLE gpkg_contents (table_name TEXT, data_type TEXT);"
        "CREATE VIEW land AS SELECT 1 AS geom;"
        "INSERT INTO gpkg_contents VALUES ('land', 'features');"
    )
    connection.close()
    assert sniff(path) is FileKind.GEOPACKAGE
    assert refusal(path) == "archive_unsafe"


def test_the_hash_is_of_the_bytes_as_received(tmp_path: Path) -> None:
    import hashlib

    content = io.BytesIO(b'{"type":"FeatureCollection","features":[]}').getvalue()
    (tmp_path / "a.geojson").write_bytes(content)
    with safe_copy(tmp_path / "a.geojson") as file:
        assert file.sha256 == hashlib.sha256(content).digest()


def test_a_geopackage_whose_own_texts_are_broken_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "in.gpkg"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE gpkg_contents (table_name TEXT, data_type TEXT)")
        connection.execute("CREATE TABLE roads (id INTEGER)")
        connection.execute("INSERT INTO gpkg_contents VALUES ('roads', 'features')")
        connection.execute(f"PRAGMA application_id = {int.from_bytes(b'GPKG', 'big')}")
    connection.close()
    path.write_bytes(
        path.read_bytes().replace(b"tableroadsroads", b"tableroads\xfcoads").replace(b"roads", b"r\xfcads")
    )
    assert refusal(path) == "file_not_recognised"
