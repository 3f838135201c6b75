"""Styles of layers: what QGIS reads is well-formed, names its fields, and every layer that is given out has its own."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path
from xml.etree import ElementTree

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import shapely

from boundaries.geometry.qgis import LEGAL, UNIT, Shape, Symbol, of_finding, style, style_by, write_styles
from boundaries.network.export import Wanted, written


def read(qml: str) -> ElementTree.Element:
    return ElementTree.fromstring(re.sub(r"^<!DOCTYPE[^>]*>", "", qml))


def styles_of(path: Path) -> dict[str, str]:
    with sqlite3.connect(path) as base:
        found = dict(base.execute("SELECT f_table_name, styleQML FROM layer_styles"))
    base.close()
    return found


@pytest.mark.parametrize("shape", ["point", "line", "area"])
def test_a_finding_is_told_by_its_sign_without_colour(shape: Shape) -> None:
    signs = [of_finding(shape, severity) for severity in ("error", "warning", "info", None)]
    assert len({sign.colour for sign in signs}) == 4
    if shape == "point":
        assert [sign.mark for sign in signs[:3]] == ["square", "triangle", "circle"]
    root = read(style(signs[0], "number"))
    assert root.get("labelsEnabled") == "1"
    assert next(root.iter("text-style")).get("fieldName") == "number"


def test_the_legal_line_is_dashes_and_dots() -> None:
    options = {o.get("name"): o.get("value") for o in read(style(LEGAL)).iter("Option") if o.get("name")}
    assert (options["use_custom_dash"], options["customdash"]) == ("1", "4;1.2;0.6;1.2")


def test_a_layer_may_be_drawn_by_the_value_of_a_field() -> None:
    root = read(style_by("line", {"legal": ("法定线", LEGAL), 'a"b': ("甲<方>", Symbol("line", "1,2,3,255", 0.3))}))
    renderer = next(root.iter("renderer-v2"))
    assert (renderer.get("type"), renderer.get("attr")) == ("categorizedSymbol", "line")
    assert [(c.get("value"), c.get("label"), c.get("symbol")) for c in root.iter("category")] == [
        ("legal", "法定线", "0"), ('a"b', "甲<方>", "1"),
    ]  # fmt: skip
    assert [s.get("name") for s in root.iter("symbol")] == ["0", "1"]


@pytest.mark.parametrize(
    ("geometry", "sign"),
    [(shapely.LineString([(99, 40), (99.1, 40)]), LEGAL), (shapely.box(99, 40, 99.1, 40.1), UNIT)],
    ids=["line", "unit"],
)
def test_an_export_opens_with_its_style_and_reads_as_before(
    tmp_path: Path, geometry: shapely.Geometry, sign: Symbol
) -> None:
    path = tmp_path / "out.gpkg"
    path.write_bytes(written("甲乙线_2026-03-01", [{"name": "甲乙线"}], [geometry], Wanted("gpkg")).content)
    assert styles_of(path) == {"甲乙线_2026-03-01": style(sign)}
    layers = {name for name, shapes in pyogrio.list_layers(path) if shapes}
    assert layers == {"甲乙线_2026-03-01"}
    assert shapely.equals(pyogrio.read_dataframe(path, layer="甲乙线_2026-03-01").geometry[0], geometry)


def test_styles_are_added_once_the_layers_are_there(tmp_path: Path) -> None:
    path = tmp_path / "two.gpkg"
    for name in ("one", "two"):
        frame = gpd.GeoDataFrame({"n": [1]}, geometry=np.array([shapely.Point(99, 40)]), crs=4490)
        pyogrio.write_dataframe(frame, path, layer=name, driver="GPKG")
    write_styles(path, [(name, style(of_finding("point", "info")), name) for name in ("one", "two")])
    assert set(styles_of(path)) == {"one", "two"}
