"""All geometric checks of one group of layers that share a plane, in the order in which one explains the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely

from boundaries.intake.chains import Chains
from boundaries.intake.cleaning import line_parts
from boundaries.intake.coverage import Units, check_coverage, find_enclaves
from boundaries.intake.crossings import find_crossings
from boundaries.intake.joins import Joins
from boundaries.intake.legal import Against, Legal, Told
from boundaries.intake.legal_file import LegalInput
from boundaries.intake.lineset import LineSet, ends_of, joined
from boundaries.intake.markers import Markers, check_markers
from boundaries.intake.model import Array, NotChecked, Observation
from boundaries.intake.outlines import check_outlines
from boundaries.intake.placed import Group, PlacedLayer
from boundaries.intake.profiles import Profile
from boundaries.intake.schema import values_of
from boundaries.intake.shift import suspect_shift
from boundaries.intake.tolerances import Tolerances
from boundaries.intake.vertices import walk


@dataclass
class Analysis:
    """What one group was asked and what was seen; `not_checked` says what could not be asked."""

    group: Group
    legal: LegalInput | None
    profile: Profile
    limits: Tolerances
    observations: list[Observation] = field(default_factory=list)
    not_checked: list[NotChecked] = field(default_factory=list)

    def run(self) -> Analysis:
        """Make all checks."""
        self._single_layers()
        lines = joined([self._lines(one, metres) for one, metres in self._of("lines")])
        legal = self._legal(lines)
        shifted = False
        if len(lines):
            shifted = self._lines_together(lines, legal)
        self._markers(lines, None if shifted else legal)
        self._units()
        return self

    def _of(self, family: str) -> list[tuple[PlacedLayer, Array]]:
        pairs = zip(self.group.layers, self.group.metres, strict=True)
        return [(one, metres) for one, metres in pairs if one.family == family]

    def _single_layers(self) -> None:
        for one, metres in self._of("units"):
            self.observations += check_outlines(metres, one.features, one.layer.name, self.limits)

    # -- lines ----------------------------------------------------------------------------------------------------

    def _lines(self, one: PlacedLayer, metres: Array) -> LineSet:
        parts, owner = line_parts(metres)
        walked = walk(parts, one.features[owner], one.layer.name, self.limits)
        self.observations += walked.observations
        names = values_of(one.layer, self.profile.rule("lines", "line"))
        return LineSet(
            walked.lines,
            (one.layer.name,) * len(walked.lines),
            walked.owner + 1,
            tuple(names[number] for number in walked.owner),
        )

    def _legal(self, lines: LineSet) -> Legal | None:
        if self.legal is None:
            return None
        if not self.group.positioned:
            self._left_out("against", "the position of the file is not known for certain", "文件位置尚未确定")
            return None
        legal = self.legal.lines_in(self.group.plane)
        return None if legal is None else Legal(legal, lines, self.limits)

    def _lines_together(self, lines: LineSet, legal: Legal | None) -> bool:
        """Whether the file as a whole lies beside the legal line, after all checks of its lines."""
        crossings = find_crossings(lines, self.limits)
        ends = ends_of(lines, self.limits.coincide)
        joins = Joins(lines, ends, self.limits, crossings)
        self.observations += [*crossings.observations, *joins.observations]
        if legal is None:
            self.observations += joins.alone()
            return False
        loose = ends.points[ends.free]
        shift = suspect_shift(lines.parts, loose, legal.chains, self.group.plane, self.limits)
        if shift is not None:
            self.observations.append(shift)
            why = "the whole file is shifted: every comparison of positions would only repeat that"
            self._left_out("against", why, "整个文件有系统偏移，逐项比较位置没有意义")
            return True
        told = Told(joins.explained, self.group.bridges())
        against = Against(lines, ends, joins.component, told, legal, self.limits)
        self.observations += against.observations
        return False

    # -- markers and units ----------------------------------------------------------------------------------------

    def _markers(self, lines: LineSet, legal: Legal | None) -> None:
        layers = self._of("markers")
        if not layers:
            return
        markers = _markers(layers, self.profile)
        line = Chains(lines.parts) if len(lines) else legal.chains if legal else None
        if line is None:
            self._left_out("markers", "there is no line for the markers to stand on", "没有可供比对的界线")
        directs = bool(len(lines)) and self.legal is None
        self.observations += check_markers(markers, line, self.limits, directs=directs)

    def _units(self) -> None:
        layers = self._of("units")
        if not layers:
            return
        units = _units(layers, self.profile)
        known = self.legal.units_in(self.group.plane) if self.legal and self.group.positioned else None
        self.observations += check_coverage(units, self.limits, known)
        if known is None:
            self._left_out("enclave_new", "no legal units were given to compare with", "未提供法定区划面作比较")
            return
        numbers = np.arange(1, len(known) + 1)
        legal = Units(known, ("",) * len(known), numbers, tuple(map(str, numbers)))
        self.observations += find_enclaves(units, legal, self.limits)

    def _left_out(self, check: str, why: str, why_zh: str) -> None:
        self.not_checked.append(NotChecked(check, why, why_zh))


def _markers(layers: Sequence[tuple[PlacedLayer, Array]], profile: Profile) -> Markers:
    points, names, features, codes = [], [], [], []
    for one, metres in layers:
        coordinates, owner = shapely.get_coordinates(metres, return_index=True)
        values = values_of(one.layer, profile.rule("markers", "code"))
        points.append(coordinates)
        names += [one.layer.name] * len(coordinates)
        features.append(one.features[owner] + 1)
        codes += [values[number] for number in one.features[owner]]
    return Markers(np.vstack(points), tuple(names), np.concatenate(features), tuple(codes))


def _units(layers: Sequence[tuple[PlacedLayer, Array]], profile: Profile) -> Units:
    polygons, names, features, called = [], [], [], []
    for one, metres in layers:
        codes = values_of(one.layer, profile.rule("units", "code"))
        titles = values_of(one.layer, profile.rule("units", "name"))
        polygons.append(metres)
        names += [one.layer.name] * len(metres)
        features.append(one.features + 1)
        called += [titles[at] or codes[at] or f"#{at + 1}" for at in one.features]
    return Units(np.concatenate(polygons), tuple(names), np.concatenate(features), tuple(called))
