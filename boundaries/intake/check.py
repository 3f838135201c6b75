"""Check one file of boundary lines, markers or units: `check_file(path)` is the whole of it.

Nothing is written, nothing is asked of a database, and the file is only read.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import shapely

from boundaries.intake.analysis import Analysis
from boundaries.intake.drawn import drawn
from boundaries.intake.findings import NOWHERE, Frame, describe, in_order
from boundaries.intake.legal_file import LegalInput, read_legal
from boundaries.intake.model import Finding, Layer, LayerSummary, NotChecked, Observation, Report
from boundaries.intake.options import Options, rules_of
from boundaries.intake.placed import PlacedLayer, grouped, placed
from boundaries.intake.profiles import Family, Profile
from boundaries.intake.reading import read_source
from boundaries.intake.received import Received, received
from boundaries.intake.schema import check_schema
from boundaries.intake.tolerances import Tolerances


@dataclass
class _Seen:
    """What has been found so far."""

    layers: list[PlacedLayer] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    not_checked: list[NotChecked] = field(default_factory=list)

    def see(self, observations: Iterable[Observation], frame: Frame = NOWHERE) -> None:
        self.findings += [describe(one, frame) for one in observations]


def check_file(path: Path, options: Options | None = None) -> Report:
    """The report on the file at `path`.

    Raises `BadInput` `file_missing`, `legal_unfit`, `bad_profile`, `bad_tolerances`,
    `NotFound` `profile_unknown`, `BadRequest` `bad_scale`. Whatever is wrong with the
    file itself is a finding.
    """
    options = options or Options()
    limits, fields = rules_of(options)
    with received(path, options.limits) as got:
        legal = read_legal(options.against, fields, limits) if options.against else None
        seen = _Seen()
        seen.see(got.observations)
        layers = _read(got, fields, seen)
        _check(layers, legal, fields, options.expect, limits, seen)
        report = _report(got, legal, limits, seen)
        return replace(report, drawn=drawn(seen.layers)) if options.draw else report


def check_layers(
    layers: Sequence[Layer], legal: LegalInput | None = None, options: Options | None = None
) -> list[Finding]:
    """What is wrong with `layers` that were read already, against `legal` where it is given; in order."""
    options = options or Options()
    limits, fields = rules_of(options)
    seen = _Seen()
    _check(layers, legal, fields, options.expect, limits, seen)
    return in_order(seen.findings)


def _read(got: Received, fields: Profile, seen: _Seen) -> list[Layer]:
    layers: list[Layer] = []
    for source in got.sources:
        found, observations = read_source(source, fields.names)
        layers += found
        seen.see(observations)
    return layers


def _check(
    layers: Sequence[Layer],
    legal: LegalInput | None,
    fields: Profile,
    expect: Family | None,
    limits: Tolerances,
    seen: _Seen,
) -> None:
    place = legal.place() if legal else None
    expected = expect or _expected(legal)
    seen.layers = [placed(layer, place, expected, limits) for layer in layers]
    seen.see(_conflict(seen.layers))
    for group in grouped(seen.layers):
        frame = group.frame()
        seen.see(group.observations, frame)
        for one in group.layers:
            seen.see(one.observations, frame)
        analysis = Analysis(group, legal, fields, limits).run()
        seen.see(analysis.observations, frame)
        seen.not_checked += analysis.not_checked
    for one in seen.layers:
        if one.plane is None:
            seen.see(one.observations)
            _unmeasured(one, seen)
        if one.family is not None:
            seen.see(check_schema(one.layer, one.family, fields))


def _expected(legal: LegalInput | None) -> Family | None:
    if legal is None:
        return None
    return "lines" if len(legal.lines) else "units"


def _conflict(layers: Sequence[PlacedLayer]) -> list[Observation]:
    """Layers of one submission that declare different systems."""
    declared = {one.layer.name: one.belief.declared for one in layers if one.belief.declared}
    if len(set(declared.values())) < 2:
        return []
    systems = ", ".join(f"{name}: {system}" for name, system in sorted(declared.items()))
    return [Observation("crs_conflict", "layers", {"systems": systems})]


def _unmeasured(one: PlacedLayer, seen: _Seen) -> None:
    if one.layer.size and one.family is not None:
        why = f"“{one.layer.name}” has no numbers that could be measured"
        seen.not_checked.append(NotChecked("geometry", why, f"图层“{one.layer.name}”的坐标值无法量算"))


def _report(got: Received, legal: LegalInput | None, limits: Tolerances, seen: _Seen) -> Report:
    return Report(
        file=got.name,
        sha256=got.sha256,
        scale=limits.scale,
        against=legal.name if legal else None,
        against_sha256=legal.sha256 if legal else None,
        layers=[_summary(one) for one in seen.layers],
        findings=in_order(seen.findings),
        not_checked=seen.not_checked,
        tolerances=limits.as_mapping(),
    )


def _summary(one: PlacedLayer) -> LayerSummary:
    shapes = one.layer.geometries
    types = sorted({shape.geom_type for shape in shapes if shape is not None})
    vertices = int(np.sum(shapely.get_num_coordinates(shapes)))
    shown = ", ".join(types) or "none"
    return LayerSummary(one.layer.name, shown, one.layer.size, vertices, one.belief, one.layer.encoding)
