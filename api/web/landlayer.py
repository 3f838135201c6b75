"""The land of a unit as numbered rows of a list and as features of the map of findings (macros/findings_map.html)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import shapely
from shapely.geometry import LineString, Point, mapping, shape

from api.web.i18n import Translator

Land = Mapping[str, Any]
Feature = dict[str, Any]


def rows_of(t: Translator, land: Land) -> list[dict[str, Any]]:
    """What the list shows, the most urgent first: open ends, exclaves, enclaves, condominiums, the main part.

    Each has `number`, `severity`, `title`, `said`, `area_m2`, `at` (degrees), `geometry`; an open end has its
    `segment` and the `nearest` other one.
    """
    found = [
        *_ends(t, land),
        *_exclaves(t, land),
        *_enclaves(t, land),
        *_shared(t, land),
        *_main(t, land),
        *_islands(t, land),
    ]
    return [{"number": number, **row} for number, row in enumerate(found, 1)]


def _row(severity: str, title: str, said: str, thing: Mapping[str, Any], geometry: Any) -> dict[str, Any]:
    return {"severity": severity, "title": title, "said": said, "area_m2": thing.get("area_m2"), "at": thing["at"],
            "geometry": geometry, "segment": None, "nearest": None}  # fmt: skip


def _ends(t: Translator, land: Land) -> Iterator[dict[str, Any]]:
    for end in land["open_ends"]:
        near = end["nearest"]
        said = t("parts.open_near", metres=f"{near['distance_m']:,.3f}") if near else t("parts.open_alone")
        point = mapping(Point(end["at"]))
        yield {**_row("error", t("parts.open"), said, end, point), "segment": end["segment"], "nearest": near}


def _exclaves(t: Translator, land: Land) -> Iterator[dict[str, Any]]:
    for part in land["parts"]:
        if part["kind"] == "exclave":
            within = part["within"]
            said = t("parts.exclave_within", name=within["name"]) if within else t("parts.exclave_among")
            yield _row("info", t("parts.exclave"), said, part, part["geometry"])


def _enclaves(t: Translator, land: Land) -> Iterator[dict[str, Any]]:
    for hole in land["enclaves"]:
        names = t("parts.and").join(one["name"] for one in hole["of"])
        severity = "warning" if hole["kind"] == "nobody" else "info"
        title = t("parts.hole." + hole["kind"])
        yield _row(severity, title, t(f"parts.hole_said.{hole['kind']}", name=names), hole, hole["geometry"])


def _shared(t: Translator, land: Land) -> Iterator[dict[str, Any]]:
    for one in land["condominiums"]:
        holders = t("parts.and").join(unit["name"] for unit in one["holders"])
        severity = "info" if one["closed"] else "warning"
        said = t("parts.shared_by" if one["closed"] else "parts.shared_open", names=holders)
        yield _row(severity, f"{t('parts.condominium')} {one['name']}", said, one, one["geometry"])


def _main(t: Translator, land: Land) -> Iterator[dict[str, Any]]:
    for part in land["parts"]:
        if part["kind"] == "main":
            yield _row("info", t("parts.main"), t("parts.main_said", count=part["holes"]), part, None)


def _islands(t: Translator, land: Land) -> Iterator[dict[str, Any]]:
    """One row for all of them: a province may have thousands."""
    islands = [part for part in land["parts"] if part["kind"] == "island"]
    if islands:
        whole = {"area_m2": sum(part["area_m2"] for part in islands), "at": None}
        yield _row("info", t("parts.islands", count=len(islands)), t("parts.islands_said"), whole, None)


def features_of(land: Land, rows: list[dict[str, Any]]) -> list[Feature]:
    """The ground of the map and its findings; a way from each open end to the nearest segment."""
    ground = [feature for part in land["parts"] for feature in _ground(part)]
    ground += [_feature(end["geometry"], draw="legal") for end in land["open_ends"]]
    ways = [_way(row) for row in rows if row["nearest"]]
    told = [_told(row) for row in rows if row["geometry"]]
    return [*ground, *ways, *told]


def _ground(part: Mapping[str, Any]) -> Iterator[Feature]:
    yield _feature(part["geometry"], draw="unit")
    for ring in shapely.get_rings(shape(part["geometry"])):
        yield _feature(mapping(LineString(ring.coords)), draw="legal")


def _way(row: Mapping[str, Any]) -> Feature:
    return _feature(mapping(LineString([row["at"], row["nearest"]["at"]])), draw="handed_in")


def _told(row: Mapping[str, Any]) -> Feature:
    number = str(row["number"])
    return _feature(
        row["geometry"], draw="finding", id=number, severity=row["severity"], label=number, at=row["at"],
        title=f"{number} · {row['title']}",
    )  # fmt: skip


def _feature(geometry: Any, **properties: Any) -> Feature:
    return {"type": "Feature", "geometry": geometry, "properties": properties}
