"""From the service's map to what the component draws."""

from __future__ import annotations

from typing import Any

import pytest

from api.web.mapping import around, bounds_of, component_layer, merged_sources, own_kind


def feature(kind: str, code: str, *position: float) -> dict[str, Any]:
    properties = {"kind": kind, "code": code, "name": "西藏自治区"}
    return {"properties": properties, "geometry": {"type": "Point", "coordinates": list(position)}}


def kind_of(found: dict[str, Any] | None) -> str | None:
    return found["properties"]["kind"] if found else None


@pytest.mark.parametrize(
    ("kind", "inside", "expected"),
    [("unit", True, "unit"), ("unit", False, "outline"), ("unit_point", True, "point"), ("unit_point", False, None)],
)
def test_only_what_is_looked_at_can_be_chosen(kind: str, inside: bool, expected: str | None) -> None:
    wanted = {"420600"} if inside else {"430000"}
    assert kind_of(own_kind(feature(kind, "420600", 112, 32), wanted, None)) == expected


def test_a_map_of_the_country_has_the_short_name() -> None:
    found = own_kind(feature("unit", "540000", 88, 31), None, None)
    assert found
    assert (found["properties"]["name"], found["properties"]["short"]) == ("西藏自治区", "西藏")


def test_the_lines_that_no_map_may_lack_are_on_every_part() -> None:
    line = {"properties": {"kind": "display_line", "name": "南海断续线"}, "geometry": {}}
    assert kind_of(own_kind(line, {"420600"}, "420600")) == "line"


def test_the_map_is_fitted_to_the_unit_and_not_to_its_neighbours() -> None:
    siblings = [own_kind(feature("unit", code, 112, 32), None, "420600") for code in ("420600", "420700")]
    assert [f["properties"]["focus"] for f in siblings if f] == [True, False]


def test_units_without_a_position_are_counted() -> None:
    found = {"shows": "points", "as_of": "1990-12-31", "layers": [], "units_without_position": 7}
    points = [own_kind(feature("unit_point", "420600", 112, 32), {"420600", "420700"}, None)]
    layer = component_layer(found, [p for p in points if p], {"420600", "420700"})
    assert (layer["past"], layer["without_position"]) == (True, 1)
    assert component_layer(found, [], None)["without_position"] == 7


def test_the_extent_holds_every_position_whatever_the_nesting() -> None:
    polygon = {"properties": {}, "geometry": {"coordinates": [[[[110, 30], [111, 30], [111, 33], [110, 30]]]]}}
    box = bounds_of([polygon, feature("unit_point", "1", 109, 31)])
    assert box == (109, 30, 111, 33)
    assert bounds_of([]) is None


def test_surroundings_stay_on_the_globe() -> None:
    assert around((170.0, 80.0, 180.0, 90.0)) == (166.5, 76.5, 180.0, 90.0)
    assert around(None) is None


def test_layers_of_one_source_are_one_line_with_their_titles() -> None:
    def of(title: str, source: str) -> dict[str, Any]:
        common = {"source": source, "licence": "MIT", "dated": None, "provenance": "undocumented"}
        return {"title_zh": title, "title_en": f"{title} (en)", **common}

    merged = merged_sources([of("省级界线", "甲"), of("地级界线", "甲"), of("居民点", "乙")])
    assert [entry["titles"]["zh"] for entry in merged] == [["省级界线", "地级界线"], ["居民点"]]
    assert [entry["source"] for entry in merged] == ["甲", "乙"]
