"""Files as surveyors hand them in: encodings, systems, layers and fields."""

import json
from pathlib import Path

import geopandas
import pytest
from shapely import Point, Polygon

from boundaries.shapes.guarded import read_layer_guarded
from boundaries.shapes.model import SourceLayer
from boundaries.shapes.reading import read_layer
from data.errors import BadInput
from data.limits import safe_copy
from tests.unit.shapes.shapefiles import EAST, WEST, write_shapefile, zipped

GB, UTF8 = "长兴县".encode("gb18030"), "长兴县".encode()


def read(path: Path, **options: str) -> SourceLayer:
    fields = {"code_field": "CODE", "name_field": "NAME", **options}
    with safe_copy(path) as file:
        return read_layer(file, **fields)


def refusal(path: Path, **options: str) -> str:
    with pytest.raises(BadInput) as caught:
        read(path, **options)
    return caught.value.code


@pytest.mark.parametrize(
    ("name", "cpg", "ldid", "encoding"),
    [
        (GB, "GBK", 0, "GB18030"),
        (GB, "936", 0, "GB18030"),
        (GB, None, 0x4D, "GB18030"),
        (GB, None, 0, "GB18030"),
        (UTF8, "UTF-8", 0, "UTF-8"),
        (UTF8, None, 0, "UTF-8"),
        ("長興縣".encode("big5"), None, 0x4F, "Big5"),
    ],
)
def test_names_survive_every_way_of_declaring_their_encoding(
    tmp_path: Path, name: bytes, cpg: str | None, ldid: int, encoding: str
) -> None:
    path = write_shapefile(tmp_path, [(b"330522", name, WEST)], cpg=cpg, ldid=ldid)
    for file in (path, zipped(path)):
        layer = read(file)
        assert layer.features[0].name == name.decode(encoding)
        assert layer.encoding == encoding


def test_a_character_beyond_gbk_survives(tmp_path: Path) -> None:
    name = "麦㙦村𬒈"
    path = write_shapefile(tmp_path, [(b"330522", name.encode("gb18030"), WEST)], cpg="GB18030")
    assert read(path).features[0].name == name


def test_a_declaration_that_the_bytes_contradict_is_refused(tmp_path: Path) -> None:
    path = write_shapefile(tmp_path, [(b"330522", UTF8, WEST)], cpg="GBK")
    assert refusal(path) == "encoding_conflict"
    assert read(path, encoding="UTF-8").features[0].name == "长兴县"


def test_a_name_cut_in_the_middle_of_a_character_is_refused(tmp_path: Path) -> None:
    path = write_shapefile(tmp_path, [(b"330522", UTF8[:-1], WEST)], cpg="UTF-8")
    assert refusal(path) == "encoding_damaged"


def test_texts_of_no_encoding_are_refused(tmp_path: Path) -> None:
    path = write_shapefile(tmp_path, [(b"330522", b"\xff\xff\x80", WEST)])
    assert refusal(path) == "encoding_unknown"


def test_a_file_without_a_system_is_refused_until_one_is_named(tmp_path: Path) -> None:
    path = write_shapefile(tmp_path, [(b"330522", UTF8, WEST)], crs=None)
    assert refusal(path) == "unknown_crs"
    assert read(path, crs="EPSG:4490").crs.exact


def test_a_named_system_does_not_overrule_a_declared_one(tmp_path: Path) -> None:
    path = write_shapefile(tmp_path, [(b"330522", UTF8, WEST)])
    assert refusal(path, crs="EPSG:4528") == "crs_conflict"


def test_a_shapefile_on_the_beijing_datum_is_refused(tmp_path: Path) -> None:
    path = write_shapefile(tmp_path, [(b"330522", UTF8, WEST)], crs="EPSG:4214")
    assert refusal(path) == "crs_datum_needs_parameters"


def test_a_missing_field_is_named_with_those_that_there_are(tmp_path: Path) -> None:
    path = write_shapefile(tmp_path, [(b"330522", UTF8, WEST)])
    with pytest.raises(BadInput) as caught:
        read(path, code_field="XZQDM")
    assert caught.value.code == "field_missing"
    assert "CODE, NAME" in caught.value.detail


def frame(codes: list[object], crs: str = "EPSG:4490") -> geopandas.GeoDataFrame:
    shapes = [WEST, EAST][: len(codes)]
    return geopandas.GeoDataFrame({"CODE": codes, "NAME": ["长兴县"] * len(codes)}, geometry=shapes, crs=crs)


@pytest.mark.parametrize("codes", [["330522"], [330522], [330522.0]])
def test_codes_may_be_texts_or_numbers(tmp_path: Path, codes: list[object]) -> None:
    path = tmp_path / "a.gpkg"
    frame(codes).to_file(path, driver="GPKG", engine="pyogrio")
    assert read(path).features[0].code == "330522"


def test_of_several_layers_one_must_be_named(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    for layer in ("now", "then"):
        frame(["330522"]).to_file(path, layer=layer, driver="GPKG", engine="pyogrio")
    assert refusal(path) == "layer_ambiguous"
    assert refusal(path, source_layer="never") == "layer_missing"
    assert read(path, source_layer="then").name == "then"


def test_geojson_is_in_wgs84_unless_it_says_otherwise(tmp_path: Path) -> None:
    plain = tmp_path / "plain.geojson"
    plain.write_text(
        '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"CODE":"330522","NAME":"长兴县"},'
        '"geometry":{"type":"Point","coordinates":[119.9,30.9]}}]}',
        "utf-8",
    )
    layer = read(plain)
    assert not layer.crs.exact
    assert layer.features[0].geometry == Point(119.9, 30.9)
    named = tmp_path / "named.geojson"
    text = plain.read_text("utf-8")
    member = '"crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::4490"}},'
    named.write_text(text[0] + member + text[1:], "utf-8")
    assert read(named).crs.exact
    assert read(named).features[0].geometry == Point(119.9, 30.9)


def test_a_layer_without_features_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.geojson").write_text('{"type":"FeatureCollection","features":[]}', "utf-8")
    assert refusal(tmp_path / "a.geojson") == "layer_empty"


def test_a_cut_geojson_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.geojson").write_text('{"type":"FeatureCollection","features":[{"type":', "utf-8")
    assert refusal(tmp_path / "a.geojson") == "file_unreadable"


def test_coordinates_come_as_they_are(tmp_path: Path) -> None:
    path = write_shapefile(tmp_path, [(b"330522", UTF8, WEST), (b"330523", UTF8, EAST)])
    shapes = [feature.geometry for feature in read(path).features]
    assert [Polygon(shape.exterior) for shape in shapes if isinstance(shape, Polygon)] == [WEST, EAST]


def test_a_process_of_its_own_reads_the_same(tmp_path: Path) -> None:
    with safe_copy(write_shapefile(tmp_path, [(b"330522", UTF8, WEST), (b"330523", UTF8, EAST)])) as file:
        told = read_layer_guarded(file, code_field="CODE", name_field="NAME")
        assert told == read_layer(file, code_field="CODE", name_field="NAME")


def test_units_are_read_by_the_drivers_of_the_counter_alone(tmp_path: Path) -> None:
    """A document that passes for GeoJSON, and that another driver of the library follows to another file."""
    other = zipped(write_shapefile(tmp_path, [(b"330522", UTF8, WEST)]))
    path = tmp_path / "units.geojson"
    line = f"gdal vector pipeline ! read /vsizip/{other}"
    path.write_text(json.dumps({"type": "gdal_streamed_alg", "command_line": line, "is": "Feature"}))
    with safe_copy(path) as file:
        with pytest.raises(BadInput) as followed:
            read_layer(file, code_field="CODE", name_field="NAME")
        with pytest.raises(BadInput) as refused:
            read_layer_guarded(file, code_field="CODE", name_field="NAME")
    assert followed.value.code == "file_not_what_it_says"
    assert refused.value.code == "file_unreadable"
