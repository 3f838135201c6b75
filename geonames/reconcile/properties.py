"""The properties that a place has for data extension. Pure: from the place as `/v1/places/{id}` shows it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Place = Mapping[str, Any]
Cell = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Property:
    """A property by its id, its names, and how its values are read from a place."""

    id: str
    name: str
    description: str
    values: Callable[[Place], Iterable[Cell]]

    def brief(self) -> dict[str, str]:
        """As the suggest service shows it."""
        return {"id": self.id, "name": self.name, "description": self.description}


def _text(value: Any) -> Sequence[Cell]:
    return [] if value in (None, "") else [{"str": str(value)}]


def _names(*kinds: str) -> Callable[[Place], Iterable[Cell]]:
    return lambda place: [{"str": n["text"]} for n in place["names"] if n["kind"] in kinds and n["text"]]


def _point(index: int) -> Callable[[Place], Iterable[Cell]]:
    def values(place: Place) -> Iterable[Cell]:
        point = place["point"]
        return [{"float": round(point[index], 6)}] if point and point[index] is not None else []

    return values


def _day(which: str) -> Callable[[Place], Iterable[Cell]]:
    def values(place: Place) -> Iterable[Cell]:
        day = place["valid"][which]
        return [{"date": f"{day}T00:00:00"}] if day else []

    return values


def _unit(key: str) -> Callable[[Place], Iterable[Cell]]:
    return lambda place: _text((place["unit"] or {}).get(key))


PROPERTIES = (
    Property("name", "标准名称", "name that holds on the day", lambda p: _text(p["name"])),
    Property("roman", "罗马字母拼写", "spelling by the rules of 1984", lambda p: _text(p["roman"])),
    Property("class", "类别", "class of Art. 3", lambda p: _text(p["class"])),
    Property("type", "类别代码", "class of GB/T 18521", lambda p: _text(p["type"])),
    Property("code", "行政区划代码", "division code of a unit", lambda p: _text(p.get("code"))),
    Property("place_code", "地名代码", "code of twenty digits, where one was issued", lambda p: _text(p["place_code"])),
    Property("unit_code", "所在政区代码", "code of the division in which it lies", _unit("code")),
    Property("unit_name", "所在政区", "the division in which it lies", _unit("name")),
    Property(
        "chain", "上级政区", "divisions from the province down",
        lambda p: [{"str": name} for name in (p["unit"] or {}).get("chain", ())],
    ),
    Property("longitude", "经度", "degrees, CGCS2000", _point(0)),
    Property("latitude", "纬度", "degrees, CGCS2000", _point(1)),
    Property("former_names", "曾用名", "names of the past", _names("former")),
    Property("other_names", "别名", "aliases and short names", _names("alias", "short")),
    Property("traditional", "繁体", "in traditional characters", _names("traditional")),
    Property("minority", "少数民族语书写", "in a minority's script", _names("minority")),
    Property("valid_from", "启用日期", "day from which it stands", _day("from")),
    Property("valid_to", "停用日期", "day on which it ended", _day("to")),
    Property(
        "geonames", "GeoNames", "number in GeoNames",
        lambda p: [{"str": c["external_id"]} for c in p["concordances"] if c["authority"] == "geonames"],
    ),
    Property("heritage", "地名文化遗产", "heritage lists", lambda p: [{"str": h["list"]} for h in p["heritage"]]),
)  # fmt: skip
BY_ID: Mapping[str, Property] = {one.id: one for one in PROPERTIES}
