"""What the legal record and both sides say where a finding lies: the values behind it, side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from boundaries.inspection.coverage import within
from boundaries.inspection.ground import Ground
from boundaries.inspection.marking import Placed
from boundaries.inspection.model import Finding
from boundaries.inspection.paths import Bundle
from boundaries.inspection.settings import Settings
from boundaries.inspection.survey import Survey

Values = Mapping[str, Mapping[str, Any]]


def with_values(
    findings: Iterable[Finding], surveys: tuple[Survey, Survey], ground: Ground, rules: Settings
) -> list[Finding]:
    """The findings, each with the values of `legal`, `a` and `b`: lengths in metres, positions in degrees."""
    along: dict[str, _Along] = {survey.side: _Along(survey, ground, rules) for survey in surveys}
    return [replace(finding, values=_values(finding, surveys, along, ground)) for finding in findings]


class _Along:
    """Stations of a survey with their place along the legal line and their distance from it."""

    def __init__(self, survey: Survey, ground: Ground, rules: Settings) -> None:
        self._survey = survey
        self._distance, self._chainage = np.zeros(0), np.zeros(0)
        if survey.paths:
            stations = Bundle([path.vertices for path in survey.paths]).stations(rules.station_step_m)
            self._distance, self._chainage, _ = ground.legal.nearest(stations)

    def beside(self, begin: float, end: float) -> dict[str, Any]:
        """How far off the legal line the survey is between two chainages, and how much of it the survey has."""
        here = within(self._chainage, [(begin, end)])
        surveyed = sum(max(0.0, min(end, last) - max(begin, first)) for first, last in self._survey.stretches)
        return {"surveyed_m": surveyed, "off_legal_m": float(self._distance[here].max()) if here.any() else None}


def _values(finding: Finding, surveys: tuple[Survey, Survey], along: Mapping[str, _Along], ground: Ground) -> Values:
    if finding.kind.startswith("marker_"):
        return _of_marker(finding, surveys, ground)
    if finding.kind == "systematic_shift":
        return {survey.side: _of_shift(survey) for survey in surveys}
    if "chainage_from_m" not in finding.measures:
        return {}
    begin = finding.measures["chainage_from_m"]
    end = finding.measures.get("chainage_to_m", begin)
    sides = {side: one.beside(begin, end) for side, one in along.items()}
    return {"legal": {"length_m": end - begin}, **sides}


def _of_shift(survey: Survey) -> dict[str, Any]:
    shift = next(iter(survey.shifts), None)
    return {} if shift is None else {"dx_m": shift.dx_m, "dy_m": shift.dy_m, "cause": shift.cause}


def _of_marker(finding: Finding, surveys: tuple[Survey, Survey], ground: Ground) -> Values:
    codes = {finding.facts["code"], finding.facts.get("found_code", finding.facts["code"])}
    sides: dict[str, tuple[Placed, ...]] = {
        "legal": ground.markers,
        **{survey.side: survey.markers for survey in surveys},
    }
    return {
        side: _marker([one for one in markers if one.marker.code in codes], ground) for side, markers in sides.items()
    }


def _marker(found: list[Placed], ground: Ground) -> dict[str, Any]:
    """The first by code of what a side has of a marker; empty where it has none."""
    if not found:
        return {}
    one = min(found, key=lambda placed: (placed.marker.code, *placed.at))
    lon, lat = ground.position(one.at)
    return {"code": one.marker.code, "kind": one.marker.kind, "position": [round(lon, 8), round(lat, 8)]}
