"""Positions as people give them: lines, a chosen shape, GeoJSON; what is none says why."""

from __future__ import annotations

from typing import Any

import pytest

from api.web.pages.apply_form import geometry_of
from data.errors import BadInput

THREE = "110.04, 30.04\n110.05， 30.04\n110.05\t30.05"


@pytest.mark.parametrize(
    ("text", "art3_class", "shape", "kind"),
    [
        ("110, 30", "STREET", "", "Point"),
        (THREE, "STREET", "", "LineString"),
        (THREE, "RESIDENTIAL_BUILDING", "", "Polygon"),
        (THREE, "NATURAL", "line", "LineString"),
        (THREE, "STREET", "area", "Polygon"),
        ('{"type":"Point","coordinates":[110,30]}', "OTHER", "", "Point"),
        (
            '{"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"type":"Point","coordinates":[1,2]}}]}',
            "OTHER",
            "",
            "Point",
        ),
    ],
)
def test_what_is_meant(text: str, art3_class: str, shape: str, kind: str) -> None:
    assert geometry_of(text, art3_class, shape)["type"] == kind


@pytest.mark.parametrize(
    ("text", "shape", "why"),
    [
        ("110 30", "", "line 1"),
        ("110, 30", "line", "2 or more"),
        (THREE, "point", "a point has 1"),
        ("{", "", "no GeoJSON"),
        ('{"type":"FeatureCollection","features":[]}', "", "one feature"),
        ('{"type":"Feature","geometry":null}', "", "one geometry"),
        (
            '{"type":"Point","coordinates":[1,2],"crs":{"type":"name","properties":{"name":"EPSG:4528"}}}',
            "",
            "longitude and latitude",
        ),
    ],
)
def test_what_is_none_says_why(text: str, shape: str, why: str) -> None:
    with pytest.raises(BadInput) as refused:
        geometry_of(text, "OTHER", shape)
    fields: Any = refused.value.extra["fields"]
    assert fields[0]["field"] == "geometry"
    assert why in fields[0]["why"]
